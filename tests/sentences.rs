//! What the sentences say is parsed back and compared with the recording, at every minute of ten runs.

use incident_replay::chart::{ChartKind, model, summary};
use incident_replay::model::World;
use incident_replay::recording::{Happening, Recording, Span};
use incident_replay::replay::{
    Audience, COLLECTING_RATIO, NEARLY_FULL_RATIO, TimeZone, evidence, headline, now_sentence, spoken_at,
};
use incident_replay::scenario::{Evidence, Scenario, Setting};
use incident_replay::units::UtcMs;

const RUNS: [(u64, &[&str]); 10] = [
    (20, &[]),
    (2, &[]),
    (7, &[]),
    (1, &["responses.rolling_restart.at=11:15", "responses.patch=null"]),
    (1, &["responses.patch.at=11:30"]),
    (1, &["responses.scale_out.at=11:15", "responses.scale_out.count=12"]),
    (1, &["responses.leak_off.at=11:15"]),
    (1, &["responses.shed.at=11:15", "responses.shed.until=13:00"]),
    (3, &["liveness.enabled=true"]),
    (1, &["deployment.release=fixed"]),
];

struct Run {
    name: String,
    scenario: Scenario,
    recording: Recording,
}

fn run(seed: u64, settings: &[&str]) -> Run {
    let parsed: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
    let scenario = Scenario::bundled().with(&parsed).unwrap_or_else(|error| panic!("{error}"));
    let recording = World::run(&scenario, seed).expect("valid");
    Run { name: format!("seed {seed} {settings:?}"), scenario, recording }
}

/// "three", "twenty", "15".
fn number(word: &str) -> Option<f64> {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    let named = WORDS.iter().position(|other| *other == word).map(|value| value as f64);
    named.or_else(|| (word == "twenty").then_some(20.0)).or_else(|| word.parse().ok())
}

/// A share of people: "one user in 15", "two in five", "half of the users", "nearly every user".
fn share(clause: &str) -> Option<f64> {
    let lower = clause.to_ascii_lowercase();
    if lower.contains("nearly every") {
        return Some(0.97);
    }
    if lower.contains("half") {
        return Some(0.5);
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "in")?;
    let part = words[..at].iter().rev().find_map(|word| number(word))?;
    Some(part / number(words.get(at + 1)?)?)
}

fn is_near(said: f64, true_ratio: f64) -> bool {
    // Named shares lie up to a tenth apart; below a tenth, up to a half of themselves.
    let tolerance = if said < 0.095 { 0.45 * said } else { 0.056 };
    (said - true_ratio).abs() <= tolerance
}

/// A part of the time: "two thirds".
fn portion(text: &str) -> Option<f64> {
    const NAMES: [(&str, f64); 12] = [
        ("nearly all", 0.98),
        ("nine tenths", 0.9),
        ("four fifths", 0.8),
        ("three quarters", 0.75),
        ("two thirds", 2.0 / 3.0),
        ("three fifths", 0.6),
        ("two fifths", 0.4),
        ("a third", 1.0 / 3.0),
        ("a quarter", 0.25),
        ("a fifth", 0.2),
        ("a tenth", 0.1),
        ("half", 0.5),
    ];
    NAMES.iter().find(|(name, _)| text.contains(name)).map(|(_, value)| *value)
}

/// "six of eight instances", "all eight instances", "none of the eight instances".
fn part_of(text: &str) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let at = words.iter().position(|word| word.starts_with("instance"))?;
    let whole = number(words.get(at.checked_sub(1)?)?)? as usize;
    if words.get(at.wrapping_sub(2)) == Some(&"all") {
        return Some((whole, whole));
    }
    if words[..at].contains(&"none") {
        return Some((0, whole));
    }
    let part = words.get(at.checked_sub(3)?).and_then(|word| number(word))?;
    Some((part as usize, whole))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Open,
    Mitigated,
    Over,
}

fn end_at(recording: &Recording, at: UtcMs) -> End {
    let mut end = End::Open;
    for entry in recording.log.iter().filter(|entry| recording.time_of(entry) <= at) {
        match entry.what {
            Happening::Mitigated { .. } => end = End::Mitigated,
            Happening::Resolved { .. } => end = End::Over,
            Happening::Reopened => end = End::Open,
            _ => {}
        }
    }
    end
}

/// Instances that run at the end of a span and for which something holds.
fn count_up(recording: &Recording, span: Span, wanted: impl Fn(usize) -> bool) -> usize {
    let up = |i: &usize| matches!(recording.gauge(&recording.instances.state, span, *i), 1 | 2);
    recording.present(span).filter(up).filter(|i| wanted(*i)).count()
}

fn check_words(run: &Run, asked_at: UtcMs, text: &str) {
    let Run { name, scenario, recording } = run;
    let at = spoken_at(recording, asked_at);
    let context = format!("{name}, {}: {text}", asked_at.hh_mm_ss());
    let minute = recording.before(at, 60);
    let ended = recording.ended(minute);
    let is_paged = recording.detected_at().is_some_and(|detected| detected <= at);

    let end = end_at(recording, at);
    assert_eq!(text.contains("The incident is over."), end == End::Over, "{context}");
    if text.contains("is mitigated") {
        assert_eq!(end, End::Mitigated, "{context}");
    }
    if text.contains("Nobody has been paged") || text.contains("nobody has been paged") {
        assert!(!is_paged, "{context}");
    }
    if text.contains("Monitoring has paged") {
        assert!(is_paged, "{context}");
    }
    if text.contains("No alert has fired") {
        assert!(!is_paged, "{context}");
    }
    if text.contains("works") {
        assert!(ended.affected_ratio().unwrap_or(0.0) <= 0.02 + 1e-9, "{context}");
    }
    let mut before = None;
    for clause in text.split(['.', ',', ';']) {
        let ratio = if clause.contains("cannot complete") {
            ended.failed_ratio()
        } else if clause.contains("more than") && clause.contains("wait") {
            ended.slow_ratio()
        } else {
            continue;
        };
        let said = if clause.contains("as many") { before } else { share(clause) };
        let said = said.unwrap_or_else(|| panic!("no share in `{clause}`: {context}"));
        before = Some(said);
        assert!(is_near(said, ratio.unwrap_or(0.0)), "`{clause}` but {ratio:?}: {context}");
    }
    for sentence in text.split(['.', ';']) {
        let gc = |i: usize| recording.gc_ratio(minute, i);
        if sentence.contains("clearing memory") {
            let collecting: Vec<usize> = recording
                .present(minute)
                .filter(|i| {
                    matches!(recording.gauge(&recording.instances.state, minute, *i), 1 | 2)
                        && gc(*i) > COLLECTING_RATIO
                })
                .collect();
            if let Some((part, _)) = part_of(sentence) {
                assert_eq!(part, collecting.len(), "{context}");
            }
            let mean = collecting.iter().map(|i| gc(*i)).sum::<f64>() / collecting.len().max(1) as f64;
            let said = portion(sentence).expect("a part of the time");
            assert!((said - mean).abs() <= 0.06, "{said} but {mean}: {context}");
        }
        if sentence.contains("fixed release runs on")
            && let Some((part, _)) = part_of(sentence)
        {
            let fixed = |i| recording.gauge(&recording.instances.release, minute, i) == 1;
            assert_eq!(part, count_up(recording, minute, fixed), "{context}");
        }
        if let Some((_, held)) = sentence.split_once("level has held for ")
            && let Some(said_min) = held.split_whitespace().next().and_then(number)
        {
            let allowed = 1.0 - scenario.service_level.objective_ratio;
            let first = recording.second_of(recording.detected_at().expect("a page before verification"));
            let now = recording.second_of(at);
            let window = scenario.service_level.verification_window_s as usize;
            let missed = (first..=now).rev().find(|until| {
                let ended = recording.ended(Span { from: until.saturating_sub(window), until: *until });
                ended.affected_ratio().is_some_and(|ratio| ratio > allowed)
            });
            let held_min = (now - missed.unwrap_or(first)) as f64 / 60.0;
            assert!((said_min - held_min).abs() <= 1.0, "{held_min}: {context}");
        }
    }
}

/// The figure before a word: "35.1" in "35.1 % slow".
fn percent_before(text: &str, word: &str) -> f64 {
    let (before, _) = text.split_once(word).unwrap_or_else(|| panic!("no `{word}` in {text}"));
    let figure = before.trim_end().trim_end_matches('%').trim_end().rsplit([' ', '(']).next().unwrap_or_default();
    figure.parse().unwrap_or_else(|_| panic!("no figure before `{word}` in {text}"))
}

fn check_figures(run: &Run, at: UtcMs, text: &str) {
    let Run { name, recording, .. } = run;
    let context = format!("{name}, {}: {text}", at.hh_mm_ss());
    let minute = recording.before(at, 60);
    let ended = recording.ended(minute);
    let near = |said: f64, ratio: Option<f64>| (said / 100.0 - ratio.unwrap_or(0.0)).abs() < 0.0006;
    assert!(near(percent_before(text, " slow,"), ended.slow_ratio()), "{context}");
    assert!(near(percent_before(text, " failed"), ended.failed_ratio()), "{context}");
    let full = count_up(recording, minute, |i| recording.heap_after_gc_ratio(minute, i) > NEARLY_FULL_RATIO);
    match text.split_once("Heap after GC above 90 % on ") {
        Some((_, rest)) => assert_eq!(rest.split_whitespace().next(), Some(full.to_string().as_str()), "{context}"),
        None => assert_eq!(full, 0, "{context}"),
    }
    let end = end_at(recording, at);
    assert_eq!(text.contains("The incident is over."), end == End::Over, "{context}");
}

#[test]
fn where_nothing_happens_no_sentence_counts_noughts() {
    let run = run(1, &["traffic.base_ratio=0", "traffic.swing_ratio=0"]);
    let said = |text: &str| {
        for nought in ["0.0 %", "0 %", "0.0\u{a0}%", "Up to 0", "0.0 /s", "rises from", "0 users"] {
            let padded = format!(" {text}");
            assert!(!padded.contains(&format!(" {nought}")), "{text}");
        }
    };
    let text = headline(&run.scenario, &run.recording);
    assert!(text.ends_with("No user started a checkout between 11:00 and 13:30."), "{text}");
    said(&text);
    for kind in [ChartKind::Checkouts, ChartKind::Latency, ChartKind::Sessions, ChartKind::Queue, ChartKind::Retries] {
        said(&summary(&model(kind, &run.scenario, &run.recording), &run.scenario, &run.recording, TimeZone::Utc));
    }
    let text =
        summary(&model(ChartKind::Cpu, &run.scenario, &run.recording), &run.scenario, &run.recording, TimeZone::Utc);
    assert_eq!(text.replace('\u{a0}', " "), "Mean CPU stays at 0.0 %, mean time in garbage collection at 0.0 %.");
    for minute in (1..180).step_by(7) {
        let at = run.recording.meta.from.plus_s(f64::from(minute) * 60.0);
        said(&now_sentence(&run.scenario, &run.recording, at, Audience::Executive));
    }
    let users = run.scenario.timeline.iter().flat_map(|event| evidence(&run.scenario, &run.recording, event));
    for value in users.filter(|value| value.evidence == Evidence::AffectedRatio) {
        assert_eq!(value.standing.word(), "not known", "{value:?}");
    }
}

fn check_headline(run: &Run) {
    let Run { name, scenario, recording } = run;
    let text = headline(scenario, recording);
    let outcomes = recording.started(recording.span(scenario.incident.start, scenario.incident.end));
    let affected = outcomes.affected_ratio().expect("users");
    if text.contains("noticed nothing") {
        assert!(affected == 0.0, "{name}: {text}");
        return;
    }
    if text.contains("next to nothing") {
        assert!(affected <= 0.0101, "{name}: {text}");
        return;
    }
    let (_, effect) = text.split_once("Between ").expect("a span of time");
    let mut clauses = effect.split(';');
    let said =
        share(clauses.next().and_then(|clause| clause.split_once(" and ").map(|(_, rest)| rest)).expect("a clause"));
    assert!(is_near(said.expect("a share"), affected), "{name}: {affected}: {text}");
    if let Some(clause) = clauses.next() {
        let failed = outcomes.failed_ratio().expect("users");
        let said = if clause.contains("as many") { said } else { share(clause) };
        assert!(is_near(said.expect("a share"), failed), "{name}: {failed}: {text}");
    }
}

#[test]
fn no_sentence_contradicts_the_recording() {
    let check = |seed, settings: &[&str]| {
        let run = run(seed, settings);
        check_headline(&run);
        for minute in 1..=f64::from(run.recording.meta.seconds) as i64 / 60 {
            let at = run.recording.meta.from.plus_s(minute as f64 * 60.0);
            let of = |audience| now_sentence(&run.scenario, &run.recording, at, audience);
            check_words(&run, at, &of(Audience::Executive));
            check_words(&run, at, &of(Audience::Trainer));
            check_figures(&run, at, &of(Audience::Engineer));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = RUNS.iter().map(|(seed, settings)| scope.spawn(|| check(*seed, settings))).collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Sentences in words may change with an event, else at half minutes only.
#[test]
fn sentences_in_words_do_not_flip() {
    let run = run(20, &[]);
    let mut changes = 0;
    let mut last = String::new();
    for second in (0..=11_700).step_by(5) {
        let at = run.recording.meta.from.plus_s(f64::from(second));
        let text = now_sentence(&run.scenario, &run.recording, at, Audience::Executive);
        if text != last {
            let happened = spoken_at(&run.recording, at) == at || second % 30 == 0;
            let recent = run.recording.log.iter().any(|entry| {
                let since_s = at.seconds_since(run.recording.time_of(entry));
                (0.0..5.0).contains(&since_s)
            });
            assert!(happened || recent, "{}: {text}", at.hh_mm_ss());
            changes += 1;
            last = text;
        }
    }
    assert!(changes > 20, "{changes}");
}
