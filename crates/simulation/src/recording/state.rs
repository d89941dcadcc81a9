//! The states of an instance, and the codes by which the column `state` of the instance series records them.

/// What an instance is doing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum InstanceState {
    /// Not started yet; a scale-out may start it later.
    #[default]
    Absent,
    /// Takes requests.
    InRotation,
    /// Runs, but the load balancer sends it nothing, because its readiness probes failed.
    OutOfRotation,
    /// Finishes the requests it has, then restarts.
    Draining,
    Starting,
    /// Killed; the restart waits for its back-off.
    WaitingToRestart,
}

impl InstanceState {
    /// Every state, in the order of the codes.
    pub const ALL: [Self; 6] =
        [Self::Absent, Self::InRotation, Self::OutOfRotation, Self::Draining, Self::Starting, Self::WaitingToRestart];

    /// The recorded code, 0 to 5.
    #[must_use]
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The state with this code; `None` above 5.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(code as usize).copied()
    }

    /// Whether there is an instance: any state but [`Self::Absent`].
    #[must_use]
    pub const fn exists(self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// Whether a process is up and serves requests, so that its heap and threads mean something.
    #[must_use]
    pub const fn is_up(self) -> bool {
        matches!(self, Self::InRotation | Self::OutOfRotation | Self::Draining)
    }

    /// Whether the instance is on its way through a restart: it drains, starts or waits to be started.
    #[must_use]
    pub const fn is_restarting(self) -> bool {
        matches!(self, Self::Draining | Self::Starting | Self::WaitingToRestart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::InstanceSeries;

    #[test]
    fn codes_are_read_back() {
        for (code, state) in (0..).zip(InstanceState::ALL) {
            assert_eq!((state.code(), InstanceState::from_code(code)), (code, Some(state)));
        }
        assert_eq!(InstanceState::from_code(6), None);
    }

    #[test]
    fn the_column_explains_the_codes() {
        let words =
            ["absent", "in rotation", "out of rotation", "draining", "starting", "waiting to restart"].into_iter();
        let expected: Vec<String> =
            words.zip(InstanceState::ALL).map(|(word, state)| format!("{} {word}", state.code())).collect();
        let column = InstanceSeries::INFO.iter().find(|column| column.name == "state").expect("a recorded column");
        assert_eq!(column.help, expected.join(", "));
    }
}
