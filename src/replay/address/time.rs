//! Times as addresses write them.
//!
//! Invariant: the time that [`AddressTime::of`] writes for a moment reads back as that moment, to the second.

use std::fmt;
use std::str::FromStr;

use crate::replay::Track;
use crate::units::UtcMs;

const S_PER_DAY: u32 = 86_400;
const MS_PER_DAY: i64 = 86_400_000;

/// A time in an address, always in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AddressTime {
    /// `12:30`, `12:30:15` or `2:03`: hours, minutes and optional seconds. It is a time of day if that lies in the window,
    /// otherwise the time since the window's start. At 1× a second plays a minute of the incident, so `2:03` from the start
    /// is two hours and three minutes of the incident as well as two minutes and three seconds of playback.
    Clock {
        /// Seconds since midnight, or since the start.
        seconds: u32,
    },
    /// `2024-08-15T12:30:00Z`.
    Instant(UtcMs),
}

impl AddressTime {
    /// The written form of a moment of the window: to the second, as a time of day where that is unambiguous.
    #[must_use]
    pub fn of(at: UtcMs, [from, until]: [UtcMs; 2]) -> Self {
        let at = UtcMs((at.0.saturating_add(500)).div_euclid(1000) * 1000);
        let clock = Self::Clock { seconds: (at.ms_of_day() / 1000) as u32 };
        if clock.within([from, until]) == Some(at) { clock } else { Self::Instant(at) }
    }

    /// The moment; `None` outside the window.
    #[must_use]
    pub fn within(self, [from, until]: [UtcMs; 2]) -> Option<UtcMs> {
        let after = |ms: i64| Some(UtcMs(from.0.checked_add(ms)?)).filter(|at| (from..=until).contains(at));
        match self {
            Self::Instant(at) => Some(at).filter(|at| (from..=until).contains(at)),
            Self::Clock { seconds } => {
                let offset_ms = i64::from(seconds) * 1000;
                // Time from the start until a clock first shows this time of day.
                let clock_ms = (offset_ms - from.ms_of_day()).rem_euclid(MS_PER_DAY);
                let clock = (seconds < S_PER_DAY).then_some(clock_ms);
                clock.and_then(after).or_else(|| after(offset_ms))
            }
        }
    }

    /// The written form of a position on a track.
    #[must_use]
    pub fn of_position(position_ms: f64, track: &Track) -> Self {
        Self::of(track.at(position_ms), window(track))
    }

    /// The position on a track, in milliseconds since its start; `None` outside of it.
    #[must_use]
    pub fn position_ms(self, track: &Track) -> Option<f64> {
        self.within(window(track)).map(|at| track.position_ms(at))
    }
}

fn window(track: &Track) -> [UtcMs; 2] {
    [track.from, track.at(track.duration_ms)]
}

impl fmt::Display for AddressTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(at) => write!(f, "{at}"),
            Self::Clock { seconds } => {
                write!(f, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
                if seconds % 60 == 0 { Ok(()) } else { write!(f, ":{:02}", seconds % 60) }
            }
        }
    }
}

/// Error: the text is not a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoTime;

impl FromStr for AddressTime {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        if let Ok(at) = text.parse() {
            return Ok(Self::Instant(at));
        }
        let mut parts = text.split(':');
        let mut next = |digits: std::ops::RangeInclusive<usize>, max: u32| match parts.next() {
            Some(part) if digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse().ok().filter(|value: &u32| *value <= max).map(Some).ok_or(NoTime)
            }
            Some(_) => Err(NoTime),
            None => Ok(None),
        };
        let hours = next(1..=3, 999)?.ok_or(NoTime)?;
        let minutes = next(2..=2, 59)?.ok_or(NoTime)?;
        let seconds = next(2..=2, 59)?.unwrap_or(0);
        if parts.next().is_some() {
            return Err(NoTime);
        }
        Ok(Self::Clock { seconds: (hours * 60 + minutes) * 60 + seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn resolved(track: &Track, text: &str) -> String {
        let time: AddressTime = text.parse().expect("it is a time");
        time.position_ms(track).map_or("outside".to_owned(), |ms| track.at(ms).to_string())
    }

    #[test]
    fn a_time_of_day_in_the_window_is_meant_otherwise_the_time_since_the_start() {
        // 10:30 to 13:45.
        let track = Track::new(&Scenario::bundled(), None);
        for (text, at) in [
            ("12:30", "2024-08-15T12:30:00Z"),
            ("12:30:15", "2024-08-15T12:30:15Z"),
            ("10:30", "2024-08-15T10:30:00Z"),
            ("13:45", "2024-08-15T13:45:00Z"),
            ("2:03", "2024-08-15T12:33:00Z"),
            ("02:03", "2024-08-15T12:33:00Z"),
            ("0:00:30", "2024-08-15T10:30:30Z"),
            ("3:15", "2024-08-15T13:45:00Z"),
            ("2024-08-15T12:30:00Z", "2024-08-15T12:30:00Z"),
            ("2024-08-15T12:30:00.000Z", "2024-08-15T12:30:00Z"),
            ("3:16", "outside"),
            ("13:46", "outside"),
            ("999:59", "outside"),
            ("2024-08-16T12:30:00Z", "outside"),
        ] {
            assert_eq!(resolved(&track, text), at, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "12", "12:3", "12:60", "1e9:00", "-1:00", "12:30:15:1", "1000:00", "٣:٠٠", "NaN", "12:30Z"]
        {
            assert_eq!(text.parse::<AddressTime>(), Err(NoTime), "{text}");
        }
    }

    #[test]
    fn a_night_and_a_week_are_written_without_ambiguity() {
        let mut scenario = Scenario::bundled();
        scenario.window.from = "2024-08-15T23:00:00Z".parse().expect("a time");
        scenario.window.until = "2024-08-16T02:30:00Z".parse().expect("a time");
        let night = Track::new(&scenario, None);
        assert_eq!(resolved(&night, "00:15"), "2024-08-16T00:15:00Z");
        assert_eq!(AddressTime::of_position(night.duration_ms, &night).to_string(), "02:30");
        // 3:00 is not a time of day in this window, so it means three hours from the start.
        assert_eq!(resolved(&night, "3:00"), "2024-08-16T02:00:00Z");
        scenario.window.until = "2024-08-20T00:00:00Z".parse().expect("a time");
        let week = Track::new(&scenario, None);
        assert_eq!(AddressTime::of_position(30.0 * 3_600_000.0, &week).to_string(), "2024-08-17T05:00:00Z");
    }

    #[cfg(not(target_family = "wasm"))]
    proptest::proptest! {
        #[test]
        fn a_position_is_found_again_to_the_second(ratio in 0.0..=1.0_f64) {
            let track = Track::new(&Scenario::bundled(), None);
            let position_ms = ratio * track.duration_ms;
            let text = AddressTime::of_position(position_ms, &track).to_string();
            let found_ms = text.parse::<AddressTime>().expect("it is a time").position_ms(&track).expect("it is inside");
            proptest::prop_assert!((found_ms - position_ms).abs() <= 501.0, "{text}");
        }
    }
}
