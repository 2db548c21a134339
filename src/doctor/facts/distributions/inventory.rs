//! Every file that the RECORDs list, and what is really there: looked at only with `--deep`.
//!
//! Made once by [`Facts::inventory`](crate::doctor::facts::Facts::inventory). Compiled files (`.pyc`) are Python's own and left out; links are not
//! followed, and what lies outside of the environment is not opened. Several threads share the work, each with one buffer.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};

use super::Distributions;

/// How much is read at once, in bytes.
const BLOCK: usize = 256 << 10;

/// More threads than that only wait for the drive.
const MOST_THREADS: usize = 8;

/// A file in a RECORD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its distribution's place in [`Distributions::all`].
    pub(crate) distribution: usize,
    /// Where it is to be.
    pub(crate) path: PathBuf,
    /// Its recorded SHA-256, in base64 for addresses.
    pub(crate) sha256: Option<String>,
    /// Its recorded size, in bytes.
    pub(crate) size: Option<u64>,
    /// What is there.
    pub(crate) state: State,
}

/// What there is in the place of a recorded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    Missing,
    /// A file of this size, in bytes.
    File(u64),
    /// A link, a folder or something that cannot be looked at.
    Other,
}

/// The files of all distributions, in order.
pub(crate) fn inventory(installed: &Distributions, environment: &Path) -> Vec<Item> {
    let all: Vec<usize> = (0..installed.all.len()).collect();
    let mut items: Vec<Item> = shared(&all, |at| of_distribution(installed, environment, *at))
        .into_iter()
        .flatten()
        .collect();
    items.sort_by(|a, b| (a.distribution, &a.path).cmp(&(b.distribution, &b.path)));
    items
}

fn of_distribution(installed: &Distributions, environment: &Path, at: usize) -> Option<Vec<Item>> {
    let record = installed.all.get(at)?.record()?;
    let items = record.into_iter().filter_map(|it| {
        if it.path.ends_with(".pyc") || it.path.ends_with(".pyo") {
            return None;
        }
        let path = installed.recorded_path(environment, &it.path)?;
        let state = match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() => State::File(metadata.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => State::Missing,
            Ok(_) | Err(_) => State::Other,
        };
        Some(Item {
            distribution: at,
            path,
            sha256: it.sha256,
            size: it.size,
            state,
        })
    });
    Some(items.collect())
}

impl Item {
    /// Those that are there with another content than was recorded.
    pub(crate) fn changed(items: &[Self]) -> Vec<&Self> {
        let known: Vec<&Self> = items
            .iter()
            .filter(|it| it.sha256.is_some() && matches!(it.state, State::File(_)))
            .collect();
        let mut changed = shared(&known, |it| it.is_changed().then_some(*it));
        changed.sort_by(|a, b| (a.distribution, &a.path).cmp(&(b.distribution, &b.path)));
        changed
    }

    fn is_changed(&self) -> bool {
        let (Some(recorded), State::File(length)) = (&self.sha256, self.state) else {
            return false;
        };
        // Another size is answer enough; and without it, nothing that grows is read for ever.
        if self.size.is_some_and(|it| it != length) {
            return true;
        }
        sha256(&self.path, length).is_some_and(|it| it != *recorded)
    }
}

/// The SHA-256 of a file of this length, in base64 for addresses; `None` where it cannot be read.
fn sha256(path: &Path, length: u64) -> Option<String> {
    thread_local! {
        static BUFFER: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; BLOCK]);
    }
    let mut file = File::open(path).ok()?.take(length);
    let mut hash = Sha256::new();
    BUFFER.with_borrow_mut(|buffer| {
        loop {
            match file.read(buffer) {
                Ok(0) => return Some(()),
                Ok(count) => hash.update(buffer.get(..count)?),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    })?;
    Some(base64(&hash.finalize()))
}

/// Base64 for addresses, without padding (RFC 4648 §5).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let number = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = usize::try_from(number >> shift & 63).unwrap_or(0);
            if at <= chunk.len() {
                text.push(LETTERS.get(letter).copied().map_or('A', char::from));
            }
        }
    }
    text
}

/// Does the work for each of these on several threads; in no order.
fn shared<'a, T: Sync, R: Send>(all: &'a [T], work: impl Fn(&'a T) -> Option<R> + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let run = || {
        let mut own = Vec::new();
        while let Some(it) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            own.extend(work(it));
        }
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results.extend(own);
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(MOST_THREADS) {
            scope.spawn(run);
        }
        run();
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_as_record_has_it() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"\xff\xfe\xfd\xfc", "__79_A"),
        ] {
            assert_eq!(base64(bytes), text);
        }
    }
}
