"""Keys, mouse and wheel, as GTK tells a widget of them."""

from gi.repository import Gdk

KEYS = {
    "Enter": "Return",
    " ": "space",
    "Space": "space",
    "ArrowLeft": "Left",
    "ArrowUp": "Up",
    "ArrowRight": "Right",
    "ArrowDown": "Down",
    "PageUp": "Page_Up",
    "PageDown": "Page_Down",
    "Backspace": "BackSpace",
    "Shift": "Shift_L",
    "Control": "Control_L",
    "Alt": "Alt_L",
    "Meta": "Super_L",
}
MODIFIERS = {
    "Shift": Gdk.ModifierType.SHIFT_MASK,
    "Control": Gdk.ModifierType.CONTROL_MASK,
    "Alt": Gdk.ModifierType.MOD1_MASK,
    "Meta": Gdk.ModifierType.SUPER_MASK,
}
NONE = Gdk.ModifierType(0)


class Input:
    """Performs steps one by one, each when the page has taken the one before.

    Steps: {"keys": ["Shift", "ArrowRight"]}, the last with the others held; {"move": [x, y]}; {"press": true} and
    {"press": false} of the mouse's first button; {"wheel": [dx, dy]}, in turns of it.
    """

    def __init__(self, view, settle):
        self.view = view
        self.settle = settle
        seat = Gdk.Display.get_default().get_default_seat()
        self.pointer, self.keyboard = seat.get_pointer(), seat.get_keyboard()
        self.keymap = Gdk.Keymap.get_for_display(Gdk.Display.get_default())
        self.x, self.y = 0, 0
        self.buttons = NONE
        self.time_ms = 1000

    def perform(self, steps, done):
        # Two clicks of two calls are never a double click.
        self.time_ms += 2000
        events = [(event, "move" in step) for step in steps for event in self.events(step)]

        def go_on():
            if not events:
                return done()
            event, is_move = events.pop(0)
            event()
            # Of moves within a frame the page would see the last alone.
            return self.settle(is_move, go_on)

        go_on()

    def events(self, step):
        if "keys" in step:
            *held, key = step["keys"]
            state = NONE
            events = []
            for name in held:
                events.append(lambda name=name, state=state: self.key(name, True, state))
                state |= MODIFIERS[name]
            for is_pressed in (True, False):
                events.append(lambda is_pressed=is_pressed, state=state: self.key(key, is_pressed, state))
            for name in reversed(held):
                events.append(lambda name=name, state=state: self.key(name, False, state))
                state &= ~MODIFIERS[name]
            return events
        if "move" in step:
            return [lambda: self.move(*step["move"])]
        if "press" in step:
            return [lambda: self.button(step["press"])]
        if "wheel" in step:
            return [lambda: self.wheel(*step["wheel"])]
        raise ValueError(f"no step {step}")

    def send(self, event, part, device):
        self.time_ms += 20
        part.window = self.view.get_window()
        part.time = self.time_ms
        event.set_device(device)
        self.view.event(event)

    def send_at(self, event, part):
        part.x, part.y = self.x, self.y
        part.x_root, part.y_root = self.x, self.y
        self.send(event, part, self.pointer)

    def move(self, x, y):
        self.x, self.y = x, y
        event = Gdk.Event.new(Gdk.EventType.MOTION_NOTIFY)
        event.motion.state = self.buttons
        self.send_at(event, event.motion)

    def button(self, is_pressed):
        event = Gdk.Event.new(Gdk.EventType.BUTTON_PRESS if is_pressed else Gdk.EventType.BUTTON_RELEASE)
        event.button.button = 1
        # As X tells it: the state before.
        event.button.state = self.buttons
        self.send_at(event, event.button)
        self.buttons = Gdk.ModifierType.BUTTON1_MASK if is_pressed else NONE

    def wheel(self, right, down):
        event = Gdk.Event.new(Gdk.EventType.SCROLL)
        event.scroll.direction = Gdk.ScrollDirection.SMOOTH
        event.scroll.delta_x, event.scroll.delta_y = right, down
        event.scroll.state = self.buttons
        self.send_at(event, event.scroll)

    def key(self, name, is_pressed, state):
        value = Gdk.keyval_from_name(KEYS.get(name, name)) if len(name) > 1 or name in KEYS else Gdk.unicode_to_keyval(ord(name))
        event = Gdk.Event.new(Gdk.EventType.KEY_PRESS if is_pressed else Gdk.EventType.KEY_RELEASE)
        found, entries = self.keymap.get_entries_for_keyval(value)
        if not found:
            raise ValueError(f"no key {name}")
        event.key.keyval = value
        event.key.hardware_keycode, event.key.group = entries[0].keycode, entries[0].group
        # Such as “<”, which is typed with Shift.
        event.key.state = state | MODIFIERS["Shift"] if entries[0].level == 1 else state
        self.send(event, event.key, self.keyboard)
