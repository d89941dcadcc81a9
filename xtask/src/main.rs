//! `cargo xtask`: sets up, builds, serves and tests the project.
//!
//! Invariant: every command works on a fresh clone: it installs what it needs, or prints the command to type.
#![allow(clippy::disallowed_methods, reason = "the bans keep clocks out of the simulation, not out of the tools")]

mod arguments;
mod bench;
mod browsers;
mod census;
mod ci;
mod debian;
mod page;
mod process;
mod release;
mod report;
mod server;
mod setup;
mod split;
mod suite;
mod workspace;

use arguments::Arguments;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  setup                      install the pinned tools into .tools/ and node_modules/; nothing to do the second time
  build [--public-url URL]   setup, then the release page in dist/, and its sizes
  release [--public-url URL] build, then dist/ as an archive to unpack where a server finds it
  serve [--port 8080] [--open] [--no-build]
                             build, then serve dist/ with the Content-Security-Policy it is made for
  test [--only native|wasm|e2e] [--browser chromium|firefox|webkit]
                             native tests, wasm tests in each browser, end-to-end tests: all in Chromium, in the others
                             those in which browsers differ, all of them in a browser that is named
  bench-simulation           the time of a full incident in Chromium
  bench-page [--no-build]    build, then how fast the page starts and how evenly it plays, in Chromium
  bench-charts               the page's charts beside uPlot's, in Chromium: times of redraws and of pointing, and ratios
  lighthouse [--no-build]    build, then Lighthouse's scores of the release page, in Chromium
  ci [--advisories]          formatting, lints, licences, then all tests; what .ci/run runs

INCIDENT_REPLAY_URL is the address the page will have when --public-url is absent: link previews need one.
INCIDENT_REPLAY_TOOLS names the folder for the tools (default .tools), to share it between clones.
";

fn main() -> ExitCode {
    let words = std::env::args().skip(1).collect();
    let done = if split::is_called_as_bindgen() { split::bindgen(words) } else { run(words) };
    match done {
        Ok(code) => code,
        Err(message) => {
            eprintln!("\nerror: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: Vec<String>) -> Result<ExitCode, String> {
    let mut arguments = Arguments::new(words);
    match arguments.command().as_deref() {
        Some("setup") => {
            arguments.finish()?;
            setup::setup()?;
        }
        Some("build") => {
            let public_url = arguments.value("--public-url")?;
            arguments.finish()?;
            page::build(public_url)?;
        }
        Some("release") => {
            let public_url = arguments.value("--public-url")?;
            arguments.finish()?;
            page::build(public_url)?;
            release::pack()?;
        }
        Some("serve") => {
            let port = arguments.number("--port")?.unwrap_or(8080);
            let open = arguments.flag("--open");
            let no_build = arguments.flag("--no-build");
            arguments.finish()?;
            if !no_build {
                page::build(None)?;
            }
            server::serve(server::Options { port, open, ..server::Options::default() })?;
        }
        // Used by the end-to-end tests; see tests/browser/harness.mjs.
        Some("serve-dist") => {
            let options = server::Options {
                folder: arguments.value("--folder")?.map(Into::into),
                port: arguments.number("--port")?.unwrap_or(0),
                base: arguments.value("--base")?.unwrap_or_else(|| "/".to_owned()),
                log: arguments.flag("--log"),
                exit_on_eof: arguments.flag("--exit-on-eof"),
                open: false,
            };
            arguments.finish()?;
            server::serve(options)?;
        }
        Some("test") => {
            let only = arguments.value("--only")?.map(|part| suite::Part::parse(&part)).transpose()?;
            let browser = arguments.value("--browser")?.map(|name| browsers::Engine::parse(&name)).transpose()?;
            arguments.finish()?;
            return Ok(suite::test(only, browser));
        }
        Some("bench-simulation") => {
            arguments.finish()?;
            bench::simulation()?;
        }
        Some("bench-page") => {
            let no_build = arguments.flag("--no-build");
            arguments.finish()?;
            if !no_build {
                page::build(None)?;
            }
            bench::page()?;
        }
        Some("bench-charts") => {
            arguments.finish()?;
            bench::charts()?;
        }
        Some("lighthouse") => {
            let no_build = arguments.flag("--no-build");
            arguments.finish()?;
            if !no_build {
                page::build(None)?;
            }
            bench::lighthouse()?;
        }
        Some("ci") => {
            let advisories = arguments.flag("--advisories");
            arguments.finish()?;
            return Ok(ci::ci(advisories));
        }
        Some("help" | "--help" | "-h") => print!("{HELP}"),
        Some(other) => return Err(format!("no command `{other}`\n\n{HELP}")),
        None => {
            print!("{HELP}");
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}
