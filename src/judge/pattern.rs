//! A rule's pattern with cheap tests before it. Comes in a regular expression, anchored as its rule asks; go out its
//! matches. The tests say no early and never in vain: what they let through, the expression itself decides.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use regex::{Captures, Match, Regex, RegexBuilder};
use regex_syntax::hir::{self, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Visitor};

use super::rule::Rule;
use crate::error::{Error, ErrorKind, Result};

/// Compiled size of one pattern, in bytes; bounds what a user's file can ask for.
pub(super) const PATTERN_SIZE_LIMIT: usize = 16 << 20;

/// Memory for the states of one pattern's automaton, in bytes, which are made as texts ask for them. With the library's
/// 2 MB the largest alternations forgot theirs all the time; with 8 MB pages are cleaned no faster than with 4 MB, and a
/// dataset of 1.25 GB peaks at 845 MB in the place of 810 MB (755 MB with 2 MB).
const PATTERN_CACHE_BYTES: usize = 4 << 20;

fn builder(text: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(text);
    builder.size_limit(PATTERN_SIZE_LIMIT).dfa_size_limit(PATTERN_CACHE_BYTES);
    builder
}

/// A rule's pattern, anchored. Compiling all of the built-in ones takes seconds, so each waits for a text that wakes it,
/// and the expression itself for one that passes the tests.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    gate: OnceLock<Option<Gate>>,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub(super) fn new(text: String) -> Self {
        Self { text, gate: OnceLock::new(), regex: OnceLock::new() }
    }

    /// As [`Pattern::new`], but with its tests ready.
    ///
    /// # Errors
    /// If the expression is not well formed.
    pub(super) fn parsed(text: &str) -> std::result::Result<Self, Box<regex_syntax::Error>> {
        regex_syntax::parse(text)?;
        let pattern = Self::new(text.to_owned());
        pattern.gate.get_or_init(|| Gate::new(text));
        Ok(pattern)
    }

    fn compile(&self) -> std::result::Result<Regex, regex::Error> {
        builder(&self.text).build()
    }

    /// Compiles a pattern that no test has compiled before.
    pub(super) fn check(&self, rule: &Rule) -> Result<()> {
        let at = rule.raw.r#match.pattern.as_ref().map_or(0, |pattern| pattern.span().start);
        let (line, column) = rule.place(at);
        let error = |what: &str| {
            let message = format!("pattern of rule {} {what}", rule.id);
            Error::new(ErrorKind::Rule, message).at(&rule.source).at_line(line, column)
        };
        let regex = self.compile().map_err(|cause| error("does not compile").because(cause))?;
        if regex.is_match("") {
            return Err(error("matches the empty text").hint("anchor it or give a trigger"));
        }
        self.regex.get_or_init(|| regex);
        Ok(())
    }

    /// The expression.
    pub(super) fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| self.compile().expect("it was checked, here or by the test of the registry"))
    }

    /// Whether the expression matches a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.regex().is_match(text)
    }

    /// Its first match.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        if self.may_match(text) { self.regex().find(text) } else { None }
    }

    /// The groups of its first match.
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        if self.may_match(text) { self.regex().captures(text) } else { None }
    }

    /// The first test of a text. `is_whole`: the expression is tried on the text as a whole, not on its lines.
    pub(super) fn glance(&self, is_whole: bool) -> Glance {
        match self.gate.get_or_init(|| Gate::new(&self.text)) {
            Some(gate) if is_whole => gate.glance.clone(),
            Some(gate) => Glance { needs: gate.glance.needs, ..Glance::default() },
            None => Glance::default(),
        }
    }

    /// Whether the expression may match a text; where this says no, it does not.
    pub(super) fn may_match(&self, text: &str) -> bool {
        match self.gate.get_or_init(|| Gate::new(&self.text)) {
            Some(gate) => gate.glance.admits_ends(text) && gate.rough().unwrap_or_else(|| self.regex()).is_match(text),
            None => self.regex().is_match(text),
        }
    }
}

/// What a text must have for an expression to match it.
#[derive(Debug)]
struct Gate {
    glance: Glance,
    /// The expression with wider classes and without counts, which is a fraction when compiled, and without its Unicode
    /// word borders, which the quick engines cannot tell in text that is not ASCII; none where it has none of them.
    rough: Option<String>,
    compiled: OnceLock<Option<Regex>>,
}

/// The part of a gate that most texts fail at, in one piece: what is asked of hundreds of patterns for each block of a
/// page must stay near the processor.
#[derive(Debug, Clone)]
pub(super) struct Glance {
    /// Shortest and longest text, in bytes; the longest where the expression is anchored at both ends.
    n_bytes: RangeInclusive<usize>,
    /// Bytes that the text may begin and end with, where the expression is anchored there.
    first: Bytes,
    last: Bytes,
    /// Of each of these sets a byte stands in every match; the rarest first.
    needs: [Bytes; MAX_NEEDS],
}

/// Lets everything pass.
impl Default for Glance {
    fn default() -> Self {
        Self { n_bytes: 0..=usize::MAX, first: Bytes::ALL, last: Bytes::ALL, needs: [Bytes::ALL; MAX_NEEDS] }
    }
}

impl Glance {
    /// Whether a text that consists of these bytes may hold a match.
    pub(super) fn admits(&self, text: &str, bytes: &Bytes) -> bool {
        self.needs.iter().all(|need| need.meets(bytes)) && self.admits_ends(text)
    }

    /// The same, by the length of a text and its ends alone.
    fn admits_ends(&self, text: &str) -> bool {
        let has = |set: &Bytes, byte: Option<&u8>| byte.is_none_or(|&byte| set.has(byte));
        self.n_bytes.contains(&text.len())
            && has(&self.first, text.as_bytes().first())
            && has(&self.last, text.as_bytes().last())
    }
}

impl Gate {
    fn new(pattern: &str) -> Option<Self> {
        let hir = regex_syntax::parse(pattern).ok()?;
        let properties = hir.properties();
        let at_start = properties.look_set_prefix().contains(Look::Start);
        let at_end = properties.look_set_suffix().contains(Look::End);
        let is_whole = at_start && at_end;
        let traits = hir::visit(&hir, Builder::default()).ok()??;
        let min_bytes = properties.minimum_len().unwrap_or(0);
        let max_bytes = properties.maximum_len().filter(|_| is_whole).unwrap_or(usize::MAX);
        let mut glance = Glance { n_bytes: min_bytes..=max_bytes, ..Glance::default() };
        if at_start && !traits.is_nullable {
            glance.first = traits.first;
        }
        if at_end && !traits.is_nullable {
            glance.last = traits.last;
        }
        glance.needs.iter_mut().zip(&traits.needs).for_each(|(own, need)| *own = *need);
        Some(Self { glance, rough: traits.is_rough.then(|| traits.rough.to_string()), compiled: OnceLock::new() })
    }

    fn rough(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| self.rough.as_ref().and_then(|text| builder(text).build().ok())).as_ref()
    }
}

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

/// Length from which the bytes of a text are gathered by a table.
const MIN_TABLE_BYTES: usize = 64;

impl Bytes {
    const ALL: Self = Self([u64::MAX; 4]);

    /// The bytes of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut bytes = Self::default();
        if text.len() < MIN_TABLE_BYTES {
            text.bytes().for_each(|byte| bytes.add(byte));
            return bytes;
        }
        let mut seen = [0_u8; 256];
        text.bytes().for_each(|byte| seen[usize::from(byte)] = 1);
        for (word, seen) in bytes.0.iter_mut().zip(seen.chunks_exact(64)) {
            *word = seen.iter().rev().fold(0, |word, &seen| word << 1 | u64::from(seen));
        }
        bytes
    }
    /// Those that both have, in order.
    pub(super) fn common(&self, other: &Bytes) -> impl Iterator<Item = u8> + use<> {
        let words: [u64; 4] = std::array::from_fn(|i| self.0[i] & other.0[i]);
        (0_u8..4).flat_map(move |i| {
            let mut word = words[usize::from(i)];
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as u8;
                (word != 0).then(|| {
                    word &= word - 1;
                    i << 6 | bit
                })
            })
        })
    }
    fn meets(&self, other: &Bytes) -> bool {
        self.0.iter().zip(&other.0).any(|(own, other)| own & other != 0)
    }
    /// How often a byte of the set stands in a line of text, roughly.
    fn weight(&self) -> u32 {
        self.common(self).map(byte_weight).sum()
    }
    pub(super) fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    fn add_all(&mut self, other: &Bytes) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
    }
    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0
    }
}

/// How common a byte is in text of the Latin script, in thousandths or so; it only ranks sets.
fn byte_weight(byte: u8) -> u32 {
    match byte {
        b' ' => 180,
        b'e' => 100,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 65,
        b'c' | b'd' | b'h' | b'l' | b'm' | b'u' => 30,
        b'b' | b'f' | b'g' | b'p' | b'v' | b'w' | b'y' | b'.' | b',' => 15,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'\'' | 0xC3 | 0xE2 => 6,
        _ => 1,
    }
}

/// Most sets of bytes that a pattern is known to need.
const MAX_NEEDS: usize = 6;

/// The rarest few of the sets that all are needed.
fn rarest(mut needs: Vec<Bytes>) -> Vec<Bytes> {
    needs.sort_by_key(|need| (need.weight(), need.0));
    needs.dedup();
    needs.truncate(MAX_NEEDS);
    needs
}

/// What is known of a part of an expression.
#[derive(Debug)]
struct Traits {
    /// It may match nothing.
    is_nullable: bool,
    /// Of each of these sets a byte stands in every match; the rarest first.
    needs: Vec<Bytes>,
    first: Bytes,
    last: Bytes,
    /// The part with wide classes, without counts, groups and Unicode word borders.
    rough: Hir,
    /// Whether that is another expression.
    is_rough: bool,
}

/// Gathers the traits of an expression from its parts up, without recursion.
#[derive(Debug, Default)]
struct Builder {
    parts: Vec<Traits>,
}

impl Visitor for Builder {
    type Output = Option<Traits>;
    type Err = ();

    fn finish(mut self) -> std::result::Result<Self::Output, Self::Err> {
        Ok(self.parts.pop())
    }

    fn visit_post(&mut self, hir: &Hir) -> std::result::Result<(), Self::Err> {
        let empty = |rough: Hir| Traits {
            is_nullable: true,
            needs: Vec::new(),
            first: Bytes::default(),
            last: Bytes::default(),
            rough,
            is_rough: false,
        };
        let traits = match hir.kind() {
            HirKind::Empty => empty(Hir::empty()),
            HirKind::Look(
                Look::WordUnicode
                | Look::WordUnicodeNegate
                | Look::WordStartUnicode
                | Look::WordEndUnicode
                | Look::WordStartHalfUnicode
                | Look::WordEndHalfUnicode,
            ) => Traits { is_rough: true, ..empty(Hir::empty()) },
            HirKind::Look(look) => empty(Hir::look(*look)),
            HirKind::Literal(literal) => {
                let mut traits = empty(hir.clone());
                traits.is_nullable = literal.0.is_empty();
                let single = |byte: &u8| {
                    let mut set = Bytes::default();
                    set.add(*byte);
                    set
                };
                traits.needs = rarest(literal.0.iter().map(single).collect());
                literal.0.first().iter().for_each(|byte| traits.first.add(**byte));
                literal.0.last().iter().for_each(|byte| traits.last.add(**byte));
                traits
            }
            HirKind::Class(class) => {
                let (first, last) = ends_of(class);
                let wide = widened(class);
                let is_rough = wide.is_some();
                let rough = wide.unwrap_or_else(|| hir.clone());
                Traits { is_nullable: false, needs: vec![first], first, last, rough, is_rough }
            }
            HirKind::Repetition(repetition) => {
                let part = self.parts.pop().ok_or(())?;
                let is_counted = repetition.min > 1 || repetition.max.is_some_and(|max| max > 1);
                let (min, max) = match is_counted {
                    true => (repetition.min.min(1), None),
                    false => (repetition.min, repetition.max),
                };
                // A repetition of a repetition is written like a lazy one; without counts the two are one.
                let (min, max, sub) = match part.rough.into_kind() {
                    HirKind::Repetition(inner) => (min * inner.min, max.and(inner.max), inner.sub),
                    kind => (min, max, Box::new(remade(kind))),
                };
                let rough = Hir::repetition(hir::Repetition { min, max, greedy: true, sub });
                let is_rough = part.is_rough || is_counted;
                let needs = if repetition.min == 0 { Vec::new() } else { part.needs };
                Traits { is_nullable: part.is_nullable || repetition.min == 0, needs, rough, is_rough, ..part }
            }
            HirKind::Capture(_) => self.parts.pop().ok_or(())?,
            HirKind::Concat(parts) => {
                let parts = self.take(parts.len()).ok_or(())?;
                let mut traits = empty(Hir::empty());
                traits.needs = rarest(parts.iter().flat_map(|part| part.needs.iter().copied()).collect());
                for part in &parts {
                    if traits.is_nullable {
                        traits.first.add_all(&part.first);
                    }
                    traits.is_nullable &= part.is_nullable;
                    traits.is_rough |= part.is_rough;
                }
                for part in parts.iter().rev() {
                    traits.last.add_all(&part.last);
                    if !part.is_nullable {
                        break;
                    }
                }
                Traits { rough: Hir::concat(parts.into_iter().map(|part| part.rough).collect()), ..traits }
            }
            HirKind::Alternation(parts) => {
                let parts = self.take(parts.len()).ok_or(())?;
                let mut traits = Traits { is_nullable: false, ..empty(Hir::empty()) };
                // Every branch needs its own: the rarest of each make a set, the second rarest, and so on.
                let n_needs = parts.iter().map(|part| part.needs.len()).max().unwrap_or(0);
                if parts.iter().all(|part| !part.needs.is_empty()) {
                    let nth = |n: usize| {
                        parts.iter().fold(Bytes::default(), |mut set, part| {
                            set.add_all(&part.needs[n.min(part.needs.len() - 1)]);
                            set
                        })
                    };
                    traits.needs = rarest((0..n_needs).map(nth).collect());
                }
                for part in &parts {
                    traits.first.add_all(&part.first);
                    traits.last.add_all(&part.last);
                    traits.is_nullable |= part.is_nullable;
                    traits.is_rough |= part.is_rough;
                }
                Traits { rough: Hir::alternation(parts.into_iter().map(|part| part.rough).collect()), ..traits }
            }
        };
        self.parts.push(traits);
        Ok(())
    }
}

/// An expression from its kind.
fn remade(kind: HirKind) -> Hir {
    match kind {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => Hir::repetition(repetition),
        HirKind::Capture(capture) => Hir::capture(capture),
        HirKind::Concat(parts) => Hir::concat(parts),
        HirKind::Alternation(parts) => Hir::alternation(parts),
    }
}

impl Builder {
    fn take(&mut self, n: usize) -> Option<Vec<Traits>> {
        let at = self.parts.len().checked_sub(n)?;
        Some(self.parts.split_off(at))
    }
}

/// Classes of more ranges than this are widened: those that Unicode names, not those that a rule spells out.
const MAX_RANGES: usize = 16;

/// Parts of Unicode that a widened class holds whole where it holds anything of them. ASCII and the letters of Cyrillic
/// stay as they are, so that small letters and capitals are still told apart in most texts that have them.
const WHOLE_PARTS: [(char, char); 3] = [('\u{80}', '\u{24F}'), ('\u{250}', '\u{3FF}'), ('\u{460}', '\u{10FFFF}')];

/// A class that holds all of a large one and compiles to much less; none for a small one.
fn widened(class: &Class) -> Option<Hir> {
    let Class::Unicode(chars) = class else { return None };
    if chars.ranges().len() <= MAX_RANGES {
        return None;
    }
    let whole = |(from, to): &(char, char)| {
        let mut part = ClassUnicode::new([ClassUnicodeRange::new(*from, *to)]);
        let all = part.clone();
        part.intersect(chars);
        if part.ranges().is_empty() { part } else { all }
    };
    let mut wide = chars.clone();
    for part in WHOLE_PARTS.iter().map(whole) {
        wide.union(&part);
    }
    Some(Hir::class(Class::Unicode(wide)))
}

/// The bytes that the characters of a class begin and end with in UTF-8.
fn ends_of(class: &Class) -> (Bytes, Bytes) {
    let (mut first, mut last) = (Bytes::default(), Bytes::default());
    match class {
        Class::Bytes(bytes) => {
            for byte in bytes.ranges().iter().flat_map(|range| range.start()..=range.end()) {
                first.add(byte);
                last.add(byte);
            }
        }
        Class::Unicode(chars) => {
            for range in chars.ranges() {
                let mut buffer = [0; 4];
                let mut lead = |c: char| c.encode_utf8(&mut buffer).as_bytes()[0];
                (lead(range.start())..=lead(range.end())).for_each(|byte| first.add(byte));
                let (start, end) = (range.start() as u32, range.end() as u32);
                (start.min(0x80)..(end + 1).min(0x80)).for_each(|ascii| last.add(ascii as u8));
                // Behind the first byte each holds six bits; from 64 characters on all of them occur.
                let from = start.max(0x80);
                if end >= from {
                    (from..=end.min(from + 63)).for_each(|code| last.add(0x80 | (code & 63) as u8));
                }
            }
        }
    }
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::RuleSet;

    #[test]
    fn a_gate_never_shuts_out_what_its_expression_matches() {
        let texts =
            ["Ort, 3. Mai", "Киев — Река", "«Да», — сказал он", "東京 3月", "a", "", "— x", "İzmir: 5", "ab-cd", "x1"];
        for pattern in [
            r"^(?:\b(?:Ort|Киев)\b.*)$",
            r"^(?:\p{Lu}\p{L}+)",
            r"(?:\d{1,2}月|x\d)$",
            r"^(?:(?i:ab)(?:-cd)?|«?\p{L}+».*)$",
            r"^(?:—?\s*\p{L}{1,3}\b)$",
            r"^(?:\w+(?: \w+)?: ?\d?)$",
            r"^(?:(?:\p{L}+)?b-(?:(?:c)?d){1,4})$",
        ] {
            assert!(Gate::new(pattern).is_some());
            let compiled = Pattern::new(pattern.to_owned());
            for text in texts {
                let admits = compiled.may_match(text) && compiled.glance(true).admits(text, &Bytes::of(text));
                assert!(admits || !compiled.regex().is_match(text), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn the_gates_of_all_rules_let_their_own_examples_through() {
        for rule in RuleSet::builtin().rules() {
            let Some(pattern) = &rule.raw.r#match.pattern else { continue };
            let pattern = Pattern::new(format!("^(?:{})$", pattern.get_ref()));
            for text in rule.raw.drops.iter().map(|example| example.get_ref()) {
                let admits = pattern.may_match(text) && pattern.glance(true).admits(text, &Bytes::of(text));
                assert!(admits || !pattern.regex().is_match(text), "{} {text}", rule.id);
            }
        }
    }

    #[test]
    fn a_gate_says_no_by_length_and_by_the_ends() {
        let gate = Gate::new(r"^(?:[A-Z][0-9]{2,4})$").unwrap();
        for text in ["", "A1", "A12345", "b12", "A1x", "Ж12"] {
            assert!(!gate.glance.admits_ends(text), "{text}");
        }
        assert!(gate.glance.admits_ends("A12"));
    }
    #[test]
    fn the_bytes_of_a_text_are_the_same_however_they_are_gathered() {
        for text in ["", "Ferry, 5 €", &"Тихая гавань – «да»! ".repeat(9), &"x".repeat(63), &"yz".repeat(32)]
        {
            let mut slow = Bytes::default();
            text.bytes().for_each(|byte| slow.add(byte));
            assert_eq!(Bytes::of(text), slow);
            let mut sorted: Vec<u8> = text.bytes().collect();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(slow.common(&slow).collect::<Vec<_>>(), sorted);
        }
    }

    #[test]
    fn what_every_match_needs_is_asked_of_the_bytes_of_a_text() {
        let pattern = Pattern::new(r"^(?:(?:Фото|Photo): \p{L}+ / [0-9]{4}x?)$".to_owned());
        let admits = |text: &str| pattern.glance(false).admits(text, &Bytes::of(text));
        assert!(admits("Photo: Ada / 2024") && admits("Фото: Ада / 2024"));
        assert!(!admits("Photo: Ada 2024") && !admits("Photo: Ada / x") && !admits("Bild: Ada / 2024"));
    }
}
