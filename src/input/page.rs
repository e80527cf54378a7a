//! The parts of a saved page: beside `NAME.html` browsers keep frames, style sheets and pictures in a folder `NAME_files`.
//! Comes in a path, goes out whether it lies in such a folder. Never opens a file.

use sha2::{Digest, Sha256};

use super::compression::split_suffix;

/// Ends of the names of such folders: of Chrome and Firefox, and of Windows in its languages, which keeps folder and
/// page together by this list (`SHFileOperation`, "connected files").
const FOLDER_ENDS: [&str; 22] = [
    "_files",
    ".files",
    "-filer",
    "-Dateien",
    "_archivos",
    "_arquivos",
    "_bestanden",
    "_bylos",
    "_datoteke",
    "_dosyalar",
    "_elemei",
    "_failid",
    "_fails",
    "_fajlovi",
    "_ficheiros",
    "_fichiers",
    "_file",
    "_fitxategiak",
    "_fitxers",
    "_pliki",
    "_soubory",
    "_tiedostot",
];

/// Extensions of saved pages.
const PAGES: [&str; 5] = [".html", ".htm", ".xhtml", ".mhtml", ".mht"];

/// What stands for the page of a path: a hash of the path without its extension. None if it is no page.
pub(super) fn stem_of(path: &str) -> Option<u64> {
    let (bare, _) = split_suffix(path);
    let extension = PAGES.iter().find(|extension| bare.ends_with(**extension))?;
    path.get(..bare.len() - extension.len()).map(hash)
}

/// Whether a path lies in a folder that belongs to a page; `is_page` says whether there is one of that stem.
pub(super) fn is_part(path: &str, is_page: impl Fn(u64) -> bool) -> bool {
    let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    folders
        .into_iter()
        .any(|folder| FOLDER_ENDS.iter().filter_map(|end| folder.strip_suffix(end)).any(|stem| is_page(hash(stem))))
}

/// The first eight bytes of SHA-256: a set of these is small, and a chance hit is as good as impossible.
pub(super) fn hash(text: &str) -> u64 {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pages: &[&str], path: &str, expected: bool) {
        let stems: Vec<u64> = pages.iter().filter_map(|page| stem_of(page)).collect();
        assert_eq!(is_part(path, |stem| stems.contains(&stem)), expected, "{path}");
    }

    #[test]
    fn what_lies_in_the_folder_of_a_page_is_a_part_of_it() {
        check(&["a/Ferry late.html"], "a/Ferry late_files/ad.html", true);
        check(&["a/Ferry late.HTM"], "a/Ferry late_files/deep/x.png", true);
        check(&["Fähre.html"], "Fähre-Dateien/frame.html", true);
        check(&["page.mhtml"], "page_files/x.css", true);
        check(&["Page.HTML.gz"], "Page_files/x.html.gz", true);
    }

    #[test]
    fn folders_without_a_page_and_pages_without_a_folder_are_left_alone() {
        check(&["a/Ferry.html"], "b/Ferry_files/ad.html", false);
        check(&["a.txt"], "a_files/b.html", false);
        check(&["a.html"], "a_files", false);
        check(&["a.html"], "ab_files/x.html", false);
        check(&["my.html"], "my/x.html", false);
    }
}
