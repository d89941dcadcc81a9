//! The track: the length of the replay, its phases and its markers.
//!
//! Invariant: phases cover the window without gaps, in order; markers are in order of time and inside the window.

use super::TimeZone;
use crate::recording::{Happening, Recording};
use crate::scenario::{Scenario, Severity};
use crate::units::UtcMs;

/// Name of the phase before the first event.
const CALM: &str = "Baseline";
/// Name of the phase between the end of the roll-out and the next event.
const VERIFICATION: &str = "Verification";

/// A phase of the incident, one segment of the seek bar. Times are milliseconds since the start of the window.
#[derive(Clone, PartialEq, Debug)]
pub struct IncidentPhase {
    pub from_ms: f64,
    /// End; the start of the next phase.
    pub until_ms: f64,
    /// Name, with a capital: "Diagnosis".
    pub name: String,
}

/// A point on the seek bar.
#[derive(Clone, PartialEq, Debug)]
pub struct Marker {
    /// Milliseconds since the start of the window.
    pub at_ms: f64,
    /// Name, unique on the track: "escalated", "alert-CheckoutFailures-1", "wave-2".
    pub id: String,
    pub title: String,
    pub kind: MarkerKind,
}

/// What a marker stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkerKind {
    /// An event of the reported timeline. Stepping by event and pausing at markers use only these.
    Event,
    /// An alert fired in the run.
    Alert(Severity),
    /// A wave of the roll-out began in the run.
    Wave,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Track {
    /// Start of the window.
    pub from: UtcMs,
    /// Length of the window.
    pub duration_ms: f64,
    /// Reported start of the incident.
    pub incident_from: UtcMs,
    /// Reported end of the incident.
    pub incident_until: UtcMs,
    pub phases: Vec<IncidentPhase>,
    pub markers: Vec<Marker>,
}

impl Track {
    /// The track of a scenario. A recording adds its alerts and roll-out waves.
    #[must_use]
    pub fn new(scenario: &Scenario, recording: Option<&Recording>) -> Self {
        Self {
            from: scenario.window.from,
            duration_ms: window_ms(scenario),
            incident_from: scenario.incident.start,
            incident_until: scenario.incident.end,
            phases: phases(scenario, recording),
            markers: markers(scenario, recording),
        }
    }

    /// The moment of a position.
    #[must_use]
    pub fn at(&self, position_ms: f64) -> UtcMs {
        UtcMs(self.from.0.saturating_add(position_ms.round() as i64))
    }

    /// The position of a moment. It lies outside the track when the moment is outside the window.
    #[must_use]
    pub fn position_ms(&self, at: UtcMs) -> f64 {
        at.0.saturating_sub(self.from.0) as f64
    }

    /// The phase of a position.
    #[must_use]
    pub fn phase_at(&self, position_ms: f64) -> Option<&IncidentPhase> {
        self.phases.iter().rev().find(|phase| phase.from_ms <= position_ms).or(self.phases.first())
    }

    /// The events of the timeline, in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Marker> {
        self.markers.iter().filter(|marker| marker.kind == MarkerKind::Event)
    }

    /// The last event at or before a position, which the timeline marks as current.
    #[must_use]
    pub fn event_at(&self, position_ms: f64) -> Option<&Marker> {
        self.events().rev().find(|marker| marker.at_ms <= position_ms)
    }

    /// A moment in words: "11:42 UTC, 42 minutes in, diagnosis".
    #[must_use]
    pub fn aria_value_text(&self, at: UtcMs, time_zone: TimeZone) -> String {
        let clock = if at.ms_of_day() / 1000 % 60 == 0 { time_zone.hh_mm(at) } else { time_zone.hh_mm_ss(at) };
        let minutes = |from: UtcMs, until: UtcMs| (until.0 - from.0).div_euclid(60_000);
        let place = if at < self.incident_from {
            // Rounded up, so that the last minute before the start is not "0 minutes before".
            let before = -minutes(self.incident_from, at);
            format!("{} before the incident", count_minutes(before))
        } else if at < self.incident_until {
            match minutes(self.incident_from, at) {
                0 => "the first minute".to_owned(),
                since => format!("{} in", count_minutes(since)),
            }
        } else {
            match minutes(self.incident_until, at) {
                0 => "the end of the incident".to_owned(),
                after => format!("{} after the end", count_minutes(after)),
            }
        };
        let phase = self.phase_at(self.position_ms(at)).map_or(String::new(), |phase| phase.name.to_ascii_lowercase());
        // After the end the phase would repeat the same information.
        if phase.is_empty() || at >= self.incident_until {
            format!("{clock} {}, {place}", time_zone.label())
        } else {
            format!("{clock} {}, {place}, {phase}", time_zone.label())
        }
    }
}

fn count_minutes(minutes: i64) -> String {
    if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }
}

fn window_ms(scenario: &Scenario) -> f64 {
    (scenario.window.until.0 - scenario.window.from.0).max(0) as f64
}

/// The phases of a scenario's timeline: "Baseline" before its first event, then the phase that each event opens. With a run,
/// the time from the end of its roll-out to the next event is "Verification".
#[must_use]
pub fn phases(scenario: &Scenario, recording: Option<&Recording>) -> Vec<IncidentPhase> {
    let (from, duration_ms) = (scenario.window.from, window_ms(scenario));
    let mut starts: Vec<(f64, &str)> = vec![(0.0, CALM)];
    for event in &scenario.timeline {
        let at_ms = (event.at.0 - from.0) as f64;
        starts.push((at_ms.clamp(0.0, duration_ms), &event.phase));
    }
    if let Some(recording) = recording {
        let finished = recording.first(|what| matches!(what, Happening::RolloutFinished));
        let patched = recording.first(|what| matches!(what, Happening::RolloutStarted { patch: true }));
        if let (Some(finished), Some(patched)) = (finished, patched) {
            let at_ms = (finished.0 - from.0) as f64;
            let next = starts.iter().position(|(start_ms, _)| *start_ms > at_ms);
            let opened_ms = next.and_then(|index| index.checked_sub(1)).map(|index| starts[index].0);
            // Only when the roll-out belongs to the phase that would be split, and another event follows.
            if let (Some(next), Some(opened_ms)) = (next, opened_ms)
                && opened_ms <= (patched.0 - from.0) as f64
                && opened_ms < at_ms
            {
                starts.insert(next, (at_ms, VERIFICATION));
            }
        }
    }
    // Events that go on with the phase before them open none.
    starts.dedup_by(|later, earlier| later.1 == earlier.1);
    let ends = starts.iter().skip(1).map(|(start_ms, _)| *start_ms).chain([duration_ms]);
    let phases = starts.iter().zip(ends).map(|((from_ms, name), until_ms)| IncidentPhase {
        from_ms: *from_ms,
        until_ms,
        name: (*name).to_owned(),
    });
    phases.filter(|phase| phase.until_ms > phase.from_ms).collect()
}

/// The markers of a scenario's timeline and, with a run, those of its alerts and roll-out waves, in order of time.
#[must_use]
pub fn markers(scenario: &Scenario, recording: Option<&Recording>) -> Vec<Marker> {
    let (from, duration_ms) = (scenario.window.from, window_ms(scenario));
    let events = scenario.timeline.iter().map(|event| Marker {
        at_ms: (event.at.0 - from.0) as f64,
        id: event.id.clone(),
        title: event.title.clone(),
        kind: MarkerKind::Event,
    });
    let mut markers: Vec<Marker> = events.collect();
    for entry in recording.iter().flat_map(|recording| &recording.log) {
        let (id, title, kind) = match &entry.what {
            Happening::AlertFiring { rule, severity, .. } => (
                format!("alert-{rule}"),
                format!("{} fires", alert_words(rule, *severity)),
                MarkerKind::Alert(*severity),
            ),
            Happening::WaveStarted { wave } => ("wave".to_owned(), format!("Roll-out wave {wave}"), MarkerKind::Wave),
            _ => continue,
        };
        let earlier = markers.iter().filter(|marker| marker.id.starts_with(&format!("{id}-"))).count();
        let at_ms = entry.at_ms as f64;
        // At equal times, events come before what the run did.
        let place = markers.partition_point(|marker| marker.at_ms <= at_ms);
        markers.insert(place, Marker { at_ms, id: format!("{id}-{}", earlier + 1), title, kind });
    }
    markers.retain(|marker| (0.0..=duration_ms).contains(&marker.at_ms));
    markers
}

/// The title of an alert: "Page: PaymentCpuSaturation".
pub(crate) fn alert_words(rule: &str, severity: Severity) -> String {
    match severity {
        Severity::Page => format!("Page: {rule}"),
        Severity::Ticket => format!("Ticket: {rule}"),
        Severity::Proposed => format!("Proposed alert: {rule}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::synthetic;

    fn track() -> (Scenario, Track) {
        let scenario = Scenario::bundled();
        let track = Track::new(&scenario, None);
        (scenario, track)
    }

    fn told(track: &Track) -> String {
        let clock = |ms: f64| track.at(ms).hh_mm_ss();
        let phases = track
            .phases
            .iter()
            .map(|phase| format!("{} {} {}\n", clock(phase.from_ms), clock(phase.until_ms), phase.name));
        let markers = track
            .markers
            .iter()
            .map(|marker| format!("{} {} {} {:?}\n", clock(marker.at_ms), marker.id, marker.title, marker.kind));
        phases.chain(["--\n".to_owned()]).chain(markers).collect()
    }

    #[test]
    fn the_timeline_alone_gives_phases_and_events() {
        expect_test::expect![[r#"
            10:30:00 11:00:00 Baseline
            11:00:00 11:05:00 Detection
            11:05:00 11:30:00 Investigation
            11:30:00 12:30:00 Diagnosis
            12:30:00 12:45:00 Fix
            12:45:00 13:30:00 Roll-out
            13:30:00 13:45:00 After
            --
            11:00:00 detected Detected Event
            11:05:00 investigation Investigation started Event
            11:30:00 escalated Escalated to the backend team Event
            12:30:00 identified Leak identified in session handling Event
            12:45:00 patched Roll-out of the patch started Event
            13:30:00 resolved Incident declared over Event
        "#]]
        .assert_eq(&told(&track().1));
    }

    #[test]
    fn a_run_adds_its_alerts_and_waves_and_the_verification() {
        let (scenario, recording) = synthetic::outage();
        expect_test::expect![[r#"
            10:30:00 11:00:00 Baseline
            11:00:00 11:05:00 Detection
            11:05:00 11:30:00 Investigation
            11:30:00 12:30:00 Diagnosis
            12:30:00 12:45:00 Fix
            12:45:00 13:16:05 Roll-out
            13:16:05 13:30:00 Verification
            13:30:00 13:45:00 After
            --
            10:36:00 alert-PaymentHeapFullSoon-1 Proposed alert: PaymentHeapFullSoon fires Alert(Proposed)
            11:00:00 detected Detected Event
            11:00:00 alert-PaymentCpuSaturation-1 Page: PaymentCpuSaturation fires Alert(Page)
            11:05:00 investigation Investigation started Event
            11:30:00 escalated Escalated to the backend team Event
            12:30:00 identified Leak identified in session handling Event
            12:45:00 patched Roll-out of the patch started Event
            12:45:00 wave-1 Roll-out wave 1 Wave
            12:55:00 wave-2 Roll-out wave 2 Wave
            13:05:00 wave-3 Roll-out wave 3 Wave
            13:15:00 wave-4 Roll-out wave 4 Wave
            13:30:00 resolved Incident declared over Event
        "#]]
        .assert_eq(&told(&Track::new(&scenario, Some(&recording))));
    }

    #[test]
    fn moments_are_said_in_words() {
        let (scenario, track) = track();
        let clocks = [
            "10:30", "10:42", "10:42:05", "10:59", "10:59:30", "11:00", "11:01", "11:42", "12:45", "13:29:55", "13:30",
            "13:31", "13:45",
        ];
        let texts = clocks.map(|clock| {
            let at = scenario.window.from.same_day_at(clock).expect("a time of day");
            track.aria_value_text(at, TimeZone::Utc) + "\n"
        });
        expect_test::expect![[r#"
            10:30 UTC, 30 minutes before the incident, baseline
            10:42 UTC, 18 minutes before the incident, baseline
            10:42:05 UTC, 18 minutes before the incident, baseline
            10:59 UTC, 1 minute before the incident, baseline
            10:59:30 UTC, 1 minute before the incident, baseline
            11:00 UTC, the first minute, detection
            11:01 UTC, 1 minute in, detection
            11:42 UTC, 42 minutes in, diagnosis
            12:45 UTC, 105 minutes in, roll-out
            13:29:55 UTC, 149 minutes in, roll-out
            13:30 UTC, the end of the incident
            13:31 UTC, 1 minute after the end
            13:45 UTC, 15 minutes after the end
        "#]]
        .assert_eq(&texts.concat());
    }

    #[test]
    fn an_event_at_the_start_of_the_window_leaves_no_calm() {
        let mut scenario = Scenario::bundled();
        scenario.timeline[0].at = scenario.window.from;
        let track = Track::new(&scenario, None);
        assert_eq!(track.phases[0].name, "Detection");
        assert_eq!(track.phase_at(0.0).map(|phase| phase.name.as_str()), Some("Detection"));
    }
}
