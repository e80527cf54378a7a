//! Rows, records, tables and pages that were made to do harm.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use super::{Case, STORY, case, page};
use crate::formats::pack::{gzip, mhtml, record, response};

const MIB: usize = 1 << 20;

pub(super) fn cases() -> Vec<Case> {
    [json(), tables(), parquets(), crawls(), pages()].into_iter().flatten().collect()
}

fn row(text: &str) -> String {
    serde_json::json!({ "text": text }).to_string()
}

fn json() -> Vec<Case> {
    let good = row(STORY);
    let pad = "p".repeat(20 * MIB);
    let deep = format!("[{good}, {}1{}, {good}]", "[".repeat(200_000), "]".repeat(200_000));
    vec![
        case("deep.json", deep, "2 article, 1 bad_row"),
        case("cut.json", format!("[{good},{{\"text\": \"cut"), "1 article, 1 truncated"),
        case("open.json", "[".repeat(100_000), "1 truncated"),
        case("halves.json", format!(r#"[{{"text": "A half \ud83d and a half \udc00. {STORY}"}}]"#), "1 article"),
        case(
            "zeros.jsonl",
            format!("{}\n\0\0\0\n{good}\n", row(&format!("A \0 byte. {STORY}"))),
            "2 article, 1 bad_row",
        ),
        case(
            "long.jsonl",
            format!("{good}\n{{\"pad\": \"{pad}\", \"text\": \"x\"}}\n{good}\n"),
            "2 article, 1 too_large",
        ),
        case("long.json", format!("[{good},{{\"pad\": \"{pad}\", \"text\": \"x\"}},{good}]"), "2 article, 1 too_large"),
        case("bomb.json.gz", gzip(format!("[{good},{{\"text\": \"{pad}\"}}]").as_bytes()), "1 archive_bomb, 1 article"),
        case("keys.jsonl", format!("{{{}\"text\": \"{STORY}\"}}\n", "\"k\": 1,".repeat(200_000)), "1 article"),
        case(
            "mixed.jsonl",
            [good.as_bytes(), b"\n{\"text\": \"caf\xE9 \xF0\x9F\x98 ", STORY.as_bytes(), b"\"}"].concat(),
            "2 article",
        ),
        case("scalars.json", "[1, null, \"x\", true, {}, [], 1e400]", "7 bad_row"),
    ]
}

fn tables() -> Vec<Case> {
    let cyrillic = encoding_rs::WINDOWS_1251.encode("Старый маяк снова открывается в воскресенье.").0.into_owned();
    let mixed =
        [b"id,text\n1,\"".to_vec(), STORY.as_bytes().to_vec(), b"\"\n2,".to_vec(), cyrillic, b"\n".to_vec()].concat();
    let wide = "c,".repeat(100_000);
    let cells = ",".repeat(100_000);
    let long = "x".repeat(20 * MIB);
    vec![
        case("columns.csv", format!("{wide}text\n{cells}{STORY}\n"), "1 bad_row"),
        case("cells.csv", format!("id,text\n1,\"{STORY}\"\n{cells}\n2,\"{STORY}\"\n"), "2 article, 1 too_large"),
        case("quote.csv", format!("id,text\n1,\"{STORY}\"\n2,\"never closed\n3,x\n"), "2 article"),
        case("long.csv", format!("id,text\n1,\"{STORY}\"\n2,{long}\n3,\"{STORY}\"\n"), "2 article, 1 too_large"),
        case(
            "bomb.csv.gz",
            gzip(format!("id,text\n1,\"{STORY}\"\n2,\"{long}\n").as_bytes()),
            "1 archive_bomb, 1 article",
        ),
        case("mixed.csv", mixed, "2 article"),
        case("header.csv", "id,words\n1,a\n2,b\n", "1 bad_row"),
        case("zeros.csv", format!("id,text\n1,\"A \0 byte. {STORY}\"\n\0\0\0\n"), "1 article, 1 bad_row"),
        case("ragged.tsv", format!("id\ttext\n1\t{STORY}\n2\n3\ta\tb\n4\t{STORY}\n"), "2 article, 2 bad_row"),
        case(
            "noise.csv",
            (0..9_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<u8>>(),
            "1 bad_row",
        ),
    ]
}

fn parquets() -> Vec<Case> {
    let table = |values: Vec<&str>| {
        let column = Arc::new(StringArray::from(values)) as ArrayRef;
        let batch = RecordBatch::try_from_iter([("text", column)]).expect("one column");
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("the schema is plain");
        writer.write(&batch).expect("memory takes all");
        writer.close().expect("memory takes all");
        bytes
    };
    let good = table(vec![STORY, STORY]);
    let end = good.len();
    let with = |at: usize, by: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + by.len()].copy_from_slice(by);
        bytes
    };
    let long = "word ".repeat(100_000);
    vec![
        case("good.parquet", good.clone(), "2 article"),
        case("cut.parquet", &good[..end / 2], "1 truncated"),
        case("empty.parquet", "", "1 truncated"),
        case("marks.parquet", "PAR1PAR1", "1 bad_archive"),
        case("footer.parquet", with(end - 40, &[0xFF; 20]), "1 bad_archive"),
        case("length.parquet", with(end - 8, &[0xFF, 0xFF, 0xFF, 0x7F]), "1 bad_archive"),
        case("pages.parquet", with(4, &[0xFF; 30]), "1 bad_archive"),
        case("secret.parquet", with(end - 4, b"PARE"), "1 unreadable"),
        // One text in a dictionary, and rows that point to it: far more than the file, a row at a time.
        case("bomb.parquet", table(vec![&" ".repeat(900_000); 100]), "1 archive_bomb, 66 empty"),
        case("words.parquet", STORY, "1 truncated"),
        case("large.parquet", table(vec![&long.repeat(10), STORY]), "1 article, 1 too_large"),
    ]
}

fn crawls() -> Vec<Case> {
    let good = |n: usize| {
        response(&format!("urn:x:{n}"), "https://example.org/a", "Content-Type: text/html\r\n", page().as_bytes())
    };
    let with = |middle: &[u8]| [&good(1)[..], middle, &good(2)].concat();
    let lying = |length: &str| {
        let text = String::from_utf8(good(3)).expect("it is text");
        let (head, rest) = text.split_once("Content-Length: ").expect("it is there");
        let rest = rest.split_once("\r\n").expect("the line ends").1;
        format!("{head}Content-Length: {length}\r\n{rest}").into_bytes()
    };
    let answer = |header: &str, body: &[u8]| response("urn:x:3", "https://example.org/b", header, body);
    let status = |status: &str| {
        let block = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{}", page());
        record("response", "urn:x:3", "https://example.org/b", "application/http", block.as_bytes())
    };
    let html = "Content-Type: text/html\r\n";
    let bomb = gzip(&vec![b' '; 8 * MIB]);
    let packed: Vec<u8> = [gzip(&good(1)), gzip(&good(2))].concat();
    vec![
        case("garbage.warc", with(b"not a record\r\nat all\r\n\r\n"), "2 article, 1 bad_row"),
        case("no-length.warc", with(&lying("")), "2 article, 2 bad_row"),
        case("negative.warc", with(&lying("-5")), "2 article, 2 bad_row"),
        case("short.warc", with(&lying("20")), "2 article, 1 bad_row, 1 empty"),
        case("beyond.warc", with(&lying("99999999")), "1 article, 1 truncated"),
        case("huge.warc", with(&lying("18446744073709551615")), "1 article, 1 truncated"),
        case("twice.warc", [good(1), good(1)].concat(), "1 article, 1 bad_row"),
        case(
            "header.warc",
            with(format!("WARC/1.0\r\nX: {}\r\n\r\n", "x".repeat(3 * MIB)).as_bytes()),
            "2 article, 1 bad_row",
        ),
        case("version.warc", with(b"WARC/9.9\r\n\r\n"), "2 article, 1 bad_row"),
        case("cut.warc.gz", &packed[..packed.len() - 50], "1 article, 1 truncated"),
        case(
            "broken.warc.gz",
            [&packed[..], b"\x1F\x8B\x08\0garbage and garbage"].concat(),
            "2 article, 1 bad_archive",
        ),
        case(
            "bomb.warc",
            with(&answer(&format!("{html}Content-Encoding: gzip\r\n"), &bomb)),
            "1 archive_bomb, 2 article",
        ),
        case(
            "chunks.warc",
            with(&answer(&format!("{html}Transfer-Encoding: chunked\r\n"), b"ffffffffffffffff\r\n<p>x")),
            "3 article",
        ),
        case(
            "coding.warc",
            with(&answer(&format!("{html}Content-Encoding: zip\r\n"), b"\x01\x02")),
            "2 article, 1 bad_row",
        ),
        case(
            "cut-page.warc",
            with(&answer(&format!("{html}Content-Encoding: gzip\r\n"), &gzip(page().as_bytes())[..60])),
            "2 article, 1 truncated",
        ),
        case(
            "picture.warc",
            with(&answer("Content-Type: image/png\r\n", b"\x89PNG\r\n\x1A\n")),
            "2 article, 1 not_text",
        ),
        case("missing.warc", with(&status("404 Not Found")), "2 article, 1 no_content"),
        case("moved.warc", with(&status("301 Moved Permanently")), "2 article, 1 no_content"),
        case(
            "no-answer.warc",
            with(&record("response", "urn:x:3", "dns:example.org", "text/dns", b"example.org. 1 IN A")),
            "2 article, 1 bad_row",
        ),
        case(
            "others.warc",
            with(&record("revisit", "urn:x:3", "u", "application/http", b"HTTP/1.1 200 OK\r\n\r\n")),
            "2 article",
        ),
        case("empty.warc", "", ""),
        case("words.warc", STORY, "1 bad_row"),
    ]
}

fn pages() -> Vec<Case> {
    let story = |attribute: &str| {
        format!(
            "<html><body><article><p>{STORY}</p><table><tr><td {attribute}>Steps</td><td>90</td></tr></table><p>{STORY} Bring a lamp.</p></article>"
        )
    };
    let good = String::from_utf8(mhtml("https://example.org/a", page().as_bytes(), false)).expect("it is text");
    let nested: String =
        (0..20_000).map(|n| format!("Content-Type: multipart/related; boundary=b{n}\n\n--b{n}\n")).collect();
    vec![
        case("span.html", story("colspan=9007199254740991 rowspan=-1"), "1 article"),
        case("attribute.html", story(&format!("title=\"{}\"", "x".repeat(3 * MIB))), "1 article"),
        case("attributes.html", story(&(0..50_000).map(|n| format!("a{n}=1 ")).collect::<String>()), "1 article"),
        case("zeros.html", page().replace(". ", ".\0 "), "1 article"),
        case("good.mhtml", good.clone(), "1 article"),
        case("cut.mhtml", &good.as_bytes()[..good.find("----=_edge").expect("it is there")], "1 truncated"),
        case("boundary.mhtml", good.replace("boundary=", "edge="), "1 bad_archive"),
        case("parts.mhtml", good.replace("----=_edge\r\n", &"----=_edge\r\n\r\n".repeat(20_000)), "1 archive_bomb"),
        case("nested.mhtml", nested, "1 archive_bomb"),
        case("coded.mhtml", good.replace("quoted-printable", "base64"), "1 bad_archive"),
    ]
}
