//! Rules to candidates: all phrases in a few hash tables, so that cost does not grow with the number
//! of rules. Comes in a document, go out candidate findings; guards that need other findings are left to the caller.

#[cfg(test)]
mod drawn;

use std::ops::Range;
use std::sync::OnceLock;

use regex::{RegexSet, RegexSetBuilder};
use rustc_hash::FxHashMap;

use super::document::{Document, fold, fold_inside, fold_with_map};
use super::pattern::{Bytes, Glance, PATTERN_SIZE_LIMIT, Pattern};
use super::phrases::{Bounds, Guard, Phrase, Phrases, Place, is_word_bound};
use super::rule::{Anchor, Rule, RuleAction, Scope, Tier};
use crate::dates;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Action, Field, Finding, Kind, Span};

/// Longest block that patterns without trigger words are tried on, in bytes: time stamps and counters are short.
const MAX_TRIGGERLESS_BYTES: usize = 320;

/// A finding before precedence has spoken.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What is proposed.
    pub finding: Finding,
    /// Decides alone, or votes.
    pub tier: Tier,
    /// Whether it protects or removes.
    pub block: usize,
    /// Index of the rule in its set; `usize::MAX` for structure and model.
    pub rule: usize,
}

/// Patterns without trigger words, in one set.
#[derive(Debug, Default)]
struct Triggerless {
    set: Option<RegexSet>,
    rules: Vec<usize>,
}

impl Triggerless {
    fn new(patterns: Vec<(usize, String)>) -> Result<Self> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        let (rules, patterns): (Vec<usize>, Vec<String>) = patterns.into_iter().unzip();
        let set = RegexSetBuilder::new(&patterns).size_limit(PATTERN_SIZE_LIMIT * 16).build().map_err(|cause| {
            Error::new(ErrorKind::Rule, "the patterns without trigger words do not fit one set").because(cause)
        })?;
        Ok(Self { set: Some(set), rules })
    }

    fn matches(&self, text: &str) -> impl Iterator<Item = usize> {
        let found: Vec<usize> = self.set.as_ref().map_or_else(Vec::new, |set| set.matches(text).into_iter().collect());
        found.into_iter().map(|i| self.rules[i])
    }
}

/// What phrases of one block have woken.
struct Woken {
    places: Vec<(usize, Place, Range<usize>)>,
    /// The last block in which a trigger woke each rule.
    tried: Vec<usize>,
}

/// All rules compiled into one matcher.
#[derive(Debug, Default)]
pub struct Scanner {
    /// Folded phrase to rules whose whole block it is.
    whole: FxHashMap<String, Vec<usize>>,
    /// Length of the longest such phrase, in bytes.
    max_whole: usize,
    /// Phrases that count wherever they stand in a block, and those that must begin it: most of all.
    anywhere: Phrases,
    at_start: Phrases,
    /// Triggers of one byte, which need no search, with the rules of each.
    byte_triggers: Vec<Vec<usize>>,
    trigger_bytes: Bytes,
    /// One for each rule.
    patterns: Vec<Option<Pattern>>,
    glances: Vec<OnceLock<Glance>>,
    guards: Vec<Guard>,
    triggerless: Triggerless,
    /// Those that look only at the beginning of a block; it may be long.
    triggerless_starts: Triggerless,
    /// Class, id, role or itemprop token to rules.
    pub tokens: FxHashMap<String, Vec<usize>>,
}

impl Scanner {
    /// Compiles the active rules.
    ///
    /// # Errors
    /// If a pattern does not compile or is too large.
    pub fn new(rules: &[Rule]) -> Result<Self> {
        let mut scanner = Self::default();
        let mut triggerless: Vec<(usize, String)> = Vec::new();
        let mut triggerless_starts: Vec<(usize, String)> = Vec::new();
        scanner.guards = rules.iter().map(Guard::new).collect();
        scanner.patterns.resize_with(rules.len(), || None);
        scanner.glances.resize_with(rules.len(), OnceLock::new);
        scanner.byte_triggers.resize(128, Vec::new());
        for (rule_idx, rule) in rules.iter().enumerate() {
            if !rule.is_active() {
                continue;
            }
            let raw = &rule.raw;
            for phrase in &raw.r#match.whole {
                let folded = fold(phrase);
                scanner.max_whole = scanner.max_whole.max(folded.len());
                let ids = scanner.whole.entry(folded).or_default();
                if !ids.contains(&rule_idx) {
                    ids.push(rule_idx);
                }
            }
            let is_inline = raw.scope == Scope::Inline;
            let (anywhere, at_start) = (&mut scanner.anywhere, &mut scanner.at_start);
            let (byte_triggers, trigger_bytes) = (&mut scanner.byte_triggers, &mut scanner.trigger_bytes);
            let mut add = |(needle, bounds): (String, Bounds), place: Place| {
                if let (Place::Trigger, Bounds::NONE, &[byte]) = (place, bounds, needle.as_bytes()) {
                    byte_triggers[usize::from(byte)].push(rule_idx);
                    trigger_bytes.add(byte);
                    return;
                }
                // Inside a line the place is looked for anew, in the text as it stands.
                let is_first = place == Place::Starts && !is_inline;
                (if is_first { &mut *at_start } else { &mut *anywhere }).add(needle, rule_idx, place, bounds);
            };
            let inside = |phrase: &String| (fold_inside(phrase), Bounds::NONE);
            raw.r#match.starts.iter().for_each(|p| add(inside(p), Place::Starts));
            raw.r#match.ends.iter().for_each(|p| add(inside(p), Place::Ends));
            raw.r#match.contains.iter().for_each(|p| add(inside(p), Place::Contains));
            if raw.scope == Scope::Inline {
                raw.r#match.whole.iter().for_each(|p| add(inside(p), place_of(raw.anchor)));
            }
            if let Some(pattern) = &raw.r#match.pattern {
                let anchored = anchor(pattern.get_ref(), raw.scope, raw.anchor);
                let pattern = Pattern::new(anchored.clone());
                if !rule.is_builtin {
                    pattern.check(rule)?;
                }
                scanner.patterns[rule_idx] = Some(pattern);
                match raw.r#match.trigger.as_deref() {
                    Some(words) if !words.is_empty() => words.iter().for_each(|w| add(Bounds::read(w), Place::Trigger)),
                    _ if raw.scope == Scope::Inline && raw.anchor == Anchor::Start => {
                        triggerless_starts.push((rule_idx, anchored));
                    }
                    _ => triggerless.push((rule_idx, anchored)),
                }
            }
            for token in &raw.r#match.tokens {
                scanner.tokens.entry(token.to_lowercase()).or_default().push(rule_idx);
            }
        }
        scanner.anywhere.compile();
        scanner.at_start.compile();
        scanner.triggerless = Triggerless::new(triggerless)?;
        scanner.triggerless_starts = Triggerless::new(triggerless_starts)?;
        Ok(scanner)
    }

    /// The rules whose whole-block phrase this folded text is.
    pub fn whole(&self, folded: &str) -> &[usize] {
        if folded.len() > self.max_whole {
            return &[];
        }
        self.whole.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The rules that a token of class, id, role or itemprop wakes.
    pub fn of_token(&self, token: &str) -> Option<&Vec<usize>> {
        if token.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.tokens.get(token.to_ascii_lowercase().as_str())
        } else {
            self.tokens.get(token)
        }
    }

    /// All candidates of one document, in the order of blocks, then rules. `zone` and `near` are not looked at yet.
    pub fn scan(&self, document: &Document<'_>, rules: &[Rule]) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut woken = Woken { places: Vec::new(), tried: vec![usize::MAX; rules.len()] };
        // What was found in each text, by the first block that has it: the block in which it was looked for, and where.
        let mut scanned: Vec<Option<(usize, Range<usize>)>> = vec![None; document.len()];
        // Hidden text is told by the page, not by its words; but where nothing is shown it may be kept.
        let reads_hidden = document.layout.shows_nothing();
        for block in 0..document.len() {
            if document.layout.blocks[block].hidden && !reads_hidden {
                continue;
            }
            let first = document.firsts[block] as usize;
            if let Some((same, range)) = scanned[first].clone() {
                let (from, to) = (document.views[same].span.start, document.views[block].span.start);
                for at in range {
                    let mut candidate = candidates[at].clone();
                    candidate.block = block;
                    candidate.finding.span = candidate.finding.span.moved(from, to);
                    candidates.push(candidate);
                }
                continue;
            }
            let start = candidates.len();
            self.scan_block(document, rules, block, &mut woken, &mut candidates);
            scanned[first] = Some((block, start..candidates.len()));
        }
        candidates
    }

    fn scan_block(
        &self,
        document: &Document<'_>,
        rules: &[Rule],
        block: usize,
        woken: &mut Woken,
        out: &mut Vec<Candidate>,
    ) {
        let view = &document.views[block];
        let text = document.text(block);
        let start = view.span.start as usize;
        for &rule in self.whole(&view.folded) {
            if matches!(rules[rule].raw.scope, Scope::Block | Scope::Line)
                && self.guards[rule].passes(view.n_words, &view.folded)
            {
                emit(&rules[rule], rule, block, start..start + text.len(), out);
            }
        }
        if text.contains('\n') {
            let mut at = 0;
            for line in text.split('\n') {
                let folded = fold(line);
                for &rule in self.whole(&folded) {
                    if rules[rule].raw.scope == Scope::Line
                        && self.guards[rule].passes(line.split_whitespace().count(), &folded)
                    {
                        let lead = line.len() - line.trim_start().len();
                        let from = start + at + lead;
                        emit(&rules[rule], rule, block, from..from + line.trim().len(), out);
                    }
                }
                at += line.len() + 1;
            }
        }
        woken.places.clear();
        let bytes = Bytes::of(text);
        // What a trigger wakes goes on only if its pattern may match such a text.
        let may_match = |rule: usize| {
            let glance = self.glances[rule].get_or_init(|| {
                let pattern = self.patterns[rule].as_ref();
                pattern.map_or_else(Glance::default, |pattern| pattern.glance(rules[rule].raw.scope != Scope::Line))
            });
            glance.admits(text, &bytes)
        };
        let wake = |rule: usize, woken: &mut Woken| {
            if view.n_words <= self.guards[rule].max_words
                && std::mem::replace(&mut woken.tried[rule], block) != block
                && may_match(rule)
            {
                woken.places.push((rule, Place::Trigger, 0..0));
            }
        };
        for byte in self.trigger_bytes.common(&Bytes::of(&view.folded)) {
            self.byte_triggers[usize::from(byte)].iter().for_each(|&rule| wake(rule, woken));
        }
        self.anywhere.each(&view.folded, |owners, range| {
            let mut is_bound = None;
            for &Phrase { rule, place, bounds } in owners {
                if place == Place::Trigger {
                    if bounds.allow(&view.folded, range.clone()) {
                        wake(rule, woken);
                    }
                    continue;
                }
                if view.n_words > self.guards[rule].max_words {
                    continue;
                }
                let is_bound = *is_bound.get_or_insert_with(|| is_word_bound(&view.folded, range.clone()));
                let is_inline = rules[rule].raw.scope == Scope::Inline;
                if is_bound && (is_inline || place != Place::Ends || range.end == view.folded.len()) {
                    woken.places.push((rule, place, range.clone()));
                }
            }
        });
        self.at_start.each_in_front(&view.folded, |owners, range| {
            if is_word_bound(&view.folded, range.clone()) {
                woken.places.extend(owners.iter().map(|phrase| (phrase.rule, phrase.place, range.clone())));
            }
        });
        if text.len() <= MAX_TRIGGERLESS_BYTES {
            woken.places.extend(self.triggerless.matches(text).map(|rule| (rule, Place::Trigger, 0..0)));
        }
        let start_of_block = &text[..text.floor_char_boundary(MAX_TRIGGERLESS_BYTES)];
        woken.places.extend(self.triggerless_starts.matches(start_of_block).map(|rule| (rule, Place::Trigger, 0..0)));
        woken.places.sort_unstable_by_key(|(rule, place, range)| (*rule, *place as u8, range.start, range.end));
        woken.places.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1 && (a.1 == Place::Trigger || a.2 == b.2));
        for (rule_idx, place, range) in &woken.places {
            let (rule, guard) = (&rules[*rule_idx], &self.guards[*rule_idx]);
            match place {
                Place::Trigger => {
                    if view.n_words <= guard.max_words {
                        self.confirm(rule, *rule_idx, block, start, text, &view.folded, out);
                    }
                }
                _ if !guard.passes(view.n_words, &view.folded) => {}
                _ if rule.raw.scope == Scope::Inline => {
                    if let Some(range) = find_raw(text, &view.folded[range.clone()], *place) {
                        emit(rule, *rule_idx, block, start + range.start..start + range.end, out);
                    }
                }
                _ => emit(rule, *rule_idx, block, start..start + text.len(), out),
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a block in all its forms")]
    fn confirm(
        &self,
        rule: &Rule,
        rule_idx: usize,
        block: usize,
        start: usize,
        text: &str,
        folded: &str,
        out: &mut Vec<Candidate>,
    ) {
        let Some(pattern) = &self.patterns[rule_idx] else { return };
        let mut lines = Vec::new();
        if rule.raw.scope == Scope::Line {
            let mut at = 0;
            for line in text.split('\n') {
                let lead = line.len() - line.trim_start().len();
                let range = at + lead..at + lead + line.trim().len();
                lines.extend(Some(range).filter(|range| pattern.may_match(&text[range.clone()])));
                at += line.len() + 1;
            }
        } else if pattern.may_match(text) {
            lines.push(0..text.len());
        }
        // The cheaper test stood first.
        if lines.is_empty() || !self.guards[rule_idx].lets_pass(folded) {
            return;
        }
        let regex = pattern.regex();
        for range in lines {
            let line = &text[range.clone()];
            if regex.captures_len() == 1 && rule.raw.scope != Scope::Inline {
                // Without groups all of the line is taken, and nobody asks how it matches.
                if regex.is_match(line) {
                    emit(rule, rule_idx, block, trim(line, 0..line.len(), start + range.start), out);
                }
                continue;
            }
            let everywhere = rule.raw.scope == Scope::Inline && rule.raw.anchor == Anchor::Any;
            for captures in regex.captures_iter(line).take(if everywhere { 64 } else { 1 }) {
                let Some(whole) = captures.get(0) else { continue };
                // Where a group is called `noise`, what it matches is taken and the rest is only looked at. What stands in
                // a group called `before` or `behind` must be there, but is not taken either.
                let from = captures.name("before").map_or(whole.start(), |group| group.end());
                let to = captures.name("behind").map_or(whole.end(), |group| group.start());
                let whole = captures.name("noise").map_or(from..to.max(from), |group| group.range());
                let at = start + range.start;
                let mut fields: Vec<(Field, Range<usize>)> = Vec::new();
                for (name, group) in
                    regex.capture_names().flatten().filter_map(|name| captures.name(name).map(|group| (name, group)))
                {
                    if let (Some(field), false) = (Field::from_name(name), group.as_str().trim().is_empty()) {
                        let raw = group.as_str();
                        let from = group.start() + raw.len() - raw.trim_start().len();
                        fields.push((field, at + from..at + from + raw.trim().len()));
                    }
                }
                // A day without a year is no date: it goes with the rest of its dateline.
                fields.retain(|(field, range)| {
                    !matches!(field, Field::Published | Field::Modified)
                        || dates::parse_whole(&text[range.start - start..range.end - start])
                            .is_some_and(|s| s.date().is_some())
                });
                if fields.is_empty() {
                    emit(rule, rule_idx, block, trim(line, whole, at), out);
                } else {
                    emit_fields(rule, rule_idx, block, trim(line, whole, at), &mut fields, out);
                }
            }
        }
    }
}

/// A match without the white space at its ends, moved by `at`.
fn trim(text: &str, range: Range<usize>, at: usize) -> Range<usize> {
    let raw = &text[range.clone()];
    let from = range.start + raw.len() - raw.trim_start().len();
    at + from..at + from + raw.trim().len()
}

fn place_of(anchor: Anchor) -> Place {
    match anchor {
        Anchor::Start => Place::Starts,
        Anchor::End => Place::Ends,
        Anchor::Any => Place::Contains,
    }
}

/// A pattern anchored as its scope asks.
fn anchor(pattern: &str, scope: Scope, anchor: Anchor) -> String {
    match (scope, anchor) {
        (Scope::Inline, Anchor::Start) => format!("^(?:{pattern})"),
        (Scope::Inline, Anchor::End) => format!("(?:{pattern})$"),
        (Scope::Inline, Anchor::Any) => pattern.to_owned(),
        _ => format!("^(?:{pattern})$"),
    }
}

/// The bytes of `text` that fold to `phrase`, at the wanted place.
fn find_raw(text: &str, phrase: &str, place: Place) -> Option<Range<usize>> {
    let (folded, map) = fold_with_map(text);
    let at = match place {
        Place::Starts => folded.starts_with(phrase).then_some(0)?,
        Place::Ends => folded.ends_with(phrase).then(|| folded.len() - phrase.len())?,
        _ => folded.match_indices(phrase).map(|(i, _)| i).find(|&i| is_word_bound(&folded, i..i + phrase.len()))?,
    };
    Some(map[at] as usize..map[at + phrase.len()] as usize)
}

fn emit(rule: &Rule, rule_idx: usize, block: usize, range: Range<usize>, out: &mut Vec<Candidate>) {
    let action = match rule.raw.action {
        RuleAction::Drop => Action::Drop,
        RuleAction::Lift => Action::Lift(rule.raw.field),
        RuleAction::Copy => rule.raw.field.map_or(Action::Flag, Action::Copy),
        RuleAction::Keep => Action::Keep,
        RuleAction::Flag => Action::Flag,
    };
    push(rule, rule_idx, block, rule.raw.kind, action, range, out);
}

/// A whole block for a rule that an element woke.
pub(super) fn emit_block(rule: &Rule, rule_idx: usize, block: usize, span: Span, out: &mut Vec<Candidate>) {
    emit(rule, rule_idx, block, span.range(), out);
}

/// One candidate a field, and drops of the rule's kind for what lies between them.
fn emit_fields(
    rule: &Rule,
    rule_idx: usize,
    block: usize,
    whole: Range<usize>,
    fields: &mut [(Field, Range<usize>)],
    out: &mut Vec<Candidate>,
) {
    fields.sort_by_key(|(_, range)| (range.start, range.end));
    let mut at = whole.start;
    for (field, range) in fields.iter() {
        if range.start < at {
            continue;
        }
        let action = match rule.raw.action {
            RuleAction::Copy => Action::Copy(*field),
            _ => Action::Lift(Some(*field)),
        };
        if rule.raw.action == RuleAction::Lift && at < range.start {
            push(rule, rule_idx, block, rule.raw.kind, Action::Drop, at..range.start, out);
        }
        push(rule, rule_idx, block, kind_of(*field, rule.raw.kind), action, range.clone(), out);
        at = range.end;
    }
    if rule.raw.action == RuleAction::Lift && at < whole.end {
        push(rule, rule_idx, block, rule.raw.kind, Action::Drop, at..whole.end, out);
    }
}

/// The kind under which a field's own text is listed.
pub fn kind_of(field: Field, otherwise: Kind) -> Kind {
    match field {
        Field::Title => Kind::Title,
        Field::Subtitle => Kind::Subtitle,
        Field::Authors => Kind::Byline,
        Field::Agency => Kind::Agency,
        Field::DatelinePlace => Kind::Dateline,
        Field::Published | Field::Modified => Kind::PublishedTime,
        Field::Tags => Kind::Tags,
        Field::Captions => Kind::Caption,
        Field::Credits => Kind::PhotoCredit,
        Field::Corrections => Kind::Correction,
        Field::RightsNotice => Kind::RightsNotice,
        _ => otherwise,
    }
}

fn push(
    rule: &Rule,
    rule_idx: usize,
    block: usize,
    kind: Kind,
    action: Action,
    range: Range<usize>,
    out: &mut Vec<Candidate>,
) {
    if range.is_empty() {
        return;
    }
    out.push(Candidate {
        finding: Finding {
            kind,
            rule: rule.id.clone(),
            span: Span::new(range.start, range.end),
            action,
            value: None,
            replacement: None,
            confidence: if rule.raw.tier == Tier::Sure { 1.0 } else { 0.5 },
        },
        tier: rule.raw.tier,
        block,
        rule: rule_idx,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::RuleSet;
    use crate::language;
    use crate::page::text::lay_out;

    fn found(scanner: &Scanner, rules: &[Rule], text: &str) -> Vec<String> {
        let layout = lay_out(text.to_owned(), 1000);
        let prior = language::prior(text);
        let document = Document::new(&layout, &prior);
        let candidates = scanner.scan(&document, rules);
        let mut lines: Vec<String> = candidates
            .iter()
            .map(|c| format!("{} {:?} {:?} {}", c.finding.rule, c.finding.span, c.finding.action, c.finding.kind))
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn the_compiled_set_finds_what_each_rule_finds_alone() {
        let set = RuleSet::builtin();
        let mut texts: Vec<String> = set
            .rules()
            .iter()
            .flat_map(|rule| rule.raw.drops.iter().chain(&rule.raw.keeps))
            .map(|example| example.get_ref().clone())
            .collect();
        let dumps = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/dumps");
        for entry in std::fs::read_dir(dumps).unwrap() {
            texts.extend(std::fs::read_to_string(entry.unwrap().path()));
        }
        let alone: Vec<(Scanner, Vec<Rule>)> = set
            .rules()
            .iter()
            .map(|rule| (Scanner::new(std::slice::from_ref(rule)).unwrap(), vec![rule.clone()]))
            .collect();
        let together = Scanner::new(set.rules()).unwrap();
        let mut n_found = 0;
        for text in &texts {
            let mut naive: Vec<String> = alone.iter().flat_map(|(scanner, rule)| found(scanner, rule, text)).collect();
            naive.sort();
            let compiled = found(&together, set.rules(), text);
            n_found += compiled.len();
            assert_eq!(compiled, naive, "{text:?}");
        }
        assert!(n_found > texts.len(), "the examples wake the rules");
    }

    #[test]
    fn what_is_found_in_a_text_is_found_in_its_copy() {
        let set = RuleSet::builtin();
        let scanner = Scanner::new(set.rules()).unwrap();
        let once = "Share this article\n\nThe old ferry runs again today.\n\n";
        let found_in = |text: &str| found(&scanner, set.rules(), text).len();
        assert!(found_in(once) > 0);
        assert_eq!(found_in(&once.repeat(3)), 3 * found_in(once));
        let last = found(&scanner, set.rules(), &format!("{once}Share this article"));
        let place = format!("Span {{ start: {}, end: {} }}", once.len(), once.len() + 18);
        assert!(last.iter().any(|line| line.contains(&place)), "{last:?}");
    }
}
