//! Arguments to calls of the library, results to text or JSON. Data goes to stdout, words to stderr.
//! Never knows HTML, a regular expression or Arrow.

mod args;
mod build;
mod clean;
mod config;
mod exit;
mod inspect;
mod json;
mod matrix;
mod output;
mod progress;
mod rules;
mod schema;
mod stop;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use exit::{Exit, Trouble};

/// Environment variable that sets what is logged, in the syntax of tracing's filters.
const LOG_VARIABLE: &str = "COPYDESK_LOG";

/// Turns raw article dumps (text, HTML, rows, archives, crawls) into clean, typed Parquet.
#[derive(Debug, Parser)]
#[command(name = "copydesk", version, after_help = exit::HELP, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(Box<build::Args>),
    Clean(clean::Args),
    Inspect(inspect::Args),
    #[command(hide = true)]
    Matrix(matrix::Args),
    #[command(subcommand)]
    Rules(rules::Command),
    Validate(validate::Args),
    Schema(schema::Args),
}

/// Runs the command line and says how it ended.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse_from(args::spread_lists(std::env::args_os())) {
        Ok(cli) => cli,
        Err(error) => {
            // A pipe that closed while help was printed is no trouble.
            let _ = error.print();
            return if error.use_stderr() { Exit::Unusable.into() } else { Exit::Done.into() };
        }
    };
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .init();
    let result = match cli.command {
        Command::Build(args) => build::run(*args),
        Command::Clean(args) => clean::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Matrix(args) => matrix::run(args),
        Command::Rules(command) => rules::run(command),
        Command::Validate(args) => validate::run(args),
        Command::Schema(args) => schema::run(args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(trouble) => trouble.report().into(),
    }
}

/// What a command comes to.
type Outcome = Result<Exit, Trouble>;

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn each_command_and_each_argument_is_explained() {
        let mut open = vec![Cli::command()];
        while let Some(command) = open.pop() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|a| !["help", "version"].contains(&a.get_id().as_str())) {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            open.extend(command.get_subcommands().cloned());
        }
    }
}
