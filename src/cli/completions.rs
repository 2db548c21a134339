//! `scaffold completions`: what a shell needs to complete our command line.
//!
//! Called by `cli`. It must not know the commands: clap does.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::error::Result;
use crate::ui::Ui;

/// Print a completion script.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scaffold completions bash > ~/.local/share/bash-completion/completions/scaffold
  scaffold completions zsh > ~/.zfunc/_scaffold
  scaffold completions fish > ~/.config/fish/completions/scaffold.fish")]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

/// Runs it.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn run(arguments: &Arguments, ui: &Ui) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut <super::Arguments>::command(),
        "scaffold",
        &mut script,
    );
    ui.print(&String::from_utf8_lossy(&script))
}
