//! Requests as dots: the position of each sampled attempt at a moment.
//!
//! Invariant: positions depend only on the playhead, so that seeking backwards shows the same image.

use crate::recording::{AttemptOutcome, NONE, Recording};

/// Incident time that a dot takes to an instance, and again to the gateway, at 1×. A real request takes a fraction of a
/// second, too short to be visible when a minute passes in a second.
pub const TRAVEL_MS: f64 = 100_000.0;
/// Up to this speed dots take the same wall-clock time; beyond it they become faster.
const PACE_SPEED_MAX: f64 = 4.0;
/// Share of the travel time for which the dot of an attempt that comes no further fades out.
const FADE_RATIO: f64 = 0.2;

/// The leg of a dot's route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leg {
    /// From the users to an instance.
    Inbound(usize),
    /// From an instance to the gateway.
    Outbound(usize),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dot {
    pub leg: Leg,
    /// Completed share of the leg, 0 to 1.
    pub ratio: f64,
    /// Outcome of its attempt; `None` while it cannot be known yet, on the way in.
    pub outcome: Option<AttemptOutcome>,
    /// Opacity, 0 to 1.
    pub opacity: f64,
    /// Position across the lane, −1 to 1.
    pub lateral: f64,
}

/// The sampled attempts of a recording, in drawing order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DotTrack {
    /// Sorted by sending time.
    sent: Vec<Sample>,
    /// Sorted by the time of the gateway call.
    called: Vec<Sample>,
    /// Attempts per sample.
    attempts_each: f64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Sample {
    /// Its place in the recording.
    row: u32,
    start_ms: f64,
    instance: Option<usize>,
    outcome: AttemptOutcome,
    /// Whether it came as far as a call of the gateway.
    is_called: bool,
    lateral: f64,
}

impl DotTrack {
    pub fn new(recording: &Recording) -> Self {
        let samples = &recording.samples;
        let sample = |row: usize, start_ms: u32| Sample {
            row: row as u32,
            start_ms: f64::from(start_ms),
            instance: (samples.instance[row] != NONE).then_some(samples.instance[row] as usize),
            outcome: AttemptOutcome::from_code(samples.outcome[row]).unwrap_or(AttemptOutcome::Failed),
            is_called: samples.gateway_ms[row] != NONE,
            lateral: lateral(row),
        };
        let rows = 0..samples.sent_ms.len();
        let sent = in_order(rows.clone().map(|row| sample(row, samples.sent_ms[row])));
        let called = rows.filter(|row| samples.gateway_ms[*row] != NONE && samples.instance[*row] != NONE);
        let called = in_order(called.map(|row| sample(row, samples.gateway_ms[row])));
        let attempts: f64 = recording.service.attempts.iter().map(|count| f64::from(*count)).sum();
        let attempts_each = if sent.is_empty() { 0.0 } else { attempts / sent.len() as f64 };
        Self { sent, called, attempts_each }
    }

    /// Attempts per dot.
    pub fn attempts_each(&self) -> u32 {
        self.attempts_each.round() as u32
    }

    /// The dots at a moment, in milliseconds since the window began, or one of `every` so many: always the same ones. For
    /// `travel_ms` see [`travel_ms`].
    pub fn at(&self, at_ms: f64, travel_ms: f64, every: u32) -> impl Iterator<Item = Dot> {
        let fade_ms = travel_ms * FADE_RATIO;
        let is_drawn = move |sample: &&Sample| sample.row.is_multiple_of(every.max(1));
        let sent = started(&self.sent, at_ms - travel_ms - fade_ms, at_ms).filter(is_drawn);
        let inbound = sent.filter_map(move |sample| {
            let instance = sample.instance.unwrap_or(0);
            let age_ms = at_ms - sample.start_ms;
            // A rejected attempt ends at the load balancer.
            let end = if sample.instance.is_some() { 1.0 } else { 0.35 };
            let ratio = age_ms / travel_ms;
            if ratio <= end {
                return Some(Dot { outcome: None, ..sample.dot(Leg::Inbound(instance), ratio, 1.0) });
            }
            // Attempts that come no further fade out there.
            let opacity = 1.0 - (ratio - end) / FADE_RATIO;
            (!sample.is_called && opacity > 0.0).then(|| sample.dot(Leg::Inbound(instance), end, opacity))
        });
        // The stretched way in delays the way out by as much.
        let called = started(&self.called, at_ms - 2.0 * travel_ms, at_ms - travel_ms).filter(is_drawn);
        let outbound = called.filter_map(move |sample| {
            let ratio = (at_ms - travel_ms - sample.start_ms) / travel_ms;
            sample.instance.map(|instance| sample.dot(Leg::Outbound(instance), ratio, 1.0))
        });
        inbound.chain(outbound)
    }
}

/// Sorts samples by start. They are recorded in the order of sending, so nearly all are in place already.
fn in_order(samples: impl Iterator<Item = Sample>) -> Vec<Sample> {
    let mut ordered: Vec<Sample> = Vec::new();
    for sample in samples {
        let place = ordered.partition_point(|before| before.start_ms <= sample.start_ms);
        ordered.insert(place, sample);
    }
    ordered
}

impl Sample {
    fn dot(&self, leg: Leg, ratio: f64, opacity: f64) -> Dot {
        Dot { leg, ratio, outcome: Some(self.outcome), opacity, lateral: self.lateral }
    }
}

/// Incident time that a dot takes for one leg at a speed: the same wall-clock time up to [`PACE_SPEED_MAX`].
pub fn travel_ms(speed: f64) -> f64 {
    TRAVEL_MS * speed.min(PACE_SPEED_MAX)
}

fn started(samples: &[Sample], after_ms: f64, until_ms: f64) -> impl Iterator<Item = &Sample> {
    let first = samples.partition_point(|sample| sample.start_ms <= after_ms);
    samples[first..].iter().take_while(move |sample| sample.start_ms <= until_ms)
}

/// Spreads dots deterministically over the width of the lane (the finalizer of MurmurHash3).
fn lateral(row: usize) -> f64 {
    let mut hash = row as u32;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    f64::from(hash >> 16) / 32_767.5 - 1.0
}

/// Positions of waiting users around a point: a sunflower pattern that grows from `inner` to `outer` pixels.
pub fn crowd(count: usize, inner: f64, outer: f64) -> impl Iterator<Item = (f64, f64)> {
    /// Angle between two users in radians: the golden angle.
    const TURN: f64 = 2.399_963_229_728_653;
    /// Distance between two users in pixels, when there is room.
    const SPACING: f64 = 6.0;
    let room = outer * outer - inner * inner;
    let area = (SPACING * SPACING / std::f64::consts::PI).min(room / count.max(1) as f64);
    (0..count).map(move |index| {
        let radius = (inner * inner + area * (index as f64 + 0.5)).sqrt();
        let angle = TURN * index as f64;
        (radius * libm::cos(angle), radius * libm::sin(angle))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(rejected: bool) -> DotTrack {
        let called = |sample: Sample| if rejected { vec![] } else { vec![sample] };
        let sample = Sample {
            row: 0,
            start_ms: 1000.0,
            instance: Some(2),
            outcome: if rejected { AttemptOutcome::Rejected } else { AttemptOutcome::Slow },
            is_called: !rejected,
            lateral: 0.0,
        };
        DotTrack { sent: vec![sample], called: called(Sample { start_ms: 1500.0, ..sample }), attempts_each: 8.0 }
    }

    fn seen(track: &DotTrack, at_ms: f64) -> Vec<(Leg, f64)> {
        track.at(at_ms, 1000.0, 1).map(|dot| (dot.leg, dot.ratio)).collect()
    }

    #[test]
    fn a_dot_goes_in_stays_and_goes_on() {
        let track = track(false);
        assert_eq!(seen(&track, 999.0), []);
        assert_eq!(seen(&track, 1500.0), [(Leg::Inbound(2), 0.5)]);
        assert_eq!(seen(&track, 2200.0), []);
        assert_eq!(seen(&track, 2600.0), [(Leg::Outbound(2), 0.1)]);
        assert_eq!(seen(&track, 3600.0), []);
    }

    #[test]
    fn what_is_turned_away_is_seen_to_stop() {
        let track = track(true);
        let dots: Vec<Dot> = track.at(2100.0, 1000.0, 1).collect();
        assert_eq!((dots[0].ratio, dots[0].outcome), (1.0, Some(AttemptOutcome::Rejected)));
        assert!((dots[0].opacity - 0.5).abs() < 1e-9, "{dots:?}");
    }

    #[test]
    fn fewer_dots_are_the_same_ones_at_each_moment() {
        let rows = |every: u32, at_ms: f64| {
            let sent = (0..100).map(|row| Sample { row, start_ms: f64::from(row), ..track(false).sent[0] }).collect();
            let track = DotTrack { sent, called: vec![], attempts_each: 8.0 };
            track.at(at_ms, 1000.0, every).map(|dot| (dot.ratio * 1000.0).round() as i64).collect::<Vec<_>>()
        };
        assert_eq!(rows(1, 500.0).len(), 100);
        assert_eq!(rows(4, 500.0).len(), 25);
        let later: Vec<i64> = rows(4, 500.0).into_iter().map(|age_ms| age_ms + 100).collect();
        assert_eq!(rows(4, 600.0), later);
    }

    #[test]
    fn on_the_way_in_nobody_knows_the_outcome() {
        let outcomes = |at_ms: f64| track(false).at(at_ms, 1000.0, 1).map(|dot| dot.outcome).collect::<Vec<_>>();
        assert_eq!(outcomes(1500.0), [None]);
        assert_eq!(outcomes(2600.0), [Some(AttemptOutcome::Slow)]);
    }

    #[test]
    fn dots_keep_their_pace_up_to_a_point() {
        assert_eq!([0.5, 4.0, 16.0].map(travel_ms), [TRAVEL_MS * 0.5, TRAVEL_MS * 4.0, TRAVEL_MS * 4.0]);
    }

    #[test]
    fn a_crowd_of_any_size_fits_its_ring() {
        for count in [1, 10, 300, 5000] {
            assert_eq!(crowd(count, 40.0, 70.0).count(), count);
            for (x, y) in crowd(count, 40.0, 70.0) {
                let radius = (x * x + y * y).sqrt();
                assert!((40.0..=70.001).contains(&radius), "{count}: {radius}");
            }
        }
    }
}
