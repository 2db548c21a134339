//! The Pythons of Jenkins: the images in a `Jenkinsfile`, and the values of an axis of a matrix.
//!
//! A `Jenkinsfile` is Groovy: of that, only strings in lines are read. <https://www.jenkins.io/doc/book/pipeline/syntax/>

use super::{Choice, Kind, Mention, Place, exactly, image};
use crate::doctor::facts::Facts;

pub(super) fn read(facts: &Facts) -> Place {
    let file = facts.in_project("Jenkinsfile");
    let text = facts.text(&file).unwrap_or_default();
    let mut place = Place::new(Kind::Ci, Vec::new());
    let mut axis = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.trim_start();
        if code.starts_with("//") || code.starts_with('*') {
            continue;
        }
        let strings: Vec<&str> = line.split(['"', '\'']).skip(1).step_by(2).collect();
        let mention = |it: &str| Mention::in_line(facts, file.clone(), number, it);
        if code.starts_with("name ") {
            axis = strings.concat().to_ascii_lowercase();
        } else if code.starts_with("values ") && axis.contains("py") {
            let versions = strings.iter().filter(|it| exactly(it).is_some());
            place.add(Choice::list(
                versions.filter_map(|it| mention(it)).collect(),
            ));
        } else {
            for version in strings.iter().filter_map(|it| image::version(it)) {
                place.add(Choice::of(mention(version).into_iter().collect()));
            }
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::doctor::testing::Rig;

    fn said(text: &str) -> Vec<String> {
        let rig = Rig::new().file("project/Jenkinsfile", text);
        let place = read(&rig.facts());
        let mentions = place.mentions().into_iter();
        mentions
            .map(|it| format!("{}:{}", it.line, it.says))
            .collect()
    }

    #[test]
    fn images_and_axes_are_read() {
        let text = "pipeline {\n  agent { docker { image 'python:3.12-slim' } }\n  // image 'python:3.9'\n  axis {\n    name 'PYTHON'\n    values '3.11', '3.12'\n  }\n  axis {\n    name 'NODE'\n    values '3.11'\n  }\n  docker.image(\"python:3.13\").inside {}\n}\n";
        assert_eq!(said(text), ["2:3.12", "6:3.11", "6:3.12", "12:3.13"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_pipeline_is_read(text in "(\\PC|[\n'\" ]|name |values |python:3\\.)*") {
            std::hint::black_box(said(&text));
        }
    }
}
