//! Debian packages that the tests need.

use crate::{process, workspace};
use std::process::Command;

/// A program, or the path of another file, and the package that brings it.
pub type Needed = (&'static str, &'static str);

/// What the exports are tested with.
const PROMETHEUS: [Needed; 2] = [("promtool", "prometheus"), ("prometheus", "prometheus")];

/// What the samples of docs/embedding.md are made into pages with.
const RENDERERS: [Needed; 3] = [("cmark-gfm", "cmark-gfm"), ("kramdown", "kramdown"), ("mkdocs", "mkdocs")];

/// Brings the renderers of documents.
///
/// # Errors
/// With the line to type, when one is missing and this user may not install it: the tests that need it count as skipped.
pub fn install_renderers() -> Result<(), String> {
    let missing = missing(&RENDERERS);
    if !missing.is_empty() && !may_install() {
        return Err(format!("missing; as root, type: {}", line(&missing)));
    }
    install(&missing)
}

/// Brings Prometheus. On machines with systemd its package starts a service on port 9090, which the tests do not use.
///
/// # Errors
/// With the line to type, when it is missing and this user may not install it.
pub fn install_prometheus() -> Result<(), String> {
    let missing = missing(&PROMETHEUS);
    if !missing.is_empty() && !may_install() {
        return Err(format!("Prometheus is missing. As root, type:\n\n  {}\n", line(&missing)));
    }
    install(&missing)
}

/// The packages of the programs that are not there, each once.
pub fn missing(needed: &[Needed]) -> Vec<&'static str> {
    let missing = needed.iter().filter(|(program, _)| !workspace::is_installed(program));
    let mut packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    packages.dedup();
    packages
}

/// Whether this user may install packages.
pub fn may_install() -> bool {
    workspace::is_installed("apt-get") && process::output(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// What to type to install packages.
pub fn line(packages: &[&str]) -> String {
    format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "))
}

/// Installs packages.
///
/// # Errors
/// This user may not, or the mirror cannot be reached.
pub fn install(packages: &[&str]) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(", ");
    if !may_install() {
        return Err(format!("not installed: {names}"));
    }
    println!("\n== setup: {names} from Debian, which the tests need (about half a minute, once)");
    // The quoted line is made of the package names above only.
    let line = format!("({}) </dev/null", line(packages));
    process::run(
        Command::new("sh").args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive"),
        "Is Debian's package mirror reachable?",
    )
}
