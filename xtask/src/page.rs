//! The release page in `dist/`, and what its files weigh.

use crate::{process, setup, workspace};
use std::fs;
use std::path::{Path, PathBuf};

/// Sets up and builds the release page.
pub fn build() -> Result<(), String> {
    setup::setup()?;
    println!("\n== build: the release page, into dist/ (1 to 3 min the first time)");
    let mut command = workspace::command("trunk");
    // Trunk takes NO_COLOR for a flag of its own and rejects the usual value 1.
    command.args(["build", "--release", "--locked"]).env_remove("NO_COLOR");
    process::run(&mut command, "The first error above is the cause; `cargo xtask setup` brings missing tools.")?;
    print_sizes(&workspace::dist())
}

/// Bytes of one file: as it is, and precompressed (as it is where compressing does not pay).
struct Sizes {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

fn print_sizes(dist: &Path) -> Result<(), String> {
    let mut paths = Vec::new();
    collect(dist, &mut paths).map_err(|error| format!("{}: {error}", dist.display()))?;
    paths.sort();
    let size = |path: PathBuf| fs::metadata(path).map(|data| data.len()).ok();
    let mut files: Vec<Sizes> = Vec::new();
    for path in paths.iter().filter(|path| !is_packed(path)) {
        let raw = size(path.clone()).unwrap_or_default();
        files.push(Sizes {
            name: path.strip_prefix(dist).unwrap_or(path).display().to_string(),
            raw,
            gzip: size(with_suffix(path, "gz")).unwrap_or(raw),
            brotli: size(with_suffix(path, "br")).unwrap_or(raw),
        });
    }
    // Folders hold what is fetched on demand: the pictures of the story without JavaScript, scenarios to copy.
    let sum = |name: &str, is_wanted: fn(&Sizes) -> bool| {
        let sum = |part: fn(&Sizes) -> u64| files.iter().filter(|file| is_wanted(file)).map(part).sum();
        Sizes { name: name.to_owned(), raw: sum(|f| f.raw), gzip: sum(|f| f.gzip), brotli: sum(|f| f.brotli) }
    };
    let sums = [sum("to start the app", |file| !file.name.contains('/')), sum("total", |_| true)];
    files.extend(sums);
    let width = files.iter().map(|file| file.name.len()).max().unwrap_or_default();
    println!("\n{:width$} {:>10} {:>10} {:>10}  bytes", "dist/", "raw", "gzip", "brotli");
    for Sizes { name, raw, gzip, brotli } in &files {
        println!("{name:width$} {raw:>10} {gzip:>10} {brotli:>10}");
    }
    Ok(())
}

/// The path of a file's precompressed copy.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "br" || extension == "gz")
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}
