//! Shares the moment under the pointer between all charts of the page.
//!
//! Invariant: only the chart that published last can clear the moment, so that a late leave event does not clear another
//! chart's crosshair.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::Callback;

#[derive(Default)]
struct Line {
    id_last: Cell<u32>,
    owner: Cell<u32>,
    subscribers: RefCell<Vec<(u32, Callback<Option<f64>>)>>,
}

thread_local! {
    static LINE: Rc<Line> = Rc::default();
}

/// A chart's subscription to the shared crosshair.
pub struct Crosshair {
    line: Rc<Line>,
    id: u32,
}

impl Crosshair {
    /// Subscribes: `on_moment_ms` receives every moment that any chart publishes, including this one.
    pub fn join(on_moment_ms: Callback<Option<f64>>) -> Self {
        let line = LINE.with(Rc::clone);
        let id = line.id_last.get() + 1;
        line.id_last.set(id);
        line.subscribers.borrow_mut().push((id, on_moment_ms));
        Self { line, id }
    }

    /// Publishes the moment of this chart's pointer or cursor, or that it has left.
    pub fn publish(&self, moment_ms: Option<f64>) {
        if moment_ms.is_some() {
            self.line.owner.set(self.id);
        } else if self.line.owner.get() != self.id {
            return;
        }
        // A subscriber may subscribe or unsubscribe meanwhile.
        let subscribers: Vec<_> = self.line.subscribers.borrow().iter().map(|(_, call)| call.clone()).collect();
        for subscriber in subscribers {
            subscriber.emit(moment_ms);
        }
    }
}

impl Drop for Crosshair {
    fn drop(&mut self) {
        self.line.subscribers.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_charts_hear_and_only_the_last_one_ends_it() {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let note = |name: &'static str| {
            let heard = Rc::clone(&heard);
            Callback::from(move |moment_ms| heard.borrow_mut().push((name, moment_ms)))
        };
        let (first, second) = (Crosshair::join(note("a")), Crosshair::join(note("b")));
        first.publish(Some(1.0));
        second.publish(Some(2.0));
        first.publish(None);
        drop(first);
        second.publish(None);
        let expect = [("a", Some(1.0)), ("b", Some(1.0)), ("a", Some(2.0)), ("b", Some(2.0)), ("b", None)];
        assert_eq!(*heard.borrow(), expect);
    }
}
