//! What several test modules share: cleaning a sample, and comparing texts without white space.

use std::path::{Path, PathBuf};

use copydesk::judge::RuleSet;
use copydesk::{Cleaned, Cleaner, Dump, Hints, Media, Options, SourceFormat};

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A cleaner with the built-in rules and default options.
pub(crate) fn cleaner() -> Cleaner {
    Cleaner::new(&Options::default(), RuleSet::builtin()).expect("the built-in rules compile")
}

/// Cleans bytes as a file of that name.
pub(crate) fn clean(cleaner: &Cleaner, name: &str, bytes: &[u8]) -> Cleaned {
    let is_html = Path::new(name).extension().is_some_and(|e| e == "html");
    let (format, media) = if is_html { (SourceFormat::Html, Media::Html) } else { (SourceFormat::Text, Media::Text) };
    cleaner.clean(Dump { path: name, key: None, bytes, format, media, hints: &Hints::default() })
}

/// A text without white space.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A text with its runs of white space collapsed, paragraphs kept apart.
pub(crate) fn collapsed(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|p| !p.is_empty())
        .collect();
    paragraphs.join("\n\n")
}
