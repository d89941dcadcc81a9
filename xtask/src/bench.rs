//! Measurements in browsers: the simulation, the page, the charts beside another library's, Lighthouse.

use crate::browsers::{self, Engine};
use crate::workspace::{self, WASM_TARGET};
use crate::{process, setup, suite};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Lighthouse is large and rarely needed: installed on demand, not with the other npm packages.
const LIGHTHOUSE: &str = "lighthouse@12.8.2";

/// The cargo profile of the page; see index.html.
const PROFILE: &str = "page";

/// Prints the time of a full incident in Chromium, by `benches/browser.rs`.
pub fn simulation() -> Result<(), String> {
    setup::setup()?;
    browsers::install(&[Engine::Chromium])?;
    println!("\n== bench-simulation: a full incident in Chromium (1 to 3 min the first time)");
    let mut bench = suite::in_engine(Engine::Chromium, "bench");
    bench.args(["--bench", "browser", "--profile", PROFILE, "--", "--nocapture"]);
    process::run(&mut bench, "The first error above is the cause.")
}

/// Prints how fast the release page starts, how evenly it plays and how soon a worker hears, in Chromium.
pub fn page() -> Result<(), String> {
    for name in ["start-time", "frame-time", "weak-device", "answer-time", "what-if-time"] {
        run_script(&format!("tests/browser/{name}.mjs"), None)?;
    }
    Ok(())
}

/// Builds the benchmark page in `target/charts-bench/` and prints what Chromium measures there.
pub fn charts() -> Result<(), String> {
    setup::setup()?;
    println!("\n== bench-charts: one chart of the page by itself (1 to 3 min the first time)");
    let name = "charts-bench";
    let mut build = workspace::command("cargo");
    build.args(["build", "--profile", PROFILE, "--locked", "--target", WASM_TARGET, "--no-default-features"]);
    build.args(["--features", name, "--bin", name]);
    process::run(&mut build, "The first error above is the cause.")?;

    let folder = target().join(name);
    let wasm = target().join(WASM_TARGET).join(PROFILE).join(format!("{name}.wasm"));
    let mut bind = workspace::command("wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]).arg(&folder).arg(wasm);
    process::run(&mut bind, "`cargo xtask setup` brings wasm-bindgen.")?;
    let bound = folder.join(format!("{name}_bg.wasm"));
    let mut shrink = workspace::command("wasm-opt");
    shrink.arg("-O2").arg(&bound).arg("-o").arg(&bound);
    process::run(&mut shrink, "`cargo xtask setup` brings wasm-opt.")?;
    for file in ["index.html", "bench.js", "bench.css"].map(|file| format!("benches/charts/{file}")) {
        copy(&file, &folder)?;
    }
    for file in ["uPlot.esm.js", "uPlot.min.css"].map(|file| format!("node_modules/uplot/dist/{file}")) {
        copy(&file, &folder)?;
    }
    run_script("benches/charts/run.mjs", Some(&folder))
}

/// Prints Lighthouse's scores of what is in `dist/`.
pub fn lighthouse() -> Result<(), String> {
    let folder = workspace::tools().join("lighthouse");
    let version = folder.join("installed");
    if fs::read_to_string(&version).ok().as_deref() != Some(LIGHTHOUSE) {
        println!("\n== setup: {LIGHTHOUSE} (about 0.5 min, once)");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut install = workspace::command("npm");
        install.args(["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"]);
        install.arg(&folder).arg(LIGHTHOUSE);
        process::run(&mut install, "Is the npm registry reachable?")?;
        fs::write(&version, LIGHTHOUSE).map_err(|error| format!("{}: {error}", version.display()))?;
    }
    run_script("xtask/lighthouse.mjs", Some(&folder))
}

fn run_script(name: &str, argument: Option<&Path>) -> Result<(), String> {
    let hint = "Chromium must be installed (Debian: apt-get install chromium), or CHROME_PATH name it.";
    let mut command = workspace::command("node");
    command.arg(name).args(argument);
    // The script starts this program's static server.
    if let Ok(program) = env::current_exe() {
        command.env("INCIDENT_REPLAY_XTASK", program);
    }
    process::run(&mut command, hint)
}

fn copy(file: &str, folder: &Path) -> Result<(), String> {
    let from = workspace::root().join(file);
    let to = folder.join(from.file_name().unwrap_or_default());
    fs::copy(&from, to).map(|_| ()).map_err(|error| format!("{file}: {error}"))
}

/// Cargo's target folder.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from)
}
