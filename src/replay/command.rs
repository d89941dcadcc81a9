//! What may be asked of the player, and what it asks of its surroundings.

use std::rc::Rc;

use super::{Track, ViewCommand};

/// What keyboard, mouse, address, embedding page and drill may ask. Times are milliseconds since the start of the window.
/// A number that is not finite changes nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Play; from the start (of the loop, if there is one) when the playhead stands at the end.
    Play,
    /// Play because the address asks for it: not under reduced motion, not while off-screen.
    Autoplay,
    /// Pause.
    Pause,
    /// Play when paused, pause when playing.
    Toggle,
    /// Go to a time.
    Seek {
        /// Where.
        ms: f64,
    },
    /// Go on or back by minutes of the incident.
    SeekRelative {
        /// How many; negative goes back.
        minutes: f64,
    },
    /// Go to tenths of the track.
    SeekFraction(u8),
    /// Go to a marker by its name.
    SeekMarker(String),
    /// Go to the start.
    Home,
    /// Go to the end.
    End,
    /// Go on or back by ticks of the recording; only when paused.
    StepTick(i32),
    /// Go to the next event of the timeline.
    NextEvent,
    /// Go to the previous event of the timeline; the one before it within a second of playback after an event.
    PreviousEvent,
    /// The next higher speed.
    Faster,
    /// The next lower speed.
    Slower,
    /// The speed there is that lies nearest.
    SetSpeed(f64),
    /// Time has passed on the reader's clock.
    Tick {
        /// How much; at most [`STEP_WALL_MS_MAX`](super::STEP_WALL_MS_MAX) counts.
        elapsed_ms: f64,
    },
    /// Play this piece over and over, or no longer.
    LoopRange(Option<(f64, f64)>),
    /// Stop there once, when playing comes from before it; or no longer.
    PlayUntil(Option<f64>),
    /// Whether playing stops at each event.
    PauseAtMarkers(bool),
    /// Ask for full screen, or to leave it.
    ToggleFullScreen,
    /// The browser says whether the player fills the screen.
    FullScreenChanged(bool),
    /// Open or close the help.
    Help(bool),
    /// Open the help when it is closed, close it when it is open.
    ToggleHelp,
    /// Whether the keys of the table work.
    SetKeys(bool),
    /// Close what is open: the help, else the data table, else full screen, else the selection.
    Escape,
    /// Open or close the data table of the focused chart.
    ToggleTable,
    /// Show the whole window in the charts.
    ResetZoom,
    /// Whether any of the player can be seen; pauses when it cannot.
    SetVisible(bool),
    /// Whether the reader asked for less motion; pauses when they do.
    SetReducedMotion(bool),
    /// The markers and phases of another run or scenario; the playhead stays where it is, if it can.
    SetTrack(Rc<Track>),
    /// Change what is selected.
    View(ViewCommand),
}

impl From<ViewCommand> for Command {
    fn from(command: ViewCommand) -> Self {
        Self::View(command)
    }
}

/// What the surroundings should do after a command. The embedding API's events are among them.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Say this in the live region. Not needed while the seek slider has the focus: its value text says it.
    Announce(String),
    /// Fill the screen or leave full screen, then tell by [`Command::FullScreenChanged`].
    FullScreen(bool),
    /// The address no longer says where the page is: replace it. Not given on every tick.
    AddressChanged,
    /// The playhead started to move.
    Started,
    /// The playhead stopped, at the end too.
    Paused,
    /// The playhead jumped.
    Seeked,
    /// Another speed.
    RateChanged(f64),
    /// The playhead reached a marker while playing.
    MarkerReached {
        /// Name of the marker.
        id: String,
    },
    /// Bring this event into view in the list of events (scroll the list, never the page).
    ShowEvent {
        /// Name of the event.
        id: String,
    },
    /// The playhead came to the end while playing.
    Ended,
}
