//! What lies in a folder.

use std::collections::BTreeSet;
use std::path::Path;

/// Every file below a folder, as paths with `/` relative to it, sorted.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    collect(folder, "", &mut found);
    found.sort_unstable();
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), found);
        } else {
            found.push(path);
        }
    }
}

/// The distributions installed in a folder, as `name-version` like the folders that describe them.
pub(crate) fn distributions(folder: &Path) -> BTreeSet<String> {
    files(folder)
        .iter()
        .filter_map(|it| it.strip_suffix(".dist-info/METADATA"))
        .filter(|it| !it.contains('/'))
        .map(str::to_owned)
        .collect()
}
