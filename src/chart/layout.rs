//! Size of a chart and positions on it, for drawing, pointer and overlay alike.

use super::model::ChartModel;
use super::scales::Scale;
use crate::replay::View;

/// Backend units per device pixel on a canvas. Plotters' coordinates are integers; units this small keep lines smooth and
/// precise.
pub const UNITS_PER_DEVICE_PX: f64 = 8.0;

const LEFT_PX: f64 = 48.0;
const RIGHT_PX: f64 = 14.0;
const TOP_PX: f64 = 18.0;
const BOTTOM_PX: f64 = 24.0;

/// Size and resolution of a drawing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Layout {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// Backend units in a CSS pixel.
    pub units_per_px: f64,
    /// Device pixels in a CSS pixel. Thin lines are aligned to device pixels.
    pub device_ratio: f64,
    /// Factor for text sizes: plotters' SVG backend divides them by it.
    pub text_factor: f64,
}

impl Layout {
    /// For a canvas whose bitmap has `device_ratio` pixels per CSS pixel.
    #[must_use]
    pub fn canvas(width_px: f64, height_px: f64, device_ratio: f64) -> Self {
        let units_per_px = device_ratio * UNITS_PER_DEVICE_PX;
        Self { width_px, height_px, units_per_px, device_ratio, text_factor: 1.0 }
    }

    /// For SVG; the view box is in units.
    #[must_use]
    pub fn svg(width_px: f64, height_px: f64) -> Self {
        Self { width_px, height_px, units_per_px: 10.0, device_ratio: 1.0, text_factor: 1.24 }
    }
}

/// Position of the plot, in CSS pixels from the top left corner, and the ranges of its axes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame {
    pub left_px: f64,
    pub top_px: f64,
    pub right_px: f64,
    pub bottom_px: f64,
    /// Start of the time axis, in milliseconds since the start of the window.
    pub from_ms: f64,
    /// End of the time axis.
    pub until_ms: f64,
    /// The value axis.
    pub scale: Scale,
}

impl Frame {
    /// The frame of a chart of this size.
    #[must_use]
    pub fn new(model: &ChartModel, view: &View, layout: &Layout) -> Self {
        let [from_ms, until_ms] = model.range_ms(view);
        Self {
            left_px: LEFT_PX,
            top_px: TOP_PX,
            right_px: (layout.width_px - RIGHT_PX).max(LEFT_PX + 1.0),
            bottom_px: (layout.height_px - BOTTOM_PX).max(TOP_PX + 1.0),
            from_ms,
            until_ms: until_ms.max(from_ms + 1.0),
            scale: model.scale,
        }
    }

    #[must_use]
    pub fn width_px(&self) -> f64 {
        self.right_px - self.left_px
    }

    #[must_use]
    pub fn height_px(&self) -> f64 {
        self.bottom_px - self.top_px
    }

    /// Position of a time; outside the plot when the time is not visible.
    #[must_use]
    pub fn x_px(&self, at_ms: f64) -> f64 {
        self.left_px + (at_ms - self.from_ms) / (self.until_ms - self.from_ms) * self.width_px()
    }

    /// The time at a position, clamped to the axis.
    #[must_use]
    pub fn ms_at(&self, x_px: f64) -> f64 {
        let share = ((x_px - self.left_px) / self.width_px()).clamp(0.0, 1.0);
        self.from_ms + (self.until_ms - self.from_ms) * share
    }

    /// Position of a value, clamped to the plot; NaN for NaN.
    #[must_use]
    pub fn y_px(&self, value: f64) -> f64 {
        self.bottom_px - self.scale.share(value) * self.height_px()
    }

    /// Whether a time is in the visible range.
    #[must_use]
    pub fn shows(&self, at_ms: f64) -> bool {
        (self.from_ms..=self.until_ms).contains(&at_ms)
    }

    /// Whether a position is inside the plot.
    #[must_use]
    pub fn contains(&self, x_px: f64, y_px: f64) -> bool {
        (self.left_px..=self.right_px).contains(&x_px) && (0.0..=self.bottom_px).contains(&y_px)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartKind, model, synthetic};
    use crate::replay::TimeRange;

    fn frame(zoom: Option<TimeRange>) -> Frame {
        let model = model(ChartKind::Checkouts, &synthetic::scenario(), &synthetic::recording());
        Frame::new(&model, &View { zoom, ..View::default() }, &Layout::canvas(380.0, 220.0, 2.0))
    }

    #[test]
    fn the_whole_window_is_shown_unless_zoomed() {
        let whole = frame(None);
        assert_eq!((whole.from_ms, whole.until_ms), (0.0, 11_700_000.0));
        let zoomed = frame(Some(TimeRange { from_ms: 60_000.0, until_ms: 120_000.0 }));
        assert_eq!((zoomed.from_ms, zoomed.until_ms), (60_000.0, 120_000.0));
    }

    #[test]
    fn places_and_times_lead_to_each_other() {
        let frame = frame(None);
        for at_ms in [0.0, 3_600_000.0, 11_700_000.0] {
            assert!((frame.ms_at(frame.x_px(at_ms)) - at_ms).abs() < 1e-6);
        }
        assert_eq!(frame.ms_at(-50.0), 0.0);
        assert_eq!(frame.ms_at(9999.0), 11_700_000.0);
        assert_eq!(frame.y_px(0.0), frame.bottom_px);
        assert_eq!(frame.y_px(2.0), frame.top_px);
    }

    #[test]
    fn the_deployment_chart_does_not_zoom_along() {
        let model = model(ChartKind::Deployment, &synthetic::scenario(), &synthetic::recording());
        let zoom = Some(TimeRange { from_ms: 60_000.0, until_ms: 120_000.0 });
        let frame = Frame::new(&model, &View { zoom, ..View::default() }, &Layout::svg(380.0, 220.0));
        assert!(frame.from_ms < -1e8);
    }
}
