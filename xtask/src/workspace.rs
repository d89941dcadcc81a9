//! Paths of the repository and the tools.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The repository.
pub fn root() -> PathBuf {
    // Cargo sets it at run time too, which is correct even when clones share a target folder.
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.filter(|path| path.ends_with("xtask"));
    let package = package.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    package.parent().map(Path::to_path_buf).unwrap_or(package)
}

pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The folder of the pinned tools; INCIDENT_REPLAY_TOOLS names one to share between clones.
pub fn tools() -> PathBuf {
    match env::var_os("INCIDENT_REPLAY_TOOLS") {
        Some(folder) if !folder.is_empty() => root().join(folder),
        _ => root().join(".tools"),
    }
}

pub fn tool(name: &str) -> PathBuf {
    tools().join("bin").join(name)
}

/// A command that runs in the repository, with the pinned tools first on PATH.
pub fn command(program: &str) -> Command {
    let mut path = vec![tools().join("bin"), root().join("node_modules/.bin")];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let path = env::join_paths(path).unwrap_or_else(|_| OsString::from("/usr/bin:/bin"));
    let mut command = Command::new(find(program, &path).unwrap_or_else(|| program.into()));
    command.current_dir(root()).env("PATH", path);
    command
}

/// Whether a program is on PATH; or a file is there, when its whole path is given.
pub fn is_installed(program: &str) -> bool {
    find(program, &env::var_os("PATH").unwrap_or_default()).is_some()
}

fn find(program: &str, path: &OsString) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}
