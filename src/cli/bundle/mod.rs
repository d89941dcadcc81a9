//! `bundle`: the page as one HTML file that works from a disk, without a network, and in a frame without permissions.
//!
//! Invariant: the file loads nothing. Its policy allows only the script and style sheet it contains, by digest. Text of a
//! scenario appears as text or data, never as markup.

mod dist;
mod script;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

use super::story::{self, StorySections};
use super::{Failure, Source, save};
use crate::json;
use crate::scenario::Scenario;
use dist::Dist;

/// The template, the same as the build's.
const PAGE: &str = include_str!("../../../index.html");

/// What the file says where none of its scripts run: previews of chats and trackers show it without.
const NOT_STARTED: &str = "This file has not started: where it is shown, its scripts may not run. Download the file and \
                           open it in a current browser. The story below stands without the replay.";

#[derive(Args)]
pub(super) struct Bundle {
    /// HTML file to write
    out: PathBuf,
    /// Folder of the built page, which `cargo xtask build` makes
    #[arg(long, value_name = "DIR", default_value = "dist")]
    dist: PathBuf,
    /// Scenario to show; the bundled one when absent
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Change a value of the scenario; may be repeated: --set instances.count=12
    #[arg(long = "set", value_name = "PATH=VALUE")]
    settings: Vec<String>,
}

impl Bundle {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let is_own = self.scenario.is_some();
        let source = Source { scenario: self.scenario, settings: self.settings };
        let (written, shown) = (source.load_unchanged()?, source.load()?);
        let dist = Dist::read(&self.dist)?;
        let own = Own { scenario: is_own.then_some(&written), shown: &shown };
        let html = page(PAGE, &dist, &story::sections(&shown)?, &own)?;
        save(&self.out, &html)?;
        super::print(&format!("{}: {} bytes\n", self.out.display(), html.len()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What a file shows.
struct Own<'a> {
    /// The scenario as it was written, where the program does not contain it.
    scenario: Option<&'a Scenario>,
    /// The scenario with the changes of a what-if.
    shown: &'a Scenario,
}

/// The file's HTML.
fn page(template: &str, dist: &Dist, sections: &StorySections, own: &Own<'_>) -> Result<String, Failure> {
    let script = script::classic(&dist.app, &dist.boot)?;
    let style = style(&dist.styles)?;
    let mut data = vec![("bundle-wasm".to_owned(), "application/octet-stream", BASE64.encode(gzip(&dist.wasm)?))];
    for (name, bytes) in &dist.parts {
        data.push((format!("bundle-part-{name}"), "application/octet-stream", BASE64.encode(gzip(bytes)?)));
    }
    if let Some(scenario) = own.scenario {
        // JSON allows this escape, and without the character no markup can begin.
        data.push(("bundle-scenario".to_owned(), "application/json", scenario.to_json().replace('<', "\\u003c")));
    }

    let settings = &own.shown.what_if.settings;
    if !settings.is_empty() {
        let settings: Vec<String> =
            settings.iter().map(|setting| format!("{}={}", setting.path, setting.value)).collect();
        data.push((
            "bundle-changes".to_owned(),
            "application/json",
            json::to_string(&settings).replace('<', "\\u003c"),
        ));
    }

    // The lines for the build are replaced by inline content.
    let mut html: String = lines_without(template, "data-trunk");
    let policy = between(&html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"")?.to_owned();
    html = html.replacen(&policy, &own_policy(&policy, &digest(&script), &digest(&style)), 1);
    if own.scenario.is_some() || !settings.is_empty() {
        let title = format!("{} – incident replay", story::escaped(&own.shown.title));
        html = replace_between(&html, "<title>", "</title>", &title)?;
        html = replace_between(&html, "<meta name=\"description\" content=\"", "\"", sections.get("headline"))?;
    }
    html = replace_between(&html, "<p id=\"boot-stalled\">", "</p>", NOT_STARTED)?;
    html = replace_between(&html, "<noscript><p>", "</p>", NOT_STARTED)?;
    for name in story::SECTIONS {
        let place = format!("<!-- story:{name} -->");
        if !html.contains(&place) {
            return Err(format!("index.html: no place for {name}").into());
        }
        html = html.replacen(&place, sections.get(name), 1);
    }
    // Last, so that the replacements above cannot match inserted text.
    let icon = format!("<link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">\n", data_url(&dist.icon));
    html = html.replacen("</head>", &format!("{icon}<style>{style}</style>\n</head>"), 1);
    let (before, after) = html.rsplit_once("</body>").ok_or("index.html: no end of the body")?;
    let mut whole = before.to_owned();
    for (id, kind, text) in data {
        whole.push_str(&format!("<script type=\"{kind}\" id=\"{id}\">{text}</script>\n"));
    }
    whole.push_str(&format!("<script>{script}</script>\n</body>{after}"));
    Ok(whole)
}

/// The page's policy, changed for a page without other files.
fn own_policy(policy: &str, script: &str, style: &str) -> String {
    let directives = policy.split(';').map(str::trim).filter_map(|directive| {
        let (name, _) = directive.split_once(' ').unwrap_or((directive, ""));
        let own = match name {
            "script-src" => script,
            "style-src" => style,
            "worker-src" => "blob:",
            "img-src" => "data:",
            // Directives that allowed only the page's own files are dropped.
            _ => "",
        };
        let kept = directive.split(' ').map(|word| if word == "'self'" { own } else { word });
        let kept: Vec<&str> = kept.filter(|word| !word.is_empty()).collect();
        (kept.len() > 1).then(|| kept.join(" "))
    });
    directives.collect::<Vec<_>>().join("; ")
}

fn style(sheets: &[String]) -> Result<String, Failure> {
    let style = sheets.join("\n").replace("\r\n", "\n");
    for forbidden in ["</style", "@import", "url("] {
        if style.contains(forbidden) {
            return Err(format!("the style sheets contain `{forbidden}`, which a single file cannot").into());
        }
    }
    Ok(style)
}

/// The policy's source expression for an inline script or style sheet.
fn digest(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(Sha256::digest(text.as_bytes())))
}

/// Without time and name in the header, so that equal input gives equal output.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packing = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packing.write_all(bytes)?;
    packing.finish()
}

fn data_url(svg: &str) -> String {
    format!("data:image/svg+xml;base64,{}", BASE64.encode(svg.trim()))
}

fn lines_without(text: &str, mark: &str) -> String {
    text.lines().filter(|line| !line.contains(mark)).flat_map(|line| [line, "\n"]).collect()
}

fn between<'a>(html: &'a str, before: &str, after: &str) -> Result<&'a str, Failure> {
    let found = html.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    found.map(|(found, _)| found).ok_or_else(|| format!("index.html: no {before}…{after}").into())
}

fn replace_between(html: &str, before: &str, after: &str, new: &str) -> Result<String, Failure> {
    let old = between(html, before, after)?;
    Ok(html.replacen(&format!("{before}{old}{after}"), &format!("{before}{new}{after}"), 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    const GLUE: &str = "let wasm;\nfunction start() { return '</script><!--'; }\nexport { start as default };\n";

    fn dist() -> Dist {
        Dist {
            app: GLUE.to_owned(),
            boot: "const bundle = globalThis.incidentReplayBundle;\n".to_owned(),
            styles: vec!["a { color: red }".to_owned(), "b { color: blue }".to_owned()],
            icon: "<svg/>".to_owned(),
            wasm: b"\0asm and so on".to_vec(),
            parts: vec![("drill".to_owned(), b"\0asm of the drill".to_vec())],
        }
    }

    fn bundled(own: Option<&Scenario>) -> String {
        let scenario = own.cloned().unwrap_or_else(Scenario::bundled);
        let own = Own { scenario: own, shown: &scenario };
        page(PAGE, &dist(), &story::sections(&scenario).expect("it runs"), &own).expect("a file")
    }

    #[test]
    fn a_what_if_is_carried_as_its_changes_and_told_in_the_story() {
        let setting = "actions.patch.at=11:10".parse().expect("a setting");
        let shown = Scenario::bundled().with(&[setting]).expect("valid");
        let own = Own { scenario: None, shown: &shown };
        let html = page(PAGE, &dist(), &story::sections(&shown).expect("it runs"), &own).expect("a file");
        let changes = between(&html, "id=\"bundle-changes\">", "</script>").expect("changes");
        assert_eq!(changes, "[\"actions.patch.at=11:10\"]");
        assert!(!html.contains("bundle-scenario"), "the scenario is the program's own");
        assert!(html.contains("What if: patch at 11:10 instead of 12:45"));
    }

    fn policy(html: &str) -> &str {
        between(html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").expect("a policy")
    }

    #[test]
    fn the_policy_allows_what_the_file_carries_and_no_address() {
        let html = bundled(None);
        let policy = policy(&html);
        let carried = |open: &str, close: &str| {
            let text = html.rsplit_once(open).and_then(|(_, rest)| rest.split_once(close)).expect("carried").0;
            digest(text)
        };
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.contains(&format!("script-src {} 'wasm-unsafe-eval'", carried("<script>", "</script>"))));
        assert!(policy.contains(&format!("style-src {}", carried("<style>", "</style>"))));
        assert!(policy.contains("worker-src blob:; ") && policy.contains("img-src data:; "), "{policy}");
        for absent in ["'self'", "unsafe-inline", "'unsafe-eval'", "http", "connect-src"] {
            assert!(!policy.contains(absent), "{absent} in {policy}");
        }
    }

    #[test]
    fn nothing_is_asked_for() {
        let html = bundled(None);
        for start in ["src=\"", "href=\"", "srcset=\""] {
            for address in html.split(start).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(address.starts_with("data:") || address.starts_with('#'), "{start}{address}");
            }
        }
        assert!(!html.contains("data-trunk") && !html.contains("<!-- story:"));
    }

    #[test]
    fn the_program_and_its_parts_survive_their_wrapping() {
        let html = bundled(None);
        let carried = |id: &str| {
            let packed = between(&html, &format!("id=\"{id}\">"), "</script>").expect(id);
            let packed = BASE64.decode(packed).expect("base64");
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("gzip");
            bytes
        };
        assert_eq!(carried("bundle-wasm"), dist().wasm);
        assert_eq!(carried("bundle-part-drill"), dist().parts[0].1);
    }

    #[test]
    fn a_hostile_scenario_is_data() {
        let hostile = "</script><script>planted()</script><!-- <title> <!-- story:tiles --> \u{2028} \"'&";
        let mut scenario = Scenario::bundled();
        scenario.title = hostile.to_owned();
        scenario.facts[0].text = hostile.to_owned();
        scenario.timeline[0].title = hostile.to_owned();
        let html = bundled(Some(&scenario));
        assert!(!html.contains("<script>planted"), "no script of the scenario's");
        assert_eq!(html.matches("<script").count(), 4, "program, part, scenario and script");
        assert_eq!(html.matches("</script>").count(), 4);
        let json = between(&html, "id=\"bundle-scenario\">", "</script>").expect("a scenario");
        assert_eq!(Scenario::from_json(json).expect("valid"), scenario);
        assert!(html.contains("<title>&lt;/script&gt;&lt;script&gt;planted()"));
    }

    #[test]
    fn style_sheets_that_need_other_files_are_refused() {
        for bad in ["@import 'a.css';", "a { background: url(a.png) }", "a { content: '</style>' }"] {
            assert!(style(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
