//! A chart as a self-contained SVG document: for export, for print and for the page without JavaScript.

use plotters::backend::SVGBackend;
use plotters::drawing::IntoDrawingArea;

use super::draw::draw;
use super::layout::Layout;
use super::model::{AlertState, ChartModel, Dash, LegendEntry, Shape};
use super::palette::{Palette, Token};
use super::pen::{Hold, Pen};
use super::surface::Surface;
use crate::replay::View;

const MARGIN_PX: f64 = 14.0;
const HEAD_TEXT_PX: f64 = 11.0;
const SWATCH_PX: f64 = 18.0;
/// Height of a line of the legend.
const ROW_PX: f64 = 16.0;
/// Height of title and subtitle.
const TITLE_PX: f64 = 40.0;

/// What an SVG looks like.
#[derive(Clone, PartialEq, Debug)]
pub struct SvgOptions<'a> {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// Colours.
    pub palette: &'a Palette,
    /// Whether title, subtitle and legend stand above the chart.
    pub with_head: bool,
    /// Where a line marks the playhead, in milliseconds since the start of the window.
    pub playhead_ms: Option<f64>,
    /// The sentence that describes the chart to those who do not see it.
    pub description: &'a str,
}

/// The chart as SVG.
#[must_use]
pub fn svg(model: &ChartModel, view: &View, options: &SvgOptions<'_>) -> String {
    let SvgOptions { width_px, height_px, palette, .. } = *options;
    let whole = Layout::svg(width_px, height_px);
    let units = |px: f64| (px * whole.units_per_px).round() as u32;
    let size = (units(width_px), units(height_px));
    let keys = if options.with_head { head(model, view, width_px) } else { Vec::new() };
    let rows = keys.last().map_or(0.0, |key| key.row as f64 + 1.0);
    let head_px = if options.with_head { TITLE_PX + rows * ROW_PX } else { 0.0 };
    let mut text = String::new();
    {
        let root = Surface::new(SVGBackend::with_string(&mut text, size)).into_drawing_area();
        // Writing into a string does not fail.
        let _ = Pen::new(&root, whole, &estimated_width_px).fill(palette.get(Token::Card), 1.0);
        let (head, body) = root.split_vertically(units(head_px));
        if options.with_head {
            let _ = draw_head(model, &keys, palette, &Pen::new(&head, whole, &estimated_width_px));
        }
        let layout = Layout::svg(width_px, height_px - head_px);
        if let (Ok(frame), Some(at_ms)) =
            (draw(model, view, palette, &layout, &estimated_width_px, &body), options.playhead_ms)
            && frame.shows(at_ms)
        {
            let (x, colour) = (frame.x_px(at_ms), palette.get(Token::Accent));
            let _ = Pen::new(&body, layout, &estimated_width_px).rect(
                x - 0.75,
                frame.top_px,
                x + 0.75,
                frame.bottom_px,
                colour,
                1.0,
            );
        }
        let _ = root.present();
    }
    with_description(&text, model.title, options)
}

/// A key of the legend and where it stands.
struct Key<'a> {
    /// `None` for the key of alerts.
    entry: Option<&'a LegendEntry>,
    label: &'a str,
    x_px: f64,
    row: usize,
}

/// Width of a text in a usual sans-serif face: SVG has nothing to measure with.
#[must_use]
pub fn estimated_width_px(text: &str, size_px: f64) -> f64 {
    let em = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' => 0.28,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '/' | '-' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' => 0.9,
        letter if letter.is_ascii_uppercase() => 0.7,
        _ => 0.6,
    };
    text.chars().map(em).sum::<f64>() * size_px
}

/// The legend, in as many rows as it needs.
fn head<'a>(model: &'a ChartModel, view: &View, width_px: f64) -> Vec<Key<'a>> {
    let entries = model.legend.iter().filter(|entry| view.is_shown(&entry.key));
    let is_firing = model.alerts.iter().any(|band| band.state == AlertState::Firing);
    let labels = entries.map(|entry| (Some(entry), entry.label.as_str()));
    let mut keys = Vec::new();
    let (mut x_px, mut row) = (MARGIN_PX, 0);
    for (entry, label) in labels.chain(is_firing.then_some((None, "alert firing"))) {
        let length_px = SWATCH_PX + 5.0 + estimated_width_px(label, HEAD_TEXT_PX);
        if x_px > MARGIN_PX && x_px + length_px > width_px - MARGIN_PX {
            (x_px, row) = (MARGIN_PX, row + 1);
        }
        keys.push(Key { entry, label, x_px, row });
        x_px += length_px + 14.0;
    }
    keys
}

fn draw_head(
    model: &ChartModel,
    keys: &[Key<'_>],
    palette: &Palette,
    pen: &Pen<'_, '_>,
) -> Result<(), super::pen::Failure> {
    let (ink, muted) = (palette.get(Token::Ink), palette.get(Token::Ink2));
    pen.bold(model.title, (MARGIN_PX, 15.0), 13.0, Hold::Left, ink)?;
    pen.text(&model.subtitle, (MARGIN_PX, 31.0), HEAD_TEXT_PX, Hold::Left, muted)?;
    for key in keys {
        let (x, y) = (key.x_px, TITLE_PX + (key.row as f64 + 0.5) * ROW_PX);
        match key.entry {
            None => pen.rect(x, y - 1.5, x + SWATCH_PX, y + 1.5, palette.get(Token::Bad), 0.85)?,
            Some(entry) => draw_swatch(entry, palette, pen, x, y)?,
        }
        pen.text(key.label, (x + SWATCH_PX + 5.0, y), HEAD_TEXT_PX, Hold::Left, ink)?;
    }
    Ok(())
}

fn draw_swatch(
    entry: &LegendEntry,
    palette: &Palette,
    pen: &Pen<'_, '_>,
    x: f64,
    y: f64,
) -> Result<(), super::pen::Failure> {
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

/// Gives the drawing its size in CSS pixels, its name and its description.
fn with_description(text: &str, title: &str, options: &SvgOptions<'_>) -> String {
    let (width, height) = (options.width_px, options.height_px);
    let body = text.split_once(">\n").map_or(text, |(_, body)| body);
    let body = body.strip_suffix('\n').unwrap_or(body);
    let view_box = format!("0 0 {} {}", width * 10.0, height * 10.0);
    let document = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{view_box}\" \
         role=\"img\" aria-label=\"{label}\" stroke-linejoin=\"round\">\n<title>{title}</title>\n<desc>{description}</desc>\n\
         {body}",
        label = escaped(&format!("{title}. {}", options.description)),
        title = escaped(title),
        description = escaped(options.description),
    );
    // XML has no way at all to write these.
    let is_forbidden =
        |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if document.contains(is_forbidden) { document.replace(is_forbidden, "\u{fffd}") } else { document }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartKind, model, synthetic};

    fn of(kind: ChartKind) -> String {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(kind, &scenario, &recording);
        let options = SvgOptions {
            width_px: 700.0,
            height_px: 300.0,
            palette: &Palette::LIGHT,
            with_head: true,
            playhead_ms: Some(3_600_000.0),
            description: "A \"small\" <test> & more.",
        };
        svg(&model, &View::default(), &options)
    }

    #[test]
    fn every_chart_has_its_labels() {
        for kind in ChartKind::ALL {
            let text = of(kind);
            let labels: &[&str] = match kind {
                ChartKind::Checkouts => &["failed", "slow", "fast", "100 %", "SLO 1 %"],
                ChartKind::Memory => &["6 older", "2 rescheduled", "limit 2 GiB", "75 %"],
                ChartKind::Cpu => &["CPU, mean", "in GC, worst", "pages above"],
                ChartKind::Latency => &["p50", "p95", "p99", "slow from 4 s", "10 s", "1 s"],
                ChartKind::Sessions => &["leaked", "live", "400 k"],
                ChartKind::Gateway => &["gateway p50", "network p50", "100 ms"],
                ChartKind::Queue => &["users waiting", "of these queued", "192 threads"],
                ChartKind::Retries => &["first attempts", "retries", "rejected", "10 /s"],
                ChartKind::Deployment => &["6 older", "15 Aug", "Faulty release deployed"],
            };
            for label in labels {
                assert!(text.contains(label), "{} has no {label}", kind.id());
            }
            if kind.shows_window() {
                assert!(text.contains("11:30") && text.contains("alert firing"), "{}", kind.id());
            }
            assert!(text.contains(kind.title()) && text.contains(">\nUTC\n<"), "{}", kind.id());
        }
    }

    #[test]
    fn the_document_is_whole_and_described() {
        let text = of(ChartKind::Checkouts);
        assert!(text.starts_with("<svg xmlns") && text.trim_end().ends_with("</svg>"));
        assert!(text.contains("width=\"700\" height=\"300\" viewBox=\"0 0 7000 3000\""));
        assert!(text.contains("<desc>A \"small\" &lt;test&gt; &amp; more.</desc>".replace('"', "&quot;").as_str()));
        assert_eq!(text.matches("<svg").count(), 1);
        assert!(!text.contains("NaN"));
    }

    #[test]
    fn a_drawing_may_be_too_small_for_anything() {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        for kind in ChartKind::ALL {
            let model = model(kind, &scenario, &recording);
            for (width_px, height_px) in [(1.0, 1.0), (30.0, 20.0), (70.0, 400.0), (900.0, 40.0)] {
                for with_head in [false, true] {
                    let palette = &Palette::LIGHT;
                    let options =
                        SvgOptions { width_px, height_px, palette, with_head, playhead_ms: None, description: "" };
                    assert!(!svg(&model, &View::default(), &options).contains("NaN"));
                }
            }
        }
    }

    #[test]
    fn a_series_that_is_switched_off_is_not_drawn() {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(ChartKind::Latency, &scenario, &recording);
        let options = SvgOptions {
            width_px: 380.0,
            height_px: 220.0,
            palette: &Palette::DARK,
            with_head: false,
            playhead_ms: None,
            description: "",
        };
        let crate::chart::Rgb(red, green, blue) = Palette::DARK.get(Token::Accent);
        let stroke = format!("stroke=\"#{red:02X}{green:02X}{blue:02X}\"");
        let colour = |text: &str| text.matches(&stroke).count();
        let all = svg(&model, &View::default(), &options);
        let mut view = View::default();
        view.hidden_series.insert("latency/p50".into());
        let fewer = svg(&model, &view, &options);
        assert!(colour(&all) > 0);
        assert_eq!(colour(&fewer), 0);
    }
}
