//! Whether the user asked us to stop.
//!
//! Set by a signal, read by whatever works for more than a moment. It must not know what is at work.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Set when the user asked us to stop; the running child is ended and [`Command::run`](super::Command::run) returns an interruption.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C (and a request to terminate or hang up) stops the work in an orderly way instead of ending the process.
/// `also` is called at that moment, on a thread of its own.
pub(crate) fn catch_interrupts(also: impl Fn() + Send + 'static) {
    // A handler that cannot be set leaves the system's own behaviour: the process ends, which is safe at any moment.
    let _ = ctrlc::set_handler(move || {
        INTERRUPTED.store(true, Ordering::SeqCst);
        also();
    });
}

/// Fails when the user has asked us to stop.
pub(crate) fn check_interrupted() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        Err(Error::interrupted())
    } else {
        Ok(())
    }
}
