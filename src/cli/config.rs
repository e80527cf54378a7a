//! The settings of `build`: a flag each on the command line and a key of the same name in a config file.
//! What the command line says wins; paths in a config file are taken from the folder that it lies in.

use std::path::{Path, PathBuf};

use clap::value_parser;
use copydesk::finding::Kind;
use copydesk::options::Favor;
use copydesk::{Error, ErrorKind};
use serde::Deserialize;

use super::args::{CleanArgs, Format, MODEL_OFF, parse_favor, parse_kind, read_text};
use super::exit::Trouble;

/// Every flag that has a key. Keys may be written with `_` or `-`.
#[derive(Debug, Default, Clone, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Dumps: files, folders, or - for one dump on standard input
    #[arg(value_name = "INPUT")]
    pub(crate) input: Vec<PathBuf>,
    /// Folder to write the dataset to; it must be new or empty
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Format of the inputs [default: auto]
    #[arg(long, value_name = "FORMAT", value_parser = Format::parser())]
    pub(crate) format: Option<Format>,
    /// Field of a row that holds plain text
    #[arg(long, value_name = "FIELD")]
    #[serde(alias = "text-field")]
    pub(crate) text_field: Option<String>,
    /// Field of a row that holds an HTML page
    #[arg(long, value_name = "FIELD")]
    #[serde(alias = "html-field")]
    pub(crate) html_field: Option<String>,
    /// Field of a row that holds the page's address
    #[arg(long, value_name = "FIELD")]
    #[serde(alias = "url-field")]
    pub(crate) url_field: Option<String>,
    /// Field of a row that names it
    #[arg(long, value_name = "FIELD")]
    #[serde(alias = "id-field")]
    pub(crate) id_field: Option<String>,
    /// File that lists more inputs, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    #[serde(alias = "files-from")]
    pub(crate) files_from: Option<PathBuf>,
    /// Read this many dumps at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Files of your own rules
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    pub(crate) rules: Vec<PathBuf>,
    /// Only these rules (an id, or a family such as share/)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Leave text of this kind in the articles
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = parse_kind)]
    pub(crate) keep: Vec<Kind>,
    /// What to prefer where a decision is close: precision or recall
    #[arg(long, value_name = "WHAT", value_parser = parse_favor)]
    pub(crate) favor: Option<Favor>,
    /// A model of your own for pages, or off to judge them by structure alone
    #[arg(long, value_name = "FILE|off")]
    pub(crate) model: Option<PathBuf>,
    /// Keep articles in this language (ISO 639-3, such as eng); others go to rejects
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) language: Vec<String>,
    /// Articles with fewer words go to rejects
    #[arg(long, value_name = "N")]
    #[serde(alias = "min-words")]
    pub(crate) min_words: Option<u32>,
    /// Dumps with more bytes go to rejects [default: 33554432]
    #[arg(long, value_name = "N")]
    #[serde(alias = "max-dump-bytes")]
    pub(crate) max_dump_bytes: Option<u64>,
    /// Bytes that one file may unpack to [default: 1099511627776]
    #[arg(long, value_name = "N")]
    #[serde(alias = "max-unpacked-bytes")]
    pub(crate) max_unpacked_bytes: Option<u64>,
    /// How many times larger than its packed form content may be [default: 100]
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    #[serde(alias = "max-ratio")]
    pub(crate) max_ratio: Option<u64>,
    /// Members that one archive may have [default: 4000000]
    #[arg(long, value_name = "N")]
    #[serde(alias = "max-entries")]
    pub(crate) max_entries: Option<u64>,
    /// Replace the dataset in the output folder (only files that it names are deleted)
    #[arg(long, conflicts_with = "resume")]
    pub(crate) overwrite: bool,
    /// Go on with an interrupted run in the output folder
    #[arg(long)]
    pub(crate) resume: bool,
    /// Take over what a finished dataset holds of unchanged dumps
    #[arg(long, value_name = "DIR")]
    pub(crate) reuse: Option<PathBuf>,
    /// Read and clean, but write nothing
    #[arg(long)]
    #[serde(alias = "dry-run")]
    pub(crate) dry_run: bool,
    /// Print nothing but errors
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Print events to standard output, one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

impl Settings {
    /// Reads a config file.
    pub(crate) fn from_file(path: &Path) -> Result<Self, Trouble> {
        const DOING: &str = "could not read config";
        let text = read_text(DOING, path)?;
        let mut settings: Self = toml::from_str(&text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| place(&text, span.start));
            Error::new(ErrorKind::Options, DOING)
                .at(path)
                .at_line(line, column)
                .because(error.message().trim_end().to_owned())
                .hint("`copydesk schema config` prints all keys")
        })?;
        if let Some(folder) = path.parent() {
            let Self { input, output, files_from, rules, model, reuse, .. } = &mut settings;
            let model = model.iter_mut().filter(|path| path.as_os_str() != MODEL_OFF);
            for path in input.iter_mut().chain(output).chain(files_from).chain(rules).chain(model).chain(reuse) {
                if path.as_os_str() != "-" {
                    *path = folder.join(&path);
                }
            }
        }
        Ok(settings)
    }

    /// These settings where they say something, else those of `other`.
    pub(crate) fn or(self, other: Self) -> Self {
        fn list<T>(this: Vec<T>, other: Vec<T>) -> Vec<T> {
            if this.is_empty() { other } else { this }
        }
        // A mode that the command line names takes the place of the other one in the file.
        let (overwrite, resume) = match (self.overwrite, self.resume) {
            (false, false) => (other.overwrite, other.resume),
            named => named,
        };
        Self {
            input: list(self.input, other.input),
            output: self.output.or(other.output),
            format: self.format.or(other.format),
            text_field: self.text_field.or(other.text_field),
            html_field: self.html_field.or(other.html_field),
            url_field: self.url_field.or(other.url_field),
            id_field: self.id_field.or(other.id_field),
            files_from: self.files_from.or(other.files_from),
            limit: self.limit.or(other.limit),
            jobs: self.jobs.or(other.jobs),
            rules: list(self.rules, other.rules),
            select: list(self.select, other.select),
            ignore: list(self.ignore, other.ignore),
            keep: list(self.keep, other.keep),
            favor: self.favor.or(other.favor),
            model: self.model.or(other.model),
            language: list(self.language, other.language),
            min_words: self.min_words.or(other.min_words),
            max_dump_bytes: self.max_dump_bytes.or(other.max_dump_bytes),
            max_unpacked_bytes: self.max_unpacked_bytes.or(other.max_unpacked_bytes),
            max_ratio: self.max_ratio.or(other.max_ratio),
            max_entries: self.max_entries.or(other.max_entries),
            overwrite,
            resume,
            reuse: self.reuse.or(other.reuse),
            dry_run: self.dry_run || other.dry_run,
            quiet: self.quiet || other.quiet,
            json: self.json || other.json,
        }
    }

    /// The part that `clean` and `inspect` know too.
    pub(crate) fn clean_args(&self) -> CleanArgs {
        CleanArgs {
            format: self.format,
            rules: self.rules.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            keep: self.keep.clone(),
            favor: self.favor,
            model: self.model.clone(),
        }
    }
}

/// Line and column, both from 1, of a byte.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, Command};
    use copydesk::dataset::jsonschema::Subject;

    fn file(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copydesk.toml");
        std::fs::write(&path, text).unwrap();
        Settings::from_file(&path).map_err(|trouble| match trouble {
            Trouble::Library(error) => error.to_string().replace(&folder.path().display().to_string(), ""),
            Trouble::Output(error) => error.to_string(),
        })
    }

    #[test]
    fn each_flag_has_a_key_and_the_schema_knows_it() {
        let schema = Subject::Config.schema();
        let known: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let command = Settings::augment_args(Command::new("build"));
        let mut flags: Vec<String> = command.get_arguments().map(|a| a.get_id().to_string()).collect();
        let mut sorted = known.clone();
        flags.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, flags);
        for key in known {
            let error = file(&format!("{key} = {{}}\n")).unwrap_err();
            assert!(!error.contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place() {
        let error = file("jobs = 2\nspeed = 9\n").unwrap_err();
        assert!(error.starts_with("could not read config: /copydesk.toml:2:1: unknown field `speed`"), "{error}");
    }

    #[test]
    fn the_command_line_wins() {
        let on_line = Settings { limit: Some(3), keep: vec![Kind::Tags], resume: true, ..Settings::default() };
        let in_file = file("limit = 9\nmin-words = 20\nkeep = [\"caption\", \"poll\"]\noverwrite = true\n").unwrap();
        let settings = on_line.or(in_file);
        assert_eq!(settings.limit, Some(3));
        assert_eq!(settings.min_words, Some(20));
        assert_eq!(settings.keep, [Kind::Tags]);
        assert!(settings.resume && !settings.overwrite);
    }

    #[test]
    fn paths_are_taken_from_the_folder_of_the_file() {
        let settings = file("input = [\"dumps\", \"-\"]\nrules = [\"/r/own.toml\"]\n").unwrap();
        assert!(settings.input[0].is_absolute() && settings.input[0].ends_with("dumps"));
        assert_eq!(settings.input[1], Path::new("-"));
        assert_eq!(settings.rules[0], Path::new("/r/own.toml"));
    }
}
