//! Every export, read back by an independent reader, and hostile scenarios, whose text must stay text. `tests/prometheus`
//! has what Prometheus makes of the exports.
#![cfg(feature = "cli")]

mod hostile;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use incident_replay::export::{BaseUrl, File, Format, Options, RunRef, files, openmetrics};
use incident_replay::model::World;
use incident_replay::recording::{Ledger, Recording};
use incident_replay::replay::TimeRange;
use incident_replay::scenario::Scenario;
use pulldown_cmark::{CowStr, Event, Options as Extensions, Parser, Tag, TagEnd};
use serde_json::Value;

const BASE: &str = "https://example.org/replay";

fn exported(scenario: &Scenario, format: Format, options: &Options<'_>) -> Vec<File> {
    let recording = World::run(scenario, scenario.seed).expect("the scenario runs");
    of(scenario, &recording, format, options)
}

fn of(scenario: &Scenario, recording: &Recording, format: Format, options: &Options<'_>) -> Vec<File> {
    let ledger = Ledger::new(scenario, recording, None);
    files(format, &RunRef { scenario, recording, ledger: &ledger }, options)
}

fn linked() -> Options<'static> {
    Options { base_url: Some(BASE.parse::<BaseUrl>().expect("an address")), ..Options::default() }
}

fn file<'a>(files: &'a [File], path: &str) -> &'a str {
    let found = files.iter().find(|file| file.path == path);
    found.map(|file| file.text.as_str()).unwrap_or_else(|| panic!("no {path} in {files:?}"))
}

/// Rows of a table, the head first.
fn table(text: &str) -> Vec<csv::StringRecord> {
    assert!(text.ends_with("\r\n"), "RFC 4180 ends lines with CRLF");
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().collect::<Result<_, _>>().expect("rows of one length")
}

#[test]
fn the_timeline_is_a_table_with_links() {
    let scenario = Scenario::bundled();
    let files = exported(&scenario, Format::Csv, &linked());
    let rows = table(file(&files, "timeline.csv"));
    assert_eq!(
        rows[0].iter().collect::<Vec<_>>(),
        ["time_utc", "until_utc", "source", "kind", "title", "text", "link"]
    );
    for event in &scenario.timeline {
        let row = rows.iter().find(|row| row[4] == event.title).unwrap_or_else(|| panic!("{}", event.title));
        assert_eq!([&row[0], &row[2], &row[5]], [&event.at.to_string(), "reported", &event.text]);
        assert_eq!(row[6], format!("{BASE}/#v=1&t={}", event.at.hh_mm()));
    }
    let page = rows.iter().find(|row| row[4].starts_with("Page: ")).expect("somebody is paged");
    assert_eq!([&page[2], &page[3]], ["simulated", "alert"]);
    let times: Vec<&str> = rows.iter().skip(1).map(|row| &row[0]).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_range_of_the_recording_has_its_rows() {
    let range = Some(TimeRange { from_ms: 3_600_000.0, until_ms: 3_660_000.0 });
    let options = Options { range, ..Options::default() };
    let files = exported(&Scenario::bundled(), Format::Csv, &options);
    let rows = table(file(&files, "recording.csv"));
    assert_eq!(rows.len(), 61);
    assert_eq!([&rows[1][0], &rows[60][0]], ["2024-08-15T11:30:01Z", "2024-08-15T11:31:00Z"]);
    let titles: Vec<csv::StringRecord> = table(file(&files, "timeline.csv"));
    assert!(titles[1..].iter().all(|row| row[0].starts_with("2024-08-15T11:3")), "{titles:?}");
    assert_eq!(titles.len(), 2, "one event of the timeline lies there");
}

#[test]
fn the_series_in_json_are_those_of_the_table() {
    let scenario = Scenario::bundled();
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    let json = of(&scenario, &recording, Format::Json, &Options::default());
    let series: Value = serde_json::from_str(file(&json, "series.json")).expect("JSON");
    let csv = of(&scenario, &recording, Format::Csv, &Options::default());
    let rows = table(file(&csv, "recording.csv"));
    let column = |name: &str| rows[0].iter().position(|head| head == name).unwrap_or_else(|| panic!("{name}"));
    let of_table = |name: &str| -> Vec<u64> {
        let at = column(name);
        rows[1..].iter().filter_map(|row| row[at].parse().ok()).collect()
    };
    let of_json = |value: &Value| -> Vec<u64> {
        value.as_array().expect("a list").iter().map(|number| number.as_u64().expect("a number")).collect()
    };
    assert_eq!(of_json(&series["service"]["columns"]["arrivals"]["values"]), of_table("arrivals_count"));
    let heap = &series["instances"]["columns"]["heap_used_kib"]["values"];
    assert_eq!(of_json(&heap[2]), of_table("payment_3_heap_used_kib"));
    assert_eq!(series["instances"]["first_row_at"], "2024-08-15T10:30:05Z");
    let summary: Value = serde_json::from_str(file(&json, "summary.json")).expect("JSON");
    assert_eq!(summary["digest"], recording.digest());
}

/// A Markdown document as a parser sees it.
#[derive(Default)]
struct Read {
    headings: Vec<String>,
    links: Vec<String>,
    images: Vec<String>,
    rows: Vec<Vec<String>>,
    /// All visible text.
    text: String,
    html: Vec<String>,
}

fn read(markdown: &str) -> Read {
    let extensions = Extensions::ENABLE_TABLES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_MATH
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_HEADING_ATTRIBUTES
        | Extensions::ENABLE_DEFINITION_LIST;
    let mut read = Read::default();
    let (mut in_heading, mut in_cell) = (false, false);
    for event in Parser::new_ext(markdown, extensions) {
        let mut add = |text: &CowStr<'_>| {
            read.text.push_str(text);
            if in_heading && let Some(heading) = read.headings.last_mut() {
                heading.push_str(text);
            }
            if in_cell && let Some(cell) = read.rows.last_mut().and_then(|row| row.last_mut()) {
                cell.push_str(text);
            }
        };
        match event {
            Event::Text(text) | Event::Code(text) => add(&text),
            Event::SoftBreak => add(&" ".into()),
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                read.headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => read.rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => {
                in_cell = true;
                read.rows.last_mut().expect("in a row").push(String::new());
            }
            Event::End(TagEnd::TableCell) => in_cell = false,
            Event::Start(Tag::Link { dest_url, .. }) => read.links.push(dest_url.into_string()),
            Event::Start(Tag::Image { dest_url, .. }) => read.images.push(dest_url.into_string()),
            Event::Html(html) | Event::InlineHtml(html) => read.html.push(html.into_string()),
            Event::InlineMath(other) | Event::DisplayMath(other) | Event::FootnoteReference(other) => {
                read.html.push(format!("not text: {other}"));
            }
            Event::Start(Tag::Strikethrough | Tag::CodeBlock(_) | Tag::BlockQuote(_)) => {
                read.html.push("not text: a block or line".to_owned());
            }
            _ => {}
        }
    }
    read
}

const SECTIONS: [&str; 11] = [
    "Impact",
    "Timeline",
    "Causes",
    "Detection",
    "Diagnosis",
    "What went well",
    "What went badly",
    "Where we were lucky",
    "Actions",
    "Claims",
    "Assumptions",
];

#[test]
fn the_post_mortem_has_its_sections_links_and_pictures() {
    let scenario = Scenario::bundled();
    let files = exported(&scenario, Format::Markdown, &linked());
    let read = read(file(&files, "post-mortem.md"));
    assert_eq!(read.html, [""; 0]);
    assert_eq!(read.headings[0], format!("Post-mortem: {}", scenario.title));
    let sections = read.headings.iter().filter(|heading| SECTIONS.contains(&heading.as_str()));
    assert_eq!(sections.collect::<Vec<_>>(), SECTIONS);
    for event in &scenario.timeline {
        assert!(read.links.contains(&format!("{BASE}/#v=1&t={}", event.at.hh_mm())), "{}", event.title);
        let row = read.rows.iter().find(|row| row.get(1) == Some(&event.title)).expect("a row");
        assert_eq!(row[..], [event.at.hh_mm_ss(), event.title.clone(), event.text.clone(), "reported".into()]);
    }
    assert!(read.links.iter().all(|link| link.starts_with(&format!("{BASE}/#v=1&t="))), "{:?}", read.links);
    let pictures = exported(&scenario, Format::Svg, &Options::default());
    assert!(!read.images.is_empty());
    for image in &read.images {
        file(&pictures, image);
    }
    for claim in &scenario.claims {
        assert!(read.rows.iter().any(|row| row[0] == claim.id && row[1] == claim.text), "{}", claim.id);
    }
    for fact in &scenario.facts {
        use incident_replay::scenario::FactKind;
        assert!(fact.kind == FactKind::Timeline || fact.kind == FactKind::Licence || read.text.contains(&fact.text));
    }
}

#[test]
fn every_row_of_figures_says_where_it_comes_from() {
    let files = exported(&Scenario::bundled(), Format::Markdown, &Options::default());
    let read = read(file(&files, "post-mortem.md"));
    assert_eq!(read.links, [""; 0], "without an address there are no links");
    let heads = ["Reported", "Simulated", "Fires (simulated)", "Value (assumed)", "Source"];
    let mut figures = 0;
    let mut columns: &[String] = &[];
    for row in &read.rows {
        if row.iter().any(|cell| heads.contains(&cell.as_str())) {
            columns = row;
        } else if let Some(source) = columns.iter().position(|head| head == "Source") {
            let word = row[source].split(',').next().unwrap_or_default();
            assert!(["reported", "simulated", "assumed"].contains(&word), "{row:?}");
            figures += 1;
        }
    }
    assert!(figures > 30, "{figures}");
}

#[test]
fn charts_are_pictures_of_their_own() {
    let scenario = Scenario::bundled();
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    let whole = of(&scenario, &recording, Format::Svg, &Options::default());
    let zoom = TimeRange { from_ms: 1_800_000.0, until_ms: 3_600_000.0 };
    let options = Options { range: Some(zoom), playhead_ms: Some(2_000_000.0), ..Options::default() };
    let piece = of(&scenario, &recording, Format::Svg, &options);
    assert_eq!(whole.len(), 9);
    for (whole, piece) in whole.iter().zip(&piece) {
        let document =
            roxmltree::Document::parse(&whole.text).unwrap_or_else(|error| panic!("{}: {error}", whole.path));
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "svg");
        let of_kind = |name: &str| {
            root.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name))).count()
        };
        assert_eq!((of_kind("title"), of_kind("desc")), (1, 1), "{}", whole.path);
        assert!(of_kind("polyline") + of_kind("path") + of_kind("polygon") + of_kind("line") > 3, "{}", whole.path);
        roxmltree::Document::parse(&piece.text).unwrap_or_else(|error| panic!("{}: {error}", piece.path));
        assert_ne!(whole.text, piece.text, "{}", whole.path);
    }
}

#[test]
fn annotations_are_what_grafana_takes() {
    let scenario = Scenario::bundled();
    let files = exported(&scenario, Format::Annotations, &linked());
    let all: Value = serde_json::from_str(file(&files, "annotations.json")).expect("JSON");
    let all = all.as_array().expect("a list");
    for annotation in all {
        let time = annotation["time"].as_i64().expect("milliseconds");
        let end = annotation.get("timeEnd").and_then(Value::as_i64).unwrap_or(time);
        assert!(time <= scenario.window.until.0 && end >= scenario.window.from.0, "it touches the window");
        assert!(annotation.get("timeEnd").is_none_or(|end| end.as_i64().is_some_and(|end| end >= time)));
        assert!(annotation["tags"].as_array().is_some_and(|tags| tags.iter().all(Value::is_string)));
        assert!(annotation["text"].as_str().is_some_and(|text| text.contains(&format!("href=\"{BASE}/#v=1&amp;t="))));
    }
    let incident = all.iter().find(|annotation| annotation["tags"][1] == "incident").expect("the incident");
    assert_eq!(incident["time"], scenario.incident.start.0);
    assert_eq!(incident["timeEnd"], scenario.incident.end.0);
}

#[test]
fn openmetrics_text_has_one_block_for_each_family() {
    let scenario = Scenario::bundled();
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    let ledger = Ledger::new(&scenario, &recording, None);
    let text = openmetrics(&RunRef { scenario: &scenario, recording: &recording, ledger: &ledger });
    assert!(text.ends_with("\n# EOF\n") && text.matches("# EOF").count() == 1);
    let mut family = "";
    let mut seen = Vec::new();
    let (mut at, mut series) = (0, "");
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(name) = line.strip_prefix("# HELP ").and_then(|rest| rest.split(' ').next()) {
            assert!(!seen.contains(&name), "{name} comes twice");
            seen.push(name);
            family = name;
        } else if !line.starts_with('#') {
            assert!(line.starts_with(family), "{line}");
            let mut words = line.split(' ');
            let (name, value, time) = (words.next(), words.next(), words.next());
            let value: f64 = value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{line}"));
            let time: i64 = time.and_then(|time| time.parse().ok()).unwrap_or_else(|| panic!("{line}"));
            assert!(value >= 0.0 && words.next().is_none(), "{line}");
            let name = name.unwrap_or_default();
            assert!(name != series || time > at, "{line}: times go up");
            (series, at) = (name, time);
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
}

#[test]
fn hostile_text_stays_text_in_tables() {
    let (scenario, recording) = hostile::run();
    let files = of(&scenario, &recording, Format::Csv, &linked());
    let rows = table(file(&files, "timeline.csv"));
    assert_eq!(rows.len(), table(file(&exported(&hostile::benign(), Format::Csv, &linked()), "timeline.csv")).len());
    let acts = |cell: &str| cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cells = rows.iter().flat_map(|row| row.iter());
    assert!(cells.clone().any(|cell| cell.starts_with("'=")), "the formula is there");
    assert_eq!(cells.filter(|cell| acts(cell)).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn hostile_text_stays_text_in_the_post_mortem() {
    let benign = exported(&hostile::benign(), Format::Markdown, &linked());
    let benign = read(file(&benign, "post-mortem.md"));
    let (scenario, recording) = hostile::run();
    let files = of(&scenario, &recording, Format::Markdown, &linked());
    let hostile = read(file(&files, "post-mortem.md"));
    assert_eq!(hostile.html, [""; 0], "no markup");
    assert!(hostile.links.iter().all(|link| link.starts_with(&format!("{BASE}/#"))), "{:?}", hostile.links);
    assert_eq!((hostile.links.len(), hostile.images.len()), (benign.links.len(), benign.images.len()));
    assert_eq!(hostile.headings.len(), benign.headings.len());
    let widths = |read: &Read| read.rows.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(widths(&hostile), widths(&benign), "no cell ends a row or begins another");
    // The whole text is there.
    assert!(hostile.text.contains(&hostile::visible()), "{}", hostile.headings[0]);
    let bare = file(&files, "post-mortem.md");
    assert!(!bare.contains("://evil") && !bare.contains("{{") && !bare.contains('\u{202e}'));
}

#[test]
fn hostile_text_stays_text_in_pictures() {
    let (scenario, recording) = hostile::run();
    for file in of(&scenario, &recording, Format::Svg, &Options::default()) {
        let document = roxmltree::Document::parse(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            assert!(
                !["script", "a", "image", "foreignObject", "style"].contains(&node.tag_name().name()),
                "{}",
                file.path
            );
            assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")), "{}", file.path);
        }
    }
}

#[test]
fn hostile_text_stays_text_in_annotations() {
    let (scenario, recording) = hostile::run();
    let files = of(&scenario, &recording, Format::Annotations, &linked());
    let all: Value = serde_json::from_str(file(&files, "annotations.json")).expect("JSON");
    let mut texts = 0;
    for annotation in all.as_array().expect("a list") {
        let mut text = annotation["text"].as_str().expect("a text").to_owned();
        for mine in ["<b>", "</b>", "<br>", "</a>"] {
            text = text.replace(mine, "");
        }
        let (before, after) = text.split_once(&format!("<a href=\"{BASE}/#v=1&amp;t=")).expect("a link");
        assert!(!before.contains(['<', '"', '\'']) && !after.contains('<'), "{text}");
        texts += 1;
    }
    assert!(texts > 10);
}

#[test]
fn numbers_as_large_as_a_scenario_allows_are_exported() {
    let (scenario, recording) = hostile::huge();
    for format in Format::ALL {
        for file in of(&scenario, &recording, format, &linked()) {
            assert!(!file.text.contains("NaN") && !file.text.contains("inf "), "{}", file.path);
        }
    }
}

fn incident_replay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_incident-replay")).args(arguments).output().expect("the program starts")
}

/// A temporary folder, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("incident-replay-{name}-{}", std::process::id())))
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn path(&self) -> &str {
        Path::to_str(&self.0).expect("UTF-8")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_command_writes_every_format_and_tells_what_it_wrote() {
    let folder = Folder::new("export-all");
    let output = incident_replay(&["export", "--out", folder.path(), "--base-url", BASE]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    let scenario = Scenario::bundled();
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    for format in Format::ALL {
        for file in of(&scenario, &recording, format, &linked()) {
            let written = folder.text(&file.path);
            assert!(told.lines().any(|line| line.ends_with(&file.path)), "{} is told", file.path);
            // This ledger lacks the counterfactual run.
            let is_same = written == file.text || ["summary.json", "post-mortem.md"].contains(&file.path.as_str());
            assert!(is_same, "{}", file.path);
        }
    }
    let printed = incident_replay(&["simulate", "--format", "json"]).stdout;
    assert_eq!(folder.text("summary.json").as_bytes(), printed, "one summary, however it is asked for");
    let printed = incident_replay(&["simulate", "--format", "csv"]).stdout;
    assert_eq!(folder.text("recording.csv").as_bytes(), printed, "one table, however it is asked for");
}

#[test]
fn the_command_takes_formats_changes_and_a_range() {
    let folder = Folder::new("export-some");
    let some = ["export", "--out", folder.path(), "--format", "csv,rules", "--seed", "7"];
    let more = ["--set", "responses.patch.at=11:30", "--from", "11:30", "--until", "11:45:30"];
    let output = incident_replay(&[&some[..], &more[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(told.lines().count(), 4, "{told}");
    assert_eq!(table(&folder.text("recording.csv")).len(), 1 + 15 * 60 + 30);
    assert!(folder.text("timeline.csv").contains("roll-out of the patch begins"));
}

/// Nobody may take a what-if for the incident, in whatever form it is passed on.
#[test]
fn every_export_tells_what_a_what_if_changes_and_links_to_it() {
    let setting = "responses.patch.at=11:10".parse().expect("a setting");
    let scenario = Scenario::bundled().with(&[setting]).expect("valid").with_seed(7);
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    let line = "patch at 11:10 instead of 12:45";
    let piece = TimeRange { from_ms: 3_600_000.0, until_ms: 3_660_000.0 };
    for format in Format::ALL {
        for options in [linked(), Options { range: Some(piece), ..linked() }] {
            for file in of(&scenario, &recording, format, &options) {
                let text = file.text.replace("\n", " ");
                // Pictures break the line; their description does not.
                assert!(text.contains(line) || file.path == "rules.test.yml", "{}", file.path);
                for link in text.split("https://example.org/replay/#").skip(1) {
                    assert!(
                        link.contains("seed=7") && link.contains("actions.patch.at=11:10"),
                        "{}: {link:.90}",
                        file.path
                    );
                }
            }
        }
        for file in of(&Scenario::bundled(), &recording, format, &linked()) {
            assert!(!file.text.to_lowercase().contains("what if"), "{}", file.path);
        }
    }
}

#[test]
fn the_command_says_what_is_wrong() {
    for (arguments, message) in [
        (&["--base-url", "javascript:alert(1)"][..], "is not an address of a replay"),
        (&["--from", "9:99"], "--from \"9:99\": expected HH:MM or HH:MM:SS"),
        (&["--until", "09:00"], "--until 09:00: expected 10:30 to 13:45"),
        (&["--from", "12:00", "--until", "11:00"], "--from: must lie before --until"),
        (&["--format", "pdf"], "invalid value 'pdf'"),
    ] {
        let output = incident_replay(&[&["export", "--out", "/dev/null/nowhere"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(message), "{stderr}");
    }
    let output = incident_replay(&["export", "--out", "/dev/null/nowhere", "--format", "rules"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: /dev/null/nowhere/rules.yml: "));
}
