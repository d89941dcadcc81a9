//! Charts of a recording: their content ([`model`]), their drawing on any plotters backend ([`draw`]), and the same as SVG
//! ([`svg`]), as a sentence ([`summary`]) and as a table ([`table`]).
//!
//! Invariant: one drawing function serves every chart and backend, and depends only on the [`ChartModel`]. Nothing here
//! depends on a browser.

mod annotations;
mod cache;
mod calls;
mod cpu;
mod cursor;
mod decimate;
mod draw;
mod format;
mod gateway;
mod ghost;
mod image;
mod kind;
mod latency;
mod layout;
mod load;
mod memory;
mod model;
mod outcomes;
mod palette;
mod pen;
mod pools;
mod readout;
mod rolling;
mod scales;
mod sessions;
mod summary;
mod surface;
mod svg;
mod table;
mod ticks;

#[cfg(test)]
mod synthetic;

pub use cursor::{CursorMove, move_cursor};
pub use draw::draw;
pub use format::{Unit, count};
pub use ghost::{Ghost, with_ghost};
pub use image::{ImageOptions, draw_image};
pub use kind::ChartKind;
pub use layout::{Frame, Layout, UNITS_PER_DEVICE_PX};
pub use model::{AlertBand, AlertState, ChartModel, Dash, EventLine, LegendEntry, Series, Shape, Threshold, model};
pub use palette::{ColourToken, Palette, Rgb};
pub use pen::{FONT, MeasureText};
pub use readout::{Readout, ReadoutRow, readout};
pub use scales::Scale;
pub use summary::summary;
pub use surface::{Surface, SurfaceError};
pub use svg::{estimated_width_px, svg};
pub use table::{Table, table};
pub use ticks::{TimeTick, day_label, linear_ticks, log_ticks, nice_end, time_ticks};

use crate::recording::Recording;
use crate::scenario::Scenario;

/// The parts that all charts share, without series, legend and subtitle.
fn base(kind: ChartKind, unit: Unit, scale: Scale, scenario: &Scenario, recording: &Recording) -> ChartModel {
    ChartModel {
        kind,
        title: kind.title().to_owned(),
        subtitle: String::new(),
        what_if: scenario.what_if.line(),
        unit,
        origin: scenario.window.from,
        domain_ms: [0.0, scenario.window_s() * 1000.0],
        scale,
        series: Vec::new(),
        legend: Vec::new(),
        thresholds: Vec::new(),
        events: annotations::events(scenario),
        alerts: annotations::alerts(recording),
        ghost: None,
    }
}
