//! What the network knows of the locked versions; asked only with `--online`.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::deployment::{is_ours, platform_facts};
use super::pins::listed;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::index::Index;
use crate::doctor::facts::online::{Online, Question, Trouble};
use crate::doctor::facts::python_version::exactly;
use crate::doctor::facts::releases::{Pin, Release, Releases, pins};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Series;

/// Where advisories are asked for: <https://google.github.io/osv.dev/post-v1-querybatch/>. `SCAFFOLD_OSV_URL` names a copy of one's own.
const OSV: &str = "https://api.osv.dev";

/// How many versions one question of advisories may have.
const IN_ONE: usize = 1000;

/// The newest glibc that any platform's runtime has (Amazon Linux 2023 has 2.34): a wheel for a newer one runs nowhere.
const GLIBC: (u32, u32) = (2, 34);

/// The outcome where the network gives no answer.
fn silent(trouble: &Trouble) -> Outcome {
    Outcome::Skipped(match trouble {
        Trouble::NoProgram => "there is no `curl` on PATH to ask the network with",
        Trouble::Certificate => "the certificate of the other side is not trusted here",
        Trouble::Proxy => "the proxy does not let us through",
        _ => "nobody answers: the network or the index is not there",
    })
}

fn evidence(pin: &Pin) -> Evidence {
    Evidence::path(pin.file.clone()).line(pin.line)
}

fn upgraded(facts: &Facts, pin: &Pin, symptom: Symptom) -> Symptom {
    if is_ours(facts) {
        symptom.next(format!("scaffold lock --upgrade {}", pin.name))
    } else {
        symptom
    }
}

/// Looks at each pin with its files on the index.
fn of_releases(facts: &Facts, look: impl Fn(&Pin, &[&Release]) -> Option<Symptom>) -> Outcome {
    let pins = pins(facts);
    if pins.is_empty() {
        return Outcome::Skipped("no version is locked");
    }
    let releases: &Releases = match facts.releases() {
        Ok(releases) => releases,
        Err(trouble) => return silent(trouble),
    };
    Outcome::of(pins.iter().filter_map(|pin| {
        let files = releases.of(pin)?;
        look(pin, &files)
    }))
}

/// REQ009.
pub(super) fn yanked(facts: &Facts) -> Outcome {
    of_releases(facts, |pin, files| {
        let why = files.first()?.yanked.as_ref()?;
        if files.iter().any(|it| it.yanked.is_none()) {
            return None;
        }
        let mut words = format!("{} {} was withdrawn", pin.name, pin.version);
        let why: String = why
            .chars()
            .filter(|it| !it.is_control())
            .take(120)
            .collect();
        if !why.trim().is_empty() {
            // A string takes whatever is written to it.
            let _ = write!(words, ": {}", why.trim());
        }
        Some(upgraded(
            facts,
            pin,
            Symptom::new(words).seen_in(evidence(pin)),
        ))
    })
}

/// The machine that a platform runs the code on.
struct Target {
    series: Series,
    machine: &'static str,
}

/// REQ010.
pub(super) fn without_wheel(facts: &Facts) -> Outcome {
    let Some(target) = target(facts) else {
        return Outcome::Skipped("it is not known which Python the platform runs");
    };
    of_releases(facts, |pin, files| {
        if !pin.is_deployed {
            return None;
        }
        let wheels: Vec<&str> = files
            .iter()
            .filter_map(|it| it.file.strip_suffix(".whl"))
            .collect();
        // What has no wheel at all is mostly plain Python, which builds anywhere.
        if wheels.is_empty() || wheels.iter().any(|it| target.runs(it)) {
            return None;
        }
        let has_source = files.iter().any(|it| !it.file.ends_with(".whl"));
        let (rest, severity) = if has_source {
            ("it would have to be compiled", Severity::Warning)
        } else {
            ("nothing can be installed", Severity::Error)
        };
        let words = format!(
            "{} {} has no wheel for Python {} on Linux {}: {rest}",
            pin.name, pin.version, target.series, target.machine
        );
        let symptom = Symptom::new(words).severity(severity);
        Some(upgraded(facts, pin, symptom.seen_in(evidence(pin))))
    })
}

fn target(facts: &Facts) -> Option<Target> {
    platform_facts(facts)?;
    let document = facts.pyproject();
    let answer = |key| document.at(&["tool", "scaffold", "answers", key])?.text();
    Some(Target {
        series: exactly(answer("python")?)?,
        machine: match answer("architecture") {
            Some("arm64") => "aarch64",
            _ => "x86_64",
        },
    })
}

impl Target {
    /// Whether it runs a wheel of this name, as the specification of platform compatibility tags says.
    fn runs(&self, wheel: &str) -> bool {
        let mut tags = wheel.rsplit('-');
        let (Some(platforms), Some(abis), Some(pythons)) = (tags.next(), tags.next(), tags.next())
        else {
            return false;
        };
        let own = format!("cp{}{}", self.series.major, self.series.minor);
        let is_abi = |abi: &str| abi == own || abi == "none" || abi == "abi3";
        let is_stable = abis.split('.').any(|it| it == "abi3" || it == "none");
        let is_python = |python: &str| {
            let number = python.strip_prefix("cp3").or(python.strip_prefix("py3"));
            let minor = number.map(|it| it.parse::<u8>().unwrap_or(0));
            python == own || is_stable && minor.is_some_and(|it| it <= self.series.minor)
        };
        abis.split('.').any(is_abi)
            && pythons.split('.').any(is_python)
            && platforms.split('.').any(|it| self.is_platform(it))
    }

    fn is_platform(&self, platform: &str) -> bool {
        if platform == "any" {
            return true;
        }
        let Some(kind) = platform.strip_suffix(self.machine) else {
            return false;
        };
        match kind.trim_end_matches('_') {
            "linux" | "manylinux1" | "manylinux2010" | "manylinux2014" => true,
            many => many.strip_prefix("manylinux_").is_some_and(|it| {
                let mut numbers = it.split('_').map(str::parse::<u32>);
                match (numbers.next(), numbers.next()) {
                    (Some(Ok(major)), Some(Ok(minor))) => (major, minor) <= GLIBC,
                    _ => false,
                }
            }),
        }
    }
}

/// REQ011.
pub(super) fn vulnerable(facts: &Facts) -> Outcome {
    let pins = pins(facts);
    if pins.is_empty() {
        return Outcome::Skipped("no version is locked");
    }
    let copy = facts.host.text("SCAFFOLD_OSV_URL");
    if copy.is_none() && !Index::configured(facts).is_pypi() {
        return Outcome::Skipped(
            "the packages come from an index of your own, and nobody else is told their names (SCAFFOLD_OSV_URL names whom to ask)",
        );
    }
    let address = copy.unwrap_or(OSV).trim_end_matches('/');
    let online = match Online::new(facts, Duration::from_secs(12)) {
        Ok(online) => online,
        Err(trouble) => return silent(&trouble),
    };
    let mut symptoms = Vec::new();
    for chunk in pins.chunks(IN_ONE) {
        let queries: Vec<Value> = chunk
            .iter()
            .map(|pin| {
                json!({
                    "package": { "name": pin.name, "ecosystem": "PyPI" },
                    "version": pin.version.to_string(),
                })
            })
            .collect();
        let question = Question::get(format!("{address}/v1/querybatch"));
        let answer = match online.ask(&question.json(&json!({ "queries": queries }))) {
            Ok(answer) if answer.status == 200 => answer,
            Ok(_) => return Outcome::Skipped("osv.dev does not answer as it should"),
            Err(trouble) => return silent(&trouble),
        };
        let Some(document) = answer.json() else {
            return Outcome::Skipped("osv.dev does not answer as it should");
        };
        let results = document.get("results").and_then(Value::as_array);
        for (pin, result) in chunk.iter().zip(results.into_iter().flatten()) {
            symptoms.extend(known(pin, result).map(|it| upgraded(facts, pin, it)));
        }
    }
    Outcome::of(symptoms)
}

/// The advisories of a version.
fn known(pin: &Pin, result: &Value) -> Option<Symptom> {
    let list = result.get("vulns")?.as_array()?;
    let is_name = |it: &&str| it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
    let names: Vec<&str> = list
        .iter()
        .filter_map(|it| it.get("id")?.as_str())
        .filter(is_name)
        .collect();
    let first = *names.first()?;
    let words = format!(
        "{} {} has {} known: {}",
        pin.name,
        pin.version,
        match names.len() {
            1 => "a vulnerability that is".to_owned(),
            several => format!("{several} vulnerabilities that are"),
        },
        listed(names.into_iter())
    );
    let evidence = evidence(pin).says(format!("https://osv.dev/vulnerability/{first}"));
    Some(Symptom::new(words).seen_in(evidence))
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::python::Series;

    #[test]
    fn a_wheel_runs_where_its_tags_say() {
        let target = Target {
            series: Series::new(3, 12),
            machine: "aarch64",
        };
        for wheel in [
            "x-1-py3-none-any",
            "x-1-py2.py3-none-any",
            "x-1-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64",
            "x-1-cp39-abi3-manylinux_2_34_aarch64",
            "x-1-1-cp312-none-linux_aarch64",
        ] {
            assert!(target.runs(wheel), "{wheel}");
        }
        for wheel in [
            "x-1-cp312-cp312-manylinux2014_x86_64",
            "x-1-cp311-cp311-manylinux2014_aarch64",
            "x-1-cp312-cp312t-manylinux2014_aarch64",
            "x-1-cp313-abi3-manylinux2014_aarch64",
            "x-1-cp312-cp312-manylinux_2_39_aarch64",
            "x-1-cp312-cp312-musllinux_1_1_aarch64",
            "x-1-cp312-cp312-macosx_11_0_arm64",
            "x",
        ] {
            assert!(!target.runs(wheel), "{wheel}");
        }
    }
}
