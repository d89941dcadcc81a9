//! Checkouts by outcome: shares of the users who started in each minute, whenever they finished.

use super::model::{self, ChartModel, Dash, Shape, Threshold};
use super::palette::ColourToken;
use super::scales::Scale;
use super::{ChartKind, base, format::Unit};
use crate::recording::Recording;
use crate::scenario::Scenario;

const MINUTE_S: usize = 60;

/// Minutes do not overlap: every user is counted in exactly one. A minute's value is placed at its middle. Users without an
/// outcome at the end of the recording are left out.
pub(super) fn checkouts(scenario: &Scenario, recording: &Recording) -> ChartModel {
    let seconds = recording.meta.seconds as usize;
    let minutes = seconds.div_ceil(MINUTE_S);
    let service = &recording.service;
    let columns = [&service.started_failed, &service.started_slow, &service.started_fast];
    let mut shares = [const { Vec::new() }; 3].map(|_: Vec<f64>| Vec::with_capacity(minutes));
    let mut x_ms = Vec::with_capacity(minutes);
    for minute in 0..minutes {
        let rows = minute * MINUTE_S..((minute + 1) * MINUTE_S).min(seconds);
        x_ms.push((rows.start + rows.end) as f64 / 2.0 * 1000.0);
        let sums = columns.map(|column| column[rows.clone()].iter().map(|count| u64::from(*count)).sum::<u64>());
        let total: u64 = sums.iter().sum();
        for (share, sum) in shares.iter_mut().zip(sums) {
            share.push(if total > 0 { sum as f64 / total as f64 } else { f64::NAN });
        }
    }
    let [failed, slow, fast] = shares;
    let kind = ChartKind::Checkouts;
    let columns = [
        ("failed", "failed", ColourToken::Bad, Dash::Dashed, Shape::Stacked, failed),
        ("slow", "slow", ColourToken::Warn, Dash::Solid, Shape::Stacked, slow),
        ("fast", "fast", ColourToken::Good, Dash::Solid, Shape::Stacked, fast),
    ];
    let (series, legend) = model::columns(kind, &x_ms.into(), columns);
    let allowed = 1.0 - scenario.service_level.objective_ratio;
    ChartModel {
        subtitle: "share of the users who started in each minute".to_owned(),
        series,
        legend,
        thresholds: vec![Threshold {
            value: allowed,
            label: format!("SLO {}", Unit::Percent.tick(allowed)),
            token: ColourToken::Ink2,
        }],
        ..base(kind, Unit::Percent, Scale::linear(0.0, 1.0), scenario, recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{recording, scenario};

    #[test]
    fn shares_are_of_the_users_who_started_in_the_minute() {
        let model = checkouts(&scenario(), &recording());
        let at = |entry: usize, minute: f64| model.caption_at(entry, minute * 60_000.0 + 30_000.0);
        assert_eq!([at(0, 0.0), at(1, 0.0), at(2, 0.0)], [Some(1.0), Some(0.0), Some(0.0)]);
        assert_eq!([at(0, 60.0), at(1, 60.0), at(2, 60.0)], [Some(0.375), Some(0.375), Some(0.25)]);
        assert_eq!(model.series[0].values.len(), 195);
    }

    #[test]
    fn shares_of_a_minute_add_up_to_one() {
        let model = checkouts(&scenario(), &recording());
        for minute in 0..195 {
            let sum: f64 = model.series.iter().map(|series| series.values[minute]).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_minute_without_users_is_a_gap() {
        let mut recording = recording();
        for column in [0, 1, 2] {
            let service = &mut recording.service;
            let columns = [&mut service.started_failed, &mut service.started_slow, &mut service.started_fast];
            columns[column][600..660].fill(0);
        }
        let model = checkouts(&scenario(), &recording);
        assert_eq!(model.caption_at(0, 10.5 * 60_000.0), None);
        assert_eq!(model.caption_at(0, 11.5 * 60_000.0), Some(1.0));
    }
}
