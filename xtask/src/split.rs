//! Parts of the program in files of their own.
//!
//! `wasm-split` reads the relocations of the linked program, so it must come between cargo and `wasm-bindgen`, where Trunk has no hook.
//! Trunk runs the `wasm-bindgen` that is first on PATH: a copy of this very program, which splits, then runs the true one.
//!
//! Invariant: the program's JavaScript stays one module without imports. It asks `incidentReplayPart` of static/boot.js for the bytes of
//! a part.

use crate::{process, workspace};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Compiler flags of a program that is split.
pub const FLAGS: &str = "--cfg split -Clink-arg=--emit-relocs";

const BINDGEN: &str = "wasm-bindgen";
/// The module that wasm-split writes and the program imports.
const LINKS: &str = "./__wasm_split.js";

/// Where the parts of the last build are; xtask/finish-dist.mjs takes them from here.
fn parts() -> PathBuf {
    workspace::root().join("target/parts")
}

/// Puts this program before wasm-bindgen on the PATH of a command.
pub fn put_before_bindgen(command: &mut Command) -> Result<(), String> {
    let folder = workspace::root().join("target/bindgen");
    let own = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let copy = folder.join(format!("{BINDGEN}{}", env::consts::EXE_SUFFIX));
    let copied = fs::create_dir_all(&folder).and_then(|()| fs::copy(own, &copy));
    copied.map_err(|error| format!("{}: {error}", copy.display()))?;
    let path = command
        .get_envs()
        .find(|(name, _)| *name == "PATH")
        .and_then(|(_, value)| value.map(ToOwned::to_owned))
        .unwrap_or_default();
    let folders = std::iter::once(folder).chain(env::split_paths(&path));
    let path = env::join_paths(folders).map_err(|error| format!("PATH: {error}"))?;
    command.env("PATH", path);
    Ok(())
}

/// Whether this is the copy that Trunk takes for wasm-bindgen.
pub fn is_called_as_bindgen() -> bool {
    env::current_exe().is_ok_and(|path| path.file_stem().is_some_and(|name| name == BINDGEN))
}

/// Splits the program among the words, then runs wasm-bindgen on the rest of it.
pub fn bindgen(mut words: Vec<String>) -> Result<ExitCode, String> {
    let program = words.iter().position(|word| word.ends_with(".wasm"));
    let Some(program) = program else { return true_bindgen(&words) };
    let name = value(&words, "--out-name").unwrap_or_else(|| "app".to_owned());
    let parts = parts();
    let _absent = fs::remove_dir_all(&parts);
    let mut splitting = workspace::command("wasm-split-cli");
    // Its output is long, and about functions.
    splitting.args(["--target", "web", "--out-name", &name]).arg(&words[program]).arg(&parts).env("RUST_LOG", "error");
    process::run(&mut splitting, "`cargo xtask setup` brings wasm-split-cli.")?;
    words[program] = parts.join(format!("{name}.wasm")).display().to_string();
    // The parts call the program by names that would be taken for the linker's own.
    words.extend(["--keep-lld-exports", "--no-demangle"].map(str::to_owned));
    let done = true_bindgen(&words)?;
    let script = Path::new(&value(&words, "--out-dir").unwrap_or_default()).join(format!("{name}.js"));
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let joined = join(&read(&script)?, &read(&parts.join(LINKS))?)?;
    fs::write(&script, joined).map_err(|error| format!("{}: {error}", script.display()))?;
    Ok(done)
}

fn true_bindgen(words: &[String]) -> Result<ExitCode, String> {
    let program = workspace::tool(BINDGEN);
    let status = Command::new(&program).args(words).status();
    let status = status.map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The value of an option, written as one word or as two.
fn value(words: &[String], option: &str) -> Option<String> {
    let at = words.iter().position(|word| word.split('=').next() == Some(option))?;
    match words[at].split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => words.get(at + 1).cloned(),
    }
}

/// Puts the module that fetches parts into the program's own.
///
/// # Errors
/// One of the two does not look as it did when this was written.
fn join(program: &str, links: &str) -> Result<String, String> {
    let import =
        |line: &str| line.starts_with("import ") && line.trim_end_matches(';').ends_with(&format!("\"{LINKS}\""));
    let names: Vec<&str> = program
        .lines()
        .filter(|line| import(line))
        .filter_map(|line| line.strip_prefix("import * as ")?.split(' ').next())
        .collect();
    let rest: Vec<&str> = program.lines().filter(|line| !import(line)).collect();
    let loaders: Vec<&str> =
        links.lines().filter_map(|line| line.strip_prefix("export const ")?.split(' ').next()).collect();
    if names.is_empty() || loaders.is_empty() {
        return Err("wasm-split found nothing to split, or wasm-bindgen imports it in another way".into());
    }
    let mut own = String::new();
    for line in links.lines().filter(|line| !line.starts_with("import ")) {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let line = match line.split_once("fetch(new URL(\"./") {
            Some((before, after)) => {
                let (name, after) =
                    after.split_once(".wasm\", import.meta.url))").ok_or("wasm-split fetches parts in another way")?;
                format!("{before}globalThis.incidentReplayPart(\"{name}\"){after}")
            }
            None => line.replace("instantiateStreaming(src,", "instantiate(await src,"),
        };
        own.push_str(&line);
        own.push('\n');
    }
    let names: String = names.iter().map(|name| format!("const {name} = incidentReplayLinks;\n")).collect();
    let joined = format!(
        "const incidentReplayLinks = (() => {{\n{own}return {{ {} }};\n}})();\n{names}{}\n",
        loaders.join(", "),
        rest.join("\n")
    );
    if joined.contains("fetch(new URL(\"./")
        || joined.contains("instantiateStreaming(src")
        || !joined.contains("instantiate(await src,")
    {
        return Err("wasm-split fetches parts in another way than it did".into());
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKS_MODULE: &str = "import { initSync } from \"./app.js\";\n\
        const __chunk_4 = makeLoad(() => {\n    const src = fetch(new URL(\"./chunk_4.wasm\", import.meta.url));\n    \
        return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}, []);\n\
        export const __wasm_split_load_drill = wrapAsyncCb(__chunk_4);\n";

    #[test]
    fn the_joined_module_has_no_imports_and_asks_the_page_for_parts() {
        let program = "import * as import1 from \"./__wasm_split.js\"\nlet wasm;\nconst all = { \"./__wasm_split.js\": import1 };\nexport { all as default };\n";
        let joined = join(program, LINKS_MODULE).expect("joined");
        assert!(!joined.lines().any(|line| line.starts_with("import")), "{joined}");
        assert!(joined.contains("const src = globalThis.incidentReplayPart(\"chunk_4\");"), "{joined}");
        assert!(joined.contains("(WebAssembly.instantiate(await src, imports))"), "{joined}");
        assert!(joined.contains("return { __wasm_split_load_drill };"), "{joined}");
        assert!(
            joined.contains("const import1 = incidentReplayLinks;") && joined.ends_with("export { all as default };\n")
        );
    }

    #[test]
    fn what_looks_different_is_an_error() {
        let program = "import * as import1 from \"./__wasm_split.js\"\nexport { all as default };\n";
        assert!(join("let wasm;", LINKS_MODULE).is_err());
        assert!(join(program, "export const a = load(import(\"./a.wasm\"));").is_err());
    }

    #[test]
    fn options_are_one_word_or_two() {
        let words: Vec<String> = ["--out-dir=a", "--out-name", "app"].map(str::to_owned).into();
        assert_eq!(value(&words, "--out-dir").as_deref(), Some("a"));
        assert_eq!(value(&words, "--out-name").as_deref(), Some("app"));
        assert_eq!(value(&words, "--target"), None);
    }
}
