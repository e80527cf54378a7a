//! Standard output for data, and what the terminals can show.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

/// Writes text to standard output as it is.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes one JSON value as one line.
pub(crate) fn print_json_line(value: &Value) -> io::Result<()> {
    print(&format!("{value}\n"))
}

/// Writes one JSON value over many lines.
pub(crate) fn print_json(value: &Value) -> io::Result<()> {
    print(&format!("{value:#}\n"))
}

/// Whether colours may be used on standard output.
pub(crate) fn stdout_has_colours() -> bool {
    io::stdout().is_terminal() && colours_wanted()
}

/// Whether people watch standard error.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether colours may be used on standard error.
pub(crate) fn stderr_has_colours() -> bool {
    stderr_is_terminal() && colours_wanted()
}

/// Colours are off when `NO_COLOR` holds anything (no-color.org), and on terminals that know none.
fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A number with commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
