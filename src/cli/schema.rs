//! `copydesk schema`: the JSON Schemas of all that copydesk reads and writes.

use clap::builder::PossibleValuesParser;
use copydesk::dataset::jsonschema::Subject;

use super::exit::Exit;
use super::{Outcome, output};

/// Print a JSON Schema
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to describe
    #[arg(value_name = "SUBJECT", value_parser = PossibleValuesParser::new(Subject::ALL.iter().map(|s| s.as_str())))]
    subject: String,
}

pub(crate) fn run(args: Args) -> Outcome {
    let subject = Subject::from_name(&args.subject).expect("the parser knows the same names");
    output::print(&subject.text())?;
    Ok(Exit::Done)
}
