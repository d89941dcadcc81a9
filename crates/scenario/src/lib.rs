//! Scenarios of incidents: what is reported, what is assumed, and what the responders do.
//!
//! Invariants: pure code, without browser, clock, file or thread. Whatever is read is checked; errors name path, line and column,
//! and what is allowed. It is a crate apart from the simulation so that it can be built for size where that is built for speed.

pub mod json;
pub mod plain;
pub mod scenario;
pub mod units;
