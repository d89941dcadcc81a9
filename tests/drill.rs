//! The drill, natively: what a trainee does is simulated, told apart and scored by runs alone.

use incident_replay::chart::{ChartKind, model, summary};
use incident_replay::drill::{
    Cause, Comparison, DRAWN, Debrief, Draw, Drill, DrillResult, Entry, Expectation, Journal, Kind, Look, Policy,
    Response, Score, Series, Thought, Told, Update, Way, What, best_of, silence_s,
};
use incident_replay::export::{Options, chart_image};
use incident_replay::model::World;
use incident_replay::replay::TimeZone;
use incident_replay::scenario::Scenario;
use incident_replay::scenario::catalogue::CATALOGUE;

fn scenario(id: &str) -> Scenario {
    let entry = CATALOGUE.iter().find(|entry| entry.id == id).expect("in the catalogue");
    let path = format!("{}/static/scenarios/{}", env!("CARGO_MANIFEST_DIR"), entry.file);
    Scenario::from_json(&std::fs::read_to_string(path).expect("a file")).expect("valid")
}

fn drawn() -> impl Iterator<Item = Scenario> {
    DRAWN.into_iter().map(scenario)
}

/// An act at a minute after the page.
fn at(minute: u32, what: What) -> Entry {
    Entry { at_s: minute * 60, what }
}

fn look(minute: u32, look: Look) -> Entry {
    at(minute, What::Look(look))
}

fn act(minute: u32, response: Response) -> Entry {
    at(minute, What::Act(response))
}

fn update(minute: u32) -> Entry {
    at(minute, What::Update(Update { impact: true, state: true, next_min: Some(15) }))
}

fn replayed(scenario: &Scenario, entries: Vec<Entry>) -> Drill {
    Drill::replay(scenario, scenario.seed, Kind::Check, &Journal(entries))
        .unwrap_or_else(|error| panic!("{}: {error}", scenario.id))
}

fn scored(scenario: &Scenario, entries: Vec<Entry>) -> Score {
    Score::of(&replayed(scenario, entries)).expect("within the budget")
}

fn ratio(score: &Score) -> f64 {
    score.users.ratio().expect("a best that is better than nothing")
}

fn policy(scenario: &Scenario) -> Policy {
    best_of(&scenario.id).expect("searched")
}

/// A journal that does what the best policy found does.
fn best(scenario: &Scenario) -> Vec<Entry> {
    let mut entries = Vec::new();
    for step in &policy(scenario).acts {
        let response = step.response().expect("known");
        assert!(!response.needs_finding(), "needs looks before it: say which");
        entries.push(act(step.after_min - response.preparation_min(), response));
    }
    entries.sort_by_key(|entry| entry.at_s);
    entries
}

#[test]
fn the_reported_timeline_is_the_incident_that_happened() {
    let bundled = Scenario::bundled();
    let drill = replayed(
        &bundled,
        vec![look(80, Look::Sessions), at(90, What::State(Cause::Sessions)), act(90, Response::Patch)],
    );
    let actual = World::run(&bundled, bundled.seed).expect("valid");
    assert_eq!(drill.whole().expect("within the budget").digest(), actual.digest());
}

#[test]
fn doing_nothing_is_zero_and_the_best_found_is_one() {
    for scenario in drawn() {
        assert_eq!(ratio(&scored(&scenario, Vec::new())), 0.0, "{}", scenario.id);
        let score = scored(&scenario, best(&scenario));
        assert_eq!(ratio(&score), 1.0, "{}", scenario.id);
        assert!(score.unneeded().is_empty(), "{}: {score:?}", scenario.id);
    }
}

#[test]
fn the_policies_are_those_of_the_present_scenarios() {
    for scenario in drawn() {
        let policy = policy(&scenario);
        assert_eq!(policy.seed, scenario.seed);
        let nothing = replayed(&scenario, Vec::new());
        assert_eq!(
            nothing.whole().expect("within the budget").digest(),
            policy.digest,
            "{}: run `incident-replay policy`",
            scenario.id
        );
        let score = Score::of(&nothing).expect("within the budget");
        assert_eq!((score.users.nothing, score.users.best), (policy.nothing, Some(policy.best)), "{}", scenario.id);
        // No act could be left out, none that is left out would help more, and none comes better later.
        let harmed = |entries: Vec<Entry>| scored(&scenario, entries).users.trainee;
        for index in 0..policy.acts.len() {
            let mut fewer = best(&scenario);
            fewer.remove(index);
            assert!(harmed(fewer) > policy.best, "{} without act {index}", scenario.id);
            let mut later = best(&scenario);
            later[index].at_s += 600;
            later.sort_by_key(|entry| entry.at_s);
            assert!(harmed(later) > policy.best, "{} with act {index} later", scenario.id);
        }
    }
}

/// Looks, then acts that fit what is seen, and says how things stand.
fn expert(scenario: &Scenario) -> Vec<Entry> {
    let mut entries = vec![look(0, Look::Service), update(2), look(2, Look::Instances)];
    let (found, fitting): (Look, Vec<Response>) = match Cause::of(scenario).expect("a cause") {
        Cause::Sessions => (Look::Sessions, vec![Response::Restart, Response::ScaleOut, Response::Patch]),
        Cause::Connections => (Look::Connections, vec![Response::Restart, Response::FailOver, Response::Patch]),
        Cause::Dependency => (Look::Dependency, vec![Response::FailOver, Response::ScaleOut]),
        Cause::CostlyCode => (Look::Changes, vec![Response::RollBack]),
        other => panic!("no script for {other:?}"),
    };
    entries.push(look(4, found));
    entries.push(at(8, What::State(Cause::of(scenario).expect("a cause"))));
    entries.extend(fitting.into_iter().map(|response| act(8, response)));
    entries.extend([update(15), update(30)]);
    entries.push(at(45, What::End));
    entries
}

/// Does the usual things without a look, and tells nobody.
fn novice() -> Vec<Entry> {
    vec![act(10, Response::ScaleOut), act(25, Response::Restart), at(45, What::End)]
}

/// Does what makes it worse: users are turned away and may not try again, instances that work are restarted over and over.
fn vandal(scenario: &Scenario) -> Vec<Entry> {
    match Cause::of(scenario).expect("a cause") {
        Cause::Sessions => vec![act(0, Response::Shed), act(20, Response::Balance)],
        Cause::Connections => vec![act(0, Response::FewerRetries)],
        Cause::Dependency => (0..10).map(|index| act(index * 12, Response::Restart)).collect(),
        Cause::CostlyCode => vec![act(0, Response::Restart), act(0, Response::Shed), act(0, Response::Balance)],
        other => panic!("no script for {other:?}"),
    }
}

#[test]
fn novice_expert_and_vandal_are_told_apart_on_every_cause() {
    for scenario in drawn() {
        let [expert, novice, vandal] =
            [expert(&scenario), novice(), vandal(&scenario)].map(|entries| scored(&scenario, entries));
        let told =
            format!("{}: expert {:?}, novice {:?}, vandal {:?}", scenario.id, expert.users, novice.users, vandal.users);
        println!("{told}");
        assert!(ratio(&expert) > 0.7, "{told}");
        assert!(ratio(&expert) > ratio(&novice) + 0.05, "{told}");
        assert!(ratio(&vandal) < 0.0, "{told}");
        assert!(expert.looked_before[0] > 0 && novice.looked_before == [0, 2], "{}", scenario.id);
        assert!(expert.silence_s <= 15 * 60 && novice.silence_s == 45 * 60, "{}", scenario.id);
        assert_eq!((expert.updates_complete, novice.updates_complete), ([3, 3], [0, 0]));
        assert_eq!(vandal.users.percent(), 0);
    }
}

#[test]
fn a_drill_is_its_journal_whatever_the_pauses() {
    let scenario = scenario("training-connections");
    let whole = replayed(&scenario, expert(&scenario));
    // Second by second in some places, all at once in others.
    let mut drill = Drill::new(&scenario, scenario.seed, Kind::Check).expect("valid");
    for (index, entry) in expert(&scenario).into_iter().enumerate() {
        while drill.now_s() < entry.at_s {
            drill.wait(if index % 2 == 0 { 1 } else { 7.min(entry.at_s - drill.now_s()) });
        }
        drill.enter(entry.what).expect("as before");
    }
    assert_eq!(drill.journal(), whole.journal());
    assert_eq!(drill.recording().digest(), whole.recording().digest());
    assert_eq!(drill.whole().expect("within").digest(), whole.whole().expect("within").digest());
}

/// Draws that the document and the tests in browsers name.
#[test]
fn the_first_draws_have_every_incident() {
    assert_eq!([1, 6, 5, 0].map(|draw| Draw(draw).scenario().id), DRAWN);
}

#[test]
fn a_result_runs_again_and_a_forged_one_is_found_out() {
    let draw = Draw::of("training-slow-gateway", 0).expect("drawn");
    let scenario = scenario(draw.scenario().id);
    let drill = Drill::replay(&scenario, draw.seed(), Kind::Check, &Journal(expert(&scenario))).expect("valid");
    let result = DrillResult::of(&drill, draw).expect("within the budget");
    let text = result.to_string();
    let read: DrillResult = text.parse().expect("a result");
    assert_eq!(read, result);
    let again = read.rerun(&scenario).expect("the same");
    assert_eq!(Score::of(&again), Score::of(&drill));

    let better = DrillResult { harmed: result.harmed / 2, ..result.clone() };
    assert!(better.rerun(&scenario).expect_err("forged").to_string().contains("its journal comes to"));
    let mut journal = result.journal.clone();
    journal.0.retain(|entry| !matches!(entry.what, What::Act(_)));
    assert!(DrillResult { journal, ..result.clone() }.rerun(&scenario).is_err());
    // An act while a look was under way cannot have been.
    let mut journal = result.journal.clone();
    journal.0[3].at_s = 130;
    let error = DrillResult { journal, ..result }.rerun(&scenario).expect_err("impossible");
    assert!(error.to_string().starts_with("entry 4 of the journal"), "{error}");
    for text in ["", "c", "c-1-1", "x-1-1-0Lo", "c-1-1-0Lz", "c-zzzzzz-1-0Lo", "c-01-1-0Lo"] {
        assert!(text.parse::<DrillResult>().is_err(), "{text}");
    }
}

/// Everything that is told until the end, as text, with the names of what is shown apart.
fn told(drill: &mut Drill) -> (String, Vec<String>) {
    let (mut text, mut names) = (drill.page(), Vec::new());
    let mut hear = |told: Vec<Told>| {
        for told in told {
            match told {
                Told::Seen(seen) => {
                    names.push(seen.look.id().to_owned());
                    if !matches!(seen.look, Look::Logs | Look::Changes) {
                        names.extend(seen.lines.iter().map(|(name, _)| name.clone()));
                    }
                    seen.lines.iter().for_each(|(name, value)| text += &format!("\n{name}: {value}"));
                }
                other => text += &format!("\n{other:?}"),
            }
        }
    };
    for look in Look::all() {
        hear(drill.enter(What::Look(look)).expect("possible"));
    }
    hear(drill.wait(3600));
    (text, names)
}

#[test]
fn nothing_that_is_told_names_the_cause_and_every_drill_offers_the_same() {
    let mut offers = Vec::new();
    for scenario in drawn() {
        let mut drill = Drill::new(&scenario, 7, Kind::Practice).expect("valid");
        let offered: Vec<&str> = Response::offered(&scenario).into_iter().map(Response::id).collect();
        let (mut text, names) = told(&mut drill);
        // The charts that the page shows meanwhile.
        for kind in [ChartKind::Checkouts, ChartKind::Latency, ChartKind::Cpu] {
            let model = model(kind, drill.shown(), drill.recording());
            text += &chart_image(
                &model,
                &summary(&model, drill.shown(), drill.recording(), TimeZone::Utc),
                &Options::default(),
            );
        }
        for hidden in [&scenario.id, &scenario.title, &scenario.window.from.date()] {
            assert!(!text.contains(hidden.as_str()), "{}: {text}", scenario.id);
        }
        for fault in &scenario.faults {
            assert!(!text.contains(&fault.id) && !text.contains(&fault.reason), "{}: {text}", scenario.id);
        }
        for event in &scenario.timeline {
            assert!(!text.contains(&event.text), "{}: {text}", scenario.id);
        }
        assert!(!text.contains("aulty") && !text.contains("leak"), "{}: {text}", scenario.id);
        offers.push((offered, names));
    }
    for other in &offers[1..] {
        assert_eq!(other, &offers[0]);
    }
}

#[test]
fn what_comes_later_changes_nothing_of_what_is_told_before() {
    // The same shop, in which the gateway goes wrong later, or is well again earlier.
    let slow = scenario("training-slow-gateway");
    let mut other = slow.clone();
    for fault in &mut other.faults {
        if let incident_replay::scenario::During::Span(span) = &mut fault.during {
            span.until = slow.window.until;
        }
    }
    other.actions.clear();
    other.timeline.truncate(1);
    let hear = |scenario: &Scenario| {
        let mut drill = Drill::new(scenario, 3, Kind::Practice).expect("valid");
        let mut all = vec![drill.page()];
        for look in Look::all() {
            all.extend(drill.enter(What::Look(look)).expect("possible").iter().map(|told| format!("{told:?}")));
        }
        assert!(drill.now_s() < 70 * 60);
        all
    };
    assert_eq!(hear(&slow), hear(&other));
}

#[test]
fn a_patch_needs_a_finding_and_one_for_the_wrong_cause_changes_nothing() {
    let scenario = Scenario::bundled();
    let mut drill = Drill::new(&scenario, scenario.seed, Kind::Practice).expect("valid");
    let refused = |drill: &mut Drill, what: What| drill.enter(what).expect_err("refused").to_string();
    assert!(refused(&mut drill, What::Act(Response::Patch)).contains("state the cause first"));
    drill.enter(What::State(Cause::Network)).expect("possible");
    assert!(refused(&mut drill, What::Act(Response::Patch)).contains("nothing that you have looked at"));
    drill.enter(What::Look(Look::Dependency)).expect("possible");
    drill.enter(What::Act(Response::Patch)).expect("possible");
    let told = format!("{:?}", drill.wait(1800));
    assert!(told.contains("changes nothing") && !told.contains("roll-out begins"), "{told}");
    assert!(refused(&mut drill, What::Act(Response::RollBack)).contains("6 hours"));
    assert!(refused(&mut drill, What::Mark(10, "x".to_owned())).contains("when the drill is over"));
    assert!(refused(&mut drill, What::Act(Response::Warm)).contains("nothing to do it with"));
    // Nothing was done to the run.
    assert!(drill.taken().is_empty());
    let left = replayed(&scenario, vec![]);
    assert_eq!(drill.whole().expect("within").digest(), left.whole().expect("within").digest());
}

#[test]
fn the_debrief_sets_expectations_beside_what_came_and_compares_only_after_two_sentences() {
    let scenario = scenario("training-costly-release");
    let thought = |way| {
        let expects = Some(Expectation { series: Series::Cpu, way, minutes: 20 });
        at(4, What::Think(Thought { cause: Cause::CostlyCode, sureness: 3, expects }))
    };
    let mut drill = replayed(
        &scenario,
        vec![
            look(0, Look::Changes),
            thought(Way::Down),
            thought(Way::Up),
            act(4, Response::RollBack),
            at(40, What::End),
        ],
    );
    let debrief = Debrief::new(&drill, drill.whole().expect("within"));
    let ways: Vec<(Way, Option<Way>)> = debrief.came.iter().map(|came| (came.expected.way, came.way)).collect();
    assert_eq!(ways, [(Way::Down, Some(Way::Down)), (Way::Up, Some(Way::Down))], "{:?}", debrief.came);

    let score = Score::of(&drill).expect("within");
    assert_eq!(Comparison::new(&drill, &score), None);
    drill.enter(What::Mark(120, "I saw the release.".to_owned())).expect("possible");
    assert_eq!(Comparison::new(&drill, &score), None);
    drill.enter(What::Mark(240, "I took it back.".to_owned())).expect("possible");
    let comparison = Comparison::new(&drill, &score).expect("two sentences");
    assert_eq!(comparison.cause, Some(Cause::CostlyCode));
    assert!(comparison.acts[0].users_spared > 10_000, "{:?}", comparison.acts);
    assert!(!comparison.reported.is_empty() && !comparison.best.is_empty());
    assert!(!comparison.best_reason.contains("should"), "{}", comparison.best_reason);
}

#[test]
fn the_debrief_leads_to_the_worst_minute_and_to_the_longest_silence() {
    for scenario in drawn() {
        let drill = replayed(&scenario, vec![update(10), update(12), at(70, What::End)]);
        assert_eq!(silence_s(&drill), [12 * 60, 58 * 60], "{}", scenario.id);
        let whole = drill.whole().expect("within the budget");
        let harm = |from: incident_replay::units::UtcMs| {
            let ended = whole.started(whole.span(from, from.plus_s(60.0)));
            ended.slow + ended.failed
        };
        let worst = Debrief::worst_minute(&drill, &whole);
        assert!(worst >= drill.start() && worst < whole.until(), "{}: {worst}", scenario.id);
        for minute in 0..60 {
            let other = drill.start().plus_s(f64::from(minute) * 60.0);
            assert!(harm(other) <= harm(worst), "{}: {other} is worse than {worst}", scenario.id);
        }
    }
}
