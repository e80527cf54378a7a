//! Names as columns hold them: people without the words around them, credits without `Photo:`, lists taken apart.

use super::assemble::collapsed;
use crate::language::people;

/// Words in front of a person's name in a byline.
const BYLINE_LEADS: &[&str] = &[
    "by",
    "written by",
    "story by",
    "text by",
    "words by",
    "text",
    "author",
    "authors",
    "reporting by",
    "reported by",
    "posted by",
    "interview by",
    "interview",
    "words",
    "автор",
    "авторы",
    "текст",
    "von",
    "par",
    "por",
    "di",
    "oleh",
    "penulis",
    "muhabir",
    "autor",
    "autorin",
    "auteur",
    "autore",
    "yazan",
    "作者",
    "記者",
    "记者",
    "بقلم",
    "كتب",
    "كتبت",
    "إعداد",
    "लेखक",
    "tác giả",
    "texte",
    "texto",
    "testo",
    "tekst",
    "reportage",
    "reportagem",
    "reportaje",
    "entretien",
    "enquête",
    "bericht",
    "haber",
    "röportaj",
    "pewarta",
    "reporter",
    "автори",
    "本报记者",
    "本報記者",
    "通讯员",
];
/// Words that part two names in a byline.
const NAME_JOINTS: &[&str] = &[
    " and ",
    " & ",
    " und ",
    " et ",
    " y ",
    " e ",
    " ve ",
    " dan ",
    " i ",
    " oraz ",
    " и ",
    " та ",
    " і ",
    " й ",
    " và ",
    " और ",
    " एवं ",
    " with ",
    " - ",
    " – ",
    " — ",
    "–",
];
/// Names of agencies and desks, which are no people, beside the words that [`people`] knows.
const NOT_PEOPLE: &[&str] = &[
    "desk",
    "team",
    "reporters",
    "correspondents",
    "admin",
    "redaktion",
    "redazione",
    "редакция",
    "associated",
    "тасс",
    "webmaster",
    "author",
    "unknown",
    "guest",
    "office",
    "contributors",
    "contributor",
    "writers",
];
/// Words of offices, labels and houses that a byline holds beside a person's name.
#[rustfmt::skip]
const NOT_IN_NAMES: &[&str] = &[
    "last", "published", "updated", "posted", "written", "by", "fact", "checked", "bio", "full", "view", "type", "date",
    "anonymous", "guest", "research", "senior", "junior", "director", "manager", "president", "founder", "co-founder",
    "cofounder", "ceo", "cto", "coo", "cmo", "cfo", "vp", "chief", "officer", "head", "lead", "specialist", "strategist",
    "consultant", "expert", "coach", "analyst", "engineer", "developer", "designer", "marketing", "content", "producer",
    "owner", "dietitian", "nutritionist", "attorney", "lawyer", "executive", "assistant", "associate", "partner",
    "advisor", "adviser", "member", "minutes", "min", "reading", "time", "reviewed", "medically", "verified", "profile",
    "website", "author", "authors", "feb", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "undefined", "null", "none", "admin", "administrator", "user", "editorial", "solutions",
    "services", "university", "college", "academy", "official", "free", "get", "started", "button", "learn", "all",
    "posts", "print", "email", "copy", "link", "watch", "listen", "download", "request", "demo", "master", "gardener",
    "contributing", "certified", "registered", "licensed", "professional", "topic", "joined", "moderator", "level",
    "find", "ask", "insights", "more", "home", "blog", "article", "story", "share", "save", "follow",
    "commons", "attribution", "register", "wiki", "license",
];
/// Words that begin the name of an editor, photographer or translator, who are no authors.
const NOT_AUTHORS: &[&str] = &[
    "editing by",
    "edited by",
    "translated by",
    "translation by",
    "редактор",
    "перевод",
    "переклад",
    "editor:",
    "editing",
    "foto:",
    "fotos:",
    "photo:",
    "photos:",
    "фото:",
    "ảnh:",
    "redaktur:",
    "penyunting:",
    "编辑",
    "編輯",
    "责编",
    "摄影",
    "攝影",
    "写真",
    "撮影",
    "تصوير",
    "تحرير",
    "fotografias d",
    "fotografías d",
    "fotos d",
    "photos d",
];
/// Marks of a Korean reporter behind the name.
const KOREAN_ROLES: &[&str] = &[
    "인턴기자",
    "인턴 기자",
    "선임기자",
    "전문기자",
    "객원기자",
    "대학생기자",
    "수습기자",
    "특파원",
    "논설위원",
    "기자",
    "칼럼니스트",
    "에디터",
    "아나운서",
    "PD",
];

/// Where the first word stands behind which others than authors follow, in a text in lower case.
fn first_of_others(lower: &str) -> Option<usize> {
    // To tell that a word stands nowhere is cheaper than to look where.
    NOT_AUTHORS.iter().filter(|word| lower.contains(**word)).filter_map(|word| lower.find(word)).min()
}

/// People of a byline, without the words in front, roles and organisations.
pub fn authors(value: &str, site: Option<&str>) -> Vec<String> {
    let mut value = collapsed(value);
    let lower = value.to_lowercase();
    if let Some(at) = first_of_others(&lower) {
        // Lower-casing can change lengths outside ASCII; cut only where the border holds.
        if value.is_char_boundary(at) {
            value.truncate(at);
        }
    }
    value = without_leads(&value);
    for joint in NAME_JOINTS {
        if value.contains(joint) {
            value = value.replace(joint, ", ");
        }
    }
    let unspaced = value.chars().any(crate::page::text::is_unspaced);
    value
        .split([',', ';', '|', '、', '，', '/', '／', '·', 'ㆍ', '،'])
        .flat_map(|part| if unspaced { eastern_names(part) } else { arabic_names(part) })
        .map(|name| without_role(&without_leads(name)).to_owned())
        // Behind the outlet stands its town, nobody else.
        .skip_while(|name| !is_person(name, site))
        .take_while(|name| is_person(name, site))
        .collect()
}

/// People that markup declares or a byline names, in full: single names and what stands behind a name as its rank
/// (`PhD`, `M.D.`) are let through, offices and addresses are not.
pub fn declared(value: &str) -> Vec<String> {
    let mut value = collapsed(value);
    let lower = value.to_lowercase();
    if let Some(at) = first_of_others(&lower)
        && value.is_char_boundary(at)
    {
        value.truncate(at);
    }
    value = without_leads(&value);
    // `Marsh, Ada` of a citation.
    if let Some((last, first)) = value.split_once(", ")
        && !first.contains([',', ';', '&'])
        && !last.contains(' ')
        && !is_rank(first)
        && first.split_whitespace().count() <= 2
        && people::western(&format!("{first} {last}")) == Some(true)
        && people::western(first).is_none()
    {
        value = format!("{first} {last}");
    }
    for joint in NAME_JOINTS {
        if value.contains(joint) {
            value = value.replace(joint, ", ");
        }
    }
    let unspaced = value.chars().any(crate::page::text::is_unspaced);
    let mut names: Vec<String> = Vec::new();
    let parts: Vec<&str> = value
        .split([',', ';', '|', '、', '，', '/', '／', '·', '•', 'ㆍ', '،'])
        .flat_map(|part| if unspaced { eastern_names(part) } else { arabic_names(part) })
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect();
    // `Maria & Katerina` sign with their given names; among full names one word is a place or an outlet.
    let is_short = parts.len() <= 3 && parts.iter().all(|part| !part.trim().contains(' '));
    for part in &parts {
        let rank = part.trim();
        let part = without_leads(part);
        let name = without_role(&part);
        let is_alone = is_short || name.contains(' ') || unspaced || crate::language::has_hangul(name);
        let is_label = name.to_lowercase().split_whitespace().any(|word| NOT_IN_NAMES.contains(&word));
        if is_rank(rank) {
            if let Some(last) = names.last_mut() {
                last.push_str(", ");
                last.push_str(rank);
            }
        } else if is_alone && !is_label && is_person(name, None) {
            names.push(name.to_owned());
        } else if !names.is_empty() && !is_label {
            // Behind the outlet stands its town, nobody else.
            break;
        }
    }
    names
}

/// One word under which somebody writes: `gull77`, `BeauMD`. Two words in small letters are a name that its owner did not
/// capitalise.
pub fn handle(value: &str) -> Option<String> {
    let name = without_leads(&collapsed(value));
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_fit = |word: &&str| {
        let n = word.chars().count();
        (3..=30).contains(&n)
            && word.chars().any(char::is_alphabetic)
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
            && !NOT_IN_NAMES.contains(&word.to_lowercase().as_str())
            && !NOT_PEOPLE.contains(&word.to_lowercase().as_str())
            && !people::is_no_name(&word.to_lowercase())
    };
    let is_small = words.len() == 2 && words.iter().all(|word| word.chars().all(char::is_lowercase));
    ((words.len() == 1 || is_small) && words.iter().all(is_fit)).then_some(name)
}

/// Academic and professional letters behind a name: `PhD`, `M.D. FACLM`, `E-RYT 200`.
fn is_rank(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_mark = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let n_upper = word.chars().filter(|c| c.is_uppercase()).count();
        let is_number = word.chars().all(|c| c.is_ascii_digit());
        is_number && words.len() > 1
            || (2..=7).contains(&letters)
                && word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | '-' | '®' | '/'))
                && (n_upper == letters || n_upper >= 2 && letters <= 5 || matches!(*word, "Jr" | "Jr." | "Sr" | "Sr."))
    };
    !words.is_empty() && words.len() <= 4 && words.iter().all(is_mark)
}

/// Chinese parts two names with a blank, Japanese the two parts of one name: only known surnames tell.
fn eastern_names(part: &str) -> Vec<&str> {
    let words: Vec<&str> = part.split_whitespace().collect();
    if words.len() > 1 && words.iter().all(|word| people::eastern(word, None)) { words } else { vec![part.trim()] }
}

/// Arabic writes `and` in one word with the name that it joins: a name of two words must stand on either side.
fn arabic_names(part: &str) -> Vec<&str> {
    let is_joint = |&(at, _): &(usize, &str)| {
        let (before, behind) = (&part[..at], &part[at + " و".len()..]);
        before.split_whitespace().count() >= 2
            && behind.split_whitespace().count() >= 2
            && behind.split_whitespace().next().is_some_and(|word| word.chars().count() > 2)
    };
    match part.match_indices(" و").find(is_joint) {
        Some((at, _)) => vec![&part[..at], &part[at + " و".len()..]],
        None => vec![part],
    }
}

/// A name without labels in front of it.
fn without_leads(value: &str) -> String {
    let mut value = value.to_owned();
    loop {
        let trimmed = value.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | ',' | ';' | '|' | '-' | '–' | '—' | '：' | '(' | ')' | '[' | ']')
        });
        let lower = trimmed.to_lowercase();
        let lead = BYLINE_LEADS.iter().filter(|lead| {
            lower.strip_prefix(**lead).is_some_and(|r| r.trim_start().starts_with([':', '：']) || r.starts_with(' '))
        });
        match lead.map(|lead| lead.chars().count()).max() {
            Some(n) => value = trimmed.chars().skip(n).collect(),
            None => {
                // The stop behind an initial belongs to it.
                let last = trimmed.split_whitespace().next_back().unwrap_or("");
                let bare = if last.chars().count() > 3 { trimmed.trim_end_matches('.') } else { trimmed };
                return bare.to_owned();
            }
        }
    }
}

/// A Korean name without the word for a reporter behind it.
fn without_role(name: &str) -> &str {
    let bare = KOREAN_ROLES.iter().find_map(|role| name.strip_suffix(role));
    bare.unwrap_or(name).trim_end()
}

/// Whether a text has the shape of a person's name.
fn is_person(name: &str, site: Option<&str>) -> bool {
    let lower = name.to_lowercase();
    let n_words = name.split_whitespace().count();
    let unspaced = name.chars().next().is_some_and(crate::page::text::is_unspaced) || crate::language::has_hangul(name);
    let has_case = name.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase());
    let is_site = site
        .is_some_and(|site| site.trim_start_matches("www.").split('.').next() == Some(lower.replace(' ', "").as_str()));
    let is_word = |word: &str| NOT_PEOPLE.contains(&word) || people::is_no_name(word);
    !name.is_empty()
        && name.chars().count() <= 60
        && (unspaced || (2..=6).contains(&n_words) || (n_words == 1 && name.chars().count() >= 3))
        && has_case
        && !is_site
        && !people::is_place(&lower)
        && !name.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | '<' | '>' | '{' | '}' | '?' | '!'))
        && !name.starts_with("http")
        && !lower.split_whitespace().any(is_word)
}

/// A photo credit without the words around it.
pub fn credit(value: &str) -> String {
    let mut value = collapsed(value).trim_matches(['(', ')', '[', ']']).to_owned();
    for lead in
        ["©", "(c)", "photo by", "photo:", "photograph:", "image:", "picture:", "credit:", "фото:", "foto:", "bild:"]
    {
        let lower = value.to_lowercase();
        if lower.starts_with(lead) && value.is_char_boundary(lead.len()) {
            value = value[lead.len()..].trim().to_owned();
        }
    }
    value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ':' | '.' | ',')).to_owned()
}

/// An agency's mark as a name.
pub fn agency(value: &str) -> String {
    value
        .trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '/' | '(' | ')' | '[' | ']' | ':' | ',' | '-' | '–' | '—')
        })
        .to_owned()
}

/// A list written in one line.
pub fn split_list(value: &str) -> Vec<String> {
    value
        .split([',', ';', '|', '、', '،', '，', '#', '\n'])
        .map(|item| {
            item.trim_start_matches("- ")
                .trim_matches(|c: char| c.is_whitespace() || matches!(c, '·' | '•' | '.'))
                .to_owned()
        })
        .filter(|item| !item.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_around_names_go_and_roles_are_no_authors() {
        assert_eq!(authors("By Anna Lindqvist and Tom Berg", None), ["Anna Lindqvist", "Tom Berg"]);
        assert_eq!(authors("Reporting by Anna Lindqvist; Editing by Tom Berg", None), ["Anna Lindqvist"]);
        assert_eq!(authors("Автор: Пётр Званцев", None), ["Пётр Званцев"]);
        assert!(authors("Harbour Post Staff", None).is_empty());
        assert_eq!(authors("Juliana Portela, TV Serrana — Morro Redondo", None), ["Juliana Portela"]);
        assert_eq!(
            authors("Texte : Karim Bellanger – Reportage : Maud Tessier", None),
            ["Karim Bellanger", "Maud Tessier"]
        );
        assert_eq!(authors("구본하 기자, 차예린 기자", None), ["구본하", "차예린"]);
        assert_eq!(authors("سلمى الحداد وريم الصباغ", None), ["سلمى الحداد", "ريم الصباغ"]);
        assert_eq!(authors("北原 澪", None), ["北原 澪"]);
    }

    #[test]
    fn ranks_stay_with_their_name_and_offices_go() {
        assert_eq!(declared("Ada Marsh, M.D., FACLM"), ["Ada Marsh, M.D., FACLM"]);
        assert_eq!(declared("By Ada Marsh, Senior Editor, Harbour Post"), ["Ada Marsh"]);
        assert_eq!(declared("Marsh, Ada"), ["Ada Marsh"]);
        assert_eq!(declared("Maria & Katerina"), ["Maria", "Katerina"]);
        for other in ["Full Bio", "Center for Rope Research", "https://harbour.example/ada", "admin", "Editorial Team"]
        {
            assert!(declared(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_handle_is_one_word_or_a_name_in_small_letters() {
        assert_eq!(handle("by gull77").as_deref(), Some("gull77"));
        assert_eq!(handle("ada marsh").as_deref(), Some("ada marsh"));
        for other in ["admin", "Get Started Now", "12", "a", "read more"] {
            assert_eq!(handle(other), None, "{other}");
        }
    }

    #[test]
    fn credits_lose_their_lead() {
        assert_eq!(credit("© Port Agency / Ana Ruiz"), "Port Agency / Ana Ruiz");
        assert_eq!(credit("(Photo: Ana Ruiz)"), "Ana Ruiz");
    }
}
