//! The one order of precedence: candidates in, findings out that are sorted and disjoint.
//!
//! 1. A `keep` protects its text from everything.
//! 2. A drop that says "this belongs to another text" (a card, comments, a second copy, hidden text) comes next, so that
//!    nothing is lifted out of what is not this article.
//! 3. Lift and copy come before drop: what a column holds is not thrown away.
//! 4. Sure comes before vote, longer before shorter, then the order of ids.
//!
//! What a stronger finding leaves of a weaker drop is still dropped; a lift is taken whole or not at all.

use std::cmp::Reverse;

use super::rule::Tier;
use super::scan::Candidate;
use crate::finding::{Action, Finding, Span};

fn class(finding: &Finding) -> u8 {
    match finding.action {
        Action::Keep => 0,
        Action::Drop if finding.kind.is_foreign() => 1,
        Action::Lift(_) | Action::Copy(_) => 2,
        _ => 3,
    }
}

/// Applies the order of precedence. `text` is the layout's text; spans are trimmed of white space.
pub fn resolve(text: &str, mut candidates: Vec<Candidate>) -> Vec<Finding> {
    candidates.sort_by_cached_key(|c| {
        let f = &c.finding;
        let tier = u8::from(c.tier == Tier::Vote);
        // A sure finding of any class comes before a vote of any class, but for `keep`.
        let class = class(f);
        (if class == 0 { 0 } else { tier + 1 }, class, Reverse(f.span.len()), f.rule.clone(), f.span, f.action)
    });
    let mut claimed: Vec<Span> = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    for Candidate { finding, .. } in candidates {
        let span = trimmed(text, finding.span);
        if span.is_empty() {
            continue;
        }
        match finding.action {
            Action::Keep => {
                claim(&mut claimed, span);
                findings.push(Finding { span, ..finding });
            }
            Action::Flag | Action::Copy(_) => findings.push(Finding { span, ..finding }),
            Action::Lift(_) => {
                if free_parts(&claimed, span) == [span] {
                    claim(&mut claimed, span);
                    findings.push(Finding { span, ..finding });
                }
            }
            _ => {
                for part in free_parts(&claimed, span) {
                    claim(&mut claimed, part);
                    let part = trimmed(text, part);
                    if !part.is_empty() {
                        findings.push(Finding { span: part, ..finding.clone() });
                    }
                }
            }
        }
    }
    findings.sort_by(|a, b| (a.span, a.action.as_str(), &a.rule).cmp(&(b.span, b.action.as_str(), &b.rule)));
    findings
}

/// A span without the white space at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    let raw = span.of(text);
    let start = span.start as usize + raw.len() - raw.trim_start().len();
    Span::new(start, start + raw.trim().len())
}

/// The parts of a span that no claimed span covers. `claimed` is sorted and disjoint.
fn free_parts(claimed: &[Span], span: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut at = span.start;
    let from = claimed.partition_point(|c| c.end <= span.start);
    for taken in claimed[from..].iter().take_while(|c| c.start < span.end) {
        if at < taken.start {
            parts.push(Span { start: at, end: taken.start });
        }
        at = at.max(taken.end);
    }
    if at < span.end {
        parts.push(Span { start: at, end: span.end });
    }
    parts
}

/// Adds a span to the sorted, disjoint list; it may overlap what is there (two `keep`s).
fn claim(claimed: &mut Vec<Span>, span: Span) {
    let from = claimed.partition_point(|c| c.end < span.start);
    let to = claimed.partition_point(|c| c.start <= span.end);
    if from == to {
        claimed.insert(from, span);
        return;
    }
    let joined = Span { start: span.start.min(claimed[from].start), end: span.end.max(claimed[to - 1].end) };
    claimed.splice(from..to, [joined]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Field, Kind, RuleId};

    const TEXT: &str = "abcdefghij klmnopqrst";

    fn candidate(kind: Kind, action: Action, range: std::ops::Range<usize>, tier: Tier) -> Candidate {
        let finding = Finding {
            kind,
            rule: RuleId::from("test/rule"),
            span: Span::new(range.start, range.end),
            action,
            value: None,
            replacement: None,
            confidence: 1.0,
        };
        Candidate { finding, tier, block: 0, rule: 0 }
    }

    fn outcome(candidates: Vec<Candidate>) -> Vec<(String, &'static str)> {
        resolve(TEXT, candidates).iter().map(|f| (f.span.of(TEXT).to_owned(), f.action.as_str())).collect()
    }

    #[test]
    fn a_keep_splits_a_drop() {
        let got = outcome(vec![
            candidate(Kind::Advert, Action::Drop, 0..10, Tier::Sure),
            candidate(Kind::Correction, Action::Keep, 3..5, Tier::Sure),
        ]);
        assert_eq!(got, [("abc".into(), "drop"), ("de".into(), "keep"), ("fghij".into(), "drop")]);
    }

    #[test]
    fn a_lift_takes_its_part_out_of_a_drop() {
        let got = outcome(vec![
            candidate(Kind::Advert, Action::Drop, 0..10, Tier::Sure),
            candidate(Kind::Byline, Action::Lift(Some(Field::Authors)), 0..4, Tier::Sure),
        ]);
        assert_eq!(got, [("abcd".into(), "lift"), ("efghij".into(), "drop")]);
    }

    #[test]
    fn nothing_is_lifted_out_of_a_card_of_another_story() {
        let got = outcome(vec![
            candidate(Kind::Related, Action::Drop, 0..10, Tier::Sure),
            candidate(Kind::Caption, Action::Lift(Some(Field::Captions)), 0..4, Tier::Sure),
        ]);
        assert_eq!(got, [("abcdefghij".into(), "drop")]);
    }

    #[test]
    fn a_vote_yields_to_a_sure_finding_of_any_class() {
        let got = outcome(vec![
            candidate(Kind::Related, Action::Drop, 0..21, Tier::Vote),
            candidate(Kind::Byline, Action::Lift(Some(Field::Authors)), 11..21, Tier::Sure),
        ]);
        assert_eq!(got, [("abcdefghij".into(), "drop"), ("klmnopqrst".into(), "lift")]);
    }
}
