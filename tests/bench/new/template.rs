//! Our own project turned into templates of the peers: the same files, where its name and its author are variables.
//!
//! What a peer makes of them must be the project again, byte for byte; its row checks that.

use std::fmt::Write;
use std::path::Path;

use crate::harness::place::remove;
use crate::sample::{self, AUTHOR, NAME, PACKAGE, Sample};

/// The variables: name, and the text that stands for it in the project. None is part of another one.
const VARIABLES: [(&str, &str); 3] = [("name", NAME), ("package", PACKAGE), ("author", AUTHOR)];

/// What begins something for Jinja.
const OPENINGS: [&str; 3] = ["{{", "{%", "{#"];

/// A template for cookiecutter, which renders every file of text.
pub(crate) fn cookiecutter(sample: &Sample, folder: &Path) {
    remove(folder);
    let context: serde_json::Map<String, serde_json::Value> = VARIABLES
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    let context = serde_json::Value::Object(context).to_string();
    sample::write(&folder.join("cookiecutter.json"), false, context.as_bytes());
    let root = folder.join("{{cookiecutter.name}}");
    for (path, executable, bytes) in sample.files() {
        let (path, _) = substitute(path, "cookiecutter.");
        let rendered = text(bytes).map(|it| substitute(it, "cookiecutter.").0);
        let bytes = rendered.as_ref().map_or(bytes, String::as_bytes);
        sample::write(&root.join(path), executable, bytes);
    }
}

/// A template for copier, which renders the files with its suffix and copies the others.
pub(crate) fn copier(sample: &Sample, folder: &Path) {
    remove(folder);
    let mut questions = "_subdirectory: template\n".to_owned();
    for (name, value) in VARIABLES {
        writeln!(questions, "{name}:\n  type: str\n  default: {value}").unwrap();
    }
    sample::write(&folder.join("copier.yml"), false, questions.as_bytes());
    let root = folder.join("template");
    for (path, executable, bytes) in sample.files() {
        let (path, _) = substitute(path, "");
        match text(bytes).map(|it| substitute(it, "")) {
            Some((content, true)) => {
                let path = root.join(format!("{path}.jinja"));
                sample::write(&path, executable, content.as_bytes());
            }
            _ => sample::write(&root.join(path), executable, bytes),
        }
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Puts variables in the place of their texts, and says whether there were any.
fn substitute(text: &str, namespace: &str) -> (String, bool) {
    let mut escaped = String::new();
    let mut rest = text;
    while let Some(found) = rest.find('{') {
        let (before, at) = rest.split_at(found);
        escaped.push_str(before);
        let opening = OPENINGS.iter().find(|it| at.starts_with(**it));
        let taken = if let Some(opening) = opening {
            write!(escaped, "{{{{ '{opening}' }}}}").unwrap();
            opening.len()
        } else {
            escaped.push('{');
            1
        };
        rest = &at[taken..];
    }
    escaped.push_str(rest);
    let mut result = escaped.clone();
    for (name, value) in VARIABLES {
        result = result.replace(value, &format!("{{{{{namespace}{name}}}}}"));
    }
    let changed = result != escaped;
    (result, changed)
}
