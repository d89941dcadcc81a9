//! Session handling of the payment service, as it was running during the incident.

use super::{SessionHandling, SessionId, SessionStore, Transaction};

/// The release with the fault.
pub struct Faulty;

impl SessionHandling for Faulty {
    fn begin(store: &mut SessionStore, now_s: i64) -> SessionId {
        store.open(now_s)
    }

    fn end(store: &mut SessionStore, session: SessionId, transaction: Transaction) {
        if transaction == Transaction::Confirmed {
            // Nothing is left to undo.
            return;
        }
        store.terminate(session);
    }
}
