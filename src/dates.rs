//! Dates and times as news sites write them. Comes in a line of text, go out [`Stamp`]s of what stands there.
//!
//! Never guesses: what a text leaves open stays open. A year of two digits, a relative time, an impossible day give no
//! date; `01/11/2024`, whose order nobody knows, gives its year alone, unless the weekday beside it, a time written
//! `14h05`, or a lead word of a language that always puts the day first tells the order. Persian, Islamic and Buddhist
//! years are left alone. Never asks a clock.

mod clock;
mod cursor;
mod leads;
mod line;
mod parse;
mod words;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};

use self::cursor::{blanks, char_at, digit, is_blank, is_east_asian, is_word_char, number, skip, word_end};
use self::parse::{Found, parse_at};

pub use self::line::{StampLine, stamp_line, stamp_line_of};
pub use self::words::Role;

/// Farthest that the first digit of a date may stand behind the word that starts it, in bytes
/// (`Thứ Sáu, ngày `, `четверг, `): words with no digit so near are not looked up.
const MAX_BYTES_TO_DIGIT: usize = 64;

/// A day or a time as the dump writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// The day, null when the source is coarser.
    pub date: Option<Date>,
    /// Wall time, null when only a day is known.
    pub at: Option<DateTime>,
    /// Offset such as `+03:00`, where the source names one.
    pub zone: Option<String>,
}

/// A date or time as far as the text names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Four digits, 1583 to 2199.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: Option<i8>,
    /// 1 to 31, valid in its month.
    pub day: Option<i8>,
    /// Wall time.
    pub time: Option<Time>,
    /// An offset such as `+03:00`; none where no zone or one of several meanings is named.
    pub zone: Option<String>,
    /// The day of the week that stands beside it is not that of the date.
    pub weekday_conflict: bool,
}

impl Stamp {
    /// The day, where the text names it whole.
    pub fn date(&self) -> Option<Date> {
        Date::new(self.year?, self.month?, self.day?).ok()
    }

    /// What the record keeps: a date only when it is complete to the day, a moment only with a time.
    pub fn to_moment(&self) -> Moment {
        let date = self.date();
        let at = date.zip(self.time).map(|(date, time)| date.to_datetime(time));
        Moment { date, at, zone: self.zone.clone().filter(|_| at.is_some()) }
    }
}

/// A stamp with its place in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Bytes of the line.
    pub range: Range<usize>,
    /// What it says.
    pub stamp: Stamp,
}

impl From<Found> for Hit {
    fn from(found: Found) -> Self {
        Self { range: found.start..found.end, stamp: found.stamp }
    }
}

/// Reads a text that is one date or time stamp and nothing else but blanks around it and a full stop behind it.
///
/// Beside the forms of [`scan`] it takes `2021-03`, `20250724` and `20250724T140533Z`, which are dates only where
/// something declares them so. A bare year gives none.
pub fn parse_whole(text: &str) -> Option<Stamp> {
    let text = text.trim_matches(is_blank);
    let bare = text.strip_suffix('.').unwrap_or(text);
    if let Some(stamp) = parse_compact(bare) {
        return Some(stamp);
    }
    let found = parse_at(text, 0)?;
    (found.end >= bare.len()).then_some(found.stamp)
}

/// `20250724[T140533Z]` and `2021-03`.
fn parse_compact(text: &str) -> Option<Stamp> {
    let (value, digits, end) = number(text, 0)?;
    let (year, month, day, end) = match digits {
        8 => (value / 10_000, value / 100 % 100, Some(value % 100), end),
        4 if text[end..].starts_with(['-', '/']) => {
            let (month, _, end) = number(text, end + 1).filter(|&(_, n, _)| n == 2)?;
            (value, month, None, end)
        }
        _ => return None,
    };
    let year = i16::try_from(year).ok().filter(|year| (parse::MIN_YEAR..=parse::MAX_YEAR).contains(year))?;
    let date = Date::new(year, i8::try_from(month).ok()?, day.map_or(Ok(1), i8::try_from).ok()?).ok()?;
    let mut stamp =
        Stamp { year: Some(year), month: Some(date.month()), day: day.map(|_| date.day()), ..Stamp::default() };
    if end == text.len() {
        return Some(stamp);
    }
    let time_start = day.and(text[end..].strip_prefix(['T', 't'])).map(|_| end + 1)?;
    let clock = clock::clock(text, time_start, true, false).filter(|clock| clock.end == text.len())?;
    stamp.time = Some(clock.time);
    stamp.zone = clock.zone.and_then(|zone| zone.on(Some(date)));
    Some(stamp)
}

/// Finds all dates in a line, left to right, the longest first; they do not overlap. A date without a year or a day
/// is found too, as far as it goes. Linear in the length of the line.
pub fn scan(text: &str) -> Vec<Hit> {
    find(text).into_iter().map(Hit::from).collect()
}

/// Finds all dates in a line, with the order of ambiguous pairs unsettled.
fn find(text: &str) -> Vec<Found> {
    let mut all = Vec::new();
    let mut at = 0;
    let mut next_digit = next_digit_from(text, 0);
    while let Some(digit_at) = next_digit {
        if digit_at < at {
            next_digit = next_digit_from(text, at);
            continue;
        }
        let Some(c) = char_at(text, at) else { break };
        let is_digit = at == digit_at;
        let behind = if is_digit {
            skip(text, at, |c| digit(c).is_some())
        } else if is_east_asian(c) || !is_word_char(c) {
            at + c.len_utf8()
        } else {
            // A word longer than any of ours ends where its letters end.
            word_end(text, at).max(skip(text, at, |c| is_word_char(c) && !is_east_asian(c) && digit(c).is_none()))
        };
        let may_start = is_digit || (is_word_char(c) && digit_at - at <= MAX_BYTES_TO_DIGIT);
        match may_start.then(|| parse_at(text, at)).flatten() {
            Some(found) => {
                at = found.end;
                all.push(found);
            }
            None => at = behind,
        }
        at = at.max(blanks(text, at));
    }
    all
}

/// The next digit of any kind at or behind a position.
fn next_digit_from(text: &str, at: usize) -> Option<usize> {
    text[at..].char_indices().find(|&(_, c)| digit(c).is_some()).map(|(i, _)| at + i)
}

#[cfg(test)]
mod tests;
