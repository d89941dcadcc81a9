//! Changes single values by path (`instances.count=12`).
//!
//! Invariant: only assumptions and actions change, each by a value of its own kind. Facts, texts, names, claims and ranges are
//! what the scenario says, whoever wrote the link.

use serde_json::Value;

use super::{
    Action, Balance, BalancerPolicy, Cap, Deed, Dump, FailOver, Limit, LimitKind, Reap, Release, Restarts, RollOut,
    SESSION_LEAK, Scale, Scenario, ScenarioError, Shed, Switch, Warm, When, v1,
};
use crate::json::{self, Step};
use crate::plain::quoted;

/// Largest float below which all whole numbers are exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Name of the list of actions.
const ACTIONS: &str = "actions";
/// Name of the list of faults.
const FAULTS: &str = "faults";
/// Name of the list of pools.
const POOLS: &str = "pools";
/// Name of the list of dependencies.
const DEPENDENCIES: &str = "dependencies";

/// Names of the parts of a scenario, with which paths begin; `responses` is what version 1 had in place of `actions`.
pub const PARTS: [&str; 37] = [
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
    "dependencies",
    "plan",
    "pools",
    "cache",
    "heap",
    "session",
    "deployment",
    "releases",
    "users",
    "retry_budget",
    "load_balancer",
    "outlier_ejection",
    "restart",
    "liveness",
    "collector_limit",
    "monitor",
    "faults",
    "actions",
    "responses",
    "measures",
    "drill",
    "claims",
    "assumptions",
];

/// A change: the path of a value and its new value as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Setting {
    /// Where: `instances.count`, `actions.patch.at`, `monitor.rules[0].for_s`.
    pub path: String,
    /// The value: JSON, or a bare word or time of day.
    pub value: String,
}

impl Setting {
    /// A change of the value at a path; a path of version 1 is brought to the present one.
    #[must_use]
    pub fn new(path: &str, value: &str) -> Self {
        Self { path: v1::path_now(path), value: value.to_owned() }
    }
}

impl std::str::FromStr for Setting {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        match text.split_once('=') {
            Some((path, value)) if !path.trim().is_empty() => Ok(Self::new(path.trim(), value.trim())),
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
    let path = named_action(scenario, root, path).map_err(refuse)?;
    let mut place = &mut *root;
    for (depth, step) in path.iter().enumerate() {
        let walked = json::joined(&path[..depth]);
        let allowed = allowed_below(place);
        let next = match (place, step) {
            (Value::Object(map), Step::Key(key)) => map.get_mut(key),
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
    if let [Step::Key(list), Step::Index(index)] = path.as_slice() {
        // An action or a fault that is left out.
        root[list].as_array_mut().expect("they are in a list").remove(*index);
        return Ok(());
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
        [ACTIONS | FAULTS, "[]"] => value == "null",
        [.., "reason" | "summary" | "name" | "id" | "text" | "of" | "word"] => false,
        ["monitor", "rules", "[]", ..]
        | ["monitor" | "service_level" | "cache", _]
        | [ACTIONS | FAULTS | POOLS | DEPENDENCIES, "[]", ..] => is_single,
        [group, name] | [group, name, "value"] => {
            scenario.parameters().iter().any(|view| view.path == format!("{group}.{name}"))
        }
        _ => false,
    }
}

fn is_time(text: &str) -> bool {
    text.parse::<When>().is_ok()
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
    if old.as_str().is_some_and(is_time)
        && let Some(when) = When::after_detection(text)
    {
        return Value::String(when.to_string());
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

/// The path of an action that is named by its id, `actions.patch.waves`, as a path into the list and the action:
/// `actions[0].do.roll_out.waves`. An action that the scenario does not have yet is added; its id tells its kind.
fn named_action(scenario: &Scenario, root: &mut Value, path: Vec<Step>) -> Result<Vec<Step>, String> {
    let [Step::Key(list), Step::Key(id), rest @ ..] = path.as_slice() else { return Ok(path) };
    if [FAULTS, POOLS, DEPENDENCIES].contains(&list.as_str()) {
        return named_part(root, list, id, rest);
    }
    if list != ACTIONS {
        return Ok(path);
    }
    let actions = root[ACTIONS].as_array_mut().expect("actions are a list");
    let index = match actions.iter().position(|action| action["id"] == id.as_str()) {
        Some(index) => index,
        None => {
            let action = template(scenario, id).ok_or_else(|| {
                let there: Vec<&str> = actions.iter().filter_map(|action| action["id"].as_str()).collect();
                format!("does not exist: actions takes {}, or a new one: {}", there.join(", "), NEW.join(", "))
            })?;
            actions.push(serde_json::to_value(action).expect("every key of an action is a string"));
            actions.len() - 1
        }
    };
    let mut steps = vec![Step::Key(ACTIONS.to_owned()), Step::Index(index)];
    let (kind, fields) = actions[index]["do"].as_object().and_then(|deed| deed.iter().next()).expect("one kind");
    if let [Step::Key(field), ..] = rest
        && actions[index].get(field).is_none()
    {
        if fields.get(field).is_none() {
            let names: Vec<&str> = fields.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            return Err(format!("does not exist: {id} takes at, {}", names.join(", ")));
        }
        steps.extend([Step::Key("do".to_owned()), Step::Key(kind.clone())]);
    }
    steps.extend(rest.iter().cloned());
    Ok(steps)
}

/// The same for a fault, a pool or a dependency, `faults.slow_gateway.latency_factor`. A setting adds none.
fn named_part(root: &Value, list: &str, id: &str, rest: &[Step]) -> Result<Vec<Step>, String> {
    let parts = root.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let Some(index) = parts.iter().position(|part| part["id"] == id) else {
        let there: Vec<&str> = parts.iter().filter_map(|part| part["id"].as_str()).collect();
        return Err(format!(
            "does not exist: this scenario has {}",
            if there.is_empty() { format!("no {list}") } else { there.join(", ") }
        ));
    };
    let mut steps = vec![Step::Key(list.to_owned()), Step::Index(index)];
    if let [Step::Key(field), ..] = rest
        && parts[index].get(field).is_none()
    {
        for part in ["does", "during"] {
            let Some((kind, fields)) = parts[index][part].as_object().and_then(|part| part.iter().next()) else {
                continue;
            };
            if fields.get(field).is_some() {
                steps.extend([Step::Key(part.to_owned()), Step::Key(kind.clone())]);
            }
        }
    }
    steps.extend(rest.iter().cloned());
    Ok(steps)
}

/// Names of actions that a setting may add. A number after it makes another of its kind: `restart_2`.
const NEW: [&str; 18] = [
    "patch",
    "roll_out",
    "rolling_restart",
    "restart",
    "scale_out",
    "scale_in",
    "scale",
    "leak_off",
    "switch",
    "shed",
    "heap_dump",
    "dump",
    "reap",
    "cap",
    "limit",
    "balance",
    "fail_over",
    "warm",
];

/// A new action with default values, to be changed by further settings; `None` when its name tells no kind.
#[must_use]
pub fn template(scenario: &Scenario, id: &str) -> Option<Action> {
    let name = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = if name == id { id } else { name.strip_suffix('_')? };
    let (waves, bake_s) = scenario.actions.iter().find_map(waves_of).unwrap_or((vec![1], 600.0));
    let deed = match name {
        "patch" | "roll_out" => Deed::RollOut(RollOut { release: Release::Fixed, waves, bake_s }),
        "rolling_restart" | "restart" => Deed::Restart(Restarts { instances: Vec::new(), waves, bake_s }),
        "scale_out" | "scale" => Deed::Scale(Scale { by: 1 }),
        "scale_in" => Deed::Scale(Scale { by: -1 }),
        "leak_off" | "switch" => Deed::Switch(Switch { fault: SESSION_LEAK.to_owned(), on: false }),
        "shed" => Deed::Shed(Shed { until: scenario.incident.end, ratio: 0.25 }),
        "heap_dump" | "dump" => Deed::Dump(Dump { instance: 1, pause_s: 60.0 }),
        "reap" => Deed::Reap(Reap { idle_s: 1800.0 }),
        "cap" => Deed::Cap(Cap { sessions: 10_000 }),
        "limit" => Deed::Limit(Limit { what: LimitKind::Retries, pool: None, to: 0 }),
        "balance" => Deed::Balance(Balance { policy: BalancerPolicy::LeastOutstanding }),
        "fail_over" => Deed::FailOver(FailOver { dependency: None, latency_factor: 1.0 }),
        "warm" => Deed::Warm(Warm { takes_s: 300.0 }),
        _ => return None,
    };
    Some(Action { id: id.to_owned(), at: When::At(scenario.incident.start), deed, reason: String::new() })
}

/// The waves of an action that has some.
fn waves_of(action: &Action) -> Option<(Vec<u32>, f64)> {
    match &action.deed {
        Deed::RollOut(roll_out) => Some((roll_out.waves.clone(), roll_out.bake_s)),
        Deed::Restart(restarts) => Some((restarts.waves.clone(), restarts.bake_s)),
        _ => None,
    }
}

fn allowed_below(place: &Value) -> Vec<String> {
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
        let mut parts: Vec<&str> = PARTS
            .into_iter()
            .filter(|part| {
                !["dependencies", "plan", "pools", "cache", "faults", "releases", "responses", "drill"].contains(part)
            })
            .collect();
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
            "measures=[]",
            "measures[0].name=Breach",
            "measures[0].settings=[]",
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
            "actions.patch.reason=Breach",
            "actions.patch.id=breach",
            "actions.patch.do={}",
            "actions.patch={\"id\":\"breach\"}",
            "actions[0]={}",
            "actions=[]",
        ] {
            let setting: Setting = setting.parse().expect("a setting");
            let error = scenario.with(std::slice::from_ref(&setting)).expect_err(&setting.path).to_string();
            assert!(error.starts_with(&setting.path) && error.contains("cannot be changed"), "{error}");
        }
        for setting in [
            "session.size_kib=8",
            "session.size_kib.value=8",
            "monitor.rules[0].for_s=60",
            "actions.patch=null",
            "actions[0]=null",
        ] {
            let setting = setting.parse().expect("a setting");
            assert!(scenario.with(&[setting]).is_ok());
        }
    }
}
