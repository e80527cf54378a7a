//! Takes compression off: gzip, Zstandard, bzip2, xz, by their first bytes. Comes in a reader, goes out a reader of what
//! is inside. Windows are bounded; how much comes out is counted by who reads it.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;

use super::limits::{MAX_COMPRESSIONS, Trouble};
use super::sniff;
use crate::article::RejectCode;

/// Bytes that are looked at to tell the compression, and that are read at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// Memory that a decoder of xz may take, in KiB: twice what `xz -9` asks for. Zstandard's own bound is the same window.
const MAX_XZ_KIB: u32 = 128 << 10;

/// A reader of bytes that may go to another thread.
pub(super) type BoxRead = Box<dyn Read + Send>;

/// A compression that is told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

/// Suffixes of names that say how content is compressed, and those that say so of a tar archive.
const SUFFIXES: [&str; 7] = [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".bzip2", ".xz"];
const TAR_SUFFIXES: [&str; 6] = [".tgz", ".taz", ".tbz", ".tbz2", ".tzst", ".txz"];

impl Compression {
    fn of(head: &[u8]) -> Option<Self> {
        let is_skippable_frame = matches!(head, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..]);
        match head {
            [0x1F, 0x8B, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
                if rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90") =>
            {
                Some(Self::Bzip2)
            }
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ if is_skippable_frame => Some(Self::Zstd),
            _ => None,
        }
    }

    fn decoder<R: BufRead + Send + 'static>(self, reader: R) -> io::Result<BoxRead> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(reader)),
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(reader)?),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(reader)),
            Self::Xz => Box::new(XzReader::new_mem_limit(reader, true, MAX_XZ_KIB)),
        })
    }
}

/// What is inside all compressions, and whether there was one.
pub(super) struct Unpacked {
    pub(super) reader: BoxRead,
    pub(super) is_packed: bool,
}

/// Takes off all compressions of a reader, whatever its name says. A name that says more than the bytes do is a file
/// cut off or broken, or text that somebody unpacked without renaming it, as servers do.
pub(super) fn unpack(mut reader: BoxRead, name: &str) -> Result<Unpacked, Trouble> {
    let mut n_layers = 0;
    loop {
        let (head, error) = read_head(&mut reader);
        let compression = Compression::of(&head);
        if n_layers == 0 && compression.is_none() && error.is_none() {
            check_name(name, &head)?;
        }
        let rest = Cursor::new(head).chain(Failing(error)).chain(reader);
        let Some(compression) = compression else {
            return Ok(Unpacked { reader: Box::new(rest), is_packed: n_layers > 0 });
        };
        if n_layers == MAX_COMPRESSIONS {
            let message = format!("compressed more than {MAX_COMPRESSIONS} times over");
            return Err(Trouble::new(RejectCode::ArchiveBomb, message));
        }
        n_layers += 1;
        let buffered = BufReader::with_capacity(BUFFER_BYTES, rest);
        reader = compression
            .decoder(buffered)
            .map_err(|error| Trouble::new(RejectCode::BadArchive, format!("could not be decompressed: {error}")))?;
    }
}

/// Bytes that tell the compression.
const HEAD_BYTES: u64 = 4096;

/// The first bytes, and the error that came after them.
fn read_head(reader: &mut BoxRead) -> (Vec<u8>, Option<io::Error>) {
    let mut head = Vec::new();
    let result = reader.take(HEAD_BYTES).read_to_end(&mut head);
    (head, result.err())
}

/// Gives the error that was met while looking ahead, once.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn check_name(name: &str, head: &[u8]) -> Result<(), Trouble> {
    let (_, suffix) = split_suffix(name);
    match suffix {
        Some(suffix) if head.is_empty() => {
            Err(Trouble::new(RejectCode::Truncated, format!("the file is empty, but is named {suffix}")))
        }
        Some(suffix) if sniff::is_binary(head) && !super::tar::looks_like_tar(head) => {
            Err(Trouble::new(RejectCode::BadArchive, format!("the file is named {suffix}, but does not begin as one")))
        }
        _ => Ok(()),
    }
}

/// A file name without the suffixes of its compressions (`.tgz` becomes `.tar`), and the first of them.
pub(super) fn split_suffix(name: &str) -> (String, Option<&'static str>) {
    let mut bare = name.to_ascii_lowercase();
    let mut first = None;
    while let Some(suffix) = SUFFIXES.into_iter().find(|suffix| bare.ends_with(suffix)) {
        bare.truncate(bare.len() - suffix.len());
        first = first.or(Some(suffix));
    }
    if let Some(suffix) = TAR_SUFFIXES.into_iter().find(|suffix| bare.ends_with(suffix)) {
        bare.truncate(bare.len() - suffix.len());
        bare.push_str(".tar");
        first = first.or(Some(suffix));
    }
    (bare, first)
}

/// A decoder for a compressed piece of another file: a member of a zip archive, the body of an HTTP response.
/// None if the name is not known.
pub(super) fn decoder(name: &str, reader: BoxRead) -> Option<io::Result<BoxRead>> {
    let buffered = BufReader::with_capacity(BUFFER_BYTES, reader);
    Some(match name {
        "gzip" | "x-gzip" => Compression::Gzip.decoder(buffered),
        "zstd" => Compression::Zstd.decoder(buffered),
        "bzip2" => Compression::Bzip2.decoder(buffered),
        "xz" => Compression::Xz.decoder(buffered),
        "raw-deflate" => Ok(Box::new(DeflateDecoder::new(buffered))),
        "deflate" => deflate(buffered),
        "br" => Ok(Box::new(brotli_decompressor::Decompressor::new(buffered, BUFFER_BYTES))),
        _ => return None,
    })
}

/// HTTP's `deflate` means zlib, but many servers sent it without zlib's two bytes in front.
fn deflate(mut reader: BufReader<BoxRead>) -> io::Result<BoxRead> {
    let head = reader.fill_buf()?;
    let is_zlib = matches!(head, [first, second, ..]
        if first & 0x0F == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0);
    Ok(if is_zlib {
        Box::new(flate2::bufread::ZlibDecoder::new(reader))
    } else {
        Box::new(DeflateDecoder::new(reader))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_of_compressions_are_taken_off_names() {
        for (name, expected) in [
            ("a.txt", ("a.txt", None)),
            ("A.TXT.GZ", ("a.txt", Some(".gz"))),
            ("a.tgz", ("a.tar", Some(".tgz"))),
            ("a.jsonl.zst.gz", ("a.jsonl", Some(".gz"))),
            ("a.tar.bz2", ("a.tar", Some(".bz2"))),
            ("gz", ("gz", None)),
        ] {
            let (bare, suffix) = split_suffix(name);
            assert_eq!((bare.as_str(), suffix), expected);
        }
    }

    #[test]
    fn text_that_begins_like_a_compression_is_none() {
        for text in [&b"BZh is short"[..], b"BZh9 was a class of ships", b"(\xB5/", b"\xFD7zX"] {
            assert_eq!(Compression::of(text), None);
        }
    }

    #[test]
    fn content_codings_are_taken_off() {
        use std::io::Write;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(b"words").unwrap();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        raw.write_all(b"words").unwrap();
        // Brotli: one uncompressed block of five bytes, then the last, empty one.
        let brotli = b"\x0b\x02\x80words\x03".to_vec();
        for (name, bytes) in [("deflate", zlib.finish().unwrap()), ("deflate", raw.finish().unwrap()), ("br", brotli)] {
            let mut text = String::new();
            decoder(name, Box::new(Cursor::new(bytes))).unwrap().unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "words", "{name}");
        }
        assert!(decoder("compress", Box::new(io::empty())).is_none());
    }
}
