//! The key bindings. The help is generated from the same table.

use super::{Command, Player};

/// One row of the key bindings.
#[derive(Clone, Copy, Debug)]
pub struct KeyBinding {
    /// The keys as `KeyboardEvent.key` names them; letters in lower case.
    pub keys: &'static [&'static str],
    /// Whether shift must be down (`Some(true)`) or up (`Some(false)`); `None` allows both. Characters such as `<` and `?`
    /// need shift on some keyboards only.
    pub shift: Option<bool>,
    /// How the keys are shown in the help.
    pub shown: &'static str,
    /// The command of the first, second … key.
    pub commands: fn(usize) -> Command,
    /// Description for the help.
    pub description: &'static str,
}

/// A line of the help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HelpRow {
    pub keys: &'static str,
    pub description: &'static str,
}

/// Which kind of widget has the focus. A focused widget's own keys take precedence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Focus {
    /// No widget that handles keys.
    #[default]
    Page,
    /// Button or link: handles Space and Enter.
    Button,
    /// Slider: handles arrows, Home and End (the seek slider maps them to the same commands).
    Slider,
    /// Chart with a keyboard cursor: handles arrows, Home and End.
    Chart,
    /// Tabs or radio buttons: handle arrows, Home, End and Space.
    Group,
    /// Text field, list box or menu: handles everything but Escape.
    Text,
}

/// A key press as the browser reports it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeyPress<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// `KeyboardEvent.code`: the place of the key, named after the letter that an American keyboard has there.
    pub code: &'a str,
    /// Whether it belongs to the composition of a character.
    pub composing: bool,
    pub shift: bool,
    pub alt: bool,
    pub ctrl: bool,
    /// Command on macOS, the Windows key elsewhere.
    pub meta: bool,
    /// AltGr: some keyboards need it for `[`, and browsers report it as Control and Alt.
    pub alt_graph: bool,
    pub focus: Focus,
}

pub const KEYS: &[KeyBinding] = &[
    KeyBinding {
        keys: &[" ", "k"],
        shift: None,
        shown: "Space, k",
        commands: |_| Command::Toggle,
        description: "play / pause",
    },
    KeyBinding {
        keys: &["ArrowLeft", "ArrowRight"],
        shift: Some(false),
        shown: "← →",
        commands: |key| Command::SeekRelative { minutes: [-1.0, 1.0][key] },
        description: "1 incident minute back / on",
    },
    KeyBinding {
        keys: &["ArrowLeft", "ArrowRight"],
        shift: Some(true),
        shown: "Shift + ← →",
        commands: |key| Command::SeekRelative { minutes: [-10.0, 10.0][key] },
        description: "10 incident minutes back / on",
    },
    KeyBinding {
        keys: &[",", "."],
        shift: None,
        shown: ", .",
        commands: |key| Command::StepTick([-1, 1][key]),
        description: "one tick back / on (when paused)",
    },
    KeyBinding {
        keys: &["[", "]"],
        shift: None,
        shown: "[ ]",
        commands: |key| [Command::PreviousEvent, Command::NextEvent][key].clone(),
        description: "previous / next event",
    },
    KeyBinding {
        keys: &["<", ">"],
        shift: None,
        shown: "< >",
        commands: |key| [Command::Slower, Command::Faster][key].clone(),
        description: "slower / faster",
    },
    KeyBinding {
        keys: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        shift: None,
        shown: "0–9",
        commands: |key| Command::SeekFraction(key as u8),
        description: "0–90 %",
    },
    KeyBinding {
        keys: &["Home", "End"],
        shift: None,
        shown: "Home, End",
        commands: |key| [Command::Home, Command::End][key].clone(),
        description: "start, end",
    },
    KeyBinding {
        keys: &["f"],
        shift: None,
        shown: "f",
        commands: |_| Command::ToggleFullScreen,
        description: "full screen",
    },
    KeyBinding { keys: &["?"], shift: None, shown: "?", commands: |_| Command::ToggleHelp, description: "this help" },
    KeyBinding { keys: &["Escape"], shift: None, shown: "Esc", commands: |_| Command::Escape, description: "close" },
    KeyBinding {
        keys: &["d"],
        shift: None,
        shown: "d",
        commands: |_| Command::ToggleTable,
        description: "data table of the focused chart",
    },
    KeyBinding { keys: &["r"], shift: None, shown: "r", commands: |_| Command::ResetZoom, description: "reset zoom" },
];

/// The command bound to a key.
#[must_use]
pub fn command_for_key(key: &str, shift: bool) -> Option<Command> {
    // Letters match in either case. Named keys are longer than one character.
    let letter = if key.len() == 1 { key.to_ascii_lowercase() } else { key.to_owned() };
    KEYS.iter().filter(|line| line.shift.is_none_or(|wanted| wanted == shift)).find_map(|line| {
        line.keys.iter().position(|candidate| *candidate == letter).map(|index| (line.commands)(index))
    })
}

/// The command of a key press. `None` when key bindings are off, when a modifier makes the key the browser's, or when the
/// focused widget handles it.
#[must_use]
pub fn command_for_press(player: &Player, press: KeyPress<'_>) -> Option<Command> {
    let modified = press.meta || ((press.alt || press.ctrl) && !press.alt_graph);
    // Escape closes the help even when key bindings are off: a dialog must not trap the focus.
    let switched_off = !player.keys_on && press.key != "Escape";
    if modified || switched_off || press.composing || press.focus.takes(press.key) {
        return None;
    }
    command_for_key(press.latin(), press.shift)
}

/// Whether a command may be given again and again while its key is held down.
#[must_use]
pub fn repeats(command: &Command) -> bool {
    matches!(
        command,
        Command::SeekRelative { .. }
            | Command::StepTick(_)
            | Command::PreviousEvent
            | Command::NextEvent
            | Command::Slower
            | Command::Faster
    )
}

impl KeyPress<'_> {
    /// The key, or the Latin letter in its place where the keyboard writes another script.
    fn latin(&self) -> &str {
        let is_foreign = !self.key.is_ascii() && self.key.chars().count() == 1;
        match self.code {
            _ if !is_foreign => self.key,
            "BracketLeft" => "[",
            "BracketRight" => "]",
            "Comma" => ",",
            "Period" => ".",
            code => code.strip_prefix("Key").unwrap_or(self.key),
        }
    }
}

impl Focus {
    /// Whether the focused widget handles a key itself.
    #[must_use]
    pub fn takes(self, key: &str) -> bool {
        let arrow = matches!(key, "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End");
        match self {
            Self::Page => false,
            Self::Button => matches!(key, " " | "Enter"),
            Self::Slider | Self::Chart => arrow,
            Self::Group => arrow || key == " ",
            Self::Text => key != "Escape",
        }
    }
}

/// The rows of the help, one for each key binding.
#[must_use]
pub fn help() -> Vec<HelpRow> {
    KEYS.iter().map(|line| HelpRow { keys: line.shown, description: line.description }).collect()
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::replay::Track;
    use crate::scenario::Scenario;

    fn player() -> Player {
        Player::new(Rc::new(Track::new(&Scenario::bundled(), None)))
    }

    fn press(key: &str) -> KeyPress<'_> {
        KeyPress { key, ..KeyPress::default() }
    }

    #[test]
    fn every_key_of_the_specification_does_what_it_says() {
        let on = |key| command_for_key(key, false);
        for key in [" ", "k", "K"] {
            assert_eq!(on(key), Some(Command::Toggle));
        }
        assert_eq!(on("ArrowLeft"), Some(Command::SeekRelative { minutes: -1.0 }));
        assert_eq!(on("ArrowRight"), Some(Command::SeekRelative { minutes: 1.0 }));
        assert_eq!(command_for_key("ArrowLeft", true), Some(Command::SeekRelative { minutes: -10.0 }));
        assert_eq!(command_for_key("ArrowRight", true), Some(Command::SeekRelative { minutes: 10.0 }));
        assert_eq!(on(","), Some(Command::StepTick(-1)));
        assert_eq!(on("."), Some(Command::StepTick(1)));
        assert_eq!(on("["), Some(Command::PreviousEvent));
        assert_eq!(on("]"), Some(Command::NextEvent));
        assert_eq!(command_for_key("<", true), Some(Command::Slower));
        assert_eq!(on("<"), Some(Command::Slower));
        assert_eq!(command_for_key(">", true), Some(Command::Faster));
        for tenths in 0..10u8 {
            assert_eq!(command_for_key(&tenths.to_string(), false), Some(Command::SeekFraction(tenths)));
        }
        assert_eq!(on("Home"), Some(Command::Home));
        assert_eq!(on("End"), Some(Command::End));
        assert_eq!(on("f"), Some(Command::ToggleFullScreen));
        assert_eq!(command_for_key("?", true), Some(Command::ToggleHelp));
        assert_eq!(on("Escape"), Some(Command::Escape));
        assert_eq!(on("d"), Some(Command::ToggleTable));
        assert_eq!(on("r"), Some(Command::ResetZoom));
        for key in ["", "x", "Enter", "Tab", "F", "F1", "ArrowUp", "PageDown", "Dead", "→"] {
            assert_eq!(on(key), (key == "F").then_some(Command::ToggleFullScreen), "{key}");
        }
    }

    #[test]
    fn no_key_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for line in KEYS {
            for (index, key) in line.keys.iter().enumerate() {
                for shift in [false, true].into_iter().filter(|shift| line.shift.is_none_or(|wanted| wanted == *shift))
                {
                    assert!(seen.insert((*key, shift)), "{key}");
                    assert_eq!(command_for_key(key, shift), Some((line.commands)(index)));
                }
            }
        }
    }

    #[test]
    fn the_browser_keeps_its_combinations() {
        for modifier in ["alt", "ctrl", "meta"] {
            let press =
                KeyPress { alt: modifier == "alt", ctrl: modifier == "ctrl", meta: modifier == "meta", ..press("f") };
            assert_eq!(command_for_press(&player(), press), None, "{modifier}");
        }
        // A German keyboard writes [ with AltGr, which browsers report as Control and Alt.
        let bracket = KeyPress { alt: true, ctrl: true, alt_graph: true, ..press("[") };
        assert_eq!(command_for_press(&player(), bracket), Some(Command::PreviousEvent));
    }

    #[test]
    fn a_keyboard_of_another_script_has_the_same_keys() {
        let on = |key: &'static str, code: &'static str| command_for_press(&player(), KeyPress { code, ..press(key) });
        assert_eq!(on("л", "KeyK"), Some(Command::Toggle));
        assert_eq!(on("Л", "KeyK"), Some(Command::Toggle));
        assert_eq!(on("х", "BracketLeft"), Some(Command::PreviousEvent));
        assert_eq!(on("κ", "KeyK"), Some(Command::Toggle));
        assert_eq!(on("ß", "Minus"), None);
        // A Latin letter is what it is, wherever it stands.
        assert_eq!(on("x", "KeyK"), None);
        assert_eq!(on("k", "KeyV"), Some(Command::Toggle));
        let composed = KeyPress { composing: true, ..press("k") };
        assert_eq!(command_for_press(&player(), composed), None);
    }

    #[test]
    fn what_toggles_does_not_repeat() {
        for line in KEYS {
            for index in 0..line.keys.len() {
                let command = (line.commands)(index);
                let steps = matches!(line.shown, "← →" | "Shift + ← →" | ", ." | "[ ]" | "< >");
                assert_eq!(repeats(&command), steps, "{}", line.shown);
            }
        }
    }

    #[test]
    fn keys_can_be_switched_off_but_escape_still_closes() {
        let off = Player { keys_on: false, ..player() };
        assert_eq!(command_for_press(&off, press("k")), None);
        assert_eq!(command_for_press(&off, press("Escape")), Some(Command::Escape));
    }

    #[test]
    fn a_focused_widget_wins() {
        let on = |focus, key| command_for_press(&player(), KeyPress { focus, ..press(key) });
        assert_eq!(on(Focus::Button, " "), None);
        assert_eq!(on(Focus::Button, "k"), Some(Command::Toggle));
        assert_eq!(on(Focus::Chart, "ArrowLeft"), None);
        assert_eq!(on(Focus::Chart, "d"), Some(Command::ToggleTable));
        assert_eq!(on(Focus::Slider, "Home"), None);
        assert_eq!(on(Focus::Slider, " "), Some(Command::Toggle));
        assert_eq!(on(Focus::Group, "ArrowRight"), None);
        assert_eq!(on(Focus::Text, "k"), None);
        assert_eq!(on(Focus::Text, "Escape"), Some(Command::Escape));
    }

    #[test]
    fn the_help_lists_the_whole_table() {
        let help: Vec<String> = help().iter().map(|row| format!("{:12} {}\n", row.keys, row.description)).collect();
        expect_test::expect![[r#"
            Space, k     play / pause
            ← →          1 incident minute back / on
            Shift + ← →  10 incident minutes back / on
            , .          one tick back / on (when paused)
            [ ]          previous / next event
            < >          slower / faster
            0–9          0–90 %
            Home, End    start, end
            f            full screen
            ?            this help
            Esc          close
            d            data table of the focused chart
            r            reset zoom
        "#]]
        .assert_eq(&help.concat());
    }
}
