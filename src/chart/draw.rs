//! Draws a chart. One function for every chart and every backend.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::decimate::{self, Point};
use super::layout::{Frame, Layout};
use super::model::{AlertState, ChartModel, Dash, LegendEntry, Series, Shape};
use super::palette::{ColourToken, Palette};
use super::pen::{Failure, MeasureText, Pen, TextAlign};
use super::surface::Surface;
use super::{Scale, Unit, ticks};
use crate::replay::{TimeZone, View};

const TEXT_PX: f64 = 10.5;
/// Least distance between two labels of an axis.
const TIME_LABEL_PX: f64 = 62.0;
const VALUE_LABEL_PX: f64 = 28.0;
const LINE_PX: f64 = 1.75;
/// Dashed lines are thinner: on noisy series their strokes would run together.
const BROKEN_LINE_PX: f64 = 1.5;
const SELECTED_LINE_PX: f64 = 2.75;
/// Opacity of lines while another instance is selected.
const DIMMED: f64 = 0.25;
const AREA_ALPHA: f64 = 0.16;
/// What lies between what happened and a what-if.
const BETWEEN_ALPHA: f64 = 0.12;
const STACK_ALPHA: f64 = 0.26;
const STRIPE_STEP_PX: f64 = 5.0;
/// Height of the strip that shows alerts.
const STRIP_PX: f64 = 3.0;

/// Draws a chart onto the whole of `area`, whose size in units must be that of `layout`, and returns where the plot lies.
/// The background stays as it is. `measure` gives the width of texts.
///
/// # Errors
/// The backend failed.
pub fn draw(
    model: &ChartModel,
    view: &View,
    palette: &Palette,
    layout: &Layout,
    measure: MeasureText<'_>,
    area: &DrawingArea<Surface<'_>, Shift>,
) -> Result<Frame, Failure> {
    let frame = Frame::new(model, view, layout);
    let (width_px, column_px) = (layout.width_px, 1.0 / layout.device_ratio.max(1.0));
    let canvas = Canvas { model, view, palette, frame, width_px, column_px, pen: Pen::new(area, *layout, measure) };
    canvas.alerts()?;
    canvas.values_axis()?;
    canvas.time_axis()?;
    canvas.stacks()?;
    canvas.areas()?;
    canvas.ghost()?;
    canvas.event_lines()?;
    canvas.thresholds()?;
    canvas.lines()?;
    canvas.threshold_labels()?;
    Ok(frame)
}

struct Canvas<'a, 's> {
    model: &'a ChartModel,
    view: &'a View,
    palette: &'a Palette,
    frame: Frame,
    width_px: f64,
    /// Width of a device pixel in CSS pixels.
    column_px: f64,
    pen: Pen<'a, 's>,
}

impl<'a> Canvas<'a, '_> {
    /// Tints the time of an alert and draws a strip at the top: dashed while pending, solid while firing.
    fn alerts(&self) -> Result<(), Failure> {
        let Frame { left_px, right_px, top_px, bottom_px, .. } = self.frame;
        for band in &self.model.alerts {
            // Not `clamp`, which panics while a chart is narrower than its margins.
            let left = self.frame.x_px(band.from_ms).max(left_px).min(right_px);
            let right = self.frame.x_px(band.until_ms).max(left_px).min(right_px);
            if right <= left {
                continue;
            }
            let is_firing = band.state == AlertState::Firing;
            let colour = self.palette.get(if is_firing { ColourToken::Bad } else { ColourToken::Warn });
            self.pen.rect(left, top_px, right, bottom_px, colour, 0.06)?;
            if is_firing {
                self.pen.rect(left, top_px - STRIP_PX, right, top_px, colour, 0.85)?;
                continue;
            }
            let mut x = left;
            while x < right {
                self.pen.rect(x, top_px - STRIP_PX, (x + 2.0).min(right), top_px, colour, 0.85)?;
                x += 4.0;
            }
        }
        Ok(())
    }

    fn values_axis(&self) -> Result<(), Failure> {
        let (line, muted) = (self.palette.get(ColourToken::Line), self.palette.get(ColourToken::Ink2));
        let most = (self.frame.height_px() / VALUE_LABEL_PX) as usize + 1;
        let [low, high] = self.frame.scale.domain();
        let ticks = match self.frame.scale {
            // Values above 100 % are not labelled.
            Scale::Linear { .. } if self.model.unit == Unit::Percent => {
                ticks::linear_ticks(low, high.min(1.0), most.clamp(3, 5))
            }
            Scale::Linear { .. } => ticks::linear_ticks(low, high, most.clamp(3, 6)),
            Scale::Log { .. } => ticks::log_ticks(low, high, most.clamp(3, 7)),
        };
        for value in ticks {
            let y = self.frame.y_px(value);
            let is_base = y >= self.frame.bottom_px - 0.5;
            let (colour, alpha) = if is_base { (muted, 0.55) } else { (line, 1.0) };
            self.pen.line_across(y, self.frame.left_px, self.frame.right_px, colour, alpha)?;
            let label = self.model.unit.tick(value);
            self.pen.text(&label, (self.frame.left_px - 7.0, y), TEXT_PX, TextAlign::Right, muted)?;
        }
        Ok(())
    }

    fn time_axis(&self) -> Result<(), Failure> {
        let muted = self.palette.get(ColourToken::Ink2);
        let most = (self.frame.width_px() / TIME_LABEL_PX) as usize;
        let Frame { from_ms, until_ms, bottom_px, left_px, .. } = self.frame;
        let y = bottom_px + 13.0;
        for tick in ticks::time_ticks(self.model.origin, from_ms, until_ms, self.view.time_zone, most) {
            let x = self.frame.x_px(tick.at_ms);
            self.pen.line_down(x, bottom_px, bottom_px + 4.0, muted, 0.55)?;
            let half = self.pen.text_width_px(&tick.label, TEXT_PX) / 2.0;
            // Kept inside the drawing; at its left edge when it is too small.
            let middle = x.min(self.width_px - half - 1.0).max(left_px + half - 8.0);
            self.pen.text(&tick.label, (middle, y), TEXT_PX, TextAlign::Centre, muted)?;
        }
        let zone = if self.view.time_zone == TimeZone::Utc { "UTC" } else { "local" };
        self.pen.text(zone, (4.0, y), TEXT_PX - 1.0, TextAlign::Left, muted)
    }

    fn is_shown(&self, series: &Series) -> bool {
        self.view.is_shown(&self.model.legend[series.entry].key)
    }

    fn shown_as(&self, shape: Shape) -> impl Iterator<Item = (&'a Series, &'a LegendEntry)> {
        let with_entry = move |series: &'a Series| (series, &self.model.legend[series.entry]);
        let shown = self.model.series.iter().filter(move |series| self.is_shown(series)).map(with_entry);
        shown.filter(move |(_, entry)| entry.shape == shape)
    }

    /// The runs of a series' points in pixels; `value(index)` gives the value that is drawn.
    fn runs(&self, series: &Series, value: impl Fn(usize) -> f64) -> Vec<Vec<Point>> {
        let Frame { left_px, right_px, from_ms, until_ms, .. } = self.frame;
        let (points, x_ms) = (series.x_ms.len(), &series.x_ms);
        match self.frame.scale {
            // On a linear scale decimation works on the data: only the remaining points are converted to pixels.
            Scale::Linear { .. } => {
                let column_ms = (until_ms - from_ms) / self.frame.width_px() * self.column_px;
                let mut runs =
                    decimate::runs(points, from_ms, until_ms, column_ms, |index| (x_ms[index], value(index)));
                for point in runs.iter_mut().flatten() {
                    *point = (self.frame.x_px(point.0), self.frame.y_px(point.1));
                }
                runs
            }
            Scale::Log { .. } => {
                let place = |index: usize| (self.frame.x_px(x_ms[index]), self.frame.y_px(value(index)));
                decimate::runs(points, left_px, right_px, self.column_px, place)
            }
        }
    }

    /// Stacked areas of the visible series.
    fn stacks(&self) -> Result<(), Failure> {
        let mut below: Option<Vec<f64>> = None;
        for (series, entry) in self.shown_as(Shape::Stacked) {
            let floor = below.unwrap_or_else(|| vec![0.0; series.values.len()]);
            let top: Vec<f64> = floor.iter().zip(&series.values).map(|(floor, value)| floor + value).collect();
            let colour = self.palette.get(entry.token);
            // The floor has a gap wherever the top has one.
            let floor_with_gaps = |index: usize| if top[index].is_nan() { f64::NAN } else { floor[index] };
            let upper = self.runs(series, |index| top[index]);
            let lower = self.runs(series, floor_with_gaps);
            for (upper, lower) in upper.iter().zip(&lower) {
                let outline: Vec<Point> = upper.iter().chain(lower.iter().rev()).copied().collect();
                let is_harm = matches!(entry.token, ColourToken::Bad | ColourToken::Warn);
                self.pen.polygon(&outline, colour, if is_harm { STACK_ALPHA } else { STACK_ALPHA / 2.0 })?;
                if entry.dash != Dash::Solid {
                    self.stripes(upper, lower, colour)?;
                }
                // The top edge of a stack that adds up to 100 % carries no information.
                if !upper.iter().all(|point| point.1 <= self.frame.top_px + 0.01) {
                    self.pen.path(upper, LINE_PX, &[], colour, 1.0)?;
                }
            }
            below = Some(top);
        }
        Ok(())
    }

    /// Stripes distinguish an area without colour.
    fn stripes(&self, upper: &[Point], lower: &[Point], colour: super::Rgb) -> Result<(), Failure> {
        let (Some(first), Some(last)) = (upper.first(), upper.last()) else { return Ok(()) };
        let mut x = (first.0 / STRIPE_STEP_PX).ceil() * STRIPE_STEP_PX;
        while x < last.0 {
            let (top, bottom) = (height_at(upper, x), height_at(lower, x));
            if bottom - top > 1.0 {
                self.pen.line_down(x, top, bottom, colour, 0.28)?;
            }
            x += STRIPE_STEP_PX;
        }
        Ok(())
    }

    /// Areas from the axis up.
    fn areas(&self) -> Result<(), Failure> {
        for (series, entry) in self.shown_as(Shape::Area) {
            for run in self.runs(series, |index| series.values[index]) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let base = [(last.0, self.frame.bottom_px), (first.0, self.frame.bottom_px)];
                let outline: Vec<Point> = run.iter().copied().chain(base).collect();
                self.pen.polygon(&outline, self.palette.get(entry.token), AREA_ALPHA)?;
            }
        }
        Ok(())
    }

    /// What happened, dashed, and what lies between it and the what-if.
    fn ghost(&self) -> Result<(), Failure> {
        let Some(ghost) = &self.model.ghost else { return Ok(()) };
        let colour = self.palette.get(ColourToken::Ink2);
        let actual = self.runs(&ghost.actual, |index| ghost.actual.values[index]);
        let what_if = self.runs(&ghost.what_if, |index| ghost.what_if.values[index]);
        // Runs that a gap cuts differently have nothing that lies between them.
        if actual.len() == what_if.len() {
            for (over, under) in actual.iter().zip(&what_if) {
                let outline: Vec<Point> = over.iter().chain(under.iter().rev()).copied().collect();
                self.pen.polygon(&outline, colour, BETWEEN_ALPHA)?;
            }
        }
        for run in &actual {
            self.pen.path(run, BROKEN_LINE_PX, Dash::Dashed.pattern(), colour, 1.0)?;
        }
        Ok(())
    }

    fn lines(&self) -> Result<(), Failure> {
        // The selected instance comes last, on top of the others.
        let is_selected = |series: &Series| series.instance.is_some() && series.instance == self.view.instance;
        let any_selected = self.model.series.iter().any(is_selected);
        let all = || self.shown_as(Shape::Area).chain(self.shown_as(Shape::Line));
        let rest = all().filter(|(series, _)| !is_selected(series));
        for (series, entry) in rest.chain(all().filter(|(series, _)| is_selected(series))) {
            let is_other = any_selected && !is_selected(series);
            let width_px = match entry.dash {
                _ if is_selected(series) => SELECTED_LINE_PX,
                Dash::Solid => LINE_PX,
                _ => BROKEN_LINE_PX,
            };
            let colour = self.palette.get(entry.token);
            for run in self.runs(series, |index| series.values[index]) {
                if let [point] = run[..] {
                    // A single value between two gaps is drawn as a dot.
                    self.pen.rect(point.0 - 1.0, point.1 - 1.0, point.0 + 1.0, point.1 + 1.0, colour, 1.0)?;
                }
                self.pen.path(&run, width_px, entry.dash.pattern(), colour, if is_other { DIMMED } else { 1.0 })?;
            }
        }
        Ok(())
    }

    /// Vertical lines at the events, with their titles above the plot where there is room.
    fn event_lines(&self) -> Result<(), Failure> {
        let muted = self.palette.get(ColourToken::Ink2);
        let Frame { top_px, bottom_px, right_px, .. } = self.frame;
        let shown: Vec<_> = self.model.events.iter().filter(|event| self.frame.shows(event.at_ms)).collect();
        let tip_px = top_px - STRIP_PX - 1.0;
        // Right end of the labels so far.
        let mut taken_px = self.frame.left_px - 6.0;
        for (index, event) in shown.iter().enumerate() {
            let x = self.frame.x_px(event.at_ms);
            self.pen.line_down(x, top_px - STRIP_PX, bottom_px, muted, 0.35)?;
            self.pen.polygon(&[(x - 3.0, tip_px - 5.0), (x + 3.0, tip_px - 5.0), (x, tip_px)], muted, 1.0)?;
            let width_px = self.pen.text_width_px(&event.title, TEXT_PX);
            let next_px = shown.get(index + 1).map_or(right_px, |next| self.frame.x_px(next.at_ms) - 8.0);
            let y = tip_px - 4.5;
            if x + 6.0 + width_px <= next_px {
                self.pen.text(&event.title, (x + 6.0, y), TEXT_PX, TextAlign::Left, muted)?;
                taken_px = x + 6.0 + width_px;
                continue;
            }
            if x - 6.0 - width_px >= taken_px + 6.0 {
                self.pen.text(&event.title, (x - 6.0, y), TEXT_PX, TextAlign::Right, muted)?;
            }
            taken_px = x + 4.0;
        }
        Ok(())
    }

    fn thresholds(&self) -> Result<(), Failure> {
        for threshold in &self.model.thresholds {
            let (y, colour) = (self.frame.y_px(threshold.value), self.palette.get(threshold.token));
            self.pen.dashes_across(y, self.frame.left_px, self.frame.right_px, colour, 0.9)?;
        }
        Ok(())
    }

    /// Mean distance of the lines from a height within a stretch of the plot. Stacks do not count; large distances are
    /// capped.
    fn room_px(&self, from_x: f64, until_x: f64, y: f64) -> f64 {
        const SAMPLES: u32 = 12;
        const FAR_PX: f64 = 24.0;
        let lines = || self.shown_as(Shape::Line).chain(self.shown_as(Shape::Area));
        let at = |sample: u32| {
            let ms = self.frame.ms_at(from_x + (until_x - from_x) * f64::from(sample) / f64::from(SAMPLES));
            let heights = lines().filter_map(|(series, _)| series.value_at(ms)).map(|value| self.frame.y_px(value));
            heights.map(|height| (height - y).abs()).fold(FAR_PX, f64::min)
        };
        (0..=SAMPLES).map(at).sum::<f64>() / f64::from(SAMPLES + 1)
    }

    /// Labels of the thresholds, on the card's colour so that they stay legible on lines.
    fn threshold_labels(&self) -> Result<(), Failure> {
        let card = self.palette.get(ColourToken::Card);
        for threshold in &self.model.thresholds {
            let y = self.frame.y_px(threshold.value) - 8.0;
            let width = self.pen.text_width_px(&threshold.label, TEXT_PX);
            // On the side with more room.
            let (left, right) = (self.frame.left_px + 4.0, self.frame.right_px - 3.0);
            let at_right = self.room_px(right - width, right, y) >= self.room_px(left, left + width, y);
            let (from, align) = if at_right { (right - width, TextAlign::Right) } else { (left, TextAlign::Left) };
            self.pen.rect(from - 2.0, y - 6.0, from + width + 2.0, y + 6.0, card, 0.7)?;
            let held = if at_right { right } else { left };
            self.pen.text(&threshold.label, (held, y), TEXT_PX, align, self.palette.get(threshold.token))?;
        }
        Ok(())
    }
}

/// Height of a line at `x`, which lies between its ends.
fn height_at(points: &[Point], x: f64) -> f64 {
    let after = points.partition_point(|point| point.0 < x).clamp(1, points.len().max(2) - 1);
    let (Some(from), Some(to)) = (points.get(after - 1), points.get(after)) else {
        return points.first().map_or(0.0, |point| point.1);
    };
    if to.0 <= from.0 { to.1 } else { from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0) }
}
