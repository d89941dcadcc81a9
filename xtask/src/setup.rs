//! The pinned tools: the wasm target, cargo tools in `.tools/`, npm packages in `node_modules/`.
//!
//! Invariant: a second call does nothing and starts neither cargo, rustup nor npm.

use crate::process;
use crate::workspace::{self, WASM_TARGET};
use std::fs;
use std::path::PathBuf;

/// A cargo tool at a pinned version.
pub struct Tool {
    package: &'static str,
    version: String,
    options: &'static [&'static str],
    programs: &'static [&'static str],
    why: &'static str,
    minutes: &'static str,
}

impl Tool {
    fn trunk() -> Tool {
        Tool {
            package: "trunk",
            // 0.22 needs a newer Rust.
            version: "0.21.14".to_owned(),
            options: &["--no-default-features", "--features", "rustls"],
            programs: &["trunk"],
            why: "bundles the page",
            minutes: "2 to 4 min",
        }
    }

    fn wasm_bindgen() -> Result<Tool, String> {
        Ok(Tool {
            package: "wasm-bindgen-cli",
            version: wasm_bindgen_version()?,
            options: &["--no-default-features"],
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            why: "joins the wasm to JavaScript and runs wasm tests in browsers",
            minutes: "1 to 2 min",
        })
    }

    fn wasm_split() -> Tool {
        Tool {
            package: "wasm_split_cli_support",
            version: "0.2.4".to_owned(),
            options: &["--features", "build-binary"],
            programs: &["wasm-split-cli"],
            why: "moves parts of the page into files of their own",
            minutes: "1 min",
        }
    }

    pub fn geckodriver() -> Tool {
        Tool {
            package: "geckodriver",
            version: "0.37.1".to_owned(),
            options: &[],
            programs: &["geckodriver"],
            why: "drives Firefox for the wasm tests",
            minutes: "1 to 2 min",
        }
    }

    pub fn cargo_deny() -> Tool {
        Tool {
            package: "cargo-deny",
            version: "0.20.2".to_owned(),
            options: &["--no-default-features"],
            programs: &["cargo-deny"],
            why: "checks licences and sources of dependencies",
            minutes: "1 to 2 min",
        }
    }

    /// Installs the tool unless this version is there.
    pub fn install(&self) -> Result<(), String> {
        if self.is_installed() {
            return Ok(());
        }
        let named = format!("{}@{}", self.package, self.version);
        println!("\n== setup: {named}, which {} (about {}, once)", self.why, self.minutes);
        let folder = workspace::tools();
        // Debug builds without debug information, because the build time matters more than the tools' speed.
        let mut command = workspace::command("cargo");
        command.env("CARGO_PROFILE_DEV_DEBUG", "0").env_remove("RUSTFLAGS");
        command.args(["install", "--debug", "--locked", &named]).args(self.options);
        command.arg("--root").arg(&folder).arg("--target-dir").arg(folder.join("target"));
        process::run(
            &mut command,
            "Is crates.io reachable, and is there a C compiler (Debian: apt-get install build-essential)? \
             Run `cargo xtask setup` again: what is already built is kept.",
        )
    }

    fn is_installed(&self) -> bool {
        let listed = fs::read_to_string(workspace::tools().join(".crates.toml")).unwrap_or_default();
        listed.contains(&format!("\"{} {} (", self.package, self.version))
            && self.programs.iter().all(|program| workspace::tool(program).is_file())
    }
}

/// Installs everything that the page's build needs.
pub fn setup() -> Result<(), String> {
    wasm_target()?;
    Tool::trunk().install()?;
    Tool::wasm_bindgen()?.install()?;
    Tool::wasm_split().install()?;
    npm_packages()?;
    println!("setup: {WASM_TARGET}, trunk, wasm-bindgen, wasm-split and the npm packages are in place");
    Ok(())
}

fn wasm_target() -> Result<(), String> {
    let sysroot = process::output(workspace::command("rustc").args(["--print", "sysroot"]))
        .ok_or("rustc does not run; install Rust with rustup (https://rustup.rs)")?;
    if PathBuf::from(sysroot).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    println!("\n== setup: Rust's {WASM_TARGET} target, which the page is compiled for (seconds, once)");
    // rustup reads the toolchain from rust-toolchain.toml; RUSTUP_AUTO_INSTALL=0 would keep it from adding the target.
    process::run(
        workspace::command("rustup").args(["target", "add", WASM_TARGET]),
        "Without rustup, install the target with whatever brought rustc.",
    )
}

fn npm_packages() -> Result<(), String> {
    let lock = workspace::root().join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("package-lock.json: {error}"))?;
    let stamp = workspace::root().join("node_modules/.installed-package-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if !workspace::is_installed("npm") {
        return Err("npm is missing: install Node.js 20 or newer with npm (Debian: apt-get install nodejs npm)".into());
    }
    println!("\n== setup: npm packages: binaryen to shrink the page, and what the tests use (seconds, once)");
    process::run(
        workspace::command("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]),
        "Is the npm registry reachable, and `node --version` 20 or newer?",
    )?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// The version in Cargo.lock, which wasm-bindgen's command line must match.
fn wasm_bindgen_version() -> Result<String, String> {
    let lock = read("Cargo.lock")?;
    let version = locked_version(&lock, "wasm-bindgen").ok_or("Cargo.lock names no wasm-bindgen")?;
    let line = format!("wasm_bindgen = \"{version}\"");
    if !read("Trunk.toml")?.lines().any(|other| other == line) {
        return Err(format!("Cargo.lock has wasm-bindgen {version}: Trunk.toml must say `{line}`"));
    }
    Ok(version.to_owned())
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(workspace::root().join(name)).map_err(|error| format!("{name}: {error}"))
}

fn locked_version<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(locked_version(lock, "bindgen"), None);
    }

    #[test]
    fn the_versions_in_lock_file_and_trunk_toml_agree() {
        assert_eq!(wasm_bindgen_version().map(|version| version.is_empty()), Ok(false));
    }
}
