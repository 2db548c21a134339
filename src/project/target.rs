//! The place where a project is to be made, observed before anything is decided.
//!
//! Called by `cli`; `create` acts on it. It only reads.

use std::path::{Path, PathBuf};

use super::journal::{self, Left};
use crate::error::{Error, Result};
use crate::host::Host;

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
    pub(crate) fn observe(host: &Host, path: &Path) -> Result<Self> {
        let folder = host.absolute(path);
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
                        shown(host.current_dir(), file).display()
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

/// A path as short as it is clear: relative where it lies below the working directory.
fn shown<'a>(current_dir: &Path, path: &'a Path) -> &'a Path {
    path.strip_prefix(current_dir).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Target;
    use crate::host::Host;

    #[test]
    fn a_folder_with_files_is_refused_and_an_empty_clone_is_not() {
        let place = tempfile::tempdir().unwrap();
        let observe = |path: &str| Target::observe(&Host::made_up(place.path()), Path::new(path));
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
