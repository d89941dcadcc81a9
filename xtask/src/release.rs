//! Packs the built page into an archive.

use crate::{process, workspace};
use std::fs;
use std::process::Command;

/// Packs `dist/` into `target/incident-replay-<version>.tar.gz`, the page at its top.
pub fn pack() -> Result<(), String> {
    let manifest =
        fs::read_to_string(workspace::root().join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    let version = version(&manifest).ok_or("Cargo.toml: no version")?;
    let archive = workspace::root().join("target").join(format!("incident-replay-{version}.tar.gz"));
    println!("\n== release: dist/ as an archive");
    let mut command = workspace::command("tar");
    command.arg("-czf").arg(&archive).arg("-C").arg(workspace::dist());
    if process::output(Command::new("tar").arg("--version")).is_some_and(|text| text.contains("GNU")) {
        // Reproducible: equal pages give equal archives.
        command.args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"]);
    }
    process::run(command.arg("."), "tar must be installed.")?;
    let bytes = fs::metadata(&archive).map_err(|error| format!("{}: {error}", archive.display()))?.len();
    println!("{}: {bytes} bytes; docs/hosting.md says what to do with it", archive.display());
    Ok(())
}

/// The package's version.
fn version(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_package() {
        assert_eq!(version("[package]\nname = \"a\"\nversion = \"1.2.3\"\n[dependencies]\nb = \"4\"\n"), Some("1.2.3"));
        assert_eq!(version("[package]\n"), None);
    }
}
