//! Joins the page's two modules, wasm-bindgen's and static/boot.js, into one classic script: browsers refuse module workers
//! from a file.
//!
//! Invariant: code that cannot be converted is rejected, never guessed at.

use super::Failure;

/// One script that runs on the page and, from a copy of its own text, in the worker.
///
/// # Errors
/// A module has imports, or exports other than one list at its end.
pub(super) fn classic(app: &str, boot: &str) -> Result<String, Failure> {
    let (app, exports) = without_exports(&app.replace("import.meta.url", "location.href"))?;
    for (name, text) in [("the program's JavaScript", app.as_str()), ("boot.js", boot)] {
        if text.contains("import.meta") || text.lines().any(is_module_line) {
            return Err(format!("{name} needs to be a module, which a single file cannot have").into());
        }
    }
    let script = format!(
        "'use strict';\n(() => {{\nglobalThis.incidentReplayBundle = {{\n\
         source: globalThis.document?.currentScript.textContent,\n\
         app: (() => {{\n{app}\nreturn {{ {exports} }};\n}})(),\n}};\n{boot}\n}})();\n"
    );
    Ok(inert(&script.replace("\r\n", "\n")))
}

fn is_module_line(line: &str) -> bool {
    ["import ", "import{", "import\"", "export ", "export{"].iter().any(|start| line.starts_with(start))
}

/// Splits a module into its code and its list of exports, the latter as properties of an object.
fn without_exports(module: &str) -> Result<(String, String), Failure> {
    let list = module.rsplit_once("export").and_then(|(before, rest)| {
        let (list, after) = rest.trim_start().strip_prefix('{')?.split_once('}')?;
        // Only a semicolon or a comment may follow.
        let after = after.trim_start_matches(';').trim();
        (after.is_empty() || after.starts_with("//")).then_some((before, list))
    });
    let (before, list) = list.ok_or("the program's JavaScript does not end with its exports")?;
    let properties: Vec<String> = list
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| match item.split_once(" as ") {
            Some((own, public)) => format!("{}: {}", public.trim(), own.trim()),
            None => item.to_owned(),
        })
        .collect();
    Ok((before.to_owned(), properties.join(", ")))
}

/// Escapes the character sequences that would end a script element or open a comment in HTML. They can only occur in strings
/// and regular expressions, where the backslash changes nothing.
fn inert(script: &str) -> String {
    let mut safe = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(at) = rest.find('<') {
        safe.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let is_end = rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("/script"));
        if is_end || rest.starts_with("!--") {
            safe.push('\\');
        }
    }
    safe + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_become_properties() {
        for (module, properties) in [
            ("let a;\nexport { a as default };\n", "default: a"),
            ("let a, b;\nexport { b, a as default }", "b, default: a"),
            ("let a,b;export{b as initSync,a as default};\n//# sourceMappingURL=x", "initSync: b, default: a"),
        ] {
            let (before, found) = without_exports(module).expect(module);
            assert!(!before.contains("export"), "{before}");
            assert_eq!(found, properties);
        }
    }

    #[test]
    fn what_needs_to_be_a_module_is_refused() {
        for app in [
            "import { a } from './snippets/a.js';\nexport { a as default };",
            "export function a() {}\nexport { a as default };",
            "let a;",
            "export { a };\nlet b;",
            "let a = import.meta.env;\nexport { a as default };",
        ] {
            assert!(classic(app, "").is_err(), "{app}");
        }
        assert!(classic("export { a as default };", "const here = import.meta.url;").is_err());
        assert!(classic("new URL('a', import.meta.url);\nexport { a as default };", "").is_ok());
    }

    #[test]
    fn the_page_s_own_boot_module_can_be_a_classic_script() {
        assert!(classic("export { a as default };", include_str!("../../../static/boot.js")).is_ok());
    }

    #[test]
    fn nothing_in_the_script_ends_it() {
        let script =
            classic("let a = '</Script>' + '<!-- <script>' + (1 < 2);\nexport { a as default };", "").expect("one");
        assert!(!script.to_lowercase().contains("</script") && !script.contains("<!--"));
        assert!(script.contains("'<\\/Script>' + '<\\!-- <script>' + (1 < 2)"), "{script}");
    }
}
