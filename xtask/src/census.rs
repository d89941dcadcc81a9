//! Every test that stands in a source file, to be compared with those that a command ran.
//!
//! Invariant: a test that no command runs fails the run.

use crate::workspace;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What nobody wrote here, or what is built.
const NOT_SOURCES: [&str; 6] = [".git", ".tools", "dist", "node_modules", "target", "artifacts"];

/// How a test is marked, and so who runs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `#[test]`, run by cargo natively.
    Native,
    /// `#[wasm_bindgen_test]`, run in each browser.
    Wasm,
}

/// How often a name of a test occurs.
type Names = BTreeMap<String, usize>;

/// Names the tests of a kind in the sources that are not among `ran`, the names that a test runner printed.
pub fn missing(kind: Kind, ran: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for path in sources(workspace::root().as_path(), ".rs")? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        found.extend(tests_in(&text, kind).into_iter().map(|name| (path.clone(), name)));
    }
    let mut left = Names::new();
    for name in ran {
        // Of `chart::ticks::tests::they_are_round` the sources say the last part.
        *left.entry(name.rsplit("::").next().unwrap_or(name).to_owned()).or_default() += 1;
    }
    let mut missing = Vec::new();
    for (path, name) in found {
        match left.get_mut(&name) {
            Some(number) if *number > 0 => *number -= 1,
            _ => missing.push(format!("{name} ({path})")),
        }
    }
    Ok(missing)
}

/// Names the files of end-to-end tests outside the folder from which they are run.
pub fn stray_browser_tests(folder: &Path) -> Result<Vec<String>, String> {
    let files = sources(workspace::root().as_path(), ".test.mjs")?;
    Ok(files.into_iter().filter(|path| Path::new(path).parent() != Some(folder)).collect())
}

/// The name of the test on a line of a test runner's output, such as `test a::b ... ok`.
pub fn name_in(line: &str) -> Option<&str> {
    let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let has_run = !result.starts_with("ignored");
    // `a::b - should panic` is the test `a::b`.
    has_run.then(|| name.split(' ').next()).flatten()
}

fn tests_in(text: &str, kind: Kind) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_marked = false;
    for line in text.lines().map(str::trim) {
        is_marked |= match kind {
            Kind::Native => line == "#[test]",
            Kind::Wasm => line.starts_with("#[wasm_bindgen_test"),
        };
        if is_marked && let Some((_, rest)) = line.split_once("fn ") {
            names.push(rest.split(['(', '<']).next().unwrap_or(rest).to_owned());
            is_marked = false;
        }
    }
    names
}

fn sources(folder: &Path, suffix: &str) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !NOT_SOURCES.contains(&name.as_str()) {
                paths.extend(sources(&path, suffix)?);
            }
        } else if name.ends_with(suffix) {
            paths.push(path.display().to_string());
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_by_their_mark() {
        // Not written as it is looked for: this file is among the sources.
        let source =
            "MARK(test)\nSHOULD_PANIC\nfn native() {}\nfn helper() {}\nMARK(wasm_bindgen_test)\nasync fn other() {}";
        let source = source.replace("MARK(", "#[").replace("test)", "test]");
        assert_eq!(tests_in(&source, Kind::Native), ["native"]);
        assert_eq!(tests_in(&source, Kind::Wasm), ["other"]);
    }

    #[test]
    fn a_test_that_did_not_run_is_named() {
        let missing =
            missing(Kind::Native, &["elsewhere::a_test_that_did_not_run_is_named".to_owned()]).expect("sources");
        assert!(missing.iter().any(|name| name.starts_with("tests_are_found_by_their_mark (")), "{missing:?}");
        assert!(!missing.iter().any(|name| name.starts_with("a_test_that_did_not_run_is_named")), "{missing:?}");
    }

    #[test]
    fn the_runners_lines_are_read() {
        assert_eq!(name_in("test a::b ... ok"), Some("a::b"));
        assert_eq!(name_in("test a::b - should panic ... FAILED"), Some("a::b"));
        assert_eq!(name_in("test a::b ... ignored, no Prometheus"), None);
        assert_eq!(name_in("test result: ok. 1 passed"), None);
    }
}
