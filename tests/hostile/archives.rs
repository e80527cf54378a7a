//! Archives and compressions that were made to do harm.

use ::tar::EntryType;

use super::{Case, STORY, case, page};
use crate::formats::pack::{Zipped, bzip2, finish_zip, gzip, tar, tar_header, tar_member, xz, zip, zstd};

const MIB: usize = 1 << 20;

fn story(name: &str) -> (String, Vec<u8>) {
    (name.to_owned(), STORY.as_bytes().to_vec())
}

fn regular(name: &str, bytes: &[u8]) -> Vec<u8> {
    tar_member(name.as_bytes(), EntryType::Regular, bytes)
}

/// The end of a tar archive.
fn end() -> Vec<u8> {
    vec![0; 1024]
}

/// Gzip of that many mebibytes of zeros, in members of eight.
fn zeros(n_mib: usize) -> Vec<u8> {
    gzip(&vec![0; 8 * MIB]).repeat(n_mib / 8)
}

fn changed(mut bytes: Vec<u8>, at: usize, by: &[u8]) -> Vec<u8> {
    bytes[at..at + by.len()].copy_from_slice(by);
    bytes
}

fn half(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

/// Members whose names lead out of the folder.
pub(super) fn traversals() -> Vec<Case> {
    let names = ["../../up.txt", "/etc/up.txt"];
    let in_tar: Vec<u8> =
        names.iter().chain(&["./here.txt"]).flat_map(|name| regular(name, STORY.as_bytes())).chain(end()).collect();
    let in_zip: Vec<Zipped> =
        names.iter().chain(&["..\\up.txt"]).map(|name| Zipped::new(name, 8, STORY.as_bytes())).collect();
    vec![case("up.tar", in_tar, "3 article"), case("up.zip", zip(&in_zip), "3 article")]
}

pub(super) fn cases() -> Vec<Case> {
    [bombs(), compressions(), tars(), zips(), traversals()].into_iter().flatten().collect()
}

fn bombs() -> Vec<Case> {
    let long = "a ".repeat(10 * MIB);
    let nested = |n: usize| (0..n).fold(tar(&[story("a.txt")]), |inner, _| tar(&[("in.tar".to_owned(), inner)]));
    let many = |n: usize| (0..n).flat_map(|n| regular(&format!("{n}.txt"), b"")).chain(end()).collect::<Vec<u8>>();
    let shared = Zipped::new("a.txt", 8, &vec![b' '; 3 * MIB]);
    // Every entry of the directory leads to the same bytes.
    let directory: Vec<u8> =
        (0..500).flat_map(|n| Zipped { name: format!("{n:05}").into_bytes(), ..shared.clone() }.central(0)).collect();
    let empty: Vec<Zipped> = (0..6_000).map(|n| Zipped::new(&format!("{n}.txt"), 0, b"")).collect();
    let big_member = [gzip(&tar_header(b"a.txt", EntryType::Regular, 104 << 20)), zeros(104), gzip(&end())].concat();
    vec![
        case("bomb.txt.gz", gzip(long.as_bytes()), "1 archive_bomb"),
        case("bomb.txt.bz2", bzip2(long.as_bytes()), "1 archive_bomb"),
        case("bomb.html.zst", zstd(long.as_bytes()), "1 archive_bomb"),
        case("bomb-large.txt.xz", xz(long.as_bytes()), "1 too_large"),
        case("bomb-lines.jsonl.gz", gzip(&vec![b'\n'; 8 * MIB]).repeat(10), "1 archive_bomb"),
        case("bomb-member.tar.gz", big_member, "1 archive_bomb, 1 too_large"),
        case(
            "bomb-zeros.tar.gz",
            [gzip(&regular("a.txt", STORY.as_bytes())), zeros(104)].concat(),
            "1 archive_bomb, 1 article",
        ),
        case("bomb-member.zip", zip(&[Zipped::new("a.txt", 8, long.as_bytes())]), "1 archive_bomb"),
        case("bomb-bzip2.zip", zip(&[Zipped::new("a.txt", 12, long.as_bytes())]), "1 archive_bomb"),
        case("bomb-shared.zip", finish_zip(shared.local(), &directory, 500), "1 archive_bomb, 19 empty"),
        case("bomb-entries.zip", zip(&empty), "1 archive_bomb"),
        case("bomb-entries.tar.gz", gzip(&many(6_000)), "1 archive_bomb, 5000 empty"),
        case("bomb-nested.tar", nested(6), "1 archive_bomb"),
        case("nested.tar", nested(3), "1 article"),
        case("bomb-layers.txt.gz", gzip(&gzip(&gzip(&gzip(STORY.as_bytes())))), "1 archive_bomb"),
        case("layers.txt.gz", gzip(&gzip(&gzip(STORY.as_bytes()))), "1 article"),
        case("bomb-zip-in-gz.zip", gzip(&zip(&[Zipped::new("a.txt", 8, long.as_bytes())])), "1 archive_bomb"),
    ]
}

fn compressions() -> Vec<Case> {
    let text = format!("{STORY}\n\n").repeat(200);
    let text = text.as_bytes();
    let packed = gzip(text);
    let bad_sum = changed(packed.clone(), packed.len() - 8, b"\0\0\0\0");
    let bad_length = changed(packed.clone(), packed.len() - 4, b"\0\0\0\0");
    let bz = bzip2(text);
    let bad_bz = changed(bz.clone(), bz.len() / 2, &[0xFF; 20]);
    let in_xz = xz(text);
    let bad_xz = changed(in_xz.clone(), 100, b"#######");
    // The dictionary that the header asks for has 4 GiB, less one byte; the header's sum is right.
    let mut huge = vec![2, 0, 0x21, 1, 40, 0, 0, 0];
    huge.extend(crate::formats::pack::crc32(&huge).to_le_bytes());
    let huge_xz = changed(in_xz.clone(), 12, &huge);
    vec![
        case("sum.txt.gz", bad_sum, "1 bad_archive"),
        case("length.txt.gz", bad_length, "1 bad_archive"),
        case("tail.txt.gz", [&packed[..], b"not a member"].concat(), "1 bad_archive"),
        case("cut.txt.gz", half(&packed), "1 truncated"),
        case("cut.txt.zst", half(&zstd(text)), "1 truncated"),
        case("cut.txt.bz2", half(&bz), "1 truncated"),
        case("cut.txt.xz", half(&in_xz), "1 truncated"),
        case("broken.txt.bz2", bad_bz, "1 bad_archive"),
        case("broken.txt.xz", bad_xz, "1 bad_archive"),
        case("window.txt.xz", huge_xz, "1 bad_archive"),
        case("empty.txt.bz2", "", "1 truncated"),
        case("named.txt.xz", [0, 1, 2, 3, 4, 5, 6, 7], "1 bad_archive"),
        case("head.txt.xz", &in_xz[..6], "1 truncated"),
    ]
}

fn tars() -> Vec<Case> {
    let first = regular("a.txt", STORY.as_bytes());
    let with = |second: Vec<u8>| [first.clone(), second, end()].concat();
    let special = [EntryType::Symlink, EntryType::Link, EntryType::Fifo, EntryType::Char, EntryType::Block];
    let links: Vec<u8> = special.iter().flat_map(|kind| tar_header(b"loop", *kind, 0)).collect();
    let mut bad_size = tar_header(b"b.txt", EntryType::Regular, 5);
    bad_size[124..136].copy_from_slice(b"zzzzzzzzzzz\0");
    let mut signed = ::tar::Header::new_old();
    signed.as_mut_bytes().copy_from_slice(&bad_size);
    signed.set_cksum();
    let lying = tar_header(b"b.txt", EntryType::Regular, 1 << 60);
    let mut sparse = tar_header(b"b.txt", EntryType::GNUSparse, 512);
    sparse.extend([b'x'; 512]);
    let long = |n: usize| tar_member(b"x", EntryType::XHeader, format!("{n} path={}\n", "p".repeat(n - 20)).as_bytes());
    let name = [b"caf\xE9\x01#\t".as_slice(), "ö.txt".as_bytes()].concat();
    let whole = with(regular("b.txt", STORY.as_bytes()));
    vec![
        case("empty.tar", end(), ""),
        case("nothing.tar", "", "1 truncated"),
        case(
            "noise.tar",
            (0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<u8>>(),
            "1 bad_archive",
        ),
        case("words.tar", STORY, "1 article"),
        case("cut-content.tar", &whole[..first.len() + 600], "1 article, 1 truncated"),
        case("cut-header.tar", &whole[..first.len() + 100], "1 article, 1 truncated"),
        case("cut-end.tar", &whole[..2 * first.len()], "2 article"),
        case("sum.tar", with(changed(regular("b.txt", b"words"), 148, b"0777777\0")), "1 article, 1 bad_archive"),
        case("size.tar", with(signed.as_bytes().to_vec()), "1 article, 1 bad_archive"),
        case("lying.tar", with(lying), "1 article, 1 truncated"),
        case("long-name.tar", with(long(2 * MIB)), "1 article, 1 bad_archive"),
        case("links.tar", with(links), "1 article"),
        case("sparse.tar", with(sparse), "1 article, 1 bad_archive"),
        case("names.tar", with(tar_member(&name, EntryType::Regular, STORY.as_bytes())), "2 article"),
        case("twice.tar", [first.clone(), first.clone(), first.clone(), end()].concat(), "3 article"),
        case("joined.tar", [with(end()), with(end())].concat(), "2 article"),
        case("tail.tar", [with(end()), b"some words after the end".to_vec()].concat(), "1 article"),
        case(
            "header-alone.tar",
            [first.clone(), tar_member(b"x", EntryType::GNULongName, b"name")].concat(),
            "1 article, 1 truncated",
        ),
        case(
            "parts.tar",
            tar(&[("p.html".to_owned(), page().into_bytes()), ("p_files/f.html".to_owned(), page().into_bytes())]),
            "1 article",
        ),
        case(
            "packed-cut.tar",
            tar(&[("a.txt.gz".to_owned(), half(&gzip(STORY.as_bytes()))), story("b.txt")]),
            "1 article, 1 truncated",
        ),
    ]
}

fn zips() -> Vec<Case> {
    let good = Zipped::new("a.txt", 8, STORY.as_bytes());
    let bad = |change: fn(&mut Zipped)| {
        let mut member = Zipped { name: b"b.txt".to_vec(), ..good.clone() };
        change(&mut member);
        zip(&[good.clone(), member])
    };
    let whole = zip(&[good.clone(), Zipped { name: b"b.txt".to_vec(), ..good.clone() }]);
    let away = |start: u32| {
        let directory = [good.central(0), good.central(start)].concat();
        finish_zip(good.local(), &directory, 2)
    };
    let document = zip(&[Zipped::new("[Content_Types].xml", 8, b"<Types/>"), good.clone()]);
    let mut lying = whole.clone();
    let at = lying.len() - 12;
    lying[at..at + 2].copy_from_slice(&[0xFF, 0x7F]);
    vec![
        case("empty.zip", zip(&[]), ""),
        case("nothing.zip", "", "1 truncated"),
        case("words.zip", STORY, "1 article"),
        case("cut.zip", half(&whole), "1 truncated"),
        case("cut-end.zip", &whole[..whole.len() - 30], "1 truncated"),
        case("count.zip", lying, "1 bad_archive"),
        case("sum.zip", bad(|member| member.crc ^= 1), "1 article, 1 bad_archive"),
        case("larger.zip", bad(|member| member.n_bytes -= 1), "1 article, 1 bad_archive"),
        case("smaller.zip", bad(|member| member.n_bytes += 1), "1 article, 1 bad_archive"),
        case("secret.zip", bad(|member| member.flags = 1), "1 article, 1 unreadable"),
        case("method.zip", bad(|member| member.method = 97), "1 article, 1 bad_archive"),
        case("stream.zip", bad(|member| member.packed[20..40].fill(0xFF)), "1 article, 1 bad_archive"),
        case("link.zip", bad(|member| member.mode = 0o120_777), "1 article"),
        case("name.zip", bad(|member| member.name = b"a\0\xFF#\n.txt".to_vec()), "2 article"),
        case("twice.zip", zip(&[good.clone(), good.clone(), good.clone()]), "3 article"),
        case("away.zip", away(1 << 30), "1 article, 1 truncated"),
        case("wrong.zip", away(7), "1 article, 1 bad_archive"),
        case("document.zip", document.clone(), "1 not_text"),
        case("document.docx", document, "1 not_text"),
        case("self.zip", zip(&[Zipped::new("b.zip", 0, &zip(std::slice::from_ref(&good))), good]), "2 article"),
    ]
}
