//! The keyboard cursor of a chart.

use super::model::ChartModel;
use crate::replay::View;

/// How the cursor moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CursorMove {
    /// By steps; negative values go back.
    Steps(i32),
    /// To the start of the visible range.
    Start,
    /// To the end of the visible range.
    End,
}

/// Position of the cursor after a move, in milliseconds since the start of the window. `from_ms` is its position before (or
/// the playhead's). A step is a minute; a tick of the recording when at most 20 minutes are visible; ten minutes on the
/// chart since the deployment. The cursor stays in the visible range and on whole steps.
#[must_use]
pub fn move_cursor(model: &ChartModel, view: &View, from_ms: f64, by: CursorMove) -> f64 {
    let [start, end] = model.range_ms(view);
    let step = step_ms(end - start);
    let moved = match by {
        CursorMove::Start => start,
        CursorMove::End => end,
        CursorMove::Steps(steps) => {
            let place = from_ms.clamp(start, end) / step;
            // Between two steps, the first move only goes to the next whole step.
            let whole = if steps < 0 { (place - 1e-9).ceil() } else { (place + 1e-9).floor() };
            (whole + f64::from(steps)) * step
        }
    };
    moved.clamp(start, end)
}

fn step_ms(length_ms: f64) -> f64 {
    const MINUTE_MS: f64 = 60_000.0;
    match length_ms / MINUTE_MS {
        minutes if minutes <= 20.0 => crate::recording::TICK_S as f64 * 1000.0,
        minutes if minutes <= 600.0 => MINUTE_MS,
        _ => 10.0 * MINUTE_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartKind, model, synthetic};
    use crate::replay::TimeRange;

    #[test]
    fn arrows_move_by_whole_steps_and_stay_on_the_chart() {
        let model = model(ChartKind::Checkouts, &synthetic::scenario(), &synthetic::recording());
        let view = View::default();
        for (from_ms, by, expected) in [
            (90_000.0, CursorMove::Steps(1), 120_000.0),
            (90_000.0, CursorMove::Steps(-1), 60_000.0),
            (120_000.0, CursorMove::Steps(1), 180_000.0),
            (120_000.0, CursorMove::Steps(-10), 0.0),
            (0.0, CursorMove::End, 11_700_000.0),
            (500.0, CursorMove::Start, 0.0),
            (1e12, CursorMove::Steps(1), 11_700_000.0),
        ] {
            assert_eq!(move_cursor(&model, &view, from_ms, by), expected, "{from_ms} {by:?}");
        }
        let zoom = Some(TimeRange { from_ms: 600_000.0, until_ms: 900_000.0 });
        let view = View { zoom, ..View::default() };
        assert_eq!(move_cursor(&model, &view, 700_000.0, CursorMove::Steps(1)), 705_000.0);
        assert_eq!(move_cursor(&model, &view, 0.0, CursorMove::Steps(1)), 605_000.0);
    }
}
