//! The Python that the project is for, and who says so.
//!
//! Called by the checks of this group. What `scaffold new` recorded comes first, then `.python-version`, then the environment.

use std::path::PathBuf;

use crate::doctor::facts::Facts;
use crate::doctor::facts::python_version::exactly;
use crate::doctor::symptom::Evidence;
use crate::python::Series;

/// A Python, and who says it.
#[derive(Debug, Clone)]
pub(super) struct ProjectPython {
    /// The series.
    pub(super) series: Series,
    /// The file that says it.
    pub(super) file: PathBuf,
    /// The line that says it, from 1.
    pub(super) line: u32,
    /// Whether somebody wrote it down for the project, and did not just make an environment with it.
    pub(super) is_pinned: bool,
}

impl ProjectPython {
    /// The Python that the project is for, where that is known.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        Self::recorded(facts)
            .or_else(|| Self::pinned(facts))
            .or_else(|| Self::of_environment(facts))
    }

    fn recorded(facts: &Facts) -> Option<Self> {
        let document = facts.pyproject();
        let answer = document.at(&["tool", "scaffold", "answers", "python"])?;
        Some(Self {
            series: exactly(answer.text()?)?,
            file: facts.in_project("pyproject.toml"),
            line: answer.line,
            is_pinned: true,
        })
    }

    fn pinned(facts: &Facts) -> Option<Self> {
        let file = facts.in_project(".python-version");
        let text = facts.text(&file)?;
        let (number, line) = text
            .lines()
            .enumerate()
            .map(|(number, line)| (number, line.trim()))
            .find(|(_, line)| !line.is_empty() && !line.starts_with('#'))?;
        Some(Self {
            series: exactly(line)?,
            file,
            line: u32::try_from(number + 1).ok()?,
            is_pinned: true,
        })
    }

    fn of_environment(facts: &Facts) -> Option<Self> {
        let environment = facts.environment()?;
        let (series, setting) = environment.series()?;
        Some(Self {
            series,
            file: environment.settings_file(),
            line: setting.line,
            is_pinned: false,
        })
    }

    /// Where it is said.
    pub(super) fn evidence(&self) -> Evidence {
        Evidence::path(&self.file)
            .line(self.line)
            .says(format!("Python {}", self.series))
    }
}
