//! Compares the list of modules in ARCHITECTURE.md with the imports in the crates.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates' sources, the lower one first; the list names the modules of both.
const ROOTS: [&str; 3] = ["crates/scenario/src", "crates/simulation/src", "src"];

const HEADING: &str = "A module imports only from those above it";

/// The modules in the order of the list.
fn listed() -> Vec<String> {
    let text = fs::read_to_string("ARCHITECTURE.md").expect("it is there");
    let (_, after) = text.split_once(HEADING).expect("the sentence before the list");
    let block = after.split("```").nth(1).expect("the list");
    block.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// Modules named after `crate::` in the code, without a file's own tests.
fn imported(text: &str) -> Vec<&str> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    code.split("crate::")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn a_module_imports_only_from_those_above_it() {
    let order = listed();
    let rank: BTreeMap<&str, usize> = order.iter().enumerate().map(|(rank, name)| (name.as_str(), rank)).collect();
    let mut files = Vec::new();
    for root in ROOTS {
        sources(Path::new(root), &mut files);
    }
    let mut wrong = Vec::new();
    for file in files {
        let inside = ROOTS.iter().find_map(|root| file.strip_prefix(root).ok()).expect("inside a crate");
        let module = inside.iter().next().and_then(|name| name.to_str()).expect("a name").trim_end_matches(".rs");
        // Programs may import anything; lib.rs names the modules.
        if matches!(module, "bin" | "lib") {
            continue;
        }
        let Some(own) = rank.get(module) else {
            wrong.push(format!("{} is of a module that the list does not have", file.display()));
            continue;
        };
        // Files that consist of tests have names that end in "tests".
        if file.to_string_lossy().ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a text");
        assert!(!text.contains("crate::{"), "{}: write imports of several modules line by line", file.display());
        for name in imported(&text) {
            if rank.get(name).is_some_and(|other| other > own) || (module == "ui" && name == "cli") {
                wrong.push(format!("{} imports {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_libraries_is_in_the_list() {
    let texts = ROOTS.map(|root| fs::read_to_string(Path::new(root).join("lib.rs")).expect("it is there"));
    let lines = texts.iter().flat_map(|text| text.lines());
    let declared = lines.filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    let mut declared: Vec<&str> = declared.collect();
    let mut order = listed();
    declared.sort_unstable();
    order.sort_unstable();
    assert_eq!(declared, order);
}
