//! Which of the phrases that sites put around an article the rules take, by group and language. Comes in a rule set, goes out
//! one line a phrase. Never decides on a dump.

use serde::Deserialize;

use super::RuleSet;
use super::check::{between, judged};
use super::document::{Zone, fold};
use crate::error::{Error, ErrorKind, Result};

/// The phrases, and the reasons of those that no rule takes.
const PHRASES: &str = include_str!("phrases.toml");
/// The detector that takes a line for its script alone says nothing of a phrase.
const BY_SCRIPT: &str = "template/stray-script";

/// A phrase and what becomes of it.
#[derive(Debug, Clone)]
pub struct Covered {
    /// What it belongs to: credits, related, rights, …
    pub group: String,
    /// Its language, ISO 639-1.
    pub lang: String,
    /// The line as it might stand in a dump.
    pub phrase: String,
    /// Whether a rule takes, lifts or keeps it, above, between or under the paragraphs.
    pub is_covered: bool,
    /// Why no rule takes it.
    pub why: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<Group>,
    #[serde(default)]
    left_out: Vec<LeftOut>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    phrases: std::collections::BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    lang: String,
    phrase: String,
    why: String,
}

/// Tries every phrase on a set of rules.
///
/// # Errors
/// If the list of phrases does not load, which a test rules out.
pub fn cover(rules: &RuleSet) -> Result<Vec<Covered>> {
    let file: File = toml::from_str(PHRASES)
        .map_err(|error| Error::new(ErrorKind::Rule, "could not load phrases").because(error.message().to_owned()))?;
    let mut covered = Vec::new();
    for group in &file.group {
        for (lang, phrases) in &group.phrases {
            for phrase in phrases {
                let reason = file.left_out.iter().find(|left| left.lang == *lang && left.phrase == *phrase);
                covered.push(Covered {
                    group: group.name.clone(),
                    lang: lang.clone(),
                    phrase: phrase.clone(),
                    is_covered: is_covered(rules, phrase),
                    why: reason.map(|left| left.why.clone()),
                });
            }
        }
    }
    Ok(covered)
}

/// Whether a rule has a hand in a phrase that stands as a line of its own or in front of the first paragraph.
fn is_covered(rules: &RuleSet, phrase: &str) -> bool {
    let mut dumps: Vec<(String, std::ops::Range<usize>)> =
        [Zone::Head, Zone::Mid, Zone::Tail].into_iter().map(|zone| between(phrase, zone)).collect();
    // A dateline stands in front of the first sentence.
    let (mut dump, at) = between(phrase, Zone::Head);
    let gap = dump[at.end..].find(|c: char| c != '\n').unwrap_or(0);
    dump.replace_range(at.end..at.end + gap, " ");
    dumps.push((dump, at));
    dumps.iter().any(|(dump, at)| {
        let findings = judged(rules, dump);
        let taken = |i: usize| {
            findings.iter().any(|f| {
                (f.action.removes() || f.action == crate::finding::Action::Keep)
                    && f.rule.as_str() != BY_SCRIPT
                    && f.span.range().contains(&i)
            })
        };
        let mut letters = dump[at.clone()].char_indices().filter(|(_, c)| c.is_alphanumeric()).peekable();
        letters.peek().is_some() && letters.all(|(i, _)| taken(at.start + i))
    }) || fold(phrase).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_rule_takes_has_a_reason_and_nothing_else_has() {
        let covered = cover(&RuleSet::builtin()).unwrap();
        assert!(covered.len() > 1000, "{}", covered.len());
        let silent: Vec<_> = covered.iter().filter(|c| c.is_covered == c.why.is_some()).collect();
        let lines: Vec<String> = silent
            .iter()
            .map(|c| format!("{}\t{}\t{}\t{}", c.group, c.lang, c.phrase, c.why.as_deref().unwrap_or("-")))
            .collect();
        assert!(lines.is_empty(), "{} phrases\n{}", lines.len(), lines.join("\n"));
    }
}
