//! The one error type of the crate: what happened, where, and what to type next.
//!
//! Every module makes these; only `cli` prints them. An error knows its exit code, so no caller has to.
//! It must not know about terminals, colours or formats.

use std::fmt;
use std::path::Path;

/// Short for a result that fails with [`Error`].
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why the program stops; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The work was done and something is not as it should be: exit code 1.
    Findings,
    /// It could not be done: bad input, a missing tool, a full disk: exit code 2.
    Failed,
    /// The user pressed Ctrl-C or said no, or the system asked us to stop: exit code 130.
    Interrupted,
}

/// An error for a person: one line that says what and where, hints that say what to type next.
#[derive(Debug)]
pub(crate) struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// It could not be done. `message` is one sentence without a full stop, naming the thing.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Failed,
            message: message.into(),
            hints: Vec::new(),
            source: None,
        }
    }

    /// The work is done, and its result is not clean.
    pub(crate) fn findings(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Findings,
            ..Self::new(message)
        }
    }

    /// Stopped by Ctrl-C or a termination signal.
    pub(crate) fn interrupted() -> Self {
        Self {
            kind: Kind::Interrupted,
            ..Self::new("interrupted")
        }
    }

    /// Asked whether to go on, the user said no.
    pub(crate) fn declined() -> Self {
        Self {
            kind: Kind::Interrupted,
            ..Self::new("nothing was made: you said no")
        }
    }

    /// Adds a line that says what to do or type next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the error below this one, printed as `caused by`.
    pub(crate) fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds what went wrong in clearing up after this error: as hints, for this one stays the reason.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.hints.push(match other.causes().first() {
            Some(reason) => format!("{} ({reason})", other.message),
            None => other.message.clone(),
        });
        self.hints.extend(other.hints.iter().cloned());
        self
    }

    /// The same error about another path: where something is made out of sight, a person is told of the place that they named.
    pub(crate) fn about(mut self, hidden: &Path, shown: &Path) -> Self {
        let (hidden, shown) = (hidden.display().to_string(), shown.display().to_string());
        self.message = self.message.replace(&hidden, &shown);
        for hint in &mut self.hints {
            *hint = hint.replace(&hidden, &shown);
        }
        // The causes are other libraries' own: where they name the path, their words are kept, and only those.
        let causes = self.causes();
        if causes.iter().any(|it| it.contains(&hidden)) {
            self.source = causes.into_iter().rev().fold(None, |below, words| {
                let mut error = Self::new(words.replace(&hidden, &shown));
                error.source = below;
                Some(error.into())
            });
        }
        self
    }

    /// What kind of stop this is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The line itself.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The lines that say what to type next, outermost first.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The messages of the errors below, outermost first.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut next = std::error::Error::source(self);
        while let Some(error) = next {
            let text = error.to_string();
            // Many libraries repeat the cause in their own message; a line that says nothing new is left out.
            if causes
                .last()
                .is_none_or(|last: &String| !last.contains(&text))
            {
                causes.push(text);
            }
            next = error.source();
        }
        causes
    }

    /// The exit code: 1 findings, 2 could not do it, 130 interrupted.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Findings => 1,
            Kind::Failed => 2,
            Kind::Interrupted => 130,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Error;

    #[test]
    fn a_cause_that_repeats_the_one_above_it_is_said_once() {
        let io = std::io::Error::other("disk on fire");
        let middle = Error::new("cannot write a.txt: disk on fire").caused_by(io);
        let outer = Error::new("cannot make the project").caused_by(middle);
        assert_eq!(outer.causes(), ["cannot write a.txt: disk on fire"]);
    }

    #[test]
    fn a_hidden_place_is_shown_as_the_one_that_it_stands_for() {
        let inner = Error::new("no room in /w/.stage-1/root/a").caused_by("disk on fire");
        let error = Error::new("cannot write `/w/.stage-1/root/a/x`")
            .hint("look at /w/.stage-1/root/a")
            .caused_by(inner)
            .about(Path::new("/w/.stage-1/root/a"), Path::new("/w/a"));
        assert_eq!(error.message(), "cannot write `/w/a/x`");
        assert_eq!(error.hints(), ["look at /w/a"]);
        assert_eq!(error.causes(), ["no room in /w/a", "disk on fire"]);
    }

    #[test]
    fn exit_codes_are_the_documented_ones() {
        assert_eq!(Error::findings("x").exit_code(), 1);
        assert_eq!(Error::new("x").exit_code(), 2);
        assert_eq!(Error::interrupted().exit_code(), 130);
    }
}
