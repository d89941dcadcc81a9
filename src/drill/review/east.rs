//! Checkout, as the east team wrote it: one loop, and every way out puts things in order by itself.

use super::desk::{ATTEMPTS, Answer, Desk, Order, Reply};

/// First wait before another attempt; it doubles with each.
const WAIT_MS: u32 = 200;

/// Takes an order to its end, whatever that is.
pub fn checkout(desk: &mut Desk, order: &Order) -> Answer {
    if order.items == 0 {
        // Nothing has been opened yet.
        desk.note("an empty order");
        return Answer::Empty;
    }

    let mut session = desk.open_session();
    if !desk.reserve(order) {
        desk.note("sold out");
        desk.terminate(session);
        return Answer::SoldOut;
    }

    let mut attempt = 1;
    loop {
        if desk.client_is_gone() {
            desk.note("the client has left");
            desk.release();
            desk.terminate(session);
            return Answer::Cancelled;
        }

        match desk.charge(session) {
            Reply::Approved => {
                // What was set aside is sold.
                desk.note("confirmed");
                desk.terminate(session);
                return Answer::Confirmed;
            }
            Reply::Refused => {
                desk.release();
                desk.terminate(session);
                return Answer::Refused;
            }
            Reply::TimedOut if attempt == ATTEMPTS => {
                desk.release();
                desk.terminate(session);
                return Answer::TimedOut;
            }
            Reply::TimedOut => {
                desk.note("timed out, tries again");
                // The gateway may still hold what was asked for
                // in the name of the session: the next attempt
                // must not be taken for the same.
                desk.wait(WAIT_MS << attempt);
                session = desk.open_session();
                attempt += 1;
            }
        }
    }
}
