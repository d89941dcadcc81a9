//! A discrete-event simulation of a service of many instances during an incident.
//!
//! ```text
//! scenario ──► model ──► recording
//!              engine
//! ```
//!
//! A [scenario] names the parts of the service, what is reported of the incident and what is assumed. The [model] runs the
//! service event by event on the structures of the [engine] and writes a [recording]: columns of integers, and an event log.
//!
//! Invariants: pure code, without browser, clock, file or thread. The same scenario and seed give the same recording on every
//! platform. It is a crate of its own so that it is built for speed also where the page around it is built for size.

pub use incident_scenario::{json, plain, scenario, units};

pub mod engine;
pub mod model;
pub mod recording;
