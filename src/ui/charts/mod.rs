//! Charts on the page: plotters on a canvas, a second canvas above it for all that moves, HTML for words.
//!
//! Invariant: the plot is drawn anew only when its content, its size, its theme or the selection changes. The playhead,
//! the crosshair, the keyboard's cursor and a zoom being dragged are drawn on the overlay.

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
