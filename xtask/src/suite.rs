//! The tests: native, wasm in each browser, and the release page end to end in each browser.

use crate::browsers::{self, Engine, Readiness};
use crate::census::{self, Kind};
use crate::report::{Report, Told};
use crate::{debian, page, setup, workspace};
use std::process::{Command, ExitCode};

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Native,
    Wasm,
    EndToEnd,
}

impl Part {
    pub fn parse(name: &str) -> Result<Part, String> {
        match name {
            "native" => Ok(Part::Native),
            "wasm" => Ok(Part::Wasm),
            "e2e" => Ok(Part::EndToEnd),
            _ => Err(format!("--only {name}: expected native, wasm or e2e")),
        }
    }
}

/// `cargo xtask test`.
pub fn test(only: Option<Part>, browser: Option<Engine>) -> ExitCode {
    let mut report = Report::default();
    run(&mut report, only, browser);
    report.finish()
}

/// Runs the chosen parts (all by default) in the chosen browser (each by default).
pub fn run(report: &mut Report, only: Option<Part>, browser: Option<Engine>) {
    let wanted = |part| only.is_none_or(|only| only == part);
    let mut engines = Vec::new();
    if wanted(Part::Wasm) || wanted(Part::EndToEnd) {
        let chosen: Vec<Engine> = Engine::ALL.into_iter().filter(|e| browser.is_none_or(|only| only == *e)).collect();
        // First, since nobody wants to learn after minutes that a browser is missing.
        let prepared = report.step("tools and browsers", || {
            setup::setup()?;
            engines = browsers::install(&chosen)?;
            Ok(())
        });
        if !prepared {
            return;
        }
    }
    // A browser alone asks for what runs in browsers.
    if wanted(Part::Native) && (browser.is_none() || only.is_some()) {
        native(report);
    }
    if wanted(Part::Wasm) {
        for readiness in &engines {
            in_browser(report, readiness, "wasm tests", wasm);
        }
    }
    if wanted(Part::EndToEnd) && report.step("release page", || page::build(None)) {
        if let Err(reason) = debian::install_renderers() {
            report.skip("renderers of documents", &reason);
        }
        for readiness in &engines {
            // Whoever names a browser wants all of it.
            in_browser(report, readiness, "end-to-end tests", if browser.is_some() { whole } else { end_to_end });
        }
    }
}

fn native(report: &mut Report) {
    let has_prometheus = report.step("Prometheus", debian::install_prometheus);
    // With the page's own unit tests, and with documentation tests, which `--all-targets` would leave out.
    let mut command = workspace::command("cargo");
    command.args(["test", "--workspace", "--features", "ui"]);
    if has_prometheus {
        // What is installed must not be skipped.
        command.env("INCIDENT_REPLAY_PROMETHEUS", "required");
    }
    let told = report.tests("native tests", &mut command);
    report.step("every native test ran", || all_ran(Kind::Native, &told));
    // Scenario, simulation, recording, replay and exports need neither the command line's crates nor the page's.
    report
        .check("core without features", workspace::command("cargo").args(["check", "--no-default-features", "--lib"]));
}

fn all_ran(kind: Kind, told: &Told) -> Result<(), String> {
    let missing = census::missing(kind, &told.ran)?;
    if missing.is_empty() { Ok(()) } else { Err(format!("no command ran {}", missing.join(", "))) }
}

fn in_browser(report: &mut Report, readiness: &Readiness, what: &str, run: fn(&mut Report, Engine, &str)) {
    let (engine, ready) = readiness;
    let name = format!("{what} in {}", engine.name());
    match ready {
        Ok(()) => run(report, *engine, &name),
        Err(reason) => report.skip(&name, reason),
    }
}

fn wasm(report: &mut Report, engine: Engine, name: &str) {
    let mut command = in_engine(engine, "test");
    let told = report.tests(name, command.args(["--test", "wasm"]));
    report.step(&format!("every test of {name} ran"), || all_ran(Kind::Wasm, &told));
}

/// `cargo test` or `cargo bench` of the page's program in a browser; which target of the package, the caller adds.
pub fn in_engine(engine: Engine, cargo_command: &str) -> Command {
    let mut command = engine.command("cargo");
    command.args([cargo_command, "--target", workspace::WASM_TARGET, "--no-default-features", "--features", "ui"]);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", workspace::tool("wasm-bindgen-test-runner"));
    // Other drivers in the environment would win over the one that is asked for.
    for other in Engine::ALL {
        command.env_remove(other.wasm_test_driver().0);
    }
    let (variable, driver) = engine.wasm_test_driver();
    command.env(variable, driver).env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    command
}

/// Files that are run in every browser by default: what browsers do differently. The others are about what the program says,
/// which is the same program everywhere; `--browser firefox` runs them there, too.
const IN_EVERY_BROWSER: [&str; 12] = [
    "accessibility",
    "drill",
    "embed-element",
    "gestures",
    "keys",
    "legibility",
    "parts",
    "playback",
    "smoke",
    "stage",
    "start",
    "what-if",
];

/// Files about which only Chromium is ever asked, each with the reason.
const CHROMIUM_ALONE: [(&str, &str); 4] = [
    ("embedding-docs", "samples of documents; how frames behave is tested in every browser by embed and embed-element"),
    ("hosting", "what servers send, whoever asks"),
    ("preview", "what crawlers read, which are no browsers"),
    ("screenshots", "pictures for people; what they show is tested by the others"),
];

/// Every file in Chromium, and in the others those in which browsers differ.
fn end_to_end(report: &mut Report, engine: Engine, name: &str) {
    files_in(report, engine, name, |file| engine == Engine::Chromium || IN_EVERY_BROWSER.contains(&file));
}

/// Every file.
fn whole(report: &mut Report, engine: Engine, name: &str) {
    files_in(report, engine, name, |_| true);
}

/// Every file is a stage. A file that fails is run once more; what passes only then is told.
fn files_in(report: &mut Report, engine: Engine, name: &str, wanted: impl Fn(&str) -> bool) {
    let folder = workspace::root().join("tests/browser");
    report.step(&format!("every file of {name} is run"), || {
        let stray = census::stray_browser_tests(&folder)?;
        if stray.is_empty() { Ok(()) } else { Err(format!("no command runs {}", stray.join(", "))) }
    });
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|file| file.ends_with(".test.mjs"))
        .collect();
    files.sort();
    for file in files {
        let bare = file.trim_end_matches(".test.mjs");
        let stage = format!("{name}: {bare}");
        let alone = CHROMIUM_ALONE.into_iter().find(|(known, _)| *known == bare && engine != Engine::Chromium);
        if let Some((_, reason)) = alone {
            report.skip(&stage, reason);
            continue;
        }
        if !wanted(bare) {
            report.skip(&stage, &format!("run in Chromium; here by --browser {}", engine.name()));
            continue;
        }
        report.tests_tried_twice(&stage, || node_test(engine, &file));
    }
}

fn node_test(engine: Engine, file: &str) -> Command {
    let mut command = engine.command("node");
    // One file at a time: two browsers on two cores would make timing tests flicker.
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1", "--test-timeout=300000"]);
    command.arg(format!("tests/browser/{file}")).env("BROWSER", engine.name());
    // The tests start the static server of this very program.
    if let Ok(program) = std::env::current_exe() {
        command.env("INCIDENT_REPLAY_XTASK", program);
    }
    command
}
