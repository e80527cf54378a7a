//! Throughput on the samples, and what more rules cost: `make bench`.
//!
//! Figures of one run are compared with each other; between machines only the ratios mean something.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use copydesk::judge::{BUILTIN, RuleSet};
use copydesk::{Cleaner, Dump, Hints, Media, Options, SourceFormat};
use regex::Regex;

/// How long each figure is measured: long enough that a scheduler's whim is a few per cent.
const MEASURE: Duration = Duration::from_secs(2);

struct Sample {
    name: String,
    bytes: Vec<u8>,
    format: SourceFormat,
    media: Media,
}

fn samples(extension: &str, format: SourceFormat, media: Media) -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/dumps");
    let mut samples: Vec<Sample> = fs::read_dir(folder)
        .expect("there are samples")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| Sample {
            name: path.display().to_string(),
            bytes: fs::read(&path).expect("a sample can be read"),
            format,
            media,
        })
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    samples
}

/// Nanoseconds a byte of cleaning all samples over and over.
fn ns_per_byte(cleaner: &Cleaner, samples: &[Sample]) -> f64 {
    let hints = Hints::default();
    let mut n_bytes = 0;
    let start = Instant::now();
    while start.elapsed() < MEASURE {
        for sample in samples {
            let dump = Dump {
                path: &sample.name,
                key: None,
                bytes: &sample.bytes,
                format: sample.format,
                media: sample.media,
                hints: &hints,
            };
            std::hint::black_box(cleaner.clean(std::hint::black_box(dump)));
            n_bytes += sample.bytes.len();
        }
    }
    start.elapsed().as_secs_f64() * 1e9 / n_bytes.max(1) as f64
}

/// The built-in rules with so many copies of each, under other ids.
fn rules_times(times: usize) -> RuleSet {
    let ids = Regex::new(r#"(?m)^(id\s*=\s*)"([a-z])"#).expect("it compiles");
    let formerly = Regex::new(r"(?m)^formerly\s*=.*$").expect("it compiles");
    let mut rules = RuleSet::builtin();
    for copy in 1..times {
        for (name, toml) in BUILTIN {
            let renamed = ids.replace_all(toml, format!("$1\"copy{copy}-$2"));
            rules =
                rules.extend(&format!("copy{copy}/{name}"), &formerly.replace_all(&renamed, "")).expect("copies load");
        }
    }
    rules
}

fn main() {
    let options = Options::default();
    let text = samples("txt", SourceFormat::Text, Media::Text);
    let html = samples("html", SourceFormat::Html, Media::Html);
    let mut first = None;
    for times in [1, 2, 4] {
        let rules = rules_times(times);
        let n_rules = rules.rules().len();
        let cleaner = Cleaner::new(&options, rules).expect("the options fit");
        let cost = ns_per_byte(&cleaner, &text);
        let base = *first.get_or_insert(cost);
        println!("text, {n_rules} rules: {cost:.1} ns/byte, {:.2} MB/s, ratio {:.2}", 1e3 / cost, cost / base);
    }
    let cleaner = Cleaner::new(&options, RuleSet::builtin()).expect("the options fit");
    let cost = ns_per_byte(&cleaner, &html);
    println!("html: {cost:.1} ns/byte, {:.2} MB/s", 1e3 / cost);
}
