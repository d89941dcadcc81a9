//! What ran, what failed, and what was skipped: counted, never glossed over.

use crate::{census, process};
use std::collections::BTreeSet;
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

/// What a test runner said of its tests.
#[derive(Default)]
pub struct Told {
    counts: Counts,
    /// Names of those that ran, where the runner prints them: cargo's and wasm-bindgen's.
    pub ran: Vec<String>,
    /// Names of those that failed: node's.
    failed: BTreeSet<String>,
}

impl Told {
    fn read(&mut self, line: &str) {
        self.counts.read(line);
        self.ran.extend(census::name_in(line).map(str::to_owned));
        self.failed.extend(failed_name(line).map(str::to_owned));
    }
}

/// The name of the failed test on a line of node's spec reporter, `✖ name (12.3ms)`.
fn failed_name(line: &str) -> Option<&str> {
    let (name, time) = line.trim_start().strip_prefix("✖ ")?.rsplit_once(" (")?;
    time.ends_with("ms)").then_some(name)
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

/// The stages of a run, in order, and the tests that passed on their second try.
#[derive(Default)]
pub struct Report {
    stages: Vec<Stage>,
    flaky: Vec<String>,
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
    pub fn tests(&mut self, name: &str, command: &mut Command) -> Told {
        let (stage, told) = run_tests(name, command);
        self.stages.push(stage);
        told
    }

    /// The same, and once more when it fails. What passes only then is told as flaky.
    pub fn tests_tried_twice(&mut self, name: &str, mut command: impl FnMut() -> Command) {
        self.try_twice(name, |name| run_tests(name, &mut command()));
    }

    fn try_twice(&mut self, name: &str, mut run: impl FnMut(&str) -> (Stage, Told)) {
        let (mut stage, first) = run(name);
        if matches!(stage.outcome, Outcome::Failed(_)) {
            let first_took = stage.took;
            let (second_stage, second) = run(&format!("{name} (second try)"));
            stage = Stage { took: first_took + second_stage.took, ..second_stage };
            let whole = BTreeSet::from(["the whole file".to_owned()]);
            let failed = if first.failed.is_empty() { &whole } else { &first.failed };
            self.flaky.extend(failed.difference(&second.failed).map(|test| format!("{name}: {test}")));
        }
        self.stages.push(stage);
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
        for test in &self.flaky {
            println!("\nFLAKY, passed on its second try only: {test}");
        }
        println!("\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn run_tests(name: &str, command: &mut Command) -> (Stage, Told) {
    println!("\n== {name}");
    let start = Instant::now();
    let mut told = Told::default();
    let ended = process::run_watched(command, |line| told.read(line));
    let mut counts = told.counts;
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
    (Stage { name: name.to_owned(), outcome, counts, took: start.elapsed() }, told)
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
    fn failed_tests_of_node_are_named() {
        assert_eq!(failed_name("  ✖ clicks count once (12.3ms)"), Some("clicks count once"));
        assert_eq!(failed_name("✖ failing tests:"), None);
        assert_eq!(failed_name("✔ clicks count once (12.3ms)"), None);
    }

    #[test]
    fn what_passes_on_its_second_try_is_told() {
        let mut report = Report::default();
        let mut tries = [["seldom", "never"].as_slice(), &["never"]].into_iter();
        report.try_twice("a file", |name| {
            let failed = tries.next().expect("two tries").iter().map(|test| (*test).to_owned()).collect();
            let stage = Stage {
                name: name.to_owned(),
                outcome: Outcome::Failed(String::new()),
                counts: Counts::default(),
                took: Duration::ZERO,
            };
            (stage, Told { failed, ..Told::default() })
        });
        assert_eq!(report.flaky, ["a file: seldom"]);
        assert_eq!(report.stages.len(), 1);
    }

    #[test]
    fn a_runner_that_ran_nothing_has_failed() {
        let mut report = Report::default();
        report.tests("nothing", Command::new("true").arg(""));
        assert!(matches!(report.stages[0].outcome, Outcome::Failed(_)));
        assert_eq!(report.stages[0].counts.failed, 1);
    }
}
