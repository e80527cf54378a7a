//! The one error type: what was being done, to what, where, and what to do next.
//!
//! A dump's own trouble is never an error: it is a note, or a row of `rejects`.

use std::fmt;
use std::path::{Path, PathBuf};

/// What sort of thing went wrong. Decides the exit code of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing a file failed.
    Io,
    /// A rules file does not load.
    Rule,
    /// Arguments or a config file make no sense.
    Options,
    /// A file is not what it should be (a manifest, a schema, a Parquet file).
    Format,
    /// The run was interrupted by the user.
    Interrupted,
}

/// An error with its place and, where there is one, its cure.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    path: Option<PathBuf>,
    position: Option<(usize, usize)>,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A new error; `message` says what was being done, in lower case and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), path: None, position: None, hint: None, source: None }))
    }

    /// An input or output error, which always names its path.
    pub fn io(doing: &str, path: impl AsRef<Path>, cause: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, doing).at(path).because(cause)
    }

    /// Names the file.
    #[must_use]
    pub fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.0.path = Some(path.as_ref().to_path_buf());
        self
    }

    /// Names line and column, both from 1.
    #[must_use]
    pub fn at_line(mut self, line: usize, column: usize) -> Self {
        self.0.position = Some((line, column));
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// What sort of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the disk, or what the user may have of it, is full.
    pub fn is_full_disk(&self) -> bool {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let is_full = |e: &std::io::Error| matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge);
            if error.downcast_ref::<std::io::Error>().is_some_and(is_full) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// The file it happened to, if any.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Line and column, both from 1, if known.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.0.position
    }

    /// What to do about it, if known.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(path) = &self.0.path {
            write!(f, ": {}", path.display())?;
            if let Some((line, column)) = self.0.position {
                write!(f, ":{line}:{column}")?;
            }
        }
        if let Some(source) = &self.0.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|s| s as _)
    }
}
