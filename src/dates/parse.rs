//! Reads one date with its time at one position of a line.

use jiff::civil::Date;

use super::Stamp;
use super::clock::{Clock, clock};
use super::cursor::{
    any_phrase, blanks, char_at, char_before, digit, is_blank, is_dash, is_east_asian, is_word_char, meaning, number,
    one_of, phrase, skip, word_end,
};
use super::words::{
    DATE_JOINERS, EAST_WEEKDAY_LETTERS, EAST_WEEKDAYS, ERAS, MonthWord, PART_JOINERS, TIME_JOINERS, YEAR_TAILS, fold,
    may_begin_word,
};

/// First year that a date may have: the first full year of the Gregorian calendar. Below it lie the Persian and the
/// Islamic years, which this module leaves alone.
pub(super) const MIN_YEAR: i16 = 1583;

/// Last year that a date may have. Above it lie the Buddhist years.
pub(super) const MAX_YEAR: i16 = 2199;

/// Most joiners (commas, bars, `at`) between a date and its time.
const MAX_JOINERS: usize = 6;

/// A date as read, before the order of an ambiguous pair is settled.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// What is known for sure.
    pub(super) stamp: Stamp,
    /// The two numbers of `01/11/2024` in their order, where nothing tells which is the day.
    pub(super) pair: Option<(i8, i8)>,
}

impl Found {
    /// Settles an ambiguous pair as day and month.
    pub(super) fn with_day_first(mut self) -> Self {
        if let Some((day, month)) = self.pair.take() {
            (self.stamp.day, self.stamp.month) = (Some(day), Some(month));
        }
        self
    }
}

/// Day, month and year as read.
#[derive(Debug, Clone, Default)]
struct Core {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    pair: Option<(i8, i8)>,
    /// A time between day and year, as `ctime` writes it.
    clock: Option<Clock>,
    end: usize,
}

impl Core {
    fn full(year: i16, month: u32, day: u32, end: usize) -> Option<Self> {
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Self { year: Some(year), month: Some(date.month()), day: Some(date.day()), end, ..Self::default() })
    }

    fn day_and_month(month: i8, day: u32, end: usize) -> Option<Self> {
        // A leap year, so that 29 February stands.
        let date = Date::new(2024, month, i8::try_from(day).ok()?).ok()?;
        Some(Self { month: Some(month), day: Some(date.day()), end, ..Self::default() })
    }

    fn month_of_year(year: i16, month: u32, end: usize) -> Option<Self> {
        Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
        Some(Self { year: Some(year), month: i8::try_from(month).ok(), end, ..Self::default() })
    }
}

/// Reads a date at a position where a word or a number starts.
pub(super) fn parse_at(text: &str, start: usize) -> Option<Found> {
    // A word in ASCII that is neither a month nor a day of the week begins no date.
    if !may_begin_word(&text[start..]) || !starts_cleanly(text, start) {
        return None;
    }
    if let Some(clock) = clock(text, start, false, false)
        && let Some(found) = date_behind_clock(text, start, clock)
    {
        return Some(found);
    }
    let (weekday, at) = weekday_before(text, start);
    let core = core(text, at).or_else(|| core(text, start).filter(|_| at > start));
    let (core, weekday) = match core {
        // A short word that is no weekday after all (`Mar 24`): the date starts with it.
        Some(core) if weekday.is_some() && core_start_is(text, start, &core) => (core, None),
        Some(core) => (core, weekday),
        None => return None,
    };
    let (weekday, end) = match weekday {
        Some(_) => (weekday, core.end),
        None => weekday_behind(text, core.end).map_or((None, core.end), |(day, end)| (Some(day), end)),
    };
    let clock = core.clock.clone().or_else(|| clock_behind(text, end));
    let end = clock.as_ref().map_or(end, |clock| clock.end.max(end));
    if !ends_cleanly(text, end) {
        return None;
    }
    let found = settle(start, end, core, clock, weekday);
    let short_word = at > start && word_end(text, start) - start <= 2;
    // `So`, `Do`, `Mi` are words of other languages: a weekday only where the date agrees.
    (!short_word || !found.stamp.weekday_conflict).then_some(found)
}

/// Whether `core` was read from `start` itself rather than from behind a weekday.
fn core_start_is(text: &str, start: usize, read: &Core) -> bool {
    core(text, start).is_some_and(|other| other.end == read.end)
}

/// Puts the parts together; weekday and `14h05` settle the order of an ambiguous pair.
fn settle(start: usize, end: usize, core: Core, clock: Option<Clock>, weekday: Option<i8>) -> Found {
    let mut stamp = Stamp { year: core.year, month: core.month, day: core.day, ..Stamp::default() };
    let mut pair = core.pair;
    if let (Some((first, second)), Some(year)) = (pair, core.year) {
        let fits = |day, month| {
            let date = Date::new(year, month, day).ok();
            date.is_some_and(|date| weekday.is_none_or(|w| date.weekday().to_monday_zero_offset() == w))
        };
        let day_first = weekday.is_none() && clock.as_ref().is_some_and(|clock| clock.by_h);
        match (fits(first, second), weekday.is_some() && fits(second, first)) {
            (true, false) if weekday.is_some() || day_first => {
                (stamp.day, stamp.month, pair) = (Some(first), Some(second), None);
            }
            (false, true) => (stamp.day, stamp.month, pair) = (Some(second), Some(first), None),
            (false, false) => stamp.weekday_conflict = true,
            _ => {}
        }
    }
    let date = stamp.date();
    if let (Some(date), Some(weekday)) = (date, weekday) {
        stamp.weekday_conflict = date.weekday().to_monday_zero_offset() != weekday;
    }
    if let Some(clock) = clock {
        stamp.time = Some(clock.time);
        stamp.zone = clock.zone.and_then(|zone| zone.on(date));
    }
    Found { start, end, stamp, pair }
}

/// `14:05, 24 July 2025`: a time, joiners, perhaps a weekday, a date.
fn date_behind_clock(text: &str, start: usize, clock: Clock) -> Option<Found> {
    let mut at = joiners(text, clock.end);
    if at == clock.end {
        return None;
    }
    let (weekday, behind) = weekday_before(text, at);
    if weekday.is_some() {
        at = behind;
    }
    let core = core(text, at).filter(|core| core.clock.is_none())?;
    let (weekday, end) = match weekday {
        Some(_) => (weekday, core.end),
        None => weekday_behind(text, core.end).map_or((None, core.end), |(day, end)| (Some(day), end)),
    };
    ends_cleanly(text, end).then(|| settle(start, end, core, Some(clock), weekday))
}

/// Skips blanks, light punctuation and the words that may stand before a date.
fn joiners(text: &str, at: usize) -> usize {
    let mut p = blanks(text, at);
    for _ in 0..MAX_JOINERS {
        let step = one_of(text, p, &[',', '|', '/', '-', '–', '—', '·', '•', '.', '،', '\u{ff0c}'])
            .map(|(_, e)| e)
            .or_else(|| any_phrase(text, p, &DATE_JOINERS).filter(|&e| char_at(text, e).is_some_and(is_blank)));
        match step {
            Some(e) => p = blanks(text, e),
            None => break,
        }
    }
    p
}

/// A weekday before the date, with what joins it. The position is that of the date.
fn weekday_before(text: &str, at: usize) -> (Option<i8>, usize) {
    let Some((weekday, end)) = weekday(text, at) else { return (None, at) };
    let behind = joiners(text, end);
    if behind > end || char_before(text, end).is_some_and(is_east_asian) { (Some(weekday), behind) } else { (None, at) }
}

/// A weekday behind the date. It is left alone where another date follows, to which it may belong.
fn weekday_behind(text: &str, at: usize) -> Option<(i8, usize)> {
    let mut p = blanks(text, at);
    if let Some((_, e)) = one_of(text, p, &['(', '\u{ff08}', '[', '［']) {
        let letter = char_at(text, e).and_then(|c| EAST_WEEKDAY_LETTERS.iter().find(|(l, _)| *l == c));
        let letter = letter.map(|&(c, day)| (day, e + c.len_utf8()));
        let closed = |(day, e): (i8, usize)| {
            let e = if text[e..].starts_with('.') { e + 1 } else { e };
            one_of(text, e, &[')', '\u{ff09}', ']', '］']).map(|(_, e)| (day, e))
        };
        return letter.and_then(closed).or_else(|| weekday(text, e).and_then(closed));
    }
    if let Some((_, e)) = one_of(text, p, &[',', '،']) {
        p = blanks(text, e);
    }
    let is_east = char_at(text, p).is_some_and(is_east_asian);
    if p == at && !is_east {
        return None;
    }
    let (day, end) = weekday(text, p)?;
    let next = joiners(text, end);
    if core(text, next).is_some() {
        return None;
    }
    // A short name is a common word somewhere: it needs the end of the line or a time behind it.
    let is_long = is_east || text[p..end].chars().count() > 3;
    (is_long || blanks(text, end) == text.len() || clock_behind(text, end).is_some()).then_some((day, end))
}

/// A day of the week by its name.
fn weekday(text: &str, at: usize) -> Option<(i8, usize)> {
    let is_ascii = text[at..].bytes().next().is_some_and(|byte| byte.is_ascii());
    if !is_ascii && let Some(&(name, day)) = EAST_WEEKDAYS.iter().find(|(name, _)| text[at..].starts_with(name)) {
        return Some((day, at + name.len()));
    }
    if let Some(e) = phrase(text, at, "thứ") {
        // Vietnamese counts the days from Monday = 2.
        let (n, digits, end) = number(text, blanks(text, e)).unwrap_or((0, 0, e));
        if digits == 1 && (2..=7).contains(&n) {
            return Some((i8::try_from(n - 2).ok()?, end));
        }
    }
    let (meaning, end) = meaning(text, at)?;
    Some((meaning.weekday?, end))
}

/// The time behind a date.
fn clock_behind(text: &str, at: usize) -> Option<Clock> {
    if let Some((_, e)) = one_of(text, at, &['T', 't']) {
        return clock(text, e, true, false);
    }
    let mut p = blanks(text, at);
    let (mut announced, mut open) = (false, false);
    for _ in 0..MAX_JOINERS {
        let is_apart = p > at || char_before(text, p).is_some_and(|c| is_east_asian(c) || !is_word_char(c));
        if is_apart && let Some(mut clock) = clock(text, p, false, announced) {
            if open {
                clock.end = one_of(text, clock.end, &[')', '\u{ff09}']).map_or(clock.end, |(_, e)| e);
            }
            return Some(clock);
        }
        if let Some(e) = any_phrase(text, p, &TIME_JOINERS) {
            announced = true;
            p = skip(text, e, |c| is_blank(c) || matches!(c, ':' | '.'));
        } else if let Some((c, e)) = one_of(
            text,
            p,
            &[',', '|', '/', '-', '–', '—', '·', '•', '@', ';', ':', '(', '\u{ff08}', '\u{ff0c}', '、', '،'],
        ) {
            open |= matches!(c, '(' | '\u{ff08}');
            p = blanks(text, e);
        } else {
            return None;
        }
    }
    None
}

/// Day, month and year at a position, in any of the orders that news sites use.
fn core(text: &str, at: usize) -> Option<Core> {
    let core = match char_at(text, at)? {
        c if digit(c).is_some() => {
            let (value, digits, end) = number(text, at)?;
            match digits {
                4 => {
                    let year = year(value, digits)?;
                    east_month(text, year, end).or_else(|| year_first(text, year, end))
                }
                1 | 2 => east_day(text, at, value, end)
                    .or_else(|| year_last(text, at, value, end))
                    .or_else(|| day_and_name(text, at, value, end)),
                _ => None,
            }
        }
        c if is_east_asian(c) => era(text, at),
        c if c.is_alphabetic() => month_first(text, at),
        _ => None,
    }?;
    Some(Core { end: year_tail(text, &core), ..core })
}

/// A year in range; only four digits make one.
fn year(value: u32, digits: usize) -> Option<i16> {
    i16::try_from(value).ok().filter(|year| digits == 4 && (MIN_YEAR..=MAX_YEAR).contains(year))
}

/// The year at a position, if nothing runs on behind it.
fn year_at(text: &str, at: usize) -> Option<(i16, usize)> {
    let (value, digits, end) = number(text, at)?;
    Some((year(value, digits)?, end))
}

/// `г.`, `года`, `roku` behind the year.
fn year_tail(text: &str, core: &Core) -> usize {
    if core.year.is_none() {
        return core.end;
    }
    let Some(end) = any_phrase(text, blanks(text, core.end), &YEAR_TAILS) else { return core.end };
    let is_short = text[..end].chars().rev().nth(1).is_none_or(|c| !c.is_alphabetic());
    if is_short && text[end..].starts_with('.') { end + 1 } else { end }
}

/// The separator of a numeric date and the position behind it; blanks only behind a dot.
fn separator(text: &str, at: usize) -> Option<(char, usize)> {
    let c = char_at(text, at)?;
    match c {
        '.' => Some(('.', blanks(text, at + 1))),
        '/' => Some(('/', at + 1)),
        '-' | '\u{2010}' | '\u{2011}' => Some(('-', at + c.len_utf8())),
        _ => None,
    }
}

/// `2025-07-24`, `2025/07/24`, `2025.07.24`, `2025. 7. 24.`.
fn year_first(text: &str, year: i16, end: usize) -> Option<Core> {
    let (mark, p) = separator(text, end)?;
    let (month, month_digits, q) = number(text, p).filter(|&(_, n, _)| n <= 2)?;
    let (_, r) = separator(text, q).filter(|&(c, _)| c == mark)?;
    let (day, day_digits, end_of_day) = number(text, r).filter(|&(_, n, _)| n <= 2)?;
    // `2024.1.2` is as often a version as a day.
    if mark == '.' && p == end + 1 && (month_digits < 2 || day_digits < 2) {
        return None;
    }
    // Korean and Hungarian, which put the year first with dots, close the day with one too.
    let closes = mark == '.' && text[end_of_day..].starts_with('.');
    Core::full(year, month, day, if closes { end_of_day + 1 } else { end_of_day })
}

/// `24.07.2025`, `24/07/2025`, `07/24/2025`, `24-07-2025`. Dots always put the day first; else a number above 12 tells.
fn year_last(text: &str, at: usize, first: u32, end: usize) -> Option<Core> {
    if is_end_of_range(text, at) {
        return None;
    }
    let (mark, p) = separator(text, end)?;
    let (second, _, q) = number(text, p).filter(|&(_, n, _)| n <= 2)?;
    let (_, r) = separator(text, q).filter(|&(c, _)| c == mark)?;
    let (year, end) = year_at(text, r)?;
    if mark == '.' || first > 12 || first == second {
        return Core::full(year, second, first, end);
    }
    if second > 12 {
        return Core::full(year, first, second, end);
    }
    let pair = (i8::try_from(first).ok().filter(|&n| n > 0)?, i8::try_from(second).ok().filter(|&n| n > 0)?);
    Some(Core { year: Some(year), pair: Some(pair), end, ..Core::default() })
}

/// `2025年7月24日`, `2025년 7월 24일`, `2025年7月` behind the number of the year.
fn east_month(text: &str, year: i16, end: usize) -> Option<Core> {
    let (_, p) = one_of(text, blanks(text, end), &['年', '년'])?;
    let (month, _, q) = number(text, blanks(text, p)).filter(|&(_, n, _)| n <= 2)?;
    let (_, q) = one_of(text, blanks(text, q), &['月', '월'])?;
    match number(text, blanks(text, q)).filter(|&(_, n, _)| n <= 2) {
        Some((day, _, r)) if one_of(text, blanks(text, r), &['日', '일', '号', '號']).is_some() => {
            let (_, end) = one_of(text, blanks(text, r), &['日', '일', '号', '號'])?;
            Core::full(year, month, day, end)
        }
        _ => Core::month_of_year(year, month, q),
    }
}

/// `7月24日` without a year.
fn east_day(text: &str, at: usize, month: u32, end: usize) -> Option<Core> {
    let (_, p) = one_of(text, blanks(text, end), &['月', '월'])?;
    let (day, _, q) = number(text, blanks(text, p)).filter(|&(_, n, _)| n <= 2)?;
    let (_, end) = one_of(text, blanks(text, q), &['日', '일', '号', '號'])?;
    let before = text[..at].trim_end_matches(is_blank);
    if before.ends_with(['年', '년']) {
        return None;
    }
    Core::day_and_month(i8::try_from(month).ok()?, day, end)
}

/// `令和7年7月24日`, `民國114年7月24日`.
fn era(text: &str, at: usize) -> Option<Core> {
    let &(name, before, last) = ERAS.iter().find(|(name, ..)| text[at..].starts_with(name))?;
    let p = blanks(text, at + name.len());
    let (count, end) = match number(text, p) {
        Some((n, _, e)) => (i16::try_from(n).ok()?, e),
        None => (1, one_of(text, p, &['元'])?.1),
    };
    let year = before.checked_add(count).filter(|&year| count > 0 && year <= last)?;
    east_month(text, year, end)
}

/// `24 July 2025`, `24. Juli`, `1er août 2025`, `24 de julio de 2025`, `24-Jul-2025`, `24 tháng 7 năm 2025`.
fn day_and_name(text: &str, at: usize, day: u32, end: usize) -> Option<Core> {
    if is_end_of_range(text, at) {
        return None;
    }
    let rest = &text[end..];
    let suffix = ["st", "nd", "rd", "th", "er", "º", "ª", "°", "-го", "-е", "."].iter().find(|s| rest.starts_with(**s));
    let dotted = suffix == Some(&".");
    let mut p = blanks(text, end + suffix.map_or(0, |s| s.len()));
    let joint = one_of(text, end, &['-', '/']).filter(|_| suffix.is_none());
    if let Some((_, e)) = joint {
        p = e;
    } else if let Some(e) = any_phrase(text, p, &PART_JOINERS) {
        p = blanks(text, e);
    }
    if let Some(e) = phrase(text, p, "tháng") {
        let (month, _, e) = number(text, blanks(text, e)).filter(|&(_, n, _)| n <= 2)?;
        let month = i8::try_from(month).ok()?;
        return match year_behind(text, e, None, false) {
            Some((year, end)) => Core::full(year, u32::try_from(month).ok()?, day, end),
            None => Core::day_and_month(month, day, e),
        };
    }
    let (word, mut end) = month_word(text, p)?;
    // Arabic sites name the month in both systems: `تموز/يوليو`.
    if let Some((_, e)) = one_of(text, blanks(text, end), &['/'])
        && let Some((other, e)) = month_word(text, blanks(text, e))
    {
        if other.month != word.month {
            return None;
        }
        end = e;
    }
    if dotted && word.unsure_after_dot {
        return None;
    }
    if let Some((year, end)) = year_behind(text, end, joint.map(|(c, _)| c), word.takes_dot) {
        return Core::full(year, u32::try_from(word.month).ok()?, day, end);
    }
    let stands = joint.is_none() && word.stands_alone && has_its_capital(text, p, word);
    if !stands || two_digits_follow(text, end) || text[end..].starts_with('-') {
        return None;
    }
    Core::day_and_month(word.month, day, end)
}

/// The year behind a month: `, 2025`, ` de 2025`, ` năm 2025`, `-2025`.
fn year_behind(text: &str, at: usize, joint: Option<char>, takes_dot: bool) -> Option<(i16, usize)> {
    if let Some(c) = joint {
        return year_at(text, one_of(text, at, &[c])?.1);
    }
    let dot = if takes_dot && text[at..].starts_with('.') { at + 1 } else { at };
    let mut p = skip(text, dot, |c| is_blank(c) || matches!(c, ',' | '،'));
    if let Some(e) = any_phrase(text, p, &PART_JOINERS) {
        p = blanks(text, e);
    }
    year_at(text, p)
}

/// `July 24, 2025`, `Jul. 24`, `Jul-24-2025`, `July 2025`, `Jul 24 14:05:33 2025`.
fn month_first(text: &str, at: usize) -> Option<Core> {
    if follows_a_number(text, at) {
        return None;
    }
    let (word, end) = month_word(text, at)?;
    let month = u32::try_from(word.month).ok()?;
    let joint = one_of(text, end, &['-', '/']);
    let dot = if word.takes_dot && text[end..].starts_with('.') { end + 1 } else { end };
    let mut p = joint.map_or_else(|| blanks(text, dot), |(_, e)| e);
    if let Some(e) = any_phrase(text, p, &PART_JOINERS) {
        p = blanks(text, e);
    }
    let (value, digits, end) = number(text, p)?;
    let capital = has_its_capital(text, at, word);
    if let Some(year) = year(value, digits) {
        let is_name = capital && word.stands_alone && joint.is_none();
        return is_name.then(|| Core::month_of_year(year, month, end))?;
    }
    if digits > 2 {
        return None;
    }
    let rest = &text[end..];
    let suffix = ["st", "nd", "rd", "th"].iter().find(|s| rest.starts_with(**s)).map_or(0, |s| s.len());
    let end = end + suffix;
    if let Some((c, _)) = joint {
        let (year, end) = year_at(text, one_of(text, end, &[c])?.1)?;
        return Core::full(year, month, value, end);
    }
    let q = skip(text, end, |c| is_blank(c) || matches!(c, ',' | '،'));
    if let Some((year, end)) = year_at(text, q).filter(|_| q > end) {
        return Core::full(year, month, value, end);
    }
    if let Some(clock) = clock(text, q, false, false)
        && let Some((year, end)) = year_at(text, blanks(text, clock.end))
    {
        return Core::full(year, month, value, end).map(|core| Core { clock: Some(clock), ..core });
    }
    let is_range = skip(text, end, is_blank);
    let is_range = char_at(text, is_range).is_some_and(is_dash)
        && char_at(text, skip(text, is_range, |c| is_blank(c) || is_dash(c))).and_then(digit).is_some();
    let stands = capital && word.english && text[at..].starts_with(char::is_uppercase);
    if !stands || is_range || two_digits_follow(text, end) {
        return None;
    }
    Core::day_and_month(word.month, value, end)
}

/// A month by its name.
fn month_word(text: &str, at: usize) -> Option<(MonthWord, usize)> {
    let (meaning, end) = meaning(text, at)?;
    Some((meaning.month?, end))
}

/// Whether a month that is a common word too is written with a capital.
fn has_its_capital(text: &str, at: usize, word: MonthWord) -> bool {
    !word.needs_capital || text[at..].starts_with(char::is_uppercase)
}

/// Whether a number of two digits stands behind a date without a year and is no time: a year cut short.
fn two_digits_follow(text: &str, at: usize) -> bool {
    let p = skip(text, at, |c| is_blank(c) || matches!(c, ',' | '.' | '\'' | '’' | '/' | '-'));
    number(text, p).is_some_and(|(_, digits, _)| digits == 2) && clock(text, p, false, true).is_none()
}

/// Whether the day at a position ends a range: `24–26 July`.
fn is_end_of_range(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches(is_blank);
    let Some(dash) = before.chars().next_back().filter(|&c| is_dash(c)) else { return false };
    let before = before[..before.len() - dash.len_utf8()].trim_end_matches(is_blank);
    ends_with_small_number(before) || ends_with_day_and_month(before)
}

/// Whether a text ends with `24.07`, `24.07.` or `24/07`: the first day of a range.
fn ends_with_day_and_month(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let stem = text.trim_end_matches(|c| digit(c).is_some());
    let head = stem.strip_suffix(['.', '/']).filter(|_| stem.len() < text.len());
    head.is_some_and(ends_with_small_number)
}

/// Whether a month at a position belongs to a number before it that made no date: `32 July 2025`.
fn follows_a_number(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches(is_blank);
    ends_with_small_number(before.strip_suffix('.').unwrap_or(before))
}

/// Whether a text ends with a number of one or two digits that is no part of a time or of a larger number.
fn ends_with_small_number(text: &str) -> bool {
    let stem = text.trim_end_matches(|c| digit(c).is_some());
    let digits = text[stem.len()..].chars().count();
    (1..=2).contains(&digits) && !stem.ends_with([':', '.', '\u{ff1a}'])
}

/// Whether a date may start at a position: not inside a word, a longer number, a path, after a number sign.
fn starts_cleanly(text: &str, at: usize) -> bool {
    let Some(before) = char_before(text, at) else { return true };
    let further = char_before(text, at - before.len_utf8());
    let is_digit = |c: Option<char>| c.is_some_and(|c| digit(c).is_some());
    match before {
        c if is_word_char(c) => is_east_asian(c),
        '+' | '#' | '№' | '$' | '€' | '£' | '¥' | '%' | '=' | '_' | '@' | '&' | '\\' | '/' | '°' | '?' | '~' => {
            false
        }
        '.' | ',' | ':' | '\'' | '’' => !is_digit(further),
        '-' | '\u{2010}' | '\u{2011}' => !further.is_some_and(is_word_char),
        c if is_dash(c) => !is_digit(further),
        c if is_blank(c) => {
            let head = text[..at].trim_end_matches(is_blank);
            !head.ends_with(['№', '#', '+']) && !ends_with_number_word(head) && !runs_on_in_phone(text, head, at)
        }
        _ => true,
    }
}

/// Whether a text ends with a word for number: `No.`, `Nr.`, `n°`.
fn ends_with_number_word(head: &str) -> bool {
    const NUMBER_WORDS: [&str; 7] = ["no.", "nr.", "nr", "n°", "nº", "n.º", "núm."];
    if !head.ends_with(['.', 'r', 'R', '°', 'º']) {
        return false;
    }
    // Cut at a fixed number of characters: the words are short.
    let tail_start = head.char_indices().rev().nth(5).map_or(0, |(i, _)| i);
    let tail = fold(&head[tail_start..]);
    tail.rsplit(is_blank).next().is_some_and(|word| NUMBER_WORDS.contains(&word))
}

/// Whether numbers joined by hyphens follow a bare number, as in `495 12-03-2020`.
fn runs_on_in_phone(text: &str, head: &str, at: usize) -> bool {
    let ends_bare = head.chars().next_back().is_some_and(|c| digit(c).is_some() || c == ')')
        && !head[head.trim_end_matches(|c| digit(c).is_some()).len()..].is_empty()
        || head.ends_with(')') && head.trim_end_matches(')').ends_with(|c| digit(c).is_some());
    let stem = head.trim_end_matches(|c| digit(c).is_some());
    ends_bare && !stem.ends_with(':') && number(text, at).is_some_and(|(_, _, e)| text[e..].starts_with('-'))
}

/// Whether a date may end at a position: no digit, letter, path or longer number behind it.
fn ends_cleanly(text: &str, at: usize) -> bool {
    let Some(next) = char_at(text, at) else { return true };
    let further = char_at(text, at + next.len_utf8());
    let is_digit = |c: Option<char>| c.is_some_and(|c| digit(c).is_some());
    match next {
        c if is_word_char(c) => is_east_asian(c) && digit(c).is_none(),
        '%' | '@' | '_' | '=' | '&' => false,
        '.' | ',' | ':' => !is_digit(further),
        '-' | '/' | '\u{2010}' | '\u{2011}' => !further.is_some_and(|c| is_word_char(c) && !is_east_asian(c)),
        _ => true,
    }
}
