//! The contract between an embed and its host, as tables: the names that program, `static/embed.js`, its types and the documents
//! share. `tests/contracts.rs` compares them.

/// Attributes of the element, each with the parameter of the address that it becomes.
pub const ATTRIBUTES: [(&str, &str); 6] = [
    ("start-at", "t"),
    ("end", "end"),
    ("speed", "speed"),
    ("theme", "theme"),
    ("controls", "controls"),
    ("panel", "panel"),
];

/// An enum with the name of each variant in messages.
macro_rules! named {
    ($(#[$of:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$of])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$about])* $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in messages.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

named! {
    /// Events of playback, named as those of a media element.
    #[allow(missing_docs, reason = "the names say it")]
    Happening {
        Play = "play",
        Pause = "pause",
        TimeUpdate = "timeupdate",
        Seeked = "seeked",
        RateChange = "ratechange",
        /// Playback reached an event of the timeline, an alert or a wave of a roll-out.
        Marker = "marker",
        Ended = "ended",
        Error = "error",
    }
}

named! {
    /// Messages from the frame.
    Told {
        /// It is out of sight and has not begun to simulate.
        Waiting = "waiting",
        /// It runs.
        Hello = "hello",
        /// There will be no replay.
        Failed = "failed",
        /// The height that it likes.
        Height = "iframe.resize",
        /// The answer to a request.
        Answer = "answer",
        /// Something happened.
        Event = "event",
    }
}

named! {
    /// Messages from the host.
    #[allow(missing_docs, reason = "the names say it")]
    Asked {
        /// To simulate although nobody sees it.
        Start = "start",
        GetState = "getState",
        Play = "play",
        Pause = "pause",
        Seek = "seek",
        Step = "step",
        NextEvent = "nextEvent",
        PrevEvent = "prevEvent",
        SetRate = "setRate",
        SetState = "setState",
        Snapshot = "snapshot",
    }
}

/// Keys of the state that the frame tells.
pub const STATE: [&str; 11] = [
    "currentTime",
    "duration",
    "paused",
    "ended",
    "playbackRate",
    "at",
    "phase",
    "event",
    "parameters",
    "hash",
    "href",
];

/// Keys of a change of the state that a host may ask for.
pub const CHANGE: [&str; 5] = ["currentTime", "paused", "playbackRate", "parameters", "hash"];

/// Formats of a snapshot.
pub const FORMATS: [&str; 2] = ["png", "svg"];
