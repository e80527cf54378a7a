//! Dumps to try the laws on: arbitrary text of many scripts and of the rules' own examples, arbitrary pages, and
//! samples cut, doubled, spliced and spoilt.

use arbtest::arbitrary::{Result, Unstructured};
use copydesk::input::{self, Inputs, Item, OwnedDump};
use copydesk::judge::RuleSet;

use crate::common::root;

/// Words of many scripts, and what has a meaning of its own to some stage: marks, escapes, invisible and broken letters.
const WORDS: &[&str] = &[
    "ferry",
    "harbour",
    "the",
    "The",
    "and",
    "Said",
    "library",
    "Mr.",
    "2024",
    "12:30",
    "5",
    "%",
    "—",
    "-",
    "•",
    "1.",
    "мост",
    "Город",
    "сообщили",
    "в",
    "2023",
    "года",
    "біля",
    "Gemeinde",
    "für",
    "Straße",
    "mañana",
    "l'été",
    "İstanbul",
    "ığdır",
    "المدينة",
    "السوق",
    "سوق",
    "שלום",
    "עיר",
    "市場",
    "新聞",
    "東京の",
    "カフェ",
    "ตลาด",
    "น้ำ",
    "서울",
    "시장",
    "बाज़ार",
    "नगर",
    "ქალაქი",
    "քաղաք",
    "πόλη",
    "thành",
    "phố",
    "&amp;",
    "&lt;p&gt;",
    "&nbsp;",
    "&#1087;",
    "&amp;amp;",
    "e&#769;",
    "mоst",
    "гoрод",
    "Ð¼Ð¾ÑÑ‚",
    "cafÃ©",
    "â€œ",
    "zero\u{200B}width",
    "\u{FEFF}",
    "\u{00AD}",
    "soft\u{AD}hyphen",
    "\u{2060}",
    "e\u{301}",
    "\u{301}",
    "ﬁsh",
    "Å",
    "\u{1F468}\u{200D}\u{1F33E}",
    "🎉",
    "\u{FFFD}",
    "\0",
    "\u{7F}",
    "\u{1B}",
    "\u{202E}",
    "|",
    "»",
    "#tag",
    "@name",
    "https://example.org/a?b=c",
    "mail@example.org",
    "©",
    "(c)",
    "\"",
    "“",
    "”",
    "…",
    "!",
    "?",
    "<b>",
    "</b>",
    "<p>",
    "<",
    ">",
    "{",
    "};",
    "function()",
    "var",
    "```",
    "Photo:",
    "By",
    "Reuters",
    "TASS",
    "Share",
    "Advertisement",
    "Read",
    "more",
    "Реклама",
    "Читайте",
    "также",
    "фото",
    "MOSCOW,",
    "Jan",
    "May",
    "2",
    "января",
];

/// What stands between two words: spaces of all sorts, line ends, blank lines.
const GAPS: &[&str] = &[
    " ", " ", " ", " ", " ", " ", " ", "", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "  ", "\u{A0}",
    "\u{3000}", "\u{2028}", "\u{2029}", "\u{85}", "\u{0B}", "\r", "\n- ", "\n1. ", "\n\n\n\n", ". ", ", ",
];

/// Tags that pages are made of, opened and closed without order.
const TAGS: &[&str] = &[
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<div class=\"share-bar\">",
    "<div hidden>",
    "<div style=\"display:none\">",
    "<span>",
    "</span>",
    "<br>",
    "<h1>",
    "</h1>",
    "<h2>",
    "</h2>",
    "<ul>",
    "<ol start=97 type=i>",
    "<ol reversed>",
    "<li>",
    "</li>",
    "</ul>",
    "</ol>",
    "<table>",
    "<tr>",
    "<td>",
    "<th>",
    "</td>",
    "</tr>",
    "</table>",
    "<td colspan=1000 rowspan=1000>",
    "<pre>",
    "</pre>",
    "<blockquote>",
    "</blockquote>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<a href=\"/x\">",
    "</a>",
    "<article>",
    "</article>",
    "<nav>",
    "</nav>",
    "<footer>",
    "<aside>",
    "</aside>",
    "<header>",
    "<time datetime=\"2024-05-01\">",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<noscript>",
    "</noscript>",
    "<template>",
    "<title>",
    "</title>",
    "<meta property=\"og:title\" content=\"Ferry\">",
    "<q>",
    "</q>",
    "<sup>",
    "<select><option>",
    "<svg>",
    "<math>",
    "<!--",
    "-->",
    "<textarea>",
    "</textarea>",
    "<iframe>",
    "<button>",
    "<ruby>",
    "<rt>",
    "<details>",
    "<summary>",
    "<dl>",
    "<dt>",
    "<dd>",
    "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"Ferry\"}</script>",
    "<img alt=\"x\">",
    "<![CDATA[",
    "<body>",
    "<html>",
    "<head>",
    "&shy;",
    "&#0;",
    "&zwj;",
    "&NotEqualTilde;",
];

/// Most words of one text, in sizes that are tried equally often: short ones for many tries, long ones for what only
/// shows among some dozen blocks.
const MAX_WORDS: [usize; 4] = [12, 40, 120, 400];

/// The words that texts are made of: those above and every example of the rules.
pub(crate) struct Words {
    examples: Vec<String>,
}

impl Words {
    pub(crate) fn new() -> Self {
        let of = |rule: &copydesk::judge::rule::Rule| -> Vec<String> {
            rule.raw.drops.iter().chain(&rule.raw.keeps).map(|example| example.get_ref().clone()).collect()
        };
        Self { examples: RuleSet::builtin().rules().iter().flat_map(of).collect() }
    }

    /// One word, or now and then an example of a rule.
    fn word<'a>(&'a self, u: &mut Unstructured<'_>) -> Result<&'a str> {
        if u.ratio(1, 12)? {
            return Ok(u.choose(&self.examples)?);
        }
        Ok(u.choose(WORDS)?)
    }

    /// A text.
    pub(crate) fn text(&self, u: &mut Unstructured<'_>) -> Result<String> {
        let mut text = String::new();
        for _ in 0..*u.choose(&MAX_WORDS)? {
            if u.is_empty() {
                break;
            }
            text.push_str(self.word(u)?);
            text.push_str(u.choose(GAPS)?);
        }
        Ok(text)
    }

    /// A page.
    pub(crate) fn page(&self, u: &mut Unstructured<'_>) -> Result<String> {
        let mut page = String::new();
        for _ in 0..*u.choose(&MAX_WORDS)? {
            if u.is_empty() {
                break;
            }
            page.push_str(if u.ratio(1, 2)? { u.choose(TAGS)? } else { self.word(u)? });
            if u.ratio(2, 3)? {
                page.push_str(u.choose(GAPS)?);
            }
        }
        Ok(page)
    }
}

/// All dumps of `samples/dumps`, rows too.
pub(crate) fn samples() -> Vec<OwnedDump> {
    let inputs = Inputs { paths: vec![root().join("samples/dumps")], ..Inputs::default() };
    let dump = |item| if let Item::Dump(dump) = item { Some(dump) } else { None };
    let samples: Vec<OwnedDump> = input::read(&inputs).expect("samples are there").filter_map(dump).collect();
    assert!(samples.len() > 20);
    samples
}

/// Most lines of a mutated sample.
const MAX_LINES: usize = 300;

/// A sample that was spoilt some times: lines left out, doubled, moved and taken from another sample, bytes flipped and
/// left out, tags swapped.
pub(crate) fn mutated(u: &mut Unstructured<'_>, samples: &[OwnedDump]) -> Result<Vec<u8>> {
    let lines_of = |dump: &OwnedDump| -> Vec<Vec<u8>> {
        let lines = dump.bytes.split_inclusive(|&b| b == b'\n' || b == b'>');
        lines.take(MAX_LINES).map(<[u8]>::to_vec).collect()
    };
    let mut lines = lines_of(u.choose(samples)?);
    for _ in 0..u.int_in_range(1..=12)? {
        if lines.is_empty() {
            break;
        }
        let at = u.choose_index(lines.len())?;
        let until = (at + u.int_in_range(1..=8)?).min(lines.len());
        match u.int_in_range(0..=9)? {
            0 => drop(lines.drain(at..until)),
            1 => lines.truncate(at),
            2 => {
                let copy = lines[at..until].to_vec();
                lines.splice(until..until, copy);
            }
            3 => {
                let copy = lines[at..until].to_vec();
                let to = u.choose_index(lines.len())?;
                lines.splice(to..to, copy);
            }
            4 => {
                let other = lines_of(u.choose(samples)?);
                let from = if other.is_empty() { 0 } else { u.choose_index(other.len())? };
                let until = (from + u.int_in_range(1..=20)?).min(other.len());
                lines.splice(at..at, other[from..until].iter().cloned());
            }
            5 => {
                let line = &mut lines[at];
                if !line.is_empty() {
                    let place = u.choose_index(line.len())?;
                    line[place] ^= 1 << u.int_in_range(0..=7)?;
                }
            }
            6 => {
                let line = &mut lines[at];
                let place = u.int_in_range(0..=line.len())?;
                line.truncate(place);
            }
            7 => lines[at] = u.choose(TAGS)?.as_bytes().to_vec(),
            8 => {
                let other = u.choose_index(lines.len())?;
                lines.swap(at, other);
            }
            _ => {
                let line = &mut lines[at];
                let place = u.int_in_range(0..=line.len())?;
                let word = u.choose(WORDS)?.bytes();
                line.splice(place..place, word);
            }
        }
    }
    Ok(lines.concat())
}
