//! Asking a person on a terminal: choices to pick from, help, validation at the prompt.
//!
//! Called by `cli::new` and `cli::doctor`. Prompts are talk: they go to standard error. Ctrl-C ends the asking and the program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, Select};

use crate::error::{Error, Result};
use crate::project::person::{Person, Question};
use crate::ui::Ui;

/// Set while a person is being asked: nothing has been made yet, and the terminal is not as it was.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Ends the process at once where it is only waiting for a person, with the terminal as it was. To be called when it is asked to
/// stop; a read from a terminal does not return then.
pub(crate) fn stop_asking() {
    if ASKING.load(Ordering::SeqCst) {
        end();
    }
}

/// Ends the process while a person is being asked. Ctrl-C is told of twice, by the signal and by the prompt that it reached: whoever
/// comes first says so, and the other waits for the end.
fn end() -> ! {
    static ENDING: AtomicBool = AtomicBool::new(false);
    while ENDING.swap(true, Ordering::SeqCst) {
        std::thread::park();
    }
    // Who draws the question at this moment waits behind this, so that the last words are the last.
    let _still = std::io::stderr().lock();
    let terminal = Term::stderr();
    // Nothing is lost where the terminal is gone.
    let _ = terminal.show_cursor();
    let words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    // The cursor may stand behind a question.
    let _ = terminal.write_line(&format!("\n{words}"));
    #[cfg(unix)]
    if let Some(state) = TERMINAL.get() {
        let _ = rustix::termios::tcsetattr(
            std::io::stdin(),
            rustix::termios::OptionalActions::Now,
            state,
        );
    }
    #[expect(
        clippy::exit,
        reason = "the thread that reads the terminal cannot be told"
    )]
    std::process::exit(130);
}

/// What is said where the person ends the asking.
static LAST_WORDS: Mutex<String> = Mutex::new(String::new());

/// How the terminal was before the first question.
#[cfg(unix)]
static TERMINAL: std::sync::OnceLock<rustix::termios::Termios> = std::sync::OnceLock::new();

/// The person at the terminal.
pub(crate) struct Prompt<'a> {
    ui: &'a Ui,
    theme: Box<dyn Theme>,
    terminal: Term,
}

impl<'a> Prompt<'a> {
    /// Asks on standard error; `last_words` are said where the person ends the asking: what was done until then.
    pub(crate) fn new(ui: &'a Ui, last_words: &str) -> Self {
        Self::say_last(last_words);
        #[cfg(unix)]
        if let Ok(state) = rustix::termios::tcgetattr(std::io::stdin()) {
            TERMINAL.get_or_init(|| state);
        }
        ASKING.store(true, Ordering::SeqCst);
        let theme: Box<dyn Theme> = if ui.is_coloured() {
            Box::new(ColorfulTheme::default())
        } else {
            Box::new(SimpleTheme)
        };
        Self {
            ui,
            theme,
            terminal: Term::stderr(),
        }
    }

    /// Replaces what is said where the person ends the asking, as more has been done since.
    pub(crate) fn say_last(words: &str) {
        let mut last = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        words.clone_into(&mut last);
    }

    /// How many columns the terminal has.
    pub(crate) fn width(&self) -> usize {
        usize::from(self.terminal.size().1)
    }

    /// Asks for a yes before something is done.
    ///
    /// # Errors
    /// When they say no.
    pub(crate) fn confirm(&self, question: &str) -> Result<()> {
        if self.agrees(question, true)? {
            Ok(())
        } else {
            Err(Error::declined())
        }
    }

    /// Asks for a yes or a no; Enter is the one that is given. Escape is a no.
    ///
    /// # Errors
    /// When the terminal cannot be asked.
    pub(crate) fn agrees(&self, question: &str, otherwise: bool) -> Result<bool> {
        let answer = Confirm::with_theme(self.theme.as_ref())
            .with_prompt(question)
            .default(otherwise)
            .interact_on_opt(&self.terminal);
        Ok(self.outcome(answer)? == Some(true))
    }

    /// The end of a prompt: dialoguer reports Ctrl-C as an interrupted read, and hides the cursor while a list is shown.
    fn outcome<T>(&self, answer: dialoguer::Result<T>) -> Result<T> {
        answer.map_err(|dialoguer::Error::IO(error)| {
            // Nothing is lost where the terminal is gone.
            let _ = self.terminal.show_cursor();
            match error.kind() {
                std::io::ErrorKind::Interrupted | std::io::ErrorKind::UnexpectedEof => end(),
                _ => Error::new("cannot ask on this terminal")
                    .hint("answer with flags, --set or --answers, or take the defaults: --defaults")
                    .caused_by(error),
            }
        })
    }
}

impl Drop for Prompt<'_> {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::SeqCst);
    }
}

impl Person for Prompt<'_> {
    fn ask(&mut self, question: &Question<'_>) -> Result<String> {
        if !question.help.is_empty() {
            self.ui
                .say(self.ui.talk().dim.apply_to(&question.help).to_string());
        }
        if question.choices.is_empty() {
            let text = Input::<String>::with_theme(self.theme.as_ref())
                .with_prompt(&question.title)
                .default(question.default.clone())
                .show_default(!question.default.is_empty())
                .allow_empty(true)
                .validate_with(|text: &String| (question.check)(text.trim()))
                .interact_text_on(&self.terminal);
            return Ok(self.outcome(text)?.trim().to_owned());
        }
        // A line that wraps is not taken away again, and the one picked is shown behind the question.
        let width = self
            .width()
            .saturating_sub(question.title.chars().count() + 6)
            .max(20);
        let labels: Vec<_> = question
            .choices
            .iter()
            .map(|it| console::truncate_str(&it.label, width, "…"))
            .collect();
        let default = question
            .choices
            .iter()
            .position(|it| it.id == question.default)
            .unwrap_or_default();
        let picked = Select::with_theme(self.theme.as_ref())
            .with_prompt(&question.title)
            .items(&labels)
            .default(default)
            .interact_on_opt(&self.terminal);
        // Escape picks nothing.
        let Some(index) = self.outcome(picked)? else {
            end();
        };
        Ok(question.choices[index].id.clone())
    }
}
