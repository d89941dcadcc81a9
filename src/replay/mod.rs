//! The replay as pure state: the player's state machine, the view, and every sentence and figure at the playhead.
//!
//! Invariant: nothing here reads a clock, draws, or depends on a browser. Time is an argument; sentences and figures come
//! from the recording, the scenario and the ledger.

mod address;
mod command;
pub mod embedding;
mod ending;
mod evidence;
mod figures;
mod headline;
mod heap_histogram;
mod instance;
mod keys;
mod moment;
mod now;
mod phases;
mod player;
mod progress;
mod reduce;
mod trainer;
mod view;
mod words;

#[cfg(test)]
mod bundled_tests;
#[cfg(test)]
mod synthetic;

pub use address::{
    ADDRESS_VERSION, Address, AddressTime, CONTROLS, Clock, Controls, KEPT_MAX, Mode, NAMES, THEMES, is_anchor,
};
pub use command::{Command, Effect};
pub use ending::Ending;
pub use evidence::{Detail, EvidenceValue, Standing, evidence, evidence_at};
pub use figures::{Figure, FigureKey, Figures, Source};
pub use headline::{Tile, TileKey, headline, tiles};
pub use heap_histogram::{AgeGroup, HeapHistogram};
pub use instance::{COLLECTING_RATIO, Health, InstanceMoment, NEARLY_FULL_RATIO, PoolMoment, Scarce};
pub use keys::{Focus, HelpRow, KEYS, KeyBinding, KeyPress, command_for_key, command_for_press, help, repeats};
pub use moment::{IncidentStatus, Moment};
pub use now::{now_sentence, spoken_at};
pub(crate) use phases::alert_words;
pub use phases::{IncidentPhase, Marker, MarkerKind, Track, markers, phases};
pub use player::{
    INCIDENT_MS_PER_WALL_MS, Player, SPEEDS, STEP_WALL_MS_MAX, TICK_MS, TOUR_WAY_MS, TimeRange, Tour,
    ZOOM_LENGTH_MS_MIN, speed_words,
};
pub(crate) use progress::mitigated;
pub use progress::{RolloutMoment, Settled};
pub use reduce::reduce;
pub use view::{Audience, Theme, TimeZone, View, ViewCommand};
pub use words::capitalised;
pub(crate) use words::{nouns, percent_fine, rounded, thousands, time_in_figures};
