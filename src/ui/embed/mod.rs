//! The embed: a smaller view for frames, its height for the host, and the host's requests.
//!
//! Invariant: the host sends the player's commands and receives its effects; nothing here changes what is shown.

mod channel;
mod height;
mod message;
mod state;
mod view;

pub use channel::{Channel, post_failed, post_waiting};
pub use message::{HostMessage, HostRequest, SeekTarget, StateChange, object};
pub use state::{MS_PER_S, state};
pub use view::EmbedPage;
