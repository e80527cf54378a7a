//! A toy cleaner for the tests of this folder: `- ` lines are dropped, `> ` lines are lifted to captions, an `&amp;`
//! is repaired, an empty dump is rejected and one that says `panic` panics.

use unicode_segmentation::UnicodeSegmentation;

use crate::article::record::{record_id, sha256_hex};
use crate::article::{Article, Moment, ParagraphKind, Reject, RejectCode, Source};
use crate::cleaner::Cleaned;
use crate::finding::{Action, Field, Finding, Flag, Kind, Span};
use crate::input::{Dump, Hints, Item, Media, OwnedDump, SourceFormat};
use crate::page::{Layout, count_chars};

/// Cleans a dump in the simplest way that fills every part of a record.
pub(crate) fn toy_clean(dump: Dump<'_>) -> Cleaned {
    let text = String::from_utf8_lossy(dump.bytes).into_owned();
    assert!(text != "panic", "asked to panic");
    let sha256 = sha256_hex(dump.bytes);
    let id = record_id(dump.path, dump.key, &sha256);
    let mut findings = Vec::new();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut captions = Vec::new();
    let (mut kept, mut dropped, mut lifted) = (0, 0, 0);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.trim_end_matches('\n').len());
        at += line.len();
        let chars = count_chars(line);
        let mut find = |kind, rule: &str, action, span, replacement| {
            findings.push(Finding {
                kind,
                rule: rule.into(),
                span,
                action,
                value: None,
                replacement,
                confidence: 0.75,
            });
        };
        if line.starts_with("- ") {
            find(Kind::Advert, "toy/advert", Action::Drop, span, None);
            dropped += chars;
        } else if let Some(caption) = line.strip_prefix("> ") {
            find(Kind::Caption, "toy/caption", Action::Lift(Some(Field::Captions)), span, None);
            captions.push(caption.trim_end().to_owned());
            lifted += chars;
        } else if chars > 0 {
            if let Some(i) = line.find("&amp;") {
                let start = span.start as usize + i;
                find(Kind::Entity, "toy/entity", Action::Repair, Span::new(start, start + 5), Some("&".to_owned()));
            }
            paragraphs.push(line.trim_end().replacen("&amp;", "&", 1));
            kept += chars;
        }
    }
    let layout = Layout { text, blocks: Vec::new() };
    if kept == 0 {
        let code = if layout.text.is_empty() { RejectCode::Empty } else { RejectCode::NoContent };
        let reject = Reject {
            id,
            source_path: dump.path.to_owned(),
            source_key: dump.key.map(str::to_owned),
            source_bytes: Some(dump.bytes.len() as u64),
            source_sha256: Some(sha256),
            url: dump.hints.url.clone(),
            code,
            message: "nothing was left".to_owned(),
            byte_offset: None,
        };
        return Cleaned { outcome: Err(Box::new(reject)), layout, findings, notes: Vec::new() };
    }
    let count = |n: usize| u32::try_from(n).unwrap();
    let text = paragraphs.join("\n\n");
    let article = Article {
        source: Source {
            id,
            path: dump.path.to_owned(),
            key: dump.key.map(str::to_owned),
            format: dump.format,
            bytes: dump.bytes.len() as u64,
            sha256,
            url: dump.hints.url.clone(),
            fetched_at_us: dump.hints.fetched_at_us,
        },
        source_encoding: "UTF-8",
        site: None,
        title: dump.hints.title.clone(),
        subtitle: None,
        authors: dump.hints.authors.clone(),
        agency: None,
        dateline_place: None,
        published: Moment {
            date: Some(jiff::civil::date(2024, 2, 29)),
            at: Some(jiff::civil::date(2024, 2, 29).at(12, 30, 0, 0)),
            zone: Some("+03:00".to_owned()),
        },
        modified: Moment { date: Some(jiff::civil::date(1969, 12, 31)), at: None, zone: None },
        section: None,
        tags: Vec::new(),
        captions,
        credits: Vec::new(),
        corrections: Vec::new(),
        paragraph_kinds: vec![ParagraphKind::Body; paragraphs.len()],
        language: "eng".to_owned(),
        language_script: Some("Latn".to_owned()),
        language_score: 0.5,
        foreign_share: None,
        machine_translated: false,
        original_language: None,
        paywalled: false,
        truncated: false,
        rights_notice: None,
        tdm_reserved: false,
        char_count: count(text.chars().count()),
        word_count: count(text.unicode_words().count()),
        sentence_count: count(text.unicode_sentences().count()),
        paragraph_count: count(paragraphs.len()),
        layout_chars: count(kept + dropped + lifted),
        kept_chars: count(kept),
        dropped_chars: count(dropped),
        lifted_chars: count(lifted),
        confidence: Some(0.5),
        flags: vec![Flag::HiddenText],
        text,
    };
    Cleaned { outcome: Ok(Box::new(article)), layout, findings, notes: Vec::new() }
}

/// A text dump of that name.
pub(crate) fn dump(path: &str, text: &str) -> OwnedDump {
    OwnedDump {
        path: path.to_owned(),
        key: None,
        bytes: text.as_bytes().to_vec(),
        format: SourceFormat::Text,
        media: Media::Text,
        hints: Hints::default(),
    }
}

/// The end of the file that a dump came from.
pub(crate) fn end_of(dump: &OwnedDump) -> Item {
    Item::FileEnd { source_path: dump.path.clone(), bytes: dump.bytes.len() as u64, sha256: sha256_hex(&dump.bytes) }
}
