//! The Pythons of Travis CI: a list for every job, and those of single jobs.
//!
//! <https://docs.travis-ci.com/user/languages/python/>

use super::{Choice, Kind, Mention, Place};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Node, Value};

pub(super) fn read(facts: &Facts) -> Place {
    let file = facts.in_project(".travis.yml");
    let document = facts.node(&file);
    let said = |node: &Node| {
        let version = node.text()?;
        Mention::in_line(facts, file.clone(), node.line, version)
    };
    let jobs = [&["jobs", "include"][..], &["matrix", "include"]];
    let jobs = jobs.iter().filter_map(|it| document.at(it));
    let jobs = jobs.flat_map(Node::items);
    let single: Vec<Mention> = jobs.filter_map(|job| said(job.at(&["python"])?)).collect();
    let mut place = Place::new(Kind::Ci, Vec::new());
    let Some(all) = document.at(&["python"]) else {
        place.add(Choice::of(single));
        return place;
    };
    let mut mentions: Vec<Mention> = match &all.value {
        Value::List(items) => items.iter().filter_map(said).collect(),
        _ => said(all).into_iter().collect(),
    };
    place.add(if single.is_empty() {
        Choice::list(mentions)
    } else {
        mentions.extend(single);
        Choice::of(mentions)
    });
    place
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::doctor::testing::Rig;

    fn said(text: &str) -> Vec<String> {
        let rig = Rig::new().file("project/.travis.yml", text);
        let place = read(&rig.facts());
        let mentions = place.mentions().into_iter();
        mentions
            .map(|it| format!("{}:{}", it.line, it.says))
            .collect()
    }

    #[test]
    fn lists_and_jobs_are_read() {
        assert_eq!(said("language: python\npython: \"3.12\"\n"), ["2:3.12"]);
        let text =
            "python:\n  - \"3.11\"\n  - 3.12\n  - nightly\njobs:\n  include:\n    - python: 3.13\n";
        assert_eq!(said(text), ["2:3.11", "3:3.12", "7:3.13"]);
        assert_eq!(said("language: node_js\n"), [""; 0]);
    }
}
