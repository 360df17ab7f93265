use super::family::Family;
use super::kernel;
use super::listing;
use super::member::Member;

/// Goes through the members of a tree.
pub struct Search {
    family: Family,
    own_pid: i32,
}

impl Search {
    pub fn new(family: Family) -> Self {
        Search { family, own_pid: kernel::own_pid() }
    }

    /// Calls `visit` with each member there is, some of them twice, until it says that this is enough. Fails where /proc cannot be read
    /// or descriptors have run out.
    pub fn each(&mut self, mut visit: impl FnMut(Member) -> bool) -> Result<(), i32> {
        self.family.make_room();
        loop {
            let mut news = false;
            let mut failure = None;
            let mut enough = false;
            listing::each_process(|pid| {
                if pid == self.own_pid {
                    return true;
                }
                match Member::find(pid, &self.family) {
                    Ok(None) => true,
                    Ok(Some(member)) => {
                        news |= self.family.extend(member.mark);
                        enough = !visit(member);
                        !enough
                    }
                    Err(errno) => {
                        failure = Some(errno);
                        false
                    }
                }
            })?;
            if let Some(errno) = failure {
                return Err(errno);
            }
            // Those passed by before the family was known to be larger.
            if enough || !news {
                return Ok(());
            }
        }
    }
}
