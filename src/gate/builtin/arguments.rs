//! The arguments of a native gate, as its settings list them: `--name` or `--name=VALUE`.
//!
//! Called by the `configure` of each gate. It must not know what they mean.

use crate::error::{Error, Result};

/// Hands each argument, without its dashes, and its value to `take`. `accepted` lists them as for help; one with `=` there must
/// have a value, one without must not.
///
/// # Errors
/// When an argument is none of those accepted, lacks its value or has one too many, or `take` fails.
pub(super) fn read(
    given: &[String],
    accepted: &[&str],
    mut take: impl FnMut(&str, &str) -> Result<()>,
) -> Result<()> {
    for argument in given {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let Some(shape) = accepted
            .iter()
            .find(|it| it.split('=').next() == Some(name))
        else {
            let error = Error::new(format!("this gate has no argument `{argument}`"));
            return Err(match accepted {
                [] => error.hint("it takes no arguments"),
                _ => error.hint(format!("it takes {}", accepted.join(" and "))),
            });
        };
        match value {
            Some(value) if shape.contains('=') => take(&name[2..], value)?,
            None if !shape.contains('=') => take(&name[2..], "")?,
            _ => {
                let error = Error::new(format!("`{argument}` is not an argument of this gate"));
                return Err(error.hint(format!("it is written {shape}")));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read;

    const ACCEPTED: [&str; 2] = ["--all", "--most=N"];

    fn taken(given: &[&str]) -> Result<Vec<String>, String> {
        let given: Vec<String> = given.iter().map(|it| (*it).to_owned()).collect();
        let mut all = Vec::new();
        read(&given, &ACCEPTED, |name, value| {
            all.push(format!("{name}:{value}"));
            Ok(())
        })
        .map(|()| all)
        .map_err(|error| format!("{}; {}", error.message(), error.hints().join("; ")))
    }

    #[test]
    fn arguments_are_names_with_or_without_a_value() {
        assert_eq!(
            taken(&["--most=3", "--all", "--most=a=b"]).unwrap(),
            ["most:3", "all:", "most:a=b"]
        );
        assert_eq!(taken(&["--most="]).unwrap(), ["most:"]);
    }

    #[test]
    fn what_is_not_understood_is_said_with_what_is() {
        assert_eq!(
            taken(&["--least=1"]).unwrap_err(),
            "this gate has no argument `--least=1`; it takes --all and --most=N"
        );
        for wrong in ["all", "-all", "", "--", "=", "--ALL"] {
            assert!(taken(&[wrong]).is_err(), "{wrong}");
        }
        assert!(taken(&["--all=1"]).unwrap_err().ends_with("written --all"));
        assert!(
            taken(&["--most"])
                .unwrap_err()
                .ends_with("written --most=N")
        );
    }
}
