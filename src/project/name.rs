//! Placeholder until the name gate is merged.
use crate::error::Error;
pub(crate) struct NameRules;
pub(crate) struct ProjectName(String, String);
#[derive(Debug)]
pub(crate) struct Refused(String);
impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl Refused {
    pub(crate) fn suggestion(&self) -> &str {
        "my-app"
    }
}
impl NameRules {
    pub(crate) fn new(_: &[String], _: &[String], _: Option<usize>) -> Self {
        Self
    }
}
impl ProjectName {
    pub(crate) fn check(text: &str, _: &NameRules) -> Result<Self, Refused> {
        let _ = Error::new("");
        Ok(Self(text.replace('_', "-"), text.replace('-', "_")))
    }
    pub(crate) fn name(&self) -> &str {
        &self.0
    }
    pub(crate) fn package(&self) -> &str {
        &self.1
    }
}
