//! How a pointer takes hold of the seek bar.
//!
//! A press of the mouse on the bar moves the playhead at once. A finger may be about to scroll or to pinch, and a press on an
//! event's marker may be a click: both take hold only when they have moved along the bar. One pointer holds it at a time.

/// Shorter movements are none, in CSS pixels.
const SLACK_PX: f64 = 4.0;

#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Grip {
    #[default]
    Free,
    /// Pressed, and not moved yet.
    Pressed {
        pointer: i32,
        x_px: f64,
        /// Whether its release moves the playhead; a marker's own click does else.
        seeks: bool,
    },
    Held {
        pointer: i32,
    },
}

/// Where a press begins, and by what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Press {
    Mouse,
    Finger,
    OnMarker,
}

impl Grip {
    /// A pointer is pressed; returns whether the playhead goes there.
    pub fn press(&mut self, pointer: i32, x_px: f64, press: Press) -> bool {
        if *self != Self::Free {
            return false;
        }
        *self = match press {
            Press::Mouse => Self::Held { pointer },
            Press::Finger => Self::Pressed { pointer, x_px, seeks: true },
            Press::OnMarker => Self::Pressed { pointer, x_px, seeks: false },
        };
        press == Press::Mouse
    }

    /// A pointer has moved; returns whether the playhead goes there.
    pub fn shift(&mut self, pointer: i32, to_px: f64) -> bool {
        match *self {
            Self::Pressed { pointer: own, x_px, .. } if own == pointer && (to_px - x_px).abs() >= SLACK_PX => {
                *self = Self::Held { pointer };
                true
            }
            Self::Held { pointer: own } => own == pointer,
            _ => false,
        }
    }

    /// A pointer is released; returns whether the playhead goes there.
    pub fn release(&mut self, pointer: i32) -> bool {
        match *self {
            Self::Pressed { pointer: own, seeks, .. } if own == pointer => {
                *self = Self::Free;
                seeks
            }
            Self::Held { pointer: own } if own == pointer => {
                *self = Self::Free;
                true
            }
            _ => false,
        }
    }

    /// A pointer is gone: the browser scrolls with it, or something has taken it.
    pub fn lose(&mut self, pointer: i32) {
        if matches!(*self, Self::Pressed { pointer: own, .. } | Self::Held { pointer: own } if own == pointer) {
            *self = Self::Free;
        }
    }

    pub fn is_held(self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mouse_seeks_at_once_and_on() {
        let mut grip = Grip::Free;
        assert!(grip.press(1, 10.0, Press::Mouse));
        assert!(grip.shift(1, 11.0));
        assert!(grip.release(1));
        assert!(!grip.shift(1, 50.0), "released");
    }

    #[test]
    fn a_finger_that_scrolls_moves_nothing() {
        let mut grip = Grip::Free;
        assert!(!grip.press(1, 10.0, Press::Finger));
        assert!(!grip.shift(1, 12.0));
        grip.lose(1);
        assert_eq!(grip, Grip::Free);
        assert!(!grip.press(2, 10.0, Press::Finger));
        assert!(grip.release(2), "a tap");
        assert!(!grip.press(3, 10.0, Press::Finger));
        assert!(grip.shift(3, 30.0) && grip.is_held(), "a drag");
    }

    #[test]
    fn a_press_on_a_marker_is_its_click_until_it_moves() {
        let mut grip = Grip::Free;
        assert!(!grip.press(1, 10.0, Press::OnMarker));
        assert!(!grip.release(1));
        assert!(!grip.press(1, 10.0, Press::OnMarker));
        assert!(grip.shift(1, 70.0));
        assert!(grip.release(1));
    }

    #[test]
    fn a_second_pointer_takes_nothing_over() {
        let mut grip = Grip::Free;
        grip.press(1, 10.0, Press::Mouse);
        assert!(!grip.press(2, 90.0, Press::Mouse) && !grip.shift(2, 95.0) && !grip.release(2));
        grip.lose(2);
        assert!(grip.shift(1, 20.0), "the first still holds it");
        grip.lose(1);
        assert!(!grip.shift(1, 30.0), "lost is lost");
    }
}
