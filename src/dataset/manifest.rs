//! What a run says of itself: its totals, its options and the manifest that stands beside the tables.
//! Nothing in it depends on a clock, a host, the number of threads or where inputs and outputs lie.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::article::RejectStatus;
use crate::article::record::{hex, sha256_hex};
use crate::cleaner::Cleaned;
use crate::dataset::schema::{SCHEMA_VERSION, Table};
use crate::dataset::table::is_listed;
use crate::input::Inputs;
use crate::options::Options;
use crate::page::count_chars;

/// Name of the manifest in a dataset folder.
pub const MANIFEST_FILE: &str = "manifest.json";

/// The program that made a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSummary {
    /// Dumps, those that failed among them.
    pub count: u64,
    /// Files that were read to their end.
    pub files: u64,
    /// Bytes of these files as stored.
    pub bytes: u64,
    /// SHA-256 over source path and SHA-256 of each of these files as stored, in the order of the paths:
    /// `path NUL hash LF`.
    pub digest: String,
    /// What was passed over since it is no dump (links in archives, records of requests, parts of saved pages), by its
    /// name.
    #[serde(default)]
    pub passed_over: BTreeMap<String, u64>,
}

/// An input summary in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct InputHasher {
    summary: InputSummary,
    hasher: Sha256,
}

impl InputHasher {
    /// One more dump.
    pub(crate) fn dump(&mut self) {
        self.summary.count += 1;
    }

    /// One more file; files come in the order of their paths.
    pub(crate) fn file(&mut self, source_path: &str, bytes: u64, sha256: &str) {
        self.summary.files += 1;
        self.summary.bytes += bytes;
        for part in [source_path, "\0", sha256, "\n"] {
            self.hasher.update(part.as_bytes());
        }
    }

    /// Some things that are no dumps.
    pub(crate) fn passed_over(&mut self, what: &str, count: u64) {
        *self.summary.passed_over.entry(what.to_owned()).or_default() += count;
    }

    /// The summary of all that came.
    pub(crate) fn finish(self) -> InputSummary {
        InputSummary { digest: hex(&self.hasher.finalize()), ..self.summary }
    }
}

/// A file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Path in the dataset folder, with `/` between parts.
    pub path: String,
    /// The table that it holds rows of.
    pub table: String,
    /// Rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256 of the file, 64 hex digits.
    pub sha256: String,
}

/// The index of what the dumps were made of: it tells a later run which of them are unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcesIndex {
    /// Path in the dataset folder.
    pub path: String,
    /// Dumps in it.
    pub dumps: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256 of the file, 64 hex digits.
    pub sha256: String,
}

/// Rows of `removals` of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindTotal {
    /// Rows.
    pub rows: u64,
    /// Characters of their text without white space.
    pub chars: u64,
}

/// The sums over a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Dumps read: articles, rejected and failed ones.
    pub dumps: u64,
    /// Rows of `articles`.
    pub articles: u64,
    /// Dumps refused on purpose.
    pub rejected: u64,
    /// Dumps that could not be read or processed.
    pub failed: u64,
    /// Sum of the column over all articles.
    pub layout_chars: u64,
    /// Sum of the column over all articles.
    pub kept_chars: u64,
    /// Sum of the column over all articles.
    pub dropped_chars: u64,
    /// Sum of the column over all articles.
    pub lifted_chars: u64,
    /// Rows of `removals` by kind, those of rejected dumps among them.
    pub by_kind: BTreeMap<String, KindTotal>,
    /// Rows of `rejects` by code.
    pub by_code: BTreeMap<String, u64>,
    /// Rows of `articles` by language.
    pub by_language: BTreeMap<String, u64>,
}

impl Totals {
    /// Counts one dump.
    pub fn add(&mut self, cleaned: &Cleaned) {
        self.dumps += 1;
        match &cleaned.outcome {
            Ok(article) => {
                self.articles += 1;
                self.layout_chars += u64::from(article.layout_chars);
                self.kept_chars += u64::from(article.kept_chars);
                self.dropped_chars += u64::from(article.dropped_chars);
                self.lifted_chars += u64::from(article.lifted_chars);
                *entry(&mut self.by_language, &article.language) += 1;
            }
            Err(reject) => {
                match reject.code.status() {
                    RejectStatus::Rejected => self.rejected += 1,
                    RejectStatus::Failed => self.failed += 1,
                }
                *entry(&mut self.by_code, reject.code.as_str()) += 1;
            }
        }
        for finding in cleaned.findings.iter().filter(|finding| is_listed(finding.action)) {
            let text = cleaned.layout.text.get(finding.span.range()).unwrap_or_default();
            let total = entry(&mut self.by_kind, finding.kind.as_str());
            total.rows += 1;
            total.chars += count_chars(text) as u64;
        }
    }

    /// Joins the sums of two sets of dumps; associative and commutative.
    #[must_use]
    pub fn merge(mut self, other: &Totals) -> Totals {
        self.dumps += other.dumps;
        self.articles += other.articles;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.layout_chars += other.layout_chars;
        self.kept_chars += other.kept_chars;
        self.dropped_chars += other.dropped_chars;
        self.lifted_chars += other.lifted_chars;
        for (kind, total) in &other.by_kind {
            let sum = entry(&mut self.by_kind, kind);
            sum.rows += total.rows;
            sum.chars += total.chars;
        }
        for (code, count) in &other.by_code {
            *entry(&mut self.by_code, code) += count;
        }
        for (language, count) in &other.by_language {
            *entry(&mut self.by_language, language) += count;
        }
        self
    }

    /// Whether every dump and every character went somewhere.
    pub fn is_balanced(&self) -> bool {
        self.dumps == self.articles + self.rejected + self.failed
            && self.layout_chars == self.kept_chars + self.dropped_chars + self.lifted_chars
    }

    /// Rows of one table.
    pub fn rows(&self, table: Table) -> u64 {
        match table {
            Table::Articles => self.articles,
            Table::Removals => self.by_kind.values().map(|total| total.rows).sum(),
            Table::Rejects => self.rejected + self.failed,
        }
    }
}

/// The sum under a name; allocates only for a new name.
pub(crate) fn entry<'m, V: Default>(map: &'m mut BTreeMap<String, V>, name: &str) -> &'m mut V {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), V::default());
    }
    map.get_mut(name).expect("it was put there")
}

/// Options that decide what is read, not what comes of a dump.
const READING: [&str; 9] = [
    "max_unpacked_bytes",
    "max_ratio",
    "max_entries",
    "format",
    "text_field",
    "html_field",
    "url_field",
    "id_field",
    "limit",
];

/// What decides the bytes of a dataset beside its inputs: options, rules and version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Version of the tables.
    pub schema_version: String,
    /// The program.
    pub tool: Tool,
    /// SHA-256 over the active rules.
    pub rules_digest: String,
    /// SHA-256 of the model, if one was used.
    pub model_digest: Option<String>,
    /// The options that change the output.
    pub options: Map<String, Value>,
    /// SHA-256 over them as compact JSON.
    pub options_digest: String,
}

impl Identity {
    /// The identity of a run of this program.
    pub fn new(rules_digest: String, options: Map<String, Value>) -> Self {
        let compact = Value::Object(options.clone()).to_string();
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool::this(),
            rules_digest,
            model_digest: None,
            options_digest: sha256_hex(compact.as_bytes()),
            options,
        }
    }

    /// Whether the same rows come of the same dump.
    pub(crate) fn cleans_as(&self, other: &Identity) -> bool {
        let cleaning = |identity: &Identity| {
            let Identity { schema_version, tool, rules_digest, model_digest, options, options_digest: _ } = identity;
            let mut options = options.clone();
            options.retain(|name, _| !READING.contains(&name.as_str()));
            (schema_version.clone(), tool.clone(), rules_digest.clone(), model_digest.clone(), options)
        };
        cleaning(self) == cleaning(other)
    }
}

/// The options that change the output, under the names of their flags, in a fixed order.
pub fn options_record(options: &Options, inputs: Option<&Inputs>, limit: Option<u64>) -> Map<String, Value> {
    // Taken apart by name, so that a new option cannot be forgotten here.
    let Options { favor, keep, languages, min_words, max_dump_bytes, max_depth, max_blocks } = options;
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| {
        record.insert(name.to_owned(), value);
    };
    if let Some(inputs) = inputs {
        let Inputs { format, text_field, html_field, url_field, id_field, paths: _, exclude: _, .. } = inputs;
        let Inputs { max_dump_bytes: _, max_unpacked_bytes, max_ratio, max_entries, .. } = inputs;
        put("max_unpacked_bytes", (*max_unpacked_bytes).into());
        put("max_ratio", (*max_ratio).into());
        put("max_entries", (*max_entries).into());
        put("format", format.map(|format| format.as_str()).into());
        put("text_field", text_field.clone().into());
        put("html_field", html_field.clone().into());
        put("url_field", url_field.clone().into());
        put("id_field", id_field.clone().into());
    }
    put("limit", limit.into());
    put("favor", favor.map(|favor| favor.as_str()).into());
    put("keep", sorted(keep.iter().map(|kind| kind.as_str()).collect()).into());
    put("language", sorted(languages.iter().map(String::as_str).collect()).into());
    put("min_words", (*min_words).into());
    put("max_dump_bytes", (*max_dump_bytes).into());
    put("max_depth", (*max_depth).into());
    put("max_blocks", (*max_blocks).into());
    record
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names.dedup();
    names
}

/// What stands in `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the tables.
    pub schema_version: String,
    /// The program that made the dataset.
    pub tool: Tool,
    /// SHA-256 over the active rules.
    pub rules_digest: String,
    /// SHA-256 of the model, if one was used.
    pub model_digest: Option<String>,
    /// The options that change the output.
    pub options: Map<String, Value>,
    /// SHA-256 over them as compact JSON.
    pub options_digest: String,
    /// What was read.
    pub inputs: InputSummary,
    /// The files of the dataset beside this one, sorted by path.
    pub outputs: Vec<Output>,
    /// The sums over the run.
    pub totals: Totals,
    /// The index of the dumps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<SourcesIndex>,
}

impl Manifest {
    /// The manifest of a finished run.
    pub fn new(identity: &Identity, inputs: InputSummary, mut outputs: Vec<Output>, totals: Totals) -> Self {
        outputs.sort_by(|a, b| a.path.cmp(&b.path));
        let Identity { schema_version, tool, rules_digest, model_digest, options, options_digest } = identity.clone();
        Self {
            schema_version,
            tool,
            rules_digest,
            model_digest,
            options,
            options_digest,
            inputs,
            outputs,
            totals,
            sources: None,
        }
    }

    /// What decided its bytes beside its inputs.
    pub fn identity(&self) -> Identity {
        Identity {
            schema_version: self.schema_version.clone(),
            tool: self.tool.clone(),
            rules_digest: self.rules_digest.clone(),
            model_digest: self.model_digest.clone(),
            options: self.options.clone(),
            options_digest: self.options_digest.clone(),
        }
    }

    /// The text of the file: JSON with two spaces a level and a line feed at the end.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("a manifest holds nothing that JSON does not");
        json.push('\n');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{dump, toy_clean};
    use crate::finding::Kind;

    fn totals_of(texts: &[&str]) -> Totals {
        let mut totals = Totals::default();
        for text in texts {
            totals.add(&toy_clean(dump("a.txt", text).as_dump()));
        }
        totals
    }

    #[test]
    fn totals_count_every_dump_and_every_character() {
        let totals = totals_of(&["One two.\n- Buy it\n> A pier", "", "- Buy it all"]);
        assert!(totals.is_balanced());
        assert_eq!((totals.dumps, totals.articles, totals.rejected, totals.failed), (3, 1, 2, 0));
        assert_eq!((totals.layout_chars, totals.kept_chars), (19, 7));
        assert_eq!((totals.dropped_chars, totals.lifted_chars), (6, 6));
        assert_eq!(totals.by_kind["advert"], KindTotal { rows: 2, chars: 6 + 9 });
        assert_eq!(totals.by_code["empty"], 1);
        assert_eq!(totals.by_language["eng"], 1);
        assert_eq!([2, 1, 3], [Table::Rejects, Table::Articles, Table::Removals].map(|table| totals.rows(table)));
    }

    #[test]
    fn merging_totals_is_the_same_in_any_order() {
        let (a, b) = (totals_of(&["One.", ""]), totals_of(&["> Two.\nThree."]));
        assert_eq!(a.clone().merge(&b), b.clone().merge(&a));
        assert_eq!(a.merge(&b), totals_of(&["One.", "", "> Two.\nThree."]));
    }

    #[test]
    fn the_options_digest_forgets_the_order_of_lists_and_no_option() {
        let digest =
            |options: &Options| Identity::new(String::new(), options_record(options, None, None)).options_digest;
        let mut one = Options { keep: vec![Kind::Poll, Kind::Advert], ..Options::default() };
        let two = Options { keep: vec![Kind::Advert, Kind::Poll, Kind::Poll], ..Options::default() };
        assert_eq!(digest(&one), digest(&two));
        one.min_words = 3;
        assert_ne!(digest(&one), digest(&two));
    }

    #[test]
    fn a_manifest_is_read_back_as_it_was_written() {
        let outputs = ["b", "a"].map(|path| Output {
            path: path.to_owned(),
            table: "articles".to_owned(),
            rows: 1,
            bytes: 2,
            sha256: String::new(),
        });
        let identity = Identity::new("r".to_owned(), options_record(&Options::default(), None, Some(3)));
        let manifest =
            Manifest::new(&identity, InputHasher::default().finish(), outputs.to_vec(), totals_of(&["One."]));
        assert_eq!(manifest.outputs[0].path, "a");
        let json = manifest.to_json();
        assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
        assert!(json.starts_with("{\n  \"schema_version\": \"1\",\n  \"tool\": {"), "{json}");
        assert!(json.ends_with("}\n"));
    }
}
