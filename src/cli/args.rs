//! Arguments that several commands share, and what they come to in the library.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use copydesk::finding::Kind;
use copydesk::judge::model::Model;
use copydesk::judge::{RuleSet, features};
use copydesk::options::{Favor, Options};
use copydesk::{Cleaner, Error, ErrorKind, SourceFormat};

use super::exit::Trouble;

/// The value of `--model` that leaves the model out.
pub(crate) const MODEL_OFF: &str = "off";

/// The formats that this version reads; `auto` tells them by name, then by content.
const FORMATS: [&str; 8] = ["auto", "text", "html", "jsonl", "csv", "parquet", "warc", "wet"];

/// The value of `--format`: none stands for `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Format(pub(crate) Option<SourceFormat>);

impl Format {
    /// The format of that name, if this version reads it.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        FORMATS.contains(&name).then(|| Self(SourceFormat::from_name(name)))
    }

    /// A parser for the command line.
    pub(super) fn parser() -> impl TypedValueParser<Value = Self> {
        PossibleValuesParser::new(FORMATS).map(|name| Self::from_name(&name).expect("the parser knows the same names"))
    }
}

/// How dumps are read and by which rules they are cleaned: the same for build, clean and inspect.
#[derive(Debug, Default, Clone, clap::Args)]
pub(crate) struct CleanArgs {
    /// Format of the input [default: auto]
    #[arg(long, value_name = "FORMAT", value_parser = Format::parser())]
    pub(crate) format: Option<Format>,
    /// Files of your own rules
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    pub(crate) rules: Vec<PathBuf>,
    /// Only these rules (an id, or a family such as share/)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Leave text of this kind in the article
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = parse_kind)]
    pub(crate) keep: Vec<Kind>,
    /// What to prefer where a decision is close: precision or recall
    #[arg(long, value_name = "WHAT", value_parser = parse_favor)]
    pub(crate) favor: Option<Favor>,
    /// A model of your own for pages, or off to judge them by structure alone
    #[arg(long, value_name = "FILE|off")]
    pub(crate) model: Option<PathBuf>,
}

impl<'de> serde::Deserialize<'de> for Format {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(unknown_name(&name, FORMATS.into_iter())))
    }
}

impl CleanArgs {
    /// The format that was asked for; none: auto.
    pub(crate) fn source_format(&self) -> Option<SourceFormat> {
        self.format.and_then(|format| format.0)
    }

    /// The rules that ship with the program and the user's own, as selected.
    pub(crate) fn rule_set(&self) -> Result<RuleSet, Trouble> {
        let mut rules = RuleSet::builtin();
        for path in &self.rules {
            rules = rules.extend(&path.display().to_string(), &read_text("could not read rules", path)?)?;
        }
        Ok(rules.select(&self.select, &self.ignore)?)
    }

    /// Writes what these arguments say into options.
    pub(crate) fn fill(&self, options: &mut Options) {
        options.favor = self.favor;
        options.keep.clone_from(&self.keep);
        options.keep.sort_unstable();
        options.keep.dedup();
    }

    /// A cleaner for one dump.
    pub(crate) fn cleaner(&self) -> Result<Cleaner, Trouble> {
        let mut options = Options::default();
        self.fill(&mut options);
        self.cleaner_with(&options)
    }

    /// A cleaner with these options.
    pub(crate) fn cleaner_with(&self, options: &Options) -> Result<Cleaner, Trouble> {
        let rules = self.rule_set()?;
        let Some(path) = &self.model else { return Ok(Cleaner::new(options, rules)?) };
        if path.as_os_str() == MODEL_OFF {
            return Ok(Cleaner::with_model(options, rules, None)?);
        }
        let bytes = std::fs::read(path).map_err(|error| Error::io("could not read model", path, error))?;
        let model = Model::load(&path.display().to_string(), &bytes, &features::columns())?;
        Ok(Cleaner::with_model(options, rules, Some(model))?)
    }
}

/// Reads a UTF-8 file that the user named.
pub(crate) fn read_text(doing: &str, path: &Path) -> Result<String, Trouble> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(doing, path, error))?;
    String::from_utf8(bytes)
        .map_err(|error| Error::new(ErrorKind::Options, doing).at(path).because(error.utf8_error()).into())
}

pub(crate) fn parse_kind(name: &str) -> Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| unknown_name(name, Kind::ALL.iter().map(|k| k.as_str())))
}

pub(crate) fn parse_favor(name: &str) -> Result<Favor, String> {
    Favor::from_name(name).ok_or_else(|| unknown_name(name, Favor::ALL.iter().map(|f| f.as_str())))
}

fn unknown_name<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("unknown name `{name}`, expected one of {}", known.collect::<Vec<_>>().join(", "))
}

/// A flag that takes a list, with the test whether an argument that follows its first value belongs to it too.
type ListFlag = (&'static str, fn(&str) -> bool);

const LISTS: [ListFlag; 5] = [
    ("--keep", |value| value.split(',').all(|name| Kind::from_name(name).is_some())),
    ("--rules", |value| value.ends_with(".toml")),
    ("--select", is_rule_name),
    ("--ignore", is_rule_name),
    ("--language", |value| value.split(',').all(|code| matches!(code.len(), 2 | 3) && is_lower(code))),
];

/// `family/slug` or `family/`, and no path of a file.
fn is_rule_name(value: &str) -> bool {
    let is_name = |name: &str| {
        name.split_once('/').is_some_and(|(family, slug)| {
            !family.is_empty() && [family, slug].iter().all(|part| part.split('-').all(is_lower))
        })
    };
    value.split(',').all(is_name) && !Path::new(value).exists()
}

fn is_lower(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Lets a list flag take several arguments without swallowing the input that follows:
/// `--keep caption tags FILE` reads as `--keep caption --keep tags FILE`.
pub(crate) fn spread_lists(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut out: Vec<OsString> = Vec::new();
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.next() {
        let list = LISTS.iter().find(|(flag, _)| arg == *flag);
        let is_end = arg == "--";
        out.push(arg);
        if is_end {
            break;
        }
        let Some((flag, belongs)) = list else { continue };
        out.extend(args.next());
        let more = |arg: &OsString| arg.to_str().is_some_and(|value| !value.starts_with('-') && belongs(value));
        while let Some(value) = args.next_if(more) {
            out.push(OsStr::new(flag).to_owned());
            out.push(value);
        }
    }
    out.extend(args);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(line: &str) -> String {
        let args = spread_lists(line.split(' ').map(OsString::from));
        args.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_list_flag_takes_what_follows_but_not_the_input() {
        for (given, spread_out) in [
            ("clean --keep caption tags a.txt", "clean --keep caption --keep tags a.txt"),
            ("clean --keep caption a.txt", "clean --keep caption a.txt"),
            ("build --rules a.toml b.toml dumps -o out", "build --rules a.toml --rules b.toml dumps -o out"),
            (
                "build --ignore share/ account/login-prompt news/",
                "build --ignore share/ --ignore account/login-prompt --ignore news/",
            ),
            ("build --ignore share/ src/", "build --ignore share/ src/"),
            ("build --language eng deu dumps", "build --language eng --language deu dumps"),
            ("build --keep caption -o tags", "build --keep caption -o tags"),
            ("clean -- --keep caption tags", "clean -- --keep caption tags"),
        ] {
            assert_eq!(spread(given), spread_out);
        }
    }

    #[test]
    fn formats_that_cannot_be_read_are_not_offered() {
        assert_eq!(Format::from_name("auto"), Some(Format(None)));
        assert_eq!(Format::from_name("html"), Some(Format(Some(SourceFormat::Html))));
        assert_eq!(Format::from_name("docx"), None);
    }
}
