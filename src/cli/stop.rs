//! Interrupts: the first one asks the run to end after what is in hand, a second one ends it at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::{Exit, Trouble};

/// A flag that an interrupt (Ctrl-C, or a polite kill) sets.
pub(crate) fn flag_on_interrupt() -> Result<Arc<AtomicBool>, Trouble> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the shutdown sees the flag as it was before this interrupt.
        flag::register_conditional_shutdown(signal, Exit::Interrupted as i32, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| Trouble::options(format!("could not watch for interrupts: {error}")))?;
    }
    Ok(stop)
}
