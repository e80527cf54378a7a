//! Interrupts: the first one asks the run to end after what is in hand, a later one ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::exit::{Exit, Trouble};

/// Interrupts so soon after the first one are the same wish: a shell and `timeout` may both pass it on.
const SAME_WISH: Duration = Duration::from_millis(500);

/// A flag that an interrupt (Ctrl-C, or a polite kill) sets.
pub(crate) fn flag_on_interrupt() -> Result<Arc<AtomicBool>, Trouble> {
    let mut signals = Signals::new([SIGINT, SIGTERM])
        .map_err(|error| Trouble::options(format!("could not watch for interrupts: {error}")))?;
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    thread::spawn(move || {
        let mut first: Option<Instant> = None;
        for _ in signals.forever() {
            let since = first.get_or_insert_with(Instant::now).elapsed();
            raised.store(true, Ordering::Relaxed);
            if since >= SAME_WISH {
                // Safe at any moment: a file has its final name only when it is whole.
                std::process::exit(Exit::Interrupted as i32);
            }
        }
    });
    Ok(stop)
}
