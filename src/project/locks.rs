//! The locks of a new project, cut from the catalog's pinned closure: nothing is resolved.
//!
//! Called by `cli` between the interview and the plan.

use super::plan::DEV_REQUIREMENTS;
use crate::error::{Error, Result};
use crate::platform::Facts;
use crate::template::catalog::Catalog;
use crate::template::closure::{self, Closure};
use crate::template::composition::Composition;
use crate::template::lock::{dev_command, runtime_command};

/// The locked requirements of a project, as text and as constraints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Locks {
    /// The runtime closure.
    pub(crate) runtime: String,
    /// The closure of the tools.
    pub(crate) dev: String,
    /// The runtime closure as PEP 508 strings, for a platform whose builder reads `pyproject.toml`; else empty.
    pub(crate) constraints: Vec<String>,
}

impl Locks {
    /// Cuts the locks of a composition.
    ///
    /// # Errors
    /// When the closure is malformed or does not hold what the layers require.
    pub(crate) fn cut(
        catalog: &Catalog,
        composition: &Composition<'_>,
        facts: &Facts,
    ) -> Result<Self> {
        let text = catalog.text(closure::FILE)?;
        let closure = Closure::parse(&text)?;
        let lock = |list: &str| {
            closure
                .lock(&composition.requirements(list))
                .map_err(|error| {
                    Error::new("the template requires what its pinned closure does not hold")
                        .hint("refresh it: scaffold template lock")
                        .caused_by(error)
                })
        };
        let (runtime, dev) = (lock("requirements")?, lock("dev_requirements")?);
        Ok(Self {
            runtime: runtime.requirements_text(&runtime_command(&facts.requirements)),
            dev: dev.requirements_text(&dev_command(&facts.requirements, DEV_REQUIREMENTS)),
            constraints: if facts.constraints_in_pyproject {
                runtime.constraints()
            } else {
                Vec::new()
            },
        })
    }
}
