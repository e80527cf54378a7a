//! `copydesk validate`: a dataset folder or a file against its schema and the sums.

use std::path::PathBuf;

use copydesk::dataset::validate::{validate_dataset, validate_file};
use copydesk::{Error, ErrorKind};
use serde_json::json;

use super::exit::Exit;
use super::{Outcome, output};

/// Check a dataset folder, or anybody's Parquet or JSON Lines file
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A dataset folder, or a Parquet or JSON Lines file
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// JSON Schema of the rows of a file [default: that of an article]
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Print the violations as one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Outcome {
    let violations = match (args.path.is_dir(), &args.schema) {
        (true, None) => validate_dataset(&args.path)?,
        (true, Some(_)) => {
            let error = Error::new(ErrorKind::Options, "a schema is for a file, this is a folder").at(&args.path);
            return Err(error.hint("a dataset folder has its schemas built in").into());
        }
        (false, schema) => validate_file(&args.path, schema.as_deref())?,
    };
    if args.json {
        output::print_json_line(&json!({ "valid": violations.is_empty(), "violations": violations }))?;
    } else {
        let lines: String = violations.iter().map(|violation| format!("{violation}\n")).collect();
        output::print(&lines)?;
        match violations.len() {
            0 => eprintln!("{}: sound", args.path.display()),
            n_violations => eprintln!("{}: {n_violations} violations", args.path.display()),
        }
    }
    Ok(if violations.is_empty() { Exit::Done } else { Exit::SomeFailed })
}
