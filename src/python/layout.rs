//! How an installation of CPython is laid out on disk, and the version that its files tell.
//!
//! Called by `interpreter` with the real path of a program. It must not know how the program was found.

use std::path::{Path, PathBuf};

use super::version::{Series, Version};
use crate::host::Host;

/// Where the parts of an installation are.
#[derive(Debug)]
pub(super) struct Layout {
    /// The folder that `bin`, `lib` and `share` stand in (on Windows the one that holds `python.exe`).
    pub(super) prefix: PathBuf,
    /// The folder of the standard library.
    pub(super) standard_library: PathBuf,
    series: Series,
}

impl Layout {
    /// The installation that a program belongs to, links resolved; `None` where it is no CPython, or has no library.
    pub(super) fn around(host: &Host, real: &Path) -> Option<Self> {
        if host.is_windows() {
            windows(real)
        } else {
            posix(real)
        }
    }

    /// The version: from the header `patchlevel.h`, else from a folder above that names it (`3.12.1`, `cpython-3.12.1-…`),
    /// else the series alone.
    pub(super) fn version(&self) -> Version {
        let (prefix, series) = (&self.prefix, self.series);
        let headers = [
            prefix.join(format!("include/python{series}/patchlevel.h")),
            prefix.join("include/patchlevel.h"),
        ];
        let from_header = headers.iter().find_map(|header| {
            let text = std::fs::read_to_string(header).ok()?;
            let line = text
                .lines()
                .find_map(|it| it.trim().strip_prefix("#define PY_VERSION"))?;
            Version::parse(line.trim().trim_matches('"'))
        });
        let from_folder = || {
            let parts = prefix.iter().rev().filter_map(|part| part.to_str());
            parts
                .flat_map(|part| part.split('-'))
                .filter_map(Version::parse)
                .find(|it| it.patch.is_some() && it.series == series)
        };
        from_header
            .filter(|it| it.series == series)
            .or_else(from_folder)
            .unwrap_or(Version {
                series,
                release: true,
                patch: None,
            })
    }
}

/// The layout of `PREFIX/bin/python3.X`: the series by the file's real name where that tells and by the one
/// library folder there is where it does not.
fn posix(real: &Path) -> Option<Layout> {
    let prefix = real.parent()?.parent()?;
    let rest = real.file_name()?.to_str()?.strip_prefix("python")?;
    let libraries = |series: Series| {
        ["lib", "lib64"]
            .map(|lib| prefix.join(lib).join(format!("python{series}")))
            .into_iter()
            .find(|it| it.join("os.py").is_file())
    };
    let series = match rest {
        "" | "3" => only_series(prefix)?,
        named => named.parse().ok()?,
    };
    Some(Layout {
        prefix: prefix.to_owned(),
        standard_library: libraries(series)?,
        series,
    })
}

/// The series of the only standard library under a prefix.
fn only_series(prefix: &Path) -> Option<Series> {
    let mut found = None;
    for lib in ["lib", "lib64"] {
        for entry in std::fs::read_dir(prefix.join(lib)).into_iter().flatten() {
            let Ok(entry) = entry else { continue };
            let name = entry.file_name();
            let series = name
                .to_str()
                .and_then(|it| it.strip_prefix("python"))
                .and_then(|it| it.parse().ok());
            let library = series.filter(|_| entry.path().join("os.py").is_file());
            match (found, library) {
                (Some(one), Some(other)) if one != other => return None,
                (_, Some(series)) => found = Some(series),
                _ => {}
            }
        }
    }
    found
}

/// The layout of `PREFIX\python.exe`: the series by the name of the DLL beside it.
fn windows(real: &Path) -> Option<Layout> {
    let prefix = real.parent()?;
    let name = real.file_stem()?.to_str()?.to_ascii_lowercase();
    let rest = name.strip_prefix("python")?;
    if !rest.is_empty() && rest != "3" && rest.parse::<Series>().is_err() {
        return None;
    }
    let library = prefix.join("Lib");
    if !library.join("os.py").is_file() {
        return None;
    }
    let series = std::fs::read_dir(prefix).ok()?.find_map(|entry| {
        let name = entry.ok()?.file_name().to_str()?.to_ascii_lowercase();
        let minor = name.strip_prefix("python3")?.strip_suffix(".dll")?;
        format!("3.{minor}").parse().ok()
    })?;
    Some(Layout {
        prefix: prefix.to_owned(),
        standard_library: library,
        series,
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::Layout;
    use crate::host::Host;
    use crate::python::discovery::tests::Tree;

    fn shown(tree: &Tree, path: &str) -> String {
        let host = Host::made_up(tree.path("work"));
        Layout::around(&host, &tree.path(path))
            .map_or_else(|| "none".to_owned(), |it| it.version().to_string())
    }

    #[test]
    fn the_version_comes_from_the_header_the_folder_or_the_name() {
        let tree = Tree::new();
        tree.python("usr", "3.11");
        assert_eq!(shown(&tree, "usr/bin/python3.11"), "3.11");
        tree.file(
            "usr/include/python3.11/patchlevel.h",
            "#define PY_MINOR_VERSION 11\n#define PY_VERSION      \t\"3.11.2+\"\n",
        );
        assert_eq!(shown(&tree, "usr/bin/python3.11"), "3.11.2");
        tree.python("opt/cpython-3.13.1-linux-x86_64-gnu", "3.13");
        let uv = "opt/cpython-3.13.1-linux-x86_64-gnu/bin/python3.13";
        assert_eq!(shown(&tree, uv), "3.13.1");
    }

    #[test]
    fn a_plain_name_is_known_by_its_only_library() {
        let tree = Tree::new();
        tree.program("a/bin/python3");
        tree.file("a/lib64/python3.12/os.py", "");
        assert_eq!(shown(&tree, "a/bin/python3"), "3.12");
        tree.file("a/lib/python3.11/os.py", "");
        assert_eq!(shown(&tree, "a/bin/python3"), "none");
    }
}
