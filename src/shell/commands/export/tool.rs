//! Man pages and completions, from the one definition of the flags.

use super::Written;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Arguments;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// One page for the program and one for each command.
pub(super) fn man_pages() -> Result<Vec<Written>, Refusal> {
    let mut pages = Vec::new();
    let mut whole = Arguments::command();
    whole.build();
    page(&whole, "strongroom", &mut pages)?;
    Ok(pages)
}

fn page(command: &clap::Command, name: &str, pages: &mut Vec<Written>) -> Result<(), Refusal> {
    // Man pages of commands are named as git names its own: strongroom-ledger-head.
    let titled = command.clone().name(name.to_string()).bin_name(name.replace('-', " "));
    let mut bytes = Vec::new();
    clap_mangen::Man::new(titled)
        .render(&mut bytes)
        .map_err(|fault| Refusal::new(Rule::InputOutput, format!("a man page cannot be written: {fault}")))?;
    pages.push((format!("{name}.1"), bytes));
    let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
    inner
        .into_iter()
        .try_for_each(|inner| page(inner, &format!("{name}-{}", inner.get_name()), pages))
}

/// The completions of one shell.
pub(super) fn completions(shell: Shell) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "strongroom", &mut bytes);
    String::from_utf8(bytes).map_err(|_| Refusal::new(Rule::Internal, "completions are text"))
}
