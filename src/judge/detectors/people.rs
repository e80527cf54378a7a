//! Lines that are nothing but the names of those who wrote: no label, only their place tells.

use std::ops::Range;

use super::{Context, Found, headline};
use crate::dates::{self, Role};
use crate::finding::{Action, Field, Kind, Span};
use crate::judge::document::Document;
use crate::language::has_hangul;
use crate::page::Shape;
use crate::page::text::is_unspaced;

/// Longest line of names, in bytes: four names with a role in a script of three bytes a letter.
const MAX_BYTES: usize = 240;
/// Longest role, place or outlet behind a name, in words.
const MAX_SUFFIX_WORDS: usize = 6;
/// Most words of a name.
const MAX_NAME_WORDS: usize = 5;
/// How far below the headline a line of names can stand, in blocks.
const MAX_HEAD_DISTANCE: usize = 8;
/// How far above the end a signature can stand when the lines behind it are no paragraphs, in blocks.
const MAX_TAIL_DISTANCE: usize = 2;

/// Words between the parts of a name.
const PARTICLES: &[&str] = &[
    "van", "von", "vom", "zu", "zum", "zur", "de", "da", "do", "dos", "das", "di", "du", "del", "della", "dalla", "la",
    "le", "lo", "el", "al", "bin", "ben", "binti", "ibn", "der", "den", "ter", "ten", "af", "av", "y", "dei", "degli",
    "st.", "san",
];
/// Words that part two names.
const JOINTS: &[&str] = &["and", "und", "et", "y", "e", "ve", "dan", "i", "oraz", "и", "та", "і", "й", "và", "और", "एवं", "with"];
/// Words that name no person: sections, buttons, outlets, places of two words.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    // sections and buttons
    "news", "world", "sport", "sports", "politics", "business", "opinion", "culture", "home", "menu", "search", "login",
    "log", "sign", "subscribe", "share", "follow", "comments", "comment", "related", "stories", "story", "more", "most",
    "read", "top", "latest", "photo", "photos", "video", "videos", "gallery", "contact", "about", "privacy", "policy",
    "terms", "use", "us", "newsletter", "newsletters", "advertisement", "advert", "sponsored", "editor", "editors",
    "picks", "trending", "popular", "next", "previous", "article", "articles", "live", "breaking", "exclusive",
    "analysis", "interview", "review", "reviews", "weather", "local", "national", "international", "foreign", "affairs",
    "health", "science", "technology", "tech", "lifestyle", "travel", "entertainment", "arts", "music", "books", "food",
    "money", "markets", "economy", "climate", "environment", "education", "society", "community", "events", "letters",
    "obituary", "podcast", "report", "special", "feature", "features", "your", "our", "the", "this", "new", "free",
    "skip", "content", "main", "back", "close", "open", "click", "here", "tags", "topics", "topic", "updates", "update",
    "results", "result", "table", "final", "cup", "league", "day", "week", "year", "street", "road", "city", "town",
    "council", "harbour", "bridge", "park", "museum", "library", "school", "university", "church", "festival",
    // outlets and desks
    "times", "post", "herald", "tribune", "gazette", "daily", "press", "agency", "agencies", "courier", "journal",
    "chronicle", "mail", "guardian", "observer", "telegraph", "mirror", "express", "media", "staff", "newsroom",
    "desk", "team", "online", "radio", "tv", "network", "magazine", "review", "zeitung", "anzeiger", "tageblatt",
    "nachrichten", "rundschau", "kurier", "bote", "blatt", "redaktion", "werbung", "anzeige", "kommentare", "artikel",
    "mehr", "neueste", "startseite", "impressum", "datenschutz", "politik", "wirtschaft", "kultur", "panorama",
    "diario", "gaceta", "noticias", "correo", "mundo", "heraldo", "redacción", "publicidad", "portada", "últimas",
    "deportes", "cultura", "economía", "sociedad", "política", "opinión", "edición", "jornal", "folha", "gazeta",
    "notícias", "redação", "publicidade", "últimas", "messager", "journal", "dépêche", "ouest", "matin", "rédaction",
    "publicité", "actualités", "accueil", "messaggero", "corriere", "gazzetta", "giornale", "redazione", "pubblicità",
    "cronaca", "notizie", "haber", "haberi", "haberler", "gazetesi", "gündem", "ekonomi", "spor", "yaşam", "dakika",
    "ajansı", "merkezi", "ilgili", "son", "reklam", "yorumlar", "oy", "ver", "kabar", "berita", "warta", "harian", "suara",
    "redaksi", "tim", "terkait", "terpopuler", "baca", "juga", "iklan", "beranda", "nasional", "ekonomi", "olahraga",
    "dziennik", "gazeta", "kurier", "głos", "redakcja", "reklama", "wiadomości", "polska", "świat", "kultura",
    "báo", "tin", "tức", "thời", "sự", "kinh", "tế", "thể", "thao", "văn", "hóa", "phóng", "viên", "ảnh", "xã", "hội",
    "новости", "редакция", "газета", "вестник", "вести", "правда", "реклама", "главная", "политика", "общество",
    "экономика", "культура", "спорт", "происшествия", "мир", "россия", "москва", "новини", "редакція", "вісник",
    "політика", "суспільство", "економіка", "україна", "світ", "події", "агентство", "київ",
    // agencies, days, months that look like names
    "reuters", "afp", "ap", "dpa", "efe", "ansa", "pap", "tass", "associated", "sputnik", "bloomberg", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "june", "july",
    "august", "september", "october", "november", "december",
];
/// Places of two words, which a byline may name behind the writer.
const PLACES: &[&str] = &[
    "new york", "los angeles", "san francisco", "new delhi", "hong kong", "tel aviv", "buenos aires", "são paulo",
    "rio de janeiro", "mexico city", "ciudad de méxico", "la habana", "san josé", "la paz", "abu dhabi", "kuala lumpur",
    "cape town", "st. petersburg", "washington dc", "нижний новгород", "hồ chí minh", "hà nội", "đà nẵng", "belo horizonte",
    "porto alegre", "le havre", "den haag", "bad homburg", "santa cruz", "san salvador", "sri lanka", "el salvador",
];
/// Parts of words that name a role, in the languages of the rules.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "reporter", "correspondent", "journalist", "columnist", "writer", "editor", "contributor", "critic", "redakteur",
    "korrespondent", "reporterin", "autorin", "periodista", "redactor", "corresponsal", "enviad", "columnista",
    "journaliste", "correspondant", "envoyé", "chroniqueu", "giornalista", "inviat", "corrispondente", "jornalista",
    "repórter", "correspondente", "muhabir", "gazeteci", "yazar", "wartawan", "jurnalis", "kontributor", "dziennikar",
    "korespondent", "publicyst", "журналист", "корреспондент", "обозреватель", "журналіст", "кореспондент", "оглядач",
    "авторк", "صحفي", "مراسل", "كاتب", "संवाददाता", "पत्रकार", "phóng viên", "nhà báo",
];
/// Words that show that a line in Devanagari or Arabic is a clause, not a name.
const CLAUSE_WORDS: &[&str] = &[
    "का", "की", "के", "में", "से", "पर", "ने", "को", "है", "हैं", "था", "थी", "और", "तक", "भी", "एक", "नहीं", "लिए", "पढ़ें", "खबर", "खबरें",
    "समाचार", "ताजा", "न्यूज", "देश", "विदेश", "राज्य", "मनोरंजन", "खेल", "في", "من", "على", "إلى", "عن", "أن", "إن", "مع", "هذا", "هذه",
    "التي", "الذي", "لا", "ما", "هل", "بعد", "قبل", "أخبار", "الأخبار", "اقرأ", "أيضا", "أيضاً", "الأكثر", "قراءة", "رياضة", "سياسة", "اقتصاد",
    "ثقافة", "منوعات", "فيديو", "صور", "إعلان", "تابعنا", "عاجل", "خاص", "جريدة", "صحيفة", "وكالة", "موقع", "شارك", "اشترك",
];
/// The surnames of most Chinese people.
const CHINESE_SURNAMES: &str = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾鐘汪田任姜范範方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛焦向柳邢路岳齐齊沿梅莫庄莊辛管祝左涂谷祁时時舒耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵歐阳解强強柴华華车車冉房边邊辜吉饶饒刁瞿戚丘古米池滕晋晉苑邬臧畅宫宮来來嵺苟全褚廉简簡娄婁盖符奚木穆党燕郎邸冀谈姬屠连連郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝藍都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应應台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和";
/// The surnames of nearly all Koreans.
const KOREAN_SURNAMES: &str =
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형두감음빈동온호범좌팽승간상시갈단견당";
/// Names of sections that have the length of a name, in Chinese, Japanese and Korean.
const EASTERN_SECTIONS: &[&str] = &[
    "文化", "社会", "社會", "国际", "國際", "时政", "体育", "體育", "娱乐", "财经", "高中生", "政治", "经济", "経済", "国内", "海外", "地域", "暮らし",
    "教育", "科学", "スポーツ", "社説", "コラム", "ニュース", "速報", "新聞", "新闻", "新华", "金融", "方言", "时评", "时尚", "连载", "専門", "安全", "白酒", "全国",
    "이슈", "전체", "정치인", "경제", "사회", "문화", "국제", "지역", "기사", "사설", "오피니언", "연예", "인기", "주요뉴스", "동영상", "구독", "이야기", "조선",
];

/// Names in a line.
#[derive(Debug, Default, PartialEq)]
struct NameLine {
    /// Where each name stands.
    names: Vec<Range<usize>>,
    /// Stamps behind or in front of the names, with what they say.
    stamps: Vec<(Role, Range<usize>)>,
    /// A role of a journalist stands behind the names.
    has_role: bool,
    /// Capital letters or a surname that is known speak for a name.
    is_marked: bool,
}

/// A line of names without a label, where such a line says who wrote: under the headline, beside a time stamp, behind
/// the last sentence.
pub(super) fn name_lines(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((first, last)) = document.body() else { return };
    let title = title_of(context);
    let is_stamp = |i: usize| {
        context.claimed.get(i).copied().flatten() == Some(Kind::PublishedTime)
            || i < document.len() && dates::stamp_line(document.text(i)).is_some_and(|line| {
                line.stamps.iter().any(|(_, hit)| hit.stamp.year.is_some()) || !line.leads.is_empty()
            })
    };
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    for idx in 0..document.len() {
        let text = document.text(idx);
        let block = &document.layout.blocks[idx];
        if !is_open(idx) || document.views[idx].is_long || text.len() > MAX_BYTES || text.contains('\n') {
            continue;
        }
        if matches!(block.shape, Shape::Verse | Shape::ListItem | Shape::Caption) {
            continue;
        }
        let Some(line) = read(text, document.prior.script) else { continue };
        let has_stamp = !line.stamps.is_empty();
        let beside_stamp = has_stamp || is_stamp(idx + 1) || idx > 0 && is_stamp(idx - 1);
        let in_head = title.is_some_and(|title| idx > title && idx <= title + MAX_HEAD_DISTANCE) && idx < first;
        let under_standfirst = idx == first + 1 && (has_stamp || is_stamp(idx + 1)) && title.is_some();
        let is_byline = if in_head {
            let next_is_body = idx + 1 >= first || !is_open(idx + 1) || document.views[idx + 1].is_sentence;
            let title_is_near = title.is_some_and(|title| {
                (title + 1..idx).all(|i| {
                    !is_open(i) || document.views[i].is_sentence || is_copy(document, title, i) || document.views[i].n_words > 6
                })
            });
            beside_stamp || line.has_role || line.is_marked && title_is_near && next_is_body
        } else if under_standfirst {
            line.is_marked || has_stamp
        } else {
            idx > last && line.is_marked && is_signature(context, idx, last)
        };
        if is_byline {
            lift(document, idx, &line, found);
        }
    }
}

/// Whether a line of names behind the body closes it: a sentence or furniture before it, no paragraph behind it.
fn is_signature(context: &Context<'_>, idx: usize, last: usize) -> bool {
    let document = context.document;
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    let before = (last..idx).rev().find(|&i| is_open(i));
    let follows = (idx + 1..document.len()).filter(|&i| is_open(i)).count();
    let next_is_free = idx + 1 < document.len() && is_open(idx + 1);
    before.is_some_and(|i| document.views[i].is_sentence && idx - i <= 2 + MAX_TAIL_DISTANCE)
        && (follows == 0 || !next_is_free || document.stands_alone(idx) && follows <= MAX_TAIL_DISTANCE)
}

/// The headline of the document as far as it is known before the headline is settled.
fn title_of(context: &Context<'_>) -> Option<usize> {
    let document = context.document;
    if context.page.is_some() {
        return (0..document.len())
            .find(|&i| document.layout.blocks[i].shape == Shape::Heading(1) && !document.layout.blocks[i].hidden);
    }
    let lifted = context.candidates.iter().find(|c| c.finding.action == Action::Lift(Some(Field::Title)));
    lifted.map(|c| c.block).or_else(|| headline::find(context))
}

fn is_copy(document: &Document<'_>, title: usize, idx: usize) -> bool {
    let (a, b) = (&document.views[title].folded, &document.views[idx].folded);
    a == b || b.starts_with(a.as_str()) || a.starts_with(b.as_str())
}

fn lift(document: &Document<'_>, idx: usize, line: &NameLine, found: &mut Found<'_>) {
    let block = document.layout.blocks[idx].span;
    let start = block.start as usize;
    let mut parts: Vec<(Range<usize>, Kind, Field)> =
        line.names.iter().map(|range| (range.clone(), Kind::Byline, Field::Authors)).collect();
    for (role, range) in &line.stamps {
        let field = if *role == Role::Modified { Field::Modified } else { Field::Published };
        parts.push((range.clone(), Kind::PublishedTime, field));
    }
    parts.sort_by_key(|(range, ..)| range.start);
    let mut at = start;
    for (range, kind, field) in parts {
        found.add(idx, Span::new(at, start + range.start), Kind::Byline, Action::Drop, None);
        found.add(idx, Span::new(start + range.start, start + range.end), kind, Action::Lift(Some(field)), None);
        at = start + range.end;
    }
    found.add(idx, Span::new(at, block.end as usize), Kind::Byline, Action::Drop, None);
}

/// Reads a line of names, with a role, a place, an outlet or a time stamp behind them.
fn read(text: &str, script: Option<&'static str>) -> Option<NameLine> {
    let mut line = NameLine::default();
    let mut range = 0..text.len();
    let hits = dates::scan(text);
    if let (Some(first), Some(last)) = (hits.first(), hits.last()) {
        // What stands with the names must be stamps from here on, or up to here.
        let (names, stamps) = if last.range.end * 2 > text.len() {
            let cut = stamp_start(text, first.range.start);
            (0..cut, cut..text.len())
        } else {
            (last.range.end..text.len(), 0..last.range.end)
        };
        let read = dates::stamp_line(&text[stamps.clone()])?;
        for (role, hit) in read.stamps {
            if hit.stamp.date().is_some() {
                line.stamps.push((role, stamps.start + hit.range.start..stamps.start + hit.range.end));
            }
        }
        range = names;
    }
    let raw = &text[range.clone()];
    let bare = raw.trim_matches(|c: char| c.is_whitespace() || "|•·,-–—/:：；;()（）[]【】✍".contains(c));
    if bare.is_empty() || bare.contains(['?', '!', '。', '？', '！', '؟', '"', '“', '”', '«', '»', ':', '：', ';', '=', '@', '…', '।']) {
        return None;
    }
    let offset = range.start + raw.find(bare)?;
    let unspaced = bare.chars().any(is_unspaced);
    if unspaced || has_hangul(bare) {
        line.names = eastern_names(bare, script)?;
        line.is_marked = true;
    } else {
        western_names(bare, &mut line)?;
    }
    for name in &mut line.names {
        *name = name.start + offset..name.end + offset;
    }
    Some(line)
}

/// Where the lead words of a stamp begin that stands at a position: behind the last separator before it whose rest is
/// no name.
fn stamp_start(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let cuts = before.char_indices().filter(|(_, c)| matches!(c, ' ' | '|' | ',' | '•' | '·' | '-' | '–' | '—' | '('));
    cuts.map(|(i, _)| i).find(|&i| dates::stamp_line(&text[i..]).is_some()).unwrap_or(at)
}

/// Names in scripts without blanks: two to four characters with a known surname, or three to six in Japanese.
fn eastern_names(bare: &str, script: Option<&'static str>) -> Option<Vec<Range<usize>>> {
    let mut names = Vec::new();
    for part in split_at(bare, |c| matches!(c, '、' | '，' | ',' | '/' | '／' | '・' | '·' | '　' | '|') || c.is_whitespace()) {
        let word = &bare[part.clone()];
        if EASTERN_SECTIONS.iter().any(|section| word.contains(section)) {
            return None;
        }
        let n = word.chars().count();
        let first = word.chars().next()?;
        let is_name = if has_hangul(word) {
            (3..=3).contains(&n) && KOREAN_SURNAMES.contains(first) && word.chars().all(|c| ('가'..='힣').contains(&c))
        } else if script == Some("Jpan") {
            let is_kana = |c: char| ('\u{3041}'..='\u{30FF}').contains(&c);
            (3..=6).contains(&n)
                && word.chars().take(2).all(|c| !is_kana(c) && c.is_alphabetic())
                && !word.ends_with(['版', '部', '欄', '号', '社', '会', '面', '局', '市', '県', '都', '府', '区', '町', '村', '店', '展', '戦', '賞', '所', '場', '者', '式', '聞', '的', '中'])
        } else {
            (2..=4).contains(&n) && CHINESE_SURNAMES.contains(first) && word.chars().all(|c| is_unspaced(c) && c.is_alphabetic())
        };
        if !is_name || names.len() >= 4 {
            return None;
        }
        names.push(part);
    }
    (!names.is_empty()).then_some(names)
}

/// Names in scripts with blanks. The first part must be a name; behind it come other names, a role, a place.
fn western_names(bare: &str, line: &mut NameLine) -> Option<()> {
    let parts = split_names(bare);
    let mut suffix_words = 0;
    let mut is_open = true;
    for (n, (part, mark)) in parts.iter().enumerate() {
        let text = &bare[part.clone()];
        let lower = text.to_lowercase();
        let is_place = PLACES.contains(&lower.as_str());
        // Behind a bar stands the outlet or the place.
        let name = (is_open && *mark != '|' && !is_place).then(|| name_of(text)).flatten();
        match name {
            Some(is_marked) => {
                line.is_marked |= is_marked;
                line.names.push(part.clone());
            }
            None if n == 0 => return None,
            None => {
                is_open = false;
                line.has_role |= ROLES.iter().any(|role| lower.contains(role));
                suffix_words += text.split_whitespace().count();
            }
        }
    }
    let is_short = suffix_words <= MAX_SUFFIX_WORDS && !bare.ends_with('.');
    // Another part that is no role must be short: a place, an outlet.
    (is_short && line.names.len() <= 5 && (line.has_role || suffix_words <= 3)).then_some(())
}

/// Whether a text is a name; and whether its capital letters say so.
fn name_of(text: &str) -> Option<bool> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    if !(2..=MAX_NAME_WORDS).contains(&words.len())
        || lower.iter().any(|w| NO_NAMES.contains(&w.trim_matches('.')) || CLAUSE_WORDS.contains(&w.as_str()))
    {
        return None;
    }
    let is_letter = |c: char| c.is_alphabetic() || crate::page::text::is_mark(c) || matches!(c, '.' | '\'' | '’' | 'ʼ' | '-');
    if !words.iter().all(|w| w.chars().all(is_letter)) {
        return None;
    }
    let has_case = text.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    if !has_case {
        let n_letters: Vec<usize> = words.iter().map(|w| w.chars().count()).collect();
        return (words.len() <= 4 && n_letters.iter().all(|&n| (2..=14).contains(&n))).then_some(false);
    }
    let is_initial = |w: &str| w.ends_with('.') && w.chars().count() <= 5;
    let mut n_full = 0;
    for (n, word) in words.iter().enumerate() {
        let is_capital = word.chars().next().is_some_and(char::is_uppercase);
        let is_particle = n > 0 && n + 1 < words.len() && PARTICLES.contains(&lower[n].as_str());
        let is_joined = ["d'", "d’", "al-", "el-"].iter().any(|lead| lower[n].starts_with(lead));
        if !is_capital && !is_particle && !is_joined || word.ends_with('.') && !is_initial(word) {
            return None;
        }
        n_full += usize::from(is_capital && word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !is_initial(word));
    }
    (n_full >= 1).then_some(true)
}

/// Parts of a line between commas, bars, slashes, dashes with blanks around them, and words such as `and`; each with
/// the mark in front of it.
fn split_names(bare: &str) -> Vec<(Range<usize>, char)> {
    let mut parts = Vec::new();
    let mut mark = ' ';
    let mut start = 0;
    let mut words = Vec::new();
    let mut at = 0;
    for word in bare.split_inclusive(char::is_whitespace) {
        words.push(at..at + word.len());
        at += word.len();
    }
    let mut push = |range: Range<usize>, mark: char| {
        let raw = &bare[range.clone()];
        let cut = raw.trim_matches(|c: char| c.is_whitespace() || ",،|/–—-•·()".contains(c));
        if !cut.is_empty() {
            let from = range.start + raw.find(cut).unwrap_or(0);
            parts.push((from..from + cut.len(), mark));
        }
    };
    for word in words {
        let token = bare[word.clone()].trim();
        let lower = token.to_lowercase();
        let is_mark = matches!(token, "|" | "/" | "-" | "–" | "—" | "•" | "·" | "&");
        // Arabic writes `and` in one word with what it joins; a name of two words must stand before it.
        let n_before = bare[start..word.start].split_whitespace().count();
        let arabic_and = token.starts_with('و') && n_before >= 2 && token.chars().count() > 3;
        let is_joint = JOINTS.contains(&lower.as_str()) && n_before >= 2;
        if is_mark || is_joint {
            push(start..word.start, mark);
            mark = if is_joint { '&' } else { token.chars().next().unwrap_or(' ') };
            start = word.end;
        } else if arabic_and && bare[word.end..].split_whitespace().count() >= 1 {
            push(start..word.start, mark);
            mark = '&';
            start = word.start + 'و'.len_utf8();
        } else if let Some(i) = token.find(['|', '/', ',', '،']) {
            let c = token[i..].chars().next().unwrap_or(',');
            push(start..word.start + i, mark);
            mark = c;
            start = word.start + i + c.len_utf8();
        } else if token.starts_with('(') {
            push(start..word.start, mark);
            mark = '|';
            start = word.start;
        }
    }
    push(start..bare.len(), mark);
    parts
}

/// The parts of a text between characters of a sort.
fn split_at(text: &str, is_mark: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if i == text.len() || is_mark(c) {
            if i > start {
                parts.push(start..i);
            }
            start = i + c.len_utf8();
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of a line, and `!` for a role.
    fn check(text: &str, expected: &str) {
        let shown = read(text, Some("Jpan").filter(|_| text.contains('澪'))).map_or("-".to_owned(), |line| {
            let names: Vec<&str> = line.names.iter().map(|range| &text[range.clone()]).collect();
            let stamps: Vec<&str> = line.stamps.iter().map(|(_, range)| &text[range.clone()]).collect();
            [names.join("; "), if line.has_role { "!".into() } else { String::new() }, stamps.join("; ")].concat()
        });
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn names_are_read_in_many_scripts() {
        check("Anna Lindqvist", "Anna Lindqvist");
        check("ANNA LINDQVIST", "ANNA LINDQVIST");
        check("G. Le Hénaff", "G. Le Hénaff");
        check("Inés Corral / Delia Sanz", "Inés Corral; Delia Sanz");
        check("Ольга Рябова, Пётр Званцев", "Ольга Рябова; Пётр Званцев");
        check("Jan Nowicki i Ewa Holm", "Jan Nowicki; Ewa Holm");
        check("Lê Thị Hồng Nhạn - Bùi Quốc Thịnh", "Lê Thị Hồng Nhạn; Bùi Quốc Thịnh");
        check("يونس بنعيسى وفاطمة الزهراء الإدريسي", "يونس بنعيسى; فاطمة الزهراء الإدريسي");
        check("अनिता राव", "अनिता राव");
        check("北原澪", "北原澪");
        check("윤세아", "윤세아");
        check("陆成蹊、王某", "陆成蹊; 王某");
    }

    #[test]
    fn roles_places_outlets_and_stamps_are_told_from_names() {
        check("Anna Lindqvist, harbour reporter", "Anna Lindqvist!");
        check("Anna Lindqvist | Port Harbour", "Anna Lindqvist");
        check("Dewi Lestari - kabarLembah", "Dewi Lestari");
        check("Богдана Лис, журналістка", "Богдана Лис!");
        check("अनिता राव, जयपुर", "अनिता राव");
        check("Jan Nowicki | 18.08.2024 19:44", "Jan Nowicki18.08.2024 19:44");
        check("Anna Lindqvist Published: 3 March 2025", "Anna Lindqvist3 March 2025");
    }

    #[test]
    fn other_lines_are_no_names() {
        check("World News", "-");
        check("The old pier in winter", "-");
        check("Harbour", "-");
        check("Who is Anna Lindqvist?", "-");
        check("Anna Lindqvist said so.", "-");
        check("Related Stories", "-");
        check("पुल का उद्घाटन", "-");
        check("أخبار المدينة", "-");
        check("社会新闻", "-");
        check("Results: Anna Lindqvist", "-");
    }
}
