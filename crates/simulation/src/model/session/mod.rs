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

/// Which of the two an instance runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handling {
    /// [`Faulty`].
    Faulty,
    /// [`Fixed`].
    Fixed,
}

/// The session code that an instance of a release runs: the leak may be switched off, or not be what is wrong with it.
pub(super) fn handling(scenario: &Scenario, release: Release, leak_is_off: bool) -> Handling {
    match release {
        Release::Faulty if !leak_is_off && scenario.deployment.leaks_sessions.value => Handling::Faulty,
        _ => Handling::Fixed,
    }
}

/// Runs the session code at the beginning of a payment.
pub fn begin(handling: Handling, store: &mut SessionStore, now_s: i64) -> SessionId {
    match handling {
        Handling::Faulty => Faulty::begin(store, now_s),
        Handling::Fixed => Fixed::begin(store, now_s),
    }
}

/// Runs the session code at the end of a transaction.
pub fn end(handling: Handling, store: &mut SessionStore, session: SessionId, transaction: Transaction) {
    match handling {
        Handling::Faulty => Faulty::end(store, session, transaction),
        Handling::Fixed => Fixed::end(store, session, transaction),
    }
}

/// Runs the session code for `count` payments that begin and are confirmed within the second `now_s`.
pub fn serve(handling: Handling, store: &mut SessionStore, now_s: i64, count: u64) {
    // A release at a time: each loop is short, and millions of payments come before a window.
    match handling {
        Handling::Faulty => serve_by::<Faulty>(store, now_s, count),
        Handling::Fixed => serve_by::<Fixed>(store, now_s, count),
    }
}

fn serve_by<H: SessionHandling>(store: &mut SessionStore, now_s: i64, count: u64) {
    for _ in 0..count {
        let session = H::begin(store, now_s);
        H::end(store, session, Transaction::Confirmed);
    }
}
