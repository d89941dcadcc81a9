//! Runs commands: prints them first, streams their output, and returns failures as errors.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Runs a command.
///
/// # Errors
/// The failure, with `hint` on what to do.
pub fn run(command: &mut Command, hint: &str) -> Result<(), String> {
    show(command);
    let status = command.status().map_err(|error| format!("{}: {error}\n{hint}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ({status})\n{hint}", line(command))) }
}

/// Runs a command, streams its standard output, and passes each line to `on_line`. Returns whether it succeeded.
pub fn run_watched(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<bool, String> {
    show(command);
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| format!("{}: {error}", line(command)))?;
    let mut output = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let mut bytes = Vec::new();
    while output.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
        let mut out = std::io::stdout().lock();
        // A closed terminal must not abort the tests.
        let _ = out.write_all(&bytes).and_then(|()| out.flush());
        on_line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    child.wait().map(|status| status.success()).map_err(|error| format!("{}: {error}", line(command)))
}

/// The standard output of a short command that should print little; `None` when it fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn show(command: &Command) {
    println!("$ {}", line(command));
    // The announcement must appear before the command's output.
    let _ = std::io::stdout().flush();
}

fn line(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
