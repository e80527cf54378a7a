//! `copydesk inspect`: every block of one dump with its verdict, rule and evidence.

use std::fmt::Write as _;
use std::path::PathBuf;

use copydesk::Error;
use copydesk::show::{self, page, terminal};

use super::args::CleanArgs;
use super::clean::{exit_of, read_one, report_failure};
use super::exit::Exit;
use super::{Outcome, json, output};

/// Show every block of one dump with verdict, rule and evidence
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The dump; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Address of the page, if it is known
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    clean: CleanArgs,
    /// Print one JSON object
    #[arg(long, conflicts_with = "layout")]
    json: bool,
    /// Write a self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print the layout, the text that all spans point into
    #[arg(long)]
    layout: bool,
}

pub(crate) fn run(args: Args) -> Outcome {
    let cleaner = args.clean.cleaner()?;
    let dump = match read_one(&args.file, args.url.as_deref(), &args.clean)? {
        Ok(dump) => dump,
        Err(failure) => return Ok(report_failure(&failure)),
    };
    let cleaned = cleaner.clean(dump.as_dump());
    let blocks = show::mark(&cleaned.layout, &cleaned.findings);
    let mut facts = vec![("format".to_owned(), dump.format.to_string())];
    match &cleaned.outcome {
        Ok(article) => facts.extend(
            [("title", &article.title), ("site", &article.site), ("url", &article.source.url)]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
                .chain([("language".to_owned(), article.language.clone())]),
        ),
        Err(reject) => facts.push((reject.code.status().to_string(), format!("{}: {}", reject.code, reject.message))),
    }
    facts.extend(cleaned.notes.iter().map(|note| ("note".to_owned(), note.flag.to_string())));
    if let Some(path) = &args.html {
        let head = page::Head { title: dump.path.clone(), facts: facts.clone() };
        std::fs::write(path, page::render(&head, &blocks, &cleaned.findings))
            .map_err(|error| Error::io("could not write page", path, error))?;
    }
    if args.json {
        output::print_json_line(&json::inspected(&cleaned, &blocks))?;
    } else if args.layout {
        output::print(&cleaned.layout.text)?;
    } else if args.html.is_none() {
        let style = if output::stdout_has_colours() { terminal::Style::Colour } else { terminal::Style::Plain };
        let mut text = String::new();
        for (name, value) in &facts {
            let _ = writeln!(text, "{name}: {}", terminal::visible(value));
        }
        let counts = show::count(&blocks);
        let _ = writeln!(
            text,
            "characters: {} kept, {} dropped, {} lifted",
            output::grouped(counts.kept as u64),
            output::grouped(counts.dropped as u64),
            output::grouped(counts.lifted as u64)
        );
        for (rule, n_findings) in show::count_rules(&cleaned.findings) {
            let _ = writeln!(text, "{n_findings} × {rule}");
        }
        text.push('\n');
        text.push_str(&terminal::render(&blocks, style));
        output::print(&text)?;
    }
    match exit_of(&cleaned) {
        Exit::SomeFailed => Ok(Exit::SomeFailed),
        _ => Ok(Exit::Done),
    }
}
