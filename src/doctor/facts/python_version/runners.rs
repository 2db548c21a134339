//! The Pythons that tests are run on at home: tox and nox.

use std::path::{Path, PathBuf};

use super::{Kind, Mention, Place, exactly, short};
use crate::doctor::facts::Facts;
use crate::doctor::facts::ini::Ini;
use crate::python::Series;

pub(super) fn read(facts: &Facts) -> Vec<Place> {
    let mut places = Vec::new();
    for (name, section) in [("tox.ini", "tox"), ("setup.cfg", "tox:tox")] {
        let file = facts.in_project(name);
        let ini = Ini::parse(&facts.text(&file).unwrap_or_default());
        let lists = ["envlist", "env_list"].map(|key| ini.option(section, key));
        let said = lists.into_iter().flatten();
        let mentions = said.flat_map(|it| environments(&file, it.line, &it.value));
        places.push(Place::whole(Kind::Runner, mentions.collect()));
    }
    for (name, keys) in [
        ("tox.toml", &["env_list"] as &[&str]),
        ("pyproject.toml", &["tool", "tox", "env_list"]),
    ] {
        let file = facts.in_project(name);
        let document = facts.node(&file);
        let list = document.at(keys);
        let said = list.iter().flat_map(|list| {
            let line = list.line;
            let words = list.texts().join(",");
            environments(&file, line, &words)
        });
        places.push(Place::whole(Kind::Runner, said.collect()));
    }
    places.push(Place::whole(Kind::Runner, nox(facts)));
    places
}

/// The versions in a list of tox: `py311, py{312,313}-x`, `3.14`.
fn environments(file: &Path, line: u32, list: &str) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut take = |series: Series, says: &str| {
        if mentions.iter().all(|it| it.series != series) {
            mentions.push(Mention {
                file: PathBuf::from(file),
                line,
                series,
                says: says.to_owned(),
                is_whole: false,
                change: None,
            });
        }
    };
    for (start, _) in list.match_indices("py") {
        if list[..start].ends_with(char::is_alphanumeric) {
            continue;
        }
        let rest = &list[start + 2..];
        let braces = rest.strip_prefix('{').and_then(|it| it.split_once('}'));
        let factors = match braces {
            Some((inside, _)) => inside,
            None => rest.split([',', '-', '\n', ' ']).next().unwrap_or_default(),
        };
        for factor in factors.split(',').map(str::trim) {
            match factor
                .split_once('-')
                .map(|(low, high)| (short(low), short(high)))
            {
                Some((Some(low), Some(high))) if low.major == high.major => {
                    for minor in low.minor..=high.minor {
                        take(Series::new(low.major, minor), factor);
                    }
                }
                _ => {
                    let digits = Some(factor).filter(|it| it.starts_with('3'));
                    if let Some(series) = digits.and_then(short).or_else(|| exactly(factor)) {
                        take(series, factor);
                    }
                }
            }
        }
    }
    for word in list.split([',', '\n', ' ', '-', '{', '}']) {
        if let Some(series) = exactly(word) {
            take(series, word);
        }
    }
    mentions
}

/// The versions that stand as strings in the lines of `noxfile.py` that speak of Python.
fn nox(facts: &Facts) -> Vec<Mention> {
    let file = facts.in_project("noxfile.py");
    let text = facts.text(&file).unwrap_or_default();
    let lines = (1..).zip(text.lines());
    let lines = lines.filter(|(_, line)| {
        let code = line.split('#').next().unwrap_or_default();
        code.to_ascii_lowercase().contains("python")
    });
    lines
        .flat_map(|(number, line)| {
            let words = line.split(['"', '\'']).skip(1).step_by(2);
            let said = words.filter_map(|it| Mention::in_line(facts, file.clone(), number, it));
            said.collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::environments;

    fn said(list: &str) -> Vec<String> {
        let mentions = environments(Path::new("tox.ini"), 1, list);
        mentions.iter().map(|it| it.series.to_string()).collect()
    }

    #[test]
    fn lists_of_tox_are_read() {
        assert_eq!(said("py311, py312-x\nlint"), ["3.11", "3.12"]);
        assert_eq!(said("py{311,312}-{a,b}"), ["3.11", "3.12"]);
        assert_eq!(said("py{310-312}"), ["3.10", "3.11", "3.12"]);
        assert_eq!(said("py3.14, 3.13"), ["3.14", "3.13"]);
        assert_eq!(said("py, py3, pypy310, lint"), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_list_is_read(list in "(\\PC|py|[{},0-9-])*") {
            std::hint::black_box(said(&list));
        }
    }
}
