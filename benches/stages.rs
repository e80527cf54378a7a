//! Throughput of the stages, what more rules cost, and what a page costs against its parsing: `make bench`.
//!
//! Times are of this thread's own work where the system tells it, and the best of many short passes, those that are
//! compared in turns, so that other work on the machine shifts them little. Between machines only ratios mean something.
//!
//! Two corpora of text: the labelled dumps (short, in seventeen languages, half of their lines noise: the worst case, and
//! the one to raise) and long clean articles made from the samples' clean texts (most of what a crawl holds).
//! `PAGES=FOLDER` takes the pages of a folder instead of the samples; words behind `--` choose parts by their names.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use copydesk::judge::{RuleSet, judge};
use copydesk::page::text::lay_out;
use copydesk::page::{Layout, html};
use copydesk::{Cleaner, Dump, Hints, Media, Options, SourceFormat, language};

/// How long each figure is measured, where `SECONDS` says nothing else.
const MEASURE: Duration = Duration::from_millis(1500);
/// Fewest passes of each, however long they take.
const MIN_PASSES: usize = 5;
/// Bytes of a long article, about 3,000 words: a feature or a report.
const LONG_BYTES: usize = 20_000;
/// Pages that are shown as the dearest.
const SHOWN_PAGES: usize = 5;
/// Most pages of a folder that are measured, evenly spread over it.
const MAX_PAGES: usize = 300;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            paths.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    paths
}

/// The labelled dumps without their labels.
fn labelled() -> Vec<String> {
    let read = |path: &PathBuf| {
        let raw = fs::read_to_string(path).expect("a labelled dump can be read");
        let mut text = String::new();
        for line in raw.lines().filter(|line| !line.starts_with('#')) {
            let mut rest = line.split_once('\t').map_or("", |(_, rest)| rest);
            while let Some((before, after)) = rest.split_once('⟦') {
                let (inside, behind) = after.split_once('⟧').expect("brackets are balanced");
                text.push_str(before);
                text.push_str(inside.split_once('|').map_or(inside, |(_, inside)| inside));
                rest = behind;
            }
            text.push_str(rest);
            text.push('\n');
        }
        text
    };
    files(&root().join("tests/labelled"), "dump").iter().map(read).collect()
}

/// Long clean articles: the paragraphs of each sample's clean text over and over, their words turned about each time, so
/// that none stands there twice.
fn long() -> Vec<String> {
    let mut texts = Vec::new();
    for path in files(&root().join("samples/expected"), "txt") {
        let clean = fs::read_to_string(path).expect("a clean text can be read");
        let paragraphs: Vec<&str> = clean.split("\n\n").filter(|p| p.len() >= 120 && !p.contains('\n')).collect();
        let mut text = String::new();
        for turn in 0.. {
            if paragraphs.is_empty() || text.len() >= LONG_BYTES {
                break;
            }
            for paragraph in &paragraphs {
                text.push_str(&turned(paragraph, turn * 3));
                text.push_str("\n\n");
            }
        }
        if !text.is_empty() {
            texts.push(text);
        }
    }
    texts
}

/// A paragraph with its words, or its characters where it has no blanks, turned about; the last one stays the last.
fn turned(paragraph: &str, by: usize) -> String {
    let words: Vec<&str> = paragraph.split(' ').collect();
    let is_spaced = words.len() * 40 > paragraph.chars().count();
    let mut parts: Vec<String> = if is_spaced {
        words.iter().map(|word| (*word).to_owned()).collect()
    } else {
        paragraph.chars().map(String::from).collect()
    };
    if let Some(last) = parts.pop() {
        let by = by % parts.len().max(1);
        parts.rotate_left(by);
        parts.push(last);
    }
    parts.join(if is_spaced { " " } else { "" })
}

/// The best time of each text of each work in seconds, summed; the works take turns.
fn best<T>(texts: &[T], works: &mut [&mut dyn FnMut(&T)]) -> Vec<f64> {
    best_of_each(texts, works).iter().map(|times| times.iter().sum()).collect()
}

/// The best time of each text of each work in seconds.
fn best_of_each<T>(texts: &[T], works: &mut [&mut dyn FnMut(&T)]) -> Vec<Vec<f64>> {
    let mut best = vec![vec![f64::MAX; texts.len()]; works.len()];
    let seconds = env::var("SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let measure = seconds.map_or(MEASURE, Duration::from_secs) * u32::try_from(works.len()).unwrap_or(1);
    let start = Instant::now();
    let mut n_passes = 0;
    while n_passes < MIN_PASSES || start.elapsed() < measure {
        for (work, best) in works.iter_mut().zip(&mut best) {
            for (text, best) in texts.iter().zip(best) {
                let before = Instant::now();
                work(black_box(text));
                *best = best.min(before.elapsed().as_secs_f64());
            }
        }
        n_passes += 1;
    }
    best
}

fn print(what: &str, seconds: f64, n_bytes: usize) {
    let cost = seconds * 1e9 / n_bytes.max(1) as f64;
    println!("{what:36} {cost:8.2} ns/byte {:8.1} MB/s", 1e3 / cost);
}

/// Measures one work and prints it.
fn stage<T>(what: &str, texts: &[T], n_bytes: usize, mut work: impl FnMut(&T)) {
    print(what, best(texts, &mut [&mut work])[0], n_bytes);
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

/// Cleans one dump.
fn clean(cleaner: &Cleaner, bytes: &[u8], format: SourceFormat, media: Media) {
    let hints = Hints::default();
    black_box(cleaner.clean(Dump { path: "dump", key: None, bytes: black_box(bytes), format, media, hints: &hints }));
}

fn text(what: &str, texts: &[String], wanted: &dyn Fn(&str) -> bool) {
    let options = Options::default();
    let hints = Hints::default();
    let n_bytes: usize = texts.iter().map(String::len).sum();
    if wanted("read") {
        stage(&format!("{what}: count (the machine's pace)"), texts, n_bytes, |t| {
            black_box(t.chars().filter(|c| !c.is_whitespace()).count());
        });
    }
    if wanted("layout") {
        stage(&format!("{what}: layout"), texts, n_bytes, |t| {
            black_box(lay_out(t.clone(), options.max_blocks));
        });
    }
    if wanted("prior") {
        stage(&format!("{what}: language prior"), texts, n_bytes, |t| {
            black_box(language::prior(t));
        });
    }
    let laid_out: Vec<(Layout, _)> =
        texts.iter().map(|t| (lay_out(t.clone(), options.max_blocks), language::prior(t))).collect();
    let run = |rules: &RuleSet, (layout, prior): &(Layout, _)| {
        black_box(judge(layout, None, prior, &hints, rules, None, &options));
    };
    if wanted("judge") {
        let rules = RuleSet::builtin();
        stage(&format!("{what}: judge, {} rules", rules.rules().len()), &laid_out, n_bytes, |t| run(&rules, t));
    }
    if wanted("times") {
        let sets = [1, 2, 4].map(rules_times);
        let [one, two, four] = &sets;
        let costs = best(&laid_out, &mut [&mut |t| run(one, t), &mut |t| run(two, t), &mut |t| run(four, t)]);
        let mut line = String::new();
        for (rules, cost) in sets.iter().zip(&costs) {
            let _ = write!(line, "   {} rules {:.3}", rules.rules().len(), cost / costs[0]);
        }
        println!("{what}: judge, cost a byte against x1:{line}");
    }
    if wanted("clean") {
        let cleaner = Cleaner::new(&options, RuleSet::builtin()).expect("the options fit");
        stage(&format!("{what}: clean"), texts, n_bytes, |t| {
            clean(&cleaner, t.as_bytes(), SourceFormat::Text, Media::Text);
        });
    }
}

fn page_paths() -> Vec<PathBuf> {
    files(&env::var_os("PAGES").map_or_else(|| root().join("samples/dumps"), PathBuf::from), "html")
}

/// What a page costs for each of its bytes: the median of all pages, and the dearest ones.
fn spread() {
    let paths = page_paths();
    let pages: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).expect("a page can be read")).collect();
    let cleaner = Cleaner::new(&Options::default(), RuleSet::builtin()).expect("the options fit");
    let times = &best_of_each(&pages, &mut [&mut |page| clean(&cleaner, page, SourceFormat::Html, Media::Html)])[0];
    let mut costs: Vec<(f64, usize)> =
        times.iter().zip(&pages).map(|(time, page)| time * 1e9 / page.len().max(1) as f64).zip(0..).collect();
    costs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some(&(median, _)) = costs.get(costs.len() / 2) else { return };
    println!("html: {} pages, clean, ns/byte: median {median:.2}, highest {:.2}", pages.len(), costs[0].0);
    println!("html: highest / median {:.1}", costs[0].0 / median);
    for &(cost, page) in costs.iter().take(SHOWN_PAGES) {
        let name = paths[page].file_name().unwrap_or_default().to_string_lossy();
        println!("  {name:20} {:8} bytes {cost:10.2} ns/byte {:6.1} x", pages[page].len(), cost / median);
    }
}

fn pages() {
    let paths = page_paths();
    let step = paths.len().div_ceil(MAX_PAGES).max(1);
    let pages: Vec<String> = paths
        .iter()
        .step_by(step)
        .map(|path| String::from_utf8_lossy(&fs::read(path).expect("a page can be read")).into_owned())
        .collect();
    let n_bytes: usize = pages.iter().map(String::len).sum();
    println!("html: {} pages, {:.1} MB", pages.len(), n_bytes as f64 / 1e6);
    let options = Options::default();
    let cleaner = Cleaner::new(&options, RuleSet::builtin()).expect("the options fit");
    let mut parse_alone = |page: &String| {
        black_box(scraper::Html::parse_document(page));
    };
    let mut lay_out = |page: &String| {
        black_box(html::lay_out(page, &options));
    };
    let mut clean_all = |page: &String| clean(&cleaner, page.as_bytes(), SourceFormat::Html, Media::Html);
    let costs = best(&pages, &mut [&mut parse_alone, &mut lay_out, &mut clean_all]);
    print("html: parse_document alone", costs[0], n_bytes);
    print("html: parse and layout", costs[1], n_bytes);
    print("html: clean", costs[2], n_bytes);
    println!("html: layout / parse {:.2}   clean / parse {:.2}", costs[1] / costs[0], costs[2] / costs[0]);
}

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let (corpora, parts): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| matches!(word.as_str(), "mixed" | "long"));
    let wanted = |name: &str| parts.is_empty() || parts.iter().any(|part| *part == name);
    for (what, texts) in [("mixed", labelled()), ("long", long())] {
        if corpora.is_empty() || corpora.iter().any(|corpus| *corpus == what) {
            let n_bytes: usize = texts.iter().map(String::len).sum();
            println!("{what}: {} texts, {:.2} MB", texts.len(), n_bytes as f64 / 1e6);
            text(what, &texts, &wanted);
        }
    }
    if wanted("html") && corpora.is_empty() {
        pages();
    }
    if wanted("spread") && corpora.is_empty() {
        spread();
    }
}
