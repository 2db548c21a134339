//! Taking out of texts what is the user's own: home, names, addresses' credentials, values of environment variables.
//!
//! Called by `bundle` for all of a report, and by `plan` for what a diff shows. It must not know what the texts say.

use serde_json::Value;

use crate::host::Host;

/// Variables that hold a name, and what stands for it.
const NAMES: [(&str, &str); 5] = [
    ("USER", "<user>"),
    ("LOGNAME", "<user>"),
    ("USERNAME", "<user>"),
    ("HOSTNAME", "<host>"),
    ("COMPUTERNAME", "<host>"),
];

/// Values of variables that are shorter than this say nothing of anybody, and stand in too many words.
const SHORTEST: usize = 5;

/// What is taken out of a text.
pub(super) struct Redaction {
    /// Wherever it stands, and what stands there instead; the longest first.
    values: Vec<(String, String)>,
    /// Where it stands by itself: a name may be a part of any word.
    names: Vec<(String, &'static str)>,
}

impl Redaction {
    pub(super) fn of(host: &Host) -> Self {
        let mut values: Vec<(String, String)> = Vec::new();
        for (name, value) in host.variables() {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            // Folders on PATH are what a report is about; the home in them is taken out below.
            let is_place = matches!(&*name, "PATH" | "PWD" | "OLDPWD" | "HOME" | "_");
            if value.len() >= SHORTEST && !is_place && !NAMES.iter().any(|(it, _)| *it == name) {
                values.push((value.into_owned(), format!("<{name}>")));
            }
        }
        let mut names: Vec<(String, &str)> = NAMES
            .iter()
            .filter_map(|(variable, instead)| Some((host.text(variable)?.to_owned(), *instead)))
            .collect();
        if let Some(home) = host.home() {
            values.push((home.display().to_string(), "~".to_owned()));
            let name = home.file_name().unwrap_or_default().to_string_lossy();
            names.push((name.into_owned(), "<user>"));
        }
        names.extend(hostname(host).map(|it| (it, "<host>")));
        names.retain(|(name, _)| !name.is_empty());
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self { values, names }
    }

    /// In every text of a document; its keys are ours.
    pub(super) fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|it| self.value(it)),
            Value::Object(entries) => entries.values_mut().for_each(|it| self.value(it)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&self, text: &str) -> String {
        let mut text = without_credentials(text);
        for (value, instead) in &self.values {
            text = text.replace(value, instead);
        }
        for (name, instead) in &self.names {
            text = without_name(&text, name, instead);
        }
        text
    }
}

/// Takes out a name where it is a whole part of a path, of an address or of a text.
fn without_name(text: &str, name: &str, instead: &str) -> String {
    let ends = |it: char| it.is_whitespace() || "/\\\"'@:,;=<>()[]`".contains(it);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, from) = rest.split_at(at);
        let after = &from[name.len()..];
        let is_whole = before.chars().next_back().is_none_or(ends)
            && !(before.is_empty() && clean.chars().next_back().is_some_and(|it| !ends(it)))
            && after.chars().next().is_none_or(ends);
        clean.push_str(before);
        clean.push_str(if is_whole { instead } else { name });
        rest = after;
    }
    clean + rest
}

/// `https://user:secret@host` as `https://<credentials>@host`.
pub(super) fn without_credentials(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let ends = |it: char| it == '/' || it == '"' || it.is_whitespace();
        let authority = &after[..after.find(ends).unwrap_or(after.len())];
        rest = match authority.rfind('@') {
            Some(sign) => {
                clean.push_str("<credentials>");
                &after[sign..]
            }
            None => after,
        };
    }
    clean + rest
}

fn hostname(host: &Host) -> Option<String> {
    let text = std::fs::read_to_string(host.system_file("/etc/hostname")).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Redaction, without_credentials};
    use crate::host::Host;

    #[test]
    fn what_is_the_users_own_is_taken_out() {
        let host = Host::made_up("/home/jane/work")
            .with_home("/home/jane")
            .with_variable("USER", "jane")
            .with_variable("TOKEN", "s3cr3t-value")
            .with_variable("PATH", "/usr/bin");
        let mut document = serde_json::json!({ "ok": [true, "true-ish"], "kind": "error" });
        let redaction = Redaction::of(
            &host
                .clone()
                .with_variable("X", "true-")
                .with_variable("Y", "error"),
        );
        redaction.value(&mut document);
        let expected = serde_json::json!({ "ok": [true, "<X>ish"], "kind": "<Y>" });
        assert_eq!(document, expected);
        let text = "\"/home/jane/work/x\" \"jane\" janet /srv/jane s3cr3t-value /usr/bin http://me:pw@index.example/simple http://h/a@b";
        assert_eq!(
            Redaction::of(&host).text(text),
            "\"~/work/x\" \"<user>\" janet /srv/<user> <TOKEN> /usr/bin http://<credentials>@index.example/simple http://h/a@b"
        );
        assert_eq!(
            without_credentials("https://a@b"),
            "https://<credentials>@b"
        );
    }
}
