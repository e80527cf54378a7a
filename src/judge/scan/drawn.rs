//! Texts drawn from the patterns of all rules, branch by branch, to hold that the trigger words of a rule wake it for
//! what its own pattern matches. For tests alone: a seed comes in, the same texts go out each time.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

use super::anchor;
use crate::judge::RuleSet;
use crate::judge::document::fold;
use crate::judge::pattern::Pattern;
use crate::judge::phrases::Bounds;

/// Rounds of a repetition beyond those that it must have: enough for a word, few enough for short texts.
const MAX_MORE_ROUNDS: u64 = 5;
/// Ranges from which on a class is of letters or of anything, and not one that a rule spells out.
const MIN_LARGE_RANGES: usize = 8;
/// What stands for all of a large class: the first of these that it has.
const PLAIN: [char; 8] = ['x', ' ', 'X', '1', '字', '가', 'ب', 'я'];
/// Texts drawn from each pattern; what one branch in fifty matches is drawn some ten times.
const N_TEXTS: usize = 500;
/// Most texts of a rule, in per cent, that may leave it asleep: rare branches, and those that only a stop word would
/// wake.
const MAX_ASLEEP: usize = 8;
/// Fewest texts of a rule, of those drawn, that match its pattern: fewer say nothing of its triggers.
const MIN_TEXTS: usize = 20;
/// Rules of which more may sleep, up to how much, and why: what sleeps is left in the text, and that is the lesser
/// fault.
const SLEEPERS: [(&str, usize, &str); 28] = [
    ("account/comments-told-by-grammar", 32, "`please note … closed` may be said of a museum"),
    ("app/promo", 14, "`activate the alerts` is a step of a how-to"),
    ("consent/banner", 22, "without a word of cookies and terms the story may say it"),
    ("consent/banner-europe", 22, "technologies without cookies, and a click for votes (Stimmen), may be the story's"),
    ("contact/told-by-grammar", 24, "calls of everyday words"),
    ("notice/machine-translation", 24, "what a machine made without a translation may be the story"),
    ("notice/machine-translation-latin", 16, "the same"),
    ("paywall/told-by-grammar", 16, "offers of everyday words"),
    ("picture/caption-foreign-label", 18, "a source in brackets stands behind paragraphs too"),
    ("picture/caption-with-credit", 40, "`(c)` also counts the third of three things"),
    ("related/told-by-grammar", 50, "headings of everyday words"),
    ("related/lead-line-cjk", 12, "`see more` in brackets begins paragraphs that quote it"),
    ("rights/copyright-owner", 30, "`copyright …, reproduction …` may speak of the law"),
    ("rights/told-by-grammar", 18, "rights of everyday words"),
    ("share/networks-bare", 15, "two networks alone may head a part of the story"),
    ("site/footer-links", 28, "two labels such as `jobs` and `careers` may head a part of the story"),
    ("site/languages", 12, "languages alone may be those of a film"),
    ("tools/button-bar-germanic", 16, "single words such as `normal`"),
    ("tools/button-bar-other-scripts", 16, "the same, and `+`"),
    ("tools/counter-other", 28, "a sign in front of the text does not live through folding"),
    ("wording/arabic-related", 16, "`the news: …` begins paragraphs"),
    ("wording/chinese-share", 14, "more news sites may download something"),
    ("wording/cyrillic-ask-comments", 14, "a parliament's discussion is closed too"),
    ("wording/cyrillic-outlet-byline", 40, "two names alone are no byline"),
    ("wording/cyrillic-translated-notice", 22, "what a machine made without a translation may be the story"),
    ("wording/hindi-menu-site", 34, "subjects in a row may be a subheading"),
    ("wording/japanese-related", 18, "a sign in front of the text does not live through folding"),
    ("wording/korean-footer-site", 12, "the last word and its blame may be a minister's"),
];

/// Draws (xorshift64).
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n.max(1)
    }

    /// A text that the expression matches, but for its borders of words and lines.
    fn text(&mut self, hir: &Hir) -> String {
        let mut text = String::new();
        self.add(hir, &mut text);
        text
    }

    fn add(&mut self, hir: &Hir, text: &mut String) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => {}
            HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(Class::Unicode(class)) => text.push(self.char(class)),
            HirKind::Capture(capture) => self.add(&capture.sub, text),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.add(part, text)),
            HirKind::Alternation(parts) => {
                let part = self.below(parts.len() as u64) as usize;
                self.add(&parts[part], text);
            }
            HirKind::Repetition(repetition) => {
                let min = u64::from(repetition.min);
                let max = repetition.max.map_or(u64::MAX, u64::from).min(min + MAX_MORE_ROUNDS);
                let rounds = min + self.below(max - min + 1);
                match repetition.sub.kind() {
                    // What may be anything is a word of its own where there is room for one.
                    HirKind::Class(Class::Unicode(class)) if has(class, ' ') && has(class, 'x') => {
                        let letters = rounds.max(3).min(max).saturating_sub(2) as usize;
                        text.push(' ');
                        if letters > 0 {
                            text.push_str(&"x".repeat(letters));
                            text.push(' ');
                        }
                    }
                    _ => (0..rounds).for_each(|_| self.add(&repetition.sub, text)),
                }
            }
        }
    }

    /// A character of the class: of many a plain one, of both cases of a letter the small one.
    fn char(&mut self, class: &ClassUnicode) -> char {
        let ranges = class.ranges();
        let is_large = ranges.len() > MIN_LARGE_RANGES;
        PLAIN.into_iter().find(|&c| is_large && has(class, c)).unwrap_or_else(|| {
            let range = ranges[self.below(ranges.len() as u64) as usize];
            let n = u64::from(u32::from(range.end()) - u32::from(range.start())) + 1;
            let drawn = char::from_u32(u32::from(range.start()) + self.below(n) as u32).unwrap_or(range.start());
            // By way of the capital, as the long s is an s too.
            let small = drawn.to_uppercase().next().and_then(|large| large.to_lowercase().next());
            small.filter(|&small| has(class, small)).unwrap_or(drawn)
        })
    }
}

fn has(class: &ClassUnicode, c: char) -> bool {
    class.ranges().iter().any(|range| range.start() <= c && c <= range.end())
}

#[test]
fn what_a_pattern_matches_wakes_its_rule() {
    let mut wrong = Vec::new();
    for (seed, rule) in (1_u64..).zip(RuleSet::builtin().rules()) {
        let (Some(pattern), Some(words)) = (&rule.raw.r#match.pattern, &rule.raw.r#match.trigger) else { continue };
        if words.is_empty() {
            continue;
        }
        let words: Vec<(String, Bounds)> = words.iter().map(|word| Bounds::read(word)).collect();
        let wakes = |folded: &str| {
            words.iter().any(|(word, bounds)| {
                folded.match_indices(word.as_str()).any(|(at, _)| bounds.allow(folded, at..at + word.len()))
            })
        };
        let hir = regex_syntax::parse(pattern.get_ref()).unwrap();
        let matcher = Pattern::new(anchor(pattern.get_ref(), rule.raw.scope, rule.raw.anchor));
        let mut draws = Draws(seed);
        let drawn = (0..N_TEXTS).map(|_| draws.text(&hir)).filter(|text| matcher.regex().is_match(text));
        let folded: Vec<String> = drawn.map(|text| fold(&text)).collect();
        let asleep: Vec<&String> = folded.iter().filter(|text| !wakes(text)).collect();
        assert!(folded.len() >= MIN_TEXTS, "{}: {} texts match what they were drawn from", rule.id, folded.len());
        let known = SLEEPERS.iter().find(|(id, ..)| *id == rule.id.as_str());
        let max = known.map_or(MAX_ASLEEP, |(_, max, _)| *max);
        let n_asleep = asleep.len() * 100;
        if n_asleep > max * folded.len() || known.is_some() && n_asleep < folded.len() {
            wrong.push(format!("{}: {} of {} asleep: {:?}", rule.id, asleep.len(), folded.len(), asleep.first()));
        }
    }
    let is_rule = |id: &str| RuleSet::builtin().rules().iter().any(|rule| rule.id.as_str() == id);
    wrong.extend(SLEEPERS.iter().filter(|(id, ..)| !is_rule(id)).map(|(id, ..)| format!("{id} is no rule")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
