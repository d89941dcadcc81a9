//! The native command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    incident_replay::cli::main()
}
