//! What a what-if changes of a scenario, in words.
//!
//! Invariant: a scenario from a file changes nothing. Whatever a link, a host or the command line changes is listed here, and
//! every view and export tells it.

use std::fmt;

use super::{
    Action, AlertRule, BalancerPolicy, Deed, Dependency, During, Effect, Expression, Fault, LimitKind, Pool, Release,
    Scenario, Setting, When,
};

/// Name of the change of the seed.
const SEED: &str = "seed";

/// A change, such as "patch at 11:10 instead of 12:45".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// What is changed: "patch at".
    pub what: String,
    /// Its value now; empty for an action that is left out.
    pub now: String,
    /// The scenario's own value; empty for an action that the scenario does not have.
    pub before: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, now, before } = self;
        match (now.as_str(), before.as_str()) {
            ("", _) => write!(f, "no {what}"),
            (now, "") => write!(f, "{what} {now}"),
            (now, before) => write!(f, "{what} {now} instead of {before}"),
        }
    }
}

/// The changes of a what-if; none for a scenario as it was written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WhatIf {
    pub changes: Vec<Change>,
    /// The settings that make the changes, for links to this run.
    pub settings: Vec<Setting>,
    /// The seed, if it is another one, for the same.
    pub seed: Option<u64>,
}

impl WhatIf {
    /// These changes, and then those between two versions of the scenario, of which `settings` make the second. What is
    /// changed back is no change.
    pub(super) fn and(&self, before: &Scenario, after: &Scenario, settings: &[Setting]) -> Self {
        let mut changes = self.changes.clone();
        for change in differences(before, after) {
            match changes.iter_mut().find(|known| known.what == change.what) {
                Some(known) => known.now = change.now,
                None => changes.push(change),
            }
        }
        changes.retain(|change| change.now != change.before);
        if changes.is_empty() {
            return Self::default();
        }
        let mut all = self.settings.clone();
        for setting in settings {
            all.retain(|earlier| earlier.path != setting.path);
            all.push(setting.clone());
        }
        let seed = changes.iter().any(|change| change.what == SEED).then_some(after.seed);
        Self { changes, settings: all, seed }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The line that views and exports carry: "What if: patch at 11:10 instead of 12:45; seed 7 instead of 20". `None` for a
    /// scenario as it was written.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        (!self.is_empty()).then(|| format!("What if: {self}"))
    }
}

/// The changes, separated by semicolons.
impl fmt::Display for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.changes.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

fn differences(before: &Scenario, after: &Scenario) -> Vec<Change> {
    let pairs = values(before).into_iter().zip(values(after));
    let mut changes: Vec<Change> = pairs
        .filter(|(before, after)| before != after)
        .map(|((what, before), (_, now))| Change { what, now, before })
        .collect();
    for known in &before.faults {
        let Some(now) = after.faults.iter().find(|fault| fault.id == known.id) else {
            let what = format!("fault {}", known.name());
            changes.push(Change { what, now: String::new(), before: "as it was".to_owned() });
            continue;
        };
        let pairs = fault(known).into_iter().zip(fault(now)).filter(|(before, after)| before != after);
        changes.extend(pairs.map(|((what, before), (_, now))| Change { what, now, before }));
    }
    let ids = before.actions.iter().chain(after.actions.iter().filter(|action| before.action(&action.id).is_none()));
    for known in ids {
        let name = known.name();
        match (before.action(&known.id).map(fields), after.action(&known.id).map(fields)) {
            (Some(before), Some(after)) => {
                let fields = before.into_iter().zip(after).filter(|(before, after)| before != after);
                changes.extend(fields.map(|((_, before), (field, now))| {
                    let what = format!("{name} {field}");
                    Change { what, now, before }
                }));
            }
            (None, Some(fields)) => {
                let texts: Vec<String> = fields.iter().map(|(field, value)| format!("{field} {value}")).collect();
                changes.push(Change { what: name, now: texts.join(", "), before: String::new() });
            }
            (Some(_), None) => {
                changes.push(Change { what: name, now: String::new(), before: "as it was".to_owned() });
            }
            (None, None) => {}
        }
    }
    changes
}

/// Everything but the actions that a what-if may change, with its name, in an order that all versions of a scenario share.
fn values(scenario: &Scenario) -> Vec<(String, String)> {
    let mut values = vec![(SEED.to_owned(), scenario.seed.to_string())];
    for view in scenario.parameters() {
        let value = format!("{} {}", view.value.replace('_', " "), view.unit).trim_end().to_owned();
        values.push((view.name(), value));
    }
    let level = &scenario.service_level;
    values.extend([
        ("service level: objective".to_owned(), level.objective_ratio.to_string()),
        ("service level: period".to_owned(), format!("{} days", level.period_days)),
        ("service level: verification".to_owned(), seconds(level.verification_s)),
        ("service level: verification window".to_owned(), seconds(level.verification_window_s)),
        ("monitor: scrape interval".to_owned(), seconds(scenario.monitor.scrape_interval_s)),
    ]);
    values.extend(scenario.dependencies.iter().flat_map(dependency));
    values.extend(scenario.pools.iter().flat_map(pool));
    values.extend(scenario.cache.iter().flat_map(|cache| {
        let full = format!("{} %", cache.hit_ratio * 100.0);
        [("cache: entries".to_owned(), cache.entries.to_string()), ("cache: hits when full".to_owned(), full)]
    }));
    values.extend(scenario.monitor.rules.iter().flat_map(rule));
    values
}

fn dependency(dependency: &Dependency) -> Vec<(String, String)> {
    let named = |field: &str, value: String| (format!("{}: {field}", dependency.word), value);
    let capacity = dependency.capacity.map_or_else(|| "without limit".to_owned(), |calls| format!("{calls} calls"));
    vec![
        named("median", seconds(dependency.median_s)),
        named("sigma", dependency.sigma.to_string()),
        named("time-out", seconds(dependency.timeout_s)),
        named("capacity", capacity),
    ]
}

fn pool(pool: &Pool) -> Vec<(String, String)> {
    let named = |field: &str, value: String| (format!("{}: {field}", pool.of), value);
    vec![named("per instance", pool.capacity.to_string()), named("wait at most", seconds(pool.timeout_s))]
}

fn fault(fault: &Fault) -> Vec<(String, String)> {
    let named = |field: &str, value: String| (format!("fault {}: {field}", fault.name()), value);
    let mut values = match &fault.during {
        During::Span(span) => {
            vec![named("from", When::At(span.from).spoken()), named("until", When::At(span.until).spoken())]
        }
        During::Release(_) => Vec::new(),
    };
    match &fault.does {
        Effect::CpuCost(cost) => values.extend([
            named("CPU time", format!("× {}", cost.factor)),
            named("share of the requests", format!("{} %", cost.requests_ratio * 100.0)),
        ]),
        Effect::Dependency(dependency) => values.extend([
            named("latency", format!("× {}", dependency.latency_factor)),
            named("errors", format!("{} %", dependency.error_ratio * 100.0)),
            named("capacity", format!("× {}", dependency.capacity_factor)),
        ]),
        Effect::Surge(surge) => values.push(named("traffic", format!("× {}", surge.factor))),
        Effect::Crash(crash) => {
            values.extend([
                named("share of the requests", format!("{} %", crash.requests_ratio * 100.0)),
                named("share of the starts", format!("{} %", crash.starts_ratio * 100.0)),
            ]);
        }
        Effect::CacheLoss(loss) => values.push(named("kept", format!("{} %", loss.kept_ratio * 100.0))),
        Effect::Refuse(refuse) => values.push(named("pool", refuse.pool.replace('_', " "))),
        Effect::SlotLeak(leak) => values.push(named("pool", leak.pool.replace('_', " "))),
    }
    values
}

fn rule(rule: &AlertRule) -> Vec<(String, String)> {
    let named = |field: &str, value: String| (format!("alert {}: {field}", rule.name), value);
    let mut values = vec![
        named("severity", format!("{:?}", rule.severity).to_lowercase()),
        named("for", seconds(rule.for_s)),
        named("signal", format!("{:?}", rule.when.signal())),
    ];
    values.extend(match rule.when {
        Expression::Threshold { window_s, above, .. } => {
            vec![named("window", seconds(window_s)), named("above", above.to_string())]
        }
        Expression::PredictLinear { window_s, ahead_s, above, .. } => {
            vec![
                named("window", seconds(window_s)),
                named("ahead", seconds(ahead_s)),
                named("above", above.to_string()),
            ]
        }
        Expression::BurnRate { long_window_s, short_window_s, factor, .. } => {
            vec![
                named("long window", seconds(long_window_s)),
                named("short window", seconds(short_window_s)),
                named("factor", factor.to_string()),
            ]
        }
    });
    values
}

/// Name and value of each part of an action.
pub(super) type Fields = Vec<(&'static str, String)>;

/// The parts of an action in words.
pub(super) fn fields(action: &Action) -> Fields {
    let at = ("at", action.at.spoken());
    let waves = |waves: &[u32], bake_s: f64| {
        let sizes: Vec<String> = waves.iter().map(u32::to_string).collect();
        [("in waves of", sizes.join(" + ")), ("with waves apart by", seconds(bake_s))]
    };
    let mut fields = vec![at];
    match &action.deed {
        Deed::RollOut(roll_out) => {
            if let Release::Named(id) = &roll_out.release {
                fields.push(("of release", id.as_str().replace('_', " ")));
            }
            fields.extend(waves(&roll_out.waves, roll_out.bake_s));
        }
        Deed::Restart(restarts) => {
            if !restarts.instances.is_empty() {
                let numbers: Vec<String> = restarts.instances.iter().map(u32::to_string).collect();
                let what = if numbers.len() == 1 { "instance" } else { "instances" };
                fields.push(("of", format!("{what} {}", numbers.join(", "))));
            }
            fields.extend(waves(&restarts.waves, restarts.bake_s));
        }
        Deed::Scale(scale) => fields.push(("by", format!("{} instances", scale.by))),
        Deed::Switch(switch) => {
            let fault = switch.fault.replace('_', " ");
            fields.extend([("of", fault), ("switched", (if switch.on { "on" } else { "off" }).to_owned())]);
        }
        Deed::Shed(shed) => {
            fields[0].0 = "from";
            let share = format!("{} % of the requests", shed.ratio * 100.0);
            fields.extend([("until", When::At(shed.until).spoken()), ("of", share)]);
        }
        Deed::Dump(dump) => {
            let instance = format!("instance {}", dump.instance);
            fields.extend([("of", instance), ("pausing it for", seconds(dump.pause_s))]);
        }
        Deed::Reap(reap) => fields.push(("of sessions idle for", seconds(reap.idle_s))),
        Deed::Cap(cap) => fields.push(("of sessions per instance", cap.sessions.to_string())),
        Deed::Limit(limit) => {
            let what = match limit.what {
                LimitKind::QueueLength => "of the queue to",
                LimitKind::Retries => "of retries to",
                LimitKind::PoolSlots => "of slots to",
            };
            fields.extend(limit.pool.as_ref().map(|pool| ("of the pool", pool.replace('_', " "))));
            fields.push((what, limit.to.to_string()));
        }
        Deed::Balance(balance) => {
            let policy = match balance.policy {
                BalancerPolicy::RoundRobin => "round robin",
                BalancerPolicy::LeastOutstanding => "least outstanding",
            };
            fields.push(("policy", policy.to_owned()));
        }
        Deed::Warm(warm) => fields.push(("within", seconds(warm.takes_s))),
        Deed::FailOver(fail_over) => {
            fields.extend(fail_over.dependency.as_ref().map(|id| ("of the", id.replace('_', " "))));
            fields.push(("with latency", format!("× {}", fail_over.latency_factor)));
        }
        Deed::Note(_) => {}
    }
    fields
}

fn seconds(seconds: f64) -> String {
    if seconds >= 60.0 && seconds % 60.0 == 0.0 { format!("{} min", seconds / 60.0) } else { format!("{seconds} s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Setting;

    fn told(settings: &[&str]) -> String {
        let settings: Vec<Setting> = settings.iter().map(|text| text.parse().expect("a setting")).collect();
        Scenario::bundled().with(&settings).unwrap_or_else(|error| panic!("{error}")).what_if.to_string()
    }

    #[test]
    fn every_kind_of_change_is_told_in_words() {
        for (setting, words) in [
            ("responses.patch.at=11:10", "patch at 11:10 instead of 12:45"),
            ("responses.patch=null", "no patch"),
            ("session.size_kib=8", "session: size 8 KiB instead of 7.089 KiB"),
            ("instances.count=12", "instances: count 12 instances instead of 8 instances"),
            (
                "load_balancer.policy=least_outstanding",
                "load balancer: policy least outstanding instead of round robin",
            ),
            ("responses.leak_off.at=11:40", "leak off at 11:40, of session leak, switched off"),
            ("responses.scale_out.count=4", "scale out at 11:00, by 4 instances"),
            ("actions.patch.at=detected + 5 min", "patch at 5 min after detection instead of 12:45"),
            ("actions.patch.waves=[8]", "patch in waves of 8 instead of 1 + 2 + 3 + 2"),
            (
                "actions.restart_2.instances=[1,2]",
                "restart 2 at 11:00, of instances 1, 2, in waves of 1 + 2 + 3 + 2, with waves apart by 10 min",
            ),
            ("actions.shed.ratio=0.5", "shed from 11:00, until 13:30, of 50 % of the requests"),
            ("monitor.scrape_interval_s=30", "monitor: scrape interval 30 s instead of 15 s"),
            ("service_level.objective_ratio=0.95", "service level: objective 0.95 instead of 0.99"),
            ("responses.patch.at=12:45", ""),
        ] {
            assert_eq!(told(&[setting]), words, "{setting}");
        }
    }

    #[test]
    fn changes_are_told_against_the_scenario_as_it_was_written() {
        let changed =
            |scenario: &Scenario, text: &str| scenario.with(&[text.parse().expect("a setting")]).expect("valid");
        let once = changed(&Scenario::bundled(), "responses.patch.at=11:10");
        let twice = changed(&once, "responses.patch.at=11:20").with_seed(7);
        assert_eq!(twice.what_if.to_string(), "patch at 11:20 instead of 12:45; seed 7 instead of 20");
        let back = changed(&twice, "responses.patch.at=12:45").with_seed(20);
        assert_eq!(back.what_if.line(), None);
        assert_eq!(back, Scenario::bundled());
    }
}
