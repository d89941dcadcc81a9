//! The simulation: a discrete-event model of the payment service, its users and its operators.
//!
//! ```text
//! user → load balancer → instance: queue → thread → CPU → gateway → CPU → done
//!                                  heap ← sessions, garbage → collector stops everything
//! ```
//!
//! Invariants: time is an integer and comes from the events alone; randomness comes from the seed; the same scenario and
//! seed give the same recording on every platform; latency, time-outs and failures are never computed by a formula, they
//! follow from queues, shared cores and pauses.

mod acting;
mod balancer;
mod budget;
mod cache;
mod calibrate;
mod calls;
mod checkout;
mod config;
mod dispatch;
mod fault;
mod instance;
mod liveness;
mod monitor;
mod operations;
mod outliers;
mod plan;
mod pool;
mod preroll;
mod retries;
mod rollout;
mod serving;
pub mod session;
mod signals;
mod statistics;
mod tick;
mod traffic;
mod users;
mod verification;
mod world;

pub use budget::{EVENT_BUDGET, LOG_BUDGET, estimated_events};
pub use calibrate::{Calibration, CalibrationStep, Probe, calibrate};
use config::{Config, us};
pub use statistics::Statistics;
pub use traffic::{expected_users, rate_per_s};
pub use world::World;

use crate::engine::queue::{NEVER, key};
use crate::scenario::ScenarioError;

/// Why a simulation was refused.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum SimulationError {
    /// The scenario makes no sense.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The run would take too long.
    #[error(
        "the run would take {estimated} events or more: at most {EVENT_BUDGET} are allowed; lower traffic.peak_rate_per_s, users.retries or the window, or raise heap.pause_s_per_live_gib"
    )]
    Budget {
        /// Events the scenario is expected to take.
        estimated: u64,
    },
    /// The run would log too much.
    #[error(
        "the run's log has {entries} entries: at most {LOG_BUDGET} are allowed; processes that are killed all the time need a larger heap.limit_mib or longer restart.backoff_first_s and restart.startup_s"
    )]
    Log {
        /// Entries when the run was ended.
        entries: usize,
    },
}

/// An action makes no sense at the moment for which it is asked; nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{action}: {reason}")]
pub struct Refused {
    /// Name of the action.
    pub action: String,
    /// Why, and what would be possible.
    pub reason: String,
}
