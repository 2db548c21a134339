//! The place where a project is to be made, observed before anything is decided.
//!
//! Called by `cli`; `create` acts on it. It only reads.

use std::path::{Component, Path, PathBuf};

use super::journal::{self, Left};
use crate::error::{Error, Result};

/// What is at the place now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nothing: made beside its place and renamed.
    Absent(PathBuf),
    /// A folder that stays, because a shell or an editor may be in it: filled entry by entry, with a journal.
    Empty {
        /// The folder.
        folder: PathBuf,
        /// Whether it holds the `.git` of an empty clone, and nothing else.
        is_clone: bool,
    },
    /// A folder in which an interrupted run had begun a project that is complete, if not all at its place.
    CutOff {
        /// The folder.
        folder: PathBuf,
        /// Of which plan ([`super::plan::Plan::digest`]).
        digest: String,
    },
}

impl Target {
    /// Looks at PATH, as typed, from the working directory.
    ///
    /// # Errors
    /// When a project cannot be made there: there are files, or it is no folder.
    pub(crate) fn observe(current_dir: &Path, path: &Path) -> Result<Self> {
        let folder = absolute(current_dir, path);
        let metadata = match std::fs::symlink_metadata(&folder) {
            Ok(_) => std::fs::metadata(&folder).map_err(|error| {
                Error::new(format!(
                    "`{}` is a link that points nowhere",
                    path.display()
                ))
                .hint("remove the link, or choose another folder")
                .caused_by(error)
            })?,
            // A name that no file system takes is the name gate's to refuse.
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidFilename
                ) =>
            {
                return Ok(Self::Absent(folder));
            }
            Err(error) => {
                return Err(match folder.ancestors().find(|it| it.is_file()) {
                    Some(file) => Error::new(format!(
                        "`{}` cannot be made: `{}` is a file",
                        path.display(),
                        shown(current_dir, file).display()
                    ))
                    .hint("choose a path whose folders are folders"),
                    None => crate::fs::failed("look at", &folder, error),
                });
            }
        };
        if !metadata.is_dir() {
            return Err(Error::new(format!("`{}` is a file", path.display()))
                .hint("choose another name for the project"));
        }
        let left = journal::look(&folder)?;
        if let Left::Project(moves) = left {
            let digest = moves.digest().to_owned();
            return Ok(Self::CutOff { folder, digest });
        }
        let mut is_clone = false;
        for entry in crate::fs::list(&folder)? {
            let name = entry
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            match name.as_str() {
                ".git" => is_clone = true,
                name if journal::is_ours(name) => {}
                _ => {
                    return Err(Error::new(format!(
                        "`{}` is not empty: it holds `{name}`",
                        path.display()
                    ))
                    .hint("choose another folder, or empty this one"));
                }
            }
        }
        Ok(Self::Empty { folder, is_clone })
    }

    /// The folder that the project will be.
    pub(crate) fn folder(&self) -> &Path {
        match self {
            Self::Absent(folder) | Self::Empty { folder, .. } | Self::CutOff { folder, .. } => {
                folder
            }
        }
    }
}

/// A path as typed, made absolute; `.` and `..` are taken away by their letters, links are left alone.
pub(crate) fn absolute(current_dir: &Path, path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in current_dir.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

/// A path as short as it is clear: relative where it lies below the working directory.
fn shown<'a>(current_dir: &Path, path: &'a Path) -> &'a Path {
    path.strip_prefix(current_dir).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Target, absolute};

    #[test]
    fn dots_are_taken_away() {
        assert_eq!(
            absolute(Path::new("/a/b"), Path::new(".")),
            Path::new("/a/b")
        );
        assert_eq!(
            absolute(Path::new("/a/b"), Path::new("../c/./d")),
            Path::new("/a/c/d")
        );
    }

    #[test]
    fn a_folder_with_files_is_refused_and_an_empty_clone_is_not() {
        let place = tempfile::tempdir().unwrap();
        let observe = |path: &str| Target::observe(place.path(), Path::new(path));
        assert_eq!(
            observe("new").unwrap(),
            Target::Absent(place.path().join("new"))
        );
        crate::fs::create_dirs(&place.path().join("clone/.git")).unwrap();
        assert!(matches!(
            observe("clone").unwrap(),
            Target::Empty { is_clone: true, .. }
        ));
        crate::fs::write_new(&place.path().join("clone/notes.txt"), b"", false).unwrap();
        let error = observe("clone").unwrap_err();
        assert!(error.message().contains("notes.txt"), "{error}");
        assert!(
            observe("clone/notes.txt")
                .unwrap_err()
                .message()
                .contains("is a file")
        );
        assert_eq!(
            observe("clone/notes.txt/x").unwrap_err().message(),
            "`clone/notes.txt/x` cannot be made: `clone/notes.txt` is a file"
        );
    }
}
