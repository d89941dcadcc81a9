//! The session store of an instance and the two releases of the code that handles sessions.
//!
//! Invariant: memory of sessions is what the store holds; no rate of leaking is written down anywhere. The page shows
//! `faulty.rs` and `fixed.rs` from the very files that are compiled here.

mod faulty;
mod fixed;
mod store;

pub use faulty::Faulty;
pub use fixed::Fixed;
pub use store::{SessionId, SessionStore};

use crate::scenario::{Release, Scenario};

/// The faulty session code, as compiled.
pub const FAULTY_SOURCE: &str = include_str!("faulty.rs");
/// The fixed session code, as compiled.
pub const FIXED_SOURCE: &str = include_str!("fixed.rs");

/// How a transaction ended for the service; the session's end does not depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transaction {
    /// The gateway confirmed it.
    Confirmed,
    /// The gateway did not answer in time.
    TimedOut,
}

/// What a release does with the session of a payment.
pub trait SessionHandling {
    /// A worker thread takes up a payment at `now_s` (seconds since the window began).
    fn begin(store: &mut SessionStore, now_s: i64) -> SessionId;

    /// The transaction has ended, one way or the other.
    fn end(store: &mut SessionStore, session: SessionId, transaction: Transaction);
}

/// The session code that an instance of a release runs: the leak may be switched off, or not be what is wrong with it.
pub(super) fn handling(scenario: &Scenario, release: Release, leak_is_off: bool) -> Release {
    match release {
        Release::Faulty if !leak_is_off && scenario.deployment.leaks_sessions.value => Release::Faulty,
        _ => Release::Fixed,
    }
}

/// Runs the session code of `release` at the beginning of a payment.
pub fn begin(release: Release, store: &mut SessionStore, now_s: i64) -> SessionId {
    match release {
        Release::Faulty => Faulty::begin(store, now_s),
        Release::Fixed | Release::Named(_) => Fixed::begin(store, now_s),
    }
}

/// Runs the session code of `release` at the end of a transaction.
pub fn end(release: Release, store: &mut SessionStore, session: SessionId, transaction: Transaction) {
    match release {
        Release::Faulty => Faulty::end(store, session, transaction),
        Release::Fixed | Release::Named(_) => Fixed::end(store, session, transaction),
    }
}
