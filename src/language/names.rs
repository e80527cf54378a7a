//! Names and tags of languages as data: what sites, feeds and people call them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One language: our code; its tags (ISO 639-1, 639-2, old ones); its names in English, in itself, and in Russian and
/// German for the common ones. Names are in lower case; `_` stands for the blank inside a name.
struct Row(&'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row("eng", "en", "english английский англійська englisch anglais inglés inglese inglês"),
    Row("rus", "ru", "russian русский російська russisch russe ruso russo"),
    Row("ukr", "uk", "ukrainian українська украинский ukrainisch"),
    Row("tur", "tr", "turkish türkçe турецкий türkisch"),
    Row("spa", "es", "spanish español castellano испанский spanisch espagnol"),
    Row("fra", "fr fre", "french français французский französisch francés francese"),
    Row("deu", "de ger", "german deutsch немецкий німецька allemand alemán tedesco"),
    Row("por", "pt", "portuguese português португальский portugiesisch"),
    Row("ita", "it", "italian italiano итальянский italienisch italien"),
    Row("ind", "id in", "indonesian bahasa_indonesia indonesia индонезийский indonesisch"),
    Row("arb", "ar ara", "arabic العربية عربي арабский arabisch arabe"),
    Row("cmn", "zh chi zho", "chinese mandarin 中文 汉语 漢語 普通话 简体中文 繁體中文 китайский chinesisch simplified_chinese \
        traditional_chinese chinese_simplified chinese_traditional"),
    Row("jpn", "ja", "japanese 日本語 японский japanisch"),
    Row("kor", "ko", "korean 한국어 корейский koreanisch"),
    Row("pol", "pl", "polish polski польский polnisch"),
    Row("vie", "vi", "vietnamese tiếng_việt вьетнамский vietnamesisch"),
    Row("hin", "hi", "hindi हिन्दी हिंदी хинди"),
    Row("pes", "fa fas per prs", "persian farsi فارسی персидский persisch"),
    Row("nld", "nl dut", "dutch flemish nederlands нидерландский голландский niederländisch"),
    Row("swe", "sv", "swedish svenska шведский schwedisch"),
    Row("ell", "el gre", "greek ελληνικά греческий griechisch"),
    Row("ces", "cs cze", "czech čeština чешский tschechisch"),
    Row("heb", "he iw", "hebrew עברית иврит hebräisch"),
    Row("zsm", "ms msa may", "malay bahasa_melayu melayu малайский malaiisch"),
    Row("ron", "ro rum mo", "romanian moldovan română румынский rumänisch"),
    Row("hun", "hu", "hungarian magyar венгерский ungarisch"),
    Row("bul", "bg", "bulgarian български болгарский bulgarisch"),
    Row("srp", "sr", "serbian српски srpski сербский serbisch"),
    Row("hrv", "hr", "croatian hrvatski хорватский kroatisch"),
    Row("bos", "bs", "bosnian bosanski"),
    Row("slk", "sk slo", "slovak slovenčina"),
    Row("slv", "sl", "slovenian slovene slovenščina"),
    Row("mkd", "mk mac", "macedonian македонски"),
    Row("bel", "be", "belarusian беларуская белорусский"),
    Row("dan", "da", "danish dansk"),
    Row("nob", "nb no nor", "norwegian bokmål norsk"),
    Row("nno", "nn", "nynorsk"),
    Row("fin", "fi", "finnish suomi"),
    Row("est", "et", "estonian eesti"),
    Row("lav", "lv", "latvian latviešu"),
    Row("lit", "lt", "lithuanian lietuvių"),
    Row("cat", "ca", "catalan català"),
    Row("glg", "gl", "galician galego"),
    Row("eus", "eu baq", "basque euskara"),
    Row("lat", "la", "latin latina"),
    Row("epo", "eo", "esperanto"),
    Row("sqi", "sq alb", "albanian shqip"),
    Row("isl", "is ice", "icelandic íslenska"),
    Row("gle", "ga", "irish gaeilge"),
    Row("cym", "cy wel", "welsh cymraeg"),
    Row("mlt", "mt", "maltese malti"),
    Row("kat", "ka geo", "georgian ქართული грузинский"),
    Row("hye", "hy arm", "armenian հայերեն армянский"),
    Row("aze", "az", "azerbaijani azərbaycan азербайджанский"),
    Row("kaz", "kk", "kazakh қазақша қазақ казахский"),
    Row("uzb", "uz", "uzbek oʻzbek узбекский"),
    Row("kir", "ky", "kyrgyz кыргызча"),
    Row("tgk", "tg", "tajik тоҷикӣ"),
    Row("tuk", "tk", "turkmen türkmen"),
    Row("tat", "tt", "tatar татарча"),
    Row("mon", "mn", "mongolian монгол"),
    Row("urd", "ur", "urdu اردو"),
    Row("pus", "ps", "pashto پښتو"),
    Row("ckb", "ku kur", "kurdish sorani کوردی"),
    Row("ben", "bn", "bengali bangla বাংলা"),
    Row("mar", "mr", "marathi मराठी"),
    Row("nep", "ne", "nepali नेपाली"),
    Row("guj", "gu", "gujarati ગુજરાતી"),
    Row("pan", "pa", "punjabi panjabi ਪੰਜਾਬੀ"),
    Row("tam", "ta", "tamil தமிழ்"),
    Row("tel", "te", "telugu తెలుగు"),
    Row("kan", "kn", "kannada ಕನ್ನಡ"),
    Row("mal", "ml", "malayalam മലയാളം"),
    Row("ori", "or ory", "odia oriya ଓଡ଼ିଆ"),
    Row("sin", "si", "sinhala sinhalese සිංහල"),
    Row("tha", "th", "thai ไทย ภาษาไทย тайский"),
    Row("khm", "km", "khmer cambodian ខ្មែរ"),
    Row("lao", "lo", "lao ລາວ"),
    Row("mya", "my bur", "burmese myanmar မြန်မာ"),
    Row("jav", "jv", "javanese basa_jawa"),
    Row("tgl", "tl fil", "tagalog filipino"),
    Row("amh", "am", "amharic አማርኛ"),
    Row("swh", "sw swa", "swahili kiswahili"),
    Row("zul", "zu", "zulu isizulu"),
    Row("afr", "af", "afrikaans"),
    Row("aka", "ak", "akan twi"),
    Row("sna", "sn", "shona"),
    Row("yid", "yi ji", "yiddish ייִדיש"),
    Row("yue", "zh-yue", "cantonese 粵語 粤语"),
];

/// Every code, tag and name.
static CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut codes = HashMap::new();
    for Row(code, tags, names) in ROWS {
        let words = tags.split(' ').chain(names.split_whitespace()).chain([*code]);
        for word in words {
            let earlier = codes.insert(word.replace('_', " "), *code);
            debug_assert!(earlier.is_none_or(|earlier| earlier == *code), "{word} is two languages");
        }
    }
    codes
});

/// The ISO 639-3 code, as the column `language` writes it, for a tag (`en`, `en-US`, `zh_Hant`), a code or a name
/// (`English`, `английский`, `indonesisch`). None for what the table does not hold.
///
/// Names are inflected in many languages (`на английском`): an ending may be missing from a name of six letters or more.
pub fn code_of(name_or_tag: &str) -> Option<&'static str> {
    let name = name_or_tag.trim().to_lowercase();
    if let Some(code) = CODES.get(&name) {
        return Some(code);
    }
    let primary = name.split(['-', '_']).next().filter(|tag| tag.len() < name.len() && matches!(tag.len(), 2 | 3));
    if let Some(code) = primary.and_then(|tag| CODES.get(tag)) {
        return Some(code);
    }
    INFLECTED.iter().find_map(|(ending, base)| {
        let stem = name.strip_suffix(ending).filter(|stem| stem.chars().count() >= MIN_STEM)?;
        CODES.get(&format!("{stem}{base}")).copied()
    })
}

/// Shortest stem, in letters, whose ending may be exchanged: `немецк`, `russisch`.
const MIN_STEM: usize = 5;

/// Endings of the cases in which sites name a language (`с английского`, `aus dem Indonesischen`), and the ending of
/// the name in the table.
#[rustfmt::skip]
const INFLECTED: &[(&str, &str)] = &[
    ("ого", "ий"), ("ом", "ий"), ("ому", "ий"), ("ий язык", "ий"), ("ого языка", "ий"), ("ом языке", "ий"),
    ("ой", "а"), ("ою", "а"), ("en", ""), ("em", ""), ("e", ""), (" language", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_codes_and_names_give_the_same_code() {
        for name in ["en", "en-US", "EN_gb", "eng", "English", " english ", "английский", "английском"]
        {
            assert_eq!(code_of(name), Some("eng"), "{name}");
        }
        for (name, code) in [
            ("Indonesian", "ind"),
            ("indonesisch", "ind"),
            ("Indonesischen", "ind"),
            ("Bahasa Indonesia", "ind"),
            ("zh-Hant-TW", "cmn"),
            ("zh", "cmn"),
            ("ar", "arb"),
            ("ara", "arb"),
            ("ms", "zsm"),
            ("fa-IR", "pes"),
            ("немецкого", "deu"),
            ("русский язык", "rus"),
            ("українською", "ukr"),
            ("日本語", "jpn"),
            ("no", "nob"),
            ("Polish language", "pol"),
        ] {
            assert_eq!(code_of(name), Some(code), "{name}");
        }
    }

    #[test]
    fn unknown_names_give_none() {
        for name in ["", "-", "xx", "klingon", "en US of A", "e", "english breakfast"] {
            assert_eq!(code_of(name), None, "{name}");
        }
    }
}
