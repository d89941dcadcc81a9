//! Hostile and extreme scenarios.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use incident_replay::model::World;
use incident_replay::recording::Recording;
use incident_replay::scenario::Scenario;
use serde_json::Value;

/// The hostile text.
pub const TEXT: &str = "=HYPERLINK(\"https://evil.example\")<script>alert('1')</script>](javascript:alert(1)) ![x](https://evil.example/x.png) \
     | a | b\n\n# heading\n- item\n```\n{{ query \"up\" }} {% raw %} $x$ *b* ~~s~~ &lt;img&gt; \u{0}\u{7}\u{1b}\u{7f}\u{9b}\u{202e}\u{fffe} \
     @everyone \\` --- 'quote' \"quote\" #c: *a !t %d www.evil.example";

/// The hostile text as it may be displayed.
pub fn visible() -> String {
    let steering = |c: &char| (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{202e}' | '\u{fffe}');
    let text: String = TEXT.chars().filter(|c| !steering(c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bundled scenario with a status update, so that it has every kind of text.
pub fn benign() -> Scenario {
    noted(&Scenario::bundled().to_json(), "We are on it.")
}

/// A scenario with a status update.
fn noted(scenario: &str, text: &str) -> Scenario {
    let mut json: Value = serde_json::from_str(scenario).expect("JSON");
    json["actions"].as_array_mut().expect("a list").push(serde_json::json!({
        "id": "note", "at": Scenario::bundled().incident.start.to_string(), "do": { "note": { "text": text } }
    }));
    Scenario::from_json(&json.to_string()).expect("every text is allowed")
}

/// The bundled scenario with [`TEXT`] in every text that a scenario may have, and its run.
pub fn run() -> (Scenario, Recording) {
    let mut json = serde_json::to_value(Scenario::bundled()).expect("a scenario is JSON");
    for (key, value) in json.as_object_mut().expect("an object") {
        if key == "title" {
            *value = Value::from(TEXT);
        } else if key != "id" && key != "actions" {
            poison(key, value);
        }
    }
    // Some figures depend on the ids of these events.
    let events = Scenario::bundled().timeline;
    let poisoned = json["timeline"].as_array_mut().expect("a list");
    poisoned.iter_mut().zip(events).for_each(|(poisoned, event)| poisoned["id"] = event.id.into());
    // Their ids are plain names and their changes settings; their texts are neither.
    let poisoned = json["measures"].as_array_mut().expect("a list");
    for (poisoned, measure) in poisoned.iter_mut().zip(Scenario::bundled().measures) {
        poisoned["id"] = measure.id.into();
        poisoned["settings"] = measure.settings.into();
    }
    json["actions"][0]["reason"] = TEXT.into();
    let scenario = noted(&json.to_string(), TEXT);
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    (scenario, recording)
}

fn poison(key: &str, value: &mut Value) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, value)| poison(key, value)),
        Value::Array(list) => list.iter_mut().for_each(|value| poison(key, value)),
        Value::String(text) => {
            let free = [
                "title", "text", "suspect", "because", "reason", "summary", "service", "journey", "unit", "phase",
                "cost",
            ];
            if free.contains(&key) {
                *text = TEXT.to_owned();
            } else if ["id", "fact", "facts"].contains(&key) {
                // Ids must stay unique.
                text.push_str(TEXT);
            }
        }
        _ => {}
    }
}

/// The bundled scenario with the longest texts and largest numbers allowed, and its run.
pub fn huge() -> (Scenario, Recording) {
    let mut json = serde_json::to_value(Scenario::bundled()).expect("a scenario is JSON");
    json["title"] = Value::from("long ".repeat(100_000));
    let rules = json["monitor"]["rules"].as_array_mut().expect("rules");
    rules[0]["when"]["threshold"]["above"] = Value::from(f64::MAX);
    rules[0]["for_s"] = Value::from(86_400);
    rules[1]["when"]["burn_rate"]["factor"] = Value::from(1_000_000);
    rules[1]["when"]["burn_rate"]["long_window_s"] = Value::from(86_400);
    rules[2]["when"]["threshold"]["above"] = Value::from(-f64::MAX);
    rules[2]["summary"] = Value::from("=".repeat(100_000));
    rules[3]["when"]["predict_linear"]["ahead_s"] = Value::from(31_622_400);
    rules[3]["when"]["predict_linear"]["above"] = Value::from(f64::MIN_POSITIVE);
    let scenario = Scenario::from_json(&json.to_string()).expect("every value is allowed");
    let recording = World::run(&scenario, scenario.seed).expect("it runs");
    (scenario, recording)
}
