//! Positions of axis labels: round values, decades, and round times of day.

use time::OffsetDateTime;

use crate::replay::TimeZone;
use crate::units::UtcMs;

/// Round values in `low ..= high`, at most `most` of them (at least two). Steps are 1, 2, 2.5 or 5 times a power of ten.
#[must_use]
pub fn linear_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let step = nice_step((high - low) / (most.max(2) - 1) as f64);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|index| index as f64 * step).collect()
}

/// The smallest round end of an axis from zero that includes `highest` with at most `steps` round steps.
#[must_use]
pub fn nice_end(highest: f64, steps: usize) -> f64 {
    if highest.is_nan() || highest <= 0.0 {
        return 1.0;
    }
    let step = nice_step(highest / steps.max(1) as f64);
    (highest / step - 1e-9).ceil() * step
}

fn nice_step(rough: f64) -> f64 {
    if rough.is_nan() || rough <= 0.0 || !rough.is_finite() {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// Ticks of a logarithmic axis: decades, and their multiples by 2 and 5 (or 3) where `most` allows.
#[must_use]
pub fn log_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let (first, last) = (libm::floor(libm::log10(low) + 1e-9) as i32, libm::ceil(libm::log10(high) - 1e-9) as i32);
    let with = |factors: &[f64]| -> Vec<f64> {
        (first..=last)
            .flat_map(|power| factors.iter().map(move |factor| factor * libm::pow(10.0, f64::from(power))))
            .filter(|value| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9))
            .collect()
    };
    let dense = [&[1.0, 2.0, 5.0][..], &[1.0, 3.0][..]].into_iter().map(with).find(|ticks| ticks.len() <= most);
    dense.unwrap_or_else(|| {
        let decades = with(&[1.0]);
        let stride = decades.len().div_ceil(most.max(1)).max(1);
        decades.into_iter().step_by(stride).collect()
    })
}

/// A labelled time.
#[derive(Clone, PartialEq, Debug)]
pub struct TimeTick {
    /// Milliseconds on the axis.
    pub at_ms: f64,
    /// `11:30`; with seconds on a short axis; the date at midnight.
    pub label: String,
}

const STEPS_MS: [i64; 21] = [
    1000,
    2000,
    5000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    2 * 86_400_000,
    7 * 86_400_000,
    14 * 86_400_000,
];

/// Round times of day between two positions of an axis with its zero at `origin`, at most `most`, in a time zone.
#[must_use]
pub fn time_ticks(origin: UtcMs, from_ms: f64, until_ms: f64, zone: TimeZone, most: usize) -> Vec<TimeTick> {
    let length = until_ms - from_ms;
    let fits = |step: &&i64| length / **step as f64 <= most.max(1) as f64 - 0.001;
    let step = STEPS_MS.iter().find(fits).copied().unwrap_or_else(|| {
        let day = 86_400_000;
        ((length / most.max(1) as f64) as i64 / day + 1) * day
    });
    // Round in the displayed zone, not in UTC.
    let local_zero = origin.0 + i64::from(zone.offset_min(UtcMs(origin.0 + from_ms as i64))) * 60_000;
    let first = (local_zero + from_ms.ceil() as i64 + step - 1).div_euclid(step) * step;
    let last = local_zero + until_ms.floor() as i64;
    (0..)
        .map(|index| first + index * step)
        .take_while(|local| *local <= last)
        .map(|local| {
            let at_ms = local - local_zero;
            TimeTick { at_ms: at_ms as f64, label: time_label(UtcMs(origin.0 + at_ms), zone, step) }
        })
        .collect()
}

fn time_label(at: UtcMs, zone: TimeZone, step_ms: i64) -> String {
    let local = zone.shift(at);
    if local.ms_of_day() == 0 && step_ms >= 3_600_000 {
        day_label(local)
    } else if step_ms < 60_000 {
        zone.hh_mm_ss(at)
    } else {
        zone.hh_mm(at)
    }
}

/// `15 Aug`.
#[must_use]
pub fn day_label(local: UtcMs) -> String {
    match OffsetDateTime::from_unix_timestamp(local.0.div_euclid(1000)) {
        Ok(date) => format!("{} {:.3}", date.day(), date.month().to_string()),
        Err(_) => local.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(ticks: &[f64], expect: &[f64]) {
        assert_eq!(ticks.len(), expect.len(), "{ticks:?}");
        for (tick, expected) in ticks.iter().zip(expect) {
            assert!((tick - expected).abs() < 1e-9, "{ticks:?} instead of {expect:?}");
        }
    }

    fn labels(from: &str, length_min: f64, offset_min: i32, most: usize) -> String {
        let origin: UtcMs = from.parse().unwrap();
        let ticks = time_ticks(origin, 0.0, length_min * 60_000.0, TimeZone::fixed(offset_min), most);
        ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn values_are_round() {
        check(&linear_ticks(0.0, 1.0, 5), &[0.0, 0.25, 0.5, 0.75, 1.0]);
        check(&linear_ticks(0.0, 1.0, 3), &[0.0, 0.5, 1.0]);
        check(&linear_ticks(0.0, 93_400.0, 6), &[0.0, 20_000.0, 40_000.0, 60_000.0, 80_000.0]);
        check(&linear_ticks(-0.3, 0.3, 4), &[-0.2, 0.0, 0.2]);
        check(&linear_ticks(0.0, 7.0, 2), &[0.0]);
    }

    #[test]
    fn an_axis_ends_on_a_round_value() {
        for (highest, end) in
            [(0.0, 1.0), (0.9, 1.0), (93_400.0, 100_000.0), (31.0, 40.0), (14.2, 15.0), (f64::NAN, 1.0)]
        {
            assert!((nice_end(highest, 4) - end).abs() < 1e-6, "{highest} ends at {}", nice_end(highest, 4));
        }
    }

    #[test]
    fn decades_come_first_and_are_filled_where_there_is_room() {
        check(&log_ticks(0.1, 100.0, 5), &[0.1, 1.0, 10.0, 100.0]);
        check(&log_ticks(0.1, 10.0, 8), &[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]);
        check(&log_ticks(0.1, 10.0, 6), &[0.1, 0.3, 1.0, 3.0, 10.0]);
        check(&log_ticks(0.001, 1000.0, 4), &[0.001, 0.1, 10.0, 1000.0]);
        check(&log_ticks(0.25, 60.0, 4), &[1.0, 10.0]);
    }

    #[test]
    fn times_are_round_in_the_zone_of_the_reader() {
        assert_eq!(labels("2024-08-15T10:30:00Z", 195.0, 0, 4), "11:00 12:00 13:00");
        assert_eq!(labels("2024-08-15T10:30:00Z", 195.0, 0, 8), "10:30 11:00 11:30 12:00 12:30 13:00 13:30");
        assert_eq!(labels("2024-08-15T10:30:00Z", 195.0, 345, 4), "17:00 18:00 19:00");
        assert_eq!(labels("2024-08-15T11:00:00Z", 1.0, 0, 5), "11:00:00 11:00:15 11:00:30 11:00:45 11:01:00");
        assert_eq!(labels("2024-08-13T22:30:00Z", 39.25 * 60.0, 0, 5), "14 Aug 12:00 15 Aug 12:00");
    }

    #[test]
    fn an_hour_that_comes_twice_is_told_with_its_offset() {
        // Central Europe, 27 October 2024: at 01:00 UTC clocks go from 03:00 back to 02:00.
        let change = "2024-10-27T01:00:00Z".parse().unwrap();
        let zone = TimeZone::Local { offset_min: 120, change: Some((change, 60)) };
        let ticks = time_ticks("2024-10-26T23:30:00Z".parse().unwrap(), 0.0, 4.0 * 3_600_000.0, zone, 9);
        let labels: Vec<&str> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "01:30",
                "02:00 (UTC+2)",
                "02:30 (UTC+2)",
                "02:00 (UTC+1)",
                "02:30 (UTC+1)",
                "03:00",
                "03:30",
                "04:00",
                "04:30"
            ]
        );
        let at = |text: &str| zone.hh_mm(text.parse().unwrap());
        assert_eq!(at("2024-10-27T01:15:00Z"), "02:15 (UTC+1)");
        // Put forward, no hour comes twice.
        let spring = TimeZone::Local { offset_min: 60, change: Some((change, 120)) };
        assert_eq!(spring.hh_mm("2024-10-27T00:59:00Z".parse().unwrap()), "01:59");
        assert_eq!(spring.hh_mm("2024-10-27T01:00:00Z".parse().unwrap()), "03:00");
    }

    proptest! {
        #[test]
        fn there_are_never_too_many_times(length_s in 1.0f64..4e6, most in 1usize..20, offset in -720i32..840) {
            let ticks = time_ticks(UtcMs(1_723_700_000_123), 0.0, length_s * 1000.0, TimeZone::fixed(offset), most);
            prop_assert!(ticks.len() <= most + 1);
            prop_assert!(ticks.iter().all(|tick| (0.0..=length_s * 1000.0).contains(&tick.at_ms)));
            prop_assert!(ticks.windows(2).all(|pair| pair[0].at_ms < pair[1].at_ms));
        }

        #[test]
        fn there_are_never_too_many_values(low in -1e6f64..1e6, length in 1e-6f64..1e6, most in 2usize..20) {
            let ticks = linear_ticks(low, low + length, most);
            prop_assert!(ticks.len() <= most, "{ticks:?}");
        }
    }
}
