//! Which cgroups this process is in, and where their files are, for both versions: hosts of containers have either, or both.

use super::files::Root;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    One,
    Two,
}

/// Folders from the innermost on outwards: a limit of any of them holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    pub version: Version,
    pub folders: Vec<PathBuf>,
}

/// What is None is limited by nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cgroups {
    pub memory: Option<Hierarchy>,
    pub cpu: Option<Hierarchy>,
    /// Of version 1, where the time that was used is in a hierarchy of its own.
    pub cpuacct: Option<Hierarchy>,
    pub unified: Option<Hierarchy>,
}

impl Cgroups {
    pub fn find(root: &Root) -> Self {
        let memberships = root.read("/proc/self/cgroup").unwrap_or_default();
        let mounts = root.read("/proc/self/mountinfo").unwrap_or_default();
        let mounts: Vec<Mount> = mounts.lines().filter_map(Mount::parse).collect();
        let mut cgroups = Cgroups::default();
        // cgroups(7): hierarchy:controllers:path. Version 2 has no controllers there.
        for line in memberships.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
            if controllers.is_empty() {
                cgroups.unified = hierarchy(Version::Two, &mounts, |mount| mount.version == Version::Two, path);
            }
            for controller in controllers.split(',') {
                let place = match controller {
                    "memory" => &mut cgroups.memory,
                    "cpu" => &mut cgroups.cpu,
                    "cpuacct" => &mut cgroups.cpuacct,
                    _ => continue,
                };
                *place = hierarchy(Version::One, &mounts, |mount| mount.has(controller), path);
            }
        }
        // A controller is in one version only; where version 1 does not have it, version 2 may.
        cgroups.memory = cgroups.memory.or_else(|| cgroups.unified.clone());
        cgroups.cpu = cgroups.cpu.or_else(|| cgroups.unified.clone());
        cgroups
    }
}

fn hierarchy(version: Version, mounts: &[Mount], is_it: impl Fn(&Mount) -> bool, path: &str) -> Option<Hierarchy> {
    // The last one hides those before it.
    let mount = mounts.iter().rev().find(|mount| is_it(mount))?;
    // What is mounted may be a part of the hierarchy only. Where we are not below it, as in a container without a namespace for cgroups,
    // what is mounted is what holds for us.
    let below = Path::new(path).strip_prefix(&mount.root).unwrap_or(Path::new(""));
    let innermost = mount.point.join(below);
    let folders = innermost.ancestors().take_while(|folder| folder.starts_with(&mount.point)).map(Path::to_owned).collect();
    Some(Hierarchy { version, folders })
}

struct Mount<'a> {
    version: Version,
    root: PathBuf,
    point: PathBuf,
    options: &'a str,
}

impl<'a> Mount<'a> {
    /// proc_pid_mountinfo(5): id parent device root point options optional… - type source super-options
    fn parse(line: &'a str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut kind = kind.split(' ');
        let version = match kind.next()? {
            "cgroup" => Version::One,
            "cgroup2" => Version::Two,
            _ => return None,
        };
        let mut place = place.split(' ').skip(3);
        let (root, point) = (place.next()?, place.next()?);
        Some(Mount { version, root: unescaped(root), point: unescaped(point), options: kind.nth(1).unwrap_or("") })
    }

    fn has(&self, controller: &str) -> bool {
        self.version == Version::One && self.options.split(',').any(|option| option == controller)
    }
}

/// A space in a path is `\040` there.
fn unescaped(path: &str) -> PathBuf {
    PathBuf::from(path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
}
