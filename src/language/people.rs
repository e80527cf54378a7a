//! What the name of a person looks like, and what only looks like one. Comes in a short text, goes out whether it may be
//! a name. Judges by capital letters, surnames of China and Korea, and words that no name holds; given names are asked
//! for only where more than the shape must speak for a person.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashSet;

use super::has_hangul;
use crate::page::text::{is_mark, is_unspaced};

/// Most words of a name.
const MAX_NAME_WORDS: usize = 5;
/// Words between the parts of a name.
const PARTICLES: &[&str] = &[
    "van", "von", "vom", "zu", "zum", "zur", "de", "da", "do", "dos", "das", "di", "du", "del", "della", "dalla", "la",
    "le", "lo", "el", "al", "bin", "ben", "binti", "ibn", "der", "den", "ter", "ten", "af", "av", "y", "dei", "degli",
    "st.", "san",
];
/// Words that part two names.
const JOINTS: &[&str] =
    &["and", "und", "et", "y", "e", "ve", "dan", "i", "oraz", "и", "та", "і", "й", "và", "और", "एवं", "with"];
/// Longest of them, in bytes.
const MAX_JOINT_BYTES: usize = 12;

/// Whether a word in either case joins two names.
pub fn is_joint(word: &str) -> bool {
    word.len() <= MAX_JOINT_BYTES && JOINTS.contains(&word.to_lowercase().as_str())
}

/// Words that name no person: sections, buttons, outlets, places of two words.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    // sections and buttons
    "news", "world", "sport", "sports", "politics", "business", "opinion", "culture", "home", "menu", "search", "login",
    "log", "sign", "subscribe", "share", "follow", "comments", "comment", "related", "stories", "story", "more", "most",
    "read", "latest", "photo", "photos", "video", "videos", "gallery", "contact", "about", "privacy", "policy",
    "terms", "newsletter", "newsletters", "advertisement", "advert", "sponsored", "editor", "editors",
    "picks", "trending", "popular", "next", "previous", "article", "articles", "live", "breaking", "exclusive",
    "analysis", "interview", "review", "reviews", "weather", "local", "national", "international", "foreign", "affairs",
    "health", "science", "technology", "tech", "lifestyle", "travel", "entertainment", "music", "books", "food",
    "money", "markets", "economy", "climate", "environment", "education", "society", "community", "events", "letters",
    "obituary", "podcast", "report", "special", "feature", "features", "your", "our", "the", "this", "new", 
    "skip", "content", "back", "close", "open", "click", "tags", "topics", "topic", "updates", "update",
    "results", "result", "table", "final", "cup", "league", "year", "street", "road", "city", "town",
    "council", "harbour", "bridge", "museum", "library", "school", "university", "festival",
    "cookie", "cookies", "photography", "photographs", "images", "picture", "pictures", "archive", "archives", "getty",
    "foto", "fotos", "fotografia", "fotografias", "fotografía", "fotografías", "fotograf", "fotoğraf", "fotoğraflar", "bild",
    "bilder", "archiv", "archivo", "arquivo", "archivio", "arsip", "arşiv", "archiwum", "imagen", "imagem", "фото", "архив",
    "архів", "zdjęcie", "zdjęcia", "crédit", "crédits", "giriş", "tarihi", "güncelleme", "edition", "weekly", "monthly",
    "sunday's", "crossword", "quiz", "property", "shop", "store", "help", "faq", "sitemap",
    "cookies", "rights", "reserved", "copyright", "company", "group", "ltd", "inc", "gmbh", "llc", "corp", "foundation",
    "association", "institute", "ministry", "government", "department", "office", "police", "fire", "service", "center",
    "centre", "hospital", "club", "orchestra", "choir", "street", "square", "island", "river", "mountain",
    "verein", "stadt", "straße", "museum", "schule", "feuerwehr", "polizei", "archivbild", "symbolbild", "agentur",
    "ayuntamiento", "calle", "plaza", "museo", "escuela", "universidad", "policía", "gobierno", "rua", "praça", "escola",
    "mairie", "rue", "école", "musée", "comune", "piazza", "scuola", "belediye", "belediyesi", "üniversitesi",
    "okulu", "mahallesi", "kota", "kabupaten", "desa", "sekolah", "universitas", "dinas", "miasto", "urząd", "szkoła",
    "muzeum", "policja", "straż", "город", "улица", "школа", "музей", "театр", "завод", "полиция", "місто", "вулиця",
    "поліція", "школа", "міська", 
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
    "ajansı", "merkezi", "ilgili", "reklam", "yorumlar", "kabar", "berita", "warta", "harian", "suara",
    "redaksi", "terkait", "terpopuler", "baca", "juga", "iklan", "beranda", "nasional", "ekonomi", "olahraga",
    "dziennik", "gazeta", "kurier", "głos", "redakcja", "reklama", "wiadomości", "polska", "świat", "kultura",
    "báo", "tức", "thời", "sự", "kinh", "tế", "thao", "hóa", "phóng", "viên", "ảnh", "xã", 
    "новости", "редакция", "газета", "вестник", "вести", "правда", "реклама", "главная", "политика", "общество",
    "экономика", "культура", "спорт", "происшествия", "россия", "новини", "редакція", "вісник",
    "політика", "суспільство", "економіка", "україна", "світ", "події", "агентство", "київ",
    // agencies, days, months that look like names
    "reuters", "afp", "ap", "dpa", "efe", "ansa", "tass", "associated", "sputnik", "bloomberg", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", 
    "september", "october", "november", "december",
];
/// Places of two words, which a byline may name behind the writer.
const PLACES: &[&str] = &[
    "new york",
    "los angeles",
    "san francisco",
    "new delhi",
    "hong kong",
    "tel aviv",
    "buenos aires",
    "são paulo",
    "rio de janeiro",
    "mexico city",
    "ciudad de méxico",
    "la habana",
    "san josé",
    "la paz",
    "abu dhabi",
    "kuala lumpur",
    "cape town",
    "st. petersburg",
    "washington dc",
    "нижний новгород",
    "hồ chí minh",
    "hà nội",
    "đà nẵng",
    "belo horizonte",
    "porto alegre",
    "le havre",
    "den haag",
    "bad homburg",
    "santa cruz",
    "san salvador",
    "sri lanka",
    "el salvador",
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
    "का",
    "की",
    "के",
    "में",
    "से",
    "पर",
    "ने",
    "को",
    "है",
    "हैं",
    "था",
    "थी",
    "और",
    "तक",
    "भी",
    "एक",
    "नहीं",
    "लिए",
    "पढ़ें",
    "खबर",
    "खबरें",
    "शेयर",
    "करें",
    "फॉलो",
    "साझा",
    "देखें",
    "सुनें",
    "वीडियो",
    "फोटो",
    "विज्ञापन",
    "संबंधित",
    "टिप्पणी",
    "लॉगिन",
    "सब्सक्राइब",
    "होम",
    "मुख्य",
    "बड़ी",
    "समाचार",
    "ताजा",
    "न्यूज",
    "देश",
    "विदेश",
    "राज्य",
    "मनोरंजन",
    "खेल",
    "في",
    "من",
    "على",
    "إلى",
    "عن",
    "أن",
    "إن",
    "مع",
    "هذا",
    "هذه",
    "التي",
    "الذي",
    "لا",
    "ما",
    "هل",
    "بعد",
    "قبل",
    "أخبار",
    "الأخبار",
    "اقرأ",
    "أيضا",
    "أيضاً",
    "الأكثر",
    "قراءة",
    "رياضة",
    "سياسة",
    "اقتصاد",
    "ثقافة",
    "منوعات",
    "فيديو",
    "صور",
    "إعلان",
    "تابعنا",
    "عاجل",
    "خاص",
    "جريدة",
    "صحيفة",
    "وكالة",
    "موقع",
    "شارك",
    "اشترك",
];
/// The surnames of most Chinese people.
const CHINESE_SURNAMES: &str = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾鐘汪田任姜范範方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛焦向柳邢路岳齐齊沿梅莫庄莊辛管祝左涂谷祁时時舒耿牟卜詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵歐阳解强強柴华華车車冉房边邊辜吉饶饒刁瞿戚丘古米池滕晋晉苑邬臧畅宫宮来來嵺苟全褚廉简簡娄婁盖符奚木穆党燕郎邸冀谈姬屠连連郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝藍都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应應台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和";
/// The surnames of nearly all Koreans.
const KOREAN_SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형두감음빈동온호범좌팽승간상시갈단견당";
/// Names of sections that have the length of a name, in Chinese, Japanese and Korean.
const EASTERN_SECTIONS: &[&str] = &[
    "文化",
    "社会",
    "社會",
    "国际",
    "國際",
    "时政",
    "体育",
    "體育",
    "娱乐",
    "财经",
    "高中生",
    "政治",
    "经济",
    "経済",
    "国内",
    "海外",
    "地域",
    "暮らし",
    "教育",
    "科学",
    "スポーツ",
    "社説",
    "コラム",
    "ニュース",
    "速報",
    "新聞",
    "新闻",
    "新华",
    "金融",
    "方言",
    "时评",
    "时尚",
    "连载",
    "専門",
    "安全",
    "白酒",
    "全国",
    "이슈",
    "전체",
    "정치인",
    "경제",
    "사회",
    "문화",
    "국제",
    "지역",
    "기사",
    "사설",
    "오피니언",
    "연예",
    "인기",
    "주요뉴스",
    "동영상",
    "구독",
    "이야기",
    "조선",
];

/// Whether a text of a script with blanks may be a person's name; and whether its capital letters say so.
pub fn western(text: &str) -> Option<bool> {
    let words: Vec<&str> = text.split_whitespace().take(MAX_NAME_WORDS + 1).collect();
    if !(2..=MAX_NAME_WORDS).contains(&words.len()) {
        return None;
    }
    let is_letter = |c: char| c.is_alphabetic() || is_mark(c) || matches!(c, '.' | '\'' | '’' | 'ʼ' | '-');
    if !words.iter().all(|w| w.chars().all(is_letter)) {
        return None;
    }
    // A small letter in front begins a name only as `d'`, `al-` and the like.
    let is_small = |c: char| c.is_lowercase() && !matches!(c, 'd' | 'a' | 'e');
    if words[0].starts_with(is_small) {
        return None;
    }
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    if lower.iter().any(|w| is_no_name(w) || is_clause_word(w)) || is_place(&lower.join(" ")) {
        return None;
    }
    let has_case = text.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    if !has_case {
        let n_letters: Vec<usize> = words.iter().map(|w| w.chars().count()).collect();
        return (words.len() <= 4 && !text.contains('.') && n_letters.iter().all(|&n| (2..=14).contains(&n)))
            .then_some(false);
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
        n_full +=
            usize::from(is_capital && word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !is_initial(word));
    }
    (n_full >= 1).then_some(true)
}

/// Whether a text is a person's name beyond its shape: two to four words, the first a common given name, or a title or an
/// initial in front of one.
pub fn is_certain(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=4).contains(&words.len())
        && western(text) == Some(true)
        && words[..words.len() - 1].iter().take(2).any(|word| super::given::is_given(word.trim_end_matches('.')))
        && words.iter().all(|word| word.chars().any(char::is_lowercase) || word.ends_with('.'))
}

/// Whether a word in lower case stands in no person's name: sections, buttons, outlets, offices.
pub fn is_no_name(lower: &str) -> bool {
    static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| NO_NAMES.iter().copied().collect());
    WORDS.contains(lower.trim_matches('.')) || is_role(lower)
}

/// Whether a word of Arabic or Hindi shows that a line is a clause.
pub fn is_clause_word(word: &str) -> bool {
    static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| CLAUSE_WORDS.iter().copied().collect());
    !word.is_ascii() && WORDS.contains(word)
}

/// Whether a text in lower case is a place of several words that a byline may name.
pub fn is_place(lower: &str) -> bool {
    PLACES.contains(&lower)
}

/// Whether a text in lower case names the work of a journalist.
pub fn is_role(lower: &str) -> bool {
    static ALL: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::new(ROLES).expect("a handful of words fits"));
    ALL.is_match(lower)
}

/// Whether a word of an unspaced script or of Korean may be a name: a known surname and the length of one; Japanese
/// surnames are too many, so that there the length must do. `script` is that of the document.
pub fn eastern(word: &str, script: Option<&str>) -> bool {
    let n = word.chars().count();
    let Some(first) = word.chars().next() else { return false };
    if EASTERN_SECTIONS.iter().any(|section| word.contains(section)) {
        return false;
    }
    if has_hangul(word) {
        return n == 3 && KOREAN_SURNAMES.contains(first) && word.chars().all(|c| ('가'..='힣').contains(&c));
    }
    if !word.chars().all(|c| is_unspaced(c) && c.is_alphabetic()) {
        return false;
    }
    if script == Some("Jpan") {
        let is_kana = |c: char| ('\u{3041}'..='\u{30FF}').contains(&c);
        return (3..=6).contains(&n) && !word.chars().take(2).any(is_kana) && !word.ends_with(NOT_LAST_IN_JAPANESE);
    }
    (2..=4).contains(&n) && CHINESE_SURNAMES.contains(first)
}

/// Characters that end the names of offices, places and columns, not of people.
const NOT_LAST_IN_JAPANESE: [char; 34] = [
    '版', '部', '欄', '号', '社', '会', '面', '局', '市', '県', '都', '府', '区', '町', '村', '店', '展', '戦', '賞',
    '所', '場', '者', '式', '聞', '的', '中', '日', '時', '分', '年', '月', '館', '校', '隊',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_sections_and_outlets() {
        for name in ["Anna Lindqvist", "Inés de la Corral", "Ольга РЯБОВА", "Lê Thị Hồng Nhạn", "G. Le Hénaff"]
        {
            assert_eq!(western(name), Some(true), "{name}");
        }
        assert_eq!(western("अनिता राव"), Some(false));
        for other in ["World News", "Harbour Post", "The old pier", "Buenos Aires", "Baca Juga", "पुल का उद्घाटन", "Anna"]
        {
            assert_eq!(western(other), None, "{other}");
        }
    }

    #[test]
    fn eastern_names_have_a_surname_and_a_length() {
        assert!(
            eastern("윤세아", Some("Hang")) && eastern("陆成蹊", Some("Hans")) && eastern("浅見理沙", Some("Jpan"))
        );
        assert!(
            !eastern("전국뉴스", Some("Hang"))
                && !eastern("社会新闻", Some("Hans"))
                && !eastern("公開日", Some("Jpan"))
        );
    }
}
