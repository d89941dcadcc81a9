//! Checkout, as the north team wrote it: one function opens and ends, another talks to the gateway.

use super::desk::{ATTEMPTS, Answer, Desk, Order, Reply, SessionId};

/// First wait before another attempt; it doubles with each.
const WAIT_MS: u32 = 200;

/// Takes an order to its end, whatever that is.
pub fn checkout(desk: &mut Desk, order: &Order) -> Answer {
    if order.items == 0 {
        // Nothing has been opened yet.
        desk.note("an empty order");
        return Answer::Empty;
    }

    let session = desk.open_session();
    if !desk.reserve(order) {
        desk.note("sold out");
        desk.terminate(session);
        return Answer::SoldOut;
    }

    let answer = pay(desk, session);
    match answer {
        Answer::Confirmed => {
            // What was set aside is sold.
            desk.note("confirmed");
        }
        Answer::Refused | Answer::TimedOut | Answer::Cancelled => desk.release(),
        Answer::Empty | Answer::SoldOut => {
            // Cannot come from a payment.
            desk.release();
        }
    }

    desk.terminate(session);
    answer
}

/// Asks for the money, some times if need be.
fn pay(desk: &mut Desk, session: SessionId) -> Answer {
    for attempt in 1..=ATTEMPTS {
        if desk.client_is_gone() {
            desk.note("the client has left");
            return Answer::Cancelled;
        }

        match desk.charge(session) {
            Reply::Approved => return Answer::Confirmed,
            Reply::Refused => return Answer::Refused,
            Reply::TimedOut => {
                if attempt == ATTEMPTS {
                    break;
                }
                desk.note("timed out, tries again");
                // Some patience: the gateway may be busy.
                desk.wait(WAIT_MS << attempt);
            }
        }
    }

    Answer::TimedOut
}
