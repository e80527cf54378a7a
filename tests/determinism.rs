//! The same dumps give the same bytes, whatever the number of threads, the order of files and arguments, and whether
//! the run was interrupted or took rows over from an earlier dataset. The corpus is made from the samples; `COPYDESK_CORPUS` says how many dumps it has.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{command, copydesk, files_under, root, scratch};

/// Environment variable that says how many dumps the corpus has.
const CORPUS: &str = "COPYDESK_CORPUS";

/// Dumps without that variable: a few seconds in all.
const DEFAULT_DUMPS: usize = 150;

/// Writes the corpus, in the order of numbers or against it.
fn write_corpus(folder: &Path, backwards: bool) {
    let n_dumps = std::env::var(CORPUS).ok().and_then(|n| n.parse().ok()).unwrap_or(DEFAULT_DUMPS);
    write_dumps(folder, n_dumps, backwards);
}

/// Writes that many dumps, made of the samples.
pub(crate) fn write_dumps(folder: &Path, n_dumps: usize, backwards: bool) {
    let samples = files_under(&root().join("samples/dumps"));
    let mut numbers: Vec<usize> = (0..n_dumps).collect();
    if backwards {
        numbers.reverse();
    }
    for number in numbers {
        let (path, name) = &samples[number % samples.len()];
        let mut bytes = fs::read(path).expect("a sample can be read");
        // Each round over the samples says something of its own, so that no two dumps are the same.
        if name.extension().is_some_and(|e| e == "txt") {
            let line = format!("\n\nEntry {number} of the register was read out and signed by all who had come.\n");
            bytes.extend(line.as_bytes());
        }
        let file = folder.join(format!("{}/{number:06}-{}", number % 7, name.display()));
        fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(file, bytes).expect("a dump can be written");
    }
}

/// All files of a dataset with their bytes.
fn bytes_of(dataset: &Path) -> BTreeMap<String, Vec<u8>> {
    files_under(dataset)
        .into_iter()
        .map(|(path, name)| (name.display().to_string(), fs::read(path).expect("a file can be read")))
        .collect()
}

fn build(folder: &Path, args: &[&str]) {
    let output = copydesk(folder, &[&["build", "--quiet"], args].concat());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn assert_same(folder: &Path, one: &str, other: &str) {
    let (one, other) = (bytes_of(&folder.join(one)), bytes_of(&folder.join(other)));
    assert!(one.contains_key("manifest.json"), "{:?}", one.keys());
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &other[name], "{name} differs");
    }
}

#[test]
fn threads_and_the_order_of_files_change_no_byte() {
    let folder = scratch("determinism-order");
    write_corpus(&folder.join("dumps"), false);
    write_corpus(&folder.join("elsewhere/other"), true);
    build(&folder, &["dumps", "-o", "one", "--jobs", "1"]);
    build(&folder, &["elsewhere/other", "-o", "many", "--jobs", "5"]);
    assert_same(&folder, "one", "many");
}

#[test]
fn the_order_of_arguments_changes_no_byte() {
    let folder = scratch("determinism-arguments");
    write_corpus(&folder.join("dumps"), false);
    let parts: Vec<String> = (0..7).map(|n| format!("dumps/{n}")).collect();
    let forwards: Vec<&str> = parts.iter().map(String::as_str).collect();
    let backwards: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
    build(&folder, &[forwards.as_slice(), &["-o", "forwards"]].concat());
    build(&folder, &[backwards.as_slice(), &["-o", "backwards"]].concat());
    assert_same(&folder, "forwards", "backwards");
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_is_resumed_to_the_same_bytes() {
    let folder = scratch("determinism-interrupt");
    write_corpus(&folder.join("dumps"), false);
    build(&folder, &["dumps", "-o", "whole"]);
    let mut child = command(&folder)
        .args(["build", "dumps", "-o", "broken", "--quiet", "--json", "--jobs", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    // The first event says that the run has begun to watch for interrupts.
    let mut events = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut event = String::new();
    events.read_line(&mut event).expect("events are text");
    assert!(event.contains("\"start\""), "{event}");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill starts");
    assert!(killed.success());
    let mut rest = String::new();
    while events.read_line(&mut rest).expect("events are text") > 0 {}
    let status = child.wait().expect("the program ends");
    // A small corpus may be done before the interrupt is seen.
    assert!(matches!(status.code(), Some(130 | 0 | 1)), "{status}: {rest}");
    assert!(status.code() != Some(130) || !folder.join("broken/manifest.json").exists(), "{rest}");
    build(&folder, &["dumps", "-o", "broken", "--resume"]);
    assert_same(&folder, "whole", "broken");
}

#[test]
fn a_dataset_that_reuses_another_one_has_the_bytes_of_a_full_build() {
    let folder = scratch("determinism-reuse");
    write_corpus(&folder.join("dumps"), false);
    build(&folder, &["dumps", "-o", "old"]);
    fs::write(folder.join("dumps/0/added.txt"), "A ferry was added to the list on Monday.").expect("a dump");
    fs::write(folder.join("dumps/added.jsonl"), "{\"text\": \"A bridge was added on Tuesday.\"}\n").expect("a dump");
    let (changed, _) = files_under(&folder.join("dumps/1")).into_iter().next_back().expect("there are dumps");
    fs::write(changed, "Another text stands here now, and it says something else.").expect("a dump");
    build(&folder, &["dumps", "-o", "full"]);
    let output = copydesk(&folder, &["build", "dumps", "-o", "new", "--reuse", "old"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(" dumps were unchanged and taken from old, "), "{said}");
    // The broken rows of the samples are read anew each time.
    let cleaned = said.split("taken from old, ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a number");
    let failed = said.split(" rejected, ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a number");
    let number = |text: &str| text.trim().replace(',', "").parse::<u64>().expect("a number");
    assert_eq!(number(cleaned), 3 + number(failed), "{said}");
    assert_same(&folder, "full", "new");
    assert_eq!(copydesk(&folder, &["validate", "new"]).status.code(), Some(0));
}
