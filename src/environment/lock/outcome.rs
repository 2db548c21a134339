//! What locking comes to: the new text of each file, what that changes, and writing it, all or nothing.
//!
//! Made by `lock`, shown and written by `cli`. It must not know which resolver found it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::current::Current;
use super::locks::{Locks, Narrow, Part};
use super::{DEV_FILE, Request, Resolver, destination};
use crate::error::Result;
use crate::fs;
use crate::manifest::FILE;
use crate::template::lock::{Lock, Pinned};

/// The lock's place in `pyproject.toml`, in words.
const CONSTRAINTS: &str = "[tool.uv] constraint-dependencies";

/// The files of a project's lock, as they are and as they are to be.
#[derive(Debug)]
pub(crate) struct Outcome {
    resolver: Resolver,
    /// The project's folder.
    folder: PathBuf,
    files: Vec<File>,
    remarks: Vec<String>,
}

/// One file.
#[derive(Debug)]
struct File {
    path: PathBuf,
    /// Relative to the project's folder, with `/`.
    name: String,
    old: Option<String>,
    new: String,
    narrow: Option<Narrow>,
    changes: Vec<Change>,
    /// Packages whose version stays while their entry changes.
    edited: Vec<String>,
}

/// A package whose version changes.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    package: String,
    /// Several versions are joined by `, `.
    old: Option<String>,
    new: Option<String>,
}

impl File {
    fn is_stale(&self) -> bool {
        self.old.as_deref() != Some(&self.new)
    }
}

impl Outcome {
    pub(super) fn new(
        request: &Request<'_>,
        resolver: Resolver,
        locks: Locks,
        current: &Current,
    ) -> Result<Self> {
        let folder = request.manifest.folder();
        let (old_runtime, old_dev) = current.locks();
        let file = |name: &str, old: Option<&str>, new: String, old_lock: &Lock, part: &Part| {
            let (changes, edited) = difference(old_lock, &part.lock);
            File {
                path: folder.join(name),
                name: name.to_owned(),
                old: old.map(str::to_owned),
                new,
                narrow: part.narrow.clone(),
                changes,
                edited,
            }
        };
        let mut files = vec![file(
            request.runtime_file,
            current.runtime(),
            locks.runtime_text(request.runtime_file),
            old_runtime,
            &locks.runtime,
        )];
        // A project without the group gets no file for it; one that lost the group keeps none of its tools.
        if locks.dev.is_some() || current.dev().is_some() {
            files.push(file(
                DEV_FILE,
                current.dev(),
                locks.dev_text(request.runtime_file),
                old_dev,
                locks.dev.as_ref().unwrap_or(&Lock::default().into()),
            ));
        }
        if request.constraints_in_pyproject {
            let constraints = locks.runtime.lock.constraints();
            files.push(File {
                path: request.manifest.path().to_owned(),
                name: FILE.to_owned(),
                old: Some(request.manifest.text().to_owned()),
                new: request.manifest.with_constraints(&constraints)?,
                narrow: None,
                changes: Vec::new(),
                edited: vec![CONSTRAINTS.to_owned()],
            });
        }
        Ok(Self {
            resolver,
            folder: folder.to_owned(),
            files,
            remarks: locks.remarks,
        })
    }

    /// Whether every file is as it has to be.
    pub(crate) fn is_current(&self) -> bool {
        !self.files.iter().any(File::is_stale)
    }

    /// What is not as it has to be, by name.
    pub(crate) fn stale(&self) -> Vec<&str> {
        let stale = self.files.iter().filter(|it| it.is_stale());
        stale
            .map(|it| match it.name.as_str() {
                FILE => CONSTRAINTS,
                name => name,
            })
            .collect()
    }

    /// What a person must be warned of where the files are written: which of them hold for one machine only, what they
    /// lack, and why one is among them that was not asked to change. Empty where they hold for all platforms.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let narrow = || {
            let stale = self.files.iter().filter(|it| it.is_stale());
            stale.filter_map(|it| Some((it, it.narrow.as_ref()?)))
        };
        let mut warnings = Vec::new();
        let names: Vec<&str> = narrow().map(|(file, _)| file.name.as_str()).collect();
        if let Some((_, first)) = narrow().next() {
            let place = &first.place;
            warnings.push(format!(
                "{} locked by pip, for {place} only",
                names.join(" and ")
            ));
        }
        for (file, narrow) in narrow().filter(|(_, it)| !it.left_out.is_empty()) {
            let left_out = narrow.left_out.iter().map(|it| format!("`{it}`"));
            warnings.push(format!(
                "left out of {}, because it does not hold there: {}",
                file.name,
                left_out.collect::<Vec<_>>().join(", ")
            ));
        }
        if !warnings.is_empty() {
            warnings.extend(self.remarks.iter().cloned());
        }
        warnings
    }

    /// What changes, for a person: each stale file with its packages.
    pub(crate) fn to_text(&self) -> String {
        let mut lines = Vec::new();
        for file in self.files.iter().filter(|it| it.is_stale()) {
            let new = if file.old.is_none() { " (new)" } else { "" };
            lines.push(format!("{}{new}", file.name));
            for change in &file.changes {
                let package = &change.package;
                lines.push(match (&change.old, &change.new) {
                    (Some(old), Some(new)) => format!("  {package} {old} -> {new}"),
                    (None, Some(new)) => format!("  + {package} {new}"),
                    (Some(old), None) => format!("  - {package} {old}"),
                    (None, None) => continue,
                });
            }
            if !file.edited.is_empty() {
                lines.push(format!("  rewritten: {}", file.edited.join(", ")));
            } else if file.changes.is_empty() && file.old.is_some() {
                lines.push("  rewritten: the header or the form".to_owned());
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// What changes, as data.
    pub(crate) fn to_json(&self) -> Value {
        let files = self.files.iter().map(|it| {
            let state = match (&it.old, it.is_stale()) {
                (None, _) => "new",
                (Some(_), true) => "changed",
                (Some(_), false) => "unchanged",
            };
            json!({ "path": it.name, "state": state, "rewritten": if it.is_stale() { &it.edited[..] } else { &[] },
                    "holds_for": holds_for(it.narrow.as_ref()), "left_out": it.narrow.as_ref().map_or(&[][..], |it| &it.left_out) })
        });
        let changes = self.files.iter().flat_map(|file| {
            file.changes.iter().map(|it| {
                json!({ "file": file.name, "package": it.package, "old": it.old, "new": it.new })
            })
        });
        json!({
            "schema": 1,
            "resolver": self.resolver.name(),
            "holds_for": holds_for(self.files.iter().find_map(|it| it.narrow.as_ref())),
            "remarks": self.remarks,
            "files": files.collect::<Vec<_>>(),
            "changes": changes.collect::<Vec<_>>(),
        })
    }

    /// Replaces every stale file of the project; nothing outside of it. When one cannot be written, those before it get their old content back.
    ///
    /// # Errors
    /// When a file cannot be written, or a link leads out of the project; then nothing is.
    pub(crate) fn write(&self) -> Result<()> {
        let stale: Vec<&File> = self.files.iter().filter(|it| it.is_stale()).collect();
        for file in &stale {
            destination::check(&self.folder, &file.path)?;
        }
        for (index, file) in stale.iter().enumerate() {
            let folder = file.path.parent().map_or(Ok(()), fs::create_dirs);
            let written =
                folder.and_then(|()| fs::atomic::replace(&file.path, file.new.as_bytes()));
            if let Err(error) = written {
                for file in &stale[..index] {
                    // The first failure is the one to report.
                    drop(match &file.old {
                        Some(old) => fs::atomic::replace(&file.path, old.as_bytes()),
                        None => fs::remove_file(&file.path),
                    });
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

/// The machines that a lock holds for, in words.
fn holds_for(narrow: Option<&Narrow>) -> &str {
    narrow.map_or("every platform", |it| &it.place)
}

/// Which versions change, and which entries change while their version stays.
fn difference(old: &Lock, new: &Lock) -> (Vec<Change>, Vec<String>) {
    let (mut changes, mut edited) = (Vec::new(), Vec::new());
    let names: BTreeSet<&str> = old.names().union(&new.names()).copied().collect();
    for name in names {
        let versions = |lock: &Lock| {
            let versions: Vec<String> = lock.named(name).map(Pinned::version).collect();
            (!versions.is_empty()).then(|| versions.join(", "))
        };
        let (before, after) = (versions(old), versions(new));
        if before != after {
            changes.push(Change {
                package: name.to_owned(),
                old: before,
                new: after,
            });
        } else if !old.named(name).eq(new.named(name)) {
            edited.push(name.to_owned());
        }
    }
    (changes, edited)
}

#[cfg(test)]
mod tests {
    use super::{Change, File, Lock, Outcome, Resolver, difference, fs};
    use crate::fs::scratch::Scratch;

    #[test]
    fn when_one_file_cannot_be_written_all_keep_their_content() {
        let scratch = Scratch::new().unwrap();
        let old = scratch.write("old.txt", "old").unwrap();
        let new = scratch.path().join("below/new.txt");
        // A folder stands where the last file belongs.
        let blocked = scratch.path().join("blocked.txt");
        fs::create_dirs(&blocked.join("full")).unwrap();
        let file = |path: &std::path::Path, old: Option<&str>| File {
            path: path.to_owned(),
            name: String::new(),
            old: old.map(str::to_owned),
            new: "written".to_owned(),
            narrow: None,
            changes: Vec::new(),
            edited: Vec::new(),
        };
        let mut outcome = Outcome {
            resolver: Resolver::Closure,
            folder: scratch.path().to_owned(),
            remarks: Vec::new(),
            files: vec![
                file(&old, Some("old")),
                file(&new, None),
                file(&blocked, None),
            ],
        };
        assert!(outcome.write().is_err());
        assert_eq!(fs::read_text(&old).unwrap(), "old");
        assert!(!new.exists());
        assert_eq!(fs::list(scratch.path()).unwrap().len(), 3);
        outcome.files.pop();
        outcome.write().unwrap();
        assert_eq!(fs::read_text(&old).unwrap(), "written");
        assert_eq!(fs::read_text(&new).unwrap(), "written");
    }

    #[test]
    fn versions_and_entries_are_told_apart() {
        let lock = |text: &str| Lock::parse(text).unwrap();
        let old = lock("a==1 --hash=sha256:aa\nb==1\nc==1\nd==1 ; os_name == 'nt'\nd==2\n");
        let new = lock("a==1 --hash=sha256:bb\nb==2\nd==1 ; os_name == 'nt'\nd==2\ne==1\n");
        let change = |package: &str, old: Option<&str>, new: Option<&str>| Change {
            package: package.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        };
        let (changes, edited) = difference(&old, &new);
        assert_eq!(
            changes,
            [
                change("b", Some("1"), Some("2")),
                change("c", Some("1"), None),
                change("e", None, Some("1")),
            ]
        );
        assert_eq!(edited, ["a"]);
    }
}
