//! Changes single values by path (`instances.count=12`).
//!
//! Invariant: only assumptions and actions change, each by a value of its own kind. Facts, texts, names, claims and ranges are
//! what the scenario says, whoever wrote the link.

use serde_json::Value;

use super::{Scenario, ScenarioError};
use crate::json::{self, Step};
use crate::plain::quoted;

/// Largest float below which all whole numbers are exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Names of the parts of a scenario, with which paths begin.
pub const PARTS: [&str; 26] = [
    "version",
    "id",
    "title",
    "seed",
    "incident",
    "window",
    "facts",
    "readings",
    "timeline",
    "service_level",
    "traffic",
    "instances",
    "request",
    "gateway",
    "heap",
    "session",
    "deployment",
    "users",
    "load_balancer",
    "restart",
    "liveness",
    "collector_limit",
    "monitor",
    "responses",
    "claims",
    "assumptions",
];

/// A change: the path of a value and its new value as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Setting {
    /// Where: `instances.count`, `responses.patch.at`, `monitor.rules[0].for_s`.
    pub path: String,
    /// The value: JSON, or a bare word or time of day.
    pub value: String,
}

impl std::str::FromStr for Setting {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        match text.split_once('=') {
            Some((path, value)) if !path.trim().is_empty() => {
                Ok(Self { path: path.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(ScenarioError::Setting {
                path: text.to_owned(),
                message: "write path=value, such as instances.count=12".to_owned(),
            }),
        }
    }
}

pub(super) fn apply(scenario: &Scenario, settings: &[Setting]) -> Result<Scenario, ScenarioError> {
    if settings.is_empty() {
        return Ok(scenario.clone());
    }
    let mut root = serde_json::to_value(scenario).expect("every key of a scenario is a string");
    for setting in settings {
        apply_one(scenario, &mut root, setting)?;
    }
    // Through text, because the text's reader knows the path of a mistake.
    let changed: Scenario = json::from_str(&json::to_string(&root)).map_err(|refusal| ScenarioError::Setting {
        path: refusal.path.trim_end_matches(".value").to_owned(),
        message: refusal.message,
    })?;
    changed.validate()?;
    let what_if = scenario.what_if.and(scenario, &changed, settings);
    Ok(Scenario { what_if, ..changed })
}

fn apply_one(scenario: &Scenario, root: &mut Value, setting: &Setting) -> Result<(), ScenarioError> {
    let refuse = |message: String| ScenarioError::Setting { path: setting.path.clone(), message };
    let path =
        json::steps(&setting.path).ok_or_else(|| refuse("is not a path: write names.joined.by.dots[0]".to_owned()))?;
    let mut place = root;
    for (depth, step) in path.iter().enumerate() {
        let walked = json::joined(&path[..depth]);
        let allowed = allowed_below(place, &walked);
        let missing_response = walked == "responses" && matches!(step, Step::Key(_));
        let next = match (place, step) {
            (Value::Object(map), Step::Key(key)) => {
                // An action that the scenario does not have yet is a valid path.
                if missing_response && allowed.contains(key) && !map.contains_key(key) {
                    map.insert(key.clone(), action_template(scenario, key));
                }
                map.get_mut(key)
            }
            (Value::Array(list), Step::Index(index)) => list.get_mut(*index),
            _ => None,
        };
        let Some(next) = next else {
            return Err(refuse(format!(
                "does not exist: {} takes {}",
                if walked.is_empty() { "a scenario" } else { &walked },
                if allowed.is_empty() { "no further path".to_owned() } else { allowed.join(", ") }
            )));
        };
        place = next;
    }
    if !may_change(scenario, &path, place, &setting.value) {
        return Err(refuse(
            "cannot be changed: a what-if changes parameters, alert rules, the service level and actions, never what the \
             scenario says"
                .to_owned(),
        ));
    }
    let allowed = allowed_values(place);
    // `instances.count` means its value; `instances.count.reason` stays reachable.
    let target = match place {
        Value::Object(map) if map.contains_key("value") => &mut map["value"],
        other => other,
    };
    let parsed = parse_like(scenario, target, &setting.value);
    let is_like = match &*target {
        // Parameters that are whole numbers have at most 32 bits.
        Value::Number(old) if old.is_u64() => {
            parsed.as_u64().is_some_and(|number| allowed.is_none() || number <= u64::from(u32::MAX))
        }
        Value::Number(_) => parsed.is_number(),
        Value::String(old) if is_time(old) => parsed.as_str().is_some_and(is_time),
        _ => true,
    };
    if !is_like {
        let allowed = allowed.unwrap_or_else(|| expected_like(target).to_owned());
        return Err(refuse(format!("{} is not allowed: {allowed}", quoted(&setting.value))));
    }
    *target = parsed;
    Ok(())
}

/// Whether a what-if may change the value at a path. An action as a whole can only be left out.
fn may_change(scenario: &Scenario, path: &[Step], place: &Value, value: &str) -> bool {
    let is_list_of_numbers = |list: &Vec<Value>| list.iter().all(Value::is_number);
    let is_single = !place.is_object() && place.as_array().is_none_or(is_list_of_numbers);
    let keys: Vec<&str> = path
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Index(_) => "[]",
        })
        .collect();
    match keys.as_slice() {
        ["responses", _] => value == "null",
        [.., "reason" | "summary" | "name"] => false,
        ["monitor", "rules", "[]", ..] | ["monitor" | "service_level", _] | ["responses", ..] => is_single,
        [group, name] | [group, name, "value"] => {
            scenario.parameters().iter().any(|view| view.path == format!("{group}.{name}"))
        }
        _ => false,
    }
}

fn is_time(text: &str) -> bool {
    text.parse::<crate::units::UtcMs>().is_ok()
}

/// The allowed values of a parameter: "a whole number from 4 to 40 instances".
fn allowed_values(place: &Value) -> Option<String> {
    let [least, most] = place.get("range")?.as_array()?.as_slice() else { return None };
    let [least, most] = [least.as_f64()?, most.as_f64()?];
    let unit = place.get("unit")?.as_str()?;
    let what = if place.get("value")?.is_u64() { "a whole number from " } else { "" };
    Some(format!("{what}{least} to {most} {unit}").trim_end().to_owned())
}

/// The allowed values of other values.
fn expected_like(old: &Value) -> &'static str {
    match old {
        Value::Number(old) if old.is_u64() => "a whole number",
        Value::Number(_) => "a number",
        _ => "a time such as 11:30, 11:30:15 or 2024-08-15T11:30:00Z",
    }
}

fn parse_like(scenario: &Scenario, old: &Value, text: &str) -> Value {
    if old.as_str().is_some_and(is_time)
        && let Some(time) = scenario.window.at_clock(text)
    {
        return Value::String(time.to_string());
    }
    if old.is_string() {
        return match serde_json::from_str(text) {
            Ok(Value::String(text)) => Value::String(text),
            _ => Value::String(text.to_owned()),
        };
    }
    match serde_json::from_str(text) {
        // Counts are written as whole numbers; accept 12.0 for them.
        Ok(Value::Number(number)) if old.is_u64() => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && (0.0..=EXACT_MAX).contains(&float) && number.as_u64().is_none() => {
                Value::from(float as u64)
            }
            _ => Value::Number(number),
        },
        Ok(value) => value,
        Err(_) => Value::String(text.to_owned()),
    }
}

/// An absent action with default values, to be changed by further settings.
fn action_template(scenario: &Scenario, action: &str) -> Value {
    let start = scenario.incident.start;
    let at = Value::String(start.to_string());
    match action {
        "patch" | "rolling_restart" => {
            let patch = scenario.responses.patch.clone().or_else(|| scenario.responses.rolling_restart.clone());
            let (waves, bake_s) = patch.map_or((vec![1], 600.0), |patch| (patch.waves, patch.bake_s));
            serde_json::json!({"at": at, "waves": waves, "bake_s": bake_s, "reason": "what-if"})
        }
        "scale_out" => serde_json::json!({"at": at, "count": 1}),
        "shed" => serde_json::json!({"at": at, "until": scenario.incident.end.to_string(), "ratio": 0.25}),
        "heap_dump" => serde_json::json!({"at": at, "instance": 1, "pause_s": 60.0}),
        _ => serde_json::json!({"at": at}),
    }
}

fn allowed_below(place: &Value, walked: &str) -> Vec<String> {
    if walked == "responses" {
        return ["patch", "rolling_restart", "scale_out", "leak_off", "shed", "heap_dump"].map(str::to_owned).to_vec();
    }
    match place {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(list) if !list.is_empty() => vec![format!("[0] to [{}]", list.len() - 1)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_scenario_are_all_named() {
        let root = serde_json::to_value(Scenario::bundled()).expect("JSON");
        let keys = root.as_object().expect("an object").keys().map(String::as_str);
        let mut keys: Vec<&str> = keys.filter(|key| *key != "$schema").collect();
        let mut parts = PARTS.to_vec();
        keys.sort_unstable();
        parts.sort_unstable();
        assert_eq!(keys, parts);
    }

    /// A link may say nothing in the name of the report.
    #[test]
    fn facts_texts_names_claims_and_ranges_cannot_be_changed() {
        let scenario = Scenario::bundled();
        for setting in [
            "title=Breach",
            "id=other",
            "seed=7",
            "version=1",
            "incident.service=customer card vault",
            "incident.start=10:45",
            "incident.end=13:00",
            "window.until=14:00",
            "facts[0].text=Breach",
            "readings[0].text=Breach",
            "timeline[3].title=Breach",
            "timeline[3].at=12:20",
            "timeline[0].hypotheses=[]",
            "claims[1].reported=0.95",
            "claims[1].each_seed.min=0",
            "claims=[]",
            "assumptions[0].reason=Breach",
            "session.size_kib.reason=Breach",
            "session.size_kib.range=[0,100]",
            "session.size_kib.unit=MiB",
            "session={}",
            "monitor.rules[0].name=Breach",
            "monitor.rules[0].summary=Breach",
            "monitor.rules[0]={}",
            "monitor.reason=Breach",
            "service_level.reason=Breach",
            "responses.patch.reason=Breach",
            "responses.patch={\"at\":\"2024-08-15T11:00:00Z\",\"waves\":[1],\"bake_s\":1,\"reason\":\"Breach\"}",
        ] {
            let setting: Setting = setting.parse().expect("a setting");
            let error = scenario.with(std::slice::from_ref(&setting)).expect_err(&setting.path).to_string();
            assert!(error.starts_with(&setting.path) && error.contains("cannot be changed"), "{error}");
        }
        for setting in
            ["session.size_kib=8", "session.size_kib.value=8", "monitor.rules[0].for_s=60", "responses.patch=null"]
        {
            let setting = setting.parse().expect("a setting");
            assert!(scenario.with(&[setting]).is_ok());
        }
    }
}
