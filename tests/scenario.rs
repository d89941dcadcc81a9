//! Reading scenarios: the bundled one, its schema, and every kind of bad input with path, line, column and what is allowed.

use expect_test::{Expect, expect};
use incident_replay::scenario::{BUNDLED, Release, Scenario, Setting};

fn refused(text: &str, expected: Expect) {
    let error = Scenario::from_json(text).expect_err("it should be refused");
    expected.assert_eq(&error.to_string());
}

/// The bundled text with one piece replaced.
fn with(from: &str, to: &str) -> String {
    assert!(BUNDLED.contains(from), "{from:?} is not in the bundled scenario");
    BUNDLED.replacen(from, to, 1)
}

fn set(setting: &str) -> Result<Scenario, String> {
    let setting: Setting =
        setting.parse().map_err(|error: incident_replay::scenario::ScenarioError| error.to_string())?;
    Scenario::bundled().with(&[setting]).map_err(|error| error.to_string())
}

fn set_refused(setting: &str, expected: Expect) {
    expected.assert_eq(&set(setting).expect_err("it should be refused"));
}

#[test]
fn the_bundled_scenario_is_read_and_written_back() {
    let scenario = Scenario::from_json(BUNDLED).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(Scenario::from_json(&scenario.to_json()), Ok(scenario));
}

#[test]
fn what_is_no_json_is_refused() {
    refused("", expect!["line 1, column 0: EOF while parsing a value"]);
    refused("{\n  \"version\": 1,,\n}", expect!["line 2, column 16: key must be a string"]);
    refused("[]", expect!["line 1, column 1: invalid length 1, expected struct Scenario with 38 elements"]);
}

#[test]
fn unknown_fields_and_wrong_types_name_path_and_place() {
    let text = with("\"retries\": {", "\"retrys\": {");
    let error = Scenario::from_json(&text).expect_err("unknown field").to_string();
    assert!(
        error.starts_with("users.retrys: line ") && error.contains("unknown field `retrys`, expected one of"),
        "{error}"
    );
    let text = with("\"seed\": 20", "\"seed\": \"seven\"");
    let error = Scenario::from_json(&text).expect_err("wrong type").to_string();
    assert!(error.starts_with("seed: line 6, column") && error.contains("expected u64"), "{error}");
    let text = with("\"at\": \"2024-08-15T11:30:00Z\"", "\"at\": \"half past eleven\"");
    let error = Scenario::from_json(&text).expect_err("no time").to_string();
    assert!(error.starts_with("timeline[2].at: line ") && error.contains("write RFC 3339 in UTC"), "{error}");
}

#[test]
fn times_out_of_order_are_refused_with_their_place() {
    let text = with("\"at\": \"2024-08-15T11:30:00Z\"", "\"at\": \"2024-08-15T11:01:00Z\"");
    let error = Scenario::from_json(&text).expect_err("out of order").to_string();
    assert!(
        error.starts_with("timeline[2].at: line ")
            && error.ends_with("2024-08-15T11:01:00Z is not allowed: 2024-08-15T11:05:00Z to 2024-08-15T13:45:00Z"),
        "{error}"
    );
    // The reported position is that of the value in the text.
    let place: Vec<usize> = error.split([' ', ',', ':']).filter_map(|word| word.parse().ok()).collect();
    let line = text.lines().nth(place[0] - 1).expect("the line is there");
    assert!(line[place[1] - 1..].starts_with("\"2024-08-15T11:01:00Z\""), "{error}: {line}");
}

#[test]
fn every_problem_is_told_at_once() {
    let text = with("\"version\": 2", "\"version\": 3").replacen("\"id\": \"checkout", "\"id\": \"Checkout", 1);
    let error = Scenario::from_json(&text).expect_err("two problems").to_string();
    assert_eq!(error.lines().count(), 2, "{error}");
}

#[test]
fn settings_change_single_values() {
    assert_eq!(set("instances.count=12").expect("allowed").instances.count.value, 12);
    assert_eq!(set("users.slow_after_s=3").expect("allowed").users.slow_after_s.value, 3.0);
    let at = |text: &str, id: &str| set(text).expect("allowed").action(id).expect("there").at.to_string();
    assert_eq!(at("actions.patch.at=11:30", "patch"), "2024-08-15T11:30:00Z");
    assert_eq!(at("actions[0].at=11:30", "patch"), "2024-08-15T11:30:00Z");
    assert_eq!(at("actions.patch.at=detected + 5 min", "patch"), "detected + 5 min");
    assert_eq!(at("actions.restart_2.at=11:15", "restart_2"), "2024-08-15T11:15:00Z", "an action may be added");
    assert_eq!(at("responses.rolling_restart.at=11:15", "rolling_restart"), "2024-08-15T11:15:00Z", "an old link");
    assert_eq!(set("monitor.rules[0].for_s=60").expect("allowed").monitor.rules[0].for_s, 60.0);
    assert_eq!(
        set("deployment.release=fixed").expect("allowed").deployment.release.value,
        incident_replay::scenario::Release::Fixed
    );
}

#[test]
fn bad_settings_name_the_path_and_what_is_allowed() {
    set_refused("instances.count", expect!["instances.count: write path=value, such as instances.count=12"]);
    set_refused(
        "instances.counts=3",
        expect![
            "instances.counts: does not exist: instances takes cores, count, queue_length, queue_order, rescheduled, rescheduled_age_h, worker_threads"
        ],
    );
    set_refused(
        "instances.count=many",
        expect!["instances.count: many is not allowed: a whole number from 4 to 40 instances"],
    );
    set_refused(
        "instances.count=0",
        expect![[r#"
        instances.count: 0 is not allowed: 4 to 40 instances
        instances.rescheduled: 2 is not allowed: at most instances.count, 0"#]],
    );
    set_refused(
        "instances.count=-1",
        expect!["instances.count: -1 is not allowed: a whole number from 4 to 40 instances"],
    );
    set_refused(
        "instances.count=2.5",
        expect!["instances.count: 2.5 is not allowed: a whole number from 4 to 40 instances"],
    );
    set_refused(
        "traffic.peak_rate_per_s=1e12",
        expect!["traffic.peak_rate_per_s: 1000000000000 is not allowed: 5 to 500 1/s"],
    );
    set_refused("traffic.peak_rate_per_s=-3", expect!["traffic.peak_rate_per_s: -3 is not allowed: 5 to 500 1/s"]);
    set_refused("traffic.peak_rate_per_s=NaN", expect!["traffic.peak_rate_per_s: NaN is not allowed: 5 to 500 1/s"]);
    set_refused(
        "actions.patch.at=09:00",
        expect!["actions[0].at: 2024-08-15T09:00:00Z is not allowed: 2024-08-15T10:30:00Z to 2024-08-15T13:45:00Z"],
    );
    set_refused(
        "actions.panic.at=11:00",
        expect![
            "actions.panic.at: does not exist: actions takes patch, or a new one: patch, roll_out, rolling_restart, restart, scale_out, scale_in, scale, leak_off, switch, shed, heap_dump, dump, reap, cap, limit, balance, fail_over, warm"
        ],
    );
    set_refused("timeline[99].at=11:00", expect!["timeline[99].at: does not exist: timeline takes [0] to [5]"]);
    set_refused("users..retries=1", expect!["users..retries: is not a path: write names.joined.by.dots[0]"]);
    set_refused(
        "load_balancer.policy=random",
        expect!["load_balancer.policy: unknown variant `random`, expected `round_robin` or `least_outstanding`"],
    );
}

#[cfg(feature = "cli")]
#[test]
fn the_published_schema_is_the_one_of_the_types_and_the_file_obeys_it() {
    let published = include_str!("../static/scenarios/scenario.schema.json");
    assert_eq!(
        published.trim(),
        Scenario::json_schema().trim(),
        "write it anew: cargo run -- schema > static/scenarios/scenario.schema.json"
    );
    let schema = serde_json::from_str(published).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let bundled = serde_json::from_str(BUNDLED).expect("JSON");
    let problems: Vec<String> = validator.iter_errors(&bundled).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    let wrong = serde_json::from_str(&with("\"seed\": 20", "\"seed\": \"seven\"")).expect("JSON");
    assert!(!validator.is_valid(&wrong), "the schema refuses what the types refuse");
}

#[test]
fn another_release_is_the_same_as_a_setting_of_it() {
    let scenario = Scenario::bundled();
    for (release, setting) in
        [(Release::Fixed, "deployment.release=fixed"), (Release::Faulty, "deployment.release=faulty")]
    {
        let set = scenario.with(&[setting.parse().expect("a setting")]).expect("it is allowed");
        let other = scenario.with_release(release);
        let mut set = set;
        set.what_if = other.what_if.clone();
        assert_eq!(other, set, "{setting}");
    }
    assert_ne!(scenario.with_release(Release::Fixed), scenario);
}

/// Files and links of version 1 go on working.
#[test]
fn a_file_of_version_1_is_the_same_scenario() {
    let old = Scenario::from_json(include_str!("formats/version-1.json")).expect("it is read");
    // It has no measures: they are newer.
    let mut bundled = Scenario::bundled();
    bundled.measures.clear();
    assert_eq!(old, bundled);
    let all = r#""responses": {
        "rolling_restart": {"at": "2024-08-15T11:15:00Z", "waves": [1], "bake_s": 60, "reason": "r"},
        "scale_out": {"at": "2024-08-15T11:20:00Z", "count": 4},
        "leak_off": {"at": "2024-08-15T11:25:00Z"},
        "shed": {"at": "2024-08-15T11:30:00Z", "until": "2024-08-15T12:30:00Z", "ratio": 0.2},
        "heap_dump": {"at": "2024-08-15T11:35:00Z", "instance": 2, "pause_s": 30},
        "#;
    let text = include_str!("formats/version-1.json").replacen("\"responses\": {", all, 1);
    let old = Scenario::from_json(&text).expect("it is read");
    let told: Vec<String> = old.actions.iter().map(|action| format!("{} {}", action.id, action.deed.kind())).collect();
    assert_eq!(
        told,
        [
            "patch roll_out",
            "rolling_restart restart",
            "scale_out scale",
            "leak_off switch",
            "shed shed",
            "heap_dump dump"
        ]
    );
    let again = Scenario::from_json(&old.to_json()).expect("it is read as version 2");
    assert_eq!(again, old);
    for (text, told) in [
        (text.replacen("\"version\": 1", "\"version\": 2", 1), "responses: line "),
        (with("\"version\": 2", "\"version\": 1"), "actions: line "),
    ] {
        let error = Scenario::from_json(&text).expect_err("a mixture").to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn mistakes_in_actions_are_told_with_their_place() {
    for (from, to, told) in [
        ("\"release\": \"fixed\"", "\"release\": \"best\"", "actions[0].do.roll_out.release: line "),
        ("\"roll_out\": {", "\"roll_over\": {", "actions[0].do.roll_over: line "),
        ("\"id\": \"patch\"", "\"id\": \"The patch\"", "actions[0].id: line "),
        (
            "\"at\": \"2024-08-15T12:45:00Z\",\n      \"do\"",
            "\"at\": \"noonish\",\n      \"do\"",
            "actions[0].at: line ",
        ),
        ("\"bake_s\": 600", "\"bake_s\": -1", "actions[0].do.roll_out.bake_s: line "),
    ] {
        let error = Scenario::from_json(&with(from, to)).expect_err(told).to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

#[test]
fn what_people_say_in_a_drill_is_checked() {
    let with = |part: &str| BUNDLED.replacen("\"measures\": [", &format!("\"drill\": {part},\n  \"measures\": ["), 1);
    let good = with(r#"{"asked_min": [8, 38], "lead": {"after_min": 13, "text": "The network?"}}"#);
    let scenario = Scenario::from_json(&good).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(Scenario::from_json(&scenario.to_json()), Ok(scenario));
    for (part, path) in [
        (r#"{"asked_min": [38, 8]}"#, "drill.asked_min: line "),
        (r#"{"asked_min": [1000]}"#, "drill.asked_min: line "),
        (r#"{"asked_min": [8], "lead": {"after_min": 900, "text": "x"}}"#, "drill.lead.after_min: line "),
        (r#"{"asked_min": [8], "lead": {"after_min": 9, "text": " "}}"#, "drill.lead.text: line "),
        (r#"{"asked_min": [8], "late": 1}"#, "drill.late: line "),
    ] {
        let error = Scenario::from_json(&with(part)).expect_err(part).to_string();
        assert!(error.starts_with(path), "{part}: {error}");
    }
}
