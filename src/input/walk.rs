//! INPUT arguments to a list of files. Comes in paths, goes out the files under them, sorted by source path.
//! Never opens a file: it asks the file system for names and kinds only.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::{Inputs, page};
use crate::error::{Error, ErrorKind, Result};

/// The argument, and the source path, of standard input.
pub(super) const STDIN: &str = "-";

/// Own name of an INPUT that has none, which is the root of the file system alone.
const ROOT_NAME: &str = "root";

/// A file to read, or something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path relative to its INPUT, with `/` between parts.
    pub(super) source_path: String,
    /// Where its bytes are.
    pub(super) place: Place,
}

/// Where the bytes of an entry are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A regular file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A file of the folder that a browser saves beside a page: a frame, a style sheet, a picture. Not opened.
    PagePart,
    /// Nowhere: a message for people.
    Nowhere(String),
}

impl Place {
    /// Size of the file as stored; nought where it is not known.
    pub(super) fn n_bytes(&self) -> u64 {
        match self {
            Place::File(path) => fs::metadata(path).map_or(0, |found| found.len()),
            _ => 0,
        }
    }
}

/// What a part of a saved page is called among what was passed over.
pub(super) const PAGE_PART: &str = "page_part";

/// An INPUT argument.
struct Root {
    path: PathBuf,
    /// Its canonical path; none for standard input.
    canonical: Option<PathBuf>,
    own_name: Vec<u8>,
}

/// A file as it was found: its path relative to the INPUT is still bytes.
struct Found {
    raw_path: Vec<u8>,
    place: Place,
}

/// Lists the files under all inputs, sorted by the bytes of their source paths, so that neither the file system's
/// order nor that of the arguments matters.
pub(super) fn list(inputs: &Inputs) -> Result<Vec<Entry>> {
    if inputs.paths.is_empty() {
        return Err(Error::new(ErrorKind::Options, "no input is given").hint("name files, folders, or `-` for stdin"));
    }
    let exclude = inputs.exclude.as_deref().and_then(|path| fs::canonicalize(path).ok());
    let mut roots = inputs.paths.iter().map(|path| Root::new(path)).collect::<Result<Vec<_>>>()?;
    check_names(&mut roots)?;
    check_nesting(&roots, exclude.as_deref())?;
    let mut found = Vec::new();
    for root in &roots {
        let prefix = if roots.len() > 1 { &root.own_name[..] } else { b"" };
        root.walk(prefix, exclude.as_deref(), &mut found);
    }
    Ok(name(found))
}

impl Root {
    fn new(path: &Path) -> Result<Self> {
        if path == Path::new(STDIN) {
            return Ok(Self { path: path.to_owned(), canonical: None, own_name: STDIN.into() });
        }
        let canonical = fs::canonicalize(path).map_err(|cause| {
            let error = Error::new(ErrorKind::Options, "could not find input").at(path).because(cause);
            error.hint("an INPUT is a file, a folder, or `-` for stdin")
        })?;
        let own_name = path.file_name().or_else(|| canonical.file_name()).unwrap_or(OsStr::new(ROOT_NAME));
        Ok(Self { path: path.to_owned(), own_name: own_name.as_encoded_bytes().to_vec(), canonical: Some(canonical) })
    }

    /// Adds all that lies under this input. A link is followed; a folder that is met again below itself is passed over.
    fn walk(&self, prefix: &[u8], exclude: Option<&Path>, found: &mut Vec<Found>) {
        let Some(_) = &self.canonical else {
            found.push(Found { raw_path: STDIN.into(), place: Place::Stdin });
            return;
        };
        let raw_path = |path: &Path| {
            let relative = path.strip_prefix(&self.path).unwrap_or(Path::new(""));
            let raw_path = join(prefix, relative);
            if raw_path.is_empty() { self.own_name.clone() } else { raw_path }
        };
        let is_wanted = |entry: &walkdir::DirEntry| {
            let may_lead_out = entry.path_is_symlink() || entry.file_type().is_dir();
            !may_lead_out || exclude.is_none_or(|exclude| !lies_in(entry.path(), exclude))
        };
        for entry in WalkDir::new(&self.path).follow_links(true).into_iter().filter_entry(is_wanted) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => {
                    let is_file = entry.file_type().is_file();
                    let raw_path = raw_path(entry.path());
                    let path = entry.into_path();
                    let place = if is_file { Place::File(path) } else { Place::Nowhere(NOT_REGULAR.to_owned()) };
                    found.push(Found { raw_path, place });
                }
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(&self.path).to_owned();
                    let place = Place::Nowhere(describe(&path, error.io_error()));
                    found.push(Found { raw_path: raw_path(&path), place });
                }
            }
        }
    }
}

/// Message for a pipe, a socket, a device: reading one could wait for ever.
pub(super) const NOT_REGULAR: &str = "not a regular file";

/// Says why something could not be listed or opened, without the path, which may name the input's root.
fn describe(path: &Path, cause: Option<&io::Error>) -> String {
    let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    match cause {
        Some(cause) if is_link => format!("the link leads nowhere: {cause}"),
        Some(cause) => format!("could not be opened: {cause}"),
        None => "could not be opened".to_owned(),
    }
}

fn lies_in(path: &Path, folder: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|path| path.starts_with(folder))
}

/// The parts of a path with `/` between them, after a prefix.
fn join(prefix: &[u8], relative: &Path) -> Vec<u8> {
    let mut raw_path = prefix.to_vec();
    for part in relative.components() {
        if let Component::Normal(part) = part {
            if !raw_path.is_empty() {
                raw_path.push(b'/');
            }
            raw_path.extend_from_slice(part.as_encoded_bytes());
        }
    }
    raw_path
}

/// Two inputs of one name would give their files the same source paths.
fn check_names(roots: &mut [Root]) -> Result<()> {
    roots.sort_by(|a, b| a.own_name.cmp(&b.own_name));
    let Some(pair) = roots.windows(2).find(|pair| pair[0].own_name == pair[1].own_name) else { return Ok(()) };
    let name = encode(&pair[0].own_name, false);
    Err(Error::new(ErrorKind::Options, format!("two inputs have the same name `{name}`"))
        .at(&pair[1].path)
        .hint("rename one of them, or name the folder that holds both"))
}

/// A file that lies in two inputs would be read twice; one that lies in the output folder would be read back.
fn check_nesting(roots: &[Root], exclude: Option<&Path>) -> Result<()> {
    let mut roots: Vec<(&Path, &Path)> =
        roots.iter().filter_map(|root| Some((root.canonical.as_deref()?, root.path.as_path()))).collect();
    // Paths compare part by part, so that all that lies in a folder follows it directly.
    roots.sort();
    if let Some(pair) = roots.windows(2).find(|pair| pair[1].0.starts_with(pair[0].0)) {
        let message = format!("an input lies inside another input `{}`", pair[0].1.display());
        return Err(Error::new(ErrorKind::Options, message).at(pair[1].1).hint("name the outer one only"));
    }
    if let Some(exclude) = exclude
        && let Some((_, path)) = roots.iter().find(|(canonical, _)| canonical.starts_with(exclude))
    {
        let error = Error::new(ErrorKind::Options, "an input lies inside the output folder").at(path);
        return Err(error.hint("write to another folder"));
    }
    Ok(())
}

/// Turns bytes into source paths and sorts by them. Only where a byte that is not UTF-8 makes the same path as
/// another file's literal `%FF`, each `%` becomes `%25`, in all paths.
fn name(found: Vec<Found>) -> Vec<Entry> {
    let encode_all = |escape_percent| {
        let mut order: Vec<(String, usize)> =
            found.iter().enumerate().map(|(at, found)| (encode(&found.raw_path, escape_percent), at)).collect();
        order.sort();
        order
    };
    let mut order = encode_all(false);
    if order.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        order = encode_all(true);
    }
    let mut places: Vec<Option<Place>> = found.into_iter().map(|found| Some(found.place)).collect();
    let mut entries: Vec<Entry> = order
        .into_iter()
        .filter_map(|(source_path, at)| Some(Entry { source_path, place: places[at].take()? }))
        .collect();
    mark_page_parts(&mut entries);
    entries
}

/// Marks what lies in the folders that browsers save beside a page.
fn mark_page_parts(entries: &mut [Entry]) {
    let pages: HashSet<u64> = entries.iter().filter_map(|entry| page::stem_of(&entry.source_path)).collect();
    if pages.is_empty() {
        return;
    }
    for entry in entries {
        if matches!(entry.place, Place::File(_)) && page::is_part(&entry.source_path, |stem| pages.contains(&stem)) {
            entry.place = Place::PagePart;
        }
    }
}

/// Bytes of a path as text: those that are not UTF-8 as `%FF`.
pub(super) fn encode(raw: &[u8], escape_percent: bool) -> String {
    let mut path = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        if escape_percent {
            path.push_str(&chunk.valid().replace('%', "%25"));
        } else {
            path.push_str(chunk.valid());
        }
        path.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::TempDir;

    fn folder(files: &[&str]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "words").unwrap();
        }
        dir
    }

    fn inputs(dir: &TempDir, paths: &[&str]) -> Inputs {
        Inputs { paths: paths.iter().map(|path| dir.path().join(path)).collect(), ..Inputs::default() }
    }

    #[track_caller]
    fn check(inputs: &Inputs, expected: &[&str]) {
        let listed: Vec<String> = list(inputs)
            .unwrap()
            .into_iter()
            .map(|entry| match entry.place {
                Place::Nowhere(_) => format!("!{}", entry.source_path),
                _ => entry.source_path,
            })
            .collect();
        assert_eq!(listed, expected);
    }

    #[track_caller]
    fn check_error(inputs: &Inputs, message: &str) {
        let error = list(inputs).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options);
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.hint_text().is_some(), "{error}");
    }

    #[test]
    fn files_are_sorted_by_the_bytes_of_their_paths_hidden_ones_too() {
        let dir = folder(&["in/b/2.txt", "in/b.txt", "in/.hidden", "in/a/z", "in/B", "in/é", "in/.git/x"]);
        check(&inputs(&dir, &["in"]), &[".git/x", ".hidden", "B", "a/z", "b.txt", "b/2.txt", "é"]);
        check(&inputs(&dir, &["in/"]), &[".git/x", ".hidden", "B", "a/z", "b.txt", "b/2.txt", "é"]);
        check(&inputs(&dir, &["in/b/.."]), &[".git/x", ".hidden", "B", "a/z", "b.txt", "b/2.txt", "é"]);
    }

    #[test]
    fn a_single_file_is_named_by_its_file_name() {
        let dir = folder(&["in/a.txt"]);
        check(&inputs(&dir, &["in/a.txt"]), &["a.txt"]);
    }

    #[test]
    fn several_inputs_begin_with_their_own_names_in_any_order_of_arguments() {
        let dir = folder(&["one/a.txt", "two/a.txt", "three.txt"]);
        let expected = ["one/a.txt", "three.txt", "two/a.txt"];
        check(&inputs(&dir, &["one", "two", "three.txt"]), &expected);
        check(&inputs(&dir, &["three.txt", "two/", "one"]), &expected);
        check(&inputs(&dir, &["two/../one", "three.txt", "two"]), &expected);
    }

    #[test]
    fn stdin_is_an_entry_of_its_own() {
        let stdin = Inputs { paths: vec![STDIN.into()], ..Inputs::default() };
        assert_eq!(list(&stdin).unwrap(), [Entry { source_path: "-".to_owned(), place: Place::Stdin }]);
        check_error(&Inputs { paths: vec![STDIN.into(), STDIN.into()], ..Inputs::default() }, "same name `-`");
    }

    #[test]
    fn arguments_that_make_no_sense_are_errors_with_a_hint() {
        let dir = folder(&["x/in/a.txt", "y/in/a.txt", "x/in/deep/b.txt"]);
        check_error(&Inputs::default(), "no input");
        check_error(&inputs(&dir, &["x/none"]), "could not find input");
        check_error(&inputs(&dir, &["x/in", "y/in"]), "same name `in`");
        check_error(&inputs(&dir, &["x/in", "x/in"]), "same name `in`");
        check_error(&inputs(&dir, &["x/in/deep", "y/in", "x"]), "inside another input");
        check_error(&inputs(&dir, &["x/in/a.txt", "x"]), "inside another input");
    }

    #[test]
    fn the_output_folder_is_left_out_with_all_that_lies_in_it() {
        let dir = folder(&["in/a.txt", "in/out/b.txt", "in/out/deep/c.txt", "in/outer/d.txt"]);
        symlink(dir.path().join("in/out"), dir.path().join("in/link")).unwrap();
        symlink(dir.path().join("in/out/b.txt"), dir.path().join("in/file-link")).unwrap();
        let mut inputs = inputs(&dir, &["in"]);
        inputs.exclude = Some(dir.path().join("in/outer/../out"));
        check(&inputs, &["a.txt", "outer/d.txt"]);
        inputs.exclude = Some(dir.path().join("in/not-yet"));
        check(
            &inputs,
            &["a.txt", "file-link", "link/b.txt", "link/deep/c.txt", "out/b.txt", "out/deep/c.txt", "outer/d.txt"],
        );
        inputs.exclude = Some(dir.path().to_owned());
        check_error(&inputs, "inside the output folder");
    }

    #[test]
    fn links_are_followed_and_loops_are_walked_once() {
        let dir = folder(&["in/a.txt", "elsewhere/b.txt"]);
        symlink(dir.path().join("elsewhere"), dir.path().join("in/link")).unwrap();
        symlink(dir.path().join("in"), dir.path().join("in/loop")).unwrap();
        symlink(dir.path().join("in"), dir.path().join("elsewhere/back")).unwrap();
        check(&inputs(&dir, &["in"]), &["a.txt", "link/b.txt"]);
    }

    #[test]
    fn an_input_that_is_a_link_is_followed_and_keeps_its_name() {
        let dir = folder(&["in/a.txt", "b.txt"]);
        symlink(dir.path().join("in"), dir.path().join("link")).unwrap();
        check(&inputs(&dir, &["link"]), &["a.txt"]);
        check(&inputs(&dir, &["link", "b.txt"]), &["b.txt", "link/a.txt"]);
    }

    #[test]
    fn what_cannot_be_opened_has_an_entry_that_says_so() {
        let dir = folder(&["in/a.txt"]);
        symlink("nowhere", dir.path().join("in/dangling")).unwrap();
        symlink("self", dir.path().join("in/self")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("in/socket")).unwrap();
        symlink("/dev/zero", dir.path().join("in/zero")).unwrap();
        check(&inputs(&dir, &["in"]), &["a.txt", "!dangling", "!self", "!socket", "!zero"]);
        check(&inputs(&dir, &["in/socket"]), &["!socket"]);
        for entry in list(&inputs(&dir, &["in"])).unwrap() {
            if let Place::Nowhere(message) = entry.place {
                assert!(!message.contains(dir.path().to_str().unwrap()), "{message}");
            }
        }
    }

    #[test]
    fn a_folder_that_cannot_be_listed_has_an_entry_named_after_it() {
        let dir = folder(&["in/shut/a.txt", "in/b.txt"]);
        let shut = dir.path().join("in/shut");
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o0)).unwrap();
        // The superuser can list every folder.
        let is_shut = fs::read_dir(&shut).is_err();
        let expected: &[&str] = if is_shut { &["b.txt", "!shut"] } else { &["b.txt", "shut/a.txt"] };
        check(&inputs(&dir, &["in"]), expected);
        check(&inputs(&dir, &["in/shut"]), if is_shut { &["!shut"] } else { &["a.txt"] });
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn bytes_that_are_not_utf8_are_written_as_percent_and_stay_apart_from_literal_ones() {
        let dir = folder(&["in/100%.txt"]);
        fs::write(dir.path().join("in").join(OsStr::from_bytes(b"caf\xE9")), "words").unwrap();
        check(&inputs(&dir, &["in"]), &["100%.txt", "caf%E9"]);
        fs::write(dir.path().join("in/caf%E9"), "words").unwrap();
        check(&inputs(&dir, &["in"]), &["100%25.txt", "caf%25E9", "caf%E9"]);
    }
}
