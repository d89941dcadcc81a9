//! The same loop with a guard: a session ends when the value that stands for it goes out of scope.

use std::cell::RefCell;
use std::rc::Rc;

use super::desk::{ATTEMPTS, Answer, Desk, Order, Reply, SessionId, Sessions};

/// First wait before another attempt; it doubles with each.
const WAIT_MS: u32 = 200;

/// A session that is open as long as this value lives.
struct Session {
    id: SessionId,
    sessions: Rc<RefCell<Sessions>>,
}

impl Session {
    fn open(desk: &Desk) -> Self {
        let sessions = desk.sessions();
        let id = sessions.borrow_mut().open();
        Self { id, sessions }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.sessions.borrow_mut().terminate(self.id);
    }
}

/// Takes an order to its end, whatever that is.
pub fn checkout(desk: &mut Desk, order: &Order) -> Answer {
    if order.items == 0 {
        return Answer::Empty;
    }
    let mut session = Session::open(desk);
    if !desk.reserve(order) {
        return Answer::SoldOut;
    }
    for attempt in 1..=ATTEMPTS {
        if desk.client_is_gone() {
            desk.release();
            return Answer::Cancelled;
        }
        match desk.charge(session.id) {
            Reply::Approved => return Answer::Confirmed,
            Reply::Refused => {
                desk.release();
                return Answer::Refused;
            }
            Reply::TimedOut => {
                desk.wait(WAIT_MS << attempt);
                // The old session ends here, since nothing stands for it any more.
                session = Session::open(desk);
            }
        }
    }
    desk.release();
    Answer::TimedOut
}
