//! Charts on the page: plotters on a canvas, an overlay canvas for everything that moves, and HTML for text.
//!
//! Invariant: the plot is redrawn only when its content, size, theme or selection changes. Playhead, crosshair, keyboard
//! cursor and a zoom drag are drawn on the overlay.

mod backend;
#[cfg(feature = "charts-bench")]
mod bench;
mod by_identity;
mod card;
mod crosshair;
mod data_table;
mod drag;
mod keys;
mod legend;
mod overlay;
mod palette;
mod plot;
mod size;
mod stage;
mod tooltip;

pub use backend::{SharpBackend, context_2d, text_width};
#[cfg(feature = "charts-bench")]
pub use bench::BenchChart;
pub use card::ChartCard;
