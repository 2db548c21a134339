//! What the project is for: the platforms, with what their layers know of them.
//!
//! Read once for the checks of the groups PLAT and TOOL. What `scaffold new` recorded in `pyproject.toml` answers; for the projects of others
//! the files do that the layers name (`[[facts.marks]]`). It must not judge.

use std::path::PathBuf;

use super::Facts;
use crate::platform::{self, Mark, Sheet};

/// A platform that the project is for.
#[derive(Debug)]
pub(crate) struct Target {
    /// The name of its layer: `aws-lambda`.
    pub(crate) id: String,
    /// Its name for people: `AWS Lambda`.
    pub(crate) title: String,
    /// What is known of it.
    pub(crate) facts: platform::Facts,
    /// The file that tells.
    pub(crate) file: PathBuf,
    /// The line that tells, from 1, where there is one.
    pub(crate) line: Option<u32>,
}

impl Facts {
    /// The platforms that the project is for, in the order of the catalog; none outside of a project.
    pub(crate) fn targets(&self) -> &[Target] {
        self.targets.get_or_init(|| {
            if self.project.is_none() {
                return Vec::new();
            }
            if let Some(target) = self.recorded() {
                return vec![target];
            }
            let marked = Sheet::marked(|it| self.tells(it)).into_iter();
            let target = |(sheet, (file, line))| Target::new(sheet, file, line);
            marked.map(target).collect()
        })
    }

    /// The platform of this name, where the project is for it.
    pub(crate) fn target(&self, id: &str) -> Option<&Target> {
        self.targets().iter().find(|it| it.id == id)
    }

    /// What `scaffold new` recorded.
    fn recorded(&self) -> Option<Target> {
        let document = self.pyproject();
        let answer = document.at(&["tool", "scaffold", "answers", "platform"])?;
        let sheet = Sheet::of(answer.text()?)?;
        let file = self.in_project("pyproject.toml");
        Some(Target::new(sheet, file, Some(answer.line)))
    }

    fn tells(&self, mark: &Mark) -> Option<(PathBuf, Option<u32>)> {
        let file = self.in_project(&mark.file);
        if !self.is_file(&file) {
            return None;
        }
        let mut line = None;
        if let Some(words) = &mark.contains {
            let text = self.text(&file)?;
            let at = text.lines().position(|it| it.contains(words.as_str()))?;
            line = u32::try_from(at + 1).ok();
        }
        if let Some(keys) = &mark.at {
            let document = self.node(&file);
            let keys: Vec<&str> = keys.split('.').collect();
            let value = document.at(&keys)?;
            if mark
                .is
                .as_deref()
                .is_some_and(|is| value.text() != Some(is))
            {
                return None;
            }
            line = Some(value.line);
        }
        Some((file, line))
    }
}

impl Target {
    fn new(sheet: Sheet, file: PathBuf, line: Option<u32>) -> Self {
        Self {
            id: sheet.id,
            title: sheet.title,
            facts: sheet.facts,
            file,
            line,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::doctor::testing::Rig;
    use crate::platform;
    use crate::template::catalog::Catalog;
    use crate::template::layer::Kind;

    fn targets(rig: &Rig) -> Vec<String> {
        let facts = rig.facts();
        facts.targets().iter().map(|it| it.id.clone()).collect()
    }

    #[test]
    fn the_record_answers_before_the_files() {
        let rig = Rig::new().file("project/vercel.json", "{}");
        assert_eq!(targets(&rig), ["vercel"]);
        let rig = rig.file(
            "project/pyproject.toml",
            "[tool.scaffold.answers]\nplatform = \"aws-lambda\"\n",
        );
        assert_eq!(targets(&rig), ["aws-lambda"]);
        let facts = rig.facts();
        assert_eq!(facts.targets()[0].line, Some(2));
        assert!(facts.target("vercel").is_none());
        // One that this version does not know leaves the answer to the files.
        let rig = rig.file(
            "project/pyproject.toml",
            "[tool.scaffold.answers]\nplatform = \"none-such\"\n",
        );
        assert_eq!(targets(&rig), ["vercel"]);
    }

    #[test]
    fn the_files_of_others_tell() {
        for (file, text, expected) in [
            (
                "template.yaml",
                "Transform: AWS::Serverless-2016-10-31\n",
                "aws-lambda",
            ),
            (
                "template.yaml",
                "a:\n  Type: AWS::Lambda::Function\n",
                "aws-lambda",
            ),
            ("serverless.yml", "provider:\n  name: aws\n", "aws-lambda"),
            (
                "serverless.yml",
                "provider:\n  name: google\n",
                "google-functions",
            ),
            (
                "requirements.txt",
                "functions-framework==3.*\n",
                "google-functions",
            ),
            ("host.json", "{\"version\": \"2.0\"}", "azure-functions"),
            (
                "service.yaml",
                "apiVersion: serving.knative.dev/v1\n",
                "container",
            ),
        ] {
            let rig = Rig::new().file(&format!("project/{file}"), text);
            assert_eq!(targets(&rig), [expected], "{file}");
        }
        for (file, text) in [
            ("template.yaml", "title: a page\n"),
            ("service.yaml", "apiVersion: v1\n"),
            ("host.json", "{}"),
            ("requirements.txt", "flask\n"),
            ("serverless.yml", "a: [b\n"),
        ] {
            let rig = Rig::new().file(&format!("project/{file}"), text);
            assert_eq!(targets(&rig), [""; 0], "{file}");
        }
        let rig = Rig::new()
            .file("project/vercel.json", "{}")
            .file("project/samconfig.toml", "version = 0.1\n");
        assert_eq!(targets(&rig), ["vercel", "aws-lambda"]);
    }

    #[test]
    fn every_platform_of_the_catalog_says_what_it_is_known_by() {
        let catalog = Catalog::embedded();
        // Those that nothing can start a function on are known, and not offered.
        let offered = catalog.ids(Kind::Platform, None);
        assert!(offered.contains(&"vercel".to_owned()));
        for id in ["google-functions", "azure-functions", "container"] {
            let has_trigger = !catalog.ids(Kind::Trigger, Some(id)).is_empty();
            assert_eq!(offered.contains(&id.to_owned()), has_trigger, "{id}");
        }
        for layer in catalog.platforms().unwrap() {
            let facts = platform::Facts::of(layer).unwrap();
            assert!(!facts.marks.is_empty(), "{}", layer.id);
            assert!(facts.as_of.parse::<crate::python::Date>().is_ok());
            for runtime in facts.python.iter().chain(&facts.retired) {
                runtime.version.parse::<crate::python::Series>().unwrap();
                for day in [
                    &runtime.deprecated,
                    &runtime.block_create,
                    &runtime.block_update,
                ] {
                    assert!(
                        day.as_ref()
                            .is_none_or(|it| it.parse::<crate::python::Date>().is_ok()),
                        "{runtime:?}"
                    );
                }
            }
            for limit in &facts.limits {
                assert!(limit.source.is_some(), "{limit:?}");
            }
        }
    }
}
