//! Candidates for every typed field meet here: what was lifted from the text, what the markup says, what the source
//! says. Each field has one order of trust; nothing is invented.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::assemble::collapsed;
use super::record::Moment;
use super::shown::Shown;
use super::{authors, days, names, repair};
use crate::dates;
use crate::finding::{Action, Field, Finding, Kind};
use crate::input::Hints;
use crate::language;
use crate::page::meta::{MetaCandidate, MetaField, MetaSource};
use crate::page::title::Site;
use crate::page::{HtmlPage, Layout, host_of};

/// Where a candidate comes from, in falling order of trust for most fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Lifted from what the page shows.
    Visible,
    /// JSON-LD of an article.
    JsonLd,
    /// Meta elements, microdata, `<time>`.
    Markup,
    /// A row's own fields, headers of the source.
    Hint,
}

/// One proposal for one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The field.
    pub field: Field,
    /// The value as written, white space collapsed.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The typed fields of an article before they become columns.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "named as the columns are")]
pub struct Fields {
    pub url: Option<String>,
    pub site: Option<String>,
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub authors: Vec<String>,
    pub agency: Option<String>,
    pub dateline_place: Option<String>,
    pub published: Moment,
    pub modified: Moment,
    pub section: Option<String>,
    pub tags: Vec<String>,
    pub captions: Vec<String>,
    pub credits: Vec<String>,
    pub corrections: Vec<String>,
    pub rights_notice: Option<String>,
    pub tdm_reserved: bool,
    pub machine_translated: bool,
    pub original_language: Option<String>,
    pub paywalled: bool,
    pub truncated: bool,
    /// The dump names more than one day of publication.
    pub has_conflicting_dates: bool,
}

/// Names a language as the original one: "Indonesian as our main language", "translated from Russian".
static ORIGINAL_LANGUAGE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b(\p{L}+) as (?:our|the|its) (?:main|original|source) language",
        r"(?i)\btranslated (?:\w+ )?(?:from|out of) (?:the )?(?:original )?(\p{L}+)",
        r"(?i)\b(?:original|source) (?:language|text|article|version|story)(?: is| was|:)? (?:written )?(?:in )?(\p{L}+)",
        r"(?i)\b(?:original|source) (\p{L}+)(?:[- ]language)? (?:version|text|article|story)",
        r"(?i)\b(\p{L}+) (?:version|original|text) (?:prevails|is authoritative|takes precedence)",
        r"(?i)перев(?:од|едено|едён|еден)\S* (?:\S+ )?с (\p{L}+)(?: языка)?",
        r"(?i)\baus dem (\p{L}+) übersetzt",
        r"(?i)\btraduit (?:automatiquement )?(?:de l['’]|du )(\p{L}+)",
        r"(?i)\btraducido (?:automáticamente )?del (\p{L}+)",
        r"(?i)\bditerjemahkan (?:secara otomatis )?dari (?:bahasa )?(\p{L}+)",
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("the pattern is well formed"))
    .collect()
});

/// Words that reserve text and data mining or AI training, in a rights notice.
static TDM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)text[-\ ]*(?:and|und|&)[-\ ]data[-\ ]mining|text-\ und\ data-mining|\btdm\b|data[-\ ]mining
        |fouille\ de\ textes|miner[ií]a\ de\ (?:textos|datos)|minera[cç][aã]o\ de\ (?:textos|dados)|estrazione\ di\ (?:testo|testi|dati)
        |eksploracj\p{L}\ tekst|veri\ madenciliği|penambangan\ (?:teks|data)|khai\ (?:thác|phá)\ (?:văn\ bản|dữ\ liệu)
        |интеллектуальн\p{L}+\ анализ|аналіз\p{L}*\ текстів\ (?:і|та)\ даних|数据挖掘|資料探勘|データマイニング|데이터\ ?마이닝
        |التنقيب\ (?:في|عن)\ (?:النصوص|البيانات)
        |train\w*\b[^.]{0,50}(?:\bai\b|artificial\ intelligence|machine\ learning|generative|language\ model)
        |(?:\bai|artificial\ intelligence|machine\ learning|model)[-\ ]?training|ki-training
        |train(?:ing|ieren)s?(?:\ von)?\ (?:ki|modell|künstlich|sprachmodell)
        |entraîne\p{L}+[^.]{0,40}(?:\bia\b|intelligence\ artificielle|modèle)
        |entrena\p{L}+[^.]{0,50}(?:\bia\b|inteligencia\ artificial|modelo)
        |trein\p{L}+[^.]{0,50}(?:\bia\b|inteligência\ artificial|modelo)
        |(?:addestra|allena)\p{L}+[^.]{0,50}(?:\bi?ai?\b|intelligenza\ artificiale|modell)
        |trenow\p{L}+[^.]{0,40}(?:\bai\b|sztuczn|model)|yapay\ zek[aâ]\p{L}*[^.]{0,30}eğit
        |(?:melatih|pelatihan)[^.]{0,40}(?:\bai\b|kecerdasan|model)|untuk\ ai\b
        |(?:huấn\ luyện|đào\ tạo)[^.]{0,40}(?:\bai\b|trí\ tuệ|mô\ hình)
        |обучени\p{L}+\ (?:\p{L}+\ )?(?:нейро|искусственн|ии\b|\p{L}*модел|алгоритм)
        |(?:навчанн|тренуванн)\p{L}+\ (?:\p{L}+\ )?(?:нейро|штучн|ші\b|\p{L}*модел)
        |(?:训练|訓練)[^。]{0,14}(?:ai|人工智|模型)|(?:ai|人工智[能慧]|模型)[^。]{0,8}(?:训练|訓練|学习|學習)
        |(?:ai|ＡＩ|人工知能)[^。]{0,8}(?:学習|訓練|トレーニング)|(?:ai|인공지능)\ ?(?:데이터\ ?)?(?:학습|훈련)
        |تدريب[^.]{0,30}(?:الذكاء|ذكاء|نماذج)|(?:एआई|ai|कृत्रिम\ बुद्धिमत्ता)[^।]{0,16}(?:प्रशिक्षण|ट्रेनिंग|प्रशिक्षित)",
    )
    .expect("the pattern is well formed")
});

/// The words of [`TDM`] in ASCII, each whole or in part. Most notices of a copyright hold none.
static TDM_STEMS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let stems = [
        "mining",
        "tdm",
        "fouille",
        "datos",
        "dados",
        "textos",
        "estrazione",
        "eksploracj",
        "penambangan",
        "train",
        "entrena",
        "trein",
        "addestra",
        "allena",
        "trenow",
        "latih",
        "untuk ai",
    ];
    AhoCorasick::builder().ascii_case_insensitive(true).build(stems).expect("a handful of words fits")
});

/// Whether a notice reserves text and data mining or training.
fn reserves_mining(notice: &str) -> bool {
    // Signs beyond ASCII stand in no word of the expression, letters in many.
    let has_other_letters = || notice.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
    (TDM_STEMS.is_match(notice) || has_other_letters()) && TDM.is_match(notice)
}

/// Gathers all candidates and settles each field.
pub fn settle(layout: &Layout, findings: &[Finding], page: Option<&HtmlPage>, hints: &Hints) -> Fields {
    let text = layout.text.as_str();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut add = |field: Field, value: &str, origin: Origin| {
        // An address is kept to the letter.
        let value = if field == Field::Url { collapsed(value) } else { collapsed(&repair::mended(value)) };
        if !value.is_empty() {
            candidates.push(Candidate { field, value, origin });
        }
    };
    for finding in findings {
        if let Some(field) = finding.action.field() {
            add(field, finding.value.as_deref().unwrap_or_else(|| finding.span.of(text)), Origin::Visible);
        }
    }
    if let Some(page) = page {
        for candidate in &page.meta.candidates {
            let origin = if candidate.source == MetaSource::JsonLd { Origin::JsonLd } else { Origin::Markup };
            if let Some(field) = field_of(candidate) {
                add(field, &candidate.value, origin);
            }
        }
    }
    hints.title.iter().for_each(|v| add(Field::Title, v, Origin::Hint));
    hints.published.iter().for_each(|v| add(Field::Published, v, Origin::Hint));
    hints.authors.iter().for_each(|v| add(Field::Authors, v, Origin::Hint));
    hints.url.iter().for_each(|v| add(Field::Url, v, Origin::Hint));

    let mut fields = Fields::default();
    settle_texts(&candidates, &mut fields);
    fields.title = settle_title(&candidates, page);
    if let Some(page) = page {
        let places = Shown::of(&page.tree);
        let url = hints.url.as_deref();
        let site = Site::of_page(&page.meta, url);
        fields.authors = authors::settle(page, layout, findings, &places, &site);
        fields.authors.iter_mut().for_each(|name| *name = repair::mended(name).into_owned());
        let days = days::settle(page, layout, findings, &places, &site, url, hints.published.as_deref());
        (fields.published, fields.modified) = (days.published, days.modified);
        fields.has_conflicting_dates = days.is_conflicting;
        candidates.retain(|c| c.field != Field::Authors || c.origin == Origin::Hint);
    }
    if fields.authors.is_empty() {
        settle_authors(&candidates, &mut fields);
    }
    if page.is_none() {
        settle_dates(&candidates, &mut fields);
    }
    settle_header_dates(text, findings, &mut fields);
    settle_notices(text, findings, page, &mut fields);
    fields
}

/// The column that a candidate of the markup could fill. Times that stand in `<time>` elements are dates of
/// publication only where their markup says so.
fn field_of(candidate: &MetaCandidate) -> Option<Field> {
    Some(match candidate.field {
        MetaField::Title => Field::Title,
        MetaField::Author => Field::Authors,
        MetaField::Published => Field::Published,
        MetaField::Modified => Field::Modified,
        MetaField::Section => Field::Section,
        MetaField::Tag => Field::Tags,
        MetaField::Site => Field::Site,
        MetaField::Url => Field::Url,
        _ => return None,
    })
}

/// All values of a field, best origin first, otherwise in the order of the dump.
fn values<'c>(candidates: &'c [Candidate], field: Field, trust: &[Origin]) -> Vec<(&'c str, Origin)> {
    trust
        .iter()
        .flat_map(|&origin| {
            let fits = move |c: &&Candidate| c.field == field && c.origin == origin;
            candidates.iter().filter(fits).map(move |c| (c.value.as_str(), origin))
        })
        .collect()
}

const SEEN_FIRST: &[Origin] = &[Origin::Visible, Origin::JsonLd, Origin::Markup, Origin::Hint];
const MARKUP_FIRST: &[Origin] = &[Origin::JsonLd, Origin::Markup, Origin::Visible, Origin::Hint];
const SOURCE_FIRST: &[Origin] = &[Origin::Hint, Origin::Markup, Origin::JsonLd, Origin::Visible];

fn settle_texts(candidates: &[Candidate], fields: &mut Fields) {
    let first = |field: Field, trust: &[Origin]| values(candidates, field, trust).first().map(|(v, _)| (*v).to_owned());
    let all = |field: Field| {
        let mut list: Vec<String> = Vec::new();
        for (value, _) in values(candidates, field, &[Origin::Visible]) {
            if !list.iter().any(|v| v == value) {
                list.push(value.to_owned());
            }
        }
        list
    };
    let urls = values(candidates, Field::Url, SOURCE_FIRST);
    fields.url = urls.iter().find(|(url, _)| url.starts_with("http")).map(|(url, _)| (*url).to_owned());
    fields.site = fields.url.as_deref().and_then(host_of).map(str::to_owned).or_else(|| first(Field::Site, SEEN_FIRST));
    fields.subtitle = first(Field::Subtitle, SEEN_FIRST);
    fields.agency = first(Field::Agency, SEEN_FIRST).map(|a| names::agency(&a));
    fields.dateline_place = first(Field::DatelinePlace, &[Origin::Visible]);
    fields.section = first(Field::Section, MARKUP_FIRST);
    fields.captions = all(Field::Captions);
    fields.credits = all(Field::Credits).iter().map(|c| names::credit(c)).filter(|c| !c.is_empty()).collect();
    fields.credits.dedup();
    fields.corrections = all(Field::Corrections);
    let rights = all(Field::RightsNotice);
    fields.rights_notice = (!rights.is_empty()).then(|| rights.join(" "));
    let mut tags: Vec<String> = Vec::new();
    let best = values(candidates, Field::Tags, SEEN_FIRST);
    for (value, origin) in &best {
        if *origin == best[0].1 {
            for tag in names::split_list(value) {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
        }
    }
    fields.tags = tags;
}

/// The people of a byline: those that were lifted from a text dump, else those that its source names.
fn settle_authors(candidates: &[Candidate], fields: &mut Fields) {
    let site = fields.site.clone();
    for trust in MARKUP_FIRST {
        let mut authors: Vec<String> = Vec::new();
        for (value, _) in values(candidates, Field::Authors, &[*trust]) {
            for name in names::authors(value, site.as_deref()) {
                if !authors.contains(&name) {
                    authors.push(name);
                }
            }
        }
        if !authors.is_empty() {
            fields.authors = authors;
            break;
        }
    }
}

/// The headline: of a page the one that its markup and its headings agree on, else what was lifted.
fn settle_title(candidates: &[Candidate], page: Option<&HtmlPage>) -> Option<String> {
    let titles = values(candidates, Field::Title, SEEN_FIRST);
    let shown = titles.iter().find(|(_, origin)| *origin == Origin::Visible).map(|(title, _)| *title);
    let settled = page.and_then(|page| page.title.as_ref()).map(|title| title.text.as_str());
    let title = settled.or(shown).or_else(|| titles.first().map(|(title, _)| *title));
    title.map(|title| repair::mended(title).into_owned())
}

fn settle_dates(candidates: &[Candidate], fields: &mut Fields) {
    let moments = |field: Field| -> Vec<(Moment, Origin)> {
        values(candidates, field, MARKUP_FIRST)
            .into_iter()
            .filter_map(|(v, origin)| {
                let stamp = dates::parse_whole(v).or_else(|| dates::scan(v).into_iter().next().map(|hit| hit.stamp))?;
                let moment = stamp.to_moment();
                moment.date.is_some().then_some((moment, origin))
            })
            .collect()
    };
    let published = moments(Field::Published);
    let modified = moments(Field::Modified);
    if let Some((best, _)) = published.first() {
        // A later candidate of the same day may know the hour.
        let fuller =
            published.iter().map(|(m, _)| m).find(|m| best.at.is_none() && m.date == best.date && m.at.is_some());
        fields.published = fuller.unwrap_or(best).clone();
        fields.has_conflicting_dates = published.iter().any(|(m, _)| m.date != best.date);
    }
    if let Some((best, _)) = modified.first() {
        fields.modified = best.clone();
    }
}

/// The clock of a template header is no date of the article, but a contradiction is worth a flag.
fn settle_header_dates(text: &str, findings: &[Finding], fields: &mut Fields) {
    for finding in findings.iter().filter(|f| f.kind == Kind::TemplateHeader) {
        let days: Vec<_> =
            dates::scan(finding.span.of(text)).iter().filter_map(|hit| hit.stamp.to_moment().date).collect();
        fields.has_conflicting_dates |= days.windows(2).any(|w| w[0] != w[1])
            || days.iter().any(|day| fields.published.date.is_some_and(|published| published != *day));
    }
}

fn settle_notices(text: &str, findings: &[Finding], page: Option<&HtmlPage>, fields: &mut Fields) {
    for finding in findings.iter().filter(|f| f.action.removes() || f.action == Action::Flag) {
        let raw = finding.span.of(text);
        match finding.kind {
            Kind::MachineTranslationNotice => {
                fields.machine_translated = true;
                if fields.original_language.is_none() {
                    fields.original_language = original_language(raw);
                }
            }
            Kind::Paywall => {
                fields.paywalled = true;
                fields.truncated = true;
            }
            Kind::RightsNotice | Kind::Copyright => fields.tdm_reserved |= reserves_mining(raw),
            _ => {}
        }
    }
    if let Some(page) = page {
        let says = |field: MetaField, wanted: &[&str]| {
            page.meta
                .of(field)
                .any(|c| c.value.split([',', ' ']).any(|word| wanted.contains(&word.to_lowercase().as_str())))
        };
        fields.paywalled |= says(MetaField::FreeToRead, &["false"]);
        fields.tdm_reserved |=
            says(MetaField::TdmReservation, &["1"]) || says(MetaField::Robots, &["noai", "noimageai"]);
    }
}

fn original_language(notice: &str) -> Option<String> {
    ORIGINAL_LANGUAGE
        .iter()
        .flat_map(|pattern| pattern.captures_iter(notice))
        .find_map(|captures| language::code_of(captures.get(1)?.as_str()))
        .map(str::to_owned)
}
