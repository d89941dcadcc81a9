//! Distributes the playhead's position on every animation frame without rendering by Yew.
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
    id_last: Cell<u32>,
    subscribers: RefCell<Vec<(u32, Callback<f64>)>>,
}

impl PlayheadBus {
    /// The last published position.
    #[must_use]
    pub fn position_ms(&self) -> f64 {
        self.0.position_ms.get()
    }

    /// Publishes a position.
    pub fn publish(&self, position_ms: f64) {
        self.0.position_ms.set(position_ms);
        // A subscriber may subscribe or unsubscribe meanwhile.
        let subscribers: Vec<_> = self.0.subscribers.borrow().iter().map(|(_, call)| call.clone()).collect();
        for subscriber in subscribers {
            subscriber.emit(position_ms);
        }
    }

    /// Calls `on_position_ms` for every further position until the subscription is dropped.
    #[must_use = "dropping the subscription ends it"]
    pub fn subscribe(&self, on_position_ms: Callback<f64>) -> PlayheadSubscription {
        let id = self.0.id_last.get() + 1;
        self.0.id_last.set(id);
        self.0.subscribers.borrow_mut().push((id, on_position_ms));
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
        self.line.subscribers.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscribers_hear_until_they_leave() {
        let bus = PlayheadBus::default();
        let heard = Rc::new(RefCell::new(Vec::new()));
        let note = Rc::clone(&heard);
        let subscription = bus.subscribe(Callback::from(move |at_ms| note.borrow_mut().push(at_ms)));
        bus.publish(1.0);
        bus.publish(2.0);
        drop(subscription);
        bus.publish(3.0);
        assert_eq!(*heard.borrow(), [1.0, 2.0]);
        assert_eq!(bus.position_ms(), 3.0);
    }
}
