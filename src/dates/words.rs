//! The words of dates as data: months, days of the week, zones, joiners and lead words, by language.
//!
//! All tables are compared after [`fold`]. A word goes into its table and nowhere else.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::cursor::Phrases;

/// What a lead word says of the time stamp behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The day it was published.
    Published,
    /// The day of the last change.
    Modified,
    /// Nothing says which.
    Unlabelled,
}

/// The month names of one language: twelve cells, each with all its spellings parted by blanks
/// (`_` stands for the blank inside a name).
struct Months {
    /// Full names, in all forms that dates use.
    full: [&'static str; 12],
    /// Short forms, without their dot.
    short: [&'static str; 12],
    /// A short form may stand for a date without a year: it is no common word of the language.
    short_is_safe: bool,
    /// English: the only language that puts the month first without a year.
    english: bool,
}

const NO_SHORT: [&str; 12] = [""; 12];

#[rustfmt::skip]
const MONTHS: &[Months] = &[
    // English
    Months {
        full: ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december"],
        short: ["jan", "feb", "mar", "apr", "", "jun", "jul", "aug", "sep sept", "oct", "nov", "dec"],
        short_is_safe: true, english: true,
    },
    // Russian
    Months {
        full: ["января январь", "февраля февраль", "марта март", "апреля апрель", "мая май", "июня июнь", "июля июль",
            "августа август", "сентября сентябрь", "октября октябрь", "ноября ноябрь", "декабря декабрь"],
        short: ["янв", "фев февр", "мар", "апр", "", "июн", "июл", "авг", "сен сент", "окт", "ноя нояб", "дек"],
        short_is_safe: true, english: false,
    },
    // Ukrainian
    Months {
        full: ["січня січень", "лютого лютий", "березня березень", "квітня квітень", "травня травень",
            "червня червень", "липня липень", "серпня серпень", "вересня вересень", "жовтня жовтень",
            "листопада листопад", "грудня грудень"],
        short: ["січ", "лют", "бер", "кві квіт", "тра трав", "чер черв", "лип", "сер серп", "вер", "жов жовт",
            "лис лист", "гру груд"],
        short_is_safe: false, english: false,
    },
    // Turkish
    Months {
        full: ["ocak", "şubat", "mart", "nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim", "kasım",
            "aralık"],
        short: ["oca", "şub", "mar", "nis", "may", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara"],
        short_is_safe: false, english: false,
    },
    // Spanish
    Months {
        full: ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre setiembre",
            "octubre", "noviembre", "diciembre"],
        short: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep sept set", "oct", "nov", "dic"],
        short_is_safe: false, english: false,
    },
    // French
    Months {
        full: ["janvier", "février fevrier", "mars", "avril", "mai", "juin", "juillet", "août aout", "septembre",
            "octobre", "novembre", "décembre decembre"],
        short: ["janv jan", "févr fév fevr fev", "", "avr", "", "", "juil", "", "sept", "oct", "nov", "déc dec"],
        short_is_safe: false, english: false,
    },
    // German
    Months {
        full: ["januar jänner", "februar feber", "märz maerz", "april", "mai", "juni", "juli", "august", "september",
            "oktober", "november", "dezember"],
        short: ["jan jän", "feb", "mär mrz", "apr", "", "jun", "jul", "aug", "sep sept", "okt", "nov", "dez"],
        short_is_safe: false, english: false,
    },
    // Portuguese
    Months {
        full: ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
            "novembro", "dezembro"],
        short: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
        short_is_safe: false, english: false,
    },
    // Italian
    Months {
        full: ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
            "ottobre", "novembre", "dicembre"],
        short: ["gen genn", "feb febbr", "mar", "apr", "mag", "giu", "lug", "ago", "set sett", "ott", "nov", "dic"],
        short_is_safe: false, english: false,
    },
    // Indonesian and Malay
    Months {
        full: ["januari", "februari pebruari", "maret", "april", "mei", "juni", "juli julai", "agustus ogos",
            "september", "oktober", "november nopember", "desember disember"],
        short: ["jan", "feb peb", "mar", "apr", "", "jun", "jul", "agu agt ags agst", "sep sept", "okt", "nov nop", "des"],
        short_is_safe: false, english: false,
    },
    // Arabic: Egypt and the Gulf, the Levant and Iraq, the Maghreb
    Months {
        full: ["يناير كانون_الثاني جانفي", "فبراير شباط فيفري", "مارس آذار اذار", "أبريل ابريل إبريل نيسان أفريل افريل",
            "مايو أيار ايار ماي", "يونيو يونيه حزيران جوان", "يوليو يوليه تموز جويلية يوليوز", "أغسطس اغسطس آب أوت غشت",
            "سبتمبر أيلول ايلول شتنبر", "أكتوبر اكتوبر تشرين_الأول تشرين_الاول", "نوفمبر تشرين_الثاني نونبر",
            "ديسمبر كانون_الأول كانون_الاول دجنبر"],
        short: NO_SHORT,
        short_is_safe: false, english: false,
    },
    // Polish
    Months {
        full: ["stycznia styczeń", "lutego luty", "marca marzec", "kwietnia kwiecień", "maja maj", "czerwca czerwiec",
            "lipca lipiec", "sierpnia sierpień", "września wrzesień", "października październik", "listopada listopad",
            "grudnia grudzień"],
        short: ["sty", "lut", "mar", "kwi", "", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
        short_is_safe: false, english: false,
    },
    // Hindi
    Months {
        full: ["जनवरी", "फरवरी फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर सितम्बर", "अक्टूबर अक्तूबर",
            "नवंबर नवम्बर", "दिसंबर दिसम्बर"],
        short: NO_SHORT,
        short_is_safe: false, english: false,
    },
];

/// Month names that mean another month in a neighbour language, which writes the day with a dot
/// (Croatian `24. listopada` is in October, Polish `24 listopada` in November): no month after a dotted day.
const UNSURE_AFTER_DOT: &[&str] = &["listopada", "listopad"];

/// English month names that are common words too: they count only with a capital letter.
const NEEDS_CAPITAL: &[&str] = &["may", "march", "mar"];

/// Days of the week from Monday, all spellings of a day in one cell.
#[rustfmt::skip]
const WEEKDAYS: [&str; 7] = [
    "monday mon понедельник понеділок пн pazartesi pzt lunes lun lundi montag mo segunda segunda-feira seg lunedì lunedi \
     senin sen الاثنين الإثنين الأثنين poniedziałek pon thứ_hai सोमवार सोम",
    "tuesday tue tues вторник вівторок вт salı sal martes mar mardi dienstag di terça terça-feira ter martedì martedi \
     selasa sel الثلاثاء wtorek wt thứ_ba मंगलवार मंगल",
    "wednesday wed среда среду середа середу ср çarşamba çar miércoles miercoles mié mie mercredi mer mittwoch mi quarta \
     quarta-feira qua mercoledì mercoledi rabu rab الأربعاء الاربعاء środa środę śr thứ_tư बुधवार बुध",
    "thursday thu thur thurs четверг четвер чт perşembe per jueves jue jeudi jeu donnerstag do quinta quinta-feira qui \
     giovedì giovedi gio kamis kam الخميس czwartek czw thứ_năm गुरुवार बृहस्पतिवार गुरु",
    "friday fri пятница пятницу п'ятниця п'ятницю пт cuma cum viernes vie vendredi ven freitag fr sexta sexta-feira sex \
     venerdì venerdi jumat jum'at jum الجمعة piątek thứ_sáu शुक्रवार शुक्र",
    "saturday sat суббота субботу субота суботу сб cumartesi cmt sábado sabado sáb sab samedi sam samstag sonnabend sa \
     sabato sabtu السبت sobota sobotę sob thứ_bảy शनिवार शनि",
    "sunday sun воскресенье неділя неділю вс нд pazar paz domingo dom dimanche dim sonntag so domenica minggu ahad \
     الأحد الاحد niedziela niedzielę niedz nd chủ_nhật रविवार रवि",
];

/// Days of the week of Chinese, Japanese and Korean: exact text, longest first.
pub(super) const EAST_WEEKDAYS: &[(&str, i8)] = &[
    ("星期一", 0),
    ("星期二", 1),
    ("星期三", 2),
    ("星期四", 3),
    ("星期五", 4),
    ("星期六", 5),
    ("星期日", 6),
    ("星期天", 6),
    ("月曜日", 0),
    ("火曜日", 1),
    ("水曜日", 2),
    ("木曜日", 3),
    ("金曜日", 4),
    ("土曜日", 5),
    ("日曜日", 6),
    ("월요일", 0),
    ("화요일", 1),
    ("수요일", 2),
    ("목요일", 3),
    ("금요일", 4),
    ("토요일", 5),
    ("일요일", 6),
    ("周一", 0),
    ("周二", 1),
    ("周三", 2),
    ("周四", 3),
    ("周五", 4),
    ("周六", 5),
    ("周日", 6),
    ("週一", 0),
    ("週二", 1),
    ("週三", 2),
    ("週四", 3),
    ("週五", 4),
    ("週六", 5),
    ("週日", 6),
];

/// One-letter days of the week of Chinese, Japanese and Korean, which stand in brackets only.
pub(super) const EAST_WEEKDAY_LETTERS: &[(char, i8)] = &[
    ('月', 0),
    ('火', 1),
    ('水', 2),
    ('木', 3),
    ('金', 4),
    ('土', 5),
    ('日', 6),
    ('월', 0),
    ('화', 1),
    ('수', 2),
    ('목', 3),
    ('금', 4),
    ('토', 5),
    ('일', 6),
    ('一', 0),
    ('二', 1),
    ('三', 2),
    ('四', 3),
    ('五', 4),
    ('六', 5),
];

/// Eras whose first year is the second value plus one, with their last year.
pub(super) const ERAS: &[(&str, i16, i16)] = &[
    ("令和", 2018, 2199),
    ("平成", 1988, 2019),
    ("昭和", 1925, 1989),
    ("大正", 1911, 1926),
    ("明治", 1867, 1912),
    ("民國", 1911, 2199),
    ("民国", 1911, 2199),
];

/// Halves of the day that stand before the hour (`true`: after noon).
pub(super) const HALF_BEFORE: &[(&str, bool)] = &[
    ("上午", false),
    ("下午", true),
    ("凌晨", false),
    ("早上", false),
    ("晚上", true),
    ("午前", false),
    ("午後", true),
    ("오전", false),
    ("오후", true),
    ("सुबह", false),
    ("दोपहर", true),
    ("शाम", true),
];

/// Halves of the day that stand behind the hour, folded (`true`: after noon). `a. m.` is read by hand.
pub(super) const HALF_BEHIND: &[(&str, bool)] = &[
    ("ص", false),
    ("صباحا", false),
    ("م", true),
    ("مساء", true),
    ("ظهرا", true),
    ("सुबह", false),
    ("पूर्वाह्न", false),
    ("दोपहर", true),
    ("अपराह्न", true),
    ("शाम", true),
    ("sáng", false),
    ("chiều", true),
    ("tối", true),
    ("pagi", false),
];

/// Words that may stand between a date and its time.
pub(super) static TIME_JOINERS: Phrases = Phrases::new(&[
    "at",
    "um",
    "à",
    "a las",
    "às",
    "as",
    "alle ore",
    "alle",
    "ore",
    "h",
    "в",
    "о",
    "об",
    "saat",
    "pukul",
    "jam",
    "kl",
    "o godz",
    "godz",
    "godzina",
    "lúc",
    "vào lúc",
    "الساعة",
    "time",
    "ora",
]);

/// Words that may stand before a date, after a time, a weekday or a lead word.
pub(super) static DATE_JOINERS: Phrases = Phrases::new(&[
    "on", "the", "am", "den", "vom", "le", "du", "el", "del", "de", "em", "il", "ngày", "dnia", "от", "від", "tanggal",
    "في",
]);

/// Words between day, month and year.
pub(super) static PART_JOINERS: Phrases = Phrases::new(&["de", "del", "of", "di", "do", "năm"]);

/// Words behind a year.
pub(super) static YEAR_TAILS: Phrases = Phrases::new(&["года", "году", "год", "г", "року", "рік", "р", "roku", "r"]);

/// Words behind a time that say no more than that it is one.
pub(super) static CLOCK_TAILS: Phrases = Phrases::new(&["uhr", "hrs", "hs", "h", "น", "बजे", "giờ"]);

/// A zone: its name, its offset, the day since when the name means that offset.
type ZoneRow = (&'static str, &'static str, Option<(i16, i8, i8)>);

/// Zone names with one meaning, written in capitals.
/// Names with several meanings are in [`UNSURE_ZONES`].
#[rustfmt::skip]
pub(super) const ZONES: &[ZoneRow] = &[
    ("MSK", "+03:00", Some((2014, 10, 26))), ("TRT", "+03:00", Some((2016, 9, 8))), ("TSİ", "+03:00", Some((2016, 9, 8))),
    ("WIB", "+07:00", None), ("WITA", "+08:00", None), ("WIT", "+09:00", None),
    ("JST", "+09:00", None), ("KST", "+09:00", None), ("HKT", "+08:00", None), ("SGT", "+08:00", None),
    ("MYT", "+08:00", None), ("PHT", "+08:00", None), ("ICT", "+07:00", None), ("PKT", "+05:00", None),
    ("NPT", "+05:45", None),
    ("AEST", "+10:00", None), ("AEDT", "+11:00", None), ("ACST", "+09:30", None), ("ACDT", "+10:30", None),
    ("AWST", "+08:00", None), ("NZST", "+12:00", None), ("NZDT", "+13:00", None),
    ("CET", "+01:00", None), ("CEST", "+02:00", None), ("MEZ", "+01:00", None), ("MESZ", "+02:00", None),
    ("EET", "+02:00", None), ("EEST", "+03:00", None), ("WEST", "+01:00", None),
    ("SAST", "+02:00", None), ("CAT", "+02:00", None), ("EAT", "+03:00", None),
    ("PDT", "-07:00", None), ("MDT", "-06:00", None), ("AKDT", "-08:00", None), ("AKST", "-09:00", None),
    ("HST", "-10:00", None), ("BRT", "-03:00", None),
];

/// Zone names in other letters, folded, as phrases.
pub(super) const ZONE_PHRASES: &[ZoneRow] = &[
    ("по московскому времени", "+03:00", Some((2014, 10, 26))),
    ("по москве", "+03:00", Some((2014, 10, 26))),
    ("по мск", "+03:00", Some((2014, 10, 26))),
    ("мск", "+03:00", Some((2014, 10, 26))),
    ("日本時間", "+09:00", None),
    ("北京时间", "+08:00", Some((1991, 9, 15))),
];

/// Zone names with more than one meaning (EST and EDT are American and were Australian, BST is British and
/// Bangladeshi): they belong to the stamp, but name no offset.
pub(super) const UNSURE_ZONES: &[&str] = &[
    "IST", "CST", "CDT", "EST", "EDT", "ET", "CT", "PT", "MT", "PST", "MST", "BST", "AST", "ADT", "GST", "WAT", "WET",
    "SST", "WST", "AMT", "ART", "EKT",
];

/// A month name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MonthWord {
    /// 1..=12.
    pub(super) month: i8,
    /// May stand in a date without a year.
    pub(super) stands_alone: bool,
    /// A name of English.
    pub(super) english: bool,
    /// Counts only with a capital letter.
    pub(super) needs_capital: bool,
    /// A short form, which may have a dot behind it.
    pub(super) takes_dot: bool,
    /// Another month in another language when the day has a dot.
    pub(super) unsure_after_dot: bool,
}

/// What a word can be in a date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    /// A month.
    pub(super) month: Option<MonthWord>,
    /// A day of the week, from Monday = 0.
    pub(super) weekday: Option<i8>,
}

/// All month names and days of the week, folded.
pub(super) static WORDS: LazyLock<FxHashMap<String, Meaning>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, Meaning> = FxHashMap::default();
    for language in MONTHS {
        for (cells, is_short) in [(&language.full, false), (&language.short, true)] {
            for (month, cell) in (1_i8..).zip(cells) {
                for name in cell.split_whitespace() {
                    let word = MonthWord {
                        month,
                        stands_alone: !is_short || language.short_is_safe,
                        english: language.english,
                        needs_capital: NEEDS_CAPITAL.contains(&name),
                        takes_dot: is_short,
                        unsure_after_dot: UNSURE_AFTER_DOT.contains(&name),
                    };
                    let known = words.entry(fold(&name.replace('_', " "))).or_default();
                    let known = known.month.get_or_insert(word);
                    debug_assert_eq!(known.month, month, "{name} is two months");
                    known.stands_alone |= word.stands_alone;
                    known.english |= word.english;
                    known.takes_dot |= word.takes_dot;
                }
            }
        }
    }
    for (weekday, cell) in (0_i8..).zip(WEEKDAYS) {
        for name in cell.split_whitespace() {
            words.entry(fold(&name.replace('_', " "))).or_default().weekday = Some(weekday);
        }
    }
    words
});

/// Which letters of ASCII stand second in some of [`WORDS`], a bit each, by the first letter.
static BEGINNINGS: LazyLock<[u32; 26]> = LazyLock::new(|| {
    let mut beginnings = [0; 26];
    for [a, b] in WORDS.keys().filter_map(|word| word.as_bytes().first_chunk()) {
        if a.is_ascii_lowercase() && b.is_ascii_lowercase() {
            beginnings[usize::from(a - b'a')] |= 1 << (b - b'a');
        }
    }
    beginnings
});

/// Whether a text may begin with one of [`WORDS`]: no for sure for most words in ASCII.
pub(super) fn may_begin_word(text: &str) -> bool {
    match text.as_bytes() {
        [a, b, rest @ ..] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            // What stands behind may be a mark that changes the second letter.
            let is_marked = rest.first().is_some_and(|byte| !byte.is_ascii());
            let of_first = BEGINNINGS[usize::from(a.to_ascii_lowercase() - b'a')];
            is_marked || of_first >> (b.to_ascii_lowercase() - b'a') & 1 == 1
        }
        // None is a letter of ASCII alone.
        [a, b, ..] if a.is_ascii_alphabetic() => !b.is_ascii(),
        _ => true,
    }
}

/// Brings a letter into the form that the tables are compared in: lower case, one apostrophe, no Turkish dots.
pub(super) fn fold_char(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '’' | 'ʼ' | '‘' => '\'',
        'ı' | 'İ' => 'i',
        _ => c,
    };
    c.to_lowercase()
}

/// Brings a word into the form that the tables are compared in.
pub(super) fn fold(word: &str) -> String {
    let folded: String = word.chars().flat_map(fold_char).collect();
    if folded.chars().any(is_combining_mark) { folded.nfc().collect() } else { folded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_twelve_months() {
        for language in MONTHS {
            assert!(language.full.iter().all(|cell| !cell.is_empty()));
        }
        let june = WORDS["juni"].month.expect("a month");
        assert_eq!((june.month, june.stands_alone, june.english), (6, true, false));
    }

    #[test]
    fn no_word_that_begins_in_ascii_is_a_letter_alone() {
        let is_alone = |word: &&String| {
            matches!(word.as_bytes(), [a, rest @ ..]
                if a.is_ascii() && rest.first().is_none_or(|b| b.is_ascii() && !b.is_ascii_lowercase()))
        };
        assert_eq!(WORDS.keys().find(is_alone), None);
        assert!(may_begin_word("May 2") && may_begin_word("ağu 2") && may_begin_word("a\u{301}"));
        assert!(!may_begin_word("boat 2") && !may_begin_word("a 2") && !may_begin_word("X-ray"));
    }

    #[test]
    fn turkish_capitals_fold_to_the_same_word() {
        assert_eq!(fold("KASIM"), fold("Kasım"));
        assert_eq!(fold("EYLÜL"), fold("eylül"));
    }

    #[test]
    fn joiners_stand_folded() {
        for joiner in [&TIME_JOINERS, &DATE_JOINERS, &PART_JOINERS].into_iter().flat_map(|joiners| joiners.all) {
            assert_eq!(fold(joiner), **joiner);
        }
    }
}
