//! The process group of a program: it and what it starts, ended together.
//!
//! Called when a program is prepared, and by `running` when it has to end. It must not know why.

/// Lets the system end the program when we are killed and cannot do it: being in a group of its own, nothing else would. It
/// is asked to terminate rather than killed, so that it can remove its own temporary files and locks.
///
/// The system watches the *thread* that starts the program, not the process: whoever starts one has to stay until it has
/// ended, as [`Running`](super::Running) demands. What the program starts itself is not watched.
#[cfg(target_os = "linux")]
pub(super) fn end_with_us(command: &mut std::process::Command) {
    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
    let us = getpid();
    let watch = move || {
        set_parent_process_death_signal(Some(Signal::TERM))?;
        // Where we have gone in between, there is nobody left to watch.
        if getppid() == Some(us) {
            Ok(())
        } else {
            Err(std::io::ErrorKind::NotConnected.into())
        }
    };
    // SAFETY: between fork and exec only calls that are safe in a signal handler are allowed (signal-safety(7)), and no
    // allocation: these are two bare system calls, prctl and getppid, and errors of two words without a pointer to a heap.
    #[expect(unsafe_code, reason = "there is no other way to run code in the child")]
    unsafe {
        std::os::unix::process::CommandExt::pre_exec(command, watch);
    }
}

/// Ends the group that has this number.
#[cfg(unix)]
pub(super) fn end(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // The group may have ended in between: nothing is left to end then.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Ends the program that has this number, and all that it started.
#[cfg(not(unix))]
pub(super) fn end(id: u32) {
    // `taskkill /T` ends the whole tree; a process that is gone already is no error.
    #[expect(
        clippy::disallowed_methods,
        reason = "ending a child is part of starting it"
    )]
    let _ = std::process::Command::new("taskkill")
        .args(["/F", "/T", "/PID", &id.to_string()])
        .output();
}
