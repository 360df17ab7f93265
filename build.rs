//! Linker flags of the binding, and the keeper (src/keeper/), a program that the addon carries inside.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    // Only the binding needs linker flags (undefined Node-API symbols on macOS).
    #[cfg(feature = "node")]
    napi_build::setup();
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        build_keeper();
    }
}

/// A static program without libc, so which libc the addon is built for does not matter: glibc's target comes first, since that is the
/// one whose libcore people have. With `-Zbuild-std` there may be none yet for any of them: then from its sources.
fn build_keeper() {
    for source in ["src/keeper", "src/process/linux/tree", "src/process/linux/raw.rs"] {
        println!("cargo:rerun-if-changed={source}");
    }
    let targets = [format!("{}-unknown-linux-gnu", variable("CARGO_CFG_TARGET_ARCH")), variable("TARGET")];
    let installed = targets.iter().find(|target| has_core(target));
    let target = installed.unwrap_or(&targets[0]);
    let mut rustc = rustc(target);
    if installed.is_none() {
        build_core(target);
        rustc.arg("-L").arg(out_dir());
    }
    rustc.args(["--crate-name=procs_keeper", "--crate-type=bin", "--edition=2021", "-Copt-level=s", "-Cpanic=abort", "-Cstrip=symbols"]);
    rustc.args(["-Crelocation-model=static", "-Ctarget-feature=+crt-static"]);
    rustc.args(["-Clink-arg=-nostartfiles", "-Clink-arg=-nostdlib", "-Clink-arg=-static"]);
    if target.ends_with("-musl") {
        // Or rustc adds musl's own start files, whatever it says above.
        rustc.arg("-Clink-self-contained=no");
    }
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    run(rustc.arg("-o").arg(out_dir().join("procs-keeper")).arg("src/keeper/main.rs"));
}

fn has_core(target: &str) -> bool {
    let Ok(printed) = rustc(target).args(["--print", "target-libdir"]).output() else { return false };
    let files = fs::read_dir(String::from_utf8_lossy(&printed.stdout).trim()).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("libcore-"))
}

/// Next to the keeper. The compiler wants its builtins linked to every program; the keeper does without, so that crate is empty.
fn build_core(target: &str) {
    let printed = run(rustc(target).args(["--print", "sysroot"]));
    let core = Path::new(String::from_utf8_lossy(&printed).trim()).join("lib/rustlib/src/rust/library/core/src/lib.rs");
    assert!(core.exists(), "for the keeper: {target} is not installed (rustup target add), nor are the sources of libcore ({core:?})");
    let builtins = out_dir().join("builtins.rs");
    let empty = "#![feature(compiler_builtins, no_core)] #![compiler_builtins] #![no_core]";
    fs::write(&builtins, empty).unwrap_or_else(|error| panic!("{builtins:?}: {error}"));
    for (name, source) in [("core", core), ("compiler_builtins", builtins)] {
        let mut rustc = rustc(target);
        rustc.args(["--crate-name", name, "--crate-type=rlib", "--edition=2024", "-Copt-level=s", "-Cpanic=abort", "--cap-lints=allow"]);
        run(rustc.arg("--out-dir").arg(out_dir()).arg("-L").arg(out_dir()).arg(source).env("RUSTC_BOOTSTRAP", "1"));
    }
}

fn rustc(target: &str) -> Command {
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--target", target]);
    if let Some(sysroot) = sysroot() {
        rustc.arg("--sysroot").arg(sysroot);
    }
    rustc
}

/// What it has printed.
fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "the keeper cannot be compiled: {command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn out_dir() -> PathBuf {
    variable("OUT_DIR").into()
}

/// The one flag for the compiler that decides whether there is a libcore for the target.
fn sysroot() -> Option<String> {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").ok()?;
    let mut flags = flags.split('\x1f');
    while let Some(flag) = flags.next() {
        match flag.strip_prefix("--sysroot") {
            Some("") => return flags.next().map(str::to_owned),
            Some(path) => return path.strip_prefix('=').map(str::to_owned),
            None => {}
        }
    }
    None
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
