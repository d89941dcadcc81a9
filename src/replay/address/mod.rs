//! The address of a moment. The query configures the page, the hash says which moment and run.
//!
//! Invariant: reading never fails. Invalid and misspelt parameters are ignored one by one, each with a note; those of others,
//! such as trackers, are kept for the address bar without a word. A written address reads back unchanged.

mod commands;
mod raw;
mod time;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Audience, SPEEDS, Theme};
use crate::scenario::{PARTS, Setting};
use raw::{Part, Place};
pub use time::AddressTime;

/// Version of the hash.
pub const ADDRESS_VERSION: u32 = 1;

/// Longest parameter that is read, in bytes: the journal of a drill with its texts, encoded.
const PART_BYTES_MAX: usize = 9000;
/// Most parameters that are read.
const PARTS_MAX: usize = 100;
/// Most notes that are given.
const NOTES_MAX: usize = 6;
/// Most comparisons that an address keeps.
pub const KEPT_MAX: usize = 12;
/// Most characters of an address that a note repeats.
const QUOTE_CHARS_MAX: usize = 60;

/// Names of the parameters, except for the paths of a what-if.
pub const NAMES: [&str; 23] = [
    "embed", "controls", "theme", "tz", "panel", "mode", "compare", "autoplay", "tour", "loop", "speed", "scenario",
    "v", "t", "from", "end", "seed", "reader", "instance", "zoom", "hide", "drill", "kept",
];

/// Characters that are percent-encoded: those that would end a link in Markdown, in HTML or in a chat. The rest stays
/// readable. A tilde is encoded, too: browsers cut an address at `:~:`.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':').remove(b',').remove(b'/');

/// Whether an embed shows its player.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Controls {
    /// Shown while paused, under the pointer, or with the keyboard focus.
    #[default]
    Auto,
    Shown,
    Hidden,
}

/// What the page is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Watching what happened.
    #[default]
    Replay,
    /// Trying what would have happened.
    WhatIf,
    /// Deciding without hindsight.
    Drill,
    /// Leading a drill that somebody else goes through in another window.
    Facilitate,
}

/// Time zone in an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    Utc,
    /// The reader's own time zone.
    Local,
}

/// The parameters of an address. [`Address::default`] is the page's bare address.
#[derive(Clone, PartialEq, Debug)]
pub struct Address {
    /// `embed`: the view for frames.
    pub embed: bool,
    pub controls: Controls,
    /// `theme`; the reader's preference when absent.
    pub theme: Option<Theme>,
    /// `tz`; the reader's preference when absent.
    pub clock: Option<Clock>,
    /// `panel`: the charts (by key), or "system", that an embed shows; empty for the default view.
    pub panels: Vec<String>,
    pub mode: Mode,
    /// `compare`: an embed shows what happened behind its what-if. The page always does.
    pub compare: bool,
    pub autoplay: bool,
    /// `tour`: the incident is told in a minute.
    pub tour: bool,
    pub looping: bool,
    /// `speed`: one of [`SPEEDS`].
    pub speed: f64,
    /// `scenario`: name of a bundled scenario.
    pub scenario: Option<String>,
    /// `t`: the playhead, paused.
    pub at: Option<AddressTime>,
    /// `from`: start of the loop; `t` when absent.
    pub from: Option<AddressTime>,
    /// `end`: where playback stops, or where the loop ends.
    pub end: Option<AddressTime>,
    /// `seed`; the scenario's own when absent.
    pub seed: Option<u64>,
    pub audience: Audience,
    /// `instance`: the selected one, from 1 as its name has it.
    pub instance: Option<usize>,
    /// `zoom`: the time range of the charts.
    pub zoom: Option<(AddressTime, AddressTime)>,
    /// `hide`: keys of the hidden series.
    pub hidden: BTreeSet<String>,
    /// `drill`: the draw that a drill begins with, or the result of one; the drill reads it.
    pub drill: Option<String>,
    /// Parameters with a dot in their name: the changes of a what-if, such as `responses.patch.at=12:15`.
    pub changes: Vec<Setting>,
    /// `kept`, once for each: comparisons that are kept beside the one that is shown, as the changes of each.
    pub kept: Vec<Vec<Setting>>,
    /// Parameters of others in query and hash, as they were found. They stay in the address bar and are left out of what is
    /// shared.
    pub foreign: [Vec<String>; 2],
}

impl Default for Address {
    fn default() -> Self {
        Self {
            embed: false,
            controls: Controls::default(),
            theme: None,
            clock: None,
            panels: Vec::new(),
            mode: Mode::default(),
            compare: false,
            autoplay: false,
            tour: false,
            looping: false,
            speed: 1.0,
            scenario: None,
            at: None,
            from: None,
            end: None,
            seed: None,
            audience: Audience::default(),
            instance: None,
            zoom: None,
            hidden: BTreeSet::new(),
            drill: None,
            changes: Vec::new(),
            kept: Vec::new(),
            foreign: Default::default(),
        }
    }
}

impl Address {
    /// Reads query and hash, with or without their `?` and `#`. `panels` are the keys that `panel` may name. The second
    /// value has a note for each ignored part. Every parameter may stand in either place; the hash wins.
    #[must_use]
    pub fn read(query: &str, hash: &str, panels: &[&str]) -> (Self, Vec<String>) {
        let (mut address, mut notes) = (Self::default(), Vec::new());
        let query = query.strip_prefix('?').unwrap_or(query);
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        let parts = raw::parts(query, hash, &is_known);
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.iter().take(PARTS_MAX).enumerate() {
            if let Err(note) = address.take_part(part, index == last, panels) {
                notes.push(note);
            }
        }
        if parts.len() > PARTS_MAX {
            notes.push(format!("The link has more than {PARTS_MAX} parts; the rest is left out."));
        }
        let more = notes.len().saturating_sub(NOTES_MAX);
        if more > 0 {
            notes.truncate(NOTES_MAX);
            notes.push(format!("… and {more} more."));
        }
        (address, notes)
    }

    fn take_part(&mut self, part: &Part, is_last: bool, panels: &[&str]) -> Result<(), String> {
        let (key, value) = part.text.split_once('=').unwrap_or((&part.text, ""));
        let name = decoded(key).filter(|name| is_known(name) || meant(name).is_some());
        let Some(name) = name else {
            let foreign = &mut self.foreign[usize::from(part.place == Place::Hash)];
            if part.text.len() <= PART_BYTES_MAX {
                foreign.push(part.text.clone());
            }
            return Ok(());
        };
        if part.text.len() > PART_BYTES_MAX {
            return Err(format!("{}: longer than {PART_BYTES_MAX} characters.", quoted(key)));
        }
        let Some(value) = decoded(value) else { return Err(format!("{}: not readable as text.", quoted(&part.text))) };
        let value = value.trim();
        let bare = raw::without_punctuation(value).filter(|_| is_last);
        match bare {
            // Names and changes accept any text here; of them too the punctuation of a sentence is no part.
            Some(bare) if name.contains('.') || name == "scenario" => self.take(&name, bare, panels),
            Some(bare) => {
                self.take(&name, value, panels).or_else(|note| self.take(&name, bare, panels).map_err(|_| note))
            }
            None => self.take(&name, value, panels),
        }
    }

    /// Sets one parameter; leaves the address unchanged when the value is invalid.
    ///
    /// # Errors
    /// A sentence that names the parameter and the allowed values.
    pub fn take(&mut self, key: &str, value: &str, panels: &[&str]) -> Result<(), String> {
        let refused = |takes: &str| format!("{}={}: takes {takes}.", quoted(key), quoted(value));
        let flag = || match value {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(refused("1 or 0")),
        };
        let time = |text: &str| {
            AddressTime::from_str(text)
                .map_err(|_| refused("a time such as 12:30, 12:30:15, 2:03 or 2024-08-15T12:30:00Z"))
        };
        // An empty value resets the parameter.
        let optional_time = || if value.is_empty() { Ok(None) } else { time(value).map(Some) };
        let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty());
        match key {
            "embed" => self.embed = flag()?,
            "controls" => self.controls = word(&CONTROLS, value).ok_or_else(|| refused("auto, 1 or 0"))?,
            "theme" if value.is_empty() => self.theme = None,
            "theme" => self.theme = Some(word(&THEMES, value).ok_or_else(|| refused("system, light or dark"))?),
            "tz" => self.clock = Some(word(&CLOCKS, value).ok_or_else(|| refused("utc or local"))?),
            "panel" => {
                let (known, unknown): (Vec<&str>, Vec<&str>) = names().partition(|name| panels.contains(name));
                self.panels.clear();
                for name in known {
                    if !self.panels.iter().any(|panel| panel == name) {
                        self.panels.push(name.to_owned());
                    }
                }
                if !unknown.is_empty() {
                    return Err(format!("panel={}: takes {}.", quoted(&unknown.join(",")), panels.join(", ")));
                }
            }
            "mode" => self.mode = word(&MODES, value).ok_or_else(|| refused("replay, whatif, drill or facilitate"))?,
            "compare" => self.compare = flag()?,
            "autoplay" => self.autoplay = flag()?,
            "tour" => self.tour = flag()?,
            "loop" => self.looping = flag()?,
            "speed" => {
                let speed = SPEEDS.into_iter().find(|speed| speed.to_string() == value);
                self.speed = speed.ok_or_else(|| refused(&SPEEDS.map(|speed| speed.to_string()).join(", ")))?;
            }
            "scenario" if value.is_empty() => self.scenario = None,
            "scenario" if is_name(value) => self.scenario = Some(value.to_owned()),
            "scenario" => return Err(refused("the name of a scenario")),
            "instance" if value.is_empty() => self.instance = None,
            "seed" if value.is_empty() => self.seed = None,
            "zoom" if value.is_empty() => self.zoom = None,
            "v" if value == ADDRESS_VERSION.to_string() => {}
            "v" => {
                return Err(format!(
                    "The link is of version {}, this page reads version {ADDRESS_VERSION}: it may show something else.",
                    quoted(value)
                ));
            }
            "t" => self.at = optional_time()?,
            "from" => self.from = optional_time()?,
            "end" => self.end = optional_time()?,
            "seed" => self.seed = Some(value.parse().map_err(|_| refused("a whole number"))?),
            "reader" => self.audience = word(&AUDIENCES, value).ok_or_else(|| refused("plain, engineer or trainer"))?,
            "instance" => {
                let number = value.parse().ok().filter(|number| *number > 0);
                self.instance = Some(number.ok_or_else(|| refused("the number of an instance, from 1"))?);
            }
            "zoom" => {
                let (from, until) = value.split_once(',').ok_or_else(|| refused("two times, such as 11:30,12:30"))?;
                self.zoom = Some((time(from)?, time(until)?));
            }
            "drill" if value.is_empty() => self.drill = None,
            "drill" if is_drill(value) => self.drill = Some(value.to_owned()),
            "drill" => return Err(refused("a draw such as 7k2, or the result of a drill")),
            "kept" if value.is_empty() => self.kept.clear(),
            "kept" => {
                let settings = kept(value).ok_or_else(|| refused("changes, such as actions.patch.at=11:30"))?;
                if self.kept.len() >= KEPT_MAX {
                    return Err(format!("The link keeps more than {KEPT_MAX} comparisons; the rest is left out."));
                }
                if !self.kept.contains(&settings) {
                    self.kept.push(settings);
                }
            }
            "hide" => self.hidden = names().filter(|name| is_name(name)).map(str::to_owned).collect(),
            path if path.contains(['.', '[']) && !value.is_empty() => {
                let setting = Setting::new(path, value);
                self.changes.retain(|change| change.path != setting.path);
                self.changes.push(setting);
            }
            _ => {
                let meant = meant(key).map_or(String::new(), |name| format!(" Is {name} meant?"));
                return Err(format!("{}: not known.{meant}", quoted(key)));
            }
        }
        Ok(())
    }

    /// Query and hash for the address bar: those of [`Address::parts`] with the parameters of others.
    #[must_use]
    pub fn bar_parts(&self) -> (String, String) {
        let (query, hash) = self.parts();
        let with = |own: String, foreign: &[String]| {
            let own = Some(own).filter(|own| !own.is_empty());
            own.into_iter().chain(foreign.iter().cloned()).collect::<Vec<_>>().join("&")
        };
        (with(query, &self.foreign[0]), with(hash, &self.foreign[1]))
    }

    /// Whether both lead to the same run of the same scenario.
    #[must_use]
    pub fn is_same_run(&self, other: &Self) -> bool {
        (self.seed, &self.changes) == (other.seed, &other.changes)
    }

    /// The address of the same moment and run on the full page.
    #[must_use]
    pub fn full_page(&self) -> Self {
        let (controls, panels) = (Controls::default(), Vec::new());
        let drill = None;
        Self { embed: false, compare: false, autoplay: false, tour: false, controls, panels, drill, ..self.clone() }
    }

    /// This configuration with the moment and run of another address.
    #[must_use]
    pub fn with_moment_of(&self, other: &Self) -> Self {
        let Self { at, from, end, seed, audience, instance, zoom, hidden, changes, kept, .. } = other.clone();
        Self { at, from, end, seed, audience, instance, zoom, hidden, changes, kept, ..self.clone() }
    }

    /// The query and the hash without `?` and `#`. Only values that differ from the defaults are written.
    #[must_use]
    pub fn parts(&self) -> (String, String) {
        // Destructured, so that the compiler reports a forgotten field.
        let Self {
            embed,
            controls,
            theme,
            clock,
            panels,
            mode,
            compare,
            autoplay,
            tour,
            looping,
            speed,
            scenario,
            at,
            from,
            end,
            seed,
            audience,
            instance,
            zoom,
            hidden,
            drill,
            changes,
            kept,
            foreign: _,
        } = self;
        let mut query = Parameters::default();
        query.flag("embed", *embed);
        query.word("controls", &CONTROLS, Some(*controls).filter(|controls| *controls != Controls::default()));
        query.word("theme", &THEMES, *theme);
        query.word("tz", &CLOCKS, *clock);
        query.add("panel", Some(panels.join(",")).filter(|panels| !panels.is_empty()));
        query.word("mode", &MODES, Some(*mode).filter(|mode| *mode != Mode::default()));
        query.flag("compare", *compare);
        query.flag("autoplay", *autoplay);
        query.flag("tour", *tour);
        query.flag("loop", *looping);
        query.add("speed", (*speed != 1.0).then_some(speed));
        query.add("scenario", scenario.as_ref());
        let mut hash = Parameters::default();
        hash.add("t", *at);
        hash.add("from", *from);
        hash.add("end", *end);
        hash.add("seed", *seed);
        hash.word("reader", &AUDIENCES, Some(*audience).filter(|audience| *audience != Audience::default()));
        hash.add("instance", *instance);
        hash.add("zoom", zoom.map(|(from, until)| format!("{from},{until}")));
        hash.add("hide", Some(hidden.iter().cloned().collect::<Vec<_>>().join(",")).filter(|keys| !keys.is_empty()));
        hash.add("drill", drill.as_ref());
        for Setting { path, value } in changes {
            hash.add(path, Some(value));
        }
        for settings in kept {
            hash.add("kept", Some(kept_text(settings)));
        }
        if !hash.0.is_empty() {
            hash.0.insert_str(0, &format!("v={ADDRESS_VERSION}&"));
        }
        (query.0, hash.0)
    }
}

/// The query and the hash: "?embed=1#v=1&t=12:30"; empty for the page's bare address.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (query, hash) = self.parts();
        if !query.is_empty() {
            write!(f, "?{query}")?;
        }
        if hash.is_empty() { Ok(()) } else { write!(f, "#{hash}") }
    }
}

/// Whether a hash is the id of a section (`#claims`) rather than a state.
#[must_use]
pub fn is_anchor(hash: &str) -> bool {
    !raw::has_parameters(hash)
}

/// Whether a name is that of a parameter, or a path in a scenario.
fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
        || (name.contains(['.', '[']) && PARTS.contains(&name.split(['.', '[']).next().unwrap_or_default()))
}

/// The changes of a kept comparison in one text: percent-encoded each, with a semicolon between two.
fn kept_text(settings: &[Setting]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let change = |setting: &Setting| format!("{}={}", encoded(&setting.path), encoded(&setting.value));
    settings.iter().map(change).collect::<Vec<_>>().join(";")
}

/// The changes of a kept comparison; `None` unless each is one of a what-if.
fn kept(text: &str) -> Option<Vec<Setting>> {
    let change = |change: &str| {
        let (path, value) = change.split_once('=')?;
        let (path, value) = (decoded(path)?, decoded(value)?);
        let is_change = path.contains(['.', '[']) && is_known(&path) && !value.is_empty();
        is_change.then(|| Setting::new(&path, &value))
    };
    text.split(';').map(change).collect()
}

/// Whether a text may be a draw or a result.
fn is_drill(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+%".contains(&byte))
}

/// The parameter that a misspelt name stands for: one letter is off, in long names two.
fn meant(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let length = name.len();
    NAMES.into_iter().find(|known| {
        let distance_max = match known.len() {
            0..=2 => 0,
            3..=5 => 1,
            _ => 2,
        };
        *known == lower
            || (lower.starts_with(&known[..1])
                && length.abs_diff(known.len()) <= distance_max
                && strsim::osa_distance(&lower, known) <= distance_max)
    })
}

/// The allowed words of a parameter with their values.
type Words<T> = [(&'static str, T)];

/// The words of a parameter with their values.
pub const CONTROLS: [(&str, Controls); 3] = [("auto", Controls::Auto), ("1", Controls::Shown), ("0", Controls::Hidden)];
/// The words of a parameter with their values.
pub const THEMES: [(&str, Theme); 3] = [("system", Theme::System), ("light", Theme::Light), ("dark", Theme::Dark)];
const CLOCKS: [(&str, Clock); 2] = [("utc", Clock::Utc), ("local", Clock::Local)];
const MODES: [(&str, Mode); 4] =
    [("replay", Mode::Replay), ("whatif", Mode::WhatIf), ("drill", Mode::Drill), ("facilitate", Mode::Facilitate)];
const AUDIENCES: [(&str, Audience); 3] =
    [("plain", Audience::Executive), ("engineer", Audience::Engineer), ("trainer", Audience::Trainer)];

fn word<T: Copy>(words: &Words<T>, text: &str) -> Option<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
}

/// Writes parameters.
#[derive(Default)]
struct Parameters(String);

impl Parameters {
    fn add(&mut self, key: &str, value: Option<impl fmt::Display>) {
        let Some(value) = value else { return };
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(key, ENCODED));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(&value.to_string(), ENCODED));
    }

    fn flag(&mut self, key: &str, on: bool) {
        self.add(key, on.then_some(1));
    }

    fn word<T: PartialEq>(&mut self, key: &str, words: &Words<T>, value: Option<T>) {
        let found = words.iter().find(|(_, meaning)| value.as_ref() == Some(meaning));
        self.add(key, found.map(|(word, _)| *word));
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(String::from)
}

/// Whether a text can be the key of a series or a scenario: "memory/payment-3".
fn is_name(text: &str) -> bool {
    let is_usual = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    (1..=80).contains(&text.len()) && text.chars().all(is_usual)
}

/// The beginning of a text from an address, without invisible characters, for use in a note.
fn quoted(text: &str) -> String {
    let mut quote: String = text.chars().take(QUOTE_CHARS_MAX).flat_map(char::escape_debug).collect();
    if text.chars().nth(QUOTE_CHARS_MAX).is_some() {
        quote.push('…');
    }
    quote
}

// proptest is no dependency of the wasm tests.
#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
