//! The state of the player.
//!
//! Invariant: `0 ≤ position_ms ≤ duration_ms`, `speed` is one of [`SPEEDS`], and nothing is ever NaN. Only
//! [`reduce`](super::reduce) changes a player.

use std::rc::Rc;

use super::{IncidentPhase, Marker, Track, View};
use crate::units::UtcMs;

/// At 1× a second of playback is a minute of the incident.
pub const INCIDENT_MS_PER_WALL_MS: f64 = 60.0;

/// The available speeds, slowest first.
pub const SPEEDS: [f64; 7] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// One tick of the recording, the step of the keys `,` and `.`.
pub const TICK_MS: f64 = crate::recording::TICK_S as f64 * 1000.0;

/// Longest wall-clock time that one step may advance. A longer one comes from a tab that was asleep, and the playhead must
/// not jump.
pub const STEP_WALL_MS_MAX: f64 = 1000.0;

/// Shortest range that can be zoomed into or looped: a minute.
pub const ZOOM_LENGTH_MS_MIN: f64 = 60_000.0;

/// A range of the window, in milliseconds since its start; `from_ms < until_ms`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimeRange {
    pub from_ms: f64,
    pub until_ms: f64,
}

impl TimeRange {
    /// The range between two times in either order, clamped to `0 ..= duration_ms` and widened to at least `length_min_ms`
    /// (or the whole duration, if shorter). `None` when a time is not finite.
    #[must_use]
    pub fn within(one_ms: f64, other_ms: f64, duration_ms: f64, length_min_ms: f64) -> Option<Self> {
        if !one_ms.is_finite() || !other_ms.is_finite() || duration_ms <= 0.0 {
            return None;
        }
        let length_min_ms = length_min_ms.min(duration_ms);
        let mut from_ms = one_ms.min(other_ms).clamp(0.0, duration_ms);
        let mut until_ms = one_ms.max(other_ms).clamp(0.0, duration_ms);
        if until_ms - from_ms < length_min_ms {
            let middle_ms = (from_ms + until_ms) / 2.0;
            from_ms = (middle_ms - length_min_ms / 2.0).clamp(0.0, duration_ms - length_min_ms);
            until_ms = (from_ms + length_min_ms).min(duration_ms);
        }
        Some(Self { from_ms, until_ms })
    }

    #[must_use]
    pub fn length_ms(self) -> f64 {
        self.until_ms - self.from_ms
    }

    /// Whether a time lies inside, both ends included.
    #[must_use]
    pub fn contains(self, at_ms: f64) -> bool {
        (self.from_ms..=self.until_ms).contains(&at_ms)
    }
}

/// A tour: the incident in about a minute.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tour {
    /// Wall-clock time for which the playhead still rests.
    pub rest_ms: f64,
}

/// Wall-clock time in which a tour passes the track, rests apart.
pub const TOUR_WAY_MS: f64 = 36_000.0;
/// Wall-clock time of all rests of a tour.
const TOUR_RESTS_MS: f64 = 30_000.0;
/// Longest rest: of few events none needs more.
const TOUR_REST_MS_MAX: f64 = 6000.0;

impl Player {
    /// How long a tour rests at an event.
    #[must_use]
    pub fn tour_rest_ms(&self) -> f64 {
        (TOUR_RESTS_MS / self.track.events().count().max(1) as f64).min(TOUR_REST_MS_MAX)
    }
}

/// The state of the page besides the recording: where the playhead is, how it moves, what is selected.
#[derive(Clone, PartialEq, Debug)]
pub struct Player {
    /// What is played: the length, the markers and the phases.
    pub track: Rc<Track>,
    /// Milliseconds since the start of the window.
    pub position_ms: f64,
    /// The event that was gone to, while the playhead is there: others may have happened at the same moment.
    pub reached: Option<String>,
    pub playing: bool,
    /// One of [`SPEEDS`]; 1 is a minute of the incident per second.
    pub speed: f64,
    /// The looped range.
    pub loop_range: Option<TimeRange>,
    /// Playback stops when it reaches this time.
    pub until_ms: Option<f64>,
    /// Whether playback stops at each event of the timeline.
    pub pause_at_markers: bool,
    /// Whether the browser shows the player in full screen.
    pub full_screen: bool,
    /// Whether the help is open.
    pub help_open: bool,
    /// Whether the keys of the table work.
    pub keys_on: bool,
    /// Whether the player is visible; it does not play while it is hidden.
    pub visible: bool,
    /// Whether the reader prefers reduced motion; nothing starts by itself then.
    pub reduced_motion: bool,
    /// The tour that is under way: playback rests at each event.
    pub tour: Option<Tour>,
    pub view: View,
}

impl Player {
    /// A paused player at the start of the track.
    #[must_use]
    pub fn new(track: Rc<Track>) -> Self {
        Self {
            track,
            position_ms: 0.0,
            reached: None,
            playing: false,
            speed: 1.0,
            loop_range: None,
            until_ms: None,
            pause_at_markers: false,
            full_screen: false,
            help_open: false,
            keys_on: true,
            visible: true,
            reduced_motion: false,
            tour: None,
            view: View::default(),
        }
    }

    /// The present event: the one that was gone to, or the last at or before the playhead.
    #[must_use]
    pub fn event(&self) -> Option<&Marker> {
        let reached = self.reached.as_ref();
        let there = |marker: &&Marker| Some(&marker.id) == reached && marker.at_ms == self.position_ms;
        self.track.events().find(there).or_else(|| self.track.event_at(self.position_ms))
    }

    /// Length of the track.
    #[must_use]
    pub fn duration_ms(&self) -> f64 {
        self.track.duration_ms
    }

    #[must_use]
    pub fn at(&self) -> UtcMs {
        self.track.at(self.position_ms)
    }

    /// Where the playhead is drawn. With reduced motion it moves in steps of a minute.
    #[must_use]
    pub fn shown_position_ms(&self) -> f64 {
        if self.reduced_motion && self.playing {
            (self.position_ms / 60_000.0).floor() * 60_000.0
        } else {
            self.position_ms
        }
    }

    /// Whether a tour rests at an event.
    #[must_use]
    pub fn is_resting(&self) -> bool {
        self.tour.is_some_and(|tour| tour.rest_ms > 0.0)
    }

    /// Whether the playhead stands at the end.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.position_ms >= self.duration_ms()
    }

    #[must_use]
    pub fn phase(&self) -> Option<&IncidentPhase> {
        self.track.phase_at(self.position_ms)
    }

    /// The playhead in words, for `aria-valuetext`: "11:42 UTC, 42 minutes in, diagnosis".
    #[must_use]
    pub fn value_text(&self) -> String {
        self.track.aria_value_text(self.at(), self.view.time_zone)
    }

    /// The speed in both units: "2×, 2 minutes per second".
    #[must_use]
    pub fn speed_text(&self) -> String {
        speed_words(self.speed)
    }
}

/// A speed in both units: "0.25×, 15 seconds per second", "2×, 2 minutes per second".
#[must_use]
pub fn speed_words(speed: f64) -> String {
    let per_second = if speed < 1.0 {
        format!("{} seconds", speed * 60.0)
    } else if speed == 1.0 {
        "1 minute".to_owned()
    } else {
        format!("{speed} minutes")
    };
    format!("{speed}×, {per_second} per second")
}
