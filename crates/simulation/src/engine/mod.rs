//! What any discrete-event simulation needs, and nothing of a service: event queues and random streams.

pub mod queue;
pub mod random;
