//! A place in front of the first sentence that neither capitals nor an agency tell: only where it stands does.

use std::sync::LazyLock;

use super::{Context, Found};
use crate::finding::{Action, Field, Kind, Span};
use crate::judge::document::Document;
use crate::judge::pattern::Pattern;
use crate::language::people;
use crate::page::Shape;

/// How much of a paragraph is searched for a second dash, in bytes.
const FIRST_SENTENCE_BYTES: usize = 360;

/// `Cianjur - Jembatan`, `طنطا - فتح`, `रांची: बाल्टी`: one to three words, a mark, and the first word of a sentence.
static PLACE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r#"(?x)^(?:
        (?P<cased>\p{Lu}[\p{L}\p{M}'’.-]+(?:[\ /](?:(?:de|del|do|da|di|la)\ )?\p{Lu}[\p{L}\p{M}'’.-]+){1,2}|\p{Lu}[\p{L}\p{M}'’.-]{2,})\ ?[-–—]{1,2}\ (?P<next>["“«„‘']?[\p{Lu}\d])
        |(?P<caps>\p{Lu}{4,}(?:[\ -]\p{Lu}{2,}){0,2}):\ (?P<next_caps>["“«„‘']?\p{Lu})
        |(?P<arabic>[\p{Arabic}\p{M}]{3,14}(?:\ [\p{Arabic}\p{M}]{2,14}){0,2})\ ?[-–—]{1,2}\ (?P<next_arabic>["“«]?\p{Arabic})
        |(?P<hindi>\p{Devanagari}{2,14}(?:\ \p{Devanagari}{2,14})?)(?::|\ ?[-–—]{1,2})\ (?P<next_hindi>["“‘']?[\p{Devanagari}\d])
        |(?P<hindi_word>\p{Devanagari}{3,14})\ ?।\ (?P<next_word>["“‘']?[\p{Devanagari}\d])
        )"#,
    )
    .expect("the pattern is well formed")
});
/// Words that begin a paragraph as a place does, but name none: labels, questions, kickers.
const NO_PLACES: &[&str] = &[
    "warning",
    "note",
    "update",
    "exclusive",
    "breaking",
    "watch",
    "live",
    "correction",
    "attention",
    "info",
    "fact",
    "answer",
    "question",
    "also",
    "meanwhile",
    "finally",
    "first",
    "second",
    "third",
    "today",
    "yesterday",
    "achtung",
    "fazit",
    "hinweis",
    "hintergrund",
    "frage",
    "antwort",
    "exklusiv",
    "kommentar",
    "внимание",
    "срочно",
    "важно",
    "увага",
    "терміново",
    "важливо",
    "вопрос",
    "ответ",
    "питання",
    "відповідь",
    "nota",
    "atención",
    "pregunta",
    "respuesta",
    "pergunta",
    "resposta",
    "domanda",
    "risposta",
    "question",
    "réponse",
    "soru",
    "cevap",
    "dikkat",
    "not",
    "catatan",
    "tanya",
    "jawab",
    "pytanie",
    "odpowiedź",
    "uwaga",
    "hỏi",
    "đáp",
    "सवाल",
    "जवाब",
    "प्रश्न",
    "उत्तर",
    "नोट",
    "नहीं",
    "हां",
    "हाँ",
    "जी",
    "लेकिन",
    "और",
    "मगर",
    "सूचना",
    "टिप्पणी",
    "शीर्षक",
    "निष्कर्ष",
    "परिचय",
    "سؤال",
    "جواب",
    "ملاحظة",
    "تنبيه",
    "تحديث",
    "عاجل",
    "خاص",
    "حصري",
    "تقرير",
    "نعم",
    "كلا",
    "أولا",
    "ثانيا",
    "فيديو",
    "صور",
    "بالصور",
    "بالفيديو",
    "متابعة",
];

/// A place in front of the first paragraph, with a dash or colon behind it: the only paragraph that begins so, and no
/// second dash in its first sentence, which would make the first one part of the prose.
pub(super) fn lead_place(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((first, last)) = document.body() else { return };
    if context.candidates.iter().any(|c| c.finding.action == Action::Lift(Some(Field::DatelinePlace))) {
        return;
    }
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    // A long standfirst may stand above the first paragraph.
    let lead = (first..=last).filter(|&i| is_open(i)).take(2).find(|&i| {
        document.views[i].is_long
            && document.layout.blocks[i].shape == Shape::Paragraph
            && (i == first || document.views[i].is_sentence)
            && place_end(document, i).is_some()
    });
    let Some((idx, (place, end))) = lead.and_then(|i| Some((i, place_end(document, i)?))) else { return };
    let others = (idx + 1..=last).filter(|&i| {
        is_open(i) && document.views[i].folded != document.views[idx].folded && PLACE.is_match(document.text(i))
    });
    if others.count() > 0 {
        return;
    }
    let start = document.layout.blocks[idx].span.start as usize;
    let lift = Action::Lift(Some(Field::DatelinePlace));
    found.add(idx, Span::new(start, start + place), Kind::Dateline, lift, None);
    found.add(idx, Span::new(start + place, start + end), Kind::Dateline, Action::Drop, None);
}

/// Where the place in front of a paragraph ends, and where its text begins.
fn place_end(document: &Document<'_>, idx: usize) -> Option<(usize, usize)> {
    let text = document.text(idx);
    let captures = PLACE.captures(text)?;
    let place = ["cased", "caps", "arabic", "hindi", "hindi_word"].iter().find_map(|name| captures.name(name))?;
    let next =
        ["next", "next_caps", "next_arabic", "next_hindi", "next_word"].iter().find_map(|name| captures.name(name))?;
    let lower = place.as_str().to_lowercase();
    let is_label = lower
        .split(|c: char| c.is_whitespace() || c == '/')
        .any(|word| NO_PLACES.contains(&word) || people::is_no_name(word) || people::is_clause_word(word));
    let sentence = &text[next.start()..text.floor_char_boundary(FIRST_SENTENCE_BYTES).max(next.end())];
    let sentence = sentence.find(['.', '!', '?', '।', '؟']).map_or(sentence, |end| &sentence[..end]);
    let has_dash = [" - ", " – ", " — "].iter().any(|dash| sentence.contains(dash));
    (!is_label && !has_dash).then_some((place.end(), next.start()))
}

#[cfg(test)]
mod tests {
    use crate::finding::{Action, Field};
    use crate::input::Hints;
    use crate::judge::{RuleSet, judge};
    use crate::language;
    use crate::options::Options;
    use crate::page::text::lay_out;

    const BEHIND: &str =
        "The crane arrives on a barge, and the whole school is on the quay to see it, with flags and two tubas.";

    /// The place that is lifted from a first paragraph.
    fn place(rules: &RuleSet, first: &str) -> Option<String> {
        let dump = format!("A crane for the harbour of the old town\n\n{first}\n\n{BEHIND}\n");
        let options = Options::default();
        let layout = lay_out(dump.clone(), options.max_blocks);
        let findings = judge(&layout, None, &language::prior(&dump), &Hints::default(), rules, None, &options).findings;
        let lifted = findings.iter().find(|f| f.action == Action::Lift(Some(Field::DatelinePlace)))?;
        Some(lifted.span.of(&layout.text).to_owned())
    }

    #[test]
    fn a_place_before_the_first_paragraph_is_lifted() {
        let rules = RuleSet::builtin();
        for (first, expected) in [
            (
                "Cianjur - Warga desa membeli derek baru untuk pelabuhan mereka, kata kepala desa pada hari Senin, setelah derek lama berkarat.",
                "Cianjur",
            ),
            (
                "Đà Nẵng - Thành phố vừa mua một chiếc cần cẩu mới cho bến cảng, thị trưởng cho biết hôm thứ Hai, sau khi chiếc cũ đã rỉ sét nhiều năm.",
                "Đà Nẵng",
            ),
            (
                "रांची: शहर ने अपने बंदरगाह के लिए एक नई क्रेन खरीदी है, महापौर ने सोमवार को बताया, क्योंकि पुरानी क्रेन में जंग लग गई थी।",
                "रांची",
            ),
            (
                "طنطا - اشترت المدينة رافعة جديدة لمينائها، كما قالت رئيسة البلدية يوم الاثنين، بعد أن صدئت الرافعة القديمة هناك طوال سنوات.",
                "طنطا",
            ),
        ] {
            assert_eq!(place(&rules, first).as_deref(), Some(expected), "{first}");
        }
    }

    #[test]
    fn prose_with_a_dash_keeps_its_first_word() {
        let rules = RuleSet::builtin();
        for first in [
            "Lindqvist - Swedish by birth - has bought a new crane for the harbour of the town, she said on Monday, after the old one had rusted.",
            "Update - The town has bought a new crane for its harbour, the mayor said on Monday, after the old one had rusted for eleven years.",
            "सवाल: शहर ने अपने बंदरगाह के लिए नई क्रेन क्यों खरीदी है, और पुरानी क्रेन का अब क्या होगा, यह महापौर से किसी ने नहीं पूछा।",
        ] {
            assert_eq!(place(&rules, first), None, "{first}");
        }
    }
}
