//! The release page in `dist/`, and the sizes of its files.

use crate::{process, setup, split, workspace};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Inputs of the build.
const INPUTS: [&str; 11] = [
    "crates",
    "src",
    "static",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
    "rust-toolchain.toml",
    "xtask/dist",
    "xtask/finish-dist.mjs",
];

/// Environment variable with the page's public address, which link previews need.
const PUBLIC_URL: &str = "INCIDENT_REPLAY_URL";

/// Files that are not needed at the start: fetched later, by other sites, or on demand.
const NOT_AT_START: [&str; 7] =
    ["embed.d.ts", "embed.js", "incident-replay.html", "oembed.json", PART, "preview.png", "sw.js"];

/// Label of the sum over the files that the page starts with.
const START: &str = "to start the app";

/// Prefix of the program's file name.
const PROGRAM: &str = "app-";

/// Prefix of the names of its parts, which are fetched when they are first shown.
const PART: &str = "part-";

/// Most bytes of the program, compressed with brotli.
const PROGRAM_BYTES_MAX: u64 = 420_000;

/// Sets up and builds the release page, unless it is up to date. `public_url` defaults to the environment variable; it may
/// be unknown.
pub fn build(public_url: Option<String>) -> Result<(), String> {
    let public_url = public_url.or_else(|| env::var(PUBLIC_URL).ok()).unwrap_or_default();
    check_public_url(&public_url)?;
    setup::setup()?;
    let (dist, stamp) = (workspace::dist(), workspace::root().join("target/dist-stamp"));
    let inputs = format!("{PUBLIC_URL} {public_url}\n{}", describe_inputs()?);
    if dist.join("index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        println!("\n== build: dist/ is up to date");
        return Ok(());
    }
    println!("\n== build: the release page, into dist/ (1 to 3 min the first time)");
    // A failed build must not look up to date.
    let _absent = fs::remove_file(&stamp);
    let mut command = workspace::command("trunk");
    // Trunk interprets NO_COLOR as a flag of its own and rejects the usual value 1.
    command.args(["build", "--release", "--locked"]).env_remove("NO_COLOR").env(PUBLIC_URL, public_url);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", program_flags());
    split::put_before_bindgen(&mut command)?;
    process::run(&mut command, "The first error above is the cause; `cargo xtask setup` brings missing tools.")?;
    fs::write(&stamp, inputs).map_err(|error| format!("{}: {error}", stamp.display()))?;
    print_sizes(&dist)
}

/// Memory that the program begins with: more than a run and its page take, so that it hardly ever grows. WebKit 2.50 sometimes
/// reads from where the memory was before it grew.
const INITIAL_MEMORY_BYTES: u32 = 96 << 20;

/// Compiler flags that give the program its memory, and keep this machine's paths out of it: its panic messages are shown to
/// readers.
fn program_flags() -> String {
    let home = env::var("HOME").unwrap_or_default();
    let cargo = env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    let root = workspace::root();
    format!(
        "--remap-path-prefix={cargo}/registry/src=crates --remap-path-prefix={}=. -Clink-arg=--initial-memory={INITIAL_MEMORY_BYTES} {}",
        root.display(),
        split::FLAGS
    )
}

/// Rejects an invalid address before the build; xtask/dist/preview.mjs checks more.
fn check_public_url(text: &str) -> Result<(), String> {
    if text.is_empty() || text.starts_with("https://") || text.starts_with("http://") {
        return Ok(());
    }
    Err(format!("the page's address `{text}`: expected one such as https://status.example.org/replay/"))
}

/// Path, length and time of change of every input.
fn describe_inputs() -> Result<String, String> {
    let mut paths = Vec::new();
    for input in INPUTS {
        let path = workspace::root().join(input);
        if path.is_dir() {
            collect(&path, &mut paths).map_err(|error| format!("{}: {error}", path.display()))?;
        } else {
            paths.push(path);
        }
    }
    paths.sort();
    let describe = |path: &PathBuf| {
        let data = fs::metadata(path).ok();
        let changed = data.as_ref().and_then(|data| data.modified().ok());
        format!("{} {:?} {changed:?}\n", path.display(), data.map(|data| data.len()))
    };
    Ok(paths.iter().map(describe).collect())
}

/// Bytes of a file: uncompressed, and precompressed (equal where compression does not pay).
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
    // Folders hold files that are fetched on demand: images of the story, scenarios to copy.
    let sum = |name: &str, is_wanted: fn(&Sizes) -> bool| {
        let sum = |part: fn(&Sizes) -> u64| files.iter().filter(|file| is_wanted(file)).map(part).sum();
        Sizes { name: name.to_owned(), raw: sum(|f| f.raw), gzip: sum(|f| f.gzip), brotli: sum(|f| f.brotli) }
    };
    let is_at_start =
        |file: &Sizes| !file.name.contains('/') && !NOT_AT_START.iter().any(|name| file.name.starts_with(name));
    let sums = [sum(START, is_at_start), sum("total", |_| true)];
    files.extend(sums);
    let width = files.iter().map(|file| file.name.len()).max().unwrap_or_default();
    // A warning, not an error: what counts is how soon the page can be used, which `cargo xtask bench-page` measures.
    let program = |file: &&Sizes| file.name.starts_with(PROGRAM) && file.name.ends_with(".wasm");
    if let Some(program) = files.iter().find(program).filter(|file| file.brotli > PROGRAM_BYTES_MAX) {
        println!(
            "\n{}: {} bytes of brotli, more than the {PROGRAM_BYTES_MAX} that are meant",
            program.name, program.brotli
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_absolute_or_absent() {
        for good in ["", "https://example.org/replay/", "http://localhost:8080"] {
            assert_eq!(check_public_url(good), Ok(()), "{good}");
        }
        for bad in ["example.org", "/replay/", "javascript:alert(1)"] {
            assert!(check_public_url(bad).is_err_and(|error| error.contains(bad)), "{bad}");
        }
    }
}
