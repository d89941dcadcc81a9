//! The page: Yew components over the replay, and the code that needs a browser.
//!
//! Invariant: components render and dispatch [`Command`](crate::replay::Command)s; they decide nothing. Every figure and
//! sentence they show comes from the recording, the scenario or the ledger.

mod address_bar;
mod app;
mod assumptions;
mod boot;
mod browser;
mod chart_grid;
mod chart_image;
mod charts;
mod claims;
mod code;
mod crash;
mod defect;
mod download;
mod drill;
mod embed;
mod end_card;
mod figures;
mod footer;
mod header;
mod hero;
mod icons;
mod incidents;
mod keyboard;
mod now;
mod open;
mod page;
mod part;
mod placed;
mod player;
mod playhead;
mod preferences;
mod run;
mod runs;
mod share;
mod system;
mod timeline;
mod visibility;
mod what_if;
mod words;

pub use boot::mount;
#[cfg(feature = "charts-bench")]
pub use charts::BenchChart;
pub use playhead::{PlayheadBus, PlayheadSubscription};
