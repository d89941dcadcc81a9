//! The browsers that tests run in, their Debian packages, and how each is driven.

use crate::debian::{self, Needed};
use crate::setup::Tool;
use crate::workspace;
use std::process::Command;

/// A browser engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Chromium,
    Firefox,
    Webkit,
}

impl Engine {
    pub const ALL: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::Webkit];

    pub fn parse(name: &str) -> Result<Engine, String> {
        let found = Engine::ALL.into_iter().find(|engine| engine.name() == name);
        found.ok_or_else(|| format!("--browser {name}: expected chromium, firefox or webkit"))
    }

    pub fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
            Engine::Webkit => "webkit",
        }
    }

    /// WebKitGTK is tested where it can be installed; without the other two the tests fail.
    pub fn is_mandatory(self) -> bool {
        self != Engine::Webkit
    }

    /// Programs, each with the Debian package that brings it.
    fn needs(self) -> &'static [Needed] {
        match self {
            Engine::Chromium => &[("chromium", "chromium"), ("chromedriver", "chromium-driver")],
            Engine::Firefox => &[("firefox-esr", "firefox-esr")],
            // The driver is for the wasm tests; end to end, Python drives WebKitGTK through what describes it, which are no
            // programs. It has no headless mode, so it needs an X server, and that one its key.
            Engine::Webkit => &[
                ("WebKitWebDriver", "webkit2gtk-driver"),
                ("/usr/share/doc/python3-gi/copyright", "python3-gi"),
                ("/usr/share/doc/python3-gi-cairo/copyright", "python3-gi-cairo"),
                ("/usr/share/doc/gir1.2-webkit2-4.1/copyright", "gir1.2-webkit2-4.1"),
                ("xvfb-run", "xvfb"),
                ("xauth", "xauth"),
            ],
        }
    }

    fn missing_packages(self) -> Vec<&'static str> {
        debian::missing(self.needs())
    }

    /// A command under this engine's conditions: WebKitGTK needs an X server, and a limit because it may hang.
    pub fn command(self, program: &str) -> Command {
        if self != Engine::Webkit {
            return workspace::command(program);
        }
        let mut command = workspace::command("timeout");
        command.args(["--kill-after=10", "900", "xvfb-run", "-a", "-s", "-screen 0 1600x1200x24", program]);
        command
    }

    /// The variable by which wasm-bindgen-test-runner chooses its browser, and its value.
    pub fn wasm_test_driver(self) -> (&'static str, String) {
        match self {
            Engine::Chromium => ("CHROMEDRIVER", "/usr/bin/chromedriver".to_owned()),
            Engine::Firefox => ("GECKODRIVER", workspace::tool("geckodriver").display().to_string()),
            Engine::Webkit => ("SAFARIDRIVER", "/usr/bin/WebKitWebDriver".to_owned()),
        }
    }
}

/// An engine, and why it cannot be used if so.
pub type Readiness = (Engine, Result<(), String>);

/// Installs what is missing, as far as this user may.
///
/// # Errors
/// With the line to type, when a mandatory engine is still missing.
pub fn install(engines: &[Engine]) -> Result<Vec<Readiness>, String> {
    let missing = |engines: &[Engine]| -> Vec<&str> { engines.iter().flat_map(|e| e.missing_packages()).collect() };
    if !missing(engines).is_empty() && !debian::may_install() {
        let line = debian::line(&missing(engines));
        let reason = format!("browsers are missing. As root, type:\n\n  {line}\n");
        if engines.iter().any(|engine| engine.is_mandatory() && !engine.missing_packages().is_empty()) {
            return Err(reason);
        }
        println!("{reason}");
    }
    let (mandatory, optional): (Vec<Engine>, Vec<Engine>) = engines.iter().partition(|engine| engine.is_mandatory());
    debian::install(&missing(&mandatory))?;
    if mandatory.contains(&Engine::Firefox) {
        Tool::geckodriver().install()?;
    }
    let ready = mandatory.into_iter().map(|engine| (engine, Ok(())));
    Ok(ready.chain(optional.into_iter().map(|engine| (engine, debian::install(&engine.missing_packages())))).collect())
}
