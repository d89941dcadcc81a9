//! The player's commands, and the effects it asks its environment for.

use std::rc::Rc;

use super::{Track, ViewCommand};

/// Commands from keyboard, mouse, address and embedding page. Times are milliseconds since the start of the window. A number
/// that is not finite is ignored.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Play; from the start of the track or loop when the playhead stands at the end.
    Play,
    /// Play because the address asks for it: not under reduced motion, not while off-screen.
    Autoplay,
    /// Tell the incident in a minute: through calm at once, with a rest at each event. Under reduced motion, the next event.
    Tour,
    Pause,
    /// Play when paused, pause when playing.
    Toggle,
    /// Go to a time.
    Seek {
        ms: f64,
    },
    /// Move by minutes of the incident; negative values go back.
    SeekRelative {
        minutes: f64,
    },
    /// Go to tenths of the track.
    SeekFraction(u8),
    /// Go to a marker by its name.
    SeekMarker(String),
    Home,
    End,
    /// Move by ticks of the recording; ignored while playing.
    StepTick(i32),
    /// Go to the next event of the timeline.
    NextEvent,
    /// Go to the previous event of the timeline. Within a second of playback after an event, go to the one before it.
    PreviousEvent,
    /// The next higher speed.
    Faster,
    /// The next lower speed.
    Slower,
    /// Use the nearest of [`SPEEDS`](super::SPEEDS).
    SetSpeed(f64),
    /// Wall-clock time has passed.
    Tick {
        /// Milliseconds; at most [`STEP_WALL_MS_MAX`](super::STEP_WALL_MS_MAX) are counted.
        elapsed_ms: f64,
    },
    /// Loop this range; `None` ends the loop.
    LoopRange(Option<(f64, f64)>),
    /// Stop when playback reaches this time, once; `None` cancels it.
    PlayUntil(Option<f64>),
    /// Whether playback stops at each event of the timeline.
    PauseAtMarkers(bool),
    /// Enter or leave full screen.
    ToggleFullScreen,
    /// The browser entered or left full screen.
    FullScreenChanged(bool),
    /// Open or close the help.
    Help(bool),
    /// Open the help when it is closed, close it when it is open.
    ToggleHelp,
    /// Whether the keys of the table work.
    SetKeys(bool),
    /// Close the help, else the data table, else full screen, else the selection.
    Escape,
    /// Open or close the data table of the focused chart.
    ToggleTable,
    /// Show the whole window in the charts.
    ResetZoom,
    /// Whether the player is visible; it pauses when it is not.
    SetVisible(bool),
    /// Whether the reader prefers reduced motion; the player pauses when they do.
    SetReducedMotion(bool),
    /// Use the markers and phases of another run or scenario; the playhead stays where it is if possible.
    SetTrack(Rc<Track>),
    /// Change what is selected.
    View(ViewCommand),
}

impl Command {
    /// Whether somebody takes the playhead into their own hands, so that a tour is left.
    pub(super) fn takes_over(&self) -> bool {
        matches!(
            self,
            Self::Play
                | Self::Autoplay
                | Self::Pause
                | Self::Toggle
                | Self::Seek { .. }
                | Self::SeekRelative { .. }
                | Self::SeekFraction(_)
                | Self::SeekMarker(_)
                | Self::NextEvent
                | Self::PreviousEvent
                | Self::Home
                | Self::End
                | Self::StepTick(_)
                | Self::Faster
                | Self::Slower
                | Self::SetSpeed(_)
                | Self::LoopRange(_)
                | Self::SetTrack(_)
        )
    }
}

impl From<ViewCommand> for Command {
    fn from(command: ViewCommand) -> Self {
        Self::View(command)
    }
}

/// What the caller should do after a command. The embedding API's events are among the effects.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Announce this in the live region. Not used while the seek slider has the focus: its value text is announced instead.
    Announce(String),
    /// Enter or leave full screen, then report [`Command::FullScreenChanged`].
    FullScreen(bool),
    /// The address is out of date: replace it. Not sent on every tick.
    AddressChanged,
    /// The playhead started to move.
    Started,
    /// The playhead stopped, including at the end.
    Paused,
    /// The playhead jumped.
    Seeked,
    RateChanged(f64),
    /// The playhead reached a marker while playing.
    MarkerReached {
        id: String,
    },
    /// Scroll the list of events, not the page, to this event.
    ShowEvent {
        id: String,
    },
    /// Playback reached the end.
    Ended,
}
