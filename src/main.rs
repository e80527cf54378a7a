//! The command line of copydesk: reads arguments and files, calls the library, prints what it says.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
