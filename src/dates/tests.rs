//! Tests of whole stamps and of dates inside lines.

use super::*;

/// A stamp as `2025-07-24 14:05:00+03:00`, with `?` for what is not known and `!` for a wrong weekday.
fn show(stamp: &Stamp) -> String {
    let number = |n: Option<i16>, width: usize| n.map_or("?".to_owned(), |n| format!("{n:0width$}"));
    let mut text = format!(
        "{}-{}-{}",
        number(stamp.year, 4),
        number(stamp.month.map(i16::from), 2),
        number(stamp.day.map(i16::from), 2)
    );
    if let Some(time) = stamp.time {
        text.push(' ');
        text.push_str(&time.to_string());
    }
    text.push_str(stamp.zone.as_deref().unwrap_or_default());
    if stamp.weekday_conflict {
        text.push('!');
    }
    text
}

/// The whole text is this stamp; `-` for none.
fn check(text: &str, expected: &str) {
    let shown = parse_whole(text).map_or("-".to_owned(), |stamp| show(&stamp));
    assert_eq!(shown, expected, "{text}");
}

/// The dates inside a line, as `text=stamp` parted by `; `.
fn check_scan(text: &str, expected: &str) {
    let show = |hit: &Hit| format!("{}={}", &text[hit.range.clone()], show(&hit.stamp));
    let shown: Vec<String> = scan(text).iter().map(show).collect();
    assert_eq!(shown.join("; "), expected, "{text}");
}

#[test]
fn iso_forms_with_offsets_and_fractions_are_read() {
    check("2025-07-24", "2025-07-24");
    check("2025-07-24T14:05:33Z", "2025-07-24 14:05:33+00:00");
    check("2025-07-24T14:05:33.250+03:00", "2025-07-24 14:05:33.25+03:00");
    check("2025-07-24T14:05:33,250+0300", "2025-07-24 14:05:33.25+03:00");
    check("2025-07-24T14:05-05:00", "2025-07-24 14:05:00-05:00");
    check("2025-07-24T14:05:33-05", "2025-07-24 14:05:33-05:00");
    check("2025-07-24T14:05", "2025-07-24 14:05:00");
    check("20250724T140533Z", "2025-07-24 14:05:33+00:00");
    check("20250724", "2025-07-24");
    check("2021-03", "2021-03-?");
    check("2025-07-24 07:37:45", "2025-07-24 07:37:45");
    check("2025-07-24 07:37:45+00", "2025-07-24 07:37:45+00:00");
    check("2025-07-24 07:37:45 UTC", "2025-07-24 07:37:45+00:00");
    check("2025/07/24 07:37", "2025-07-24 07:37:00");
}

#[test]
fn numeric_forms_are_read_where_their_order_is_sure() {
    check("24.07.2025, 14:05", "2025-07-24 14:05:00");
    check("24/07/2025 14h05", "2025-07-24 14:05:00");
    check("07/24/2025 2:05 PM", "2025-07-24 14:05:00");
    check("01.11.2024", "2024-11-01");
    check("1.2.2024", "2024-02-01");
    check("24-07-2025", "2025-07-24");
    check("05/05/2025", "2025-05-05");
    check("01/11/2024", "2024-?-?");
    check("01-11-2024 12:17", "2024-?-? 12:17:00");
    check("Friday, 01/11/2024", "2024-11-01");
    check("Thứ Sáu, 01/11/2024 12:17 (GMT+7)", "2024-11-01 12:17:00+07:00");
    check("Thứ 6, 01/11/2024", "2024-11-01");
    check("01/11/2024 12h17", "2024-11-01 12:17:00");
    check("24. 7. 2025", "2025-07-24");
    check("2025. 7. 24. 오후 2:05", "2025-07-24 14:05:00");
    check("2025.07.24 14:05", "2025-07-24 14:05:00");
}

#[test]
fn english_forms_are_read() {
    check("July 24, 2025 at 2:05 p.m.", "2025-07-24 14:05:00");
    check("July 24, 2025 at 2:05 p.m. EDT", "2025-07-24 14:05:00");
    check("24 July 2025", "2025-07-24");
    check("24th of July, 2025", "2025-07-24");
    check("Tuesday, 02 January 2024 12:17 GMT", "2024-01-02 12:17:00+00:00");
    check("Thu, 24 Jul 2025 14:05:33 +0300", "2025-07-24 14:05:33+03:00");
    check("Thu, 24 Jul 2025 14:05:33 +0000 (UTC)", "2025-07-24 14:05:33+00:00");
    check("Thu Jul 24 14:05:33 2025", "2025-07-24 14:05:33");
    check("Thu Jul 24 14:05:33 UTC 2025", "2025-07-24 14:05:33+00:00");
    check("Thu Jul 24 2025 14:05:33 GMT+0300 (Moscow Standard Time)", "2025-07-24 14:05:33+03:00");
    check("24/Jul/2025:14:05:33 +0300", "2025-07-24 14:05:33+03:00");
    check("Thu 24 Jul 2025 14.05 CEST", "2025-07-24 14:05:00+02:00");
    check("2:05 PM EDT, Thu July 24, 2025", "2025-07-24 14:05:00");
    check("Jul. 24, 2025 12:05 am", "2025-07-24 00:05:00");
    check("24-Jul-2025", "2025-07-24");
    check("JULY 24 2025", "2025-07-24");
    check("Sept. 3, 2025", "2025-09-03");
    check("July 2025", "2025-07-?");
    check("Mar 24, 2025", "2025-03-24");
    check("Wednesday, July 24, 2025", "2025-07-24!");
}

#[test]
fn cyrillic_forms_are_read() {
    check("25 марта 2021, 14:33", "2021-03-25 14:33:00");
    check("12:17, 25 марта 2021", "2021-03-25 12:17:00");
    check("24 июля 2025 года в 14:05", "2025-07-24 14:05:00");
    check("24 ноя 2024 г.", "2024-11-24");
    check("чт, 24 июля 2025, 14:05 мск", "2025-07-24 14:05:00+03:00");
    check("24.07.2025 14:05 (МСК)", "2025-07-24 14:05:00+03:00");
    check("24.07.2012 14:05 (МСК)", "2012-07-24 14:05:00");
    check("п’ятниця, 1 листопада 2024, 12:17", "2024-11-01 12:17:00");
    check("24 липня 2025 р. о 14:05", "2025-07-24 14:05:00");
}

#[test]
fn western_and_turkish_forms_are_read() {
    check("24 Temmuz 2025 Perşembe 14:05", "2025-07-24 14:05:00");
    check("1 KASIM 2024, saat 12:17", "2024-11-01 12:17:00");
    check("24 de julio de 2025 a las 14:05 h", "2025-07-24 14:05:00");
    check("jueves, 24 de julio del 2025", "2025-07-24");
    check("24 jul. 2025 - 14:05 CEST", "2025-07-24 14:05:00+02:00");
    check("1er août 2025 à 9h", "2025-08-01 09:00:00");
    check("jeudi 24 juillet 2025 à 14 h 05", "2025-07-24 14:05:00");
    check("mar. 22 juillet 2025", "2025-07-22");
    check("Donnerstag, den 24. Juli 2025, 14.05 Uhr", "2025-07-24 14:05:00");
    check("Do., 24.07.2025", "2025-07-24");
    check("um 14 Uhr", "-");
    check("24. März 2025, 14 Uhr", "2025-03-24 14:00:00");
    check("14:05 am 24. Juli 2025", "2025-07-24 14:05:00");
    check("segunda-feira, 21 de julho de 2025 às 14h05", "2025-07-21 14:05:00");
    check("24 set 2025", "2025-09-24");
    check("giovedì 24 luglio 2025 ore 14:05", "2025-07-24 14:05:00");
    check("24 lipca 2025 r., godz. 14:05", "2025-07-24 14:05:00");
    check("1 listopada 2024", "2024-11-01");
}

#[test]
fn southern_and_eastern_forms_are_read() {
    check("Jumat, 1 November 2024 12:17 WIB", "2024-11-01 12:17:00+07:00");
    check("24 Agustus 2025 | 14.05 WITA", "2025-08-24 14:05:00+08:00");
    check("٢٤ يوليو ٢٠٢٥", "2025-07-24");
    check("الخميس 24 تموز/يوليو 2025 الساعة 14:05", "2025-07-24 14:05:00");
    check("24 كانون الثاني 2025 2:05 م", "2025-01-24 14:05:00");
    check("2025年7月24日 14:05", "2025-07-24 14:05:00");
    check("2025年7月24日星期四下午2:05", "2025-07-24 14:05:00");
    check("2025年7月24日（木）14時05分", "2025-07-24 14:05:00");
    check("2025/7/24(木) 14:05", "2025-07-24 14:05:00");
    check("令和7年7月24日", "2025-07-24");
    check("平成元年5月1日", "1989-05-01");
    check("2025년 7월 24일 오후 2시 5분", "2025-07-24 14:05:00");
    check("２０２５年７月２４日", "2025-07-24");
    check("24/07/2025 14:05 (GMT+7)", "2025-07-24 14:05:00+07:00");
    check("24 tháng 7 năm 2025", "2025-07-24");
    check("24 Tháng 7, 2025", "2025-07-24");
    check("24 जुलाई 2025", "2025-07-24");
    check("२४ जुलाई २०२५, 2:05 PM IST", "2025-07-24 14:05:00");
}

#[test]
fn names_of_zones_with_several_meanings_give_no_offset() {
    for zone in ["IST", "CST", "EST", "EDT", "BST", "ET"] {
        check(&format!("24 July 2025 14:05 {zone}"), "2025-07-24 14:05:00");
    }
    check("24 July 2025 14:05 JST", "2025-07-24 14:05:00+09:00");
    check("24 July 2025 14:05 GMT-03:30", "2025-07-24 14:05:00-03:30");
}

#[test]
fn what_is_open_or_impossible_gives_no_date() {
    for text in [
        "",
        "2025",
        "today",
        "2 hours ago",
        "сегодня в 12:17",
        "vor 2 Stunden",
        "31.02.2025",
        "32 July 2025",
        "30 February 2025",
        "24.07.25",
        "24/7/25",
        "24 July 25",
        "12:17",
        "2025-13-01",
        "2025-07-24T25:00",
        "1403/05/02",
        "24/07/2568",
        "24 July 2568",
        "24. listopada 2025",
        "令和0年1月1日",
        "00/00/2025",
        "2025-07-24 25:61",
    ] {
        check(text, "-");
    }
}

#[test]
fn a_date_without_a_year_keeps_what_it_says() {
    check("24 July", "?-07-24");
    check("Aug. 4", "?-08-04");
    check("1 ноя", "?-11-01");
    check("7月24日", "?-07-24");
    check("29 February", "?-02-29");
    assert_eq!(parse_whole("24 July, 14:05").map(|s| s.to_moment()), Some(Moment::default()));
}

#[test]
fn dates_are_found_inside_lines() {
    check_scan(
        "The bridge, closed on 24 July 2025, opens again on 3 March 2026.",
        "24 July 2025=2025-07-24; 3 March 2026=2026-03-03",
    );
    check_scan("МОСКВА, 1 ноя — Пожарные", "1 ноя=?-11-01");
    check_scan("Harbour Times, 1920, 31.08.2024", "31.08.2024=2024-08-31");
    check_scan("台北1日電，2025年7月24日公布", "2025年7月24日=2025-07-24");
    check_scan(
        "24 July 2025 12:17 25 July 2025 13:00",
        "24 July 2025 12:17=2025-07-24 12:17:00; 25 July 2025 13:00=2025-07-25 13:00:00",
    );
    check_scan("It ended on 24 July. 2025 was kinder.", "24 July=?-07-24");
    check_scan("no digit in May or March", "");
}

#[test]
fn numbers_that_only_look_like_dates_are_left_alone() {
    for text in [
        "Call +7 495 12-03-2020 now",
        "Call (495) 12-03-2020 now",
        "open 12:00–14:00",
        "they won 3:2 and 21-15",
        "v1.2.2024 is out",
        "release 2024.1.2 fixes it",
        "host 10.12.2024.5 is down",
        "directive 2006/24/EC",
        "law 2016/679",
        "Order No. 24.07.2025",
        "приказ № 12.03.2020",
        "see /2025/07/24/pier",
        "24 out of 30 boats",
        "they may 10 times",
        "in 2024 and 2025",
        "season 2024-25",
        "20 set up stalls",
        "1 лист бумаги",
        "24.07.2025-ФЗ",
        "ISBN 978-3-16-148410-0",
        "Covid-19 March",
        "$24.07.2025",
        "5 000 000",
        "24–26 July 2025",
        "July 24–26, 2025",
        "24.07–26.07.2025",
        "24.07. – 26.07.2025",
        "May 10-12",
        "1234567890-07-24",
        "2025-07-24-77",
        "24 July 25 and so on",
    ] {
        check_scan(text, "");
    }
    check_scan("24 July 2025, 12:00–14:00", "24 July 2025=2025-07-24");
    check_scan("24 July 2025, 2 p.m. – 3 p.m.", "24 July 2025=2025-07-24");
}

#[test]
fn a_weekday_belongs_to_the_date_behind_it() {
    check_scan(
        "2025-07-24 Tuesday, 02 January 2024 12:17 GMT",
        "2025-07-24=2025-07-24; Tuesday, 02 January 2024 12:17 GMT=2024-01-02 12:17:00+00:00",
    );
    check_scan("Do 24 July 2025 papers agree?", "Do 24 July 2025=2025-07-24");
    check_scan("So 24 July 2025 it was", "24 July 2025=2025-07-24");
}

#[test]
fn only_a_complete_day_becomes_a_moment() {
    let moment = parse_whole("24.07.2025 14:05 MSK").expect("a stamp").to_moment();
    assert_eq!(moment.date, Date::new(2025, 7, 24).ok());
    assert_eq!(moment.at.map(|at| at.to_string()).as_deref(), Some("2025-07-24T14:05:00"));
    assert_eq!(moment.zone.as_deref(), Some("+03:00"));
    assert_eq!(parse_whole("July 2025").expect("a stamp").to_moment(), Moment::default());
    let day = parse_whole("24.07.2025").expect("a stamp").to_moment();
    assert!(day.date.is_some() && day.at.is_none() && day.zone.is_none());
}

#[test]
fn any_text_is_read_without_panic_and_hits_are_sorted_and_disjoint() {
    arbtest::arbtest(|u| {
        const PIECES: &[&str] = &[
            "24", "07", "2025", ".", "/", "-", ":", " ", ",", "T", "Z", "July", "июля", "年", "月", "日", "(", ")",
            "GMT", "+", "14", "05", "h", "Mon", "ngày", "tháng", "平成", "元", "م", "p.m.", "e\u{301}", "\u{200f}",
            "ß", "İ", "٢",
        ];
        let mut text = String::new();
        for _ in 0..u.int_in_range(0..=24)? {
            text.push_str(u.choose(PIECES)?);
        }
        let _ = (parse_whole(&text), stamp_line(&text));
        let mut at = 0;
        for hit in scan(&text) {
            assert!(at <= hit.range.start && hit.range.start < hit.range.end && hit.range.end <= text.len(), "{text}");
            assert!(text.is_char_boundary(hit.range.start) && text.is_char_boundary(hit.range.end), "{text}");
            at = hit.range.end;
        }
        Ok(())
    });
}

#[test]
fn long_runs_cost_no_more_than_their_length() {
    let lines =
        ["1".repeat(200_000), "July ".repeat(50_000) + "1", "24.07.".repeat(40_000), " ".repeat(200_000) + "24 July"];
    for line in lines {
        assert!(scan(&line).len() <= 1);
    }
}
