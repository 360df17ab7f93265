//! Reading /proc.

use super::kernel;

/// `/proc/<pid><file>` with a NUL behind it.
pub struct Path {
    bytes: [u8; 64],
    length: usize,
}

impl Path {
    pub fn of(pid: i32, file: &[u8]) -> Path {
        let mut path = Path { bytes: [0; 64], length: 0 };
        path.push(b"/proc/");
        path.push_number(pid);
        path.push(file);
        path
    }

    /// `/proc/<pid>/task/<tid>/stat`
    pub fn of_thread(pid: i32, tid: i32) -> Path {
        let mut path = Path::of(pid, b"/task/");
        path.push_number(tid);
        path.push(b"/stat");
        path
    }

    fn push(&mut self, part: &[u8]) {
        for byte in part {
            // Never full: two numbers of ten digits and constant words. The last byte stays NUL.
            if self.length < self.bytes.len() - 1 {
                self.bytes[self.length] = *byte;
                self.length += 1;
            }
        }
    }

    fn push_number(&mut self, number: i32) {
        let mut digits = [0; 10];
        let mut rest = number as u32;
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.push(&digits[at..]);
    }

    fn as_c_string(&self) -> &[u8] {
        &self.bytes[..=self.length]
    }
}

/// What a file of /proc says, as far as the buffer reaches.
pub fn contents<'a>(path: &Path, buffer: &'a mut [u8]) -> Result<&'a [u8], i32> {
    let file = kernel::open(path.as_c_string(), false)?;
    let mut length = 0;
    while length < buffer.len() {
        match kernel::read(&file, &mut buffer[length..]) {
            0 => break,
            count if count < 0 => return Err(-count as i32),
            count => length += count as usize,
        }
    }
    Ok(&buffer[..length])
}

pub fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Calls `visit` with every process there is, until it says that this is enough.
pub fn each_process(visit: impl FnMut(i32) -> bool) -> Result<(), i32> {
    each_number(b"/proc\0", visit)
}

/// As [`each_process`] for the threads of one.
pub fn each_thread(pid: i32, visit: impl FnMut(i32) -> bool) -> Result<(), i32> {
    each_number(Path::of(pid, b"/task").as_c_string(), visit)
}

fn each_number(folder: &[u8], mut visit: impl FnMut(i32) -> bool) -> Result<(), i32> {
    let folder = kernel::open(folder, true)?;
    let mut buffer = Entries([0; 16 * 1024]);
    loop {
        let length = kernel::read_directory(&folder, &mut buffer.0);
        if length <= 0 {
            return if length == 0 { Ok(()) } else { Err(-length as i32) };
        }
        let mut rest = &buffer.0[..length as usize];
        // struct linux_dirent64: inode (8), offset (8), length (2), type (1), name.
        while let Some((size, name)) = rest.get(16..18).zip(rest.get(19..)) {
            let size = usize::from(u16::from_ne_bytes([size[0], size[1]]));
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
            if let Some(pid) = number(&name[..end]) {
                if !visit(pid as i32) {
                    return Ok(());
                }
            }
            rest = rest.get(size.max(1)..).unwrap_or_default();
        }
    }
}

/// The kernel writes 64-bit numbers into it.
#[repr(align(8))]
struct Entries([u8; 16 * 1024]);
