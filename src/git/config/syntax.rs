//! The text of one git configuration file, as a list of settings in the order of the file.
//!
//! Called by `config`, which finds the files and follows includes. It must not know what a setting means.
//! The grammar is that of <https://git-scm.com/docs/git-config#_syntax>.

/// One line `key = value` with the section that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// `section.key` or `section.subsection.key`; section and key in lower case, the subsection as written.
    pub(super) key: String,
    /// What stands behind the equals sign; `None` for a bare key, which means true.
    pub(super) value: Option<String>,
}

/// Reads a file's text.
///
/// # Errors
/// The number of the first line that is not git configuration, counted from 1.
pub(super) fn parse(text: &str) -> Result<Vec<Setting>, usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n");
    let mut reader = Reader {
        rest: text.chars().peekable(),
        line: 1,
    };
    let mut settings = Vec::new();
    let mut section = None;
    while let Some(next) = reader.rest.peek().copied() {
        let line = reader.line;
        match next {
            _ if next.is_whitespace() => reader.skip(),
            '#' | ';' => reader.skip_comment(),
            '[' => section = Some(reader.section().ok_or(line)?),
            _ => {
                let section = section.as_deref().ok_or(line)?;
                let (key, value) = reader.setting().ok_or(line)?;
                settings.push(Setting {
                    key: format!("{section}.{key}"),
                    value,
                });
            }
        }
    }
    Ok(settings)
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<char> {
        let taken = self.rest.next();
        self.line += usize::from(taken == Some('\n'));
        taken
    }

    fn skip(&mut self) {
        self.take();
    }

    fn skip_comment(&mut self) {
        while self.rest.peek().is_some_and(|it| *it != '\n') {
            self.skip();
        }
    }

    fn skip_blanks(&mut self) {
        while self.rest.peek().is_some_and(|it| matches!(it, ' ' | '\t')) {
            self.skip();
        }
    }

    /// `[section]`, `[section "subsection"]` or the old `[section.subsection]`; nothing where it is malformed.
    fn section(&mut self) -> Option<String> {
        self.skip();
        let mut name = String::new();
        loop {
            match self.take()? {
                ']' if name.is_empty() => return None,
                ']' => return Some(name),
                ' ' | '\t' => break,
                it if it.is_ascii_alphanumeric() || matches!(it, '-' | '.') => {
                    name.push(it.to_ascii_lowercase());
                }
                _ => return None,
            }
        }
        self.skip_blanks();
        if self.take()? != '"' {
            return None;
        }
        name.push('.');
        loop {
            match self.take()? {
                '\n' => return None,
                '"' => break,
                '\\' => name.push(self.take().filter(|it| *it != '\n')?),
                it => name.push(it),
            }
        }
        (self.take()? == ']').then_some(name)
    }

    /// `key = value` or a bare `key`; nothing where it is malformed.
    fn setting(&mut self) -> Option<(String, Option<String>)> {
        let mut key = String::new();
        while let Some(it) = self.rest.peek().copied() {
            if !(it.is_ascii_alphanumeric() || it == '-') {
                break;
            }
            key.push(it.to_ascii_lowercase());
            self.skip();
        }
        if !key.starts_with(|it: char| it.is_ascii_alphabetic()) {
            return None;
        }
        self.skip_blanks();
        match self.rest.peek() {
            None | Some('\n') => Some((key, None)),
            Some('=') => {
                self.skip();
                Some((key, Some(self.value()?)))
            }
            Some(_) => None,
        }
    }

    fn value(&mut self) -> Option<String> {
        let mut value = String::new();
        // Blanks count only when something follows them.
        let mut blanks = String::new();
        let mut quoted = false;
        self.skip_blanks();
        loop {
            let Some(it) = self.take() else {
                return (!quoted).then_some(value);
            };
            match it {
                '\n' if quoted => return None,
                '\n' => return Some(value),
                '#' | ';' if !quoted => {
                    self.skip_comment();
                    return Some(value);
                }
                _ if it.is_whitespace() && !quoted => {
                    blanks.push(it);
                    continue;
                }
                _ => {}
            }
            if it == '\\' && self.rest.peek() == Some(&'\n') {
                self.skip();
                continue;
            }
            if !value.is_empty() {
                value.push_str(&blanks);
            }
            blanks.clear();
            match it {
                '"' => quoted = !quoted,
                '\\' => value.push(match self.take()? {
                    'n' => '\n',
                    't' => '\t',
                    'b' => '\u{8}',
                    escaped @ ('"' | '\\') => escaped,
                    _ => return None,
                }),
                _ => value.push(it),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn read(text: &str) -> Vec<(String, Option<String>)> {
        let settings = parse(text).unwrap();
        settings.into_iter().map(|it| (it.key, it.value)).collect()
    }

    fn value(text: &str) -> String {
        read(&format!("[a]\n b = {text}\n"))[0].1.clone().unwrap()
    }

    #[test]
    fn sections_and_keys_ignore_case_and_subsections_do_not() {
        let text =
            "[User]\n\tName = Ada\n[includeIf \"gitdir:~/Work/\"]\n\tpath=x\n[Old.Style]\nbare\n";
        let expected = [
            ("user.name", Some("Ada")),
            ("includeif.gitdir:~/Work/.path", Some("x")),
            ("old.style.bare", None),
        ];
        let read = read(text);
        let read: Vec<_> = read
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_deref()))
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn values_are_unquoted_as_git_does() {
        assert_eq!(value("  Ada  Lovelace  "), "Ada  Lovelace");
        assert_eq!(value("Ada ; a comment"), "Ada");
        assert_eq!(value(r#""Ada # Lovelace" "#), "Ada # Lovelace");
        assert_eq!(value(r#"a\"b\\c\td"#), "a\"b\\c\td");
        assert_eq!(value("one \\\n  two"), "one   two");
        assert_eq!(value(""), "");
    }

    #[test]
    fn a_malformed_line_is_named() {
        assert_eq!(parse("[a]\nb = 1\n= 2\n"), Err(3));
        assert_eq!(parse("b = 1\n"), Err(1));
        assert_eq!(parse("[a\n"), Err(1));
        assert_eq!(parse("[a]\nb = \"open\n"), Err(2));
        assert_eq!(parse("[a]\nb = \\x\n"), Err(2));
    }
}
