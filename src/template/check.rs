//! The whole render, checked in memory before a byte is written: TOML, JSON, YAML and Python parse.
//!
//! Called by `project` for every plan. It must not know where the files come from.

use super::composition::{Content, RenderedFile};
use super::layer::line_of;
use crate::error::{Error, Result};
use crate::python::{Series, grammar};

/// Reads a text as some language; the error is a line, from 1, and what is wrong there.
type Parse = fn(&str, Series) -> Verdict;
type Verdict = std::result::Result<(), (usize, String)>;

/// Checks one rendered file by what its name says it is. `python` is the oldest Python that must read it.
///
/// # Errors
/// When the file does not parse, naming the template, the file and the line.
pub(crate) fn check(file: &RenderedFile, python: Series) -> Result<()> {
    let Content::Bytes { bytes, .. } = &file.content else {
        return Ok(());
    };
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, it)| it);
    let parse: Parse = match extension {
        "toml" => toml,
        "json" if file.path.starts_with(".vscode/") => return Ok(()),
        "json" => json,
        "yml" | "yaml" => yaml,
        "py" | "pyi" => parse_python,
        _ => return Ok(()),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Error::new(format!(
            "{} renders `{}`, which is not UTF-8 text",
            file.origin, file.path
        ))
    })?;
    parse(text, python).map_err(|(line, reason)| {
        Error::new(format!(
            "{} renders `{}`, which does not parse: line {line}: {reason}",
            file.origin, file.path
        ))
    })
}

fn toml(text: &str, _: Series) -> Verdict {
    toml_edit::Document::parse(text).map(drop).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        (line, error.message().to_owned())
    })
}

fn json(text: &str, _: Series) -> Verdict {
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map(drop)
        .map_err(|error| (error.line(), error.to_string()))
}

fn yaml(text: &str, _: Series) -> Verdict {
    serde_saphyr::from_multiple::<serde::de::IgnoredAny>(text)
        .map(drop)
        .map_err(|error| {
            let line = error
                .location()
                .map_or(1, |it| usize::try_from(it.line()).unwrap_or(1));
            (
                line,
                error
                    .to_string()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })
}

fn parse_python(text: &str, python: Series) -> Verdict {
    match grammar::mistake(text, python) {
        Some((start, reason)) => Err((line_of(text, start), reason)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::template::composition::{Content, RenderedFile};
    use crate::template::layer::Ownership;

    fn verdict(path: &str, text: &str) -> Result<(), String> {
        let file = RenderedFile {
            path: path.to_owned(),
            content: Content::Bytes {
                bytes: text.into(),
                executable: false,
            },
            ownership: Ownership::Yours,
            origin: "x.hbs".to_owned(),
        };
        check(&file, crate::python::version::FLOOR).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn what_does_not_parse_is_named_with_its_line() {
        for (path, good, bad) in [
            ("a.toml", "a = 1\n", "a = 1\nb =\n"),
            ("a.json", "{\"a\": 1}\n", "{\n\"a\" 1}\n"),
            ("a.yml", "a: 1\nb: [x]\n", "a: 1\nb: [x\nc: 2\n"),
            ("a.py", "x = 1\n", "x = 1\ndef f(:\n"),
        ] {
            assert_eq!(verdict(path, good), Ok(()));
            let message = verdict(path, bad).unwrap_err();
            assert!(
                message.starts_with(&format!(
                    "x.hbs renders `{path}`, which does not parse: line "
                )),
                "{message}"
            );
        }
    }

    #[test]
    fn yaml_with_the_tags_of_cloudformation_parses() {
        assert_eq!(
            verdict(
                "t.yaml",
                "A: !Ref B\nC: !GetAtt X.Arn\nD: !Sub \"a-${B}\"\nE: !Sub [a, {b: c}]\n"
            ),
            Ok(())
        );
    }

    #[test]
    fn python_is_held_to_the_oldest_version() {
        assert!(
            verdict("a.py", "type X = int\n")
                .unwrap_err()
                .contains("3.12")
        );
    }
}
