//! What ran, what failed, and what was skipped: counted, never glossed over.

use crate::process;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// Tests as their runner counted them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    fn total(self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    /// Adds what a line of a test runner's output says. Understands cargo test and wasm-bindgen-test
    /// (`test result: ok. 3 passed; 0 failed; 1 ignored; …`) and node's spec reporter (`ℹ pass 3`).
    fn read(&mut self, line: &str) {
        if let Some(result) = line.trim_start().strip_prefix("test result: ") {
            for part in result.split(['.', ';']) {
                match part.trim().split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                    Some((number, "ignored")) => self.skipped += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        if let Some((word, number)) = line.strip_prefix("ℹ ").and_then(|rest| rest.split_once(' ')) {
            let number = number.parse().unwrap_or(0);
            match word {
                "pass" => self.passed += number,
                "fail" | "cancelled" => self.failed += number,
                "skipped" | "todo" => self.skipped += number,
                _ => {}
            }
        }
    }
}

enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

struct Stage {
    name: String,
    outcome: Outcome,
    counts: Counts,
    took: Duration,
}

/// The stages of a run, in order.
#[derive(Default)]
pub struct Report {
    stages: Vec<Stage>,
}

impl Report {
    /// Runs a check: one command that succeeds or fails. Counts as one test.
    pub fn check(&mut self, name: &str, command: &mut Command) {
        self.step(name, || process::run(command, "see its output above"));
    }

    /// Does something that succeeds or fails. Counts as one test. Returns whether it succeeded.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<(), String>) -> bool {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(message) => {
                eprintln!("error: {message}");
                Outcome::Failed(first_line(&message))
            }
        };
        let passed = matches!(outcome, Outcome::Passed);
        let counts = Counts { passed: u64::from(passed), failed: u64::from(!passed), skipped: 0 };
        self.stages.push(Stage { name: name.to_owned(), outcome, counts, took: start.elapsed() });
        passed
    }

    /// Runs a test runner and counts its tests. Fails too when it ran none.
    pub fn tests(&mut self, name: &str, command: &mut Command) {
        println!("\n== {name}");
        let start = Instant::now();
        let mut counts = Counts::default();
        let ended = process::run_watched(command, |line| counts.read(line));
        let outcome = match ended {
            Err(message) => Outcome::Failed(first_line(&message)),
            Ok(false) if counts.failed == 0 => Outcome::Failed("ended badly before its tests did".to_owned()),
            Ok(false) => Outcome::Failed("see its output above".to_owned()),
            Ok(true) if counts.failed > 0 => Outcome::Failed("ended well in spite of failed tests".to_owned()),
            Ok(true) if counts.total() == 0 => Outcome::Failed("ran no test".to_owned()),
            Ok(true) => Outcome::Passed,
        };
        if matches!(outcome, Outcome::Failed(_)) {
            counts.failed = counts.failed.max(1);
        }
        self.stages.push(Stage { name: name.to_owned(), outcome, counts, took: start.elapsed() });
    }

    /// Forgets the last stage if it failed, for a second try; tells whether it did.
    pub fn take_back_failure(&mut self) -> bool {
        let failed = self.stages.last().is_some_and(|stage| matches!(stage.outcome, Outcome::Failed(_)));
        if failed {
            self.stages.pop();
        }
        failed
    }

    /// Records what was not run and why. Counts as one skipped test.
    pub fn skip(&mut self, name: &str, reason: &str) {
        println!("\n== SKIPPED: {name}: {reason}");
        let counts = Counts { skipped: 1, ..Counts::default() };
        let outcome = Outcome::Skipped(first_line(reason));
        self.stages.push(Stage { name: name.to_owned(), outcome, counts, took: Duration::ZERO });
    }

    /// Prints the table and the closing line.
    pub fn finish(self) -> ExitCode {
        let width = self.stages.iter().map(|stage| stage.name.len()).max().unwrap_or_default();
        println!("\n{:width$}  {:8} {:>7} {:>7} {:>7} {:>7}", "stage", "result", "passed", "failed", "skipped", "time");
        let mut sum = Counts::default();
        for Stage { name, outcome, counts, took } in &self.stages {
            let (result, note) = match outcome {
                Outcome::Passed => ("passed", String::new()),
                Outcome::Failed(note) => ("FAILED", format!("  {note}")),
                Outcome::Skipped(note) => ("SKIPPED", format!("  {note}")),
            };
            let Counts { passed, failed, skipped } = counts;
            let seconds = took.as_secs();
            println!("{name:width$}  {result:8} {passed:>7} {failed:>7} {skipped:>7} {seconds:>5} s{note}");
            sum.passed += passed;
            sum.failed += failed;
            sum.skipped += skipped;
        }
        println!("\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(lines: &[&str]) -> (u64, u64, u64) {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read(line));
        (counts.passed, counts.failed, counts.skipped)
    }

    #[test]
    fn cargo_and_node_are_understood() {
        let cargo = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.12s";
        let bad = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 filtered out; finished in 1.50s";
        assert_eq!(counts(&[cargo, bad]), (13, 2, 1));
        assert_eq!(counts(&["ℹ tests 5", "ℹ pass 3", "ℹ fail 1", "ℹ cancelled 0", "ℹ skipped 1"]), (3, 1, 1));
        assert_eq!(counts(&["running 3 tests", "test a ... ok"]), (0, 0, 0));
    }

    #[test]
    fn a_runner_that_ran_nothing_has_failed() {
        let mut report = Report::default();
        report.tests("nothing", Command::new("true").arg(""));
        assert!(matches!(report.stages[0].outcome, Outcome::Failed(_)));
        assert_eq!(report.stages[0].counts.failed, 1);
    }
}
