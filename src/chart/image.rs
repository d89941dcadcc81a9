//! A chart with its title and legend as one image, for files of all kinds.

use std::borrow::Cow;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::draw::draw;
use super::layout::Layout;
use super::model::{AlertState, ChartModel, Dash, LegendEntry, Shape};
use super::palette::{ColourToken, Palette};
use super::pen::{Failure, MeasureText, Pen, TextAlign};
use super::surface::Surface;
use crate::replay::View;

const MARGIN_PX: f64 = 14.0;
const HEAD_TEXT_PX: f64 = 11.0;
const SWATCH_PX: f64 = 18.0;
/// Height of a line of the legend.
const ROW_PX: f64 = 16.0;
/// Height of title and subtitle.
const TITLE_PX: f64 = 40.0;

/// How an image looks.
#[derive(Clone, PartialEq, Debug)]
pub struct ImageOptions<'a> {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    pub palette: &'a Palette,
    /// Whether title, subtitle and legend stand above the chart.
    pub with_head: bool,
    /// Where a line marks the playhead, in milliseconds since the start of the window.
    pub playhead_ms: Option<f64>,
    /// The text alternative of the chart.
    pub description: &'a str,
}

/// Draws a chart with title and legend onto the whole of `area`, whose size in units is that of `layout`.
///
/// # Errors
/// The backend failed.
pub fn draw_image(
    model: &ChartModel,
    view: &View,
    options: &ImageOptions<'_>,
    layout: &Layout,
    measure: MeasureText<'_>,
    area: &DrawingArea<Surface<'_>, Shift>,
) -> Result<(), Failure> {
    let palette = options.palette;
    let keys = if options.with_head { head(model, view, layout.width_px, measure) } else { Vec::new() };
    let rows = keys.last().map_or(0.0, |key| key.row as f64 + 1.0);
    let what_if = what_if_lines(model, layout.width_px, measure);
    let head_px = what_if.len() as f64 * ROW_PX + if options.with_head { TITLE_PX + rows * ROW_PX } else { 0.0 };
    Pen::new(area, *layout, measure).fill(palette.get(ColourToken::Card), 1.0)?;
    let (above, body) = area.split_vertically((head_px * layout.units_per_px).round() as u32);
    let pen = Pen::new(&above, *layout, measure);
    if options.with_head {
        draw_head(model, &keys, palette, &pen)?;
    }
    for (line, text) in what_if.iter().rev().enumerate() {
        let y = head_px - (line as f64 + 0.5) * ROW_PX;
        pen.bold(text, (MARGIN_PX, y), HEAD_TEXT_PX, TextAlign::Left, palette.get(ColourToken::Bad))?;
    }
    let layout = Layout { height_px: layout.height_px - head_px, ..*layout };
    let frame = draw(model, view, palette, &layout, measure, &body)?;
    if let Some(at_ms) = options.playhead_ms.filter(|at_ms| frame.shows(*at_ms)) {
        let (x, colour) = (frame.x_px(at_ms), palette.get(ColourToken::Accent));
        Pen::new(&body, layout, measure).rect(x - 0.75, frame.top_px, x + 0.75, frame.bottom_px, colour, 1.0)?;
    }
    Ok(())
}

/// What a what-if changes, in as many lines as it needs; it is in every image, with and without a head.
fn what_if_lines(model: &ChartModel, width_px: f64, measure: MeasureText<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in model.what_if.iter().flat_map(|text| text.split(' ')) {
        match lines.last_mut() {
            // Bold text is wider than `measure` says.
            Some(line) if measure(&format!("{line} {word}"), HEAD_TEXT_PX) * 1.1 < width_px - 2.0 * MARGIN_PX => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What a sign in the legend stands for.
enum Sign<'a> {
    Entry(&'a LegendEntry),
    Alerts,
    /// What happened, behind a what-if.
    Ghost,
}

/// A legend entry and its position.
struct Key<'a> {
    sign: Sign<'a>,
    label: Cow<'a, str>,
    x_px: f64,
    row: usize,
}

/// The legend, in as many rows as it needs.
fn head<'a>(model: &'a ChartModel, view: &View, width_px: f64, measure: MeasureText<'_>) -> Vec<Key<'a>> {
    let entries = model.legend.iter().filter(|entry| view.is_shown(&entry.key));
    let is_firing = model.alerts.iter().any(|band| band.state == AlertState::Firing);
    let labels = entries.map(|entry| (Sign::Entry(entry), Cow::from(entry.label.as_str())));
    let ghost = model.ghost.as_ref().map(|ghost| (Sign::Ghost, Cow::from(format!("{}, as it happened", ghost.name))));
    let alerts = is_firing.then_some((Sign::Alerts, Cow::from("alert firing")));
    let mut keys = Vec::new();
    let (mut x_px, mut row) = (MARGIN_PX, 0);
    for (sign, label) in labels.chain(ghost).chain(alerts) {
        let length_px = SWATCH_PX + 5.0 + measure(&label, HEAD_TEXT_PX);
        if x_px > MARGIN_PX && x_px + length_px > width_px - MARGIN_PX {
            (x_px, row) = (MARGIN_PX, row + 1);
        }
        keys.push(Key { sign, label, x_px, row });
        x_px += length_px + 14.0;
    }
    keys
}

fn draw_head(model: &ChartModel, keys: &[Key<'_>], palette: &Palette, pen: &Pen<'_, '_>) -> Result<(), Failure> {
    let (ink, muted) = (palette.get(ColourToken::Ink), palette.get(ColourToken::Ink2));
    pen.bold(&model.title, (MARGIN_PX, 15.0), 13.0, TextAlign::Left, ink)?;
    pen.text(&model.subtitle, (MARGIN_PX, 31.0), HEAD_TEXT_PX, TextAlign::Left, muted)?;
    for key in keys {
        let (x, y) = (key.x_px, TITLE_PX + (key.row as f64 + 0.5) * ROW_PX);
        match key.sign {
            Sign::Alerts => pen.rect(x, y - 1.5, x + SWATCH_PX, y + 1.5, palette.get(ColourToken::Bad), 0.85)?,
            Sign::Ghost => pen.path(&[(x, y), (x + SWATCH_PX, y)], 1.75, Dash::Dashed.pattern(), muted, 1.0)?,
            Sign::Entry(entry) => draw_swatch(entry, palette, pen, x, y)?,
        }
        pen.text(&key.label, (x + SWATCH_PX + 5.0, y), HEAD_TEXT_PX, TextAlign::Left, ink)?;
    }
    Ok(())
}

fn draw_swatch(entry: &LegendEntry, palette: &Palette, pen: &Pen<'_, '_>, x: f64, y: f64) -> Result<(), Failure> {
    let colour = palette.get(entry.token);
    if entry.shape == Shape::Line {
        return pen.path(&[(x, y), (x + SWATCH_PX, y)], 1.75, entry.dash.pattern(), colour, 1.0);
    }
    pen.rect(x, y - 5.0, x + SWATCH_PX, y + 5.0, colour, 0.26)?;
    pen.rect(x, y - 5.0, x + SWATCH_PX, y - 3.5, colour, 1.0)?;
    for stripe in [4.0, 9.0, 14.0].into_iter().filter(|_| entry.dash != Dash::Solid) {
        pen.line_down(x + stripe, y - 4.0, y + 5.0, colour, 0.5)?;
    }
    Ok(())
}
