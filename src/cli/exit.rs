//! How a run ends: the exit codes, and trouble as `error:` and `hint:` lines on stderr.

use std::io;
use std::process::ExitCode;

use copydesk::{Error, ErrorKind};

/// The exit codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done; every dump was written or rejected on purpose.
    Done = 0,
    /// Done, but some dumps failed, or `validate` or `rules check` found violations.
    SomeFailed = 1,
    /// Nothing usable: arguments, options, rules, or the output folder.
    Unusable = 2,
    /// Interrupted; what was finished is kept, and `--resume` goes on from there.
    Interrupted = 130,
}

/// The exit codes as `--help` prints them.
pub(crate) const HELP: &str = "\
Exit codes:
  0    done, every dump was written or rejected on purpose
  1    done, but some dumps failed, or validate or rules check found violations
  2    nothing usable: arguments, options, rules or output folder
  130  interrupted: what was finished is kept, and --resume goes on from there";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command stopped early.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The library could not go on.
    Library(Error),
    /// Standard output could not be written.
    Output(io::Error),
}

impl Trouble {
    /// Trouble with arguments or options.
    pub(crate) fn options(message: impl Into<String>) -> Self {
        Self::Library(Error::new(ErrorKind::Options, message))
    }

    /// Prints it to stderr. A closed pipe is success: the reader has what it wanted.
    pub(crate) fn report(&self) -> Exit {
        match self {
            Trouble::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Trouble::Output(error) => {
                eprintln!("error: could not write to standard output: {error}");
                Exit::Unusable
            }
            Trouble::Library(error) if error.kind() == ErrorKind::Interrupted => {
                report_error(error);
                Exit::Interrupted
            }
            Trouble::Library(error) => {
                report_error(error);
                Exit::Unusable
            }
        }
    }
}

/// Prints an error of the library as a line, and its cure as another.
fn report_error(error: &Error) {
    eprintln!("error: {error}");
    if let Some(hint) = error.hint_text() {
        eprintln!("hint: {hint}");
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_success_and_a_full_disk_is_not() {
        assert_eq!(Trouble::Output(io::ErrorKind::BrokenPipe.into()).report(), Exit::Done);
        assert_eq!(Trouble::Output(io::ErrorKind::StorageFull.into()).report(), Exit::Unusable);
    }

    #[test]
    fn help_names_every_code() {
        for exit in [Exit::Done, Exit::SomeFailed, Exit::Unusable, Exit::Interrupted] {
            assert!(HELP.contains(&format!("\n  {:<5}", exit as u8)), "{exit:?}");
        }
    }
}
