//! Captions, and the cards of other stories that stand between two paragraphs.

use std::sync::LazyLock;

use super::title::is_headline;
use super::{Context, Found, headline};
use crate::dates;
use crate::finding::{Action, Field, Kind, Span};
use crate::judge::pattern::Pattern;
use crate::page::Shape;
use aho_corasick::AhoCorasick;
use rustc_hash::FxHashSet;

/// The end of an alt text: the site's name, the width of the image and often a date.
static SITE_WIDTH_DATE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r"\s+[-–—]\s+[\p{Lu}\p{Lo}][\p{L}\p{M}\d.&'’ -]{1,48},\s*\d{3,4}(?:\s?px|[x×]\d{3,4})?(?:,\s*(?:\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d{2}-\d{2}))?$",
    )
    .expect("the pattern is well formed")
});
/// What a picture from the files is called, or one that only illustrates.
const FILE_PICTURE: &str = r"\bfile (?:photo|picture|image)|\barchive (?:photo|picture|image)|\bstock (?:photo|image)|\b(?:representational|representative|illustrative) (?:image|photo|picture)|архивное фото|фото из архива|иллюстративное фото|архівне фото|фото з архіву|ілюстративне фото|фото ілюстративне|архивная фотография|archivbild|archivfoto|symbolbild|symbolfoto|foto: archiv|photo d['’]archives?|image d['’]archives?|photo d['’]illustration|image d['’]illustration|foto de archivo|imagen de archivo|foto: archivo|imagen ilustrativa|foto ilustrativa|foto de arquivo|imagem de arquivo|foto: arquivo|imagem ilustrativa|foto ilustrativa|foto d['’]archivio|immagine d['’]archivio|foto di repertorio|immagine di repertorio|arşiv fotoğrafı|arşiv görseli|temsili (?:fotoğraf|görsel)|fotoğraf: arşiv|foto arsip|foto: arsip|foto ilustrasi|foto: ilustrasi|zdjęcie ilustracyjne|zdj\. ilustracyjne|zdjęcie archiwalne|fot\. archiwum|ảnh minh họa|ảnh minh hoạ|ảnh tư liệu|(?:صورة |الصورة )?[أا]رشيفية|صورة من ال[أا]رشيف|फाइल फोटो|फ़ाइल फ़ोटो|फ\x{93C}ाइल फ\x{93C}ोटो|प्रतीकात्मक (?:तस्वीर|फोटो|चित्र)|सांकेतिक (?:तस्वीर|फोटो|चित्र)|资料图(?:片)?|資料照片?|資料圖片?|档案(?:图|照)片?|檔案(?:圖|照)片?|示意图|示意圖|資料写真|写真はイメージ|イメージ写真|자료 ?사진|참고 ?사진";
/// The end of an alt text that says it is from the files: `… File photo - Harbour Post`.
static FILE_PHOTO: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(&format!(
        r"(?i)[-–—＝=:|/\s]*[(\[（［【]?\s*(?:{FILE_PICTURE})\s*[)\]）］】]?(?:\s+[-–—]\s+[\p{{Lu}}\p{{Lo}}][\p{{L}}\p{{M}}\d.&'’ -]{{1,48}}(?:,\s*\d{{3,4}})?(?:,\s*\d{{1,2}}\.\d{{1,2}}\.\d{{4}})?)?\.?$"
    ))
    .expect("the pattern is well formed")
});
/// The same in front of the caption: `Symbolbild: …`, `Ilustrasi …`.
static FILE_PHOTO_FIRST: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(&format!(
        r"(?i)^[(\[（［【]?\s*(?:(?:{FILE_PICTURE})\s*(?:[)\]）］】]|[:：.|/-])|ilustrasi(?:\s*[:.]|\s+\p{{L}})|[（(]?イラスト[:：])\s*\S"
    ))
    .expect("the pattern is well formed")
});
/// One of these stands in every mark of a picture from the files.
static PICTURE_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build([
            "file p",
            "file i",
            "archiv",
            "stock ",
            "represent",
            "illustr",
            "ilustr",
            "фото",
            "Фото",
            "ФОТО",
            "image",
            "imagen",
            "imagem",
            "immagine",
            "foto",
            "symbol",
            "arşiv",
            "Arşiv",
            "temsili",
            "zdj",
            "ảnh",
            "Ảnh",
            "رشيف",
            "फ",
            "तस्वीर",
            "चित्र",
            "资料",
            "資料",
            "档案",
            "檔案",
            "示意",
            "写真",
            "イラスト",
            "사진",
        ])
        .expect("a handful of words fits")
});
/// Longest caption that is told by its place alone, in words.
const MAX_TIGHT_WORDS: usize = 16;
/// The site's name alone behind a dash: `… at the door - Harbour Post`.
static SITE_SUFFIX: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r"\s+[-–—|]\s+(?:\p{Lu}[\p{L}\p{M}\d.&'’-]*(?: (?:\p{Lu}[\p{L}\p{M}\d.&'’-]*|de|del|la|el|of|the|di|da|do|des|du|le|und|von|för|den)){0,4}|[\p{Lo}\p{M}]{2,8})$",
    )
    .expect("the pattern is well formed")
});
/// Longest alt line, in bytes.
const MAX_CAPTION_BYTES: usize = 600;
/// Longest date under a card, in bytes.
const MAX_DATE_BYTES: usize = 120;
/// Shortest caption in front of a site's name, in words; a name in a list of results is shorter.
const MIN_CAPTION_WORDS: usize = 5;
/// Shortest line of a picture and a headline that only their words tell, in words, and in weighted letters.
const MIN_PAIR_WORDS: usize = 5;
const MIN_PAIR_WEIGHT: f32 = 28.0;
/// Largest share of their words that the paragraphs may hold.
const MAX_PAIR_SHARE: f64 = 0.25;
/// How far behind the last long paragraph cards still stand, in blocks.
const MAX_TAIL_BLOCKS: usize = 8;

/// Where the caption ends and the site's mark begins, if the line has the shape of an alt text.
fn caption_end(text: &str) -> Option<usize> {
    if text.len() > MAX_CAPTION_BYTES {
        return None;
    }
    // Cheap tests first: the first mark ends in a digit, the second names a picture.
    let site = text.ends_with(|c: char| c.is_ascii_digit() || c == 'x').then(|| SITE_WIDTH_DATE.find(text)).flatten();
    site.or_else(|| PICTURE_WORDS.is_match(text).then(|| FILE_PHOTO.find(text)).flatten())
        .map(|mark| mark.start())
        .filter(|&end| text[..end].chars().any(char::is_alphabetic))
}

/// Whether a line with a headline under it is the caption of another story's picture: an alt text, one that begins
/// with the word for a picture from the files, or one that ends in the site's name alone.
fn is_card_caption(context: &Context<'_>, idx: usize) -> bool {
    let document = context.document;
    let text = document.text(idx);
    if text.len() > MAX_CAPTION_BYTES {
        return false;
    }
    if caption_end(text).is_some() || (PICTURE_WORDS.is_match(text) && FILE_PHOTO_FIRST.is_match(text)) {
        return true;
    }
    // A name behind a dash proves little: the pair must stand alone between two paragraphs.
    let is_prose = |i: usize| document.views[i].is_sentence && document.views[i].n_words >= MIN_CAPTION_WORDS;
    let Some(site) = SITE_SUFFIX.find(text) else { return false };
    let (n_words, headline) = (text[..site.start()].split_whitespace().count(), document.text(idx + 1));
    (MIN_CAPTION_WORDS..=24).contains(&n_words)
        && !document.views[idx].is_sentence
        && !SITE_SUFFIX.is_match(headline)
        && document.views[idx + 1].n_words >= MIN_CAPTION_WORDS
        && idx.checked_sub(1).is_some_and(is_prose)
        && idx + 2 < document.len()
        && is_prose(idx + 2)
}

/// A caption between two paragraphs with a headline right under it belongs to another story. A subheading keeps its
/// distance, so a line that stands alone is none.
pub(super) fn caption_then_headline(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((first, last)) = document.body() else { return };
    for idx in first + 1..document.len().min(last + MAX_TAIL_BLOCKS) {
        let blocks = &document.layout.blocks;
        let is_free = |i: usize| context.claimed[i].is_none() && blocks[i].shape != Shape::Verse;
        // A mark of the files may have passed for a caption or a credit before.
        let is_picture = matches!(context.claimed[idx], Some(Kind::Caption | Kind::PhotoCredit | Kind::Related));
        let headline = idx + 1;
        if headline >= document.len() || blocks[headline].gap_before || !is_free(headline) {
            continue;
        }
        let is_caption =
            (is_free(idx) || (is_picture && blocks[idx].shape != Shape::Verse)) && is_card_caption(context, idx);
        if is_caption && is_headline(document, headline) && caption_end(document.text(headline)).is_none() {
            found.drop(idx, blocks[idx].span);
            found.drop(headline, blocks[headline].span);
            // The card's own date may stand under it; it is none of this article's.
            let date = headline + 1;
            let is_date = |i: usize| {
                i < document.len()
                    && !blocks[i].gap_before
                    && is_free(i)
                    && blocks[i].span.len() <= MAX_DATE_BYTES
                    && dates::stamp_line(document.text(i)).is_some()
            };
            if is_date(date) && date <= last {
                found.drop(date, blocks[date].span);
            }
        }
    }
}

/// The words of the paragraphs, by their beginnings.
fn body_stems<'c>(context: &Context<'c>) -> FxHashSet<&'c str> {
    let document = context.document;
    let mut stems = FxHashSet::default();
    for idx in (0..document.len()).filter(|&i| document.views[i].is_long && context.claimed[i].is_none()) {
        headline::stems(&document.views[idx].folded, &mut stems);
    }
    stems
}

/// Two headlines in a row between two paragraphs that speak of nothing that the paragraphs speak of: the picture and the
/// headline of another story. A subheading stands alone, lists have more lines, and verse keeps its distance.
pub(super) fn foreign_pair(context: &Context<'_>, found: &mut Found<'_>) {
    let (document, blocks) = (context.document, &context.document.layout.blocks);
    let Some((first, last)) = document.body().filter(|_| context.page.is_none()) else { return };
    let is_prose =
        |i: usize| context.claimed[i].is_none() && document.views[i].is_long && document.views[i].is_sentence;
    let is_line = |i: usize| {
        let (view, text) = (&document.views[i], document.text(i));
        let is_plain = !text.contains([':', '：', '|', '\t'])
            && !text.contains(" - ")
            && !text.contains(" – ")
            && !text.starts_with(['—', '–', '"', '“', '«', '„', '「']);
        context.claimed[i].is_none()
            && is_plain
            && is_headline(document, i)
            && !text.ends_with(['?', '!', '？', '！', '؟'])
            && (view.n_words >= MIN_PAIR_WORDS || view.weight >= MIN_PAIR_WEIGHT)
    };
    let mut body = None;
    for idx in first + 1..last.saturating_sub(1) {
        let is_pair = is_prose(idx - 1)
            && is_line(idx)
            && is_line(idx + 1)
            && !blocks[idx + 1].gap_before
            && is_prose(idx + 2)
            && !blocks[idx].gap_before
            && !blocks[idx + 2].gap_before;
        if !is_pair {
            continue;
        }
        let body = body.get_or_insert_with(|| body_stems(context));
        let is_foreign = |i: usize| {
            let mut own = FxHashSet::default();
            headline::stems(&document.views[i].folded, &mut own);
            let shared = own.iter().filter(|stem| body.contains(*stem)).count();
            shared as f64 <= MAX_PAIR_SHARE * own.len() as f64
        };
        if is_foreign(idx) && is_foreign(idx + 1) {
            found.drop(idx, blocks[idx].span);
            found.drop(idx + 1, blocks[idx + 1].span);
        }
    }
}

/// Any other line of that shape is the caption of the article's own picture. The site's mark after it is dropped.
pub(super) fn caption_line(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    for idx in (0..document.len()).filter(|&i| context.claimed[i].is_none() && !document.layout.blocks[i].hidden) {
        let text = document.text(idx);
        let Some(end) = caption_end(text).filter(|_| document.layout.blocks[idx].shape != Shape::Verse) else {
            continue;
        };
        let span = document.layout.blocks[idx].span;
        let start = span.start as usize;
        let caption = text[..end].trim_end();
        if caption.chars().any(char::is_alphabetic) {
            found.add(
                idx,
                Span::new(start, start + caption.len()),
                Kind::Caption,
                Action::Lift(Some(Field::Captions)),
                None,
            );
            found.drop(idx, Span::new(start + caption.len(), span.end as usize));
        }
    }
}

/// A line right above a credit that stands alone with it is the caption of that picture.
pub(super) fn caption_above_credit(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let blocks = &document.layout.blocks;
    for credit in 1..document.len() {
        let idx = credit - 1;
        let is_credit = context.claimed[credit] == Some(Kind::PhotoCredit);
        let is_pair = match context.page {
            // On a page the two share their element, and nothing else is in it.
            Some(page) => {
                [idx, credit].map(|i| blocks[i].node.and_then(|node| page.tree.parent(node))) == {
                    let parent = blocks[idx].node.and_then(|node| page.tree.parent(node)).filter(|&parent| {
                        let inside = |i: usize| {
                            blocks.get(i).and_then(|b| b.node).is_some_and(|n| page.tree.is_within(n, parent))
                        };
                        !inside(credit + 1) && !idx.checked_sub(1).is_some_and(inside)
                    });
                    if parent.is_none() {
                        continue;
                    }
                    [parent, parent]
                }
            }
            None => {
                let ends_alone = blocks.get(credit + 1).is_none_or(|next| next.gap_before);
                blocks[idx].gap_before && !blocks[credit].gap_before && ends_alone
                    || is_tight_caption(context, idx, credit)
            }
        };
        if is_credit && is_pair && context.claimed[idx].is_none() && document.views[idx].n_words <= 60 {
            found.add(idx, blocks[idx].span, Kind::Caption, Action::Lift(Some(Field::Captions)), None);
        }
    }
}

/// In a dump without blank lines, a short line above a credit is the picture's caption where it is no sentence and stands
/// under a paragraph, or where only a byline or a time stamp stands above it.
fn is_tight_caption(context: &Context<'_>, idx: usize, credit: usize) -> bool {
    let (document, blocks) = (context.document, &context.document.layout.blocks);
    let Some(above) = idx.checked_sub(1) else { return false };
    let view = &document.views[idx];
    let is_tight = !blocks[credit].gap_before && blocks.get(credit + 1).is_some_and(|next| !next.gap_before);
    let follows = credit + 1 < document.len() && document.views[credit + 1].is_long;
    // A credit that has its caption in front of it needs no other; what stands above it is the headline.
    let has_caption = context.candidates.iter().any(|c| c.block == credit && c.finding.kind == Kind::Caption);
    let under_head = !has_caption && matches!(context.claimed[above], Some(Kind::Byline | Kind::PublishedTime));
    let under_text = document.views[above].is_long && document.views[above].is_sentence && !view.is_sentence;
    is_tight && follows && view.n_words <= MAX_TIGHT_WORDS && !view.is_long && (under_head || under_text)
}
