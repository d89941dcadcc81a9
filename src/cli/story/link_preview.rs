//! The image for link previews: headline, figures and a chart of the run, as SVG of the most common size. The build converts
//! it to PNG.
//!
//! Invariant: every word and figure comes from the run, the scenario or the ledger, and is escaped.

use super::RunRef;
use super::markup::Markup;
use crate::chart::{ChartKind, ColourToken, ImageOptions, Palette, Rgb, estimated_width_px, model, summary, svg};
use crate::replay::{self, TimeZone, View, headline};

const WIDTH_PX: f64 = 1200.0;
const HEIGHT_PX: f64 = 630.0;
const MARGIN_PX: f64 = 56.0;
const HEADLINE_PX: f64 = 29.0;
const HEADLINE_LINES_MAX: usize = 4;
/// Ratio of the bold face's width to the regular face's, for which widths are estimated.
const FACE_RATIO: f64 = 1.2;
/// Enlargement of the chart: previews are shown at half their size and less.
const CHART_ENLARGED: f64 = 1.6;
const CHART_TOP_PX: f64 = 372.0;

/// The picture.
pub(super) fn link_preview_svg(run: &RunRef<'_>) -> String {
    let headline = headline(run.scenario, run.recording);
    let (chart, chart_summary) = chart(run);
    let mut svg = Markup::default();
    svg.raw(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\" viewBox=\"0 0 1200 630\" role=\"img\"",
    );
    svg.raw(" font-family=\"DejaVu Sans, sans-serif\" aria-label=\"")
        .text(&headline)
        .raw(" ")
        .text(chart_summary)
        .raw("\">\n");
    rect(&mut svg, (0.0, 0.0, WIDTH_PX, HEIGHT_PX), ColourToken::Bg);
    rect(&mut svg, (0.0, 0.0, WIDTH_PX, 10.0), ColourToken::Bad);

    let incident = &run.scenario.incident;
    let start = incident.start.to_string();
    let day = start.split('T').next().unwrap_or_default();
    let above = format!("{} · {} · {day}", run.scenario.title, incident.service);
    let above = lines(&above, 22.0, 1);
    text(&mut svg, (MARGIN_PX, 62.0), 22.0, ColourToken::Ink2, false, &above.concat());
    for (index, line) in lines(&headline, HEADLINE_PX, HEADLINE_LINES_MAX).iter().enumerate() {
        text(&mut svg, (MARGIN_PX, 108.0 + index as f64 * 40.0), HEADLINE_PX, ColourToken::Ink, true, line);
    }
    tiles(&mut svg, run);
    let card =
        (MARGIN_PX - 16.0, CHART_TOP_PX - 8.0, WIDTH_PX - 2.0 * MARGIN_PX + 32.0, HEIGHT_PX - CHART_TOP_PX - 6.0);
    rect(&mut svg, card, ColourToken::Card);
    svg.into_string() + &chart + "</svg>\n"
}

fn tiles(svg: &mut Markup, run: &RunRef<'_>) {
    let tiles = replay::tiles(run.ledger);
    let width_px = (WIDTH_PX - 2.0 * MARGIN_PX) / tiles.len().max(1) as f64;
    for (index, tile) in tiles.iter().enumerate() {
        let x = MARGIN_PX + index as f64 * width_px;
        text(svg, (x, 296.0), 38.0, ColourToken::Accent, true, &tile.simulated);
        text(svg, (x, 323.0), 19.0, ColourToken::Ink, false, &tile.label);
        text(svg, (x, 347.0), 19.0, ColourToken::Ink2, false, &format!("reported {}", tile.reported));
    }
}

/// The chart of checkouts at its position, and its summary.
fn chart(run: &RunRef<'_>) -> (String, String) {
    let (x, y) = (MARGIN_PX, CHART_TOP_PX);
    let (width_px, height_px) = (WIDTH_PX - 2.0 * MARGIN_PX, HEIGHT_PX - CHART_TOP_PX - 22.0);
    let model = model(ChartKind::Checkouts, run.scenario, run.recording);
    let summary = summary(&model, run.scenario, run.recording, TimeZone::Utc);
    let options = ImageOptions {
        width_px: width_px / CHART_ENLARGED,
        height_px: height_px / CHART_ENLARGED,
        palette: &Palette::LIGHT,
        with_head: true,
        playhead_ms: None,
        description: &summary,
    };
    let own = svg(&model, &View::default(), &options);
    let size = format!("width=\"{}\" height=\"{}\"", options.width_px, options.height_px);
    let place = format!("x=\"{x}\" y=\"{y}\" width=\"{width_px}\" height=\"{height_px}\"");
    (own.replacen(&size, &place, 1), summary)
}

fn rect(svg: &mut Markup, (x, y, width, height): (f64, f64, f64, f64), fill: ColourToken) {
    svg.raw("<rect x=\"")
        .text(x)
        .raw("\" y=\"")
        .text(y)
        .raw("\" width=\"")
        .text(width)
        .raw("\" height=\"")
        .text(height);
    svg.raw("\" fill=\"").text(colour(fill)).raw("\"/>\n");
}

fn text(svg: &mut Markup, (x, y): (f64, f64), size_px: f64, fill: ColourToken, is_bold: bool, words: &str) {
    svg.raw("<text x=\"").text(x).raw("\" y=\"").text(y).raw("\" font-size=\"").text(size_px).raw("\" fill=\"");
    svg.text(colour(fill)).raw(if is_bold { "\" font-weight=\"bold\">" } else { "\">" }).text(words).raw("</text>\n");
}

fn colour(token: ColourToken) -> String {
    let Rgb(red, green, blue) = Palette::LIGHT.get(token);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Wraps text between the margins; text beyond `lines_max` lines ends in an ellipsis.
fn lines(text: &str, size_px: f64, lines_max: usize) -> Vec<String> {
    let fits = |line: &str| estimated_width_px(line, size_px) * FACE_RATIO <= WIDTH_PX - 2.0 * MARGIN_PX;
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || fits(&longer) {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    let is_cut = lines.len() > lines_max;
    lines.truncate(lines_max);
    for (index, line) in lines.iter_mut().enumerate() {
        let is_last = is_cut && index + 1 == lines_max;
        if is_last || !fits(line) {
            while !line.is_empty() && !fits(&format!("{line} …")) {
                line.pop();
            }
            line.push_str(" …");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_and_cut() {
        let text = "word ".repeat(200);
        let broken = lines(&text, HEADLINE_PX, HEADLINE_LINES_MAX);
        assert_eq!(broken.len(), HEADLINE_LINES_MAX);
        assert!(broken[3].ends_with('…') && broken[0].ends_with("word"), "{broken:?}");
        let one = lines(&"w".repeat(500), HEADLINE_PX, HEADLINE_LINES_MAX);
        assert!(one.len() == 1 && one[0].ends_with('…') && one[0].len() < 100, "{one:?}");
        assert_eq!(lines("short enough", HEADLINE_PX, 1), ["short enough"]);
    }
}
