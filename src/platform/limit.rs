//! A limit of a platform: how long, how large, how much.
//!
//! `[[facts.limits]]` of a platform's layer, shown by `template show`, judged by in `doctor`. It knows no limit by name.

use serde::Deserialize;
use serde_json::Value;

/// A limit of a platform.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// What is limited.
    pub(crate) name: String,
    /// The unit of the numbers.
    pub(crate) unit: String,
    /// What it is when nobody says otherwise.
    pub(crate) default: Option<Value>,
    /// The least it can be.
    pub(crate) min: Option<Value>,
    /// The most it can be.
    pub(crate) max: Option<Value>,
    /// What else there is to say.
    pub(crate) note: Option<String>,
    /// The page that says so.
    pub(crate) source: Option<String>,
}

impl Limit {
    /// The end that a value lies beyond: `at most 900 s`, with that number; `None` where it lies within.
    pub(crate) fn beyond(&self, value: f64) -> Option<(f64, String)> {
        let number = |it: &Option<Value>| it.as_ref().and_then(Value::as_f64);
        let unit = &self.unit;
        if let Some(least) = number(&self.min).filter(|it| value < *it) {
            return Some((least, format!("at least {least} {unit}")));
        }
        let most = number(&self.max).filter(|it| value > *it)?;
        Some((most, format!("at most {most} {unit}")))
    }

    /// What it is when nobody says otherwise.
    pub(crate) fn usual(&self) -> Option<f64> {
        self.default.as_ref().and_then(Value::as_f64)
    }

    /// The most it can be.
    pub(crate) fn most(&self) -> Option<f64> {
        self.max.as_ref().and_then(Value::as_f64)
    }
}
