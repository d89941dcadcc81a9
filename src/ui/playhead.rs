//! Distributes the playhead's position without rendering by Yew: what moves hears of every animation frame, values that are
//! read hear of it a few times a second.
//!
//! Invariant: the position belongs to the player; the bus only distributes it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::Callback;

/// Distributes the playhead's position, in milliseconds since the window began.
#[derive(Clone, Default)]
pub struct PlayheadBus(Rc<Line>);

#[derive(Default)]
struct Line {
    position_ms: Cell<f64>,
    is_playing: Cell<bool>,
    id_last: Cell<u32>,
    subscribers: RefCell<Vec<Subscriber>>,
}

/// How often a subscriber hears of the position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// With every frame, for what moves.
    Frame,
    /// Whenever the page is rendered, for what is read.
    Reading,
}

#[derive(Clone)]
struct Subscriber {
    id: u32,
    pace: Pace,
    call: Callback<f64>,
}

impl PlayheadBus {
    /// The last published position.
    #[must_use]
    pub fn position_ms(&self) -> f64 {
        self.0.position_ms.get()
    }

    /// Publishes a position to those who hear of every frame.
    pub fn publish(&self, position_ms: f64) {
        self.0.position_ms.set(position_ms);
        self.tell(Pace::Frame);
    }

    /// Tells those who read that the page has been rendered at the last published position.
    pub fn publish_reading(&self, is_playing: bool) {
        self.0.is_playing.set(is_playing);
        self.tell(Pace::Reading);
    }

    /// Whether the position was moving when the page was last rendered.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.0.is_playing.get()
    }

    fn tell(&self, pace: Pace) {
        // A subscriber may subscribe or unsubscribe meanwhile.
        let subscribers = self.0.subscribers.borrow().clone();
        for subscriber in subscribers.into_iter().filter(|subscriber| subscriber.pace == pace) {
            subscriber.call.emit(self.position_ms());
        }
    }

    /// Calls `on_position_ms` for further positions until the subscription is dropped.
    #[must_use = "dropping the subscription ends it"]
    pub fn subscribe(&self, pace: Pace, on_position_ms: Callback<f64>) -> PlayheadSubscription {
        let id = self.0.id_last.get() + 1;
        self.0.id_last.set(id);
        self.0.subscribers.borrow_mut().push(Subscriber { id, pace, call: on_position_ms });
        PlayheadSubscription { line: Rc::clone(&self.0), id }
    }
}

impl PartialEq for PlayheadBus {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Ends the subscription when it is dropped.
pub struct PlayheadSubscription {
    line: Rc<Line>,
    id: u32,
}

impl Drop for PlayheadSubscription {
    fn drop(&mut self) {
        self.line.subscribers.borrow_mut().retain(|subscriber| subscriber.id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscribers_hear_until_they_leave() {
        let bus = PlayheadBus::default();
        let heard = Rc::new(RefCell::new(Vec::new()));
        let note = |name: &'static str| {
            let heard = Rc::clone(&heard);
            Callback::from(move |at_ms| heard.borrow_mut().push((name, at_ms)))
        };
        let subscriptions = (bus.subscribe(Pace::Frame, note("moves")), bus.subscribe(Pace::Reading, note("is read")));
        bus.publish(1.0);
        bus.publish(2.0);
        bus.publish_reading(true);
        drop(subscriptions);
        bus.publish(3.0);
        bus.publish_reading(true);
        assert_eq!(*heard.borrow(), [("moves", 1.0), ("moves", 2.0), ("is read", 2.0)]);
        assert_eq!(bus.position_ms(), 3.0);
    }
}
