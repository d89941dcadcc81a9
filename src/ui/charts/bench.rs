//! A single chart of the page with given points, for `benches/charts`.
//!
//! Invariant: it draws with the same [`Stage`] as the charts of the page.

use std::rc::Rc;

use web_sys::HtmlCanvasElement;

use super::by_identity::ByIdentity;
use super::stage::{Scene, Stage};
use crate::chart::{ChartKind, ChartModel, ColourToken, Dash, LegendEntry, Palette, Scale, Series, Shape, Unit};
use crate::replay::View;
use crate::units::UtcMs;

pub struct BenchChart(Stage);

impl BenchChart {
    /// Lines over a common time axis from zero, with values from 0 to 100. The two canvases overlap in an element that
    /// determines their size.
    #[must_use]
    pub fn new(plot: HtmlCanvasElement, overlay: HtmlCanvasElement, x_ms: &[f64], lines: Vec<Vec<f64>>) -> Self {
        let common: Rc<[f64]> = x_ms.into();
        let entry = |index: usize| LegendEntry {
            key: format!("bench/{index}"),
            label: format!("series {index}"),
            token: ColourToken::Series(index as u8 % 8 + 1),
            dash: Dash::Solid,
            shape: Shape::Line,
        };
        let series = |(index, values): (usize, Vec<f64>)| Series {
            name: format!("series {index}"),
            entry: index,
            instance: None,
            x_ms: Rc::clone(&common),
            values,
        };
        let model = ChartModel {
            kind: ChartKind::Memory,
            title: "Benchmark".to_owned(),
            subtitle: String::new(),
            what_if: None,
            unit: Unit::Count,
            origin: UtcMs(0),
            domain_ms: [0.0, x_ms.last().copied().unwrap_or(1.0)],
            scale: Scale::linear(0.0, 100.0),
            legend: (0..lines.len()).map(entry).collect(),
            series: lines.into_iter().enumerate().map(series).collect(),
            thresholds: Vec::new(),
            events: Vec::new(),
            alerts: Vec::new(),
            ghost: None,
        };
        let scene =
            Scene { model: ByIdentity(Rc::new(model)), view: View::default(), palette: Rc::new(Palette::LIGHT) };
        let stage = Stage::new(plot, overlay, scene);
        stage.fit();
        Self(stage)
    }

    /// Redraws everything, as after a change of data, theme or size.
    pub fn draw(&self) {
        self.0.draw();
    }

    /// Moves the crosshair and its dots, as a pointer does.
    pub fn point_at(&self, at_ms: f64) {
        self.0.mark(|marks| marks.crosshair_ms = Some(at_ms));
    }
}
