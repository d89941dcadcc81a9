//! The checks before a change is merged.

use crate::report::Report;
use crate::setup::Tool;
use crate::{setup, suite, workspace};
use std::process::ExitCode;

/// `cargo xtask ci`.
pub fn ci(advisories: bool) -> ExitCode {
    let mut report = Report::default();
    let cargo = |report: &mut Report, name: &str, line: &str| {
        report.check(name, workspace::command("cargo").args(line.split_whitespace()));
    };
    cargo(&mut report, "formatting", "fmt --all --check");
    cargo(&mut report, "lints", "clippy --workspace --all-targets --locked -- -D warnings");
    report.step("tools", setup::setup);
    let page = "--lib --bins --test wasm --bench browser --no-default-features --features charts-bench --target wasm32-unknown-unknown";
    cargo(&mut report, "lints of the page", &format!("clippy {page} --locked -- -D warnings"));

    if report.step("cargo-deny", || Tool::cargo_deny().install()) {
        let deny = |what: &[&str]| {
            let mut command = workspace::command("cargo-deny");
            command.args(["--locked", "check"]).args(what);
            command
        };
        report.check("licences, bans and sources", &mut deny(&["licenses", "bans", "sources"]));
        if advisories {
            report.check("advisories", &mut deny(&["advisories"]));
        } else {
            report.skip("advisories", "needs the RustSec database from GitHub: `cargo xtask ci --advisories`");
        }
    }
    suite::run(&mut report, None, None);
    report.finish()
}
