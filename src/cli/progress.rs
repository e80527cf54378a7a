//! What a run shows while it goes on: a line on a terminal, or events as JSON Lines.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use copydesk::pipeline::{Event, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::config::Settings;
use super::exit::Trouble;
use super::output;

/// Time between two drawings of the line, so that a slow part does not look like a hang.
const TICK: Duration = Duration::from_millis(120);

/// Watches a run.
pub(crate) struct Watcher {
    line: ProgressBar,
    /// The first error of standard output, if events go there; none: no event is wanted.
    events: Option<Mutex<io::Result<()>>>,
    dumps: AtomicU64,
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
        let template = if output::stderr_has_colours() { "{spinner:.cyan} {msg}" } else { "{spinner} {msg}" };
        line.set_style(ProgressStyle::with_template(template).expect("the template is well formed"));
        if !line.is_hidden() {
            line.set_message("reading");
            line.enable_steady_tick(TICK);
        }
        let events = settings.json.then(|| Mutex::new(Ok(())));
        Self { line, events, dumps: AtomicU64::new(0), fresh_bytes: AtomicU64::new(0) }
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
            Event::Part { dumps, bytes, taken_over } => {
                let n_dumps = self.dumps.fetch_add(*dumps, Ordering::Relaxed) + dumps;
                if !taken_over {
                    self.fresh_bytes.fetch_add(*bytes, Ordering::Relaxed);
                }
                self.line.set_message(format!("{} dumps", output::grouped(n_dumps)));
                self.event(json!({ "event": "part", "dumps": dumps, "bytes": bytes, "taken_over": taken_over }));
            }
            Event::Settling => {
                self.line.set_message("writing the final files");
                self.event(json!({ "event": "settling" }));
            }
            _ => {}
        }
    }
}
