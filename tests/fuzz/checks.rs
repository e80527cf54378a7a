//! What is asked of any bytes, by target: comes in what a fuzzer made, panics if a promise is broken. The fuzz targets
//! and the tests share this file.
//!
//! The last byte of the input of a reader says under which name and with which options the rest is read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{LazyLock, Mutex};

use copydesk::article::RejectCode;
use copydesk::article::record::{record_id, sha256_hex};
use copydesk::dataset::validate::{validate_dataset, validate_file};
use copydesk::input::decode::decode;
use copydesk::input::{self, Failure, Inputs, Item};
use copydesk::judge::RuleSet;
use copydesk::judge::check::check as check_rules;
use copydesk::options::Favor;
use copydesk::page::html;
use copydesk::page::tree::Tag;
use copydesk::pipeline::{self, BuildOptions};
use copydesk::{Cleaner, Dump, Hints, Media, Options, SourceFormat};

use super::hold;

/// The readers, each with the names that its files have.
pub(crate) const READERS: &[(&str, &[&str])] = &[
    ("json", &["a.jsonl", "a.json", "a"]),
    ("csv", &["a.csv", "a.tsv"]),
    ("parquet", &["a.parquet"]),
    ("warc", &["a.warc", "a.wet", "a"]),
    ("tar", &["a.tar"]),
    ("zip", &["a.zip"]),
    ("mhtml", &["a.mhtml"]),
    ("packed", &["a.txt.gz", "a.txt.zst", "a.txt.bz2", "a.txt.xz", "a.tar.gz", "a.jsonl.zst", "a.warc.gz", "a.csv.xz"]),
];

/// The upper half of the last byte: fields of rows are named.
pub(crate) const NAMES_FIELDS: u8 = 0x40;
/// The upper half of the last byte: a whole dataset is built and validated. One value of sixteen, since it takes long.
pub(crate) const BUILDS: u8 = 0xB0;

/// Bounds of the readers here: low, so that files of some kilobytes meet them.
const MAX_DUMP_BYTES: u64 = 100_000;
const MAX_UNPACKED_BYTES: u64 = 2_000_000;
const MAX_ENTRIES: u64 = 100;

/// Labels of encodings as headers give them.
const CHARSETS: [Option<&str>; 8] = [
    None,
    Some("utf-8"),
    Some("windows-1251"),
    Some("shift_jis"),
    Some("utf-16le"),
    Some("iso-2022-jp"),
    Some("gb18030"),
    Some("none"),
];

/// A text with some of everything that rules look at.
const NOISY: &str = "Home > Local > Harbour\nThe ferry sails again\nBy Nora Vint\nPublished: 4 October 2031, 09:30\n\
    Share this article\n\nELK MOUTH, Oct 4 (Reuters) - The ferry sails again on Sunday, the harbour master said.\n\n\
    Read also: The cat that guards the shed\n\nIt had lain in the yard for eleven weeks &amp; three days.\n\n\
    © 2031 Elk Mouth Post. All rights reserved.\n";

/// Checks what a target promises of any bytes.
pub(crate) fn check(target: &str, data: &[u8]) {
    match target {
        "decode" => decoding(data),
        "page" => cleaning(data),
        "rules" => loading(data),
        "validate" => validating(data),
        reader => {
            let names = READERS.iter().find(|(name, _)| *name == reader).expect("the target is listed").1;
            if let Some((&how, bytes)) = data.split_last() {
                let name = names[usize::from(how & 0x0F) % names.len()];
                reading(name, how & 0xF0 == NAMES_FIELDS, how & 0xF0 == BUILDS, bytes);
            }
        }
    }
}

/// Any bytes give text, in an encoding with a name, never much longer than they are.
fn decoding(data: &[u8]) {
    let Some((&how, bytes)) = data.split_last() else { return };
    let charset = CHARSETS[usize::from(how) % CHARSETS.len()];
    let decoded = decode(bytes, how & 0x80 != 0, charset);
    let shown = decoded.text.matches('\u{FFFD}').count();
    assert!(decoded.replaced <= shown, "{} replaced, {shown} stand there", decoded.replaced);
    // A byte that is broken takes three bytes of UTF-8.
    assert!(decoded.text.len() <= 3 * bytes.len() + 3, "{} of {}", decoded.text.len(), bytes.len());
    let again = decode(decoded.text.as_bytes(), false, Some("utf-8"));
    assert!(decoded.encoding.is_ascii() && !decoded.encoding.is_empty() && !again.encoding.is_empty());
    assert_eq!(decode(bytes, how & 0x80 != 0, charset), decoded);
}

/// Cleaners with the default options, and with bounds so low that dumps meet them.
static CLEANERS: LazyLock<[Cleaner; 2]> = LazyLock::new(|| {
    let bounded = Options { favor: Some(Favor::Precision), max_blocks: 5, max_depth: 8, ..Options::default() };
    [Options::default(), bounded]
        .map(|options| Cleaner::new(&options, RuleSet::builtin()).expect("the options make sense"))
});

/// The laws of a cleaned dump hold. The first byte may say how the rest is to be read.
fn cleaning(data: &[u8]) {
    let (media, bytes) = match data {
        [1, rest @ ..] => (Media::Html, rest),
        [2, rest @ ..] => (Media::Text, rest),
        _ => (Media::Sniff, data),
    };
    let format = if media == Media::Html { SourceFormat::Html } else { SourceFormat::Text };
    let cleaner = &CLEANERS[usize::from(data.len().is_multiple_of(8))];
    clean_by(cleaner, bytes, format, media);
    if media == Media::Html {
        agreeing(&decode(bytes, true, None).text);
    }
}

/// A page has the tree that html5ever gives it alone, but for what is put in where scripts are off and the text of scripts.
fn agreeing(page: &str) {
    let Ok(tree) = html::parse(page, Options::default().max_depth) else { return };
    let document = scraper::Html::parse_document(page);
    let mut pairs = vec![(document.tree.root(), 0)];
    while let Some((theirs, ours)) = pairs.pop() {
        if matches!(tree.tag(ours), Tag::Noscript | Tag::Iframe | Tag::Noembed | Tag::Noframes) {
            continue;
        }
        let (elements, texts): (Vec<_>, Vec<_>) = theirs
            .children()
            .filter(|n| n.value().is_element() || n.value().is_text())
            .partition(|n| n.value().is_element());
        let (own_texts, nodes): (Vec<_>, Vec<_>) = tree.children(ours).partition(|&n| tree.tag(n) == Tag::Text);
        let text: String = texts.iter().filter_map(|n| n.value().as_text()).map(|text| &**text).collect();
        let own_text: String = own_texts.iter().map(|&n| tree.text(n)).collect();
        let is_program = matches!(tree.tag(ours), Tag::Script | Tag::Style) && own_text.is_empty();
        assert!(text == own_text || is_program, "{text:?} is read as {own_text:?}");
        assert_eq!(elements.len(), nodes.len(), "below <{}>", tree.name(ours));
        pairs.extend(elements.into_iter().zip(nodes));
    }
}

fn clean_by(cleaner: &Cleaner, bytes: &[u8], format: SourceFormat, media: Media) {
    let cleaned = cleaner.clean(Dump { path: "a", key: None, bytes, format, media, hints: &Hints::default() });
    if let Some(law) = hold::broken_law(bytes, &cleaned) {
        panic!("{law}");
    }
}

/// A file of rules loads or is refused; what loads can be checked and used.
fn loading(data: &[u8]) {
    let Ok(toml) = str::from_utf8(data) else { return };
    let none = RuleSet::from_rules(Vec::new()).expect("no rule is a set");
    let rules = match none.extend("own.toml", toml) {
        Ok(rules) => rules,
        Err(error) => return assert_eq!(error.path(), Some(Path::new("own.toml")), "{error}"),
    };
    for complaint in check_rules(&rules) {
        assert!(complaint.place.0 > 0 && !complaint.message.is_empty(), "{complaint:?}");
    }
    let cleaner = Cleaner::with_model(&Options::default(), rules, None).expect("the options make sense");
    clean_by(&cleaner, NOISY.as_bytes(), SourceFormat::Text, Media::Text);
}

/// The folder of this process, held by one check at a time.
static FOLDER: LazyLock<Mutex<PathBuf>> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("copydesk-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    Mutex::new(folder)
});

fn folder() -> std::sync::MutexGuard<'static, PathBuf> {
    FOLDER.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn inputs(path: &Path, names_fields: bool) -> Inputs {
    let field = |name: &str| names_fields.then(|| name.to_owned());
    Inputs {
        paths: vec![path.to_owned()],
        id_field: field("id"),
        text_field: field("text"),
        html_field: field("html"),
        max_dump_bytes: MAX_DUMP_BYTES,
        max_unpacked_bytes: MAX_UNPACKED_BYTES,
        max_entries: MAX_ENTRIES,
        ..Inputs::default()
    }
}

/// Each dump is whole and has a name of its own; what cannot be read is said.
fn reading(name: &str, names_fields: bool, builds: bool, bytes: &[u8]) {
    let folder = folder();
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file can be written");
    let inputs = inputs(&path, names_fields);
    if builds {
        building(&inputs, &folder.join("out"));
    } else {
        items_are_whole(&inputs, bytes);
    }
    fs::remove_file(&path).expect("a file can be removed");
}

fn items_are_whole(inputs: &Inputs, bytes: &[u8]) {
    let mut ids = BTreeSet::new();
    let mut is_over = false;
    for item in input::read(inputs).expect("the file is there") {
        assert!(!is_over, "something follows the end of the file");
        let id = match item {
            Item::Dump(dump) => {
                assert!(dump.bytes.len() as u64 <= MAX_DUMP_BYTES, "a dump of {} bytes", dump.bytes.len());
                record_id(&dump.path, dump.key.as_deref(), &sha256_hex(&dump.bytes))
            }
            Item::Failed(Failure { path, key, sha256, code, message, .. }) => {
                assert!(code != RejectCode::Bug && !message.is_empty(), "{code}: {message}");
                record_id(&path, key.as_deref(), sha256.as_deref().unwrap_or_default())
            }
            Item::PassedOver { count, .. } => {
                assert!(count > 0, "nothing was passed over");
                continue;
            }
            Item::FileEnd { bytes: n_bytes, sha256, .. } => {
                assert_eq!((n_bytes, sha256), (bytes.len() as u64, sha256_hex(bytes)), "the file is another one");
                is_over = true;
                continue;
            }
        };
        assert!(ids.insert(id), "an id came twice");
    }
    assert!(is_over || !ids.is_empty(), "nothing came of the file");
}

/// A dataset of it is balanced and sound, and no dump met a bug.
fn building(inputs: &Inputs, out: &Path) {
    let how = BuildOptions { jobs: 1, ..BuildOptions::default() };
    let stop = AtomicBool::new(false);
    let report = pipeline::build(inputs, &CLEANERS[0], out, &how, &(), &stop).expect("a dataset can be built");
    assert!(report.is_balanced(), "{:?}", report.totals);
    assert!(!report.totals.by_code.contains_key(RejectCode::Bug.as_str()), "a bug");
    let found = validate_dataset(out).expect("the dataset is there");
    assert!(found.is_empty(), "{found:?}");
    fs::remove_dir_all(out).expect("a folder can be removed");
}

/// The files of a sound dataset, with their bytes.
type Files = Vec<(PathBuf, Vec<u8>)>;

static DATASET: LazyLock<(PathBuf, Files)> = LazyLock::new(|| {
    let folder = folder().clone();
    let (dumps, out) = (folder.join("dumps"), folder.join("dataset"));
    fs::create_dir_all(&dumps).expect("a folder can be made");
    for (name, text) in [("a.txt", NOISY), ("b.txt", "The bridge was opened.\n\nNobody came."), ("c.txt", "")] {
        fs::write(dumps.join(name), text).expect("a file can be written");
    }
    let how = BuildOptions { jobs: 1, overwrite: true, ..BuildOptions::default() };
    let stop = AtomicBool::new(false);
    let inputs = Inputs { paths: vec![dumps], ..Inputs::default() };
    pipeline::build(&inputs, &CLEANERS[0], &out, &how, &(), &stop).expect("a dataset can be built");
    let names = ["articles/train-00000.parquet", "removals/00000.parquet", "rejects.parquet", "manifest.json"];
    let files = names.map(|name| out.join(name)).map(|path| {
        let bytes = fs::read(&path).expect("the dataset is whole");
        (path, bytes)
    });
    (out, files.to_vec())
});

/// A dataset with a corrupted file is said to be broken. The first byte says which file, the second how: another file in
/// its place, or changes of single bytes (two bytes of place, one of value) behind which it may be cut off.
fn validating(data: &[u8]) {
    let (dataset, files) = &*DATASET;
    let [which, how, rest @ ..] = data else { return };
    let (path, sound) = &files[usize::from(*which) % files.len()];
    let mut broken = sound.clone();
    if how % 2 == 0 {
        broken = rest.to_vec();
    } else {
        for change in rest.chunks_exact(3) {
            let place = usize::from(u16::from_le_bytes([change[0], change[1]])) % sound.len();
            broken[place] ^= change[2];
        }
        if how & 2 != 0 {
            broken.truncate(broken.len().saturating_sub(usize::from(*how)));
        }
    }
    let _held = folder();
    fs::write(path, &broken).expect("a file can be written");
    let found = validate_dataset(dataset);
    let is_table = path.extension().is_some_and(|e| e == "parquet");
    if is_table {
        _ = validate_file(path, None);
    }
    fs::write(path, sound).expect("a file can be written");
    if is_table && broken != *sound {
        assert!(!matches!(found, Ok(found) if found.is_empty()), "a corrupted file was found to be sound");
    }
}
