//! Names as columns hold them: people without the words around them, credits without `Photo:`, lists taken apart.

use super::assemble::collapsed;

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
    "लेखक",
    "tác giả",
];
/// Words that part two names in a byline.
const NAME_JOINTS: &[&str] = &[" and ", " & ", " und ", " et ", " y ", " e ", " ve ", " dan ", " и ", " та ", " with "];
/// Words that show that a name is no person's.
const NOT_PEOPLE: &[&str] = &[
    "staff",
    "newsroom",
    "editorial",
    "editors",
    "editor",
    "desk",
    "team",
    "reporters",
    "correspondents",
    "agency",
    "agencies",
    "news",
    "admin",
    "press",
    "redaktion",
    "redacción",
    "rédaction",
    "redazione",
    "redaksi",
    "редакция",
    "reuters",
    "afp",
    "associated",
    "dpa",
    "tass",
    "тасс",
    "media",
    "online",
    "webmaster",
    "author",
    "unknown",
    "guest",
];
/// Words that begin the name of an editor or translator, who are no authors.
const NOT_AUTHORS: &[&str] =
    &["editing by", "edited by", "translated by", "translation by", "редактор", "перевод", "editor:", "editing"];

/// People of a byline, without the words in front, roles and organisations.
pub fn authors(value: &str, site: Option<&str>) -> Vec<String> {
    let mut value = collapsed(value);
    let lower = value.to_lowercase();
    if let Some(at) = NOT_AUTHORS.iter().filter_map(|w| lower.find(w)).min() {
        // Lower-casing can change lengths outside ASCII; cut only where the border holds.
        if value.is_char_boundary(at) {
            value.truncate(at);
        }
    }
    loop {
        let trimmed = value.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | ',' | ';' | '|' | '.' | '-' | '–' | '—' | '：')
        });
        let lower = trimmed.to_lowercase();
        let lead = BYLINE_LEADS
            .iter()
            .filter(|lead| lower.strip_prefix(**lead).is_some_and(|r| r.starts_with([' ', ':', '：'])));
        match lead.map(|lead| lead.chars().count()).max() {
            Some(n) => value = trimmed.chars().skip(n).collect(),
            None => {
                value = trimmed.to_owned();
                break;
            }
        }
    }
    for joint in NAME_JOINTS {
        value = value.replace(joint, ", ");
    }
    value
        .split([',', ';', '|', '、', '，', '/', '·'])
        .map(str::trim)
        .filter(|name| is_person(name, site))
        .map(str::to_owned)
        .collect()
}

/// Whether a text has the shape of a person's name.
fn is_person(name: &str, site: Option<&str>) -> bool {
    let lower = name.to_lowercase();
    let n_words = name.split_whitespace().count();
    let unspaced = name.chars().next().is_some_and(crate::page::text::is_unspaced) || crate::language::has_hangul(name);
    let has_case = name.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase());
    let is_site = site
        .is_some_and(|site| site.trim_start_matches("www.").split('.').next() == Some(lower.replace(' ', "").as_str()));
    !name.is_empty()
        && name.chars().count() <= 60
        && (unspaced || (2..=6).contains(&n_words) || (n_words == 1 && name.chars().count() >= 3))
        && has_case
        && !is_site
        && !name.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | '<' | '>' | '{' | '}' | '?' | '!'))
        && !name.starts_with("http")
        && !lower.split_whitespace().any(|word| NOT_PEOPLE.contains(&word))
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
    }

    #[test]
    fn credits_lose_their_lead() {
        assert_eq!(credit("© Port Agency / Ana Ruiz"), "Port Agency / Ana Ruiz");
        assert_eq!(credit("(Photo: Ana Ruiz)"), "Ana Ruiz");
    }
}
