//! A plotters drawing area addressed in CSS pixels, with the few shapes that charts are made of.
//!
//! Invariant: thin lines lie on whole device pixels on every backend; other shapes keep their fractions.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use super::decimate::Point;
use super::layout::Layout;
use super::palette::Rgb;
use super::surface::{Surface, SurfaceError};

/// Font family of charts, the same as the page's.
pub const FONT: &str = "system-ui, sans-serif";

/// Error of a drawing.
pub type Failure = DrawingAreaErrorKind<SurfaceError>;

/// Horizontal alignment of a text to its anchor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextAlign {
    Left,
    Centre,
    Right,
}

/// Width of a text at a font size, both in CSS pixels.
///
/// Plotters' own measuring is not used: in the browser it inserts a styled element into the page for every backend, which a
/// strict `style-src` forbids and which panics in a worker.
pub type MeasureText<'a> = &'a dyn Fn(&str, f64) -> f64;

pub struct Pen<'a, 's> {
    area: &'a DrawingArea<Surface<'s>, Shift>,
    layout: Layout,
    measure: MeasureText<'a>,
}

impl<'a, 's> Pen<'a, 's> {
    pub fn new(area: &'a DrawingArea<Surface<'s>, Shift>, layout: Layout, measure: MeasureText<'a>) -> Self {
        Self { area, layout, measure }
    }

    fn units(&self, px: f64) -> i32 {
        (px * self.layout.units_per_px).round() as i32
    }

    fn point(&self, (x_px, y_px): Point) -> (i32, i32) {
        (self.units(x_px), self.units(y_px))
    }

    /// The nearest edge of a device pixel.
    fn snapped(&self, px: f64) -> f64 {
        (px * self.layout.device_ratio).round() / self.layout.device_ratio
    }

    /// Thickness of a thin line: a CSS pixel in whole device pixels.
    fn thin_px(&self) -> f64 {
        self.layout.device_ratio.floor().max(1.0) / self.layout.device_ratio
    }

    pub fn fill(&self, colour: Rgb, alpha: f64) -> Result<(), Failure> {
        self.rect(0.0, 0.0, self.layout.width_px, self.layout.height_px, colour, alpha)
    }

    pub fn rect(&self, left: f64, top: f64, right: f64, bottom: f64, colour: Rgb, alpha: f64) -> Result<(), Failure> {
        let style = ShapeStyle { color: rgba(colour, alpha), filled: true, stroke_width: 0 };
        self.area.draw(&Rectangle::new([self.point((left, top)), self.point((right, bottom))], style))
    }

    /// A thin horizontal line just above `y`.
    pub fn line_across(&self, y: f64, from_x: f64, until_x: f64, colour: Rgb, alpha: f64) -> Result<(), Failure> {
        let bottom = self.snapped(y);
        self.rect(self.snapped(from_x), bottom - self.thin_px(), self.snapped(until_x), bottom, colour, alpha)
    }

    /// A thin vertical line at `x`.
    pub fn line_down(&self, x: f64, from_y: f64, until_y: f64, colour: Rgb, alpha: f64) -> Result<(), Failure> {
        let left = self.snapped(x - self.thin_px() / 2.0);
        self.rect(left, self.snapped(from_y), left + self.thin_px(), self.snapped(until_y), colour, alpha)
    }

    /// A thin dashed horizontal line.
    pub fn dashes_across(&self, y: f64, from_x: f64, until_x: f64, colour: Rgb, alpha: f64) -> Result<(), Failure> {
        const DASH_PX: f64 = 4.0;
        const GAP_PX: f64 = 3.0;
        let mut x = from_x;
        while x < until_x {
            self.line_across(y, x, (x + DASH_PX).min(until_x), colour, alpha)?;
            x += DASH_PX + GAP_PX;
        }
        Ok(())
    }

    /// A line through the points; `pattern` alternates strokes and gaps and is empty for a solid line.
    pub fn path(
        &self,
        points: &[Point],
        width_px: f64,
        pattern: &[f64],
        colour: Rgb,
        alpha: f64,
    ) -> Result<(), Failure> {
        let stroke_width = (width_px * self.layout.units_per_px).round().max(1.0) as u32;
        let style = ShapeStyle { color: rgba(colour, alpha), filled: false, stroke_width };
        if pattern.is_empty() {
            return self.stroke(points, style);
        }
        for stroke in dashed(points, pattern) {
            self.stroke(&stroke, style)?;
        }
        Ok(())
    }

    fn stroke(&self, points: &[Point], style: ShapeStyle) -> Result<(), Failure> {
        let points: Vec<_> = points.iter().map(|point| self.point(*point)).collect();
        self.area.draw(&PathElement::new(points, style))
    }

    pub fn polygon(&self, points: &[Point], colour: Rgb, alpha: f64) -> Result<(), Failure> {
        let points: Vec<_> = points.iter().map(|point| self.point(*point)).collect();
        self.area.draw(&Polygon::new(points, rgba(colour, alpha)))
    }

    /// One line of text, vertically centred on its anchor.
    pub fn text(&self, text: &str, at: Point, size_px: f64, align: TextAlign, colour: Rgb) -> Result<(), Failure> {
        self.area.draw_text(text, &self.style(size_px, align, colour, false), self.point(at))
    }

    /// The same in bold.
    pub fn bold(&self, text: &str, at: Point, size_px: f64, align: TextAlign, colour: Rgb) -> Result<(), Failure> {
        self.area.draw_text(text, &self.style(size_px, align, colour, true), self.point(at))
    }

    /// Width of a text in CSS pixels.
    pub fn text_width_px(&self, text: &str, size_px: f64) -> f64 {
        (self.measure)(text, size_px)
    }

    fn style(&self, size_px: f64, align: TextAlign, colour: Rgb, bold: bool) -> TextStyle<'static> {
        let horizontal = match align {
            TextAlign::Left => HPos::Left,
            TextAlign::Centre => HPos::Center,
            TextAlign::Right => HPos::Right,
        };
        let size = size_px * self.layout.units_per_px * self.layout.text_factor;
        let font = FontDesc::new(FontFamily::Name(FONT), size, if bold { FontStyle::Bold } else { FontStyle::Normal });
        let style = TextStyle { color: rgba(colour, 1.0).to_backend_color(), ..TextStyle::from(font) };
        style.pos(Pos::new(horizontal, VPos::Center))
    }
}

fn rgba(Rgb(red, green, blue): Rgb, alpha: f64) -> RGBAColor {
    RGBAColor(red, green, blue, alpha)
}

/// A steep segment that rises or falls by more than this is dashed along its length.
const STEEP_PX: f64 = 16.0;

/// The strokes of a dashed line. The pattern runs along the x axis rather than along the line, so that lines that nearly
/// coincide do not fill each other's gaps and noise does not shift the pattern. Steep segments could vanish in a gap and
/// have a pattern of their own.
fn dashed(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let mut strokes: Vec<Vec<Point>> = Vec::new();
    let period: f64 = pattern.iter().sum();
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let is_steep = dy.abs() > STEEP_PX && dy.abs() > 2.0 * dx;
        let length = if is_steep { libm::hypot(dx, dy) } else { dx };
        let mut phase = if is_steep { 0.0 } else { from.0.rem_euclid(period) };
        let mut walked = 0.0;
        loop {
            let (is_stroke, left) = part_at(pattern, phase);
            let end = (walked + left).min(length);
            if is_stroke {
                let at = |walked: f64| {
                    let share = if length > 0.0 { walked / length } else { 1.0 };
                    (from.0 + dx * share, from.1 + dy * share)
                };
                let start = at(walked);
                match strokes.last_mut() {
                    Some(stroke) if stroke.last() == Some(&start) => stroke.push(at(end)),
                    _ => strokes.push(vec![start, at(end)]),
                }
            }
            if walked + left >= length {
                break;
            }
            walked += left;
            phase = (phase + left) % period;
        }
    }
    strokes
}

/// Whether a position in the pattern lies in a stroke, and how much of that part is left.
fn part_at(pattern: &[f64], phase: f64) -> (bool, f64) {
    let mut end = 0.0;
    for (index, length) in pattern.iter().enumerate() {
        end += length;
        // A remainder due to rounding belongs to the next part.
        if phase < end - 1e-6 {
            return (index % 2 == 0, end - phase);
        }
    }
    (true, pattern[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_pattern_lies_along_the_axis() {
        let strokes = dashed(&[(0.0, 0.0), (7.0, 0.0), (10.0, 3.0)], &[6.0, 2.0]);
        assert_eq!(strokes, [vec![(0.0, 0.0), (6.0, 0.0)], vec![(8.0, 1.0), (10.0, 3.0)]]);
        // Another line over the same range has its gaps in the same places.
        let strokes = dashed(&[(4.0, 50.0), (10.0, 50.0)], &[6.0, 2.0]);
        assert_eq!(strokes, [vec![(4.0, 50.0), (6.0, 50.0)], vec![(8.0, 50.0), (10.0, 50.0)]]);
        assert_eq!(dashed(&[], &[1.0, 1.0]), Vec::<Vec<Point>>::new());
    }

    #[test]
    fn a_steep_fall_is_never_lost_in_a_gap() {
        let strokes = dashed(&[(6.5, 0.0), (6.5, 40.0)], &[6.0, 2.0]);
        assert_eq!(strokes.len(), 5);
        assert_eq!(strokes[0], [(6.5, 0.0), (6.5, 6.0)]);
    }

    proptest! {
        #[test]
        fn strokes_end_on_the_line_and_any_pattern_ends(steps in prop::collection::vec((0.0f64..30.0, -99.0f64..99.0), 0..60)) {
            let mut x = 0.0;
            let points: Vec<Point> = steps.into_iter().map(|(dx, y)| { x += dx; (x, y) }).collect();
            for stroke in dashed(&points, &[8.0, 3.0, 2.0, 3.0]).concat() {
                prop_assert!(stroke.0 >= points[0].0 - 1e-9 && stroke.0 <= x + 1e-9 && !stroke.1.is_nan());
            }
        }
    }
}
