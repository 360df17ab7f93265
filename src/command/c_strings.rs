use std::ffi::{c_char, CStr};
use std::fmt;
use std::ptr;

/// A null-terminated array of C strings, as `execve` takes it, in two allocations however many there are.
pub struct CStrings {
    /// Every string with its terminator, one after the other.
    bytes: Box<[u8]>,
    /// Pointers into `bytes`, and a null pointer at the end.
    pointers: Box<[*const c_char]>,
}

// SAFETY: the pointers lead into `bytes`, which is owned, never changed and moves with them (its heap block stays put).
unsafe impl Send for CStrings {}
// SAFETY: as above; shared access only reads.
unsafe impl Sync for CStrings {}

impl CStrings {
    /// From strings joined by NUL bytes. Empty input is no string at all: use [`CStrings::new`] for `[""]`.
    pub fn from_joined(mut joined: Vec<u8>) -> Self {
        if joined.is_empty() {
            return CStrings { bytes: Box::default(), pointers: Box::new([ptr::null()]) };
        }
        joined.push(0);
        let bytes = joined.into_boxed_slice();
        let count = bytes.iter().filter(|&&byte| byte == 0).count();
        let mut pointers = Vec::with_capacity(count + 1);
        let mut start = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == 0 {
                pointers.push(bytes[start..].as_ptr().cast::<c_char>());
                start = at + 1;
            }
        }
        pointers.push(ptr::null());
        CStrings { bytes, pointers: pointers.into_boxed_slice() }
    }

    /// From strings without NUL bytes.
    pub fn new<S: AsRef<[u8]>>(strings: impl IntoIterator<Item = S>) -> Self {
        let mut joined = Vec::new();
        let mut any = false;
        for string in strings {
            if any {
                joined.push(0);
            }
            any = true;
            joined.extend_from_slice(string.as_ref());
        }
        if any && joined.is_empty() {
            return CStrings::single_empty();
        }
        CStrings::from_joined(joined)
    }

    /// A copy of a null-terminated array of C strings.
    ///
    /// # Safety
    /// `array` is such an array, or null, and nobody changes it meanwhile.
    pub unsafe fn copied(array: *const *const c_char) -> Self {
        let mut joined = Vec::with_capacity(4096);
        let mut at = array;
        // SAFETY: the caller's promise: up to the null pointer there are C strings.
        unsafe {
            while !at.is_null() && !(*at).is_null() {
                if at != array {
                    joined.push(0);
                }
                joined.extend_from_slice(CStr::from_ptr(*at).to_bytes());
                at = at.add(1);
            }
        }
        CStrings::from_joined(joined)
    }

    fn single_empty() -> Self {
        let bytes: Box<[u8]> = Box::new([0]);
        let pointers = Box::new([bytes.as_ptr().cast::<c_char>(), ptr::null()]);
        CStrings { bytes, pointers }
    }

    pub fn len(&self) -> usize {
        self.pointers.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of all strings, terminators included.
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// For `execve`; valid as long as `self`.
    pub fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }

    pub fn iter(&self) -> impl Iterator<Item = &CStr> {
        self.pointers[..self.len()].iter().map(|&string| {
            // SAFETY: each pointer but the last leads to a NUL-terminated string inside `bytes`.
            unsafe { CStr::from_ptr(string) }
        })
    }

    /// The value of `name` in a list of `NAME=value` strings; the first one wins, as in `getenv`.
    pub fn value_of(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find_map(|pair| pair.to_bytes().strip_prefix(name)?.strip_prefix(b"="))
    }
}

impl fmt::Debug for CStrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(of: &CStrings) -> Vec<&[u8]> {
        of.iter().map(CStr::to_bytes).collect()
    }

    #[test]
    fn joined_strings_come_apart_again() {
        let joined = CStrings::from_joined(b"sh\0-c\0\0exit 3".to_vec());
        assert_eq!(strings(&joined), [&b"sh"[..], b"-c", b"", b"exit 3"]);
        assert_eq!(joined.byte_len(), 14);
    }

    #[test]
    fn nothing_and_one_empty_string_differ() {
        assert_eq!(CStrings::from_joined(Vec::new()).len(), 0);
        assert_eq!(CStrings::new(Vec::<&str>::new()).len(), 0);
        assert_eq!(strings(&CStrings::new([""])), [b""]);
        assert_eq!(strings(&CStrings::new(["", ""])), [b"", b""]);
    }

    #[test]
    fn the_array_ends_with_a_null_pointer() {
        let strings = CStrings::new(["a", "b"]);
        // SAFETY: two strings and the terminating null pointer.
        let end = unsafe { *strings.as_ptr().add(2) };
        assert!(end.is_null());
    }

    #[test]
    fn a_variable_is_found_by_its_whole_name() {
        let env = CStrings::new(["PATHX=1", "PATH=/bin:/usr/bin", "PATH=late", "EMPTY="]);
        assert_eq!(env.value_of(b"PATH"), Some(&b"/bin:/usr/bin"[..]));
        assert_eq!(env.value_of(b"EMPTY"), Some(&b""[..]));
        assert_eq!(env.value_of(b"PAT"), None);
    }
}
