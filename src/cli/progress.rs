//! What a run shows while it goes on: a line on a terminal, or events as JSON Lines.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use copydesk::pipeline::{Event, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::config::Settings;
use super::exit::Trouble;
use super::output;

/// Time between two drawings of the line, so that a slow part does not look like a hang.
const TICK: Duration = Duration::from_millis(120);

/// A line with a bar, where it is known how much there is to read, and one without.
const BAR: &str = "{spinner} {bar:20} {percent} %, {eta} left: {msg}";
const NO_BAR: &str = "{spinner} {msg}";
/// The same with colours.
const COLOURED_BAR: &str = "{spinner:.cyan} {bar:20.cyan} {percent} %, {eta} left: {msg}";
const COLOURED_NO_BAR: &str = "{spinner:.cyan} {msg}";

/// Bytes of a megabyte, as disks and networks count them.
const MEGABYTE: f64 = 1e6;

/// Watches a run.
pub(crate) struct Watcher {
    line: ProgressBar,
    /// The first error of standard output, if events go there; none: no event is wanted.
    events: Option<Mutex<io::Result<()>>>,
    start: Instant,
    dumps: AtomicU64,
    rejects: AtomicU64,
    fresh_bytes: AtomicU64,
}

impl Watcher {
    /// A watcher as the settings want it.
    pub(crate) fn new(settings: &Settings) -> Self {
        let line = if settings.quiet || !output::stderr_is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
        } else {
            ProgressBar::new_spinner()
        };
        line.set_style(style(NO_BAR, COLOURED_NO_BAR));
        if !line.is_hidden() {
            line.set_message("reading");
            line.enable_steady_tick(TICK);
        }
        let events = settings.json.then(|| Mutex::new(Ok(())));
        Self {
            line,
            events,
            start: Instant::now(),
            dumps: AtomicU64::new(0),
            rejects: AtomicU64::new(0),
            fresh_bytes: AtomicU64::new(0),
        }
    }

    /// What the line says beside the bar.
    fn told(&self) -> String {
        let dumps = output::grouped(self.dumps.load(Ordering::Relaxed));
        let rejects = output::grouped(self.rejects.load(Ordering::Relaxed));
        let megabytes = self.fresh_bytes() as f64 / MEGABYTE;
        let rate = megabytes / self.start.elapsed().as_secs_f64().max(f64::EPSILON);
        let mut told = format!("{dumps} dumps, {rejects} rejects, {rate:.1} MB/s");
        if let Some(bytes) = memory_bytes() {
            told += &format!(", {:.0} MB of memory", bytes as f64 / MEGABYTE);
        }
        told
    }

    /// Prints an event, if events are wanted and somebody still reads them.
    pub(crate) fn event(&self, event: Value) {
        let Some(events) = &self.events else { return };
        let mut state = events.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.is_ok() {
            *state = output::print_json_line(&event);
        }
    }

    /// Bytes of dumps that this run cleaned itself.
    pub(crate) fn fresh_bytes(&self) -> u64 {
        self.fresh_bytes.load(Ordering::Relaxed)
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        self.line.finish_and_clear();
    }

    /// The first error of standard output. A closed pipe does not end a run, and is none.
    pub(crate) fn close(self) -> Result<(), Trouble> {
        let Some(events) = self.events else { return Ok(()) };
        match events.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl Progress for Watcher {
    fn report(&self, event: &Event) {
        match event {
            Event::Listed { files, bytes } => {
                if *bytes > 0 && !self.line.is_hidden() {
                    self.line.set_style(style(BAR, COLOURED_BAR));
                    self.line.set_length(*bytes);
                }
                self.event(json!({ "event": "listed", "files": files, "bytes": bytes }));
            }
            Event::Read { bytes } => self.line.set_position(*bytes),
            Event::Part { dumps, bytes, taken_over, reused, cleaned_bytes, articles, rejected, failed } => {
                self.dumps.fetch_add(*dumps, Ordering::Relaxed);
                self.rejects.fetch_add(rejected + failed, Ordering::Relaxed);
                self.fresh_bytes.fetch_add(*cleaned_bytes, Ordering::Relaxed);
                if !self.line.is_hidden() {
                    self.line.set_message(self.told());
                }
                self.event(json!({
                    "event": "part", "dumps": dumps, "bytes": bytes, "taken_over": taken_over, "reused": reused,
                    "articles": articles, "rejected": rejected, "failed": failed,
                    "seconds": self.start.elapsed().as_secs_f64(), "memory_bytes": memory_bytes(),
                }));
            }
            Event::Settling => {
                if !self.line.is_hidden() {
                    self.line.set_style(style(NO_BAR, COLOURED_NO_BAR));
                    self.line.set_message("writing the final files");
                }
                self.event(json!({ "event": "settling" }));
            }
            _ => {}
        }
    }
}

fn style(plain: &str, coloured: &str) -> ProgressStyle {
    let template = if output::stderr_has_colours() { coloured } else { plain };
    ProgressStyle::with_template(template).expect("the template is well formed")
}

/// Bytes of memory that the program occupies; none where the system does not say.
fn memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_well_formed() {
        for template in [BAR, NO_BAR, COLOURED_BAR, COLOURED_NO_BAR] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_a_program_is_some_megabytes() {
        assert!(memory_bytes().unwrap() > 1 << 20);
    }
}
