//! One corpus in every format that is read, in every compression: each reader hands out the same dumps, so that the same
//! articles come of them. The corpus is made from the samples.

pub(crate) mod pack;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use copydesk::Cleaner;
use copydesk::input::decode::decode;
use copydesk::input::{self, Hints, Inputs, Item, Media, OwnedDump, SourceFormat};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use crate::common::cleaner;
use crate::{copydesk, files_under, root, scratch};
use pack::{Zipped, bzip2, chunked, gzip, gzip_members, mhtml, record, response, tar, xz, zip, zstd};

/// A dump of the corpus.
struct Sample {
    name: String,
    /// As it lies in the folder.
    bytes: Vec<u8>,
    /// The same as UTF-8.
    text: String,
    url: String,
    is_html: bool,
}

impl Sample {
    fn hints(&self) -> Hints {
        Hints { url: Some(self.url.clone()), ..Hints::default() }
    }
}

fn corpus() -> Vec<Sample> {
    let samples = files_under(&root().join("samples/dumps")).into_iter().filter_map(|(path, name)| {
        let name = name.to_str().expect("samples have plain names").to_owned();
        let is_html = name.ends_with(".html");
        if !is_html && !name.ends_with(".txt") {
            return None;
        }
        let bytes = fs::read(path).expect("a sample can be read");
        let text = decode(&bytes, is_html, None).text.into_owned();
        let url = format!("https://news.example.org/{}", name.split('.').next().unwrap_or_default());
        Some(Sample { name, bytes, text, url, is_html })
    });
    samples.collect()
}

/// What an article comes to, beside what tells where it came from.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    url: Option<String>,
    title: Option<String>,
    authors: Vec<String>,
    published: String,
    language: String,
    text: String,
}

/// Cleans each content once, whatever reader hands it out.
struct Desk {
    cleaner: Cleaner,
    known: HashMap<(Vec<u8>, bool, String), Result<Told, String>>,
}

impl Desk {
    fn clean(&mut self, dump: &OwnedDump) -> Result<Told, String> {
        let key = (dump.bytes.clone(), dump.media == Media::Html, format!("{:?} {:?}", dump.media, dump.hints));
        let cleaner = &self.cleaner;
        self.known
            .entry(key)
            .or_insert_with(|| match cleaner.clean(dump.as_dump()).outcome {
                Ok(article) => Ok(Told {
                    url: article.source.url.clone(),
                    title: article.title.clone(),
                    authors: article.authors.clone(),
                    published: format!("{:?}", article.published),
                    language: article.language.clone(),
                    text: article.text.clone(),
                }),
                Err(reject) => Err(format!("{}: {}", reject.code, reject.message)),
            })
            .clone()
    }
}

/// Files with their names.
type Files = Vec<(String, Vec<u8>)>;

/// A way to write the corpus down.
struct Conversion {
    name: &'static str,
    /// Whether the format says where a page came from.
    has_url: bool,
    takes: fn(&Sample) -> bool,
    write: fn(&[&Sample]) -> Files,
    inputs: fn() -> Inputs,
    /// The name of the sample that a dump is, by its path and key.
    name_of: fn(&OwnedDump) -> String,
}

fn all(_: &Sample) -> bool {
    true
}

fn key_of(dump: &OwnedDump) -> String {
    let key = dump.key.clone().unwrap_or_default();
    key.trim_start_matches("<urn:sample:").trim_end_matches('>').to_owned()
}

/// Rows name their samples; a page and a text stand in columns of their own.
fn row_inputs() -> Inputs {
    Inputs {
        id_field: Some("id".to_owned()),
        text_field: Some("text".to_owned()),
        html_field: Some("html".to_owned()),
        ..Inputs::default()
    }
}

fn rows(samples: &[&Sample]) -> Vec<Value> {
    let row = |sample: &&Sample| {
        let (text, html) = if sample.is_html { ("", sample.text.as_str()) } else { (sample.text.as_str(), "") };
        json!({ "id": sample.name, "url": sample.url, "text": text, "html": html })
    };
    samples.iter().map(row).collect()
}

fn table(samples: &[&Sample], separator: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |row: &Value| {
        let fields = ["id", "url", "text", "html"].map(|name| quoted(row[name].as_str().expect("it is a string")));
        fields.join(separator) + "\r\n"
    };
    let header = ["id", "url", "text", "html"].join(separator) + "\r\n";
    rows(samples).iter().map(line).fold(header, |table, line| table + &line)
}

fn parquet(samples: &[&Sample], column: fn(Vec<String>) -> ArrayRef, properties: WriterProperties) -> Vec<u8> {
    let rows = rows(samples);
    let values = |name: &str| -> Vec<String> {
        rows.iter().map(|row| row[name].as_str().expect("it is a string").to_owned()).collect()
    };
    let columns = ["id", "url", "text", "html"].map(|name| (name, column(values(name))));
    let batch = RecordBatch::try_from_iter(columns).expect("the columns are of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("the schema is plain");
    writer.write(&batch).expect("memory takes all");
    writer.close().expect("memory takes all");
    bytes
}

fn members(samples: &[&Sample]) -> Files {
    samples.iter().map(|sample| (sample.name.clone(), sample.bytes.clone())).collect()
}

fn zipped(samples: &[&Sample], method: u16) -> Vec<u8> {
    zip(&samples.iter().map(|s| Zipped::new(&s.name, method, &s.bytes)).collect::<Vec<_>>())
}

/// A crawl of the corpus, with the records that stand beside pages. `pack` is done to each record.
fn warc(samples: &[&Sample], body: fn(&[u8]) -> (String, Vec<u8>), pack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut file = pack(&record("warcinfo", "urn:sample:info", "", "application/warc-fields", b"software: none\r\n"));
    for sample in samples {
        let id = format!("urn:sample:{}", sample.name);
        let (header, body) = body(&sample.bytes);
        let media_type = if sample.is_html { "text/html" } else { "text/plain" };
        let request =
            record("request", &format!("{id}-asked"), &sample.url, "application/http", b"GET / HTTP/1.1\r\n\r\n");
        file.extend(pack(&request));
        file.extend(pack(&response(&id, &sample.url, &format!("Content-Type: {media_type}\r\n{header}"), &body)));
        file.extend(pack(&record(
            "metadata",
            &format!("{id}-told"),
            &sample.url,
            "application/warc-fields",
            b"x: y\r\n",
        )));
    }
    file
}

fn plain(body: &[u8]) -> (String, Vec<u8>) {
    (String::new(), body.to_vec())
}

fn wet(samples: &[&Sample]) -> Vec<u8> {
    let records = samples.iter().flat_map(|sample| {
        let id = format!("urn:sample:{}", sample.name);
        record("conversion", &id, &sample.url, "text/plain; charset=utf-8", sample.text.as_bytes())
    });
    [record("warcinfo", "urn:sample:info", "", "application/warc-fields", b"x: y\r\n"), records.collect()].concat()
}

fn saved(samples: &[&Sample], is_base64: bool) -> Files {
    let file = |s: &&Sample| (format!("{}.mhtml", s.name), mhtml(&s.url, &s.bytes, is_base64));
    samples.iter().map(file).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn one(name: &str, bytes: impl Into<Vec<u8>>) -> Files {
    vec![(name.to_owned(), bytes.into())]
}

fn lines(samples: &[&Sample]) -> String {
    rows(samples).iter().map(|row| format!("{row}\n")).collect()
}

const FOLDER: Conversion = Conversion {
    name: "folder",
    has_url: false,
    takes: all,
    write: |samples| members(samples),
    inputs: Inputs::default,
    name_of: |dump| dump.path.trim_end_matches(".mhtml").to_owned(),
};
const ARCHIVE: Conversion = Conversion { name_of: key_of, ..FOLDER };
const ROWS: Conversion = Conversion { has_url: true, inputs: row_inputs, name_of: key_of, ..FOLDER };
const RECORDS: Conversion = Conversion { has_url: true, name_of: key_of, ..FOLDER };

/// Every format, before compression.
const FORMATS: &[Conversion] = &[
    FOLDER,
    Conversion { name: "jsonl", write: |s| one("rows.jsonl", lines(s)), ..ROWS },
    Conversion { name: "json array", write: |s| one("rows.json", Value::Array(rows(s)).to_string()), ..ROWS },
    Conversion {
        name: "json objects over many lines",
        write: |s| one("rows.json", rows(s).iter().map(|row| format!("{row:#}\n")).collect::<String>()),
        ..ROWS
    },
    Conversion { name: "jsonl in UTF-16", write: |s| one("rows.jsonl", utf16(&lines(s))), ..ROWS },
    Conversion { name: "csv", write: |s| one("rows.csv", table(s, ",")), ..ROWS },
    Conversion { name: "csv with semicolons", write: |s| one("rows.csv", table(s, ";")), ..ROWS },
    Conversion { name: "csv in UTF-16", write: |s| one("rows.csv", utf16(&table(s, "\t"))), ..ROWS },
    Conversion { name: "tsv", write: |s| one("rows.tsv", table(s, "\t")), ..ROWS },
    Conversion {
        name: "parquet of strings",
        write: |s| {
            let column = |values| Arc::new(StringArray::from(values)) as ArrayRef;
            one("rows.parquet", parquet(s, column, WriterProperties::builder().build()))
        },
        ..ROWS
    },
    Conversion {
        name: "parquet of large strings, zstd, small pages",
        write: |s| {
            let column = |values| Arc::new(LargeStringArray::from(values)) as ArrayRef;
            let level = ZstdLevel::try_new(3).expect("it is a level");
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(level))
                .set_dictionary_enabled(false)
                .set_data_page_row_count_limit(3)
                .set_max_row_group_row_count(Some(10));
            one("rows.parquet", parquet(s, column, properties.build()))
        },
        ..ROWS
    },
    Conversion {
        name: "parquet of string views, snappy",
        write: |s| {
            let column = |values: Vec<String>| Arc::new(StringViewArray::from_iter_values(values)) as ArrayRef;
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
            one("rows.parquet", parquet(s, column, properties.build()))
        },
        ..ROWS
    },
    Conversion {
        name: "parquet of bytes, gzip",
        write: |s| {
            let column = |values: Vec<String>| Arc::new(BinaryArray::from_iter_values(values)) as ArrayRef;
            let properties = WriterProperties::builder().set_compression(Compression::GZIP(Default::default()));
            one("rows.pq", parquet(s, column, properties.build()))
        },
        ..ROWS
    },
    Conversion { name: "warc", write: |s| one("crawl.warc", warc(s, plain, <[u8]>::to_vec)), ..RECORDS },
    Conversion {
        name: "warc, a gzip member a record",
        write: |s| one("crawl.warc.gz", warc(s, plain, gzip)),
        ..RECORDS
    },
    Conversion {
        name: "warc of bodies in chunks",
        write: |s| {
            let body = |body: &[u8]| ("Transfer-Encoding: chunked\r\n".to_owned(), chunked(body));
            one("crawl.warc", warc(s, body, <[u8]>::to_vec))
        },
        ..RECORDS
    },
    Conversion {
        name: "warc of packed bodies in chunks",
        write: |s| {
            const HEADER: &str = "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n";
            one("crawl.warc.gz", warc(s, |body| (HEADER.to_owned(), chunked(&gzip(body))), gzip))
        },
        ..RECORDS
    },
    Conversion {
        name: "warc whose headers tell of chunks that are not there",
        write: |s| {
            const HEADER: &str = "Transfer-Encoding: chunked\r\nContent-Encoding: br\r\n";
            one("crawl.warc", warc(s, |body| (HEADER.to_owned(), body.to_vec()), <[u8]>::to_vec))
        },
        takes: |sample| sample.is_html,
        ..RECORDS
    },
    Conversion { name: "wet", write: |s| one("crawl.warc.wet", wet(s)), takes: |s| !s.is_html, ..RECORDS },
    Conversion { name: "tar", write: |s| one("dumps.tar", tar(&members(s))), ..ARCHIVE },
    Conversion {
        name: "tar with long names",
        write: |s| {
            let deep = "a folder of some length/".repeat(12);
            let files: Vec<_> = members(s).into_iter().map(|(name, bytes)| (format!("{deep}{name}"), bytes)).collect();
            one("dumps.tar", tar(&files))
        },
        name_of: |dump| key_of(dump).rsplit('/').next().unwrap_or_default().to_owned(),
        ..ARCHIVE
    },
    Conversion {
        name: "tar of packed files",
        write: |s| {
            let files: Vec<_> = members(s).into_iter().map(|(name, b)| (format!("{name}.gz"), gzip(&b))).collect();
            one("dumps.tar", tar(&files))
        },
        name_of: |dump| key_of(dump).trim_end_matches(".gz").to_owned(),
        ..ARCHIVE
    },
    Conversion {
        name: "tar of rows",
        write: |s| one("dumps.tar", tar(&one("deep/rows.jsonl", lines(s)))),
        name_of: |dump| key_of(dump).trim_start_matches("deep/rows.jsonl#").to_owned(),
        ..ROWS
    },
    Conversion { name: "zip, stored", write: |s| one("dumps.zip", zipped(s, 0)), ..ARCHIVE },
    Conversion { name: "zip, deflated", write: |s| one("dumps.zip", zipped(s, 8)), ..ARCHIVE },
    Conversion { name: "zip, bzip2", write: |s| one("dumps.zip", zipped(s, 12)), ..ARCHIVE },
    Conversion { name: "zip, zstd", write: |s| one("dumps.zip", zipped(s, 93)), ..ARCHIVE },
    Conversion { name: "zip, xz", write: |s| one("dumps.zip", zipped(s, 95)), ..ARCHIVE },
    Conversion {
        name: "tar in a zip in a tar",
        write: |s| {
            let inner = zip(&[Zipped::new("in.tar.gz", 8, &gzip(&tar(&members(s))))]);
            one("dumps.tar", tar(&one("in.zip", inner)))
        },
        name_of: |dump| key_of(dump).trim_start_matches("in.zip#in.tar.gz#").to_owned(),
        ..ARCHIVE
    },
    Conversion {
        name: "parquet in a zip",
        write: |s| {
            let column = |values| Arc::new(StringArray::from(values)) as ArrayRef;
            let table = parquet(s, column, WriterProperties::builder().build());
            one("dumps.zip", zip(&[Zipped::new("t.parquet", 8, &table)]))
        },
        name_of: |dump| key_of(dump).trim_start_matches("t.parquet#").to_owned(),
        ..ROWS
    },
    Conversion {
        name: "mhtml, quoted-printable",
        write: |s| saved(s, false),
        takes: |s| s.is_html,
        has_url: true,
        ..FOLDER
    },
    Conversion { name: "mhtml, base64", write: |s| saved(s, true), takes: |s| s.is_html, has_url: true, ..FOLDER },
    Conversion {
        name: "pages with the folders that browsers save beside them",
        write: |s| {
            let beside = s.iter().flat_map(|sample| {
                let stem = sample.name.trim_end_matches(".html");
                [("frame.html", "<p>A frame.</p>"), ("deep/style.css", "p { color: red }")]
                    .map(|(name, text)| (format!("{stem}_files/{name}"), text.as_bytes().to_vec()))
            });
            beside.chain(members(s)).collect()
        },
        takes: |s| s.is_html,
        ..FOLDER
    },
];

type Pack = fn(&[u8]) -> Vec<u8>;

/// Every compression; the folder stands without one.
const COMPRESSIONS: &[(&str, Pack)] = &[
    ("", <[u8]>::to_vec),
    (".gz", gzip),
    (".gz", gzip_members),
    (".zst", zstd),
    (".bz2", bzip2),
    (".xz", xz),
    (".gz.bz2", |bytes| bzip2(&gzip(bytes))),
];

/// Two short samples in every format and compression, as seeds for a fuzzer.
pub(crate) fn small_files() -> Files {
    let corpus = corpus();
    let shortest = |is_html| corpus.iter().filter(|s| s.is_html == is_html).min_by_key(|s| s.bytes.len());
    let samples: Vec<&Sample> = [false, true].into_iter().filter_map(shortest).collect();
    let mut files = Files::new();
    for Conversion { takes, write, .. } in FORMATS {
        let taken: Vec<&Sample> = samples.iter().copied().filter(|sample| takes(sample)).collect();
        for (name, bytes) in write(&taken) {
            files.extend(COMPRESSIONS.iter().map(|(extension, pack)| (format!("{name}{extension}"), pack(&bytes))));
        }
    }
    files
}

/// Reads a folder and says by name what each dump is; anything but dumps is a fault.
fn read(inputs: &Inputs, name_of: fn(&OwnedDump) -> String, faults: &mut Vec<String>) -> BTreeMap<String, OwnedDump> {
    let mut dumps = BTreeMap::new();
    for item in input::read(inputs).expect("the folder can be listed") {
        match item {
            Item::Dump(dump) => {
                if let Some(twice) = dumps.insert(name_of(&dump), dump) {
                    faults.push(format!("{}#{:?} came twice", twice.path, twice.key));
                }
            }
            Item::Failed(failure) => faults.push(format!("{}: {}", failure.code, failure.message)),
            _ => {}
        }
    }
    dumps
}

fn write(folder: &Path, files: Files, (suffix, pack): (&str, Pack)) {
    for (name, bytes) in files {
        let path = folder.join(name.replace(".gz", "") + suffix);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(path, pack(&bytes)).expect("a file can be written");
    }
}

#[test]
fn one_corpus_gives_the_same_articles_in_every_format_and_compression() {
    let corpus = corpus();
    let mut desk = Desk { cleaner: cleaner(), known: HashMap::new() };
    let mut faults = Vec::new();
    let (mut n_tried, mut n_articles) = (0, 0);
    for conversion in FORMATS {
        let samples: Vec<&Sample> = corpus.iter().filter(|sample| (conversion.takes)(sample)).collect();
        assert!(!samples.is_empty());
        for &(suffix, pack) in COMPRESSIONS {
            n_tried += 1;
            let what = format!("{} {suffix}", conversion.name);
            let folder = scratch("formats");
            write(&folder, (conversion.write)(&samples), (suffix, pack));
            let inputs = Inputs { paths: vec![folder], ..(conversion.inputs)() };
            let mut own = Vec::new();
            let strip: fn(&OwnedDump) -> String = conversion.name_of;
            let mut dumps = read(&inputs, strip, &mut own);
            for sample in &samples {
                let found = dumps.remove(&sample.name).or_else(|| dumps.remove(&format!("{}{suffix}", sample.name)));
                let found = found.or_else(|| dumps.remove(&format!("{}.mhtml{suffix}", sample.name)));
                let Some(dump) = found else {
                    own.push(format!("{} is missing", sample.name));
                    continue;
                };
                let wanted = OwnedDump {
                    bytes: sample.bytes.clone(),
                    format: if sample.is_html { SourceFormat::Html } else { SourceFormat::Text },
                    media: if sample.is_html { Media::Html } else { Media::Text },
                    hints: if conversion.has_url { sample.hints() } else { Hints::default() },
                    ..dump.clone()
                };
                let (told, wanted) = (desk.clean(&dump), desk.clean(&wanted));
                n_articles += usize::from(told.is_ok());
                if told != wanted {
                    own.push(format!("{} differs: {told:?} instead of {wanted:?}", sample.name));
                }
            }
            own.extend(dumps.keys().map(|name| format!("{name} was not written")));
            faults.extend(own.into_iter().take(3).map(|fault| format!("{what}: {fault}")));
        }
    }
    eprintln!("{n_tried} conversions tried, {n_articles} articles compared");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A folder with an archive of each sort.
fn write_archives(folder: &Path) {
    let corpus = corpus();
    let samples: Vec<&Sample> = corpus.iter().collect();
    fs::create_dir_all(folder).expect("a folder can be made");
    let column = |values| Arc::new(StringArray::from(values)) as ArrayRef;
    for (name, bytes) in [
        ("a.tar.gz", gzip(&tar(&members(&samples)))),
        ("b.zip", zipped(&samples, 8)),
        ("c.warc.gz", warc(&samples, plain, gzip)),
        ("d.csv.xz", xz(table(&samples, ",").as_bytes())),
        ("e.parquet", parquet(&samples, column, WriterProperties::builder().build())),
        ("f.tar", tar(&[("in.zip".to_owned(), zipped(&samples[..5], 0)), ("x.txt".to_owned(), b"Short.".to_vec())])),
    ] {
        fs::write(folder.join(name), bytes).expect("a file can be written");
    }
}

#[test]
fn archives_give_the_same_bytes_with_any_number_of_threads_and_add_up() {
    let folder = scratch("formats-build");
    write_archives(&folder.join("dumps"));
    for (dataset, jobs) in [("one", "1"), ("many", "4")] {
        let output = copydesk(&folder, &["build", "dumps", "-o", dataset, "--quiet", "--jobs", jobs]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for (path, name) in files_under(&folder.join("one")) {
        let other = fs::read(folder.join("many").join(&name)).expect("the other has the same files");
        assert!(fs::read(path).expect("it can be read") == other, "{} differs", name.display());
    }
    let manifest = fs::read(folder.join("one/manifest.json")).expect("there is a manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("it is JSON");
    let n_samples = corpus().len() as u64;
    assert_eq!(manifest["totals"]["dumps"], 5 * n_samples + 6);
    assert_eq!(manifest["inputs"]["files"], 6);
    let passed_over = &manifest["inputs"]["passed_over"];
    assert_eq!(passed_over["warc_request"], n_samples, "{passed_over}");
    assert_eq!(passed_over["warc_warcinfo"], 1);
    assert_eq!(copydesk(&folder, &["validate", "one"]).status.code(), Some(0));
    // A finished dataset is taken up as it is: the same archives are read to the same end.
    let resumed = copydesk(&folder, &["build", "dumps", "-o", "one", "--resume"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", String::from_utf8_lossy(&resumed.stderr));
}

#[test]
fn a_limit_cuts_an_archive() {
    let folder = scratch("formats-limit");
    write_archives(&folder.join("dumps"));
    let output = copydesk(&folder, &["build", "dumps", "--quiet", "-o", "limited", "--limit", "50"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let manifest = fs::read_to_string(folder.join("limited/manifest.json")).expect("there is a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("it is JSON");
    assert_eq!(manifest["totals"]["dumps"], 50);
}

/// Parts are cut inside of archives, and a later run finds their borders again.
#[test]
#[cfg(unix)]
fn a_run_that_was_interrupted_in_an_archive_is_resumed_to_the_same_bytes() {
    let folder = scratch("formats-resume");
    fs::create_dir(folder.join("dumps")).expect("a folder can be made");
    let text = |n: usize| format!("Entry {n} of the register tells of a ferry with {} goats on board.", n % 97);
    let texts: Vec<(String, Vec<u8>)> = (0..1_700).map(|n| (format!("{n:04}.txt"), text(n).into_bytes())).collect();
    let zipped: Vec<Zipped> = texts[..1_300].iter().map(|(name, bytes)| Zipped::new(name, 8, bytes)).collect();
    fs::write(folder.join("dumps/a.tar.gz"), gzip(&tar(&texts))).expect("a file can be written");
    fs::write(folder.join("dumps/b.zip"), zip(&zipped)).expect("a file can be written");
    let whole = copydesk(&folder, &["build", "dumps", "-o", "whole", "--quiet"]);
    assert_eq!(whole.status.code(), Some(0), "{}", String::from_utf8_lossy(&whole.stderr));
    let mut child = crate::command(&folder)
        .args(["build", "dumps", "-o", "broken", "--quiet", "--json", "--jobs", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut events = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    assert!(events.any(|event| event.contains("\"part\"")), "a part is finished");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill starts").success());
    let rest: Vec<String> = events.collect();
    let status = child.wait().expect("the program ends");
    // The run may be done before the interrupt is seen.
    assert!(matches!(status.code(), Some(130 | 0)), "{status}: {rest:?}");
    let resumed = copydesk(&folder, &["build", "dumps", "-o", "broken", "--resume", "--json", "--quiet"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", String::from_utf8_lossy(&resumed.stderr));
    let said = String::from_utf8_lossy(&resumed.stdout);
    assert!(status.code() == Some(0) || said.contains("\"taken_over\":true"), "{said}");
    for (path, name) in files_under(&folder.join("whole")) {
        let other = fs::read(folder.join("broken").join(&name)).expect("the other has the same files");
        assert!(fs::read(path).expect("it can be read") == other, "{} differs", name.display());
    }
}

/// What a WARC file is read as, for the comparison with other readers: `make test` names the Python that has them.
#[test]
fn the_records_are_those_that_warcio_and_fastwarc_see() {
    let Some(python) = std::env::var_os(crate::readers::PYTHON) else {
        eprintln!("{} is not set: `make test` runs this check", crate::readers::PYTHON);
        return;
    };
    let folder = scratch("formats-warc");
    let checked = Command::new(python)
        .arg(root().join("tests/python/check_warc.py"))
        .args([env!("CARGO_BIN_EXE_copydesk").as_ref(), folder.as_os_str()])
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&checked.stdout);
    eprintln!("{said}");
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}
