//! What parts of a scenario are called in sentences.

use super::{Action, CallOutcome, Deed, During, Effect, Fault, Release, Scenario};

impl Scenario {
    /// Whether the faulty release leaves sessions open, and sessions take memory.
    #[must_use]
    pub fn leaks_sessions(&self) -> bool {
        self.deployment.leaks_sessions.value && self.session.size_kib.value > 0.0
    }

    /// Whether memory plays a part: requests leave garbage, or sessions stay.
    #[must_use]
    pub fn uses_heap(&self) -> bool {
        self.heap.enabled.value && (self.request.allocation_mib.value > 0.0 || self.leaks_sessions())
    }

    /// Whether it matters which release an instance runs: one has a fault, or one is rolled out.
    #[must_use]
    pub fn releases_matter(&self) -> bool {
        let is_bound = |fault: &Fault| matches!(fault.during, During::Release(_));
        let rolls_out = |action: &Action| matches!(action.deed, Deed::RollOut(_));
        self.leaks_sessions() || self.faults.iter().any(is_bound) || self.actions.iter().any(rolls_out)
    }

    /// The number by which a recording names a release: 0 faulty, 1 fixed, then the others in the order of the scenario.
    #[must_use]
    pub fn release_number(&self, release: Release) -> u32 {
        match release {
            Release::Faulty => 0,
            Release::Fixed => 1,
            Release::Named(_) => {
                let at = self.releases.iter().position(|known| known.id == release);
                2 + at.unwrap_or(self.releases.len()) as u32
            }
        }
    }

    /// The release that a recording names by a number.
    #[must_use]
    pub fn release_of(&self, number: u32) -> Release {
        match number {
            0 => Release::Faulty,
            1 => Release::Fixed,
            other => self.releases.get(other as usize - 2).map_or(Release::Fixed, |release| release.id),
        }
    }

    /// The word for a release: "leaking" or "faulty"; "fixed", or "stable" where the run begins with it; that of its own
    /// which the scenario gives.
    #[must_use]
    pub fn release_word(&self, release: Release) -> &str {
        match release {
            Release::Faulty if self.leaks_sessions() => "leaking",
            Release::Faulty => "faulty",
            Release::Fixed if self.deployment.release.value == Release::Fixed && !self.leaks_sessions() => "stable",
            Release::Fixed => "fixed",
            Release::Named(_) => {
                let known = self.releases.iter().find(|known| known.id == release);
                known.map_or("unknown", |known| known.word.as_str())
            }
        }
    }

    /// The word for what is wrong: "leak" or "fault".
    #[must_use]
    pub fn fault_word(&self) -> &'static str {
        if self.leaks_sessions() { "leak" } else { "fault" }
    }

    /// What the pool of this name is of, in the plural.
    #[must_use]
    pub fn pool_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.pools.iter().find(|pool| pool.id == id).map_or(id, |pool| pool.of.as_str())
    }

    /// What a fault does, in a sentence without a subject's doubt: "The gateway takes 30 times as long to answer."
    #[must_use]
    pub fn what_it_does(&self, fault: &Fault) -> String {
        let sentence = match &fault.does {
            Effect::CpuCost(cost) if cost.requests_ratio >= 1.0 => {
                format!("A request needs {} times the CPU time", cost.factor)
            }
            Effect::CpuCost(cost) => {
                format!("{} % of the requests need {} times the CPU time", percent(cost.requests_ratio), cost.factor)
            }
            Effect::Dependency(dependency) => {
                let called = self.dependency_word(self.concerned(dependency.dependency.as_ref()));
                let slower = (dependency.latency_factor - 1.0).abs() > 1e-9;
                let slow = format!("takes {} times as long to answer", dependency.latency_factor);
                let fails = format!("answers {} % of the calls with an error", percent(dependency.error_ratio));
                if dependency.capacity_factor != 1.0 {
                    let share = percent(dependency.capacity_factor);
                    return self.with_time(
                        fault,
                        &format!("The {called} {slow}, {fails}, and works on {share} % of the calls at a time"),
                    );
                }
                match (slower, dependency.error_ratio > 0.0) {
                    (true, true) => format!("The {called} {slow} and {fails}"),
                    (false, true) => format!("The {called} {fails}"),
                    _ => format!("The {called} {slow}"),
                }
            }
            Effect::Surge(surge) => format!("{} times as many users come", surge.factor),
            Effect::Crash(crash) => {
                let requests =
                    || format!("{} % of the requests kill the process that serves them", percent(crash.requests_ratio));
                let starts = || match crash.starts_ratio >= 1.0 {
                    true => "Every process ends before it is ready".to_owned(),
                    false => format!("{} % of the processes end before they are ready", percent(crash.starts_ratio)),
                };
                match (crash.requests_ratio > 0.0, crash.starts_ratio > 0.0) {
                    (true, true) => format!("{}. {}", requests(), starts()),
                    (false, true) => starts(),
                    _ => requests(),
                }
            }
            Effect::Refuse(refuse) => {
                format!("New {} are refused; those that are open live on", self.pool_of(&refuse.pool))
            }
            Effect::CacheLoss(loss) => match self.cache.as_ref().map_or("entries", |cache| cache.of.as_str()) {
                of if loss.kept_ratio == 0.0 => format!("The cache loses all of its {of}"),
                of => format!("The cache keeps {} % of its {of}", percent(loss.kept_ratio)),
            },
            Effect::SlotLeak(leak) => {
                let after = match leak.on {
                    CallOutcome::Confirmed => "is answered",
                    CallOutcome::TimedOut => "times out",
                    CallOutcome::Failed => "fails",
                };
                format!("After a call that {after}, one of the {} is not given back", self.pool_of(&leak.pool))
            }
        };
        self.with_time(fault, &sentence)
    }

    /// Number of the dependency that a fault or an action is about: the gateway unless it says another.
    #[must_use]
    pub fn concerned(&self, dependency: Option<&String>) -> usize {
        dependency.and_then(|id| self.dependency_index(id)).unwrap_or(0)
    }

    /// A sentence about a fault with when it is in effect.
    fn with_time(&self, fault: &Fault, sentence: &str) -> String {
        let when = match &fault.during {
            During::Span(span) => format!("from {} to {} UTC", span.from.hh_mm(), span.until.hh_mm()),
            During::Release(release) => format!("on the {} release", self.release_word(*release)),
        };
        format!("{sentence}, {when}.")
    }
}

/// A ratio in percent, without needless digits.
fn percent(ratio: f64) -> f64 {
    (ratio * 1e4).round() / 1e2
}
