//! What every rule has to prove: its own examples, and everybody's promises. Comes in a rule set, go out complaints
//! with file, line and column. Used by `copydesk rules check` and by one test.

use std::ops::Range;

use super::document::{Zone, fold, fold_inside};
use super::rule::{Anchor, Rule, RuleAction, Scope};
use super::{RuleSet, judge};
use crate::finding::{Action, Finding, Kind, RuleId};
use crate::input::Hints;
use crate::language;
use crate::options::Options;
use crate::page::text::lay_out;

/// One thing that a rule does not keep to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The rule.
    pub rule: RuleId,
    /// Its file.
    pub source: String,
    /// Line and column in the file, from 1.
    pub place: (usize, usize),
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}: {}", self.source, self.place.0, self.place.1, self.rule, self.message)
    }
}

/// Paragraphs that examples are set between. Nothing in them is noise.
const TITLE: &str = "Town buys a crane for its harbour";
const BEFORE: &str = "The town has bought a new crane for its harbour, the mayor said on Monday, after the old one had rusted there for eleven long years.";
const AFTER: &str = "It will be put up in June, when the tides are low and the school is closed, so that all who want to come can see how it is done.";

/// Checks a rule set; built-in and users' rules alike.
pub fn check(set: &RuleSet) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (idx, rule) in set.rules().iter().enumerate().filter(|(_, rule)| !super::is_retired(rule)) {
        let mut checked = Checked { rule, complaints: &mut complaints };
        checked.form(set, idx);
        if !rule.is_active() {
            continue;
        }
        checked.nearness();
        match RuleSet::from_rules(vec![Rule { is_builtin: false, ..rule.clone() }]) {
            Ok(alone) => checked.alone(&alone),
            Err(error) => checked.complain(rule.raw.id.span(), error.to_string()),
        }
        checked.promises(set);
        checked.cases(set);
    }
    complaints
}

struct Checked<'a> {
    rule: &'a Rule,
    complaints: &'a mut Vec<Complaint>,
}

impl Checked<'_> {
    fn complain(&mut self, at: Range<usize>, message: impl Into<String>) {
        self.complaints.push(Complaint {
            rule: self.rule.id.clone(),
            source: self.rule.source.clone(),
            place: self.rule.place(at.start),
            message: message.into(),
        });
    }

    /// Shape of the table: a reason, enough examples, a matcher.
    fn form(&mut self, set: &RuleSet, idx: usize) {
        let raw = &self.rule.raw;
        let id = raw.id.span();
        let why = raw.why.get_ref();
        if !why.ends_with('.') || why.split_whitespace().count() < 4 {
            self.complain(raw.why.span(), "why is not a sentence");
        }
        let m = &raw.r#match;
        let has_phrases = !(m.whole.is_empty() && m.starts.is_empty() && m.ends.is_empty() && m.contains.is_empty());
        if !has_phrases && m.pattern.is_none() && !m.is_element() && m.detector.is_none() {
            self.complain(id.clone(), "it matches nothing: no phrase, pattern, token, selector or detector");
        }
        if m.pattern.is_some() && m.trigger.is_none() {
            self.complain(id.clone(), "a pattern needs trigger words, or trigger = [] to say that it has none");
        }
        if (!m.contains.is_empty() || !m.starts.is_empty()) && raw.max_words.is_none() && raw.action == RuleAction::Drop
        {
            self.complain(id.clone(), "starts and contains need max_words, or they eat paragraphs");
        }
        let has_groups = m.pattern.as_ref().is_some_and(|p| p.get_ref().contains("(?<"));
        let lifts = matches!(raw.action, RuleAction::Lift | RuleAction::Copy);
        if lifts && raw.field.is_none() && !has_groups && m.detector.is_none() && raw.kind != Kind::Counter {
            self.complain(id.clone(), "a lift or copy needs a field or named groups");
        }
        if m.detector.is_some() || !raw.near.is_empty() {
            if raw.case.is_empty() && m.detector.is_none() {
                self.complain(id.clone(), "a rule with near needs a case");
            }
        } else {
            let langs = raw.langs.len().max(2);
            if raw.drops.len() < langs {
                self.complain(
                    id.clone(),
                    format!("{} drops, {langs} are needed: two, and one a language", raw.drops.len()),
                );
            }
            if raw.keeps.len() < 2 {
                self.complain(id.clone(), "fewer than two keeps");
            }
        }
        if raw.langs.is_empty() {
            self.complain(id.clone(), "langs is empty; `any` if it holds no phrase");
        }
        for former in &raw.formerly {
            if set.rules().iter().enumerate().any(|(other, r)| other != idx && r.id.as_str() == former) {
                self.complain(id.clone(), format!("formerly names `{former}`, which another rule has"));
            }
        }
    }

    /// A near-miss that nothing of the rule touches proves nothing.
    fn nearness(&mut self) {
        let raw = &self.rule.raw;
        let m = &raw.r#match;
        if m.selector.is_some() {
            return;
        }
        if !m.tokens.is_empty() {
            for keep in &raw.keeps {
                // A part of a token in a longer one: what a substring test would have taken.
                let lower = keep.get_ref().to_lowercase();
                let part = |token: &String| token.split(['-', '_']).any(|part| part.len() > 2 && lower.contains(part));
                if !m.tokens.iter().any(part) {
                    self.complain(keep.span(), "this keep does not come near any of the rule's tokens");
                }
            }
            return;
        }
        let is_open = m.pattern.is_some() && m.trigger.as_deref().is_none_or(<[String]>::is_empty);
        if is_open || m.detector.is_some() {
            return;
        }
        let words: Vec<String> = [&m.whole, &m.starts, &m.ends, &m.contains]
            .into_iter()
            .flatten()
            .chain(m.trigger.iter().flatten())
            .map(|phrase| fold(phrase))
            .collect();
        for keep in &raw.keeps {
            let folded = fold_inside(keep.get_ref());
            if !words.iter().any(|word| folded.contains(word.as_str())) {
                self.complain(keep.span(), "this keep does not contain any of the rule's words");
            }
        }
    }

    /// Alone, the rule takes each of its drops and leaves each of its keeps.
    fn alone(&mut self, alone: &RuleSet) {
        let raw = &self.rule.raw;
        if raw.near.is_empty() {
            for drop in &raw.drops {
                let (dump, at, findings) = self.judged_drop(alone, drop.get_ref());
                let taken = match raw.action {
                    RuleAction::Drop | RuleAction::Lift => is_covered(&dump, &at, &findings, |f| f.action.removes()),
                    _ => findings.iter().any(|f| f.span.range().start < at.end && at.start < f.span.range().end),
                };
                if !taken {
                    self.complain(drop.span(), "missing: the rule does not take this");
                }
            }
        }
        self.leaves_keeps(alone, "noisy");
    }

    /// In the whole set each keep survives, and each drop is credited to this rule.
    fn promises(&mut self, set: &RuleSet) {
        self.leaves_keeps(set, "broken promise");
        let raw = &self.rule.raw;
        if !raw.near.is_empty() {
            return;
        }
        for drop in &raw.drops {
            let (_, at, findings) = self.judged_drop(set, drop.get_ref());
            let here = |f: &&Finding| f.span.range().start < at.end && at.start < f.span.range().end;
            if !findings.iter().filter(here).any(|f| f.rule == self.rule.id) {
                let others: Vec<&str> = findings.iter().filter(here).map(|f| f.rule.as_str()).collect();
                if !others.iter().any(|other| raw.overlaps.iter().any(|o| o == other)) {
                    self.complain(
                        drop.span(),
                        format!("shadowed: in the whole set this goes to {}", others.join(", ")),
                    );
                }
            }
        }
    }

    fn leaves_keeps(&mut self, set: &RuleSet, verdict: &str) {
        for keep in &self.rule.raw.keeps {
            if self.rule.raw.r#match.is_element() {
                let (text, at, findings) = judged_page(set, keep.get_ref());
                let by_rule = |f: &&Finding| f.action.removes() && set.get(f.rule.as_str()).is_some();
                if is_covered(&text, &at, &findings, |f| by_rule(&f)) {
                    self.complain(keep.span(), format!("{verdict}: a rule takes the text of this element"));
                }
                continue;
            }
            for zone in [Zone::Head, Zone::Mid, Zone::Tail] {
                let (dump, at) = between(keep.get_ref(), zone);
                let taken = judged(set, &dump)
                    .into_iter()
                    .find(|f| f.action.removes() && f.span.range().start < at.end && at.start < f.span.range().end);
                if let Some(finding) = taken {
                    let piece = finding.span.of(&dump);
                    let message = format!("{verdict}: {} takes {piece:?} of this keep ({zone:?})", finding.rule);
                    self.complain(keep.span(), message);
                    break;
                }
            }
        }
    }

    /// Whole small dumps: each line fares as its margin says, and the rule has a hand in it.
    fn cases(&mut self, set: &RuleSet) {
        for case in &self.rule.raw.case {
            let mut dump = String::new();
            let mut lines: Vec<(char, Range<usize>, &str)> = Vec::new();
            for line in case.dump.get_ref().lines() {
                let (margin, text) = line.split_at(line.floor_char_boundary(2));
                let mark = margin.chars().next().unwrap_or(' ');
                let at = dump.len();
                dump.push_str(text);
                if !text.trim().is_empty() {
                    lines.push((mark, at..dump.len(), text));
                }
                dump.push('\n');
            }
            let findings = judged(set, &dump);
            for (mark, at, text) in lines {
                let touched: Vec<&Finding> = findings
                    .iter()
                    .filter(|f| f.span.range().start < at.end && at.start < f.span.range().end)
                    .collect();
                let gone = is_covered(&dump, &at, &findings, |f| f.action.removes());
                let lifted = touched.iter().any(|f| matches!(f.action, Action::Lift(_)));
                let right = match mark {
                    '-' => gone && !lifted,
                    '>' => gone && lifted,
                    _ => !touched.iter().any(|f| f.action.removes()),
                };
                if !right {
                    let rules: Vec<&str> = touched.iter().map(|f| f.rule.as_str()).collect();
                    let message = format!(
                        "case \"{}\": line {text:?} marked {mark:?} fares otherwise ({})",
                        case.note,
                        rules.join(", ")
                    );
                    self.complain(case.dump.span(), message);
                }
            }
            let marked = case.dump.get_ref().lines().any(|l| l.starts_with(['-', '>']));
            if marked && !findings.iter().any(|f| f.rule == self.rule.id) {
                self.complain(case.dump.span(), format!("case \"{}\": the rule itself does nothing", case.note));
            }
        }
    }

    /// A drop in its surroundings and what a set finds there: text, place of the drop, findings.
    fn judged_drop(&self, set: &RuleSet, drop: &str) -> (String, Range<usize>, Vec<Finding>) {
        if self.rule.raw.r#match.is_element() {
            return judged_page(set, drop);
        }
        let (dump, at) = self.set_drop(drop);
        let findings = judged(set, &dump);
        (dump, at, findings)
    }

    /// An example that must go, set where the rule may act.
    fn set_drop(&self, example: &str) -> (String, Range<usize>) {
        let raw = &self.rule.raw;
        if raw.scope == Scope::Inline {
            let example = example.trim();
            return match raw.anchor {
                Anchor::Start => {
                    (format!("{TITLE}\n\n{example} {BEFORE}\n\n{AFTER}\n"), place(TITLE.len() + 2, example))
                }
                Anchor::End if raw.zone == [Zone::Tail] => {
                    let head = format!("{TITLE}\n\n{BEFORE}\n\n{AFTER} ");
                    (format!("{head}{example}\n"), head.len()..head.len() + example.len())
                }
                _ => (
                    format!("{TITLE}\n\n{BEFORE} {example}\n\n{AFTER}\n"),
                    place(TITLE.len() + 3 + BEFORE.len(), example),
                ),
            };
        }
        between(example, raw.zone.first().copied().unwrap_or(Zone::Tail))
    }
}

fn place(start: usize, example: &str) -> Range<usize> {
    start..start + example.len()
}

/// A dump with the example as a block of its own in a zone.
pub(super) fn between(example: &str, zone: Zone) -> (String, Range<usize>) {
    let head = match zone {
        Zone::Head => format!("{TITLE}\n\n"),
        Zone::Mid => format!("{TITLE}\n\n{BEFORE}\n\n"),
        Zone::Tail => format!("{TITLE}\n\n{BEFORE}\n\n{AFTER}\n\n"),
    };
    let tail = match zone {
        Zone::Head => format!("\n\n{BEFORE}\n\n{AFTER}\n"),
        Zone::Mid => format!("\n\n{AFTER}\n"),
        Zone::Tail => "\n".to_owned(),
    };
    (format!("{head}{example}{tail}"), head.len()..head.len() + example.len())
}

pub(super) fn judged(set: &RuleSet, dump: &str) -> Vec<Finding> {
    let options = Options::default();
    let layout = lay_out(dump.to_owned(), options.max_blocks);
    let prior = language::prior(dump);
    judge(&layout, None, &prior, &Hints::default(), set, None, &options).findings
}

/// An element between two paragraphs of a page: the layout's text, the place of the element's text, the findings.
fn judged_page(set: &RuleSet, element: &str) -> (String, Range<usize>, Vec<Finding>) {
    let options = Options::default();
    let html = format!("<body><article><h1>{TITLE}</h1><p>{BEFORE}</p>{element}<p>{AFTER}</p></article></body>");
    let mut page = crate::page::html::lay_out(&html, &options);
    page.selected = crate::page::html::select(&html, &page.tree, set.selectors());
    let prior = language::prior(&page.layout.text);
    let findings = judge(&page.layout, Some(&page), &prior, &Hints::default(), set, None, &options).findings;
    let text = page.layout.text.clone();
    let start = text.find(BEFORE).map_or(0, |at| at + BEFORE.len());
    let end = text.find(AFTER).unwrap_or(text.len());
    (text, start..end, findings)
}

/// Whether findings of a sort cover all letters and digits of a range.
fn is_covered(dump: &str, at: &Range<usize>, findings: &[Finding], wanted: impl Fn(&Finding) -> bool) -> bool {
    dump[at.clone()]
        .char_indices()
        .filter(|(_, c)| c.is_alphanumeric())
        .all(|(i, _)| findings.iter().any(|f| wanted(f) && f.span.range().contains(&(at.start + i))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(toml: &str) -> Vec<String> {
        let (rules, _) = crate::judge::rule::load("mine.toml", toml).unwrap();
        check(&RuleSet::from_rules(rules).unwrap()).iter().map(ToString::to_string).collect()
    }

    const SOUND: &str = r#"
[[rule]]
id = "x/ad"
kind = "advert"
action = "drop"
langs = ["en"]
since = "0.1.0"
why = "A line that only says that this is paid for."
max_words = 3
match.whole = ["paid content"]
drops = ["Paid content", "PAID CONTENT"]
keeps = ["They called it paid content and laughed.", "No paid content here, the editor swore."]
"#;

    #[test]
    fn built_in_rules_keep_to_all_laws() {
        let complaints = check(&RuleSet::builtin());
        let lines: Vec<String> = complaints.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "{} complaints\n{}", lines.len(), lines.join("\n"));
    }

    #[test]
    fn a_sound_rule_passes() {
        assert_eq!(complaints(SOUND), Vec::<String>::new());
    }

    #[test]
    fn a_drop_that_is_not_taken_is_missing() {
        let got = complaints(&SOUND.replace("\"PAID CONTENT\"", "\"Something else\""));
        assert_eq!(
            got,
            [
                "mine.toml:11:26: x/ad: missing: the rule does not take this",
                "mine.toml:11:26: x/ad: shadowed: in the whole set this goes to "
            ]
        );
    }

    #[test]
    fn a_keep_that_is_taken_is_noisy() {
        let got = complaints(&SOUND.replace("They called it paid content and laughed.", "Paid content."));
        assert!(got[0].contains("noisy: x/ad takes \"Paid content.\""), "{got:?}");
    }

    #[test]
    fn a_keep_that_nothing_touches_proves_nothing() {
        let got = complaints(&SOUND.replace("They called it paid content and laughed.", "A quiet day."));
        assert_eq!(got, ["mine.toml:12:10: x/ad: this keep does not contain any of the rule's words"]);
    }

    #[test]
    fn a_keep_binds_every_other_rule() {
        let greedy = SOUND
            .replace("x/ad", "x/greedy")
            .replace("match.whole = [\"paid content\"]", "match.contains = [\"paid content\", \"greed\"]")
            .replace("max_words = 3", "max_words = 9")
            .replace(
                "They called it paid content and laughed.",
                "Greed and greed again, the third play of the winter, was sold out.",
            )
            .replace(
                "No paid content here, the editor swore.",
                "Of greed they spoke for hours, and of little else on that day.",
            );
        let got = complaints(&format!("{SOUND}{greedy}"));
        assert!(got.iter().any(|c| c.contains("x/ad: broken promise: x/greedy takes")), "{got:?}");
    }
}
