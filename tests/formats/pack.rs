//! Writers of the formats that are read, in as few lines as tests need: compressions, archives, records, saved pages.

use std::io::Write;

use crc32fast::Hasher;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// Gzip in members of some bytes each, as `cat a.gz b.gz` and parallel tools write it.
pub(crate) fn gzip_members(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(40_000).flat_map(gzip).collect()
}

pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory takes all")
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finalize()
}

/// The container of xz around LZMA2 chunks that are stored as they are, with CRC-32 for its check.
pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let with_crc = |mut part: Vec<u8>| {
        part.extend(crc32(&part).to_le_bytes());
        part
    };
    let number = |mut n: usize| {
        let mut digits = Vec::new();
        while n >= 0x80 {
            digits.push(n as u8 | 0x80);
            n >>= 7;
        }
        digits.push(n as u8);
        digits
    };
    let padded = |mut part: Vec<u8>| {
        part.resize(part.len().next_multiple_of(4), 0);
        part
    };
    let flags = [0, 1];
    let mut file = b"\xFD7zXZ\0".to_vec();
    file.extend(with_crc(flags.to_vec()));
    // One block: its header is 12 bytes, one filter, LZMA2 with a dictionary of 64 KiB.
    let header = with_crc(vec![2, 0, 0x21, 1, 8, 0, 0, 0]);
    let mut chunks = Vec::new();
    for (n, chunk) in bytes.chunks(1 << 16).enumerate() {
        chunks.push(if n == 0 { 1 } else { 2 });
        chunks.extend((chunk.len() as u16).wrapping_sub(1).to_be_bytes());
        chunks.extend(chunk);
    }
    chunks.push(0);
    let n_unpadded = header.len() + chunks.len() + 4;
    file.extend(header);
    file.extend(padded(chunks));
    file.extend(crc32(bytes).to_le_bytes());
    let index = with_crc(padded([vec![0, 1], number(n_unpadded), number(bytes.len())].concat()));
    let footer = [&(index.len() as u32 / 4 - 1).to_le_bytes()[..], &flags].concat();
    file.extend(index);
    file.extend(crc32(&footer).to_le_bytes());
    file.extend(footer);
    file.extend(b"YZ");
    file
}

/// A tar archive of regular files.
pub(crate) fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &bytes[..]).expect("memory takes all");
    }
    builder.into_inner().expect("memory takes all")
}

/// A header of a tar archive whose name is written as it is.
pub(crate) fn tar_header(name: &[u8], kind: tar::EntryType, n_bytes: u64) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(n_bytes);
    header.set_mode(0o644);
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// A member of a tar archive, with its padding.
pub(crate) fn tar_member(name: &[u8], kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut member = tar_header(name, kind, bytes.len() as u64);
    member.extend(bytes);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

/// A member of a zip archive as its headers tell it.
#[derive(Clone)]
pub(crate) struct Zipped {
    pub(crate) name: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) packed: Vec<u8>,
    pub(crate) n_bytes: u32,
    pub(crate) crc: u32,
    /// Unix mode.
    pub(crate) mode: u32,
}

impl Zipped {
    pub(crate) fn new(name: &str, method: u16, bytes: &[u8]) -> Self {
        let packed = match method {
            8 => deflate(bytes),
            12 => bzip2(bytes),
            93 => zstd(bytes),
            95 => xz(bytes),
            _ => bytes.to_vec(),
        };
        let (n_bytes, crc) = (bytes.len() as u32, crc32(bytes));
        Self { name: name.as_bytes().to_vec(), method, flags: 0, packed, n_bytes, crc, mode: 0o100_644 }
    }

    /// What local and central headers share.
    fn fields(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        for field in [20, self.flags, self.method, 0, 0x5A21] {
            fields.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.packed.len() as u32, self.n_bytes] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend(0_u16.to_le_bytes());
        fields
    }

    /// Header and content.
    pub(crate) fn local(&self) -> Vec<u8> {
        [b"PK\x03\x04", &self.fields()[..], &self.name, &self.packed].concat()
    }

    /// The entry of the directory.
    pub(crate) fn central(&self, header_start: u32) -> Vec<u8> {
        let mut entry = [b"PK\x01\x02\x14\x03", &self.fields()[..], &[0; 6]].concat();
        entry.extend((self.mode << 16).to_le_bytes());
        entry.extend(header_start.to_le_bytes());
        entry.extend(&self.name);
        entry
    }
}

/// A zip archive.
pub(crate) fn zip(members: &[Zipped]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        directory.extend(member.central(file.len() as u32));
        file.extend(member.local());
    }
    finish_zip(file, &directory, members.len() as u16)
}

/// Puts the directory behind the members.
pub(crate) fn finish_zip(mut file: Vec<u8>, directory: &[u8], n_members: u16) -> Vec<u8> {
    let start = file.len() as u32;
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(n_members.to_le_bytes());
    file.extend(n_members.to_le_bytes());
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// A record of a WARC file.
pub(crate) fn record(kind: &str, id: &str, url: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let header = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{id}>\r\nWARC-Date: 2031-05-03T10:20:30Z\r\n\
         WARC-Target-URI: {url}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [header.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A response with these header lines, each ended by a line end.
pub(crate) fn response(id: &str, url: &str, header: &str, body: &[u8]) -> Vec<u8> {
    let block = [b"HTTP/1.1 200 OK\r\n", header.as_bytes(), b"\r\n", body].concat();
    record("response", id, url, "application/http; msgtype=response", &block)
}

/// A body in chunks of some bytes each.
pub(crate) fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks: Vec<u8> = body
        .chunks(777)
        .flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
        .collect();
    chunks.extend(b"0\r\n\r\n");
    chunks
}

/// Base64 in lines of 76 letters.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (n, group) in bytes.chunks(3).enumerate() {
        if n > 0 && n % 19 == 0 {
            text.push_str("\r\n");
        }
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { letter as char } else { '=' });
        }
    }
    text
}

/// Quoted-printable, all that is not plain as `=XX`, line ends among it.
pub(crate) fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut width = 0;
    for &byte in bytes {
        if width > 70 {
            text.push_str("=\r\n");
            width = 0;
        }
        if byte.is_ascii_graphic() && byte != b'=' {
            text.push(byte as char);
            width += 1;
        } else {
            text.push_str(&format!("={byte:02X}"));
            width += 3;
        }
    }
    text
}

/// A page saved as one file, with a frame and a picture beside it.
pub(crate) fn mhtml(url: &str, page: &[u8], is_base64: bool) -> Vec<u8> {
    let (coding, body) =
        if is_base64 { ("base64", base64(page)) } else { ("quoted-printable", quoted_printable(page)) };
    format!(
        "From: <Saved by a browser>\r\nSnapshot-Content-Location: {url}\r\nDate: Sat, 3 May 2031 10:20:30 -0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--=_edge\"\r\n\r\n\
         \r\n----=_edge\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: {coding}\r\nContent-Location: {url}\r\n\
         \r\n{body}\r\n----=_edge\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<p>A frame.</p>\r\n\
         ----=_edge\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----=_edge--\r\n"
    )
    .into_bytes()
}
