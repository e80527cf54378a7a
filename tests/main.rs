//! The single integration binary, so that the big dependencies link once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod cli;
mod common;
mod determinism;
mod formats;
#[cfg(target_os = "linux")]
mod fuzz;
mod golden;
#[cfg(target_os = "linux")]
mod hostile;
mod labelled;
mod laws;
#[cfg(target_os = "linux")]
mod odd_input;
mod readers;
mod seeds;
#[cfg(target_os = "linux")]
mod survival;
mod validate;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder of the package.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// An empty folder for one test, under the target folder.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder of the last run can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// A run of the program in a folder, without standard input.
fn copydesk(folder: &Path, args: &[&str]) -> Output {
    command(folder).args(args).output().expect("the program starts")
}

/// The program, to be run in a folder.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    command.current_dir(folder).stdin(Stdio::null()).env_remove("COPYDESK_LOG");
    command
}

/// Copies a folder with all that it holds.
fn copy_folder(from: &Path, to: &Path) {
    for (path, relative) in files_under(from) {
        let target = to.join(relative);
        fs::create_dir_all(target.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::copy(path, target).expect("a file can be copied");
    }
}

/// The files under a folder, sorted, each with its path relative to it.
fn files_under(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder can be listed") {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let relative = path.strip_prefix(folder).expect("it lies in the folder").to_path_buf();
                files.push((path, relative));
            }
        }
    }
    files.sort();
    files
}
