//! The overlay of a plot: playhead, crosshair with a dot on every line, keyboard cursor and zoom drag. Drawn without
//! plotters, in every frame.

use web_sys::CanvasRenderingContext2d;

use crate::chart::{ChartModel, ColourToken, Frame, Palette, Rgb, Shape};
use crate::replay::View;

#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Marks {
    /// Milliseconds since the start of the window.
    pub playhead_ms: f64,
    /// The moment under the pointer, on any chart.
    pub crosshair_ms: Option<f64>,
    /// The keyboard's cursor.
    pub cursor_ms: Option<f64>,
    /// Left and right of the marked range, in pixels.
    pub marked_px: Option<(f64, f64)>,
}

/// Draws the marks, in CSS pixels.
pub fn paint(
    context: &CanvasRenderingContext2d,
    model: &ChartModel,
    view: &View,
    palette: &Palette,
    frame: &Frame,
    marks: &Marks,
) {
    let brush = Brush { context, palette, frame };
    if let Some((left, right)) = marks.marked_px {
        brush.marked(left, right);
    }
    if frame.shows(marks.playhead_ms) {
        brush.playhead(frame.x_px(marks.playhead_ms));
    }
    for (moment_ms, token) in [(marks.crosshair_ms, ColourToken::Ink2), (marks.cursor_ms, ColourToken::Ink)] {
        if let Some(at_ms) = moment_ms.filter(|at_ms| frame.shows(*at_ms)) {
            brush.line_down(frame.x_px(at_ms), 1.0, token);
            brush.dots(model, view, at_ms);
        }
    }
}

struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    palette: &'a Palette,
    frame: &'a Frame,
}

impl Brush<'_> {
    fn colour(&self, token: ColourToken) -> String {
        let Rgb(red, green, blue) = self.palette.get(token);
        format!("rgb({red},{green},{blue})")
    }

    fn line_down(&self, x: f64, width_px: f64, token: ColourToken) {
        self.context.set_fill_style_str(&self.colour(token));
        self.context.fill_rect(x - width_px / 2.0, self.frame.top_px, width_px, self.frame.height_px());
    }

    fn playhead(&self, x: f64) {
        self.line_down(x, 1.75, ColourToken::Accent);
        self.disc(x, self.frame.top_px, 3.5, ColourToken::Accent);
    }

    fn marked(&self, left: f64, right: f64) {
        let (left, right) = (left.max(self.frame.left_px), right.min(self.frame.right_px));
        self.context.set_global_alpha(0.16);
        self.context.set_fill_style_str(&self.colour(ColourToken::Accent));
        self.context.fill_rect(left, self.frame.top_px, (right - left).max(0.0), self.frame.height_px());
        self.context.set_global_alpha(1.0);
        for x in [left, right] {
            self.line_down(x, 1.0, ColourToken::Accent);
        }
    }

    fn disc(&self, x: f64, y: f64, radius: f64, token: ColourToken) {
        self.context.set_fill_style_str(&self.colour(token));
        self.context.begin_path();
        // Fails only for a negative radius.
        let _ = self.context.arc(x, y, radius, 0.0, std::f64::consts::TAU);
        self.context.fill();
    }

    /// A dot on every line and on the top of every area.
    fn dots(&self, model: &ChartModel, view: &View, at_ms: f64) {
        let mut stack = 0.0;
        for series in &model.series {
            let entry = &model.legend[series.entry];
            if !view.is_shown(&entry.key) {
                continue;
            }
            let Some(index) = series.index_at(at_ms) else { continue };
            let mut value = series.values[index];
            if value.is_nan() {
                continue;
            }
            if entry.shape == Shape::Stacked {
                stack += value;
                value = stack;
            }
            let (x, y) = (self.frame.x_px(series.x_ms[index]), self.frame.y_px(value));
            if x >= self.frame.left_px && x <= self.frame.right_px {
                self.disc(x, y, 4.0, ColourToken::Card);
                self.disc(x, y, 2.75, entry.token);
            }
        }
    }
}
