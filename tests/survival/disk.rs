//! A disk without room: a small file system in memory where one can be mounted, else a bound on the size of files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{finish, said, undisturbed};
use crate::files_under;

/// A file system of a few bytes. It goes with this value.
struct Disk(PathBuf);

impl Disk {
    /// Mounts one; none where that is not allowed.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).expect("a folder can be made");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(at).output().ok()?;
        mounted.status.success().then(|| Self(at.to_owned()))
    }

    fn resize(&self, n_bytes: u64) {
        let size = format!("remount,size={n_bytes}");
        assert!(Command::new("mount").args(["-o", &size]).arg(&self.0).status().expect("mount starts").success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What cannot be unmounted stays until the machine goes.
        _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn build(folder: &Path, out: &str, more: &[&str]) -> Output {
    crate::copydesk(folder, &[&["build", "dumps", "-o", out, "--jobs", "2"], more].concat())
}

/// The message names a file and what it needs, and how to go on.
#[track_caller]
fn assert_told(output: &Output, cause: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let error = said.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    assert!(error.contains("/.copydesk") && error.contains(cause), "{said}");
    let hint = said.lines().find(|line| line.starts_with("hint: ")).unwrap_or_default();
    assert!(hint.contains(" may need ") && hint.contains(" MB; make room, and --resume"), "{said}");
}

#[test]
#[ignore = "slow: run by `make test-slow`"]
fn a_full_disk_is_told_and_the_run_goes_on_when_there_is_room() {
    let (folder, _) = undisturbed("survival-disk");
    let n_bytes: u64 = files_under(&folder.join("whole")).iter().map(|(path, _)| path.metadata().unwrap().len()).sum();
    let Some(disk) = Disk::mount(&folder.join("disk")) else {
        eprintln!("no file system can be mounted here: a bound on the size of files stands in for a full disk");
        return bounded_files(&folder);
    };
    // Too small for anything, for the first part, for all parts, and for the final files beside them.
    for (n, room) in [4 << 10, n_bytes / 5, n_bytes * 3 / 4, n_bytes * 21 / 10].into_iter().enumerate() {
        let out = format!("disk/out-{n}");
        disk.resize(room);
        assert_told(&build(&folder, &out, &[]), "No space left on device");
        assert!(!folder.join(&out).join("manifest.json").exists());
        // A second try changes nothing. A run that finished no part left nothing, and is begun anew.
        assert_told(&build(&folder, &out, &["--resume"]), "No space left on device");
        disk.resize(n_bytes * 8);
        finish(&folder, &out);
        eprintln!("{room} bytes of room for a dataset of {n_bytes}: told, and resumed to the same bytes");
        fs::remove_dir_all(folder.join(&out)).expect("a folder can be removed");
    }
}

/// Files may have no more than some blocks, so that writing fails as it does on a full disk, with another code.
fn bounded_files(folder: &Path) {
    for n_blocks in ["8", "200"] {
        let script = format!("trap '' XFSZ; ulimit -f {n_blocks}; exec \"$@\"");
        let output = Command::new("sh")
            .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_copydesk"), "build", "dumps", "-o", "bounded"])
            .current_dir(folder)
            .output()
            .expect("the program starts");
        assert_told(&output, "File too large");
        assert!(!folder.join("bounded/manifest.json").exists());
        finish(folder, "bounded");
        fs::remove_dir_all(folder.join("bounded")).expect("a folder can be removed");
    }
}
