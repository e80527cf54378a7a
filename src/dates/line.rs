//! Lines that are nothing but time stamps with their lead words.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clock::clock;
use super::cursor::{any_phrase, blanks, char_at, digit, is_blank, is_dash, may_go_on, phrase, skip};
use super::leads::{FOLDED_LEADS, TODAY, YESTERDAY};
use super::parse::{Found, parse_at};
use super::words::{DATE_JOINERS, Role, TIME_JOINERS};
use super::{Hit, Stamp, find};

/// Longest line that can be a stamp line, in characters: two stamps with long lead words in the longest language.
const MAX_LINE_CHARS: usize = 200;

/// A line of time stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampLine {
    /// The stamps in their order, each with what its lead word says.
    pub stamps: Vec<(Role, Hit)>,
    /// Where the lead words stand.
    pub leads: Vec<Range<usize>>,
}

/// A lead word as found.
struct Lead {
    range: Range<usize>,
    role: Role,
    day_first: bool,
}

/// Reads a line that is nothing but time stamps, lead words and separators; none where anything else stands in it.
///
/// One stamp at least must have its day and year, or a lead word. A date without a year and a month of a year, when
/// nothing leads them, are headings of a chronology as often as stamps, and two dates joined by a dash are the days of
/// an event: both give none.
pub fn stamp_line(text: &str) -> Option<StampLine> {
    stamp_line_of(text, false)
}

/// As [`stamp_line`], for a text in a language that always puts the day first.
pub fn stamp_line_of(text: &str, day_first: bool) -> Option<StampLine> {
    if !has_digit(text) || is_too_long(text) || !may_begin(text) {
        return None;
    }
    let mut line = StampLine { stamps: Vec::new(), leads: Vec::new() };
    let mut at = 0;
    let mut is_sure = false;
    let mut last_role = Role::Unlabelled;
    for found in find(text) {
        let gap = &text[at..found.start];
        let leads = read_gap(text, at, found.start, &mut line, last_role)?;
        if !line.stamps.is_empty() && is_dash_only(gap) {
            return None;
        }
        let lead = leads.last();
        let role = lead.map_or(Role::Unlabelled, |lead| lead.role);
        let found = if day_first || lead.is_some_and(|lead| lead.day_first) { found.with_day_first() } else { found };
        is_sure |= lead.is_some() || is_full(&found);
        line.leads.extend(leads.into_iter().map(|lead| lead.range));
        at = found.end;
        last_role = role;
        line.stamps.push((role, found.into()));
    }
    let leads = read_gap(text, at, text.len(), &mut line, last_role)?;
    line.leads.extend(leads.into_iter().map(|lead| lead.range));
    line.leads.sort_by_key(|range| range.start);
    line.stamps.sort_by_key(|(_, hit)| hit.range.start);
    let has_date = line.stamps.iter().any(|(_, hit)| hit.stamp.month.is_some() || hit.stamp.year.is_some());
    (is_sure && has_date).then_some(line)
}

/// Whether a line is too long for stamps alone.
fn is_too_long(text: &str) -> bool {
    text.len() > MAX_LINE_CHARS && text.chars().nth(MAX_LINE_CHARS).is_some()
}

/// Whether a digit stands anywhere in a text.
fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) || (!text.is_ascii() && text.chars().any(|c| digit(c).is_some()))
}

/// Whether the first word of a line may stand in one of stamps; most lines fail here.
fn may_begin(text: &str) -> bool {
    let at = skip(text, 0, is_separator);
    at == text.len()
        || parse_at(text, at).is_some()
        || lead(text, at).is_some()
        || joiner(text, at).is_some()
        || any_phrase(text, at, &TODAY).is_some()
        || clock(text, at, false, true).is_some()
}

/// Whether a stamp names its year and its day, be it in an order that nobody knows.
fn is_full(found: &Found) -> bool {
    found.stamp.year.is_some() && (found.stamp.day.is_some() || found.pair.is_some())
}

/// Whether nothing but a dash stands between two stamps.
fn is_dash_only(gap: &str) -> bool {
    let gap = gap.trim_matches(is_blank);
    !gap.is_empty() && gap.chars().all(is_dash)
}

/// Reads what stands between stamps: lead words, words that join, separators, and times alone (`updated 15:30`).
/// None where anything else stands there.
fn read_gap(text: &str, start: usize, end: usize, line: &mut StampLine, last_role: Role) -> Option<Vec<Lead>> {
    let mut leads: Vec<Lead> = Vec::new();
    let mut at = start;
    let mut role = last_role;
    while at < end {
        let c = char_at(text, at)?;
        if is_separator(c) {
            at += c.len_utf8();
        } else if let Some((lead_end, lead_role, day_first)) = lead(text, at).filter(|&(e, ..)| e <= end) {
            leads.push(Lead { range: at..lead_end, role: lead_role, day_first });
            role = lead_role;
            at = lead_end;
        } else if let Some(joiner_end) = joiner(text, at).filter(|&e| e <= end) {
            at = joiner_end;
        } else if let Some(word_end) = any_phrase(text, at, &TODAY).filter(|&e| e <= end) {
            at = word_end;
        } else if let Some(ago_end) = relative(text, at).filter(|&e| e <= end && !leads.is_empty()) {
            // `updated 2 hours ago` says nothing once the page is saved.
            line.leads.extend(leads.drain(..).map(|lead| lead.range));
            at = ago_end;
        } else if let Some(clock) = clock(text, at, false, true).filter(|clock| clock.end <= end && leads.is_empty())
            && let Some((_, last)) = line.stamps.last_mut().filter(|(_, hit)| hit.stamp.time.is_none())
        {
            // `5 maggio 2025 - 17.16`: a time with a dot is one behind a date.
            last.stamp.time = Some(clock.time);
            last.range.end = clock.end;
            at = clock.end;
        } else if let Some(clock) = clock(text, at, false, true).filter(|clock| clock.end <= end && !leads.is_empty()) {
            let stamp = Stamp { time: Some(clock.time), ..Stamp::default() };
            line.stamps.push((role, Hit { range: at..clock.end, stamp }));
            line.leads.extend(leads.drain(..).map(|lead| lead.range));
            at = clock.end;
        } else {
            return None;
        }
    }
    Some(leads)
}

/// Whether a line says only how long ago, or at what time of this day, something was published: lead words, `2 hours
/// ago`, `today, 08:15`, `updated at 22:05`. Such a line says nothing once the page is saved.
pub fn is_relative_line(text: &str) -> bool {
    if is_too_long(text) {
        return false;
    }
    let (mut at, mut has_lead, mut has_day, mut has_time, mut has_ago) = (0, false, false, false, false);
    while let Some(c) = char_at(text, at) {
        if is_separator(c) {
            at += c.len_utf8();
        } else if let Some((end, ..)) = lead(text, at) {
            (at, has_lead) = (end, true);
        } else if let Some(end) = relative(text, at) {
            (at, has_ago) = (end, true);
        } else if let Some(end) = any_phrase(text, at, &TODAY).max(any_phrase(text, at, &YESTERDAY)) {
            (at, has_day) = (end, true);
        } else if let Some(end) = joiner(text, at) {
            at = end;
        } else if let Some(clock) = clock(text, at, false, has_lead || has_day) {
            (at, has_time) = (clock.end, true);
        } else {
            return false;
        }
    }
    has_ago || has_time && (has_lead || has_day) || has_day && has_lead
}

/// `2 hours ago` at a position.
fn relative(text: &str, at: usize) -> Option<usize> {
    // How its forms begin, in either case; letters of the old Cyrillic hand fold to them too.
    let may_begin = |c: char| match c.to_ascii_lowercase() {
        'a' | 'd' | 'g' | 'h' | 'i' | 'm' | 't' | 'u' | 'v' => true,
        c => !c.is_ascii_alphabetic(),
    };
    if !text[at..].starts_with(may_begin) {
        return None;
    }
    RELATIVE.find(&text[at..]).map(|found| at + found.end())
}

/// A count of hours or days with the words around it that say how long ago.
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?i:
        (?:about\s)?(?:\d{1,2}|an?)\s?(?:minutes?|mins?|hours?|hrs?|h|d|days?|weeks?|months?)\sago
        |\d{0,2}\s?(?:минут\p{L}*|час\p{L}*|дн\p{L}*|день|недел\p{L}*|месяц\p{L}*)\sназад
        |\d{0,2}\s?(?:хвилин\p{L}*|годин\p{L}*|дн\p{L}*|день|тижн\p{L}*|тиждень|місяц\p{L}*)\sтому
        |vor\s(?:\d{1,2}|einer|einem)\s\p{L}+
        |il\sy\sa\s(?:\d{1,2}|une?)\s\p{L}+
        |(?:hace|há)\s(?:\d{1,2}|una?|uma?)\s\p{L}+
        |(?:\d{1,2}|un['’]?)\s?(?:minut\p{L}|or[ae]|giorn[oi]|settiman[ae]|mes[ei])\sfa
        |\d{1,2}\s?(?:dakika|dk|saat|gün|hafta|ay)\sönce
        |\d{0,2}\s?(?:minut\p{L}*|min\.?|godzin\p{L}*|godz\.?|dni|dzień|tydzień|tygodni\p{L}*|miesiąc\p{L}*|miesi\p{L}+)\stemu
        |\d{1,2}\s?(?:menit|jam|hari|minggu|bulan)\s(?:yang\s)?lalu
        |\d{1,2}\s?(?:phút|giờ|ngày|tuần|tháng)\strước
        |منذ\s(?:\d{1,2}\s)?[\p{Arabic}\p{M}]+
        |\d{1,2}\s?(?:分钟|分鐘|小时|小時|天|周|週|个月|個月|分|時間|日|か月|ヶ月)\s?前
        |\d{1,2}\s?(?:분|시간|일|주|개월)\s?전
        |\d{1,2}\s?(?:मिनट|घंटे|घंटा|दिन|सप्ताह|महीने)\sपहले
        )",
    )
    .expect("the pattern is well formed")
});

/// The longest lead word at a position.
fn lead(text: &str, at: usize) -> Option<(usize, Role, bool)> {
    FOLDED_LEADS
        .at(&text[at..])
        .filter(|(words, ..)| may_go_on(text, at, words))
        .filter_map(|(words, role, day_first)| Some((phrase(text, at, words)?, *role, *day_first)))
        .max_by_key(|&(end, ..)| end)
}

/// `on`, `am`, `at` between a lead word and its stamp.
fn joiner(text: &str, at: usize) -> Option<usize> {
    let end = any_phrase(text, at, &DATE_JOINERS).max(any_phrase(text, at, &TIME_JOINERS))?;
    (blanks(text, end) > end || char_at(text, end).is_none_or(|c| is_separator(c) || digit(c).is_some())).then_some(end)
}

/// Characters that part stamps and lead words and say nothing themselves.
fn is_separator(c: char) -> bool {
    const SEPARATORS: &str = ",،;:|/\\·•●∙()[].*>»›►▪\u{ff1a}，、｜（）［］【】\u{3000}📅🕒🗓⏰⌚⏱\u{fe0f}";
    !c.is_ascii_alphanumeric() && (is_blank(c) || is_dash(c) || SEPARATORS.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each stamp as `role day time`, or `-`.
    fn check(text: &str, expected: &str) {
        let shown = stamp_line(text).map_or("-".to_owned(), |line| {
            let show = |(role, hit): &(Role, Hit)| {
                let moment = hit.stamp.to_moment();
                let date = moment.date.map_or("?".to_owned(), |d| d.to_string());
                let time = hit.stamp.time.map_or(String::new(), |t| format!(" {}", t.strftime("%H:%M")));
                format!("{role:?} {date}{time}")
            };
            line.stamps.iter().map(show).collect::<Vec<_>>().join("; ")
        });
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn lead_words_of_many_languages_name_the_role() {
        check("Published: 24 July 2025 at 14:05", "Published 2025-07-24 14:05");
        check("First published on Thu 24 Jul 2025 14.05 BST", "Published 2025-07-24 14:05");
        check("Last modified: July 24, 2025 2:05 PM", "Modified 2025-07-24 14:05");
        check("Опубликовано: 24 июля 2025, 14:05 (мск)", "Published 2025-07-24 14:05");
        check("Stand: 24.07.2025 14:05 Uhr", "Modified 2025-07-24 14:05");
        check("Veröffentlicht am 24. Juli 2025 um 14:05 Uhr", "Published 2025-07-24 14:05");
        check("Publié le 24 juillet 2025 à 14h05", "Published 2025-07-24 14:05");
        check("Publicado el 24 de julio de 2025 a las 14:05 h.", "Published 2025-07-24 14:05");
        check("Pubblicato il 24 luglio 2025 alle ore 14:05", "Published 2025-07-24 14:05");
        check("Data publikacji: 24 lipca 2025 r., godz. 14:05", "Published 2025-07-24 14:05");
        check("发布时间：2025-07-24 14:05", "Published 2025-07-24 14:05");
        check("公開日：2025年7月24日", "Published 2025-07-24");
        check("입력2025.07.24 14:05", "Published 2025-07-24 14:05");
        check("تاريخ النشر: ٢٤ يوليو ٢٠٢٥", "Published 2025-07-24");
        check("آخر تحديث: 24/07/2025", "Modified 2025-07-24");
        check("Cập nhật lúc 14:05, 24/07/2025", "Modified 2025-07-24 14:05");
        check("अपडेटेड: 24 जुलाई 2025, 14:05", "Modified 2025-07-24 14:05");
        check("الخميس، 24 يوليو 2025، 14:05", "Unlabelled 2025-07-24 14:05");
        check("نشر في: 24/07/2025 - 14:05", "Published 2025-07-24 14:05");
        check("24.jul.2025 às 14h05", "Unlabelled 2025-07-24 14:05");
        check("Publié le 24/07/2025 à 14:05, mis à jour à 15:00", "Published 2025-07-24 14:05; Modified ? 15:00");
        check("date 2025-07-24", "Unlabelled 2025-07-24");
        check("24 जुलाई 2025 | 06:45 शाम", "Unlabelled 2025-07-24 18:45");
        check("Dzisiaj, 24 lipca 2025 r., godz. 8:00", "Unlabelled 2025-07-24 08:00");
        check("giovedì 24 luglio 2025 - 17.16", "Unlabelled 2025-07-24 17:16");
        check("24/07/2025 15h07  Atualizado há 2 dias", "Unlabelled 2025-07-24 15:07");
        check(
            "24 luglio 2025 (modifica il 25 luglio 2025 | 23:15)",
            "Unlabelled 2025-07-24; Modified 2025-07-25 23:15",
        );
    }

    #[test]
    fn a_line_may_hold_both_stamps() {
        check(
            "14:05 24.07.2025 (обновлено: 16:33 24.07.2025)",
            "Unlabelled 2025-07-24 14:05; Modified 2025-07-24 16:33",
        );
        check(
            "Yayınlanma: 24.07.2025 - 14:05 | Güncelleme: 25.07.2025 - 09:00",
            "Published 2025-07-24 14:05; Modified 2025-07-25 09:00",
        );
        check(
            "기사입력 2025.07.24. 오후 2:05 최종수정 2025.07.24. 오후 3:10",
            "Published 2025-07-24 14:05; Modified 2025-07-24 15:10",
        );
        check("Published 24 July 2025, updated 15:30", "Published 2025-07-24; Modified ? 15:30");
        check(
            " date 2025-07-24 Tuesday, 02 January 2024 12:17 GMT",
            "Unlabelled 2025-07-24; Unlabelled 2024-01-02 12:17",
        );
    }

    #[test]
    fn a_lead_word_of_a_day_first_language_settles_the_order() {
        check("Publicado em 01/11/2024 12h17", "Published 2024-11-01 12:17");
        check("Actualizado: 01/11/2024 12:17", "Modified 2024-11-01 12:17");
        check("Published: 01/11/2024 12:17", "Published ? 12:17");
        check("01/11/2024", "Unlabelled ?");
    }

    #[test]
    fn lines_with_other_words_are_no_stamp_lines() {
        check("The hall opened on 24 July 2025.", "-");
        check("Updated: 2 hours ago", "-");
        check("сегодня в 12:17", "-");
        check("24.07.2025 – 26.07.2025", "-");
        check("24 July", "-");
        check("July 2025", "-");
        check("12:00–14:00", "-");
        check("Stand by for 24.07.2025", "-");
        check("Tel. 24-07-2025-11", "-");
        check("Published: soon", "-");
        check("", "-");
    }

    #[test]
    fn lines_that_count_from_today_are_known() {
        for line in [
            "Aujourd’hui, 08h15",
            "4 ore fa",
            "há 6 horas",
            "2 days ago",
            "3 saat önce",
            "Updated: 2 hours ago",
            "вчора о 18:40",
            "منذ ساعتين",
            "1小時前",
            "3시간 전",
            "2 giờ trước",
            "5 घंटे पहले",
            "Cập nhật lúc 22h05",
        ] {
            assert!(is_relative_line(line), "{line}");
        }
        for line in ["90 years ago", "Today", "08:15", "vor dem Haus", "Today at the harbour", "2 hours ago he left"] {
            assert!(!is_relative_line(line), "{line}");
        }
    }

    #[test]
    fn lead_ranges_cover_the_lead_words() {
        let text = "Veröffentlicht am 24.07.2025, zuletzt aktualisiert: 25.07.2025";
        let line = stamp_line(text).expect("a stamp line");
        let leads: Vec<&str> = line.leads.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(leads, ["Veröffentlicht", "zuletzt aktualisiert"]);
    }
}
