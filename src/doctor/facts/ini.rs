//! INI files as Python's `configparser` reads them (`.flake8`, `setup.cfg`, `tox.ini`, `pip.conf`), with lines.
//!
//! Read by checks and by other facts. Whatever is no INI is a mistake with its line, and the rest is read. It must not know what the
//! options mean.

use super::node::Mistake;

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ini {
    /// Its sections, in order.
    pub(crate) sections: Vec<Section>,
    /// What `configparser` would refuse.
    pub(crate) mistakes: Vec<Mistake>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// What stands between its brackets.
    pub(crate) name: String,
    /// The line of its header, from 1.
    pub(crate) line: u32,
    /// Its options, in order.
    pub(crate) options: Vec<Setting>,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// In lower case.
    pub(crate) key: String,
    /// Its value; further lines of it stand on lines of their own, without indentation.
    pub(crate) value: String,
    /// Its line, from 1.
    pub(crate) line: u32,
    /// The last line of its value.
    pub(crate) last_line: u32,
}

impl Ini {
    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut ini = Self::default();
        let mut indentation = 0;
        let mut is_open = false;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, whole) in (1..).zip(text.lines()) {
            let content = whole.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let indent = whole.chars().take_while(|it| it.is_whitespace()).count();
            if is_open && indent > indentation {
                ini.go_on(line, content);
                continue;
            }
            indentation = indent;
            is_open = ini.take(line, content);
        }
        ini
    }

    /// Adds a line to the option above it.
    fn go_on(&mut self, line: u32, content: &str) {
        let section = self.sections.last_mut();
        if let Some(option) = section.and_then(|it| it.options.last_mut()) {
            option.value.push('\n');
            option.value.push_str(content);
            option.last_line = line;
        }
    }

    /// Takes a header or an option; says whether lines below can belong to it.
    fn take(&mut self, line: u32, content: &str) -> bool {
        let header = content.strip_prefix('[');
        if let Some((name, _)) = header.and_then(|it| it.rsplit_once(']')) {
            if self.section(name).is_some() {
                self.wrong(line, format!("the section [{name}] is there twice"));
            }
            self.sections.push(Section {
                name: name.to_owned(),
                line,
                options: Vec::new(),
            });
            return false;
        }
        let option = content.split_once(['=', ':']);
        let option = option.map(|(key, value)| (key.trim().to_lowercase(), value.trim()));
        let Some((key, value)) = option.filter(|(key, _)| !key.is_empty()) else {
            self.wrong(line, "neither a [section] nor `key = value`".to_owned());
            return false;
        };
        let Some(section) = self.sections.last_mut() else {
            self.wrong(line, "it stands above the first [section]".to_owned());
            return false;
        };
        let is_there = section.options.iter().any(|it| it.key == key);
        let message = format!("`{key}` is there twice in [{}]", section.name);
        section.options.push(Setting {
            key,
            value: value.to_owned(),
            line,
            last_line: line,
        });
        if is_there {
            self.wrong(line, message);
        }
        true
    }

    fn wrong(&mut self, line: u32, message: String) {
        self.mistakes.push(Mistake { message, line });
    }

    /// The section of this name.
    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|it| it.name == name)
    }

    /// An option, its key in lower case.
    pub(crate) fn option(&self, section: &str, key: &str) -> Option<&Setting> {
        self.section(section)?.option(key)
    }
}

impl Section {
    /// An option, its key in lower case.
    pub(crate) fn option(&self, key: &str) -> Option<&Setting> {
        self.options.iter().find(|it| it.key == key)
    }
}

impl Setting {
    /// The value as a list: parted at commas and white space.
    pub(crate) fn words(&self) -> Vec<&str> {
        let parts = self.value.split(|it: char| it == ',' || it.is_whitespace());
        parts.filter(|it| !it.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Ini;

    #[test]
    fn a_file_is_read_as_configparser_reads_it() {
        let ini = Ini::parse(
            "# why\n[flake8]\nMax-Line-Length = 88\nextend-ignore =\n    E203,\n    # why\n    W503\n\n[tool:pytest]\nkey: a = b\n",
        );
        assert!(ini.mistakes.is_empty());
        let length = ini.option("flake8", "max-line-length").unwrap();
        assert_eq!((length.value.as_str(), length.line), ("88", 3));
        let ignored = ini.option("flake8", "extend-ignore").unwrap();
        assert_eq!(ignored.words(), ["E203", "W503"]);
        assert_eq!(ini.option("tool:pytest", "key").unwrap().value, "a = b");
        assert_eq!(ini.section("tool:pytest").unwrap().line, 9);
    }

    #[test]
    fn what_configparser_refuses_is_a_mistake_with_its_line() {
        for (text, line) in [
            ("key = 1\n", 1),
            ("[a]\nword\n", 2),
            ("[a]\n= 1\n", 2),
            ("[a]\nk = 1\nk = 2\n", 3),
            ("[a]\n[a]\n", 2),
            ("[a\n", 1),
        ] {
            let mistakes = Ini::parse(text).mistakes;
            assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
            assert_eq!(mistakes[0].line, line, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|[\n\t \\[\\]=:#;])*") {
            let ini = Ini::parse(&text);
            let lines = text.lines().count();
            for mistake in ini.mistakes {
                prop_assert!(mistake.line as usize <= lines);
            }
        }
    }
}
