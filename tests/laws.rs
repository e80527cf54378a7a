//! What holds for every dump, however odd: no text vanishes, none is made up, and nothing panics.
//!
//! Each law is tried on new dumps until its time is up: `ARBTEST_BUDGET_MS` says how long, `ARBTEST_SEED` tries one
//! case again. A dump that breaks a law is cut down before it is shown.

pub(crate) mod hold;
mod made;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use arbtest::arbitrary::{Result, Unstructured};
use copydesk::cleaner::CorpusStats;
use copydesk::dataset::manifest::Totals;
use copydesk::finding::{Action, Kind};
use copydesk::input::OwnedDump;
use copydesk::judge::RuleSet;
use copydesk::options::Favor;
use copydesk::pipeline::Report;
use copydesk::{Cleaned, Cleaner, Dump, Hints, Media, Options, SourceFormat};

use crate::common::cleaner;

/// Time for each law where `ARBTEST_BUDGET_MS` is not set.
const BUDGET: Duration = Duration::from_secs(2);

/// Most bytes without any order of one dump.
const MAX_BYTES: usize = 2_000;

/// Most dumps that are tried to cut one down.
const MAX_CUTS: usize = 3_000;

fn budget() -> Duration {
    let given = std::env::var("ARBTEST_BUDGET_MS").ok().and_then(|ms| ms.parse().ok());
    given.map_or(BUDGET, Duration::from_millis)
}

/// Runs a law on arbitrary bytes until its time is up.
fn for_any(law: impl FnMut(&mut Unstructured<'_>) -> Result<()>) {
    arbtest::arbtest(law).budget(budget()).run();
}

fn clean_as(cleaner: &Cleaner, bytes: &[u8], media: Media) -> Cleaned {
    let format = if media == Media::Html { SourceFormat::Html } else { SourceFormat::Text };
    cleaner.clean(Dump { path: "made/dump", key: None, bytes, format, media, hints: &Hints::default() })
}

/// Cleaners with the default options, with others, and with bounds so low that dumps meet them.
fn cleaners() -> [Cleaner; 3] {
    let keep = Kind::ALL.iter().copied().step_by(2).collect();
    let bounded = Options { favor: Some(Favor::Precision), max_blocks: 3, max_depth: 6, ..Options::default() };
    let keeping = Options { favor: Some(Favor::Recall), keep, ..Options::default() };
    [Options::default(), bounded, keeping]
        .map(|options| Cleaner::new(&options, RuleSet::builtin()).expect("the options make sense"))
}

/// The first law that a dump breaks, if any.
fn broken_law(cleaner: &Cleaner, bytes: &[u8], media: Media) -> Option<String> {
    let tried = catch_unwind(AssertUnwindSafe(|| hold::broken_law(bytes, &clean_as(cleaner, bytes, media))));
    tried.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        Some(format!("panic: {}", message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")))
    })
}

/// The sort of a complaint: what stands before its first colon.
fn sort_of(complaint: &str) -> &str {
    complaint.split(':').next().unwrap_or_default()
}

/// Leaves pieces out of a dump, smaller ones each time, as long as it still breaks the same law.
fn cut_down(mut bytes: Vec<u8>, breaks: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut n_left = MAX_CUTS;
    let mut size = bytes.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < bytes.len() && n_left > 0 {
            n_left -= 1;
            let cut = [&bytes[..at], &bytes[(at + size).min(bytes.len())..]].concat();
            if breaks(&cut) {
                bytes = cut;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    bytes
}

/// Asserts that a dump breaks no law, read as text and as a page.
fn assert_lawful(cleaner: &Cleaner, bytes: &[u8]) {
    for media in [Media::Text, Media::Html] {
        if let Some(complaint) = broken_law(cleaner, bytes, media) {
            let is_same = |cut: &[u8]| {
                broken_law(cleaner, cut, media).is_some_and(|other| sort_of(&other) == sort_of(&complaint))
            };
            let least = cut_down(bytes.to_vec(), is_same);
            let complaint = broken_law(cleaner, &least, media).unwrap_or(complaint);
            panic!("{media:?} {:?}\n  {complaint}", String::from_utf8_lossy(&least));
        }
    }
}

#[test]
fn any_bytes_keep_the_laws() {
    let cleaner = cleaner();
    for_any(|u| {
        let has_controls: bool = u.arbitrary()?;
        let mut bytes = u.bytes(u.len().min(MAX_BYTES))?.to_vec();
        if !has_controls {
            // Few control bytes, so that it is not refused as binary.
            bytes.iter_mut().filter(|b| **b < 0x20 && **b != b'\n').for_each(|b| *b |= 0x40);
        }
        assert_lawful(&cleaner, &bytes);
        Ok(())
    });
}

#[test]
fn any_text_keeps_the_laws() {
    let cleaners = cleaners();
    let words = made::Words::new();
    for_any(|u| {
        let text = words.text(u)?;
        assert_lawful(u.choose(&cleaners)?, text.as_bytes());
        Ok(())
    });
}

#[test]
fn any_page_keeps_the_laws() {
    let cleaners = cleaners();
    let words = made::Words::new();
    for_any(|u| {
        let page = words.page(u)?;
        assert_lawful(u.choose(&cleaners)?, page.as_bytes());
        Ok(())
    });
}

#[test]
fn mutated_samples_keep_the_laws() {
    let cleaners = cleaners();
    let samples = made::samples();
    for_any(|u| {
        let bytes = made::mutated(u, &samples)?;
        assert_lawful(u.choose(&cleaners)?, &bytes);
        Ok(())
    });
}

#[test]
fn every_sample_keeps_the_laws() {
    let cleaner = cleaner();
    for OwnedDump { path, bytes, media, .. } in made::samples() {
        assert_eq!(broken_law(&cleaner, &bytes, media), None, "{path}");
    }
}

#[test]
fn cleaning_a_clean_text_again_drops_nothing() {
    let cleaner = cleaner();
    let mut faults = Vec::new();
    for dump in made::samples() {
        let Ok(article) = cleaner.clean(dump.as_dump()).outcome else { continue };
        let again = clean_as(&cleaner, article.text.as_bytes(), Media::Text);
        for finding in again.findings.iter().filter(|f| f.action == Action::Drop) {
            faults.push(format!("{}: {} {:?}", dump.path, finding.rule, finding.span.of(&again.layout.text)));
        }
    }
    assert!(faults.is_empty(), "dropped from clean texts:\n{}", faults.join("\n"));
}

#[test]
fn the_same_dump_gives_the_same_article() {
    let (one, other) = (cleaner(), cleaner());
    for dump in made::samples() {
        let (one, other) = (one.clean(dump.as_dump()), other.clean(dump.as_dump()));
        assert_eq!(one.findings, other.findings, "{}", dump.path);
        assert_eq!(one.outcome, other.outcome, "{}", dump.path);
        assert_eq!(one.notes, other.notes, "{}", dump.path);
    }
}

/// The totals of each sample.
fn totals(cleaner: &Cleaner) -> Vec<Totals> {
    let one = |dump: &OwnedDump| {
        let mut totals = Totals::default();
        totals.add(&cleaner.clean(dump.as_dump()));
        totals
    };
    made::samples().iter().map(one).collect()
}

/// A run that came to these totals, with some other figures beside them.
fn report(totals: &Totals) -> Report {
    let mut report = Report { totals: totals.clone(), taken_over: totals.articles, ..Report::default() };
    report.inputs.count = totals.dumps;
    report.inputs.files = totals.dumps + 1;
    report.inputs.bytes = totals.layout_chars;
    report
}

#[test]
fn totals_and_reports_join_in_any_order() {
    let totals = totals(&cleaner());
    let join = |order: &[usize]| order.iter().fold(Totals::default(), |sum, &i| sum.merge(&totals[i]));
    let all: Vec<usize> = (0..totals.len()).collect();
    let whole = join(&all);
    assert!(whole.is_balanced() && whole.articles > 20);
    for_any(|u| {
        let mut order = all.clone();
        for i in 1..order.len() {
            order.swap(i, u.int_in_range(0..=i)?);
        }
        let cut = u.int_in_range(0..=order.len())?;
        let (left, right) = (join(&order[..cut]), join(&order[cut..]));
        assert_eq!(left.clone().merge(&right), whole);
        assert_eq!(right.clone().merge(&left), whole);
        let (left, right) = (report(&left), report(&right));
        let joined = left.clone().merge(right.clone());
        assert!(joined.is_balanced());
        assert_eq!(joined.totals, whole);
        assert_eq!(joined, right.merge(left));
        let [a, b, c] = [0, 1, 2].map(|i| report(&totals[order[i]]));
        assert_eq!(a.clone().merge(b.clone()).merge(c.clone()), a.merge(b.merge(c)));
        Ok(())
    });
}

#[test]
fn what_two_first_passes_saw_joins_in_any_order() {
    let samples = made::samples();
    let cleaner = cleaner();
    for_any(|u| {
        let cut = u.int_in_range(0..=samples.len())?;
        let saw = |dumps: &[OwnedDump]| {
            let mut stats = CorpusStats::default();
            dumps.iter().for_each(|dump| cleaner.observe(dump.as_dump(), &mut stats));
            stats
        };
        let (left, right) = samples.split_at(cut);
        let one = format!("{:?}", saw(left).merge(saw(right)));
        let other = format!("{:?}", saw(right).merge(saw(left)));
        assert_eq!(one, other);
        assert_eq!(one, format!("{:?}", saw(&samples)));
        Ok(())
    });
}

/// Guards the search itself: a law that does not hold is found broken and its dump is cut down.
#[test]
fn a_broken_law_would_be_found_and_cut_down() {
    let least = cut_down(b"some words before; the culprit and some after".to_vec(), |bytes| {
        String::from_utf8_lossy(bytes).contains("culprit")
    });
    assert_eq!(String::from_utf8_lossy(&least), "culprit");
    let cleaner = cleaner();
    let dump = b"The ferry sails at nine, the harbour office said on Friday. A second one follows at noon.";
    let sound = clean_as(&cleaner, dump, Media::Text);
    assert_eq!(hold::broken_law(dump, &sound), None);
    let broken = |spoil: &dyn Fn(&mut copydesk::article::Article)| {
        let mut cleaned = sound.clone();
        spoil(cleaned.outcome.as_mut().expect("it is an article"));
        hold::broken_law(dump, &cleaned).is_some()
    };
    assert!(broken(&|article| article.text = article.text.replace("nine", "ten")));
    assert!(broken(&|article| article.text = article.text.replace("at nine", "atnine")));
    assert!(broken(&|article| article.text = article.text.replace("harbour", "har bour")));
    assert!(broken(&|article| article.text.push('\n')));
    assert!(broken(&|article| article.kept_chars -= 1));
    assert!(broken(&|article| article.paragraph_kinds.clear()));
}
