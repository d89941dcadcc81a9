//! A chart as a self-contained SVG document, for export, print and the page without JavaScript.

use plotters::backend::SVGBackend;
use plotters::drawing::IntoDrawingArea;

use super::image::{ImageOptions, draw_image};
use super::layout::Layout;
use super::model::ChartModel;
use super::surface::Surface;
use crate::replay::View;

/// The chart as SVG.
#[must_use]
pub fn svg(model: &ChartModel, view: &View, options: &ImageOptions<'_>) -> String {
    let layout = Layout::svg(options.width_px, options.height_px);
    let units = |px: f64| (px * layout.units_per_px).round() as u32;
    let mut text = String::new();
    {
        let size = (units(layout.width_px), units(layout.height_px));
        let root = Surface::new(SVGBackend::with_string(&mut text, size)).into_drawing_area();
        // Writing to a string cannot fail.
        let _ = draw_image(model, view, options, &layout, &estimated_width_px, &root);
        let _ = root.present();
    }
    let title = match &model.what_if {
        Some(what_if) => format!("{}. {what_if}", model.title),
        None => model.title.to_owned(),
    };
    with_description(&text, &title, options)
}

/// Estimated width of a text in a common sans-serif face: SVG output cannot measure text.
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

/// Adds the size in CSS pixels, the title and the description.
fn with_description(text: &str, title: &str, options: &ImageOptions<'_>) -> String {
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
    // XML cannot represent these characters, not even escaped.
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
    use crate::chart::{ChartKind, ColourToken, Palette, model, synthetic};

    fn of(kind: ChartKind) -> String {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(kind, &scenario, &recording);
        let options = ImageOptions {
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
                ChartKind::Pools => &["in use, mean", "never given back, mean", "100 %"],
                ChartKind::Calls => &["100 %"],
                ChartKind::Cache => &["answered by the cache", "entries there", "100 %"],
                ChartKind::Memory => &["6 older", "2 rescheduled", "limit 2 GiB", "75 %"],
                ChartKind::Cpu => &["CPU, mean", "in GC, worst", "pages above"],
                ChartKind::Latency => &["p50", "p95", "p99", "slow from 4 s", "10 s", "1 s"],
                ChartKind::Sessions => &["leaked", "live", "400 k"],
                ChartKind::Gateway => &["gateway p50", "network p50", "100 ms"],
                ChartKind::Queue => &["users waiting", "of these queued", "192 threads"],
                ChartKind::Retries => &["first attempts", "retries", "rejected", "10 /s"],
                ChartKind::Deployment => &["6 older", "15 Aug", "Leaking release deployed"],
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
                        ImageOptions { width_px, height_px, palette, with_head, playhead_ms: None, description: "" };
                    assert!(!svg(&model, &View::default(), &options).contains("NaN"));
                }
            }
        }
    }

    #[test]
    fn a_series_that_is_switched_off_is_not_drawn() {
        let (scenario, recording) = (synthetic::scenario(), synthetic::recording());
        let model = model(ChartKind::Latency, &scenario, &recording);
        let options = ImageOptions {
            width_px: 380.0,
            height_px: 220.0,
            palette: &Palette::DARK,
            with_head: false,
            playhead_ms: None,
            description: "",
        };
        let crate::chart::Rgb(red, green, blue) = Palette::DARK.get(ColourToken::Accent);
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
