//! `copydesk matrix`: what the model for pages sees of a folder of pages, for training it. Not for users, so not listed.
//!
//! `columns.json` names the columns; `matrix.f32` holds all rows one after the other, little-endian; `pages.jsonl` has
//! one line a page: `path`, and for each row the `texts`, `words`, the group `paths` (a number within the page) and
//! its `nodes`; `nodes.u32` holds for each page its number of nodes and for each node the parent, the number of words of its
//! classes, and their hashes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use copydesk::Error;
use copydesk::input::{self, Inputs, Item};
use copydesk::judge::features;
use serde_json::json;

use super::Outcome;
use super::args::CleanArgs;
use super::exit::{Exit, Trouble};

/// Write the features of pages, to train the model on
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of pages
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Folder that is written to
    #[arg(short, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    clean: CleanArgs,
}

pub(crate) fn run(args: Args) -> Outcome {
    let cleaner = args.clean.cleaner()?;
    let doing = "could not write features";
    std::fs::create_dir_all(&args.out).map_err(|error| Error::io(doing, &args.out, error))?;
    let create = |name: &str| {
        let path = args.out.join(name);
        File::create(&path).map(BufWriter::new).map_err(|error| Trouble::from(Error::io(doing, &path, error)))
    };
    let failed = |error| Error::io(doing, &args.out, error);
    let mut columns = create("columns.json")?;
    columns.write_all(json!(features::columns()).to_string().as_bytes()).map_err(failed)?;
    columns.flush().map_err(failed)?;
    let (mut values, mut pages, mut nodes) = (create("matrix.f32")?, create("pages.jsonl")?, create("nodes.u32")?);
    let inputs = Inputs { paths: args.inputs, format: args.clean.source_format(), ..Inputs::default() };
    for item in input::read(&inputs)? {
        let Item::Dump(dump) = item else { continue };
        let Some((html, matrix)) = cleaner.page_features(dump.as_dump()) else { continue };
        let texts: Vec<&str> = html.layout.blocks.iter().map(|block| html.layout.block_text(block)).collect();
        let mut numbers = BTreeMap::new();
        let paths: Vec<usize> = matrix
            .paths
            .iter()
            .map(|path| {
                let next = numbers.len();
                *numbers.entry(path).or_insert(next)
            })
            .collect();
        let page = json!({
            "path": dump.as_dump().path, "texts": texts, "words": matrix.words, "paths": paths, "nodes": matrix.nodes,
        });
        let mut numbers = vec![html.tree.len()];
        let mut words = Vec::new();
        for id in 0..html.tree.len() {
            words.clear();
            features::lexicon::class_words(&html.tree, id, &mut words);
            numbers.extend([html.tree.parent(id).unwrap_or(0), words.len() as u32]);
            numbers.extend(&words);
        }
        for number in numbers {
            nodes.write_all(&number.to_le_bytes()).map_err(failed)?;
        }
        writeln!(pages, "{page}").map_err(failed)?;
        for value in &matrix.values {
            values.write_all(&value.to_le_bytes()).map_err(failed)?;
        }
    }
    values.flush().and_then(|()| pages.flush()).and_then(|()| nodes.flush()).map_err(failed)?;
    Ok(Exit::Done)
}
