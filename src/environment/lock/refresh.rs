//! Making the pinned closure anew: uv resolves everything at once, and what it found is kept without its addresses.
//!
//! Called by `template lock`, which only the maintainers of layers run. uv's lock file gives the graph. It names no file for
//! a Python below its floor, though `uv pip compile` does; the hashes are taken from the latter, so that a lock cut from
//! the closure is byte for byte what the plain command in its header writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

use pep508_rs::MarkerTree;
use serde::Deserialize;

use super::uv;
use crate::environment::Uv;
use crate::error::{Error, Result};
use crate::fs;
use crate::fs::scratch::Scratch;
use crate::host::Host;
use crate::host::System;
use crate::template::closure::{Closure, Need, PYTHON_FLOOR, Package};
use crate::template::lock::{Lock, Source};
use crate::ui::Ui;

/// The name of the project that requires everything; no package can have it.
const ROOT: &str = "scaffold-closure-root";

/// `uv.lock`, as far as the closure needs it.
#[derive(Deserialize)]
struct UvLock {
    #[serde(default)]
    package: Vec<UvPackage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct UvPackage {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    resolution_markers: Vec<String>,
    #[serde(default)]
    dependencies: Vec<UvEdge>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<UvEdge>>,
}

#[derive(Deserialize)]
struct UvEdge {
    name: String,
    version: Option<String>,
    #[serde(default)]
    extra: Vec<String>,
    #[serde(default)]
    marker: String,
}

/// Resolves these PEP 508 requirements together for all platforms and every Python from the floor on, and gives the text of
/// the closure. The same resolution gives the same bytes.
///
/// # Errors
/// When there is no uv, or it cannot resolve them.
pub(crate) fn closure_text(host: &Host, ui: &Ui, requirements: &[String]) -> Result<String> {
    let uv = Uv::find(host).ok_or_else(|| {
        Error::new("making the pinned closure needs uv, and there is none")
            .hint(System::current(host).install_uv())
    })?;
    let scratch = Scratch::new()?;
    scratch.write("pyproject.toml", &synthetic_project(requirements))?;
    let command = uv::command(host, &uv, scratch.path()).arg("lock");
    uv::run(
        ui,
        &command,
        "cannot resolve the requirements of the layers",
    )?;
    let text = fs::read_text(&scratch.path().join("uv.lock"))?;
    let graph: UvLock = toml_edit::de::from_str(&text)
        .map_err(|error| Error::new("cannot read the lock file that uv wrote").caused_by(error))?;
    let graph: Vec<UvPackage> = graph
        .package
        .into_iter()
        .filter(|it| it.name != ROOT)
        .collect();
    let markers: Vec<String> = graph
        .iter()
        .map(|package| chosen_where(package, &graph))
        .collect();

    let mut pins = String::new();
    for (package, marker) in graph.iter().zip(&markers) {
        let marker = if marker.is_empty() {
            ""
        } else {
            &format!(" ; {marker}")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(pins, "{}=={}{marker}", package.name, package.version);
    }
    let pins = scratch.write("pins.in", &pins)?;
    let command = uv::compile(host, &uv, scratch.path())
        .arg("--generate-hashes")
        .arg(pins);
    let output = uv::run(ui, &command, "cannot get the hashes of the packages")?;
    let hashed = Lock::parse(&String::from_utf8_lossy(&output.stdout))?;

    let packages = graph
        .iter()
        .zip(&markers)
        .map(|(package, marker)| closure_package(package, marker, &hashed));
    Ok(Closure::new(packages.collect::<Result<_>>()?)?.to_text())
}

fn synthetic_project(requirements: &[String]) -> String {
    let list: toml_edit::Array = requirements.iter().map(String::as_str).collect();
    format!(
        "[project]\nname = \"{ROOT}\"\nversion = \"0\"\nrequires-python = \">={PYTHON_FLOOR}\"\ndependencies = {list}\n"
    )
}

/// Where a version was chosen; empty where its name has no other.
fn chosen_where(package: &UvPackage, graph: &[UvPackage]) -> String {
    if graph.iter().filter(|it| it.name == package.name).count() == 1 {
        return String::new();
    }
    let mut anywhere = MarkerTree::FALSE;
    for marker in &package.resolution_markers {
        anywhere.or(MarkerTree::from_str(marker).unwrap_or(MarkerTree::TRUE));
    }
    anywhere.try_to_string().unwrap_or_default()
}

fn closure_package<'a>(
    package: &'a UvPackage,
    marker: &'a str,
    hashed: &'a Lock,
) -> Result<Package<'a>> {
    let edges = |extra: Option<&'a str>, list: &'a [UvEdge]| {
        list.iter().map(move |edge| Need {
            extra,
            name: &edge.name,
            extras: edge.extra.iter().map(String::as_str).collect(),
            version: edge.version.as_deref(),
            marker: &edge.marker,
        })
    };
    let files = hashed
        .named(&package.name)
        .find(|it| matches!(&it.source, Source::Version(version) if version.to_string() == package.version))
        .map(|it| it.hashes.iter().map(String::as_str).collect::<Vec<_>>())
        .filter(|it| !it.is_empty())
        .ok_or_else(|| {
            Error::new(format!(
                "the index has no hashes for {} {}",
                package.name, package.version
            ))
        })?;
    let optional = package
        .optional_dependencies
        .iter()
        .flat_map(|(extra, list)| edges(Some(extra), list));
    Ok(Package {
        name: &package.name,
        version: &package.version,
        marker,
        needs: edges(None, &package.dependencies).chain(optional).collect(),
        hashes: files,
    })
}
