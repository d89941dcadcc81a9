//! The state of the service at one moment, from which sentences are built.
//!
//! Invariant: nothing after the moment is read, so a sentence never knows more than a responder could.

use super::instance::InstanceMoment;
use super::progress::{RolloutMoment, Settled, firing, first_page, killed, level_held_s, rollout, settled};
use crate::recording::{CheckoutOutcomes, Recording, Span};
use crate::scenario::{Scenario, Severity};
use crate::units::UtcMs;

/// Live bytes after collection ÷ limit above which an instance counts as full.
pub const FULL_RATIO: f64 = 0.95;
/// Users count as affected from this multiple of the ratio that the service level allows: some checkouts are slow on any
/// day.
const NOTICED_FACTOR: f64 = 2.0;
/// Seconds over which rates and shares are taken.
pub(super) const WINDOW_S: usize = 60;
/// Seconds over which an instance's slow requests are counted: it has few requests a minute.
pub(super) const SLOW_WINDOW_S: usize = 300;
/// Seconds from the start of the window to the end of the baseline.
const CALM_UNTIL_S: usize = 600;
/// Seconds over which harm is judged; in a shorter time a single unlucky user would count.
const HARM_WINDOW_S: usize = 120;

/// What is going on at a moment, according to the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum IncidentStatus {
    /// Users are not affected.
    Calm,
    /// Users are affected, and nobody has been paged yet.
    Degrading,
    /// Somebody was paged, users are affected or the alert still fires, and no remedy is under way.
    Degraded,
    /// Instances are being replaced or restarted.
    RollingOut,
    /// The patch is out; the service level must hold for the verification time.
    Verifying,
    /// The service level has held, but code that leaks still runs.
    Mitigated,
    /// The service level has held, and no code that leaks is left: the incident is over.
    Over,
}

/// The service at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Moment {
    pub at: UtcMs,
    pub status: IncidentStatus,
    /// The checkouts that ended in the last minute.
    pub ended: CheckoutOutcomes,
    /// Median time to confirmation in the last minute, seconds.
    pub p50_s: Option<f64>,
    /// 95th percentile of the time to confirmation in the last minute, seconds.
    pub p95_s: Option<f64>,
    /// Users between first click and outcome.
    pub waiting_users: u32,
    /// Attempts of the last minute that were retries ÷ all attempts.
    pub retry_ratio: f64,
    pub instances: Vec<InstanceMoment>,
    /// The first page.
    pub paged: Option<UtcMs>,
    /// The rule of the first page.
    pub paged_by: Option<String>,
    /// Firing pages and tickets, in the order in which they began.
    pub firing: Vec<String>,
    /// Instances killed for lack of memory in the last ten minutes.
    pub killed: usize,
    /// Median time of the gateway in the five minutes before, seconds.
    pub gateway_p50_s: Option<f64>,
    /// Its relative change from the baseline; 0.01 is one percent slower.
    pub gateway_change: Option<f64>,
    /// Relative change of the network's median round trip from the baseline.
    pub network_change: Option<f64>,
    pub rollout: Option<RolloutMoment>,
    /// Seconds since a verification window last missed the service level, counted from the detection at the earliest.
    pub level_held_s: f64,
    /// Whether the incident is mitigated or over.
    pub settled: Settled,
}

impl Moment {
    /// The state at `at`.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Self {
        let minute = recording.before(at, WINDOW_S);
        let instances = InstanceMoment::all(scenario, recording, at);
        let paged = first_page(recording, at);
        let rollout = rollout(recording, at, &instances);
        let mut moment = Self {
            at,
            status: IncidentStatus::Calm,
            ended: recording.ended(minute),
            p50_s: recording.quantile(&recording.checkout_latency, minute, 0.5),
            p95_s: recording.quantile(&recording.checkout_latency, minute, 0.95),
            waiting_users: last(&recording.service.waiting_users, minute),
            retry_ratio: sum(&recording.service.retries, minute) / sum(&recording.service.attempts, minute).max(1.0),
            instances,
            paged: paged.as_ref().map(|(paged, _)| *paged),
            paged_by: paged.map(|(_, rule)| rule),
            firing: firing(recording, at, |severity| severity != Severity::Proposed),
            killed: killed(recording, at),
            gateway_p50_s: recording.quantile(&recording.gateway_latency, recording.before(at, SLOW_WINDOW_S), 0.5),
            gateway_change: change(scenario, recording, &recording.gateway_latency, at),
            network_change: change(scenario, recording, &recording.network_latency, at),
            rollout,
            level_held_s: level_held_s(scenario, recording, at),
            settled: settled(recording, at),
        };
        moment.status = moment.incident_status(scenario, recording);
        moment
    }

    fn incident_status(&self, scenario: &Scenario, recording: &Recording) -> IncidentStatus {
        let harm = recording.ended(recording.before(self.at, HARM_WINDOW_S)).affected_ratio();
        let noticed = |ratio: Option<f64>| ratio.is_some_and(|ratio| ratio > noticed_ratio(scenario));
        let harmed = noticed(harm) && noticed(self.ended.affected_ratio());
        let is_paging = !firing(recording, self.at, |severity| severity == Severity::Page).is_empty();
        match self.rollout {
            _ if matches!(self.settled, Settled::Over { .. }) => IncidentStatus::Over,
            Some(rollout) if !rollout.finished => IncidentStatus::RollingOut,
            _ if matches!(self.settled, Settled::Mitigated { .. }) => IncidentStatus::Mitigated,
            // Where the patch came before any harm there is nothing to verify.
            Some(rollout) if rollout.patch && self.paged.is_some() => IncidentStatus::Verifying,
            _ if self.paged.is_some() && (harmed || is_paging) => IncidentStatus::Degraded,
            _ if harmed => IncidentStatus::Degrading,
            _ => IncidentStatus::Calm,
        }
    }

    /// The instances that `wanted` accepts.
    pub fn those(&self, wanted: impl Fn(&InstanceMoment) -> bool) -> Vec<&InstanceMoment> {
        self.instances.iter().filter(|instance| wanted(instance)).collect()
    }

    /// The number of instances that `wanted` accepts.
    #[must_use]
    pub fn count(&self, wanted: impl Fn(&InstanceMoment) -> bool) -> usize {
        self.instances.iter().filter(|instance| wanted(instance)).count()
    }
}

/// Share of the requests of the last five minutes that these instances finished.
pub(super) fn served_ratio(moment: &Moment, instances: &[&InstanceMoment]) -> f64 {
    let all: u64 = moment.instances.iter().map(|instance| instance.completed).sum();
    let some: u64 = instances.iter().map(|instance| instance.completed).sum();
    some as f64 / all.max(1) as f64
}

/// Mean of a value over some instances; 0 when there are none.
pub(super) fn mean(instances: &[&InstanceMoment], reading: impl Fn(&InstanceMoment) -> f64) -> f64 {
    instances.iter().map(|instance| reading(instance)).sum::<f64>() / instances.len().max(1) as f64
}

/// Share of slow and failed checkouts above which users notice.
pub(super) fn noticed_ratio(scenario: &Scenario) -> f64 {
    NOTICED_FACTOR * (1.0 - scenario.service_level.objective_ratio)
}

/// The baseline that values are compared with: the first ten minutes of the window without the first minute, in which the
/// system fills up; it ends at least five minutes before the incident.
pub(super) fn calm(scenario: &Scenario, recording: &Recording) -> Span {
    let until = calm_until_s(scenario).min(recording.meta.seconds as usize);
    Span { from: WINDOW_S, until: until.max(WINDOW_S) }
}

/// The second of the window at which the baseline ends. Before it nobody knows the baseline.
pub(super) fn calm_until_s(scenario: &Scenario) -> usize {
    let start_s = scenario.incident.start.seconds_since(scenario.window.from).max(0.0) as usize;
    start_s.saturating_sub(SLOW_WINDOW_S).clamp(WINDOW_S + SLOW_WINDOW_S, CALM_UNTIL_S)
}

fn change(
    scenario: &Scenario,
    recording: &Recording,
    histograms: &crate::recording::Histograms,
    at: UtcMs,
) -> Option<f64> {
    if recording.second_of(at) < calm_until_s(scenario) {
        return None;
    }
    let then = recording.quantile(histograms, calm(scenario, recording), 0.5)?;
    let now = recording.quantile(histograms, recording.before(at, SLOW_WINDOW_S), 0.5)?;
    (then > 0.0).then(|| now / then - 1.0)
}

fn last(column: &[u32], span: Span) -> u32 {
    span.until.checked_sub(1).and_then(|second| column.get(second)).copied().unwrap_or(0)
}

fn sum(column: &[u32], span: Span) -> f64 {
    let until = span.until.min(column.len());
    column[span.from.min(until)..until].iter().map(|value| f64::from(*value)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::synthetic;

    fn moment(clock: &str) -> Moment {
        let (scenario, recording) = synthetic::outage();
        let at = scenario.window.from.same_day_at(clock).expect("a time of day");
        Moment::new(&scenario, &recording, at)
    }

    #[test]
    fn the_stages_follow_the_run() {
        let stages = [
            ("10:40", IncidentStatus::Calm),
            ("10:59:30", IncidentStatus::Degrading),
            ("11:00", IncidentStatus::Degraded),
            ("12:44:59", IncidentStatus::Degraded),
            ("12:45", IncidentStatus::RollingOut),
            ("13:16", IncidentStatus::RollingOut),
            ("13:16:05", IncidentStatus::Verifying),
            ("13:25:59", IncidentStatus::Verifying),
            ("13:26", IncidentStatus::Over),
            ("13:45", IncidentStatus::Over),
        ];
        for (clock, stage) in stages {
            assert_eq!(moment(clock).status, stage, "{clock}");
        }
    }

    #[test]
    fn the_roll_out_is_counted_by_instances() {
        let counted = |clock| {
            let moment = moment(clock);
            moment.rollout.map(|rollout| (rollout.wave, rollout.done, rollout.under_way, rollout.finished))
        };
        assert_eq!(counted("12:44"), None);
        assert_eq!(counted("12:45:30"), Some((1, 0, 1, false)));
        assert_eq!(counted("12:50"), Some((1, 1, 0, false)));
        assert_eq!(counted("12:55:30"), Some((2, 1, 2, false)));
        assert_eq!(counted("13:10"), Some((3, 6, 0, false)));
        assert_eq!(counted("13:17"), Some((4, 8, 0, true)));
    }

    #[test]
    fn the_younger_ones_are_fine_until_they_are_replaced() {
        let fine = |clock| moment(clock).those(|instance| instance.younger && instance.is_fine()).len();
        assert_eq!([fine("10:40"), fine("11:42"), fine("13:10"), fine("13:20")], [2, 2, 2, 0]);
    }

    #[test]
    fn nothing_after_the_moment_is_looked_at() {
        let (scenario, whole) = synthetic::outage();
        let at = scenario.window.from.same_day_at("11:42").expect("a time of day");
        let (seconds, ticks) = (whole.second_of(at), whole.second_of(at) / crate::recording::TICK_S);
        let mut cut = whole.clone();
        cut.meta.seconds = seconds as u32;
        cut.service.columns_mut().into_iter().for_each(|column| column.truncate(seconds));
        let rows = ticks * cut.meta.instances as usize;
        cut.instances.columns_mut().into_iter().for_each(|column| column.truncate(rows));
        for histograms in [&mut cut.checkout_latency, &mut cut.gateway_latency, &mut cut.network_latency] {
            histograms.counts.truncate(ticks * crate::recording::BUCKETS);
        }
        cut.log.retain(|entry| whole.time_of(entry) <= at);
        assert_eq!(Moment::new(&scenario, &cut, at), Moment::new(&scenario, &whole, at));
    }
}
