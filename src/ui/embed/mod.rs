//! The page in somebody else's page: a smaller view, its height for the host, and the host's questions and commands.
//!
//! Invariant: the host speaks the player's commands and hears its effects; nothing here changes what is shown.

mod channel;
mod height;
mod message;
mod state;
mod view;

pub use channel::{Channel, post_failed};
pub use message::{HostMessage, HostRequest, SeekTarget, StateChange, object};
pub use state::{MS_PER_S, state};
pub use view::EmbedPage;
