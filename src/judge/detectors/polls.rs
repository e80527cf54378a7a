//! Polls: a question with its answers.

use super::wording::speaks_of;
use super::{Context, Found};
use crate::finding::Kind;

/// Answers that a poll can have.
const ANSWERS: std::ops::RangeInclusive<usize> = 2..=12;
/// Longest answer above a button, in words.
const MAX_ANSWER_WORDS: usize = 12;
/// Longest answer that may end as a sentence does, in words: "No, never."
const MAX_SHORT_ANSWER_WORDS: usize = 4;
/// Longest answer where no button says that this is a poll, in words.
const MAX_BARE_ANSWER_WORDS: usize = 6;
/// Most answers under the last paragraph where none of them is one of those that polls have.
const MAX_BARE_ANSWERS: usize = 6;
/// Longest heading or button, in words.
const MAX_BUTTON_WORDS: usize = 8;
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

/// What stands in front of an answer that can be ticked.
const BOXES: &[&str] = &["○", "◯", "□", "☐", "⚪", "◻", "⭕", "〇", "( )", "[ ]", "()", "[]"];
/// Points that make a poll of a question and short lines under it.
const MIN_POINTS: usize = 2;

/// Whether a line is the heading of a poll.
fn is_label(folded: &str) -> bool {
    LABELS.contains(&folded)
}

/// Which lines are the heading, the button or the count of a poll: by a rule, by their place in a list of headings, or, in
/// a text dump, by their words.
fn poll_lines(context: &Context<'_>) -> Vec<bool> {
    let document = context.document;
    let is_poll_line = |i: usize| match context.claimed[i] {
        None if is_label(&document.views[i].folded) => true,
        None if context.page.is_none() && document.views[i].n_words <= MAX_BUTTON_WORDS => {
            speaks_of(document.text(i), Kind::Poll)
        }
        claimed => claimed == Some(Kind::Poll),
    };
    (0..document.len()).map(is_poll_line).collect()
}

/// Which of these lines name a poll, and do not only speak of one: a report of a vote has headings of such words too.
fn poll_labels(context: &Context<'_>, lines: &[bool]) -> Vec<bool> {
    let document = context.document;
    let names_poll = |i: usize| is_label(&document.views[i].folded) || !speaks_of(document.text(i), Kind::Poll);
    (0..lines.len()).map(|i| lines[i] && names_poll(i)).collect()
}

/// A question and the lines under it that may be its answers.
struct Asked {
    question: usize,
    /// Behind the last answer.
    end: usize,
    answers: Vec<usize>,
}

/// Whether a line may be a question of a poll: it asks, or the word for a poll stands in front of it.
fn is_question(context: &Context<'_>, lines: &[bool], labels: &[bool], idx: usize) -> bool {
    let document = context.document;
    let asks = document.text(idx).trim_end().ends_with(['?', '？', '؟']);
    let is_open = matches!(context.claimed[idx], None | Some(Kind::Poll | Kind::CommentPrompt | Kind::Related));
    let is_headed = || !lines[idx] && !document.views[idx].is_sentence && idx.checked_sub(1).is_some_and(|i| labels[i]);
    is_open && document.views[idx].n_words <= MAX_QUESTION_WORDS && (asks || is_headed())
}

/// Whether an answer is one of those that only polls have.
fn is_stock(context: &Context<'_>, idx: usize) -> bool {
    let folded = context.document.views[idx].folded.as_str();
    let first = folded.split([' ', ',', ':', '-', '.']).next().unwrap_or_default();
    FIRST_WORDS.contains(&first)
        || WHOLE_ANSWERS.contains(&folded.trim_end_matches(|c: char| !c.is_alphabetic()))
        || FIRST_PHRASES.iter().any(|phrase| folded.starts_with(phrase))
}

/// The short lines under a question, as far as a button.
fn asked(context: &Context<'_>, lines: &[bool], question: usize) -> Asked {
    let document = context.document;
    let is_answer = |i: usize| {
        let (view, text) = (&document.views[i], document.text(i));
        let is_spoken = text.starts_with(['—', '–', '"', '“', '«', '„', '「', '»']);
        let may_close = (view.n_words <= MAX_SHORT_ANSWER_WORDS || is_stock(context, i))
            && !text.trim_end().ends_with(['?', '？', '؟']);
        matches!(context.claimed[i], None | Some(Kind::CookieNotice))
            && !lines[i]
            && (!view.is_sentence || may_close)
            && !is_spoken
            && view.n_words <= MAX_ANSWER_WORDS
    };
    let mut answers = Vec::new();
    let mut end = question + 1;
    while end < document.len() && answers.len() <= *ANSWERS.end() {
        if is_answer(end) {
            answers.push(end);
        } else if !lines[end] || answers.len() >= *ANSWERS.start() {
            break;
        }
        end += 1;
    }
    Asked { question, end, answers }
}

/// What speaks for a poll, in points.
fn points(context: &Context<'_>, lines: &[bool], labels: &[bool], asked: &Asked) -> usize {
    let (document, blocks) = (context.document, &context.document.layout.blocks);
    let Asked { question, end, ref answers } = *asked;
    let count = |test: &dyn Fn(&str) -> bool| answers.iter().filter(|&&i| test(document.text(i))).count();
    let n_stock = answers.iter().filter(|&&i| is_stock(context, i)).count();
    let has_box = |text: &str| BOXES.iter().any(|mark| text.starts_with(mark));
    let has_share = |text: &str| text.contains(['%', '％', '٪']);
    let is_button = |i: usize| lines.get(i).is_some_and(|is_line| *is_line);
    let ends = context.claimed.get(end).is_none_or(Option::is_some);
    let stands_alone = blocks[question].gap_before
        && (question + 1..end).all(|i| !blocks[i].gap_before)
        && blocks.get(end).is_none_or(|next| next.gap_before);
    let is_labelled = labels[question]
        || question.checked_sub(1).is_some_and(|i| labels[i])
        || document.views[question].folded.split_once(':').is_some_and(|(label, _)| is_label(label.trim_end()));
    let is_short = |i: usize| document.views[i].n_words <= MAX_BARE_ANSWER_WORDS || is_stock(context, i);
    let is_bare = answers.iter().all(|&i| is_short(i)) && document.views[question].n_words <= MAX_BARE_QUESTION_WORDS;
    let mut points = 0;
    points += if is_labelled || is_button(end) || count(&has_box) >= 2 { MIN_POINTS } else { 0 };
    points += usize::from(count(&has_share) >= 2) + usize::from(count(&has_share) >= 2 && n_stock >= 1);
    if !is_bare {
        return points;
    }
    // Among paragraphs it takes two stock answers: there a quick talk may look alike.
    let is_under = document.body().is_some_and(|(_, last)| question > last);
    points += usize::from(is_under) + usize::from(n_stock >= 1 && (is_under || n_stock >= 2));
    points += usize::from(is_under && ends && answers.len() <= MAX_BARE_ANSWERS);
    points + usize::from(n_stock >= 1 && stands_alone)
}

/// A question with its answers: a button, the word for a poll or boxes to tick show it; shares of votes, answers that say
/// yes or no and the place under the story speak for it.
pub(super) fn poll(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let lines = poll_lines(context);
    let labels = poll_labels(context, &lines);
    let mut question = 0;
    while question < document.len() {
        if !is_question(context, &lines, &labels, question) {
            question += 1;
            continue;
        }
        let asked = asked(context, &lines, question);
        if !ANSWERS.contains(&asked.answers.len()) || points(context, &lines, &labels, &asked) < MIN_POINTS {
            question += 1;
            continue;
        }
        // The button and the count of votes go with the answers, the heading with the question.
        let label = question.checked_sub(1).filter(|&i| labels[i]);
        let end = (asked.end..document.len()).find(|&i| !lines[i]).unwrap_or(document.len());
        let is_open = |i: &usize| matches!(context.claimed[*i], None | Some(Kind::CookieNotice | Kind::Related));
        for idx in (label.unwrap_or(question)..end).filter(is_open) {
            found.drop(idx, document.layout.blocks[idx].span);
        }
        question = end;
    }
}
