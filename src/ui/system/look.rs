//! How a request, or a user who waits, looks on the canvas.

use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::geometry::Point;
use crate::recording::AttemptOutcome;
use crate::ui::browser;

/// Radius of a request's dot in CSS pixels.
const RADIUS: f64 = 2.7;
/// Radius of a waiting user's.
const WAITING_RADIUS: f64 = 1.8;

/// In the order of drawing: what fails lies on top.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Look {
    /// A user who waits.
    Waiting,
    /// A request whose outcome is not known yet.
    UnderWay,
    Fast,
    Slow,
    Failed,
}

impl Look {
    pub fn of(outcome: Option<AttemptOutcome>) -> Self {
        match outcome {
            None => Self::UnderWay,
            Some(AttemptOutcome::Fast) => Self::Fast,
            Some(AttemptOutcome::Slow) => Self::Slow,
            Some(AttemptOutcome::Failed | AttemptOutcome::Rejected) => Self::Failed,
        }
    }

    /// Opacity: what goes well, or is not known yet, is paler than what does not.
    pub fn strength(self) -> f64 {
        match self {
            Self::UnderWay | Self::Fast => 0.6,
            Self::Waiting | Self::Slow | Self::Failed => 1.0,
        }
    }
}

/// The colours of the looks.
pub struct Colours {
    under_way: String,
    good: String,
    slow: String,
    failed: String,
}

impl Colours {
    /// Those of an element's theme.
    pub fn of(element: &HtmlCanvasElement) -> Option<Self> {
        let style = browser::window().get_computed_style(element).ok().flatten()?;
        let token =
            |name: &str| style.get_property_value(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let [under_way, good, slow, failed] = ["--ink-2", "--good", "--warn", "--bad"].map(token);
        Some(Self { under_way, good, slow, failed })
    }

    /// Draws a shape for the look, in addition to its colour, at each place. All are one path, because each change of a colour
    /// costs as much as a dozen dots.
    pub fn draw(&self, context: &CanvasRenderingContext2d, look: Look, places: &[Point]) {
        context.begin_path();
        match look {
            Look::Waiting => self.discs(context, &self.slow, WAITING_RADIUS, places),
            Look::UnderWay => self.discs(context, &self.under_way, RADIUS, places),
            Look::Fast => self.discs(context, &self.good, RADIUS, places),
            Look::Slow => {
                context.set_fill_style_str(&self.slow);
                for (x, y) in places {
                    context.move_to(*x, y - 3.8);
                    context.line_to(x + 3.8, *y);
                    context.line_to(*x, y + 3.8);
                    context.line_to(x - 3.8, *y);
                }
                context.fill();
            }
            Look::Failed => {
                context.set_stroke_style_str(&self.failed);
                context.set_line_width(2.0);
                for (x, y) in places {
                    for side in [-1.0, 1.0] {
                        context.move_to(x - 2.8, y - 2.8 * side);
                        context.line_to(x + 2.8, y + 2.8 * side);
                    }
                }
                context.stroke();
            }
        }
    }

    fn discs(&self, context: &CanvasRenderingContext2d, colour: &str, radius: f64, places: &[Point]) {
        context.set_fill_style_str(colour);
        for (x, y) in places {
            context.move_to(x + radius, *y);
            // Fails only for a negative radius.
            let _ = context.arc(*x, *y, radius, 0.0, std::f64::consts::TAU);
        }
        context.fill();
    }
}
