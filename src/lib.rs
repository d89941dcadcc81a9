//! Replays a payment outage: a discrete-event simulation of the payment service and its session leak, and everything that
//! shows it.
//!
//! ```text
//! scenario ──► model ──► recording ──► replay ──► compare ──► chart ──► export ──► ui
//! ```
//!
//! Invariants: data flows in that direction only. Everything up to `chart`, and `export`, is pure: no browser, clock or
//! file. The same scenario and seed give the same recording on every platform. `ARCHITECTURE.md` has the map.

pub use incident_simulation::{engine, json, model, plain, recording, scenario, units};

pub mod chart;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compare;
pub mod drill;
pub mod export;
pub mod replay;
pub mod runner;
pub mod session;
#[cfg(feature = "ui")]
pub mod ui;
