//! The tables of the address and of the embed's messages beside what JavaScript, its types and the documents say of them.

use std::collections::BTreeSet;

use incident_replay::chart::ChartKind;
use incident_replay::replay::embedding::{ATTRIBUTES, Asked, CHANGE, FORMATS, Happening, STATE, Told};
use incident_replay::replay::{CONTROLS, NAMES, SPEEDS, THEMES};

const SCRIPT: &str = include_str!("../static/embed.js");
const TYPES: &str = include_str!("../static/embed.d.ts");
const DOCUMENT: &str = include_str!("../docs/embedding.md");

/// The text between two others.
fn between<'a>(text: &'a str, from: &str, until: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from:?}"));
    rest.split_once(until).unwrap_or_else(|| panic!("no {until:?} after {from:?}")).0
}

/// What stands in single quotes.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('\'').skip(1).step_by(2).collect()
}

/// Names of the members of an interface: `name: …`, `name?: …`, `name(…`, with or without `readonly`.
fn members(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().filter(|line| line.starts_with("  ") && !line.trim_start().starts_with(['/', '*', '}']));
    lines.filter_map(|line| line[2..].trim_start_matches("readonly ").split([':', '?', '(']).next()).collect()
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

/// Requests that JavaScript sends by one of its methods.
fn sent() -> BTreeSet<&'static str> {
    let after = |call: &str| -> Vec<&'static str> {
        SCRIPT.split(call).skip(1).filter_map(|rest| rest.split('\'').next()).collect()
    };
    [after("#request('"), after("#post('"), after("#send(0, '")].concat().into_iter().collect()
}

#[test]
fn the_element_has_the_attributes_of_the_table() {
    let parameters = between(SCRIPT, "const PARAMETERS = {", "}");
    let pairs = parameters.split(',').filter_map(|pair| pair.split_once(':'));
    let pairs: BTreeSet<(&str, &str)> =
        pairs.map(|(attribute, to)| (attribute.trim().trim_matches('\''), to.trim().trim_matches('\''))).collect();
    assert_eq!(pairs, ATTRIBUTES.into_iter().collect());
    assert!(ATTRIBUTES.iter().all(|(_, parameter)| NAMES.contains(parameter)));
    let class = members(between(TYPES, "class IncidentReplayElement extends HTMLElement {", "\n}"));
    let allowed = between(DOCUMENT, "allowedCustomElementAttributeNameRegExp: '^(", ")$'");
    for (attribute, _) in ATTRIBUTES {
        let property = match attribute.split_once('-') {
            Some((first, second)) => format!("{first}{}{}", second[..1].to_uppercase(), &second[1..]),
            None => attribute.to_owned(),
        };
        assert!(class.contains(property.as_str()), "{property} has no type");
        assert!(allowed.split('|').any(|name| name == attribute), "{attribute} is not in the document");
    }
}

#[test]
fn messages_are_those_of_the_table() {
    assert_eq!(sent(), set(Asked::ALL.iter().map(|asked| asked.name())));
    let heard = between(SCRIPT, "switch (data.type) {", "\n  }");
    let cases = heard.split("case '").skip(1).filter_map(|rest| rest.split('\'').next());
    assert_eq!(set(cases), set(Told::ALL.iter().map(|told| told.name())));
    assert_eq!(
        quoted(between(SCRIPT, "const EVENTS = new Set([", "]")),
        set(Happening::ALL.iter().map(|event| event.name()))
    );
    for asked in Asked::ALL {
        assert_eq!(Asked::from_name(asked.name()), Some(*asked));
    }
}

#[test]
fn types_are_those_of_the_table() {
    let events = members(between(TYPES, "interface IncidentReplayEventMap {", "\n}"));
    // The element tells this one by itself.
    let ready = ["loadedmetadata"];
    assert_eq!(events, set(Happening::ALL.iter().map(|event| event.name()).chain(ready)));
    assert_eq!(members(between(TYPES, "interface ReplayState {", "\n}")), set(STATE));
    assert_eq!(members(between(TYPES, "interface ReplayChange {", "\n}")), set(CHANGE));
    assert!(STATE.iter().filter(|key| CHANGE.contains(key)).count() == CHANGE.len(), "what can be changed is told");
    let class = members(between(TYPES, "class IncidentReplayElement extends HTMLElement {", "\n}"));
    // A rate is a property, and a start is no method.
    for asked in Asked::ALL.iter().filter(|asked| !matches!(asked, Asked::SetRate | Asked::Start)) {
        assert!(class.contains(asked.name()), "{asked:?} has no type");
    }
    let charts = ChartKind::ALL.into_iter().map(ChartKind::id);
    assert_eq!(quoted(between(TYPES, "export type Panel =", ";")), set(charts.chain(["system"])));
    assert_eq!(quoted(between(TYPES, "export type Theme =", ";")), set(THEMES.map(|(word, _)| word)));
    assert_eq!(quoted(between(TYPES, "export type Controls =", ";")), set(CONTROLS.map(|(word, _)| word)));
    assert_eq!(quoted(between(TYPES, "format?: ", " }")), set(FORMATS));
    let last = SPEEDS.len() - 1;
    let speeds: Vec<String> = SPEEDS[..last].iter().map(f64::to_string).collect();
    let speeds = format!("/** {} or {}. */", speeds.join(", "), SPEEDS[last]);
    assert_eq!(TYPES.matches(&speeds).count(), 2, "{speeds}");
}

#[test]
fn the_document_has_every_parameter_and_every_value() {
    let table = between(DOCUMENT, "| parameter | meaning |", "\n\n");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| `")).collect();
    let heads = rows.iter().filter_map(|row| row.split('|').nth(1));
    let parameters =
        heads.flat_map(|head| head.split('`').skip(1).step_by(2)).filter_map(|text| text.split('=').next());
    let documented = set(parameters);
    // The other modes are not there yet.
    for name in NAMES.iter().filter(|name| **name != "mode") {
        assert!(documented.contains(name), "{name} is not documented");
    }
    // The rest are settings of a what-if.
    assert!(documented.iter().all(|name| NAMES.contains(name) || name.contains('.')), "{documented:?}");
}
