//! Reads a time of day with its half of the day and its zone.

use jiff::civil::{Date, Time};

use super::cursor::{
    any_phrase, blanks, char_at, digit, is_dash, is_east_asian, is_word_char, number, one_of, phrase, skip, word_end,
};
use super::words::{CLOCK_TAILS, HALF_BEFORE, HALF_BEHIND, UNSURE_ZONES, ZONE_PHRASES, ZONES};

/// Largest offset from UTC that is in use, in hours.
const MAX_OFFSET_HOURS: u32 = 14;

/// A zone as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    /// `+03:00`; none for a name with more than one meaning.
    offset: Option<String>,
    /// The day since when the name means that offset.
    since: Option<Date>,
}

impl Zone {
    /// The offset on a day. A name whose offset changed says nothing for earlier or unknown days.
    pub(super) fn on(&self, date: Option<Date>) -> Option<String> {
        let holds = self.since.is_none_or(|since| date.is_some_and(|date| date >= since));
        self.offset.clone().filter(|_| holds)
    }
}

/// A time of day as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clock {
    /// Wall time.
    pub(super) time: Time,
    /// Its zone, if one is named.
    pub(super) zone: Option<Zone>,
    /// Written `14h05`, as no language does that puts the month before the day.
    pub(super) by_h: bool,
    /// The position behind it.
    pub(super) end: usize,
}

/// Reads a time at a position. `after_t`: the `T` of ISO 8601 stands before it.
/// `announced`: a word for time stands before it, so that `14.05` is one.
pub(super) fn clock(text: &str, at: usize, after_t: bool, announced: bool) -> Option<Clock> {
    let (half_before, start) = half_before(text, at);
    let (hour, hour_digits, p) = number(text, start)?;
    if hour_digits > 2 && !(after_t && matches!(hour_digits, 4 | 6)) {
        return None;
    }
    let mut read = if hour_digits > 2 { compact(hour, hour_digits, p) } else { hands(text, hour, p)? };
    let mut end = read.end;
    let mut is_sure = read.is_sure || announced;
    let mut half = half_before;
    // German `14:05 am 24. Juli` is no half of the day.
    let is_half = |&(afternoon, e): &(bool, usize)| afternoon || hour <= 12 || !text[..e].ends_with("am");
    if let Some((afternoon, e)) = half_behind(text, end).filter(|_| half.is_none()).filter(is_half) {
        (half, end, is_sure) = (Some(afternoon), e, true);
    }
    let tail = blanks(text, end);
    if let Some(e) = any_phrase(text, tail, &CLOCK_TAILS) {
        is_sure = true;
        end = if text[e..].starts_with('.') && text[tail..e].contains('น') { e + 1 } else { e };
    }
    if is_range(text, end) {
        return None;
    }
    let zone = zone(text, end, after_t || read.has_seconds);
    if let Some((_, e)) = &zone {
        end = *e;
        is_sure = true;
    }
    if !is_sure && half_before.is_none() {
        return None;
    }
    if let Some(afternoon) = half {
        read.hour = in_half(read.hour, afternoon, half_before.is_some())?;
    }
    let next = text[end..].chars().next();
    let runs_on = next.is_some_and(|c| (is_word_char(c) && !is_east_asian(c)) || c == '%');
    let more = one_of(text, end, &[':', '.']).is_some_and(|(_, e)| char_at(text, e).and_then(digit).is_some());
    if runs_on || more {
        return None;
    }
    let time = Time::new(
        i8::try_from(read.hour).ok()?,
        i8::try_from(read.minute).ok()?,
        i8::try_from(read.second).ok()?,
        i32::try_from(read.nanosecond).ok()?,
    )
    .ok()?;
    Some(Clock { time, zone: zone.map(|(zone, _)| zone), by_h: read.by_h, end })
}

/// The hands of a clock before they are checked.
#[derive(Default)]
struct Hands {
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    has_seconds: bool,
    by_h: bool,
    /// Nothing else than a time looks like that.
    is_sure: bool,
    end: usize,
}

/// `1405`, `140533` behind a `T`.
fn compact(value: u32, digits: usize, end: usize) -> Hands {
    let (hour, minute, second) =
        if digits == 6 { (value / 10_000, value / 100 % 100, value % 100) } else { (value / 100, value % 100, 0) };
    Hands { hour, minute, second, has_seconds: digits == 6, is_sure: true, end, ..Hands::default() }
}

/// What follows the hour: `:05[:33[.25]]`, `h05`, `.05`, `時05分`, or nothing.
fn hands(text: &str, hour: u32, p: usize) -> Option<Hands> {
    let two = |at: usize| number(text, at).filter(|&(_, digits, _)| digits == 2).map(|(v, _, e)| (v, e));
    let read = Hands { hour, end: p, ..Hands::default() };
    if let Some((_, q)) = one_of(text, p, &[':', '\u{ff1a}', '∶', '\u{2236}']) {
        let (minute, end) = two(q)?;
        let mut read = Hands { minute, end, is_sure: true, ..read };
        if let Some((second, e)) = one_of(text, end, &[':', '\u{ff1a}']).and_then(|(_, q)| two(q)) {
            (read.second, read.has_seconds, read.end) = (second, true, e);
            if let Some((mark, q)) = one_of(text, e, &['.', ',']) {
                let fraction = number(text, q).filter(|&(_, n, _)| mark == '.' || n % 3 == 0);
                if let Some((value, n, e)) = fraction {
                    read.nanosecond = value * 10_u32.pow(9 - u32::try_from(n).ok()?);
                    read.end = e;
                }
            }
        }
        return Some(read);
    }
    let q = blanks(text, p);
    if let Some((_, h)) = one_of(text, q, &['h', 'H']) {
        let r = blanks(text, h);
        let minute = two(r).filter(|&(_, e)| (r == h || q > p) && !text[e..].starts_with([':', '/', '-']));
        if let Some((minute, end)) = minute {
            let end = ["min", "m"].iter().find_map(|unit| phrase(text, end, unit)).unwrap_or(end);
            return Some(Hands { minute, end, by_h: true, is_sure: true, ..read });
        }
        let stands_alone = text[h..].chars().next().is_none_or(|c| !is_word_char(c));
        return stands_alone.then_some(Hands { end: h, by_h: true, is_sure: true, ..read });
    }
    if let Some((_, h)) = one_of(text, q, &['時', '时', '点', '點', '시']) {
        let mut read = Hands { end: h, is_sure: true, ..read };
        if let Some((minute, _, e)) = number(text, blanks(text, h)).filter(|&(_, n, _)| n <= 2)
            && let Some((_, e)) = one_of(text, blanks(text, e), &['分', '분'])
        {
            (read.minute, read.end) = (minute, e);
            if let Some((second, _, e)) = number(text, blanks(text, e)).filter(|&(_, n, _)| n <= 2)
                && let Some((_, e)) = one_of(text, blanks(text, e), &['秒', '초'])
            {
                (read.second, read.end) = (second, e);
            }
        }
        return Some(read);
    }
    if let Some((minute, end)) = one_of(text, p, &['.']).and_then(|(_, q)| two(q)) {
        return Some(Hands { minute, end, ..read });
    }
    // An hour alone counts only with its half of the day or a word such as `Uhr`.
    let has_word = half_behind(text, p).is_some() || phrase(text, q, "uhr").is_some();
    has_word.then_some(read)
}

/// `下午`, `오전` before the hour.
fn half_before(text: &str, at: usize) -> (Option<bool>, usize) {
    // None of them begins in ASCII.
    if text.as_bytes().get(at).is_none_or(u8::is_ascii) {
        return (None, at);
    }
    HALF_BEFORE
        .iter()
        .find(|(word, _)| text[at..].starts_with(word))
        .map_or((None, at), |&(word, afternoon)| (Some(afternoon), blanks(text, at + word.len())))
}

/// `PM`, `p.m.`, `p. m.`, `م` behind the hour.
fn half_behind(text: &str, at: usize) -> Option<(bool, usize)> {
    let p = blanks(text, at);
    if let Some((letter, q)) = one_of(text, p, &['a', 'A', 'p', 'P']) {
        let dotted = text[q..].starts_with('.');
        let q = if dotted { blanks(text, q + 1) } else { q };
        let (_, mut end) = one_of(text, q, &['m', 'M'])?;
        if dotted && text[end..].starts_with('.') {
            end += 1;
        } else if char_at(text, end).is_some_and(is_word_char) {
            return None;
        }
        return Some((letter.eq_ignore_ascii_case(&'p'), end));
    }
    let (afternoon, end) =
        HALF_BEHIND.iter().find_map(|&(word, afternoon)| Some((afternoon, phrase(text, p, word)?)))?;
    // The Arabic letters are halves of the day only where no word follows at once.
    Some((afternoon, end))
}

/// The hour of the day. `14:05 PM` is read as it stands, `14:05 AM` contradicts itself;
/// midnight and noon as hour 0 are known where the half stands before.
fn in_half(hour: u32, afternoon: bool, half_is_before: bool) -> Option<u32> {
    match (hour, afternoon) {
        (0, true) if half_is_before => Some(12),
        (0, true) | (12.., false) if hour != 12 => None,
        (12, false) => Some(0),
        (1..=11, true) => Some(hour + 12),
        _ => Some(hour),
    }
}

/// Whether a second time follows behind a dash: opening hours, not a moment.
fn is_range(text: &str, at: usize) -> bool {
    let p = blanks(text, at);
    let Some(c) = char_at(text, p).filter(|&c| is_dash(c)) else { return false };
    let q = blanks(text, p + c.len_utf8());
    let Some((_, digits, e)) = number(text, q) else { return false };
    let is_time = one_of(text, e, &[':', 'h']).is_some() || half_behind(text, e).is_some();
    // `14:05:33-05:00` and `T14:05-05:00` are told apart by the caller, who reads the zone there.
    digits <= 2 && is_time && !looks_like_offset(text, at)
}

/// Whether what stands before a position is a time to the second, or behind a `T`, with an offset tied to it.
fn looks_like_offset(text: &str, at: usize) -> bool {
    let before: String = text[..at].chars().rev().take_while(|c| !c.is_whitespace()).take(24).collect();
    !text[at..].starts_with(char::is_whitespace) && (before.contains('T') || before.matches(':').count() == 2)
}

/// Reads a zone behind a time.
fn zone(text: &str, at: usize, minus_is_offset: bool) -> Option<(Zone, usize)> {
    let fixed = |offset: String| Zone { offset: Some(offset), since: None };
    if let Some((_, e)) = one_of(text, at, &['Z', 'z'])
        && !char_at(text, e).is_some_and(is_word_char)
    {
        return Some((fixed("+00:00".to_owned()), e));
    }
    let p = blanks(text, at);
    let open = one_of(text, p, &['(', '[', '\u{ff08}']);
    let p = open.map_or(p, |(_, e)| blanks(text, e));
    let (zone, end) = if let Some((sign, q)) = one_of(text, p, &['+', '-', '−']) {
        let (_, digits, e) = number(text, q)?;
        let has_colon = text[e..].starts_with(':');
        let is_tied = p == at || digits == 4 || (has_colon && digits == 2);
        if !is_tied || (sign != '+' && !minus_is_offset && !(digits == 4 && p > at)) {
            return None;
        }
        let (offset, e) = offset(text, sign, q, 2)?;
        (fixed(offset), zone_comment(text, e))
    } else {
        named_zone(text, p)?
    };
    match open {
        None => Some((zone, end)),
        Some(_) => one_of(text, blanks(text, end), &[')', ']', '\u{ff09}']).map(|(_, e)| (zone, e)),
    }
}

/// A zone by its name.
fn named_zone(text: &str, at: usize) -> Option<(Zone, usize)> {
    let since = |day: Option<(i16, i8, i8)>| day.and_then(|(y, m, d)| Date::new(y, m, d).ok());
    let end = word_end(text, at);
    let name = &text[at..end];
    if matches!(name, "GMT" | "UTC" | "gmt" | "utc" | "UT") {
        let q = blanks(text, end);
        let shifted = one_of(text, q, &['+', '-', '−']).and_then(|(sign, q)| offset(text, sign, q, 1));
        let (offset, end) = shifted.map_or(("+00:00".to_owned(), end), |(offset, e)| (offset, zone_comment(text, e)));
        return Some((Zone { offset: Some(offset), since: None }, end));
    }
    if let Some(&(_, offset, day)) = ZONES.iter().find(|(zone, ..)| *zone == name) {
        return Some((Zone { offset: Some(offset.to_owned()), since: since(day) }, end));
    }
    if UNSURE_ZONES.contains(&name) {
        return Some((Zone { offset: None, since: None }, end));
    }
    let &(words, offset, day) = ZONE_PHRASES.iter().find(|(words, ..)| phrase(text, at, words).is_some())?;
    let end = phrase(text, at, words)?;
    Some((Zone { offset: Some(offset.to_owned()), since: since(day) }, end))
}

/// The digits of an offset behind its sign: `0300`, `03:00`, `03`, and from `min_digits` 1 on `3`.
fn offset(text: &str, sign: char, at: usize, min_digits: usize) -> Option<(String, usize)> {
    let (value, digits, mut end) = number(text, at)?;
    let (hours, minutes) = match digits {
        4 => (value / 100, value % 100),
        n if n <= 2 && n >= min_digits => {
            let minutes = one_of(text, end, &[':']).and_then(|(_, q)| number(text, q)).filter(|&(_, n, _)| n == 2);
            end = minutes.map_or(end, |(_, _, e)| e);
            (value, minutes.map_or(0, |(v, ..)| v))
        }
        _ => return None,
    };
    if hours > MAX_OFFSET_HOURS || minutes > 59 {
        return None;
    }
    // `-00:00` names UTC as well.
    let sign = if sign == '+' || (hours == 0 && minutes == 0) { '+' } else { '-' };
    Some((format!("{sign}{hours:02}:{minutes:02}"), end))
}

/// Longest name of a zone in brackets, in bytes.
const MAX_COMMENT_BYTES: usize = 48;

/// The name in brackets behind a numeric offset, as mail and browsers write it: `+0000 (UTC)`,
/// `GMT+0300 (Moscow Standard Time)`.
fn zone_comment(text: &str, at: usize) -> usize {
    let Some((_, start)) = one_of(text, blanks(text, at), &['(']) else { return at };
    let end = skip(text, start, |c| c.is_ascii_alphabetic() || c == ' ');
    let name = &text[start..end];
    let is_name =
        name.ends_with(" Time") || ((2..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase()));
    if is_name && name.len() <= MAX_COMMENT_BYTES && text[end..].starts_with(')') { end + 1 } else { at }
}
