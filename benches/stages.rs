//! Throughput on the samples, and what more rules cost: `make bench`.
//!
//! Figures of one run are compared with each other; between machines only the ratios mean something.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use copydesk::judge::{RuleSet, judge};
use copydesk::page::text::lay_out;
use copydesk::{Cleaner, Dump, Hints, Media, Options, SourceFormat, language};

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

/// Nanoseconds a byte of one stage over prepared samples.
fn stage<T>(what: &str, samples: &[(T, usize)], mut run: impl FnMut(&T)) -> f64 {
    let mut n_bytes = 0;
    let start = Instant::now();
    while start.elapsed() < MEASURE {
        for (sample, n) in samples {
            run(std::hint::black_box(sample));
            n_bytes += n;
        }
    }
    let cost = start.elapsed().as_secs_f64() * 1e9 / n_bytes.max(1) as f64;
    println!("{what:28} {cost:8.2} ns/byte {:8.1} MB/s", 1e3 / cost);
    cost
}

/// The built-in rules and so many copies of each but the detectors, under other ids and with other words, so that
/// the copies cost what rules cost that a text does not wake.
fn rules_times(times: usize) -> RuleSet {
    let builtin = RuleSet::builtin().rules().to_vec();
    let mut rules = builtin.clone();
    for copy in 1..times {
        for rule in builtin.iter().filter(|rule| rule.raw.r#match.detector.is_none()) {
            let mut rule = rule.clone();
            rule.id = format!("copy{copy}/{}", rule.id.as_str().replace('/', "-")).as_str().into();
            let strange = |phrase: &mut String| *phrase = format!("q{copy}x {phrase}");
            let m = &mut rule.raw.r#match;
            [&mut m.whole, &mut m.starts, &mut m.ends, &mut m.contains].into_iter().flatten().for_each(strange);
            m.trigger.iter_mut().flatten().for_each(strange);
            if let Some(pattern) = &mut m.pattern {
                *pattern.get_mut() = format!("q{copy}x (?:{})", pattern.get_ref());
            }
            rules.push(rule);
        }
    }
    RuleSet::from_rules(rules).expect("copies compile")
}

fn main() {
    let options = Options::default();
    let text = samples("txt", SourceFormat::Text, Media::Text);
    let html = samples("html", SourceFormat::Html, Media::Html);
    let hints = Hints::default();
    let decoded: Vec<(String, usize)> =
        text.iter().map(|s| (String::from_utf8_lossy(&s.bytes).into_owned(), s.bytes.len())).collect();
    stage("text: layout", &decoded, |t| {
        std::hint::black_box(lay_out(t.clone(), options.max_blocks));
    });
    stage("text: language prior", &decoded, |t| {
        std::hint::black_box(language::prior(t));
    });
    let laid_out: Vec<_> =
        decoded.iter().map(|(t, n)| ((lay_out(t.clone(), options.max_blocks), language::prior(t)), *n)).collect();
    let mut base = None;
    for times in [1, 2, 4] {
        let rules = rules_times(times);
        let what = format!("text: judge, {} rules", rules.rules().len());
        let cost = stage(&what, &laid_out, |(layout, prior)| {
            std::hint::black_box(judge(layout, None, prior, &hints, &rules, &options));
        });
        let base = *base.get_or_insert(cost);
        println!("{:28} {:8.3}", "  ratio", cost / base);
    }
    let cleaner = Cleaner::new(&options, RuleSet::builtin()).expect("the options fit");
    for (what, samples) in [("text: clean", &text), ("html: clean", &html)] {
        let cost = ns_per_byte(&cleaner, samples);
        println!("{what:28} {cost:8.2} ns/byte {:8.1} MB/s", 1e3 / cost);
    }
}
