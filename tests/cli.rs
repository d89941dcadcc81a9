//! The command line, tested as a process.
#![cfg(feature = "cli")]

use std::process::{Command, Output, Stdio};

use incident_replay::scenario::Scenario;

fn incident_replay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_incident-replay")).args(arguments).output().expect("the program starts")
}

fn succeeds(arguments: &[&str]) -> String {
    let output = incident_replay(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

const BUNDLED_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/static/scenarios/checkout-outage-2024-08-15.json");

fn fails(arguments: &[&str]) -> String {
    let output = incident_replay(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn simulate_prints_the_figures_of_the_run_as_json() {
    let json: serde_json::Value = serde_json::from_str(&succeeds(&["simulate", "--format", "json"])).expect("JSON");
    assert_eq!(json["digest"], include_str!("digest.txt").trim());
    let users = &json["users"];
    let count = |name: &str| users[name].as_u64().unwrap_or_else(|| panic!("{name}"));
    assert_eq!(count("arrived"), count("fast") + count("slow") + count("failed"), "everybody has an outcome by 13:45");
    assert!(json["detected_at"].as_str().expect("detected").starts_with("2024-08-15T1"));
    assert!(json["resolved_at"].as_str().expect("resolved").ends_with('Z'));
    let ledger = json["ledger"].as_array().expect("a ledger");
    assert!(ledger.len() >= 10 && ledger.iter().all(|row| row["verdict"] == "holds"), "{ledger:?}");
    assert!(json["events"].as_u64().expect("a count") > 100_000);
    for (list, text) in [("readings", "reason"), ("assumptions", "reason"), ("parameters", "reason")] {
        let list = json[list].as_array().expect("a list");
        assert!(!list.is_empty() && list.iter().all(|each| !each[text].as_str().expect("a reason").is_empty()));
    }
    let text = succeeds(&["simulate"]);
    let scenario = Scenario::bundled();
    assert!(scenario.assumptions.iter().all(|assumption| text.contains(&assumption.reason)));
    assert!(scenario.parameters().iter().all(|parameter| text.contains(&parameter.path)), "{text}");
}

#[test]
fn simulate_prints_the_recording_as_csv() {
    let text = succeeds(&["simulate", "--format", "csv"]);
    assert!(text.contains("\r\n"), "RFC 4180 ends lines with CRLF");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|field| field == name).unwrap_or_else(|| panic!("{name}"));
    let (time, arrivals, heap) = (column("time_utc"), column("arrivals_count"), column("payment_1_heap_used_kib"));
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
    assert_eq!(rows.len(), 11_700, "a row a second");
    assert_eq!(&rows[0][time], "2024-08-15T10:30:01Z");
    assert_eq!(&rows[rows.len() - 1][time], "2024-08-15T13:45:00Z");
    assert!(rows.iter().map(|row| row[arrivals].parse::<u64>().expect("a count")).sum::<u64>() > 100_000);
    assert_eq!(
        rows.iter().filter(|row| !row[heap].is_empty()).count(),
        2340,
        "instances are recorded every five seconds"
    );
}

#[test]
fn settings_and_seeds_change_the_run() {
    let digest = |arguments: &[&str]| {
        let mut all = vec!["simulate", "--format", "json"];
        all.extend(arguments);
        let json: serde_json::Value = serde_json::from_str(&succeeds(&all)).expect("JSON");
        json["digest"].as_str().expect("a digest").to_owned()
    };
    let actual = digest(&[]);
    assert_ne!(actual, digest(&["--seed", "1"]));
    assert_ne!(actual, digest(&["--set", "responses.patch.at=11:30"]));
    assert_eq!(actual, digest(&["--set", "responses.patch.at=12:45"]), "the value it has already");
}

#[test]
fn bad_input_is_told_with_its_path_and_exits_with_2() {
    let stderr = fails(&["simulate", "--set", "instances.count=zero"]);
    assert_eq!(stderr, "error: instances.count: zero is not allowed: a whole number from 4 to 40 instances\n");
    let stderr = fails(&["simulate", "no-such-file.json"]);
    assert!(stderr.starts_with("error: no-such-file.json: "), "{stderr}");
    let file = std::env::temp_dir().join(format!("incident-replay-{}.json", std::process::id()));
    let text = incident_replay::scenario::BUNDLED.replacen("\"retries\": {", "\"retrys\": {", 1);
    std::fs::write(&file, text).expect("a temporary file");
    let path = file.to_str().expect("UTF-8");
    let stderr = fails(&["simulate", path]);
    assert!(stderr.starts_with(&format!("error: {path}: users.retrys: line ")), "{stderr}");
    std::fs::remove_file(&file).expect("it was written");
}

#[test]
fn claims_hold_over_twenty_seeds_and_fail_when_the_model_is_another() {
    let json: serde_json::Value =
        serde_json::from_str(&succeeds(&["claims", "--seeds", "20", "--format", "json"])).expect("JSON");
    assert_eq!(json["holds"], true);
    let output = incident_replay(&["claims", "--seeds", "1", "--set", "deployment.release=fixed"]);
    assert_eq!(output.status.code(), Some(1), "without the leak nothing is as reported");
    assert!(String::from_utf8_lossy(&output.stdout).contains("FAILS"));
}

#[test]
fn of_a_hundred_seeds_at_most_three_miss_a_claim() {
    // It exits with 1 when any seed misses one.
    let output = incident_replay(&["claims", "--seeds", "100", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let claims = json["claims"].as_array().expect("claims");
    assert!(claims.len() >= 18);
    for claim in claims {
        let failing = claim["failing_seeds"].as_array().expect("seeds");
        assert!(failing.len() <= 3, "{}: {failing:?}", claim["id"]);
    }
}

#[test]
fn compare_tells_the_difference_in_each_format() {
    let text = succeeds(&["compare", "--act", "rolling_restart@11:15"]);
    assert!(text.starts_with("What if: rolling restart at 11:15"), "{text}");
    assert!(text.contains("fewer failed checkouts") && text.contains("Mitigated"), "{text}");
    let markdown = succeeds(&["compare", "--measure", "memory_alert", "--format", "markdown"]);
    assert!(markdown.contains("| Users failed | ") && markdown.contains("3 h 24 min earlier"), "{markdown}");
    let csv = succeeds(&["compare", "--measure", "memory_alert", "--format", "csv"]);
    assert!(csv.lines().count() > 5 && csv.contains("failed_count,"), "{csv}");
    let svg = succeeds(&["compare", "--measure", "memory_alert", "--format", "svg"]);
    assert!(svg.starts_with("<svg") && svg.contains("fewer failed checkouts"), "what it shows, in words");
    assert!(svg.contains("affected, as it happened"), "the dashed line is named");
    let json = succeeds(&["compare", "--set", "actions.patch.at=11:30", "--seeds", "5", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["actual_digest"], include_str!("digest.txt").trim());
    assert_eq!(json["seeds"], serde_json::json!([1, 2, 3, 4, 5]));
    let spared = &json["failed"]["spared"];
    assert!(spared["half_width"].as_f64() < spared["mean"].as_f64(), "{spared}");
    assert!(fails(&["compare"]).contains("nothing to compare"));
    assert!(fails(&["compare", "--measure", "prayer"]).contains("expected one of memory_alert, "));
    assert!(fails(&["compare", "--act", "restart"]).contains("write ID@TIME"));
    assert!(fails(&["compare", "--act", "patch@25:00"]).contains("actions.patch.at"));
}

#[test]
fn rank_puts_what_spares_most_first() {
    let json: serde_json::Value = serde_json::from_str(&succeeds(&["rank", "--format", "json"])).expect("JSON");
    let ranked = json["ranked"].as_array().expect("a list");
    let spared: Vec<i64> = ranked.iter().map(|one| one["users_spared"].as_i64().expect("a count")).collect();
    assert!(spared.windows(2).all(|two| two[0] >= two[1]) && spared[0] > 50_000, "{spared:?}");
    assert!(ranked.iter().any(|one| one["id"] == "memory_alert" && one["source"] == "prevention"));
    let told = succeeds(&["rank"]);
    assert!(told.contains("memory_alert") && !told.contains('±'), "{told}");
    assert!(told.contains("Would have spared most: a guard that ends every session"), "{told}");
    // More seeds say how sure the order is, of what happened in each of them with the same users.
    let sure = succeeds(&["rank", "--seeds", "3"]);
    assert!(sure.lines().filter(|line| line.contains("; spares ") && line.contains(" ± ")).count() >= 10, "{sure}");
    assert!(sure.contains(" Over 3 seeds "), "{sure}");
    assert!(fails(&["rank", "--seeds", "0"]).contains("--seeds"));
}

/// docs/what-if.md shows a job of a cluster: its line is run here for each part.
#[cfg(unix)]
#[test]
fn the_parts_of_a_sweep_are_the_whole() {
    let document = include_str!("../docs/what-if.md");
    let line = document.lines().find(|line| line.starts_with("incident-replay sweep") && line.contains("--shard"));
    let line =
        line.expect("the job's line").replace("incident-replay ", concat!(env!("CARGO_BIN_EXE_incident-replay"), " "));
    let folder = std::env::temp_dir().join(format!("incident-replay-sweep-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let run = |line: &str, task: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(&folder).env("SLURM_ARRAY_TASK_ID", task);
        let output = shell.output().expect("a shell");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let count: usize = line
        .split("_ID/")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .expect("a count")
        .parse()
        .expect("so");
    for task in 1..=count {
        run(&line, &task.to_string());
    }
    let joined: String = (1..=count)
        .map(|task| std::fs::read_to_string(folder.join(format!("part-{task:02}.csv"))).expect("a part"))
        .collect();
    std::fs::remove_dir_all(&folder).expect("it was there");
    let (whole, _) = line.split_once(" --shard").expect("a shard");
    let arguments: Vec<&str> = whole.split_whitespace().skip(1).collect();
    assert_eq!(joined, succeeds(&arguments));
    assert!(joined.lines().count() > count, "{joined}");
}

#[test]
fn a_single_file_needs_a_built_page_and_says_how_to_make_one() {
    let stderr = fails(&["bundle", "never-written.html", "--dist", "no/such/folder"]);
    assert!(stderr.starts_with("error: no/such/folder/index.html: "), "{stderr}");
    assert!(stderr.contains("cargo xtask build"), "{stderr}");
    assert!(!std::path::Path::new("never-written.html").exists());
}

#[test]
fn every_command_has_help() {
    for command in [
        "simulate",
        "claims",
        "compare",
        "rank",
        "sweep",
        "calibrate",
        "sensitivity",
        "export",
        "story",
        "bundle",
        "schema",
    ] {
        assert!(succeeds(&[command, "--help"]).contains("Usage"), "{command}");
    }
}

#[test]
fn the_bundled_scenario_is_its_own_calibration() {
    let output = incident_replay(&["calibrate"]);
    assert!(output.status.success());
    let scenario = Scenario::bundled();
    let (session, deployment, instances) = (&scenario.session, &scenario.deployment, &scenario.instances);
    let frozen = format!(
        "session.size_kib={}\ndeployment.faulty_age_h={}\ninstances.rescheduled_age_h={}\n",
        session.size_kib.value, deployment.faulty_age_h.value, instances.rescheduled_age_h.value
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), frozen, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn sensitivity_tells_what_a_parameter_does_over_its_range() {
    let output = incident_replay(&[
        "sensitivity",
        "--points",
        "3",
        "--seeds",
        "1",
        "--format",
        "csv",
        "--parameter",
        "session.size_kib",
    ]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 1 + 4, "a heading, three points and the scenario's own value: {text}");
    let own = rows.iter().find(|row| row[3] == "true").expect("its own value");
    assert!(own[8].is_empty(), "every claim holds: {text}");
    assert!(rows[1][8].contains("E2"), "with small sessions nobody is affected: {text}");
    let unknown = incident_replay(&["sensitivity", "--parameter", "session.colour"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("session.size_kib"), "what is allowed");
}

#[test]
fn calibration_finds_back_to_the_reported_detection() {
    let output = incident_replay(&["calibrate", "--seeds", "2", "--set", "session.size_kib=7.6"]);
    // With two seeds the claims may fail by chance, so it may exit with 1.
    assert!(output.status.code().is_some_and(|code| code < 2));
    let log = String::from_utf8_lossy(&output.stderr);
    let detected: Vec<&str> = log.lines().skip(1).filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert!(detected.len() > 2, "{log}");
    assert!(detected[0] < "10:58:00", "too large a session is detected early: {log}");
    assert!(detected.iter().any(|at| ("10:59:00".."11:01:00").contains(at)), "{log}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_or_read_to_its_end_is_an_error() {
    let full = std::fs::File::create("/dev/full").expect("Linux has it");
    let status =
        Command::new(env!("CARGO_BIN_EXE_incident-replay")).arg("schema").stdout(full).stderr(Stdio::null()).status();
    assert_eq!(status.expect("it starts").code(), Some(2));
    assert!(fails(&["simulate", "/dev/zero"]).contains("a scenario has at most"));
}

#[test]
fn a_byte_order_mark_is_no_error() {
    let path = std::env::temp_dir().join(format!("incident-replay-mark-{}.json", std::process::id()));
    std::fs::write(&path, format!("\u{feff}{}", incident_replay::scenario::BUNDLED)).expect("a temporary file");
    let digest = succeeds(&["simulate", path.to_str().expect("UTF-8"), "--format", "json"]);
    assert!(digest.contains(include_str!("digest.txt").trim()));
    std::fs::remove_file(path).expect("it was there");
}

/// The manners of the command line; docs/command-line.md has them in one table.
mod manners {
    use super::{BUNDLED_FILE, fails, incident_replay};
    use std::io::Write;
    use std::path::PathBuf;
    use std::process::{Command, Output, Stdio};

    fn shell(command: &str) -> Output {
        let program = env!("CARGO_BIN_EXE_incident-replay");
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env("PROGRAM", program).stdin(Stdio::null());
        shell.output().expect("a shell")
    }

    fn file(name: &str, bytes: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("incident-replay-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("a temporary file");
        path
    }

    fn on_input(bytes: &[u8], arguments: &[&str]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_incident-replay"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        // It may end before it has read everything.
        let _ = child.stdin.take().expect("a pipe").write_all(bytes);
        child.wait_with_output().expect("it ends")
    }

    #[cfg(unix)]
    #[test]
    fn whatever_the_streams_are_it_ends_with_2_and_no_panic() {
        for (command, code) in [
            ("$PROGRAM simulate missing.json 2>/dev/full", 2),
            ("$PROGRAM simulate missing.json 2>&-", 2),
            ("$PROGRAM simulate --nonsense 2>/dev/full", 2),
            ("$PROGRAM calibrate --seeds 1 --out /dev/null/x.json 2>/dev/full", 2),
            ("$PROGRAM simulate >/dev/full", 2),
            ("$PROGRAM schema >/dev/full", 2),
            ("$PROGRAM --help >/dev/full", 2),
            ("$PROGRAM --version >/dev/full", 2),
            ("$PROGRAM simulate --format csv | head -n 1 >/dev/null", 0),
            ("$PROGRAM schema </dev/null 2>&- >/dev/null", 0),
        ] {
            let output = shell(command);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{command}: {stderr}");
            assert!(!stderr.contains("panicked"), "{command}: {stderr}");
        }
    }

    #[test]
    fn nothing_of_others_rewrites_or_floods_the_terminal() {
        let hostile = "\u{1b}[2J\u{202e}\u{7}";
        let text = incident_replay::scenario::BUNDLED.replacen(
            "\"retries\": {",
            &format!("\"{}\": {{", "\\u001b[2J\\u202e\\u0007"),
            1,
        );
        let unknown = file("unknown.json", text.as_bytes());
        let long = "x".repeat(100_000);
        let long_file = file(
            "long.json",
            incident_replay::scenario::BUNDLED.replacen("\"id\": \"", &format!("\"id\": \"{long}"), 1).as_bytes(),
        );
        for arguments in [
            vec!["simulate", unknown.to_str().expect("UTF-8")],
            vec!["simulate", long_file.to_str().expect("UTF-8")],
            vec!["simulate", "--set", &format!("instances.count={hostile}")],
            vec!["simulate", "--set", &format!("{hostile}=1")],
            vec!["simulate", "--set", &format!("instances.count={long}")],
            vec!["simulate", "--set", &long],
            vec!["simulate", "--seed", hostile],
            vec!["simulate", "--seed", &long],
            vec!["simulate", hostile],
            vec!["export", "--out", "x", "--from", &long],
            vec!["export", "--out", "x", "--base-url", &long],
            vec!["export", "--out", "x", "--format", hostile],
        ] {
            let stderr = fails(&arguments);
            let shown: String = arguments.concat().chars().take(60).collect();
            assert!(stderr.len() < 8000, "{shown:?}: {} bytes", stderr.len());
            let unsafe_letter = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
            assert!(!stderr.contains(unsafe_letter), "{shown:?}: {stderr:?}");
        }
        [unknown, long_file].iter().for_each(|path| std::fs::remove_file(path).expect("it was written"));
    }

    #[test]
    fn files_are_read_whatever_their_encoding_or_named() {
        let text = std::fs::read_to_string(BUNDLED_FILE).expect("the bundled scenario");
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let read = file("u16.json", &utf16);
        let output = incident_replay(&["simulate", "--format", "json", read.to_str().expect("UTF-8")]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let latin = file(
            "latin.json",
            text.replacen("Checkout", "Grosse", 1)
                .replacen("Grosse", "Gr\u{f6}sse", 1)
                .chars()
                .map(|c| if (c as u32) < 256 { c as u8 } else { b'?' })
                .collect::<Vec<u8>>()
                .as_slice(),
        );
        let stderr = fails(&["simulate", latin.to_str().expect("UTF-8")]);
        assert!(stderr.contains("is not UTF-8") && stderr.contains("Latin-1"), "{stderr}");
        [read, latin].iter().for_each(|path| std::fs::remove_file(path).expect("it was written"));
    }

    #[test]
    fn a_dash_is_standard_input() {
        let text = std::fs::read(BUNDLED_FILE).expect("the bundled scenario");
        let output = on_input(&text, &["simulate", "-", "--format", "json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, incident_replay(&["simulate", "--format", "json"]).stdout);
        let output = on_input(b"{", &["simulate", "-"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr.starts_with("error: standard input: "), "{stderr}");
    }

    /// Killed at any moment, a folder has whole files under their names, and no other.
    #[cfg(unix)]
    #[test]
    fn files_are_whole_or_absent() {
        let folder = std::env::temp_dir().join(format!("incident-replay-{}-killed", std::process::id()));
        let whole = folder.join("whole");
        let out = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
        assert!(incident_replay(&["export", "--out", &out(&whole)]).status.success());
        for ms in [150, 300, 400, 450, 500, 550, 600, 700] {
            let cut = folder.join(format!("{ms}"));
            let mut child = Command::new(env!("CARGO_BIN_EXE_incident-replay"))
                .args(["export", "--out", &out(&cut)])
                .stdout(Stdio::null())
                .spawn()
                .expect("it starts");
            std::thread::sleep(std::time::Duration::from_millis(ms));
            let _ended = child.kill();
            child.wait().expect("it ends");
            for entry in walk(&cut) {
                let name = entry.strip_prefix(&cut).expect("inside");
                if name.extension().is_some_and(|extension| extension == "part") {
                    continue;
                }
                let expected = std::fs::read(whole.join(name)).expect("a file of the same name");
                assert!(std::fs::read(&entry).expect("readable") == expected, "{} after {ms} ms", name.display());
            }
        }
        std::fs::remove_dir_all(&folder).expect("it was written");
    }

    fn walk(folder: &std::path::Path) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let paths = entries.flatten().map(|entry| entry.path());
        paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn a_full_stop_is_no_part_of_an_address() {
        let stderr = fails(&["export", "--out", "x", "--base-url", "https://a.example/replay."]);
        assert!(stderr.contains("no full stop at its end"), "{stderr}");
    }

    #[test]
    fn a_clock_time_means_the_moment_in_the_window_also_after_midnight() {
        let text = std::fs::read_to_string(BUNDLED_FILE).expect("the bundled scenario");
        let moved = text
            .replace("2024-08-15T10:", "2024-08-15T22:")
            .replace("2024-08-15T11:", "2024-08-15T23:")
            .replace("2024-08-15T12:", "2024-08-16T00:")
            .replace("2024-08-15T13:", "2024-08-16T01:")
            .replace("2024-08-15T07:", "2024-08-15T19:")
            .replace("2024-08-15T08:", "2024-08-15T20:");
        let night = file("night.json", moved.as_bytes());
        let path = night.to_str().expect("UTF-8");
        let json = |arguments: &[&str]| -> serde_json::Value {
            let output = incident_replay(&[&["simulate", path, "--format", "json"], arguments].concat());
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice(&output.stdout).expect("JSON")
        };
        let patched = json(&["--set", "responses.patch.at=00:15"]);
        assert_eq!(patched["what_if"][0], "patch at 00:15 instead of 00:45");
        let folder = std::env::temp_dir().join(format!("incident-replay-{}-night", std::process::id()));
        let out = folder.to_str().expect("UTF-8");
        let output =
            incident_replay(&["export", path, "--out", out, "--format", "csv", "--from", "23:30", "--until", "00:30"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows = std::fs::read_to_string(folder.join("recording.csv")).expect("it was written");
        assert_eq!(rows.lines().count(), 1 + 3600);
        std::fs::remove_dir_all(&folder).expect("it was written");
        std::fs::remove_file(&night).expect("it was written");
    }
}

/// Runs `drill` with orders; what it tells, line by line.
fn drilled(arguments: &[&str], orders: &str) -> Vec<serde_json::Value> {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_incident-replay"))
        .arg("drill")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(orders.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

#[test]
fn a_drill_takes_json_and_words_and_its_result_is_scored_again() {
    let orders = r#"{"look": "changes"}
act roll_back
{"think": {"cause": "costly_code", "sure": 3, "expect": {"series": "cpu", "way": "down", "within_min": 20}}}
{"update": {"impact": true, "state": true, "next_min": 15}}
wait 30
look nowhere
{"mark": {"at_min": 2, "text": "too early"}}
"end"
mark 2 A release had begun.
mark 20 It was over.
plan When a page comes, I will look at the changes.
quit
"#;
    let told = drilled(&["--draw", "0", "--check"], orders);
    let kinds: Vec<&str> = told.iter().filter_map(|told| told["told"].as_str()).collect();
    let count = |kind: &str| kinds.iter().filter(|known| **known == kind).count();
    assert_eq!((kinds[0], count("seen"), count("begins"), count("ended")), ("page", 1, 1, 1), "{kinds:?}");
    assert_eq!(count("refused"), 2, "a look that does not exist, and a mark before the end");
    let refused = told.iter().find(|told| told["told"] == "refused").expect("one");
    assert!(refused["reason"].as_str().expect("a text").starts_with("nowhere: expected service, instances, logs"));
    let find =
        |kind: &str| told.iter().find(|told| told["told"] == kind).unwrap_or_else(|| panic!("{kind}: {kinds:?}"));
    assert_eq!((&find("expectation")["expected"], &find("expectation")["came"]), (&"down".into(), &"down".into()));
    assert_eq!(find("comparison")["cause"], "costly_code");
    assert!(find("score")["percent"].as_u64().expect("a number") > 80);

    // The same result, run again.
    let result = find("result")["result"].as_str().expect("a text").to_owned();
    assert!(result.len() < 4000);
    let again = drilled(&["--score", &result], "");
    assert_eq!(again, [find("score").clone()]);
    let forged = fails(&["drill", "--score", &result.replacen("c-0-", "c-0-z", 1)]);
    assert!(forged.contains("its journal comes to"), "{forged}");
    assert!(fails(&["drill", "--score", "c-0-0-0Lz"]).contains("entry 1 of the journal"));
    assert!(fails(&["drill", "--score", "p-0-0-0E"]).contains("its journal comes to"));

    // In text, by the same draw, nothing is told of the cause before the end.
    let output = drilled(&["--draw", "0", "--format", "json"], "help\nlook service\nquit\n");
    assert!(output.iter().all(|told| told["told"] != "comparison" && told["told"] != "score"), "{output:?}");
}

#[test]
fn a_policy_is_searched_for_any_scenario() {
    let json: serde_json::Value = serde_json::from_str(&succeeds(&[
        "policy",
        "static/scenarios/training/costly-release.json",
        "--format",
        "json",
    ]))
    .expect("JSON");
    let known: serde_json::Value =
        serde_json::from_str(include_str!("../static/scenarios/policies.json")).expect("JSON");
    let stored =
        known.as_array().expect("a list").iter().find(|policy| policy["scenario"] == "training-costly-release");
    assert_eq!(json[0], *stored.expect("searched"), "run `incident-replay policy --format json` anew");
}

#[test]
fn a_scorm_package_has_every_file_and_opens_with_the_drill() {
    let folder = std::env::temp_dir().join(format!("incident-replay-scorm-{}", std::process::id()));
    let dist = folder.join("dist");
    std::fs::create_dir_all(dist.join("scenarios")).expect("a folder");
    for (file, text) in
        [("index.html", "page"), ("app.wasm", "w"), ("app.wasm.br", "compressed"), ("scenarios/a&b.json", "{}")]
    {
        std::fs::write(dist.join(file), text).expect("a file");
    }
    let [out, again] = ["a.zip", "b.zip"].map(|name| folder.join(name).display().to_string());
    let dist = dist.display().to_string();
    assert!(succeeds(&["scorm", &out, "--dist", &dist]).contains("4 files"));
    succeeds(&["scorm", &again, "--dist", &dist]);
    let bytes = std::fs::read(&out).expect("a file");
    assert_eq!(bytes, std::fs::read(&again).expect("a file"), "the same page is the same package");
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let names: Vec<String> = package.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert_eq!(names, ["imsmanifest.xml", "app.wasm", "index.html", "scenarios/a&b.json"]);
    let mut manifest = String::new();
    std::io::Read::read_to_string(&mut package.by_name("imsmanifest.xml").expect("there"), &mut manifest)
        .expect("text");
    let manifest = roxmltree::Document::parse(&manifest).expect("XML");
    let resource = manifest
        .descendants()
        .find(|node| node.has_tag_name(("http://www.imsproject.org/xsd/imscp_rootv1p1p2", "resource")))
        .expect("one");
    assert_eq!(resource.attribute("href"), Some("index.html?mode=drill"));
    assert_eq!(resource.attribute(("http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype")), Some("sco"));
    let listed: Vec<&str> = resource.children().filter_map(|file| file.attribute("href")).collect();
    assert_eq!(listed, ["app.wasm", "index.html", "scenarios/a&b.json"]);
    assert!(fails(&["scorm", &out, "--dist", &folder.display().to_string()]).contains("no built page"));
    std::fs::remove_dir_all(folder).expect("removed");
}
