//! The incident figures: response times, harm so far and error budget.

use super::moment::{calm, noticed_ratio};
use super::progress::mitigated;
use super::words::{percent, percent_fine, rounded, thousands, time_in_figures};
use crate::model::expected_users;
use crate::recording::{Recording, Span};
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// The harm begins when users have been affected for this long without a break.
const ONSET_S: usize = 600;
const MS_PER_DAY: i64 = 86_400_000;

/// Where a figure comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    Reported,
    Simulated,
    /// Simulated, and dependent on an assumption that the report does not make, such as the service level.
    Assumed,
}

impl Source {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Simulated => "simulated",
            Self::Assumed => "assumed",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs, reason = "the names say it; the labels and `how` say it to readers")]
pub enum FigureKey {
    TimeToDetect,
    TimeToInvestigate,
    TimeToEscalate,
    TimeToIdentify,
    TimeToMitigate,
    TimeToResolve,
    UsersAffected,
    UsersFailed,
    UsersTotal,
    UserMinutesLost,
    ErrorBudgetBurnt,
}

/// One figure.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    pub key: FigureKey,
    /// Its name: "Time to detect".
    pub label: &'static str,
    /// The value, in minutes, users, user-minutes or as a ratio. `None` when it has not been reached at the playhead, or
    /// never is.
    pub value: Option<f64>,
    /// The formatted value: "25 min", "48,210", "33.4 %", "not yet".
    pub shown: String,
    pub source: Source,
    /// How it is computed, in a sentence.
    pub how: String,
}

/// The incident figures at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Figures {
    /// In the order shown. A response time appears twice when both report and run give it.
    pub rows: Vec<Figure>,
}

impl Figures {
    /// The figures at `at`: harm so far, and the response times that have passed by then.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Self {
        let mut rows = reported_times(scenario, at);
        // Reported times come before simulated ones.
        for figure in simulated_times(scenario, recording, at) {
            rows.insert(rows.partition_point(|earlier| earlier.key <= figure.key), figure);
        }
        rows.extend(users(scenario, recording, at));
        rows.push(user_minutes_lost(scenario, recording, at));
        rows.push(error_budget_burnt(scenario, recording, at));
        Self { rows }
    }

    /// The figure with this key; the reported one where there are two.
    #[must_use]
    pub fn get(&self, key: FigureKey) -> Option<&Figure> {
        self.rows.iter().find(|figure| figure.key == key)
    }
}

/// Steps of the response, each with the ids that its timeline event may have.
const STEPS: [(FigureKey, &str, &[&str]); 6] = [
    (FigureKey::TimeToDetect, "Time to detect", &["detected", "detection"]),
    (FigureKey::TimeToInvestigate, "Time to investigate", &["investigation", "investigated"]),
    (FigureKey::TimeToEscalate, "Time to escalate", &["escalated", "escalation"]),
    (FigureKey::TimeToIdentify, "Time to identify", &["identified", "identification"]),
    (FigureKey::TimeToMitigate, "Time to mitigate", &["mitigated", "mitigation", "patched"]),
    (FigureKey::TimeToResolve, "Time to resolve", &["resolved", "resolution"]),
];

fn reported_times(scenario: &Scenario, at: UtcMs) -> Vec<Figure> {
    let start = scenario.incident.start;
    let event_of = |names: &[&str]| scenario.timeline.iter().find(|event| names.contains(&event.id.as_str()));
    let step = |(key, label, names): (FigureKey, &'static str, &[&str])| {
        let event = event_of(names)?;
        let how = format!(
            "From the reported start, {}, to \u{201c}{}\u{201d}, {} UTC.",
            start.hh_mm(),
            event.title,
            event.at.hh_mm()
        );
        Some(time(key, label, Some(Took::new(start, event.at)), at, scenario.window.until, Source::Reported, how))
    };
    STEPS.into_iter().filter_map(step).collect()
}

fn simulated_times(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<Figure> {
    let start = scenario.incident.start;
    let objective = percent_fine(scenario.service_level.objective_ratio);
    let (onset, detected, resolved) = (onset(scenario, recording), recording.detected_at(), recording.resolved_at());
    // That the harm lasted, and that the level held, is known some time after it began.
    let noticed =
        onset.zip(detected).map(|(from, until)| Took { from, until, known: until.max(from.plus_s(ONSET_S as f64)) });
    let mitigated = detected.zip(mitigated(recording)).map(|(from, (until, known))| Took { from, until, known });
    vec![
        time(
            FigureKey::TimeToDetect,
            "Time to detect",
            noticed,
            at,
            scenario.window.until,
            Source::Simulated,
            format!(
                "From the minute in which users begin to notice (more than {} slow or failed for ten minutes on end) to the \
                 first page. Negative when the page came first.",
                percent(noticed_ratio(scenario))
            ),
        ),
        time(
            FigureKey::TimeToMitigate,
            "Time to mitigate",
            mitigated,
            at,
            scenario.window.until,
            Source::Simulated,
            format!("From the first page to the moment from which on the level of {objective} held."),
        ),
        time(
            FigureKey::TimeToResolve,
            "Time to resolve",
            resolved.map(|resolved| Took::new(start, resolved)),
            at,
            scenario.window.until,
            Source::Simulated,
            format!(
                "From the reported start until the level had held for {} after the fix.",
                time_in_figures(scenario.service_level.verification_s / 60.0)
            ),
        ),
    ]
}

/// The time between two moments.
#[derive(Clone, Copy)]
struct Took {
    from: UtcMs,
    until: UtcMs,
    /// From when on it is known.
    known: UtcMs,
}

impl Took {
    /// A time that is known at its end.
    fn new(from: UtcMs, until: UtcMs) -> Self {
        Self { from, until, known: until }
    }
}

/// The time between two moments, as known at `at`, of a run that ends at `end`.
fn time(
    key: FigureKey,
    label: &'static str,
    took: Option<Took>,
    at: UtcMs,
    end: UtcMs,
    source: Source,
    how: String,
) -> Figure {
    let reached = took.filter(|took| took.known <= at);
    let value = reached.map(|took| took.until.seconds_since(took.from) / 60.0);
    let shown = match (took, value) {
        // Only its end tells what a run does not have.
        (None, _) if at >= end => "not in this run".to_owned(),
        (_, None) => "not yet".to_owned(),
        (_, Some(minutes)) if minutes < 0.0 => format!("\u{2212}{}", time_in_figures(-minutes)),
        (_, Some(minutes)) => time_in_figures(minutes),
    };
    Figure { key, label, value, shown, source, how }
}

/// Start of the first ten minutes in each of which users were affected.
fn onset(scenario: &Scenario, recording: &Recording) -> Option<UtcMs> {
    let missed = |minute: usize| {
        let span = Span { from: minute * 60, until: (minute + 1) * 60 };
        recording.ended(span).affected_ratio().is_some_and(|ratio| ratio > noticed_ratio(scenario))
    };
    let (minutes, length) = (recording.meta.seconds as usize / 60, ONSET_S / 60);
    let first = (0..minutes.saturating_sub(length - 1)).find(|from| (*from..from + length).all(missed))?;
    Some(recording.meta.from.plus_s((first * 60) as f64))
}

/// Users who started between the reported start and the earlier of `at` and the reported end: the population of the report's
/// figures.
fn users(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Vec<Figure> {
    let until = at.min(scenario.incident.end).max(scenario.incident.start);
    let outcomes = recording.started(recording.span(scenario.incident.start, until));
    let total = outcomes.total();
    let start = scenario.incident.start.hh_mm();
    let who = match total {
        0 => format!("of those who start from {start} UTC on"),
        _ => format!(
            "of those who started between {start} and {} UTC, by how their {} ended",
            until.hh_mm(),
            scenario.incident.journey
        ),
    };
    let row = |key, label, number: u64, how: String| {
        let share = match total {
            0 => String::new(),
            _ if number == total => String::new(),
            total => format!(" ({})", percent_fine(number as f64 / total as f64)),
        };
        let shown = format!("{}{share}", thousands(rounded(number)));
        Figure { key, label, value: Some(number as f64), shown, source: Source::Simulated, how }
    };
    vec![
        row(
            FigureKey::UsersAffected,
            "Users affected so far",
            outcomes.slow + outcomes.failed,
            format!("Slow or failed, {who}."),
        ),
        row(FigureKey::UsersFailed, "Users failed so far", outcomes.failed, format!("Not completed, {who}.")),
        row(
            FigureKey::UsersTotal,
            "Users so far",
            total,
            format!("All {who}; those still waiting at the end of the run left out."),
        ),
    ]
}

/// Time that users waited beyond the baseline: the number of waiting users summed over seconds, less the number expected at
/// baseline (Little's law: waiting users = arrivals × waiting time). Counted from the end of the baseline.
fn user_minutes_lost(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Figure {
    let calm = calm(scenario, recording);
    let waited_s = |span: Span| {
        let waiting = &recording.service.waiting_users;
        let until = span.until.min(waiting.len());
        waiting[span.from.min(until)..until].iter().map(|users| f64::from(*users)).sum::<f64>()
    };
    let calm_s_per_user = waited_s(calm) / (recording.arrivals(calm) as f64).max(1.0);
    let so_far = Span { from: calm.until, until: recording.second_of(at).max(calm.until) };
    let lost_s = waited_s(so_far) - calm_s_per_user * recording.arrivals(so_far) as f64;
    let minutes = (lost_s / 60.0).max(0.0);
    Figure {
        key: FigureKey::UserMinutesLost,
        label: "User-minutes lost",
        value: Some(minutes),
        shown: thousands(rounded(minutes.round() as u64)),
        source: Source::Simulated,
        how: format!(
            "Waiting users, added up second by second, less the {calm_s_per_user:.1} s that each user waits in the baseline."
        ),
    }
}

/// Affected users so far ÷ affected users that the service level allows in its period. The users of the period are
/// extrapolated from a day's traffic.
fn error_budget_burnt(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Figure {
    let level = &scenario.service_level;
    let outcomes = recording.started(recording.span(recording.meta.from, at));
    let midnight = UtcMs(at.0 - at.ms_of_day());
    let users_per_day = expected_users(&scenario.traffic, midnight, UtcMs(midnight.0 + MS_PER_DAY));
    let users = users_per_day * f64::from(level.period_days);
    let allowed = (1.0 - level.objective_ratio) * users;
    let burnt = (allowed > 0.0).then(|| (outcomes.slow + outcomes.failed) as f64 / allowed);
    Figure {
        key: FigureKey::ErrorBudgetBurnt,
        label: "Error budget burnt",
        value: burnt,
        shown: burnt.map_or_else(|| "no budget".to_owned(), percent_fine),
        source: Source::Assumed,
        how: format!(
            "Users slow or failed since {} UTC \u{f7} the {} that an objective of {} allows among the {} users of {} days.",
            recording.meta.from.hh_mm(),
            thousands(allowed.round() as u64),
            percent_fine(level.objective_ratio),
            thousands(users.round() as u64),
            level.period_days
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::synthetic;

    fn told(clock: &str) -> String {
        let (scenario, recording) = synthetic::outage();
        let at = scenario.window.from.same_day_at(clock).expect("a time of day");
        let figures = Figures::new(&scenario, &recording, at);
        let row =
            |figure: &Figure| format!("{}: {} ({}) {}\n", figure.label, figure.shown, figure.source.word(), figure.how);
        figures.rows.iter().map(row).collect()
    }

    #[test]
    fn before_the_incident_nothing_is_reached() {
        expect_test::expect![[r#"
            Time to detect: not yet (reported) From the reported start, 11:00, to “Detected”, 11:00 UTC.
            Time to detect: not yet (simulated) From the minute in which users begin to notice (more than 2 % slow or failed for ten minutes on end) to the first page. Negative when the page came first.
            Time to investigate: not yet (reported) From the reported start, 11:00, to “Investigation started”, 11:05 UTC.
            Time to escalate: not yet (reported) From the reported start, 11:00, to “Escalated to the backend team”, 11:30 UTC.
            Time to identify: not yet (reported) From the reported start, 11:00, to “Leak identified in session handling”, 12:30 UTC.
            Time to mitigate: not yet (reported) From the reported start, 11:00, to “Roll-out of the patch started”, 12:45 UTC.
            Time to mitigate: not yet (simulated) From the first page to the moment from which on the level of 99.0 % held.
            Time to resolve: not yet (reported) From the reported start, 11:00, to “Incident declared over”, 13:30 UTC.
            Time to resolve: not yet (simulated) From the reported start until the level had held for 20 min after the fix.
            Users affected so far: 0 (simulated) Slow or failed, of those who start from 11:00 UTC on.
            Users failed so far: 0 (simulated) Not completed, of those who start from 11:00 UTC on.
            Users so far: 0 (simulated) All of those who start from 11:00 UTC on; those still waiting at the end of the run left out.
            User-minutes lost: 0 (simulated) Waiting users, added up second by second, less the 1.0 s that each user waits in the baseline.
            Error budget burnt: 0.0 % (assumed) Users slow or failed since 10:30 UTC ÷ the 216,950 that an objective of 99.0 % allows among the 21,695,040 users of 30 days.
        "#]].assert_eq(&told("10:50"));
    }

    #[test]
    fn at_the_end_everything_is() {
        expect_test::expect![[r#"
            Time to detect: 0 min (reported) From the reported start, 11:00, to “Detected”, 11:00 UTC.
            Time to detect: 2 min (simulated) From the minute in which users begin to notice (more than 2 % slow or failed for ten minutes on end) to the first page. Negative when the page came first.
            Time to investigate: 5 min (reported) From the reported start, 11:00, to “Investigation started”, 11:05 UTC.
            Time to escalate: 30 min (reported) From the reported start, 11:00, to “Escalated to the backend team”, 11:30 UTC.
            Time to identify: 1 h 30 min (reported) From the reported start, 11:00, to “Leak identified in session handling”, 12:30 UTC.
            Time to mitigate: 1 h 45 min (reported) From the reported start, 11:00, to “Roll-out of the patch started”, 12:45 UTC.
            Time to mitigate: 2 h 6 min (simulated) From the first page to the moment from which on the level of 99.0 % held.
            Time to resolve: 2 h 30 min (reported) From the reported start, 11:00, to “Incident declared over”, 13:30 UTC.
            Time to resolve: 2 h 26 min (simulated) From the reported start until the level had held for 20 min after the fix.
            Users affected so far: 42,600 (47.3 %) (simulated) Slow or failed, of those who started between 11:00 and 13:30 UTC, by how their checkout ended.
            Users failed so far: 20,700 (23.0 %) (simulated) Not completed, of those who started between 11:00 and 13:30 UTC, by how their checkout ended.
            Users so far: 90,000 (simulated) All of those who started between 11:00 and 13:30 UTC, by how their checkout ended; those still waiting at the end of the run left out.
            User-minutes lost: 27,600 (simulated) Waiting users, added up second by second, less the 1.0 s that each user waits in the baseline.
            Error budget burnt: 19.7 % (assumed) Users slow or failed since 10:30 UTC ÷ the 216,950 that an objective of 99.0 % allows among the 21,695,040 users of 30 days.
        "#]].assert_eq(&told("13:45"));
    }

    #[test]
    fn harm_only_grows() {
        let (scenario, recording) = synthetic::outage();
        let keys = [
            FigureKey::UsersAffected,
            FigureKey::UsersFailed,
            FigureKey::UsersTotal,
            FigureKey::UserMinutesLost,
            FigureKey::ErrorBudgetBurnt,
        ];
        let mut before = [0.0; 5];
        for minute in 0..=195 {
            let figures = Figures::new(&scenario, &recording, scenario.window.from.plus_s(f64::from(minute) * 60.0));
            let now = keys.map(|key| figures.get(key).and_then(|figure| figure.value).expect("harm has a value"));
            assert!(before.iter().zip(&now).all(|(before, now)| before <= now), "minute {minute}: {now:?}");
            before = now;
        }
    }

    #[test]
    fn the_lost_minutes_are_those_waited_beyond_the_calm() {
        let (scenario, recording) = synthetic::outage();
        let figures = Figures::new(&scenario, &recording, recording.until());
        // 250 instead of 10 users wait for 6900 s.
        let lost = figures.get(FigureKey::UserMinutesLost).and_then(|figure| figure.value).expect("a value");
        assert!((lost - 240.0 * 6900.0 / 60.0).abs() < 1e-6, "{lost}");
    }
}
