//! The names in a file of environment variables: `.env`, `.env.example`. Values are never kept.
//!
//! Read by checks. The lines are those that python-dotenv, Docker and the platforms' own tools read: `NAME=value`, `export NAME=value`,
//! comments, and quoted values over several lines.

/// What a file names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// The names with their lines, from 1, in order.
    pub(crate) given: Vec<(String, u32)>,
    /// The names that are set to nothing, each with its line.
    pub(crate) empty: Vec<(String, u32)>,
    /// The lines that name nothing.
    pub(crate) mistakes: Vec<u32>,
}

impl Names {
    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut found = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut quote = None;
        for (line, content) in (1..).zip(text.lines()) {
            if let Some(open) = quote {
                if is_closed(content, open) {
                    quote = None;
                }
                continue;
            }
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let content = content.strip_prefix("export ").unwrap_or(content);
            let (name, value) = match content.split_once('=') {
                Some((name, value)) => (name.trim_end(), value.trim_start()),
                // A name alone takes its value from the surroundings.
                None => (content, ""),
            };
            let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-');
            if name.is_empty() || !name.chars().all(is_name) {
                found.mistakes.push(line);
                continue;
            }
            found.given.push((name.to_owned(), line));
            // As `python-dotenv` reads it, a comment begins behind a space.
            let written = content.split_once('=').map_or("", |(_, it)| it);
            let plain = written.split(" #").next().unwrap_or_default().trim();
            if content.contains('=') && matches!(plain, "" | "\"\"" | "''") {
                found.empty.push((name.to_owned(), line));
            }
            let mut characters = value.chars();
            quote = characters
                .next()
                .filter(|it| matches!(it, '"' | '\''))
                .filter(|it| !is_closed(characters.as_str(), *it));
        }
        found
    }

    /// Whether it has this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(it, _)| it == name)
    }
}

/// Whether a quoted value ends in this text.
fn is_closed(text: &str, quote: char) -> bool {
    let mut is_escaped = false;
    text.chars().any(|it| {
        let ends = it == quote && !is_escaped;
        is_escaped = it == '\\' && !is_escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Names;

    #[test]
    fn names_are_read_and_values_are_not() {
        let text =
            "# A=1\nB=2 # why\nexport C = 'x'\n\nD=\"a\nE=b\n\"\nF\n??\nG=\"it's \\\" on\"\n";
        let names = Names::parse(text);
        let found: Vec<&str> = names.given.iter().map(|(it, _)| it.as_str()).collect();
        assert_eq!(found, ["B", "C", "D", "F", "G"]);
        assert_eq!(names.given[2].1, 5);
        assert_eq!(names.mistakes, [9]);
        let names = Names::parse("A=\nB= # why\nC=''\nD=\"\" # why\nE\nF=#1\nG=a\n");
        let empty: Vec<u32> = names.empty.iter().map(|(_, line)| *line).collect();
        assert_eq!(empty, [1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|[\n=\"'\\\\#])*") {
            let names = Names::parse(&text);
            prop_assert!(names.given.len() <= text.lines().count());
        }
    }
}
