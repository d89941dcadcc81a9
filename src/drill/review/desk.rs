//! What a handler works with: sessions, stock, the gateway and the client, played by a script.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Attempts that a script has replies for.
pub const ATTEMPTS: u32 = 3;

/// How a checkout ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Empty,
    SoldOut,
    Confirmed,
    Refused,
    TimedOut,
    Cancelled,
}

impl Answer {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::SoldOut => "sold out",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What the gateway replies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    Approved,
    Refused,
    TimedOut,
}

/// What somebody wants to buy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    pub items: u32,
}

/// A script of a checkout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Play {
    pub order: Order,
    pub in_stock: bool,
    /// Of each attempt.
    pub replies: [Reply; ATTEMPTS as usize],
    /// The attempt before which the client leaves.
    pub gone_before: Option<u32>,
}

impl Play {
    /// Every script.
    pub fn all() -> impl Iterator<Item = Self> {
        const REPLIES: [Reply; 3] = [Reply::Approved, Reply::Refused, Reply::TimedOut];
        let replies = (0..27_usize).map(|number| [REPLIES[number % 3], REPLIES[number / 3 % 3], REPLIES[number / 9]]);
        replies.flat_map(|replies| {
            [0, 2].into_iter().flat_map(move |items| {
                [true, false].into_iter().flat_map(move |in_stock| {
                    [None, Some(1), Some(2), Some(3)].into_iter().map(move |gone_before| Self {
                        order: Order { items },
                        in_stock,
                        replies,
                        gone_before,
                    })
                })
            })
        })
    }
}

/// Name of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SessionId(u32);

/// The sessions that are open.
#[derive(Debug, Default)]
pub struct Sessions {
    opened: u32,
    open: BTreeSet<SessionId>,
}

impl Sessions {
    pub fn open(&mut self) -> SessionId {
        self.opened += 1;
        let session = SessionId(self.opened);
        self.open.insert(session);
        session
    }

    pub fn terminate(&mut self, session: SessionId) {
        self.open.remove(&session);
    }
}

/// What a handler works with.
#[derive(Debug)]
pub struct Desk {
    play: Play,
    sessions: Rc<RefCell<Sessions>>,
    attempts: u32,
    reserved: u32,
    log: Vec<&'static str>,
}

impl Desk {
    #[must_use]
    pub fn new(play: Play) -> Self {
        Self { play, sessions: Rc::default(), attempts: 0, reserved: 0, log: Vec::new() }
    }

    /// Sessions that are open.
    #[must_use]
    pub fn open_sessions(&self) -> u32 {
        self.sessions.borrow().open.len() as u32
    }

    pub(super) fn sessions(&self) -> Rc<RefCell<Sessions>> {
        Rc::clone(&self.sessions)
    }

    pub(super) fn open_session(&mut self) -> SessionId {
        self.sessions.borrow_mut().open()
    }

    pub(super) fn terminate(&mut self, session: SessionId) {
        self.sessions.borrow_mut().terminate(session);
    }

    /// Sets the items of an order aside; whether they were there.
    pub(super) fn reserve(&mut self, order: &Order) -> bool {
        self.reserved = if self.play.in_stock { order.items } else { 0 };
        self.play.in_stock
    }

    /// Gives back what was set aside.
    pub(super) fn release(&mut self) {
        self.reserved = 0;
    }

    /// Whether the client has left.
    pub(super) fn client_is_gone(&self) -> bool {
        self.play.gone_before.is_some_and(|before| self.attempts + 1 >= before)
    }

    /// Asks the gateway for the money.
    pub(super) fn charge(&mut self, _session: SessionId) -> Reply {
        let reply = self.play.replies[self.attempts.min(ATTEMPTS - 1) as usize];
        self.attempts += 1;
        reply
    }

    /// Writes a line to the log.
    pub(super) fn note(&mut self, line: &'static str) {
        self.log.push(line);
    }

    /// Items that are set aside.
    #[must_use]
    pub fn reserved(&self) -> u32 {
        self.reserved
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &[&'static str] {
        &self.log
    }

    /// Waits before the next attempt. Time means nothing in a script.
    pub(super) fn wait(&mut self, _ms: u32) {}
}
