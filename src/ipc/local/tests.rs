use super::*;
use rustix::fs::stat;
use std::fs;

/// A folder of its own, which goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("procs-local-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn address(&self) -> Address {
        Address::Path(self.0.join("socket"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _left = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn addresses_are_paths_or_abstract_names() {
    assert_eq!(Address::parse("/run/x"), Ok(Address::Path("/run/x".into())));
    assert_eq!(Address::parse("./@x"), Ok(Address::Path("./@x".into())));
    assert_eq!(Address::parse("@x"), Ok(Address::Abstract(b"x".to_vec())));
    for bad in ["", "@", "a\0b"] {
        assert_eq!(Address::parse(bad), Err(Errno::INVAL), "{bad:?}");
    }
    assert_eq!(connect(&Address::parse(&"x".repeat(200)).unwrap()).unwrap_err(), Errno::NAMETOOLONG);
}

#[test]
fn a_socket_file_is_private_and_removed_only_while_it_is_its_own() {
    let folder = Folder::new("private");
    let listener = Listener::bind(&folder.address(), 16).unwrap();
    let file = listener.file.clone().unwrap();
    assert_eq!(stat(&file.path).unwrap().st_mode & 0o777, 0o600);
    let client = connect(&folder.address()).unwrap();
    let accepted = accept(&listener).unwrap();
    let me = Peer { pid: std::process::id() as i32, uid: rustix::process::geteuid().as_raw(), gid: rustix::process::getegid().as_raw() };
    assert_eq!((peer(&accepted), peer(&client)), (Ok(me), Ok(me)));
    assert_eq!(Listener::bind(&folder.address(), 16).unwrap_err(), Errno::ADDRINUSE);

    fs::remove_file(&file.path).unwrap();
    let another = Listener::bind(&folder.address(), 16).unwrap();
    file.remove().unwrap();
    assert!(file.path.exists());
    another.file.clone().unwrap().remove().unwrap();
    assert!(!file.path.exists());
}

#[test]
fn a_socket_that_was_left_behind_is_replaced_and_nothing_else_is() {
    let folder = Folder::new("stale");
    drop(Listener::bind(&folder.address(), 16).unwrap());
    assert_eq!(connect(&folder.address()).unwrap_err(), Errno::CONNREFUSED);
    let listener = Listener::bind(&folder.address(), 16).unwrap();
    connect(&folder.address()).unwrap();
    drop(listener);

    let file = folder.0.join("file");
    fs::write(&file, "precious").unwrap();
    assert_eq!(Listener::bind(&Address::Path(file.clone()), 16).unwrap_err(), Errno::ADDRINUSE);
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    assert_eq!(Listener::bind(&Address::Path(folder.0.join("no/such")), 16).unwrap_err(), Errno::NOENT);
}

#[cfg(target_os = "linux")]
#[test]
fn an_abstract_name_is_free_again_with_its_listener() {
    let address = Address::Abstract(format!("procs-test-{}", std::process::id()).into_bytes());
    let listener = Listener::bind(&address, 16).unwrap();
    assert_eq!(Listener::bind(&address, 16).unwrap_err(), Errno::ADDRINUSE);
    connect(&address).unwrap();
    drop(listener);
    assert_eq!(connect(&address).unwrap_err(), Errno::CONNREFUSED);
    Listener::bind(&address, 16).unwrap();
}
