"""Writes crawls with warcio and with FastWARC, builds a dataset of each, and compares it record for record with what both
libraries read.

Usage: check_warc.py COPYDESK FOLDER

Prints a line for each check that fails and closes with "N passed, N failed"; exits 1 if any failed, 2 on bad usage.
"""

import gzip
import hashlib
import io
import subprocess
import sys
import zlib
from datetime import datetime, timezone
from pathlib import Path

import pyarrow.parquet as pq
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

try:
    from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
except ImportError:
    WarcRecord = None

# Responses of each crawl.
RECORDS = 1200

WORDS = "the ferry left its pier at noon and came back with apples rope lamps and a goat that nobody had ordered".split()


def page(number):
    """A page of a few paragraphs, no two alike, in one of three encodings, with its charset."""
    charset = ["utf-8", "windows-1251", "iso-8859-1"][number % 3]
    extra = {"utf-8": "Fähre 渡し船", "windows-1251": "старый паром", "iso-8859-1": "die Fähre"}[charset]
    paragraphs = []
    for paragraph in range(2 + number % 5):
        words = [WORDS[(number * 7 + paragraph * 3 + n * (1 + number % 11)) % len(WORDS)] for n in range(30)]
        paragraphs.append(f"<p>{' '.join(words)} {extra} {number}.{paragraph}.</p>")
    text = f"<html><head><title>Ferry {number}</title></head><body><article>{''.join(paragraphs)}</article></body></html>"
    return text.encode(charset), charset


def chunked(body):
    """A body in chunks."""
    pieces = [body[at : at + 333] for at in range(0, len(body), 333)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def coded(number, body):
    """The body as a server sends it, and the headers that say so."""
    headers = []
    match number % 4:
        case 1:
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        case 2:
            body = zlib.compress(body)
            headers.append(("Content-Encoding", "deflate"))
    if number % 5 == 0:
        body = chunked(body)
        headers.append(("Transfer-Encoding", "chunked"))
    return body, headers


def response(number):
    """Address, time, headers and body of a response."""
    body, charset = page(number)
    body, headers = coded(number, body)
    kind = f"text/html; charset={charset}" if number % 2 else "text/html"
    headers = [("Content-Type", kind), *headers, ("Content-Length", str(len(body)))]
    date = f"2031-05-{1 + number % 28:02}T{number % 24:02}:20:30Z"
    return f"https://news.example.org/{number}?q=ä", date, headers, body


def write_warcio(path, packed):
    """A crawl as warcio writes it, with requests and metadata between the responses."""
    with open(path, "wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "none"}))
        for number in range(RECORDS):
            url, date, headers, body = response(number)
            told = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=told, warc_headers_dict={"WARC-Date": date}
            )
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "news.example.org")], is_http_request=True)
            request = writer.create_warc_record(url, "request", http_headers=asked)
            writer.write_request_response_pair(request, record)
            if number % 7 == 0:
                note = io.BytesIO(b"fetchTimeMs: 12\r\n")
                writer.write_record(writer.create_warc_record(url, "metadata", payload=note))


def write_fastwarc(path):
    """A crawl as FastWARC writes it."""
    with open(path, "wb") as file:
        for number in range(RECORDS):
            url, date, headers, body = response(number)
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
            block = b"HTTP/1.1 200 OK\r\n" + lines.encode() + b"\r\n" + body
            record = WarcRecord()
            record.init_headers(record_type=WarcRecordType.response)
            record.headers["WARC-Target-URI"] = url
            record.headers["WARC-Date"] = date
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.set_bytes_content(block)
            record.write(file)


def moment(text):
    """A WARC-Date as a time without a zone, as Parquet gives it."""
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)


def told(record_id, url, date, content):
    """What is compared of a record."""
    return record_id, url, moment(date), len(content), hashlib.sha256(content).hexdigest()


def read_warcio(path):
    """The responses as warcio reads them."""
    with open(path, "rb") as file:
        for record in WarcioIterator(file):
            if record.rec_type == "response":
                head = record.rec_headers
                content = record.content_stream().read()
                names = ("WARC-Record-ID", "WARC-Target-URI", "WARC-Date")
                yield told(*(head.get_header(name) for name in names), content)


def read_fastwarc(path):
    """The responses as FastWARC reads them. It joins chunks; content codings are taken off here, since FastWARC 2.0.1 ends a
    file without a word where it is to take off both (`auto_decode="all"`) and codings change from page to page."""
    with open(path, "rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True, auto_decode="transfer"):
            head = record.headers
            content = record.reader.read()
            match record.http_headers.get("Content-Encoding"):
                case "gzip":
                    content = gzip.decompress(content)
                case "deflate":
                    content = zlib.decompress(content)
            yield told(head["WARC-Record-ID"], head["WARC-Target-URI"], head["WARC-Date"], content)


def read_copydesk(copydesk, path):
    """The records as copydesk reads them, out of the dataset that it builds."""
    dataset = path.with_suffix(".dataset")
    subprocess.run([copydesk, "build", path, "-o", dataset, "--quiet"], check=True)
    names = ["source_key", "url", "fetched_at", "source_bytes", "source_sha256"]
    for file in sorted(dataset.glob("articles/*.parquet")):
        for row in pq.read_table(file, columns=names).to_pylist():
            yield tuple(row[name] for name in names)


def main(arguments):
    """Runs all checks."""
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    copydesk, folder = arguments[0], Path(arguments[1])
    crawls = [folder / name for name in ("warcio.warc.gz", "warcio-plain.warc", "fastwarc.warc")]
    write_warcio(crawls[0], packed=True)
    write_warcio(crawls[1], packed=False)
    readers = [("warcio", read_warcio)]
    if WarcRecord is None:
        print("FastWARC is not installed: warcio is compared alone")
        crawls.pop()
    else:
        write_fastwarc(crawls[2])
        readers.append(("fastwarc", read_fastwarc))
    passed = failed = 0
    for path in crawls:
        ours = list(read_copydesk(copydesk, path))
        for name, read in readers:
            theirs = list(read(path))
            same = sum(one == other for one, other in zip(ours, theirs))
            passed += same
            wrong = max(len(ours), len(theirs)) - same
            failed += wrong
            if wrong:
                first = next((pair for pair in zip(ours, theirs) if pair[0] != pair[1]), (len(ours), len(theirs)))
                print(f"failed: {path.name}, {name}: {wrong} records differ, the first is {first}")
        if len(ours) != RECORDS:
            failed += 1
            print(f"failed: {path.name}: {len(ours)} records instead of {RECORDS}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
