//! Changes single values by path (`instances.count=12`).

use serde_json::Value;

use super::{Scenario, ScenarioError};
use crate::json::{self, Step};

/// Largest float below which all whole numbers are exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

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
    Ok(changed)
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
        return Err(refuse(format!("{} is not allowed: {allowed}", setting.value)));
    }
    *target = parsed;
    Ok(())
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
        && let Some(time) = scenario.incident.start.same_day_at(text)
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
