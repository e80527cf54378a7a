//! A folder of everything that goes wrong with files: one table says what each of them becomes, and one run shows that
//! none of them stops it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow::array::{AsArray, RecordBatch};
use copydesk::article::RejectCode;
use copydesk::finding::Flag;
use copydesk::{Cleaner, Options};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::{copydesk, files_under, scratch};

/// A text that is long enough for its encoding to be told, and what an article must still hold of it.
const STORY: &str = "The old lighthouse opens its doors again on Sunday. Visitors climb ninety steps to the lamp room, \
                     where a keeper tells how the light was tended by hand. Tickets are sold at the pier.";
const HELD: &str = "ninety steps";

const CLOSING: &str = "The first visitors came in the year that the railway was built, the museum's register shows.";

/// The same in other scripts.
const RUSSIAN: &str = "Старый маяк снова открывается в воскресенье. Посетители поднимаются по девяноста ступеням, где \
                       смотритель рассказывает, как огонь поддерживали вручную. Билеты продают на пристани.";
const GERMAN: &str = "Der alte Leuchtturm öffnet am Sonntag wieder seine Türen. Über neunzig Stufen führen hinauf, und \
                      oben erzählt der Wärter, wie früher das Feuer gehütet wurde. Karten gibt es für fünf Kronen.";

/// What becomes of a dump.
enum Becomes {
    /// An article with these flags and no other, whose text holds this.
    Article(&'static [Flag], &'static str),
    /// A row of `rejects`.
    Reject(RejectCode),
    /// Nothing of its own.
    Nothing,
}
use Becomes::{Article, Nothing, Reject};

/// What stands in the folder.
enum Stands {
    File(Vec<u8>),
    LinkTo(&'static str),
    Pipe,
}
use Stands::{LinkTo, Pipe};

struct Case {
    /// Name in the folder.
    name: &'static [u8],
    stands: Stands,
    /// Each dump that comes of it, as `source_path` or `source_path#source_key`.
    becomes: Vec<(&'static str, Becomes)>,
}

/// A file that is one dump.
fn file(name: &'static str, bytes: impl Into<Vec<u8>>, becomes: Becomes) -> Case {
    Case { name: name.as_bytes(), stands: Stands::File(bytes.into()), becomes: vec![(name, becomes)] }
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// The bytes of a picture: the first ones of a PNG file, then bytes without order.
fn picture() -> Vec<u8> {
    let noise = (0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8);
    b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".iter().copied().chain(noise).collect()
}

/// A zip file that holds one empty member.
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0aPK\x01\x02\x14\0\x14\0";

/// Deeper than any page and far past the cap.
const DEPTH: usize = 100_000;

/// Bytes of the line that is over the bound on dumps, of the one that is long but within, and of the attribute.
const TOO_LONG_BYTES: usize = 50_000_000;
const LONG_BYTES: usize = 1_000_000;

fn repeated(text: &str, n_bytes: usize) -> String {
    text.repeat(n_bytes / text.len())
}

fn cases() -> Vec<Case> {
    let story = |before: &str, after: &str| format!("{before}{STORY}{after}");
    let encoded = |label: &str, text: &str| {
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("a known label");
        encoding.encode(text).0.into_owned()
    };
    let packed = gzip(repeated(RUSSIAN, 20_000).as_bytes());
    let mut corrupt = packed.clone();
    corrupt[packed.len() / 2..][..20].fill(0xFF);
    let row = |text: &str| serde_json::json!({ "text": text }).to_string();
    vec![
        file("empty.txt", "", Reject(RejectCode::Empty)),
        file("blank.txt", " \n\t\u{A0}\r\n\u{3000}\n", Reject(RejectCode::Empty)),
        file("picture.txt", picture(), Reject(RejectCode::NotText)),
        file("archive.txt", ZIP, Reject(RejectCode::NotText)),
        file("zeros.txt", vec![0; 5_000], Reject(RejectCode::NotText)),
        file(
            "broken-bytes.txt",
            [RUSSIAN.as_bytes(), b" \xD0\xFF\xFE ", STORY.as_bytes()].concat(),
            Article(&[Flag::BadEncoding], HELD),
        ),
        file("little-endian.txt", utf16(STORY, u16::to_le_bytes), Article(&[Flag::GuessedEncoding], HELD)),
        file("big-endian.txt", utf16(RUSSIAN, u16::to_be_bytes), Article(&[Flag::GuessedEncoding], "девяноста")),
        file(
            "latin.txt",
            encoded("windows-1252", GERMAN),
            Article(&[Flag::GuessedEncoding], "Über neunzig Stufen führen"),
        ),
        file("cyrillic.txt", encoded("windows-1251", RUSSIAN), Article(&[Flag::GuessedEncoding], "девяноста ступеням")),
        file("cut.txt.gz", &packed[..packed.len() / 2], Reject(RejectCode::Truncated)),
        file("corrupt.txt.gz", corrupt, Reject(RejectCode::BadArchive)),
        file("bomb.txt.gz", gzip(repeated("a ", 34 << 20).as_bytes()), Reject(RejectCode::ArchiveBomb)),
        file(
            "deep.html",
            format!("<html><body>{}<p>{STORY}</p>{}", "<div>".repeat(DEPTH), "</div>".repeat(DEPTH)),
            Article(&[Flag::TooDeep], HELD),
        ),
        file("too-long-line.txt", repeated("words without end ", TOO_LONG_BYTES), Reject(RejectCode::TooLarge)),
        file("long-line.txt", story("", &repeated(" and on it goes", LONG_BYTES)), Article(&[], HELD)),
        file("long-word.txt", story("", &format!("\n\n{}", repeated("abc", LONG_BYTES))), Article(&[], HELD)),
        file(
            "long-attribute.html",
            format!("<html><body><article><p data-x=\"{}\">{STORY}</p></article>", repeated("x y", LONG_BYTES)),
            Article(&[], HELD),
        ),
        file(
            "wide-table.html",
            format!(
                "<html><body><article><p>{STORY}</p><p>{CLOSING}</p><table><tr><th colspan=9007199254740991 rowspan=65534>Year</th>\
                 <th>Visitors</th></tr><tr><td>1999</td><td>20</td></tr></table><p>{STORY} {CLOSING}</p></article>"
            ),
            Article(&[], "1999\t20"),
        ),
        file("without-tags.html", story("", "\n\nIt closes at dusk."), Article(&[], HELD)),
        file("only-tags.html", "<html><body><div></div><img src=x></body></html>", Reject(RejectCode::NoContent)),
        file(
            "only-asks-for-scripts.html",
            "<title>Shop</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
            Reject(RejectCode::NoContent),
        ),
        file("zero-bytes.txt", story("", "\0 A zero\0byte or two."), Article(&[], HELD)),
        file("padded.txt", [STORY.as_bytes(), &[0; 5_000]].concat(), Article(&[], HELD)),
        Case {
            name: b"caf\xFF.txt",
            stands: Stands::File(story("", " It is a caf\u{E9} now.").into()),
            becomes: vec![("caf%FF.txt", Article(&[], HELD))],
        },
        file("two\nlines.txt", story("Its name has a line feed. ", ""), Article(&[], HELD)),
        Case {
            name: b"rows.jsonl",
            stands: Stands::File(
                [
                    row(STORY).as_bytes(),
                    b"{\"text\": \"cut off",
                    format!(r#"{{"text": "Half a letter \ud83d stands here. {STORY}"}}"#).as_bytes(),
                    &[b"{\"text\": \"One byte \xFF is broken. ", STORY.as_bytes(), b"\"}"].concat(),
                    b"{\"text\": \"\"}",
                    row(&format!("A zero \0 byte. {STORY}")).as_bytes(),
                    b"[]",
                    row(RUSSIAN).as_bytes(),
                ]
                .join(&b'\n'),
            ),
            becomes: vec![
                ("rows.jsonl#1", Article(&[], HELD)),
                ("rows.jsonl#2", Reject(RejectCode::BadRow)),
                ("rows.jsonl#3", Article(&[Flag::BadEncoding], HELD)),
                ("rows.jsonl#4", Article(&[Flag::BadEncoding], HELD)),
                ("rows.jsonl#5", Reject(RejectCode::Empty)),
                ("rows.jsonl#6", Article(&[], HELD)),
                ("rows.jsonl#7", Reject(RejectCode::BadRow)),
                ("rows.jsonl#8", Article(&[], "девяноста")),
            ],
        },
        Case {
            name: b"no-rows.jsonl",
            stands: Stands::File(b"\n\n".to_vec()),
            becomes: vec![("no-rows.jsonl", Nothing)],
        },
        Case {
            name: b"dangling.txt",
            stands: LinkTo("nowhere.txt"),
            becomes: vec![("dangling.txt", Reject(RejectCode::Unreadable))],
        },
        Case { name: b"pipe.txt", stands: Pipe, becomes: vec![("pipe.txt", Reject(RejectCode::Unreadable))] },
        Case { name: b"loop", stands: LinkTo("."), becomes: vec![("loop", Nothing)] },
        // Sorted last, so that it shows that the run went on.
        file("zz-last.txt", story("The run went on. ", ""), Article(&[], "The run went on.")),
    ]
}

/// Puts everything into a folder.
fn make(folder: &Path, cases: &[Case]) {
    for case in cases {
        let path = folder.join(OsStr::from_bytes(case.name));
        match &case.stands {
            Stands::File(bytes) => fs::write(path, bytes).expect("a file can be written"),
            LinkTo(target) => symlink(target, path).expect("a link can be made"),
            Pipe => assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo starts").success()),
        }
    }
}

/// What became of a dump: its code, or its flags and its text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Became {
    Article(Vec<String>, String),
    Reject(String, String),
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("the file is there"));
    let batches = reader.expect("it is Parquet").build().expect("it can be read");
    batches.map(|batch| batch.expect("it can be read")).collect()
}

/// All rows of a dataset's articles and rejects, by path and key.
pub(crate) fn rows(dataset: &Path) -> BTreeMap<String, Became> {
    let mut rows = BTreeMap::new();
    let mut add = |path: &Path, became: &dyn Fn(&RecordBatch, usize) -> Became| {
        for batch in batches(path) {
            for row in 0..batch.num_rows() {
                let key = text(&batch, "source_key", row).map(|key| format!("#{key}")).unwrap_or_default();
                let name = text(&batch, "source_path", row).expect("every row has a path") + &key;
                assert!(rows.insert(name.clone(), became(&batch, row)).is_none(), "{name:?} stands there twice");
            }
        }
    };
    for (path, _) in files_under(&dataset.join("articles")) {
        add(&path, &|batch, row| {
            let flags = batch.column_by_name("flags").expect("a column").as_list::<i32>().value(row);
            let flags = flags.as_string::<i32>().iter().map(|flag| flag.expect("a flag").to_owned()).collect();
            Became::Article(flags, text(batch, "text", row).expect("every article has a text"))
        });
    }
    add(&dataset.join("rejects.parquet"), &|batch, row| {
        let column = |name| text(batch, name, row).expect("it is never null");
        Became::Reject(column("code"), column("status"))
    });
    rows
}

fn text(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(column).expect("a column").as_string::<i32>().clone();
    column.iter().nth(row).flatten().map(str::to_owned)
}

/// What is wrong with what became of a dump.
fn fault(expected: &Becomes, got: Option<&Became>) -> Option<String> {
    match (expected, got) {
        (Nothing, None) => None,
        (Reject(code), Some(Became::Reject(name, status))) => {
            (name != code.as_str() || status != code.status().as_str()).then(|| format!("{name}, {status}"))
        }
        (Article(flags, held), Some(Became::Article(names, text))) => {
            let is_flagged = flags.iter().map(|flag| flag.as_str()).eq(names.iter().map(String::as_str));
            let head: String = text.chars().take(80).collect();
            (!is_flagged || !text.contains(held)).then(|| format!("article {names:?} {head:?}"))
        }
        (_, None) => Some("nothing".to_owned()),
        (_, Some(Became::Article(names, _))) => Some(format!("article {names:?}")),
        (_, Some(Became::Reject(name, _))) => Some(format!("reject {name}")),
    }
}

#[test]
fn every_odd_file_becomes_what_the_table_says_and_the_run_goes_on() {
    let folder = scratch("odd-input");
    let cases = cases();
    fs::create_dir(folder.join("dumps")).expect("a folder can be made");
    make(&folder.join("dumps"), &cases);
    let output = copydesk(&folder, &["build", "dumps", "-o", "out", "--quiet"]);
    assert_eq!(output.status.code(), Some(1), "some failed: {}", String::from_utf8_lossy(&output.stderr));

    let rows = rows(&folder.join("out"));
    let mut faults: Vec<String> = Vec::new();
    let mut n_dumps = 0;
    for (name, becomes) in cases.iter().flat_map(|case| &case.becomes) {
        n_dumps += usize::from(!matches!(becomes, Nothing));
        if let Some(got) = fault(becomes, rows.get(*name)) {
            faults.push(format!("{name:?} became {got}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(rows.len(), n_dumps, "{:?}", rows.keys());

    let manifest = fs::read(folder.join("out/manifest.json")).expect("there is a manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("it is JSON");
    let total = |name: &str| manifest["totals"][name].as_u64().expect("it is a number") as usize;
    assert_eq!(total("dumps"), n_dumps);
    assert_eq!(total("dumps"), total("articles") + total("rejected") + total("failed"));
    assert_eq!(manifest["inputs"]["count"].as_u64(), Some(n_dumps as u64));

    let output = copydesk(&folder, &["validate", "out"]);
    let told = [output.stdout, output.stderr].concat();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&told));
}

/// The cap keeps the parser, which is quadratic in depth, from ever seeing such a page.
#[test]
fn a_page_nested_past_the_cap_is_read_as_text() {
    let cleaner = Cleaner::new(&Options::default(), copydesk::judge::RuleSet::builtin()).expect("the rules compile");
    for depth in [DEPTH, 10 * DEPTH] {
        let page = format!("{}<p>{STORY}</p>{}", "<div>".repeat(depth), "</div>".repeat(depth));
        let cleaned = crate::common::clean(&cleaner, "deep.html", page.as_bytes());
        assert_eq!(cleaned.layout.text.trim(), STORY);
        let note = cleaned.notes.iter().find(|note| note.flag == Flag::TooDeep).expect("it is noted");
        let most = (cleaner.options().max_depth + 10) * "<div>".len();
        assert!(note.byte_offset.is_some_and(|at| at <= most as u64), "{note:?}");
        assert_eq!(cleaned.outcome.expect("it is an article").text, STORY);
    }
}

/// A folder that cannot be found is refused before anything is read.
#[test]
fn an_input_that_does_not_exist_is_refused() {
    let folder = scratch("odd-input-missing");
    let output = copydesk(&folder, &["build", "nowhere", "-o", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files_under(&folder), Vec::<(PathBuf, PathBuf)>::new());
}
