//! A command line that cannot be parsed, said as every other mistake is: one line, and what to type next.
//!
//! Called by `cli` with clap's error. It must not know the commands.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;
use crate::project::source::nearest;

/// clap's error as ours, of the words after the program's name.
pub(super) fn error(
    error: &clap::Error,
    root: &clap::Command,
    words: impl IntoIterator<Item = String>,
) -> Error {
    let texts = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let first = |kind: ContextKind| texts(kind).into_iter().next().unwrap_or_default();
    let argument = first(ContextKind::InvalidArg);
    let value = first(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            format!("there is no option `{argument}`")
        }
        ErrorKind::UnknownArgument => format!("`{argument}` is one argument too many"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "there is no command `{}`",
                first(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("`{argument}` has no value"),
        ErrorKind::InvalidValue => {
            let allowed = texts(ContextKind::ValidValue).join(", ");
            format!("`{value}` for `{argument}` is not one of {allowed}")
        }
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(why) => format!("`{value}` for `{argument}`: {why}"),
            None => clap_line(error),
        },
        ErrorKind::MissingRequiredArgument => {
            format!("{} is missing", quoted(&texts(ContextKind::InvalidArg)))
        }
        ErrorKind::ArgumentConflict => match texts(ContextKind::PriorArg) {
            prior if prior.is_empty() || prior[0] == argument => {
                format!("`{argument}` is given twice")
            }
            prior => format!("`{argument}` and {} exclude each other", quoted(&prior)),
        },
        _ => clap_line(error),
    };
    let mut ours = Error::new(message);
    let mut near = texts(ContextKind::SuggestedArg);
    near.extend(texts(ContextKind::SuggestedSubcommand));
    near.extend(texts(ContextKind::SuggestedValue));
    if near.is_empty() && error.kind() == ErrorKind::InvalidSubcommand {
        let typed = first(ContextKind::InvalidSubcommand);
        let commands = root.get_subcommands().map(clap::Command::get_name);
        near.extend(nearest(&typed, commands).map(str::to_owned));
    }
    if !near.is_empty() {
        ours = ours.hint(format!("did you mean {}?", quoted(&near)));
    }
    if error.kind() == ErrorKind::InvalidValue && value.is_empty() {
        let allowed = texts(ContextKind::ValidValue);
        if !allowed.is_empty() {
            ours = ours.hint(format!("one of {}", allowed.join(", ")));
        }
    }
    ours.hint(format!(
        "`{} --help` says what there is",
        named(root, words)
    ))
}

/// Several things in one sentence.
fn quoted(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|it| format!("`{it}`")).collect();
    quoted.join(", ")
}

/// The first line of clap's own words.
fn clap_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

/// The deepest command that the words of a command line name: `scaffold template show`.
fn named(root: &clap::Command, words: impl IntoIterator<Item = String>) -> String {
    let mut command = root;
    let mut name = root.get_name().to_owned();
    for word in words {
        if let Some(below) = command.find_subcommand(&word) {
            command = below;
            name = format!("{name} {}", below.get_name());
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::error;

    fn said(words: &[&str]) -> Vec<String> {
        let mut root = Command::new("x").subcommand(
            Command::new("new")
                .arg(Arg::new("platform").long("platform").value_name("ID"))
                .arg(
                    Arg::new("color")
                        .long("color")
                        .value_parser(["auto", "never"]),
                )
                .arg(
                    Arg::new("jobs")
                        .long("jobs")
                        .value_parser(clap::value_parser!(u16).range(1..)),
                ),
        );
        let line = [&["x"], words].concat();
        let clap = root.try_get_matches_from_mut(line).unwrap_err();
        let words = words.iter().map(|it| (*it).to_owned());
        let ours = error(&clap, &root, words);
        assert_eq!(ours.exit_code(), 2);
        [&[ours.message().to_owned()], ours.hints()].concat()
    }

    #[test]
    fn a_mistake_is_one_line_with_the_nearest_and_where_to_look() {
        let help = "`x new --help` says what there is";
        assert_eq!(
            said(&["new", "--plaform", "a"]),
            [
                "there is no option `--plaform`",
                "did you mean `--platform`?",
                help
            ]
        );
        assert_eq!(
            said(&["new", "--platform"]),
            ["`--platform <ID>` has no value", help]
        );
        assert_eq!(
            said(&["new", "--color", "nevr"]),
            [
                "`nevr` for `--color <color>` is not one of auto, never",
                "did you mean `never`?",
                help
            ]
        );
        assert_eq!(
            said(&["new", "--jobs", "0"]),
            ["`0` for `--jobs <jobs>`: 0 is not in 1..=65535", help]
        );
        assert_eq!(said(&["new", "a"]), ["`a` is one argument too many", help]);
        assert_eq!(
            said(&["nwe"]),
            [
                "there is no command `nwe`",
                "did you mean `new`?",
                "`x --help` says what there is"
            ]
        );
    }
}
