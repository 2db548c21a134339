//! Where Python looks for modules when a tool runs on a laid-out copy of the project: in the copy before the work tree.
//!
//! Called by the job. An editable install names folders of the work tree (a `.pth` file does, or a module that finds each package):
//! without this, tests import what lies there and not what is committed. The copy goes in front of them; and so that what it
//! does not have is not taken from the work tree after all, a program that Python runs at its start leads them into the copy, too.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Job;
use super::environment::{Environment, packages};

/// What Python runs at its start.
const AT_START: &str = include_str!("sitecustomize.py");

/// The variables that keep Python's imports in the copy.
pub(super) fn variables(job: &Job) -> Vec<(&'static str, OsString)> {
    let roots = job.environment.map(Environment::root);
    let roots = roots.into_iter().chain([job.work_tree]);
    let variables = [
        ("PYTHONPATH", path(job)),
        ("SCAFFOLD_COPY", Some(job.root().into())),
        ("SCAFFOLD_COPY_OF", std::env::join_paths(roots).ok()),
    ];
    let set = variables.into_iter();
    set.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// The folder with the program for its start; `None` where it cannot be written, and the order of folders has to do.
fn at_start(job: &Job) -> Option<PathBuf> {
    let folder = job.own_cache("imports");
    let file = folder.join("sitecustomize.py");
    let is_there = std::fs::read(&file).is_ok_and(|it| it == AT_START.as_bytes());
    if !is_there {
        crate::fs::create_dirs(&folder).ok()?;
        crate::fs::atomic::replace(&file, AT_START.as_bytes()).ok()?;
    }
    Some(folder)
}

/// The value of `PYTHONPATH`: the project's folders, and every folder that an editable install names, as laid out.
fn path(job: &Job) -> Option<OsString> {
    let source = job.folder.join("src");
    let mut folders: Vec<PathBuf> = at_start(job).into_iter().collect();
    folders.extend(source.is_dir().then_some(source));
    folders.push(job.folder.to_owned());
    if let Some(environment) = job.environment {
        let from = [environment.root(), job.work_tree];
        for folder in packages(environment.venv()) {
            for named in editable(&folder) {
                let copy = from.iter().find_map(|root| moved(&named, root, job.root()));
                if let Some(copy) = copy.filter(|it| it.is_dir() && !folders.contains(it)) {
                    folders.push(copy);
                }
            }
        }
    }
    std::env::join_paths(folders).ok()
}

/// The folders outside itself that a folder of packages names.
pub(super) fn editable(packages: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(packages).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.ends_with(".pth") {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let named = text.lines().map(str::trim).filter(|line| {
                !line.is_empty() && !line.starts_with('#') && !line.starts_with("import")
            });
            folders.extend(named.map(|line| packages.join(line)));
        } else if name.starts_with("__editable__") && name.ends_with("_finder.py") {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            folders.extend(mapped(&text));
        }
    }
    folders.sort();
    folders
}

/// The folders that hold the packages in setuptools' `MAPPING`: a literal dictionary of package and path.
fn mapped(finder: &str) -> Vec<PathBuf> {
    let Some(mapping) = finder.lines().find(|line| line.starts_with("MAPPING")) else {
        return Vec::new();
    };
    let words: Vec<&str> = mapping.split(['\'', '"']).skip(1).step_by(2).collect();
    let (pairs, _) = words.as_chunks::<2>();
    pairs
        .iter()
        .filter_map(|[package, path]| {
            let last = package.rsplit('.').next()?;
            let path = Path::new(path);
            let stem = path.with_extension("");
            (stem.file_name()? == last)
                .then(|| path.ancestors().nth(package.split('.').count()))?
                .map(Path::to_owned)
        })
        .collect()
}

/// A path of one tree in another, links in front of it resolved where that is needed to see that it lies there.
fn moved(path: &Path, from: &Path, to: &Path) -> Option<PathBuf> {
    let real = |path: &Path| path.canonicalize().ok();
    let below = match path.strip_prefix(from) {
        Ok(below) => below.to_owned(),
        Err(_) => real(path)?.strip_prefix(real(from)?).ok()?.to_owned(),
    };
    Some(to.join(below))
}

#[cfg(test)]
mod tests {
    use super::mapped;

    #[test]
    fn the_packages_of_a_finder_are_read() {
        let finder = "import sys\nMAPPING: dict[str, str] = {'one': '/w/lib/one', 'a.b': '/w/a/b', 'odd': '/w/source'}\n";
        let folders: Vec<String> = mapped(finder)
            .iter()
            .map(|it| it.display().to_string())
            .collect();
        assert_eq!(folders, ["/w/lib", "/w"]);
        assert!(mapped("x = 1").is_empty());
    }
}
