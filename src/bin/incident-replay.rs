//! The command line: simulate, check the claims, calibrate, and the JSON Schema of scenarios.

use std::process::ExitCode;

fn main() -> ExitCode {
    incident_replay::cli::main()
}
