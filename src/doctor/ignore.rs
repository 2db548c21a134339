//! What a project wants the doctor to leave out: `[tool.scaffold.doctor.ignore]` of its `pyproject.toml`, a reason for each code.
//!
//! ```toml
//! [tool.scaffold.doctor.ignore]
//! VENV013 = { reason = "the share is called that", until = 2027-01-31 }
//! ```
//!
//! Read by `engine`, which marks what is left out (it stays counted), and by CFG006, which finds what is wrong in the table itself.

use super::catalog;
use super::check::Group;
use super::facts::node::{Entry, Node, Value};
use crate::python::Date;

/// Where the table stands.
pub(crate) const TABLE: [&str; 4] = ["tool", "scaffold", "doctor", "ignore"];

/// The code that says what is wrong in the table: left out, it would hide that.
const MISTAKES: &str = "CFG006";

/// A code that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ignored {
    /// Which one.
    pub(crate) code: &'static str,
    /// Why, in the words of the project.
    pub(crate) reason: String,
    /// The last day on which it is left out; `None`: for good.
    pub(crate) until: Option<Date>,
}

/// Something wrong in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// What, in a line.
    pub(crate) message: String,
    /// Where in `pyproject.toml`, from 1.
    pub(crate) line: u32,
}

/// The entries of the table of this `pyproject.toml`, and what is wrong with the others.
pub(crate) fn read(pyproject: &Node) -> (Vec<Ignored>, Vec<Mistake>) {
    let Some(table) = pyproject.at(&TABLE) else {
        return (Vec::new(), Vec::new());
    };
    if !matches!(table.value, Value::Table(_)) {
        let mistake = Mistake {
            message: format!("[{}] is no table", TABLE.join(".")),
            line: table.line,
        };
        return (Vec::new(), vec![mistake]);
    }
    let (mut ignored, mut mistakes) = (Vec::new(), Vec::new());
    for written in table.entries() {
        match entry(written) {
            Ok(it) => ignored.push(it),
            Err(message) => mistakes.push(Mistake {
                message,
                line: written.line,
            }),
        }
    }
    (ignored, mistakes)
}

fn entry(written: &Entry) -> Result<Ignored, String> {
    let key = &written.key;
    let is_group = |it: &Group| it.prefix().eq_ignore_ascii_case(key);
    if Group::ALL.iter().any(is_group) {
        return Err(format!("`{key}` is a whole group; name its codes"));
    }
    let check = catalog::check(key).map_err(|error| {
        [&[error.message().to_owned()], error.hints()]
            .concat()
            .join("; ")
    })?;
    if check.code == MISTAKES {
        return Err(format!(
            "`{key}` cannot be ignored: it says what is wrong in this table"
        ));
    }
    let form = format!("write {key} = {{ reason = \"why\" }}");
    if let Some(other) = written
        .value
        .entries()
        .iter()
        .find(|it| !["reason", "until"].contains(&it.key.as_str()))
    {
        return Err(format!(
            "`{key}` has `{}`, which means nothing; {form}",
            other.key
        ));
    }
    let reason = written.value.at(&["reason"]).and_then(Node::text);
    let reason = reason
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .ok_or_else(|| format!("`{key}` is ignored without a reason; {form}"))?;
    let until =
        match written.value.at(&["until"]) {
            None => None,
            Some(day) => Some(day.text().and_then(|it| it.parse().ok()).ok_or_else(|| {
                format!("`until` of `{key}` is no day; write until = 2027-01-31")
            })?),
        };
    Ok(Ignored {
        code: check.code,
        reason: reason.to_owned(),
        until,
    })
}

impl Ignored {
    /// Whether it still is, on this day.
    pub(crate) fn holds_on(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::doctor::facts::node::Language;

    fn mistakes(table: &str) -> Vec<String> {
        let text = format!("[tool.scaffold.doctor.ignore]\n{table}\n");
        let (ignored, mistakes) = read(&Language::Toml.parse(&text).unwrap());
        assert_eq!(ignored.len() + mistakes.len(), 1);
        mistakes.into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn a_code_is_left_out_for_a_reason_and_for_a_time() {
        let text = "[tool.scaffold.doctor.ignore]\nvenv013 = { reason = \"x\" }\nVENV016 = { reason = \"y\", until = 2027-01-31 }\n";
        let (ignored, mistakes) = read(&Language::Toml.parse(text).unwrap());
        assert_eq!(mistakes, []);
        assert_eq!(ignored[0].code, "VENV013");
        let day = |it: &str| it.parse().unwrap();
        assert!(ignored[0].holds_on(day("2099-01-01")));
        assert!(ignored[1].holds_on(day("2027-01-31")));
        assert!(!ignored[1].holds_on(day("2027-02-01")));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (table, words) in [
            ("VENV999 = { reason = \"x\" }", "no `VENV999`"),
            ("VENV = { reason = \"x\" }", "a whole group"),
            ("cfg006 = { reason = \"x\" }", "cannot be ignored"),
            ("VENV013 = {}", "without a reason"),
            ("VENV013 = \"x\"", "without a reason"),
            ("VENV013 = { reason = \" \" }", "without a reason"),
            ("VENV013 = { reason = \"x\", until = \"soon\" }", "no day"),
            (
                "VENV013 = { reason = \"x\", untill = 2027-01-31 }",
                "`untill`",
            ),
        ] {
            let said = mistakes(table);
            assert!(said.join("").contains(words), "{table}: {said:?}");
        }
    }
}
