//! What the recording says of one moment: the readings that sentences are built from.
//!
//! Invariant: nothing after the moment is looked at, so a sentence never knows more than a responder could.

use super::progress::{RolloutMoment, Settled, firing, first_page, killed, level_held_s, rollout, settled};
use crate::recording::{CheckoutOutcomes, InstanceState, Recording, Span};
use crate::scenario::{Scenario, Severity};
use crate::units::UtcMs;

/// The memory of an instance is filled when its live bytes after collection exceed this share of the limit.
pub const FULL_RATIO: f64 = 0.95;
/// It is nearly out of memory from this share on: the collector runs ten times as often as on an empty heap.
pub const NEARLY_FULL_RATIO: f64 = 0.9;
/// An instance is held up by its collector when it spends more than this share of its time in collections.
pub const COLLECTING_RATIO: f64 = 0.5;
/// An instance is fine while no more than this share of its requests is slow.
const FINE_SLOW_RATIO_MAX: f64 = 0.05;
/// Users count as noticing from this many times the share of slow and failed checkouts that the service level allows: some
/// are slow on any day.
const NOTICED_FACTOR: f64 = 2.0;
/// Readings of rates and shares look at the minute before.
const WINDOW_S: usize = 60;
/// Whether an instance is slow is looked at over five minutes: a single instance has few requests a minute.
const SLOW_WINDOW_S: usize = 300;
/// The calm ends so long after the start of the window.
const CALM_UNTIL_S: usize = 600;
/// Harm is judged over two minutes, so that a single unlucky user is none.
const HARM_WINDOW_S: usize = 120;

/// What is going on at a moment, as the run says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum IncidentStatus {
    /// Users notice nothing.
    Calm,
    /// Users begin to notice, and nobody was paged yet.
    Degrading,
    /// Somebody was paged, users notice or the page still holds, and no remedy is under way.
    Degraded,
    /// Instances are being replaced or restarted.
    RollingOut,
    /// The patch is out; the service level must hold for a while.
    Verifying,
    /// The service level has held, but code that leaks still runs.
    Mitigated,
    /// The service level has held, and no code that leaks is left: the incident is over.
    Over,
}

/// One instance at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct InstanceMoment {
    /// Index.
    pub index: usize,
    /// Whether it was rescheduled before the window and has not been restarted since.
    pub younger: bool,
    /// Whether it runs the fixed release.
    pub fixed: bool,
    /// Whether it takes requests.
    pub in_rotation: bool,
    /// Whether it drains, starts or waits to be started.
    pub restarting: bool,
    /// Live bytes after the last collection ÷ limit.
    pub heap_ratio: f64,
    /// Share of the last minute in collections.
    pub gc_ratio: f64,
    /// CPU of the last minute ÷ cores.
    pub cpu_ratio: f64,
    /// Sessions whose transaction has ended.
    pub leaked: u32,
    /// Requests finished in the last five minutes.
    pub completed: u64,
    /// Requests over the slow threshold ÷ all, in the last five minutes; `None` without requests.
    pub slow_ratio: Option<f64>,
}

impl InstanceMoment {
    /// Whether it is nearly out of memory.
    #[must_use]
    pub fn is_full(&self) -> bool {
        !self.restarting && self.heap_ratio > NEARLY_FULL_RATIO
    }

    /// Whether the collector holds it up.
    #[must_use]
    pub fn is_collecting(&self) -> bool {
        !self.restarting && self.gc_ratio > COLLECTING_RATIO
    }

    /// Whether it serves well.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.in_rotation
            && !self.is_full()
            && !self.is_collecting()
            && self.slow_ratio.is_none_or(|ratio| ratio <= FINE_SLOW_RATIO_MAX)
    }
}

/// Readings at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Moment {
    /// When.
    pub at: UtcMs,
    /// What is going on.
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
    /// The instances that exist.
    pub instances: Vec<InstanceMoment>,
    /// When somebody was first paged.
    pub paged: Option<UtcMs>,
    /// The rule that paged first.
    pub paged_by: Option<String>,
    /// Pages and tickets that are firing, in the order in which they began.
    pub firing: Vec<String>,
    /// Instances killed for lack of memory in the last ten minutes.
    pub killed: usize,
    /// Median time of the gateway in the five minutes before, seconds.
    pub gateway_p50_s: Option<f64>,
    /// Change of that against the calm; 0.01 is one percent slower.
    pub gateway_change: Option<f64>,
    /// Change of the network's median round trip against the calm.
    pub network_change: Option<f64>,
    /// The latest roll-out or rolling restart.
    pub rollout: Option<RolloutMoment>,
    /// For how long no verification window has missed the service level since the incident was detected, seconds.
    pub level_held_s: f64,
    /// Whether the incident is mitigated or over.
    pub settled: Settled,
}

impl Moment {
    /// The readings at `at`.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: &Recording, at: UtcMs) -> Self {
        let minute = recording.before(at, WINDOW_S);
        let instances = instances(recording, at);
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
            // A run whose patch came before any harm has nothing to verify.
            Some(rollout) if rollout.patch && self.paged.is_some() => IncidentStatus::Verifying,
            _ if self.paged.is_some() && (harmed || is_paging) => IncidentStatus::Degraded,
            _ if harmed => IncidentStatus::Degrading,
            _ => IncidentStatus::Calm,
        }
    }

    /// The instances for which something holds.
    pub fn those(&self, wanted: impl Fn(&InstanceMoment) -> bool) -> Vec<&InstanceMoment> {
        self.instances.iter().filter(|instance| wanted(instance)).collect()
    }

    /// How many instances something holds for.
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

/// Mean of a reading over some instances; 0 of none.
pub(super) fn mean(instances: &[&InstanceMoment], reading: impl Fn(&InstanceMoment) -> f64) -> f64 {
    instances.iter().map(|instance| reading(instance)).sum::<f64>() / instances.len().max(1) as f64
}

/// Share of slow and failed checkouts above which users notice.
pub(super) fn noticed_ratio(scenario: &Scenario) -> f64 {
    NOTICED_FACTOR * (1.0 - scenario.service_level.objective_ratio)
}

/// The calm that values are compared with: the first ten minutes of the window without the very first one (the system fills
/// up then), ending five minutes before the incident at the latest.
pub(super) fn calm(scenario: &Scenario, recording: &Recording) -> Span {
    let from = WINDOW_S;
    let start = recording.second_of(scenario.incident.start);
    let until = start.saturating_sub(SLOW_WINDOW_S).min(CALM_UNTIL_S).max(from + SLOW_WINDOW_S);
    Span { from, until: until.min(recording.meta.seconds as usize).max(from) }
}

fn instances(recording: &Recording, at: UtcMs) -> Vec<InstanceMoment> {
    let (minute, five) = (recording.before(at, WINDOW_S), recording.before(at, SLOW_WINDOW_S));
    let columns = &recording.instances;
    let reading = |index: usize| {
        let state = recording.instance_state(minute, index);
        let completed = recording.instance_sum(&columns.completed, five, index);
        let slow = recording.instance_sum(&columns.completed_slow, five, index);
        let fixed = recording.gauge(&columns.release, minute, index) == 1;
        let restarts = recording.gauge(&columns.restarts, minute, index);
        InstanceMoment {
            index,
            younger: recording.is_rescheduled(index) && restarts == 0 && !fixed,
            fixed,
            in_rotation: state == InstanceState::InRotation,
            restarting: state.is_restarting(),
            heap_ratio: recording.heap_after_gc_ratio(minute, index),
            gc_ratio: recording.gc_ratio(minute, index),
            cpu_ratio: recording.cpu_ratio(minute, index),
            leaked: recording.gauge(&columns.sessions_leaked, minute, index),
            completed,
            slow_ratio: (completed > 0).then(|| slow as f64 / completed as f64),
        }
    };
    recording.present(minute).map(reading).collect()
}

fn change(
    scenario: &Scenario,
    recording: &Recording,
    histograms: &crate::recording::Histograms,
    at: UtcMs,
) -> Option<f64> {
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
