//! What a request does, step by step, and what it calls on the way.

use serde::{Deserialize, Serialize};

use super::{Effect, Problem, Scenario, Signal};

/// Id of the dependency that every scenario has: the group `gateway`.
pub const GATEWAY: &str = "gateway";

/// Most steps of a request.
const STEPS_MAX: usize = 32;
/// Most dependencies besides the gateway.
const DEPENDENCIES_MAX: usize = 3;

/// Something besides the gateway that the service calls: a database, another service.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// Its name in the plan, in faults and in links, in lower-case letters, digits and underscores: `ledger`.
    pub id: String,
    /// What it is called, after "the": "ledger".
    pub word: String,
    /// Median time to answer, network included (lognormal).
    pub median_s: f64,
    /// Standard deviation of its logarithm.
    pub sigma: f64,
    /// A call times out after this time.
    pub timeout_s: f64,
    /// Calls that it works on at a time; further ones wait there, first in, first out. No limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Why it is assumed so.
    pub reason: String,
}

/// A step of a request.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanStep {
    /// It computes for this share of its CPU time, and allocates the same share of its garbage.
    Cpu(f64),
    /// It takes a slot of this pool, and waits for one if it must.
    Acquire(String),
    /// It gives the slot back.
    Release(String),
    /// It calls this dependency and waits for the answer.
    Call(String),
    /// It looks into the cache; only if what it needs is not there it takes these steps, and the answer of their first call is
    /// kept.
    ReadThroughCache(Vec<PlanStep>),
}

impl Scenario {
    /// What a request does: the scenario's plan, or the usual one: CPU, a slot of every pool, the gateway, through the cache
    /// if there is one, and CPU again.
    #[must_use]
    pub fn request_plan(&self) -> Vec<PlanStep> {
        if !self.plan.is_empty() {
            return self.plan.clone();
        }
        let before = self.request.cpu_before_gateway_ratio.value;
        let slots = |step: fn(String) -> PlanStep| self.pools.iter().map(move |pool| step(pool.id.clone()));
        let mut call: Vec<PlanStep> = slots(PlanStep::Acquire).collect();
        call.push(PlanStep::Call(GATEWAY.to_owned()));
        call.extend(slots(PlanStep::Release));
        let mut plan = vec![PlanStep::Cpu(before)];
        match self.cache {
            Some(_) => plan.push(PlanStep::ReadThroughCache(call)),
            None => plan.extend(call),
        }
        plan.push(PlanStep::Cpu(1.0 - before));
        plan
    }

    /// Number of a dependency: 0 the gateway, then the others in their order. `None` for a name that is none.
    #[must_use]
    pub fn dependency_index(&self, id: &str) -> Option<usize> {
        match id {
            GATEWAY => Some(0),
            other => self.dependencies.iter().position(|known| known.id == other).map(|index| index + 1),
        }
    }

    /// What the dependency of a number is called, after "the".
    #[must_use]
    pub fn dependency_word(&self, index: usize) -> &str {
        match index.checked_sub(1) {
            None => &self.incident.dependency,
            Some(index) => self.dependencies.get(index).map_or("dependency", |known| known.word.as_str()),
        }
    }

    /// The words of all dependencies, the gateway first.
    #[must_use]
    pub fn dependency_words(&self) -> Vec<&str> {
        (0..=self.dependencies.len()).map(|index| self.dependency_word(index)).collect()
    }

    /// Whether calls themselves play a part, so that they are recorded: there is more than one thing to call, one that has a
    /// limit or a fault, or a rule that looks at them.
    #[must_use]
    pub fn watches_calls(&self) -> bool {
        let looks = |signal: Signal| matches!(signal, Signal::DependencyErrorRatio | Signal::DependencyMeanS);
        !self.dependencies.is_empty()
            || self.gateway.capacity.value < super::UNLIMITED
            || self.faults.iter().any(|fault| matches!(fault.does, Effect::Dependency(_)))
            || self.monitor.rules.iter().any(|rule| looks(rule.when.signal()))
    }
}

/// What is wrong with the plan and the dependencies.
pub(super) fn problems(scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |path: String, message: String| problems.push(Problem { path, position: None, message });
    let too_many = scenario.dependencies.len() > DEPENDENCIES_MAX;
    if too_many {
        refuse("dependencies".to_owned(), format!("too long: at most {DEPENDENCIES_MAX} besides the gateway"));
    }
    for (index, dependency) in scenario.dependencies.iter().enumerate() {
        let path = |field: &str| format!("dependencies[{index}].{field}");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let id = dependency.id.as_str();
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            refuse(path("id"), format!("{id:?} is not allowed: 1 to 64 lower-case letters, digits and underscores"));
        }
        if scenario.dependency_index(id) != Some(index + 1) {
            refuse(path("id"), format!("{id:?} is there already"));
        }
        if !(1..=30).contains(&dependency.word.trim().chars().count()) {
            refuse(path("word"), "must have 1 to 30 characters".to_owned());
        }
        for (field, value, low, high) in [
            ("median_s", dependency.median_s, 0.0, 60.0),
            ("sigma", dependency.sigma, 0.0, 3.0),
            ("timeout_s", dependency.timeout_s, 0.1, 600.0),
            ("capacity", f64::from(dependency.capacity.unwrap_or(1)), 1.0, f64::from(super::UNLIMITED)),
        ] {
            if !(low..=high).contains(&value) {
                refuse(path(field), format!("{value} is not allowed: {low} to {high}"));
            }
        }
    }
    if !scenario.plan.is_empty() {
        let mut reader = Reader { scenario, held: Vec::new(), problems: Vec::new(), share: 0.0, steps: 0, reads: 0 };
        reader.read(&scenario.plan, "plan", false);
        let Reader { held, share, steps, reads, .. } = reader;
        let mut refuse = |message: String| {
            reader.problems.push(Problem { path: "plan".to_owned(), position: None, message });
        };
        if (share - 1.0).abs() > 1e-6 {
            refuse(format!("the shares of its cpu steps are {share} together: they must be 1"));
        }
        if let Some(pool) = held.first() {
            refuse(format!("the slot of {pool} is never given back: add {{\"release\": {pool:?}}}"));
        }
        if steps > STEPS_MAX {
            refuse(format!("too long: at most {STEPS_MAX} steps"));
        }
        if scenario.cache.is_some() && reads == 0 {
            refuse("never reads through the cache, which the scenario has".to_owned());
        }
        problems.append(&mut reader.problems);
    }
    problems
}

/// Walks through a plan and keeps what is held.
struct Reader<'a> {
    scenario: &'a Scenario,
    held: Vec<&'a str>,
    problems: Vec<Problem>,
    share: f64,
    steps: usize,
    reads: usize,
}

impl<'a> Reader<'a> {
    fn read(&mut self, steps: &'a [PlanStep], list: &str, is_within_cache: bool) {
        for (index, step) in steps.iter().enumerate() {
            self.steps += 1;
            let at = format!("{list}[{index}]");
            let problem = match step {
                PlanStep::Cpu(_) if is_within_cache => {
                    Some(("cpu", "is not allowed within read_through_cache: put it before or after".to_owned()))
                }
                PlanStep::Cpu(share) => {
                    self.share += share;
                    let is_good = (0.0..=1.0).contains(share);
                    (!is_good).then(|| ("cpu", format!("{share} is not allowed: 0 to 1")))
                }
                PlanStep::Acquire(pool) => self.acquire(pool).map(|message| ("acquire", message)),
                PlanStep::Release(pool) => self.give_back(pool).map(|message| ("release", message)),
                PlanStep::Call(id) => self.scenario.dependency_index(id).is_none().then(|| {
                    let others = self.scenario.dependencies.iter().map(|known| known.id.as_str());
                    let known: Vec<&str> = std::iter::once(GATEWAY).chain(others).collect();
                    ("call", format!("{id:?} is no dependency: expected one of {}", known.join(", ")))
                }),
                PlanStep::ReadThroughCache(inner) => self.through_cache(inner, &at, is_within_cache),
            };
            if let Some((field, message)) = problem {
                self.problems.push(Problem { path: format!("{at}.{field}"), position: None, message });
            }
        }
    }

    fn acquire(&mut self, pool: &'a str) -> Option<String> {
        if !self.scenario.pools.iter().any(|known| known.id == pool) {
            return Some(format!("{pool:?} is no pool of this scenario"));
        }
        if self.held.contains(&pool) {
            return Some(format!("a slot of {pool} is held already"));
        }
        self.held.push(pool);
        None
    }

    fn give_back(&mut self, pool: &'a str) -> Option<String> {
        match self.held.iter().position(|held| *held == pool) {
            Some(at) => {
                self.held.remove(at);
                None
            }
            None => Some(format!("no slot of {pool:?} is held here")),
        }
    }

    fn through_cache(
        &mut self,
        inner: &'a [PlanStep],
        at: &str,
        is_within_cache: bool,
    ) -> Option<(&'static str, String)> {
        const FIELD: &str = "read_through_cache";
        self.reads += 1;
        if is_within_cache || self.reads > 1 {
            return Some((FIELD, "is there already: once in a plan".to_owned()));
        }
        if self.scenario.cache.is_none() {
            return Some((FIELD, "the scenario has no cache".to_owned()));
        }
        let held = self.held.clone();
        self.read(inner, &format!("{at}.{FIELD}"), true);
        if self.held != held {
            return Some((FIELD, "must give back what it takes, and no more".to_owned()));
        }
        let calls = inner.iter().any(|step| matches!(step, PlanStep::Call(_)));
        (!calls).then(|| (FIELD, "must have a call, whose answer is kept".to_owned()))
    }
}
