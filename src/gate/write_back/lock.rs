//! The lock that lets one run of gates at a time into a work tree.
//!
//! Taken by `cli` before the snapshot is read, held until the fixes are written. The system releases it however the run ends. It
//! must not know what is done under it.

use std::time::Duration;

use crate::error::Result;
use crate::git::WorkTree;
use crate::process::check_interrupted;

/// How often a run that waits looks again.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);

/// A held lock on a work tree's gates.
#[derive(Debug)]
pub(crate) struct Lock {
    _lock: crate::fs::lock::Lock,
}

impl Lock {
    /// Takes the lock. While another run has it, waits; `say` is called once before that.
    ///
    /// # Errors
    /// When the repository cannot be written, or the user interrupts.
    pub(crate) fn take(work_tree: &WorkTree, say: impl FnOnce()) -> Result<Self> {
        let state = work_tree.state_dir();
        crate::fs::create_dirs(&state)?;
        let file = state.join("gate.lock");
        let mut say = Some(say);
        loop {
            if let Some(lock) = crate::fs::lock::Lock::try_take(&file)? {
                return Ok(Self { _lock: lock });
            }
            if let Some(say) = say.take() {
                say();
            }
            check_interrupted()?;
            std::thread::sleep(PATIENCE);
        }
    }
}
