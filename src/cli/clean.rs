//! `copydesk clean`: one dump to its clean text. The reading of one dump is here, for `inspect` too.

use std::path::{Path, PathBuf};

use copydesk::article::{Reject, RejectStatus};
use copydesk::input::{self, Failure, Inputs, Item, OwnedDump};
use copydesk::{Cleaned, Error, ErrorKind};

use super::args::CleanArgs;
use super::exit::{Exit, Trouble};
use super::{Outcome, json, output};

/// Clean one dump and print its text
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The dump; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Address of the page, if it is known
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    clean: CleanArgs,
    /// Print the article, its findings and notes as one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Outcome {
    let cleaner = args.clean.cleaner()?;
    let dump = match read_one(&args.file, args.url.as_deref(), &args.clean)? {
        Ok(dump) => dump,
        Err(failure) => return Ok(report_failure(&failure)),
    };
    let cleaned = cleaner.clean(dump.as_dump());
    if args.json {
        output::print_json_line(&json::cleaned(&cleaned))?;
    } else if let Ok(article) = &cleaned.outcome {
        output::print(&format!("{}\n", article.text))?;
    }
    Ok(exit_of(&cleaned))
}

/// Done for an article; a reject is told to people, and a failed one is a failure.
pub(crate) fn exit_of(cleaned: &Cleaned) -> Exit {
    let Err(reject) = &cleaned.outcome else { return Exit::Done };
    let Reject { source_path, code, message, .. } = reject.as_ref();
    eprintln!("{}: {source_path}: {code}: {message}", code.status());
    match code.status() {
        RejectStatus::Failed => Exit::SomeFailed,
        _ => Exit::Done,
    }
}

/// Tells people of a dump that gave nothing to clean.
pub(crate) fn report_failure(failure: &Failure) -> Exit {
    let Failure { path, code, message, .. } = failure;
    eprintln!("{}: {path}: {code}: {message}", code.status());
    match code.status() {
        RejectStatus::Failed => Exit::SomeFailed,
        _ => Exit::Done,
    }
}

/// Reads the only dump of a file or of standard input.
pub(crate) fn read_one(
    file: &Path,
    url: Option<&str>,
    args: &CleanArgs,
) -> Result<Result<OwnedDump, Failure>, Trouble> {
    if file.is_dir() {
        let error = Error::new(ErrorKind::Options, "one dump is wanted, this is a folder").at(file);
        return Err(error.hint("copydesk build cleans folders").into());
    }
    let inputs = Inputs { paths: vec![file.to_owned()], format: args.source_format(), ..Inputs::default() };
    let mut found = input::read(&inputs)?.filter_map(|item| match item {
        Item::Dump(dump) => Some(Ok(dump)),
        Item::Failed(failure) => Some(Err(failure)),
        Item::FileEnd { .. } | Item::PassedOver { .. } => None,
    });
    let Some(first) = found.next() else {
        return Err(Error::new(ErrorKind::Options, "no dump found").at(file).into());
    };
    if found.next().is_some() {
        let error = Error::new(ErrorKind::Options, "one dump is wanted, this file holds many").at(file);
        return Err(error.hint("copydesk build cleans files of many dumps").into());
    }
    Ok(first.map(|mut dump| {
        if let Some(url) = url {
            dump.hints.url = Some(url.to_owned());
        }
        dump
    }))
}
