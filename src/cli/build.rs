//! `copydesk build`: dumps to a dataset folder.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use copydesk::input::Inputs;
use copydesk::options::Options;
use copydesk::pipeline::{self, BuildOptions, Report};
use copydesk::{Error, ErrorKind, language};
use serde_json::json;

use super::args::read_text;
use super::config::Settings;
use super::exit::{Exit, Trouble};
use super::progress::Watcher;
use super::{Outcome, output, stop};

/// Clean dumps into a dataset folder
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// Config file (TOML); every flag has a key, and the command line wins
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> Outcome {
    let settings = match &args.config {
        Some(path) => args.settings.or(Settings::from_file(path)?),
        None => args.settings,
    };
    let watcher = Watcher::new(&settings);
    let outcome = build(&settings, &watcher);
    watcher.finish();
    if let Err(Trouble::Library(error)) = &outcome {
        watcher.event(json!({ "event": "error", "message": error.to_string(), "hint": error.hint_text() }));
    }
    outcome.and_then(|exit| watcher.close().map(|()| exit))
}

fn build(settings: &Settings, watcher: &Watcher) -> Outcome {
    let inputs = inputs(settings)?;
    let Some(dir) = &settings.output else {
        let error = Error::new(ErrorKind::Options, "no output folder is named");
        return Err(error.hint("copydesk build INPUT... -o DIR").into());
    };
    let clean = settings.clean_args();
    let mut options = Options::default();
    clean.fill(&mut options);
    options.languages = settings.language.iter().map(|name| language_code(name)).collect::<Result<_, _>>()?;
    options.languages.sort_unstable();
    options.languages.dedup();
    options.min_words = settings.min_words.unwrap_or(0);
    options.max_dump_bytes = settings.max_dump_bytes.unwrap_or(options.max_dump_bytes);
    let cleaner = clean.cleaner_with(&options)?;
    let how = BuildOptions {
        jobs: settings.jobs.map_or(0, usize::from),
        limit: settings.limit,
        overwrite: settings.overwrite,
        resume: settings.resume,
        dry_run: settings.dry_run,
        reuse: settings.reuse.clone(),
    };
    let stop = stop::flag_on_interrupt()?;
    let start = Instant::now();
    watcher.event(json!({
        "event": "start", "version": env!("CARGO_PKG_VERSION"), "rules_digest": cleaner.rules().digest(),
    }));
    let report = pipeline::build(&inputs, &cleaner, dir, &how, watcher, &stop)?;
    watcher.finish();
    if !settings.quiet {
        eprint!("{}", summary(&report, dir, settings, watcher.fresh_bytes(), start.elapsed().as_secs_f64()));
    }
    let exit = if report.totals.failed > 0 { Exit::SomeFailed } else { Exit::Done };
    watcher.event(json!({
        "event": "done", "exit": exit as u8, "dry_run": settings.dry_run, "inputs": report.inputs,
        "outputs": report.outputs, "totals": report.totals, "taken_over": report.taken_over, "reused": report.reused,
    }));
    if !report.is_balanced() {
        return Err(Error::new(ErrorKind::Format, "the sums of the run do not add up, which is a fault of copydesk")
            .hint("the dataset is written; copydesk validate names the rows")
            .into());
    }
    Ok(exit)
}

/// The code that the column `language` holds, for a code, a tag (`en`) or a name.
fn language_code(name: &str) -> Result<String, Trouble> {
    if let Some(code) = language::code_of(name) {
        return Ok(code.to_owned());
    }
    // A code that the program has no name for, and the two for texts of no language and of many.
    if name.len() == 3 && name.bytes().all(|b| b.is_ascii_lowercase()) {
        return Ok(name.to_owned());
    }
    let error = Error::new(ErrorKind::Options, format!("`{name}` is no language"));
    Err(error.hint("languages are named by ISO 639-3, such as eng, rus or cmn").into())
}

/// What to read.
fn inputs(settings: &Settings) -> Result<Inputs, Trouble> {
    if settings.overwrite && settings.resume {
        return Err(Trouble::options("overwrite and resume contradict each other"));
    }
    let mut paths = settings.input.clone();
    if let Some(list) = &settings.files_from {
        let text =
            if list.as_os_str() == "-" { read_stdin()? } else { read_text("could not read list of files", list)? };
        paths.extend(text.lines().map(|line| line.trim_end_matches('\r')).filter(|l| !l.is_empty()).map(PathBuf::from));
    }
    if paths.is_empty() {
        let error = Error::new(ErrorKind::Options, "no input is named");
        return Err(error.hint("copydesk build INPUT... -o DIR").into());
    }
    let bounds = Inputs::default();
    Ok(Inputs {
        paths,
        format: settings.format.and_then(|format| format.0),
        text_field: settings.text_field.clone(),
        html_field: settings.html_field.clone(),
        url_field: settings.url_field.clone(),
        id_field: settings.id_field.clone(),
        max_unpacked_bytes: settings.max_unpacked_bytes.unwrap_or(bounds.max_unpacked_bytes),
        max_ratio: settings.max_ratio.unwrap_or(bounds.max_ratio),
        max_entries: settings.max_entries.unwrap_or(bounds.max_entries),
        ..bounds
    })
}

fn read_stdin() -> Result<String, Trouble> {
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Error::io("could not read list of files", "standard input", error))?;
    Ok(text)
}

/// What came of the run, for people.
fn summary(report: &Report, dir: &Path, settings: &Settings, fresh_bytes: u64, seconds: f64) -> String {
    let totals = &report.totals;
    let n = output::grouped;
    let mut text = format!(
        "{} dumps: {} articles, {} rejected, {} failed\n",
        n(totals.dumps),
        n(totals.articles),
        n(totals.rejected),
        n(totals.failed)
    );
    if !totals.by_code.is_empty() {
        let codes: Vec<String> = totals.by_code.iter().map(|(code, count)| format!("{} {code}", n(*count))).collect();
        let _ = writeln!(text, "rejects: {}", codes.join(", "));
    }
    let share = |part: u64| 100.0 * part as f64 / totals.layout_chars.max(1) as f64;
    let _ = writeln!(
        text,
        "{} characters: {} kept ({:.1} %), {} dropped ({:.1} %), {} lifted ({:.1} %)",
        n(totals.layout_chars),
        n(totals.kept_chars),
        share(totals.kept_chars),
        n(totals.dropped_chars),
        share(totals.dropped_chars),
        n(totals.lifted_chars),
        share(totals.lifted_chars),
    );
    if report.taken_over > 0 {
        let _ = writeln!(text, "{} dumps had been cleaned before", n(report.taken_over));
    }
    if let Some(reuse) = &settings.reuse {
        let cleaned = totals.dumps.saturating_sub(report.taken_over + report.reused);
        let _ = writeln!(
            text,
            "{} dumps were unchanged and taken from {}, {} were cleaned",
            n(report.reused),
            reuse.display(),
            n(cleaned)
        );
    }
    let megabytes = fresh_bytes as f64 / 1e6;
    let _ = writeln!(text, "{megabytes:.2} MB in {seconds:.2} s, {:.2} MB/s", megabytes / seconds.max(1e-9));
    if !report.inputs.passed_over.is_empty() {
        let passed_over = report.inputs.passed_over.iter().map(|(what, count)| format!("{} {what}", n(*count)));
        let _ = writeln!(text, "passed over: {}", passed_over.collect::<Vec<_>>().join(", "));
    }
    if report.inputs.count == 0 {
        let _ = writeln!(text, "warning: no dump was found");
    }
    if !settings.dry_run {
        let _ = writeln!(text, "written: {}", dir.display());
    }
    text
}
