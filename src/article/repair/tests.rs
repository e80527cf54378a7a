//! Tests of single repairs, of what must stay, and of the laws.

use super::*;

#[expect(clippy::single_range_in_vec_init, reason = "one kept range is meant")]
/// The text after its repairs; each repair must lie in place and looking again must find nothing.
fn mend(text: &str, script: Option<&str>) -> (String, Vec<Repair>) {
    let whole = [0..text.len()];
    let repairs = find_repairs(text, &whole, script);
    let mut at = 0;
    for repair in &repairs {
        assert!(at <= repair.range.start && repair.range.start < repair.range.end, "{text:?}: {repairs:?}");
        assert!(text.is_char_boundary(repair.range.start) && text.is_char_boundary(repair.range.end));
        assert_ne!(text[repair.range.clone()], repair.replacement);
        at = repair.range.end;
    }
    let mended = apply(text, &repairs);
    let again = find_repairs(&mended, &[0..mended.len()], script);
    assert_eq!(again, [], "{text:?} -> {mended:?}");
    (mended, repairs)
}

#[track_caller]
fn check(text: &str, script: &str, expected: &str, kinds: &[Kind]) {
    let (mended, repairs) = mend(text, Some(script));
    assert_eq!(mended, expected);
    assert_eq!(repairs.iter().map(|r| r.kind).collect::<Vec<_>>(), kinds, "{text:?}");
}

#[track_caller]
fn stays(text: &str, script: &str) {
    check(text, script, text, &[]);
}

#[test]
fn escapes_left_in_the_text_are_decoded() {
    use Kind::Entity;
    check("Smith &amp; Sons &#8217;24", "Latn", "Smith & Sons ’24", &[Entity; 2]);
    check("&quot;Yes&quot;&nbsp;&#x2014; no", "Latn", "\"Yes\" — no", &[Entity; 4]);
    check("a &lt;b&gt; c", "Latn", "a <b> c", &[Entity; 2]);
    check("x &amp;amp;lt; y", "Latn", "x < y", &[Entity]);
    check("it&#146;s", "Latn", "it’s", &[Entity]);
}

#[test]
fn what_is_no_escape_stays() {
    stays("AT&T, R&D; P&L, &unknown; &amp &#; &#xZZ; &", "Latn");
    stays("Type `&nbsp;` or “&amp;” to get one.", "Latn");
    stays("a.example/?x=1&copy=2", "Latn");
}

#[test]
fn invisible_characters_go_where_they_do_nothing() {
    use Kind::ZeroWidth;
    check("in\u{ad}for\u{200b}ma\u{2060}tion\u{feff}", "Latn", "information", &[ZeroWidth; 4]);
    check("мо\u{200c}ст\u{200e}", "Cyrl", "мост", &[ZeroWidth; 2]);
    check("fi\u{200d}sh", "Latn", "fish", &[ZeroWidth]);
}

#[test]
fn invisible_characters_stay_where_a_script_needs_them() {
    stays("می\u{200c}روم به خانه", "Arab");
    stays("क्\u{200d}ष और क्\u{200c}ष", "Deva");
    stays("👩\u{200d}🔬 und 👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥", "Latn");
    stays("قال (BBC)\u{200f} اليوم", "Arab");
    stays("ភាសា\u{200b}ខ្មែរ", "Khmr");
}

#[test]
fn letters_of_another_script_inside_a_word_are_set_right() {
    use Kind::Homoglyph;
    check("Сontact us at the pier", "Latn", "Contact us at the pier", &[Homoglyph]);
    check("the mаyоr of the town", "Latn", "the mayor of the town", &[Homoglyph; 2]);
    check("Мoсквa и мост через реку", "Cyrl", "Москва и мост через реку", &[Homoglyph; 2]);
    check("Τhe old bridge", "Latn", "The old bridge", &[Homoglyph]);
    check("оf the pier", "Latn", "of the pier", &[Homoglyph]);
}

#[test]
fn words_that_mix_scripts_on_purpose_stay() {
    stays("IT-компания открыла офис, а Wi-Fi в порту не работает", "Cyrl");
    stays("Самолёт Тu154 и CОVID19", "Cyrl");
    stays("НАTO", "Latn");
    stays("Любовь means love, мост means bridge", "Latn");
    stays("5 μm and 3 kΩ", "Latn");
    stays("PRщик и SMSки, Iго и Xй", "Cyrl");
    stays("Most мост reka река grad град Сontact ulica улица", "Latn");
    let (mended, repairs) = mend("Сontact", None);
    assert_eq!((mended.as_str(), repairs.len()), ("Сontact", 0));
}

#[test]
fn text_decoded_in_the_wrong_encoding_is_read_again() {
    use Kind::Mojibake;
    check("The cafÃ© on the pier", "Latn", "The café on the pier", &[Mojibake]);
    check("the mayorâ€™s â€œnewâ€\u{9d} boat â€” 5 â‚¬", "Latn", "the mayor’s “new” boat — 5 €", &[Mojibake; 5]);
    check("Ã–sterreich, Zoë’s SmÃ¸rrebrÃ¸d", "Latn", "Österreich, Zoë’s Smørrebrød", &[Mojibake; 3]);
    check("ÐœÐ¾Ñ\u{81}Ñ‚ Ð² Ð¿Ð¾Ñ€Ñ‚Ñƒ", "Cyrl", "Мост в порту", &[Mojibake; 3]);
    check("РњРѕСЃС‚ РІ РїРѕСЂС‚Сѓ вЂ” РґР°", "Cyrl", "Мост в порту — да", &[Mojibake; 5]);
    check("zajÄ™cie w porcie, Å‚Ã³dka", "Latn", "zajęcie w porcie, łódka", &[Mojibake; 2]);
    check("æ¸¯ã\u{81}®æ©‹", "Jpan", "港の橋", &[Mojibake]);
    check("má»™t ngÃ\u{a0}y á»Ÿ báº¿n cáº£ng cÅ©", "Latn", "một ngày ở bến cảng cũ", &[Mojibake; 6]);
    check("cafÃƒÂ© twice", "Latn", "café twice", &[Mojibake]);
    check("nice ðŸ˜€ day", "Latn", "nice 😀 day", &[Mojibake]);
    check("it\u{92}s late \u{96} too late", "Latn", "it’s late – too late", &[Mojibake; 2]);
    check("lines\u{85}of old, â\u{90} lost", "Latn", "lines\u{85}of old, â\u{90} lost", &[]);
}

#[test]
fn sound_text_that_looks_like_mojibake_stays() {
    stays("“CAFÉ”, «LIBERTÉ», „SPAẞ“, „Ä“ und Ö…", "Latn");
    stays("“AMANHÃ”, DISSE ELA… «IRMû", "Latn");
    stays("В\u{a0}Москве и С\u{a0}Петербурга, «В» и «С», ещё моё её", "Cyrl");
    stays("Ріка і Сіль, РІДНА МОВА, СЁМГА, РЎЧКА", "Cyrl");
    stays("São Paulo, Ångström, Ñandú, ÜBER, ESPAÑA…", "Latn");
    stays("«Está»… “Já»—disse. Voilà»… «Papá»¿Qué? “â”— la letra", "Latn");
    stays("Đà Nẵng, NGÂN “HÀNG”, Â”", "Latn");
}

#[test]
fn text_is_brought_into_nfc_once_a_line() {
    use Kind::UnicodeForm;
    check("cafe\u{301} und u\u{308}ber\nnai\u{308}ve", "Latn", "café und über\nnaïve", &[UnicodeForm; 2]);
    check("5 \u{212b} ﬁn ²", "Latn", "5 Å ﬁn ²", &[UnicodeForm]);
    let (mended, repairs) = mend("и\u{306}од\u{ad} и\u{306}", Some("Cyrl"));
    assert_eq!(mended, "йод й");
    let kinds: Vec<Kind> = repairs.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [UnicodeForm, Kind::ZeroWidth, UnicodeForm]);
}

#[test]
fn repairs_that_touch_the_same_letters_become_one() {
    check("caf e&#769;", "Latn", "caf é", &[Kind::Entity]);
    check("it&acirc;&euro;&trade;s", "Latn", "it’s", &[Kind::Entity]);
    check("soft&shy;ware", "Latn", "software", &[Kind::Entity]);
    check("می&zwnj;روم", "Arab", "می\u{200c}روم", &[Kind::Entity]);
}

#[test]
fn nothing_outside_the_ranges_is_touched() {
    let text = "A &amp; B | C &amp; D | Ñ";
    let ranges = [0..9, 20..22];
    let repairs = find_repairs(text, &ranges, Some("Latn"));
    assert_eq!(repairs, [Repair { range: 2..7, replacement: "&".to_owned(), kind: Kind::Entity }]);
    assert_eq!(find_repairs(text, &[], Some("Latn")), []);
    let whole: Vec<_> = std::iter::once(0..10).collect();
    assert_eq!(find_repairs("plain text", &whole, Some("Latn")), []);
}

#[test]
fn repairs_in_later_ranges_are_in_place() {
    let text = "ok\n\nСontact\n\nmаyor";
    let ranges = [0..2, 4..12, 14..20];
    let repairs = find_repairs(text, &ranges, Some("Latn"));
    assert_eq!(apply(text, &repairs), "ok\n\nContact\n\nmayor");
}

const PIECES: &[&str] = &[
    "&", "amp;", "&amp;", "#38;", "lt;", "&#769;", "&shy;", "\u{200b}", "\u{200d}", "\u{ad}", "\u{feff}", "a", "e",
    "Т", "о", "С", "р", "f", "Ã", "Â", "©", "â", "€", "™", "“", "Ð", "Ñ", "¿", "Р", "В", "\u{a0}", "і", "\u{301}",
    "\u{308}", "\u{212b}", " ", "\n", "-", "5", "ن", "क", "Ω", "ο", "ƒ", "\u{9d}", "ё", "вЂ", "”", "Г", "ГЃ", "👩",
    "ᄀ", "ᅡ", ";", "x41;", "&#",
];

#[test]
fn looking_again_after_the_repairs_finds_nothing() {
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.int_in_range(0..=30)? {
            text.push_str(u.choose(PIECES)?);
        }
        mend(&text, *u.choose(&[None, Some("Latn"), Some("Cyrl"), Some("Arab"), Some("Grek")])?);
        Ok(())
    })
    .budget_ms(400);
}

#[test]
fn repairs_stay_inside_their_ranges() {
    arbtest::arbtest(|u| {
        let mut text = String::new();
        let mut ranges = Vec::new();
        for _ in 0..u.int_in_range(0..=6)? {
            let start = text.len();
            for _ in 0..u.int_in_range(1..=8)? {
                text.push_str(u.choose(PIECES)?);
            }
            if u.arbitrary()? {
                ranges.push(start..text.len());
            }
        }
        let repairs = find_repairs(&text, &ranges, Some("Latn"));
        for repair in &repairs {
            assert!(ranges.iter().any(|r| r.start <= repair.range.start && repair.range.end <= r.end), "{text:?}");
        }
        assert!(repairs.is_sorted_by(|a, b| a.range.end <= b.range.start), "{text:?}");
        Ok(())
    });
}
