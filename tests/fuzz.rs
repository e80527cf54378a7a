//! What the fuzz targets begin with, and what they found: each seed and each input that once broke a promise is tried
//! again. `COPYDESK_SEEDS=DIR` writes the seeds into a folder for each target.

mod checks;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::formats::small_files;
use crate::laws::hold;
use crate::{files_under, hostile, root};

/// Environment variable that names the folder where seeds are written.
const SEEDS: &str = "COPYDESK_SEEDS";

/// Largest seed, in bytes: what a fuzzer changes in a useful time.
const MAX_SEED_BYTES: usize = 20_000;

/// An input of a target.
struct Input {
    target: &'static str,
    name: String,
    bytes: Vec<u8>,
}

fn input(target: &'static str, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Input {
    Input { target, name: name.into(), bytes: bytes.into() }
}

/// What a file is called without its stem: `.tar.gz` of `dumps.tar.gz`.
fn extensions(name: &str) -> &str {
    name.find('.').map_or("", |at| &name[at..])
}

/// The seeds of the readers: files of every sort, with the byte behind them that tells their name.
fn reader_seeds() -> Vec<Input> {
    let mut seeds = Vec::new();
    for (name, bytes) in small_files().into_iter().chain(hostile::files()) {
        for (target, names) in checks::READERS {
            let Some(place) = names.iter().position(|n| extensions(n) == extensions(&name)) else { continue };
            let how = [0, checks::NAMES_FIELDS, checks::BUILDS][seeds.len() % 3] | place as u8;
            seeds.push(input(target, name.clone(), [&bytes[..], &[how]].concat()));
        }
    }
    seeds
}

fn seeds() -> Vec<Input> {
    let mut seeds = reader_seeds();
    for (path, name) in files_under(&root().join("samples/dumps")) {
        let (name, bytes) = (name.display().to_string(), fs::read(path).expect("a sample can be read"));
        seeds.push(input("decode", name.clone(), [&bytes[..], &[0]].concat()));
        seeds.push(input("page", name, bytes));
    }
    for (name, toml) in copydesk::judge::BUILTIN {
        seeds.push(input("rules", name.replace('/', "-"), *toml));
    }
    for (which, how) in [(0, 1), (1, 1), (2, 1), (3, 1), (0, 3), (3, 0)] {
        seeds.push(input("validate", format!("{which}-{how}"), [which, how, 40, 0, 1, 200, 1, 255]));
    }
    seeds.retain(|seed| seed.bytes.len() <= MAX_SEED_BYTES);
    seeds
}

/// The inputs that broke a promise: `tests/fuzz/broken/TARGET/NAME`.
fn broken() -> Vec<Input> {
    let targets = ["decode", "page", "rules", "validate"].into_iter().chain(checks::READERS.iter().map(|(t, _)| *t));
    let folder = |target: &str| root().join("tests/fuzz/broken").join(target);
    let found = targets.filter(|target| folder(target).exists()).flat_map(|target| {
        let read = |(path, name): (PathBuf, PathBuf)| {
            input(target, name.display().to_string(), fs::read(path).expect("an input can be read"))
        };
        files_under(&folder(target)).into_iter().map(read)
    });
    found.collect()
}

#[track_caller]
fn check_all(inputs: &[Input]) {
    let mut faults = Vec::new();
    for Input { target, name, bytes } in inputs {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| checks::check(target, bytes))) {
            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            faults.push(format!("{target}/{name}: {said}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_seed_keeps_the_promises() {
    let seeds = seeds();
    if let Some(folder) = std::env::var_os(SEEDS) {
        for (number, Input { target, name, bytes }) in seeds.iter().enumerate() {
            let folder = Path::new(&folder).join(target);
            fs::create_dir_all(&folder).expect("a folder can be made");
            fs::write(folder.join(format!("{number:03}-{name}")), bytes).expect("a seed can be written");
        }
    }
    for (target, _) in checks::READERS {
        assert!(seeds.iter().any(|seed| seed.target == *target), "no seed of {target}");
    }
    check_all(&seeds);
}

#[test]
fn what_a_fuzzer_broke_stays_mended() {
    check_all(&broken());
}
