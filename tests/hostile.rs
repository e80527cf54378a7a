//! Files that were made to do harm: bombs, lies about sizes, broken archives, endless rows. One table says what each of
//! them becomes; one run over all of them shows that memory stays bounded and that no file costs another one.

mod archives;
mod rows;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::odd_input::Became;
use crate::{copydesk, scratch};

/// A text that is an article wherever it is met.
pub(crate) const STORY: &str = "The old lighthouse opens its doors again on Sunday. Visitors climb ninety steps to the lamp \
    room, where a keeper tells how the light was tended by hand. Tickets are sold at the pier.";

/// The same as a page.
pub(crate) fn page() -> String {
    format!("<html><head><title>Lighthouse</title></head><body><article><p>{STORY}</p></article></body></html>")
}

/// What stands in the folder.
pub(crate) enum Stands {
    File(Vec<u8>),
    LinkTo(&'static str),
    Pipe,
}

/// A file, and what becomes of it: how many articles and how many rows of each code, as `2 article, 1 bad_row`.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) stands: Stands,
    pub(crate) becomes: &'static str,
}

pub(crate) fn case(name: &str, bytes: impl Into<Vec<u8>>, becomes: &'static str) -> Case {
    Case { name: name.to_owned(), stands: Stands::File(bytes.into()), becomes }
}

/// Address space that the program may take, in KiB: windows of decoders are 128 MiB, code and threads the rest.
const MAX_KIB: u64 = 1_000_000;

/// Bounds that are lower than the defaults, so that the test is quick. Others are left as they are.
const BOUNDS: [&str; 6] = ["--max-dump-bytes", "4000000", "--max-unpacked-bytes", "60000000", "--max-entries", "5000"];

fn special() -> Vec<Case> {
    let stands = |name: &str, stands, becomes| Case { name: name.to_owned(), stands, becomes };
    vec![
        stands("pipe.tar.gz", Stands::Pipe, "1 unreadable"),
        stands("pipe.zip", Stands::Pipe, "1 unreadable"),
        stands("pipe.parquet", Stands::Pipe, "1 unreadable"),
        stands("pipe.warc", Stands::Pipe, "1 unreadable"),
        stands("loop", Stands::LinkTo("."), ""),
        stands("here.zip", Stands::LinkTo("there.zip"), "1 unreadable"),
        stands("there.zip", Stands::LinkTo("here.zip"), "1 unreadable"),
        stands("zeros", Stands::LinkTo("/dev/zero"), "1 unreadable"),
    ]
}

fn make(folder: &Path, cases: &[Case]) {
    for case in cases {
        let path = folder.join(&case.name);
        match &case.stands {
            Stands::File(bytes) => fs::write(path, bytes).expect("a file can be written"),
            Stands::LinkTo(target) => symlink(target, path).expect("a link can be made"),
            Stands::Pipe => assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo starts").success()),
        }
    }
}

/// The files with their names, as seeds for a fuzzer.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let file = |case: Case| match case.stands {
        Stands::File(bytes) => Some((case.name, bytes)),
        _ => None,
    };
    [archives::cases(), rows::cases()].into_iter().flatten().filter_map(file).collect()
}

/// What became of each file, in the words of the table.
fn told(rows: &BTreeMap<String, Became>) -> BTreeMap<&str, String> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (name, became) in rows {
        let path = name.split_once('#').map_or(name.as_str(), |(path, _)| path);
        let word = match became {
            Became::Article(..) => "article",
            Became::Reject(code, _) => code,
        };
        *counts.entry(path).or_default().entry(word).or_default() += 1;
    }
    let tell = |counts: BTreeMap<&str, usize>| {
        counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    };
    counts.into_iter().map(|(path, counts)| (path, tell(counts))).collect()
}

#[test]
fn every_hostile_file_becomes_what_the_table_says_within_its_bounds() {
    let folder = scratch("hostile");
    let cases: Vec<Case> = [archives::cases(), rows::cases(), special()].into_iter().flatten().collect();
    fs::create_dir(folder.join("dumps")).expect("a folder can be made");
    make(&folder.join("dumps"), &cases);
    let script = format!("ulimit -v {MAX_KIB}; exec \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_copydesk"), "build", "dumps", "-o", "out", "--quiet"])
        .args(["--jobs", "2"])
        .args(BOUNDS)
        .current_dir(&folder)
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "some failed: {said}");

    let rows = crate::odd_input::rows(&folder.join("out"));
    let told = told(&rows);
    let mut faults = Vec::new();
    for case in &cases {
        let got = told.get(case.name.as_str()).map_or("", String::as_str);
        if got != case.becomes {
            faults.push(format!("{}: wanted `{}`, got `{got}`", case.name, case.becomes));
        }
    }
    eprintln!("{} hostile files tried, {} passed", cases.len(), cases.len() - faults.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cases.len() >= 60);
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert!(told.keys().all(|path| names.contains(path)), "{:?}", told.keys());

    let output = copydesk(&folder, &["validate", "out"]);
    let told = [output.stdout, output.stderr].concat();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&told));
}

/// No name in an archive leads anywhere: nothing is unpacked to a disk.
#[test]
fn paths_of_members_are_names_and_no_more() {
    let folder = scratch("hostile-paths");
    fs::create_dir(folder.join("dumps")).expect("a folder can be made");
    let cases = archives::traversals();
    make(&folder.join("dumps"), &cases);
    let before = crate::files_under(&folder).len();
    let output = copydesk(&folder.join("dumps"), &["build", ".", "-o", "../out", "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = crate::odd_input::rows(&folder.join("out"));
    let keys: Vec<&str> = rows.keys().map(String::as_str).collect();
    let expected = [
        "up.tar#../../up.txt",
        "up.tar#./here.txt",
        "up.tar#/etc/up.txt",
        "up.zip#../../up.txt",
        "up.zip#..\\up.txt",
        "up.zip#/etc/up.txt",
    ];
    assert_eq!(keys, expected);
    let written = crate::files_under(&folder.join("out")).len();
    assert_eq!(crate::files_under(&folder).len(), before + written);
}
