//! What a project is locked to now: the two files as they stand, edited by hand or not.
//!
//! Read by `lock` before anything is resolved, asked by the resolvers and by `outcome`. It must not know how a resolver is called.

use std::path::Path;

use super::locks::Locks;
use super::{DEV_FILE, destination};
use crate::error::Result;
use crate::fs;
use crate::template::lock::{Lock, Pinned};

/// The two files and what they pin.
#[derive(Debug, Default)]
pub(super) struct Current {
    runtime: Option<String>,
    dev: Option<String>,
    runtime_lock: Lock,
    dev_lock: Lock,
    pins: Vec<Pinned>,
}

impl Current {
    /// Reads them; a file that is not there pins nothing.
    pub(super) fn read(folder: &Path, runtime_file: &str) -> Result<Self> {
        let text = |name: &str| {
            let path = folder.join(name);
            fs::read_text_if_any(&path)
                // Where a link is the reason, that is what to say.
                .or_else(|error| destination::check(folder, &path).and(Err(error)))
        };
        Ok(Self::new(text(runtime_file)?, text(DEV_FILE)?))
    }

    /// From their texts.
    pub(super) fn new(runtime: Option<String>, dev: Option<String>) -> Self {
        let lock = |text: &Option<String>| {
            let text = text.as_deref();
            text.map(Lock::parse_leniently).unwrap_or_default()
        };
        let (runtime_lock, dev_lock) = (lock(&runtime), lock(&dev));
        let deployed = runtime_lock.names();
        let tools = dev_lock.packages().iter();
        let tools = tools.filter(|it| !deployed.contains(it.name.as_str()));
        let pins = runtime_lock.packages().iter().chain(tools).cloned();
        Self {
            pins: pins.collect(),
            runtime,
            dev,
            runtime_lock,
            dev_lock,
        }
    }

    /// Everything that is pinned; where the files disagree, what is deployed counts.
    pub(super) fn pins(&self) -> &[Pinned] {
        &self.pins
    }

    /// The text of the runtime lock, where there is one.
    pub(super) fn runtime(&self) -> Option<&str> {
        self.runtime.as_deref()
    }

    /// The text of the lock of the tools, where there is one.
    pub(super) fn dev(&self) -> Option<&str> {
        self.dev.as_deref()
    }

    /// Both as locks, as far as they can be read.
    pub(super) fn locks(&self) -> (&Lock, &Lock) {
        (&self.runtime_lock, &self.dev_lock)
    }

    /// The pins as lines for a resolver, without hashes, less those that `leave` picks.
    pub(super) fn lines(&self, leave: impl Fn(&Pinned) -> bool) -> String {
        let kept = self.pins.iter().filter(|it| !leave(it));
        kept.map(|it| it.requirement() + "\n").collect()
    }

    /// Keeps the hashes of a version that stays, as long as the index still knows them all: that it got more files
    /// since makes no lock stale. One that it does not know was put there by hand, and goes.
    pub(super) fn keep_hashes(&self, locks: &mut Locks) {
        let (runtime, dev) = (&self.runtime_lock, &self.dev_lock);
        for lock in locks.both_mut() {
            for package in lock.packages_mut() {
                let old = runtime.packages().iter().chain(dev.packages());
                let old = old
                    .filter(|it| it.name == package.name && it.source == package.source)
                    .filter(|it| it.hashes.iter().all(|it| package.hashes.contains(it)))
                    .max_by_key(|it| it.hashes.len());
                if let Some(old) = old.filter(|it| !it.hashes.is_empty()) {
                    package.hashes.clone_from(&old.hashes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Current, Lock, Locks};

    #[test]
    fn hashes_stay_while_the_index_knows_them_all() {
        let hashed = |hashes: &[&str]| {
            let list = hashes.iter().map(|it| format!(" --hash=sha256:{it}"));
            format!("a==1{}\n", list.collect::<String>())
        };
        for (runtime, dev, expected) in [
            (&["aa"][..], &["aa", "bb"][..], &["aa", "bb"][..]),
            (&["aa"], &[], &["aa"]),
            (&["aa", "xx"], &["bb"], &["bb"]),
            (&["xx"], &[], &["aa", "bb", "cc"]),
            (&[], &[], &["aa", "bb", "cc"]),
        ] {
            let current = Current::new(Some(hashed(runtime)), Some(hashed(dev)));
            let mut locks = Locks {
                runtime: Lock::parse(&hashed(&["aa", "bb", "cc"])).unwrap().into(),
                dev: None,
                remarks: Vec::new(),
            };
            current.keep_hashes(&mut locks);
            assert_eq!(locks.runtime.lock.packages()[0].hashes, expected);
        }
    }

    #[test]
    fn where_the_files_disagree_what_is_deployed_counts() {
        let current = Current::new(Some("a==1\n".into()), Some("a==2\nb==1\nc>=1\n".into()));
        assert_eq!(current.lines(|_| false), "a==1\nb==1\n");
        assert_eq!(current.lines(|it| it.name == "a"), "b==1\n");
    }
}
