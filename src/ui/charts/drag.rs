//! Pointer presses on a chart: a click seeks, a drag zooms.

use crate::chart::Frame;

/// A shorter drag counts as a click.
const CLICK_PX: f64 = 4.0;

/// A press in progress, in CSS pixels of the chart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Drag {
    from_px: f64,
    to_px: f64,
    can_zoom: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Press {
    /// A click at a moment.
    Click(f64),
    /// A drag over a time range.
    Zoom {
        /// Where it began.
        from_ms: f64,
        /// Where it ended.
        until_ms: f64,
    },
}

impl Drag {
    /// A press at a place.
    pub fn begin(x_px: f64, can_zoom: bool) -> Self {
        Self { from_px: x_px, to_px: x_px, can_zoom }
    }

    pub fn to(self, x_px: f64) -> Self {
        Self { to_px: x_px, ..self }
    }

    /// Left and right of the marked range.
    pub fn marked_px(self) -> Option<(f64, f64)> {
        let is_zoom = self.can_zoom && (self.to_px - self.from_px).abs() >= CLICK_PX;
        is_zoom.then(|| (self.from_px.min(self.to_px), self.from_px.max(self.to_px)))
    }

    pub fn end(self, frame: &Frame) -> Press {
        match self.marked_px() {
            Some((left, right)) => Press::Zoom { from_ms: second_at(frame, left), until_ms: second_at(frame, right) },
            None => Press::Click(second_at(frame, self.to_px)),
        }
    }
}

/// The whole second nearest to a position: pointing is not more precise, and links stay short.
fn second_at(frame: &Frame, x_px: f64) -> f64 {
    (frame.ms_at(x_px) / 1000.0).round() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Scale;

    const FRAME: Frame = Frame {
        left_px: 50.0,
        top_px: 0.0,
        right_px: 150.0,
        bottom_px: 100.0,
        from_ms: 0.0,
        until_ms: 1_000_000.0,
        scale: Scale::Linear { low: 0.0, high: 1.0 },
    };

    #[test]
    fn a_short_press_is_a_click_and_a_long_one_a_zoom_in_either_direction() {
        assert_eq!(Drag::begin(100.0, true).to(102.0).end(&FRAME), Press::Click(520_000.0));
        let zoom = Press::Zoom { from_ms: 100_000.0, until_ms: 500_000.0 };
        assert_eq!(Drag::begin(60.0, true).to(100.0).end(&FRAME), zoom);
        assert_eq!(Drag::begin(100.0, true).to(60.0).end(&FRAME), zoom);
        assert_eq!(Drag::begin(60.0, false).to(100.0).end(&FRAME), Press::Click(500_000.0));
    }
}
