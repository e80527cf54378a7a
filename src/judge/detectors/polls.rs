//! Polls: a question with its answers.

#![expect(clippy::needless_range_loop, reason = "blocks are named by their index, in several arrays at once")]

use super::{Context, Found};
use crate::finding::Kind;

/// Answers that a poll can have.
const ANSWERS: std::ops::RangeInclusive<usize> = 2..=10;
/// Longest answer above a button, in words.
const MAX_ANSWER_WORDS: usize = 12;
/// Longest answer where no button says that this is a poll, in words.
const MAX_BARE_ANSWER_WORDS: usize = 6;
/// Most answers under the last paragraph where none of them is one of those that polls have.
const MAX_BARE_ANSWERS: usize = 6;
/// Longest question, in words.
const MAX_QUESTION_WORDS: usize = 40;
/// Longest question where no button says that this is a poll, in words.
const MAX_BARE_QUESTION_WORDS: usize = 20;

/// How an answer begins that only a poll gives in a line of its own (folded): yes, no, never, do not know.
const FIRST_WORDS: &[&str] = &[
    "yes",
    "no",
    "never",
    "ja",
    "nein",
    "nie",
    "niemals",
    "oui",
    "non",
    "jamais",
    "sí",
    "si",
    "nunca",
    "sim",
    "não",
    "sì",
    "mai",
    "evet",
    "hayir",
    "asla",
    "ya",
    "tidak",
    "sering",
    "belum",
    "tak",
    "có",
    "không",
    "да",
    "нет",
    "никогда",
    "так",
    "ні",
    "ніколи",
    "نعم",
    "لا",
    "हां",
    "हाँ",
    "नहीं",
    "예",
    "네",
    "아니오",
    "아니요",
    "maybe",
    "undecided",
    "vielleicht",
    "peut-être",
    "quizá",
    "quizás",
    "talvez",
    "forse",
    "może",
    "belki",
    "kararsizim",
    "mungkin",
];
/// How an answer begins that only a poll gives, in more words than one.
const FIRST_PHRASES: &[&str] = &[
    "not sure",
    "don't know",
    "i don't know",
    "no opinion",
    "weiß nicht",
    "weiss nicht",
    "keine meinung",
    "ist mir egal",
    "sans opinion",
    "sans avis",
    "ne sait pas",
    "je ne sais pas",
    "no sé",
    "no lo sé",
    "ns/nc",
    "me da igual",
    "não sei",
    "sem opinião",
    "tanto faz",
    "non so",
    "non saprei",
    "trudno powiedzieć",
    "nie wiem",
    "bilmiyorum",
    "fikrim yok",
    "tidak tahu",
    "ragu-ragu",
    "không biết",
    "không ý kiến",
    "không có ý kiến",
    "ý kiến khác",
];
/// The word that heads a poll, alone or with the day or the site behind it (folded).
const LABELS: &[&str] = &[
    "poll",
    "survey",
    "reader poll",
    "readers' poll",
    "quick poll",
    "online poll",
    "quiz",
    "your view",
    "have your say",
    "umfrage",
    "leserumfrage",
    "abstimmung",
    "ihre meinung",
    "frage des tages",
    "frage der woche",
    "sondage",
    "votre avis",
    "la question du jour",
    "encuesta",
    "la pregunta",
    "la pregunta del día",
    "votación",
    "enquete",
    "enquete do dia",
    "sondagem",
    "inquérito",
    "sondaggio",
    "il sondaggio",
    "sonda",
    "sondaż",
    "ankieta",
    "anket",
    "günün anketi",
    "jajak pendapat",
    "polling",
    "survei",
    "thăm dò ý kiến",
    "thăm dò",
    "bình chọn",
    "опрос",
    "голосование",
    "опитування",
    "голосування",
    "投票",
    "アンケート",
    "투표",
    "설문",
    "استطلاع",
    "استطلاع رأي",
    "सर्वे",
    "पोल",
];
/// The same in scripts without spaces: the whole answer.
const WHOLE_ANSWERS: &[&str] = &[
    "是",
    "否",
    "会",
    "不会",
    "會",
    "不會",
    "有",
    "没有",
    "沒有",
    "赞成",
    "贊成",
    "反对",
    "反對",
    "はい",
    "いいえ",
    "賛成",
    "反対",
];

/// Whether a line is the heading of a poll.
fn is_label(folded: &str) -> bool {
    LABELS.contains(&folded)
}

/// A question with its answers above the button of a poll; under the story also without a button, where an answer says
/// yes or no and nothing follows that could be a talk, or under the word for a poll.
pub(super) fn poll(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let is_question =
        |idx: usize, max: usize| document.text(idx).ends_with(['?', '？', '؟']) && document.views[idx].n_words <= max;
    let mut taken = vec![false; document.len()];
    for button in (0..document.len()).filter(|&i| context.claimed[i] == Some(Kind::Poll)) {
        let is_answer = |i: &usize| {
            let view = &document.views[*i];
            matches!(context.claimed[*i], None | Some(Kind::CookieNotice))
                && !view.is_sentence
                && view.n_words <= MAX_ANSWER_WORDS
        };
        let answers: Vec<usize> = (0..button).rev().take_while(is_answer).take(*ANSWERS.end() + 1).collect();
        let Some(question) = button.checked_sub(answers.len() + 1) else { continue };
        if ANSWERS.contains(&answers.len())
            && is_question(question, MAX_QUESTION_WORDS)
            && context.claimed[question].is_none()
        {
            let label = question.checked_sub(1).filter(|&i| context.claimed[i].is_none());
            let label = label.filter(|&i| is_label(&document.views[i].folded));
            for idx in label.unwrap_or(question)..button {
                taken[idx] = true;
                found.drop(idx, document.layout.blocks[idx].span);
            }
        }
    }
    let Some((_, last)) = document.body() else { return };
    for question in 0..document.len() {
        let is_free = |i: usize| context.claimed[i].is_none() && !taken[i];
        if !is_free(question) || !is_question(question, MAX_BARE_QUESTION_WORDS) {
            continue;
        }
        let is_answer = |i: &usize| {
            let view = &document.views[*i];
            let is_spoken = document.text(*i).starts_with(['—', '–', '"', '“', '«', '„', '「', '»']);
            is_free(*i) && !view.is_sentence && !is_spoken && view.n_words <= MAX_BARE_ANSWER_WORDS
        };
        let answers: Vec<usize> = (question + 1..document.len()).take_while(is_answer).collect();
        let end = question + 1 + answers.len();
        let blocks = &document.layout.blocks;
        let stands_alone = blocks[question].gap_before
            && (question + 1..end).all(|i| !blocks[i].gap_before)
            && blocks.get(end).is_none_or(|next| next.gap_before);
        let says_yes_or_no = |i: &&usize| {
            let folded = document.views[**i].folded.as_str();
            let first = folded.split([' ', ',', ':', '-']).next().unwrap_or_default();
            FIRST_WORDS.contains(&first)
                || WHOLE_ANSWERS.contains(&folded)
                || FIRST_PHRASES.iter().any(|phrase| folded.starts_with(phrase))
        };
        let n_stock = answers.iter().filter(says_yes_or_no).count();
        // Among paragraphs it takes two stock answers: there a quick talk may look alike.
        let label = question.checked_sub(1).filter(|&i| is_free(i) && is_label(&document.views[i].folded));
        let ends = context.claimed.get(end).is_none_or(Option::is_some);
        let is_poll = if label.is_some() {
            true
        } else if question > last {
            (ends && answers.len() <= MAX_BARE_ANSWERS)
                || n_stock >= 1
                    && (n_stock >= 2 || stands_alone || context.claimed.get(end).is_none_or(Option::is_some))
        } else {
            n_stock >= 2 && stands_alone
        };
        if ANSWERS.contains(&answers.len()) && is_poll {
            for idx in label.unwrap_or(question)..end {
                found.drop(idx, blocks[idx].span);
            }
        }
    }
}
