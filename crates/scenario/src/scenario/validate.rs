//! Validates the values of a scenario.

use std::collections::BTreeSet;

use super::{
    Action, AlertRule, CallOutcome, Deed, During, Effect, Expression, GATEWAY, LimitKind, Problem, Release,
    SESSION_LEAK, Scenario, Signal, VERSION, When, v1,
};
use crate::plain::quoted;
use crate::units::UtcMs;

/// Longest window that can be simulated, in seconds: times are packed into 36 bits of microseconds.
pub const WINDOW_MAX_S: f64 = 18.0 * 3600.0;
/// Most instances that one action starts or removes.
const SCALE_MAX: u32 = 64;
/// Number of the last instance that an action may name: those of later scale-outs included.
const INSTANCES_MAX: u32 = 1000;
/// What is said of a fault or an action that is about a cache where there is none.
const NO_CACHE: &str = "the scenario has no cache";
/// Most pools of an instance.
const POOLS_MAX: usize = 8;
/// Most entries in a list of the scenario.
const LIST_MAX: usize = 1000;

/// Every problem, in the order of the file.
pub(super) fn problems(scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    head(scenario, &mut problems);
    incident(scenario, &mut problems);
    parameters(scenario, &mut problems);
    monitor(scenario, &mut problems);
    problems.0.extend(super::plan::problems(scenario));
    pools(scenario, &mut problems);
    cache(scenario, &mut problems);
    releases(scenario, &mut problems);
    faults(scenario, &mut problems);
    actions(scenario, &mut problems);
    claims(scenario, &mut problems);
    problems.0
}

struct Problems(Vec<Problem>);

impl Problems {
    fn unless(&mut self, good: bool, path: impl Into<String>, message: impl Into<String>) {
        if !good {
            self.0.push(Problem { path: path.into(), position: None, message: message.into() });
        }
    }

    fn number(&mut self, path: impl Into<String>, value: f64, low: f64, high: f64) {
        self.unless((low..=high).contains(&value), path, format!("{value} is not allowed: {low} to {high}"));
    }

    fn time(&mut self, path: impl Into<String>, value: UtcMs, from: UtcMs, until: UtcMs) {
        self.unless(from <= value && value <= until, path, format!("{value} is not allowed: {from} to {until}"));
    }

    fn name(&mut self, path: String, id: &str) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        self.unless(
            !id.is_empty() && id.len() <= 64 && id.chars().all(plain),
            path,
            format!("{} is not allowed: 1 to 64 lower-case letters, digits and underscores", quoted(id)),
        );
    }

    fn unique<'a>(&mut self, list: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (index, id) in ids.enumerate() {
            self.unless(seen.insert(id), format!("{list}[{index}]"), format!("{id:?} is there already"));
            self.unless(index != LIST_MAX, list, format!("too long: at most {LIST_MAX} entries"));
        }
    }
}

fn head(scenario: &Scenario, problems: &mut Problems) {
    problems.unless(
        scenario.version == VERSION,
        "version",
        format!("{} is not known: this program reads versions {} and {VERSION}", scenario.version, v1::VERSION),
    );
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    problems.unless(
        !scenario.id.is_empty() && scenario.id.len() <= 64 && scenario.id.chars().all(plain),
        "id",
        format!("{:?} is not allowed: 1 to 64 lower-case letters, digits and hyphens", scenario.id),
    );
    let (window, incident) = (&scenario.window, &scenario.incident);
    let length_s = scenario.window_s();
    problems.unless(
        (60.0..=WINDOW_MAX_S).contains(&length_s),
        "window.until",
        format!("the window is {length_s} s long: 60 to {WINDOW_MAX_S} s are allowed"),
    );
    problems.unless(
        window.from.0 % 1000 == 0 && window.until.0 % 1000 == 0,
        "window",
        "must start and end on a full second",
    );
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    problems.unless(
        (1..=20).contains(&incident.instance.len()) && incident.instance.chars().all(is_name),
        "incident.instance",
        format!("{} is not allowed: 1 to 20 lower-case letters, digits and hyphens", quoted(&incident.instance)),
    );
    for (path, name) in [("incident.dependency", &incident.dependency), ("incident.user", &incident.user)] {
        problems.unless((1..=30).contains(&name.trim().chars().count()), path, "must have 1 to 30 characters");
    }
    problems.time("incident.start", incident.start, window.from, window.until);
    problems.time("incident.end", incident.end, incident.start, window.until);
}

fn incident(scenario: &Scenario, problems: &mut Problems) {
    problems.unique("facts", scenario.facts.iter().map(|fact| fact.id.as_str()));
    let mut known = BTreeSet::new();
    known.extend(scenario.facts.iter().map(|fact| fact.id.as_str()));
    let mut refers = |path: String, id: &str| {
        problems.unless(known.contains(id), path, format!("{id:?} is no fact of this scenario"));
    };
    for (index, reading) in scenario.readings.iter().enumerate() {
        reading.facts.iter().enumerate().for_each(|(n, id)| refers(format!("readings[{index}].facts[{n}]"), id));
    }
    for (index, event) in scenario.timeline.iter().enumerate() {
        refers(format!("timeline[{index}].fact"), &event.fact);
    }
    for (index, claim) in scenario.claims.iter().enumerate() {
        claim.facts.iter().enumerate().for_each(|(n, id)| refers(format!("claims[{index}].facts[{n}]"), id));
    }
    problems.unique("timeline", scenario.timeline.iter().map(|event| event.id.as_str()));
    problems.unless(!scenario.timeline.is_empty(), "timeline", "must have at least one event");
    let mut earliest = scenario.window.from;
    for (index, event) in scenario.timeline.iter().enumerate() {
        problems.time(format!("timeline[{index}].at"), event.at, earliest, scenario.window.until);
        earliest = earliest.max(event.at);
    }
    let level = &scenario.service_level;
    problems.number("service_level.objective_ratio", level.objective_ratio, 0.5, 0.999_999);
    problems.number("service_level.period_days", f64::from(level.period_days), 1.0, 366.0);
    problems.number("service_level.verification_s", level.verification_s, 0.0, 86_400.0);
    problems.number("service_level.verification_window_s", level.verification_window_s, 1.0, 3600.0);
}

fn parameters(scenario: &Scenario, problems: &mut Problems) {
    for view in scenario.parameters() {
        let (Some(number), Some([low, high])) = (view.number, view.range) else { continue };
        let [least, most] = view.limits;
        let range_path = format!("{}.range", view.path);
        let sane = least <= low && low <= high && high <= most;
        problems.unless(
            sane,
            range_path,
            format!("{low} to {high} is not allowed: lowest before highest, inside {least} to {most}"),
        );
        let (low, high) = if sane { (low, high) } else { (least, most) };
        problems.unless(
            (low..=high).contains(&number),
            view.path,
            format!("{} is not allowed: {low} to {high} {}", view.value, view.unit).trim_end().to_owned(),
        );
    }
    let (base, limit) = (scenario.heap.base_live_mib.value, scenario.heap.limit_mib.value);
    problems.unless(
        base < limit || !scenario.heap.enabled.value,
        "heap.base_live_mib",
        format!("{base} is not allowed: below heap.limit_mib, {limit}"),
    );
    let (young, count) = (scenario.instances.rescheduled.value, scenario.instances.count.value);
    problems.unless(
        young <= count,
        "instances.rescheduled",
        format!("{young} is not allowed: at most instances.count, {count}"),
    );
    let (age_h, oldest_h) = (scenario.instances.rescheduled_age_h.value, scenario.deployment.faulty_age_h.value);
    problems.unless(
        young == 0 || age_h <= oldest_h,
        "instances.rescheduled_age_h",
        format!("{age_h} is not allowed: at most deployment.faulty_age_h, {oldest_h}"),
    );
    let level = scenario.traffic.base_ratio.value - scenario.traffic.swing_ratio.value;
    problems.unless(
        level >= 0.0,
        "traffic.swing_ratio",
        "must not exceed traffic.base_ratio: traffic cannot be negative",
    );
}

fn monitor(scenario: &Scenario, problems: &mut Problems) {
    problems.number("monitor.scrape_interval_s", scenario.monitor.scrape_interval_s, 1.0, 300.0);
    problems.unless(
        scenario.monitor.scrape_interval_s.fract() == 0.0,
        "monitor.scrape_interval_s",
        "must be a whole number of seconds",
    );
    problems.unique("monitor.rules", scenario.monitor.rules.iter().map(|rule| rule.name.as_str()));
    for (index, rule) in scenario.monitor.rules.iter().enumerate() {
        alert_rule(scenario, rule, &format!("monitor.rules[{index}]"), problems);
    }
}

fn alert_rule(scenario: &Scenario, rule: &AlertRule, path: &str, problems: &mut Problems) {
    let scrape_s = scenario.monitor.scrape_interval_s;
    let signal = rule.when.signal();
    let lacks = match signal {
        Signal::HeapAfterGcWorstRatio | Signal::GcWorstRatio => (!scenario.heap.enabled.value).then_some("heap"),
        Signal::PoolUseWorstRatio => scenario.pools.is_empty().then_some("pool"),
        _ => None,
    };
    if let Some(part) = lacks {
        problems.unless(false, format!("{path}.when"), format!("looks at a {part}: the scenario has none"));
    }
    let plain = rule.name.chars().all(|c| c.is_ascii_alphanumeric()) && !rule.name.is_empty();
    problems.unless(plain, format!("{path}.name"), format!("{:?} is not allowed: letters and digits", rule.name));
    problems.number(format!("{path}.for_s"), rule.for_s, 0.0, 86_400.0);
    let mut window = |name: &str, value: f64| {
        problems.number(format!("{path}.when.{name}"), value, 2.0 * scrape_s, 86_400.0);
    };
    match rule.when {
        Expression::Threshold { window_s, .. } => window("threshold.window_s", window_s),
        Expression::PredictLinear { signal, window_s, ahead_s, .. } => {
            window("predict_linear.window_s", window_s);
            problems.number(format!("{path}.when.predict_linear.ahead_s"), ahead_s, 0.0, 31_622_400.0);
            problems.unless(
                signal.is_gauge(),
                format!("{path}.when.predict_linear.signal"),
                "must be a gauge: heap_after_gc_worst_ratio or pool_use_worst_ratio",
            );
        }
        Expression::BurnRate { signal, long_window_s, short_window_s, factor } => {
            window("burn_rate.long_window_s", long_window_s);
            window("burn_rate.short_window_s", short_window_s);
            problems.number(format!("{path}.when.burn_rate.factor"), factor, 0.0, 1_000_000.0);
            problems.unless(
                signal.is_bad_ratio(),
                format!("{path}.when.burn_rate.signal"),
                "must be a ratio of bad events: bad_checkouts_ratio or failed_checkouts_ratio",
            );
        }
    }
}

fn pools(scenario: &Scenario, problems: &mut Problems) {
    problems.unique("pools", scenario.pools.iter().map(|pool| pool.id.as_str()));
    problems.unless(scenario.pools.len() <= POOLS_MAX, "pools", format!("too long: at most {POOLS_MAX} pools"));
    for (index, pool) in scenario.pools.iter().enumerate() {
        let path = |field: &str| format!("pools[{index}].{field}");
        problems.name(path("id"), &pool.id);
        let length = pool.of.trim().chars().count();
        problems.unless((1..=60).contains(&length), path("of"), "must have 1 to 60 characters");
        problems.number(path("capacity"), f64::from(pool.capacity), 1.0, 10_000.0);
        problems.number(path("timeout_s"), pool.timeout_s, 0.001, 3600.0);
        if let Some(reuses) = pool.reuses {
            problems.number(path("reuses"), f64::from(reuses), 1.0, 1e9);
        }
    }
}

fn cache(scenario: &Scenario, problems: &mut Problems) {
    let Some(cache) = &scenario.cache else { return };
    let length = cache.of.trim().chars().count();
    problems.unless((1..=60).contains(&length), "cache.of", "must have 1 to 60 characters");
    problems.number("cache.entries", f64::from(cache.entries), 1.0, 1e9);
    problems.number("cache.hit_ratio", cache.hit_ratio, 0.0, 1.0);
}

fn faults(scenario: &Scenario, problems: &mut Problems) {
    let (from, until) = (scenario.window.from, scenario.window.until);
    problems.unique("faults", scenario.faults.iter().map(|fault| fault.id.as_str()));
    for (index, fault) in scenario.faults.iter().enumerate() {
        let path = format!("faults[{index}]");
        problems.name(format!("{path}.id"), &fault.id);
        problems.unless(fault.id != SESSION_LEAK, format!("{path}.id"), "is the name of the leak of sessions");
        match &fault.during {
            During::Span(span) => {
                problems.time(format!("{path}.during.span.from"), span.from, from, until);
                problems.time(format!("{path}.during.span.until"), span.until, span.from, until);
            }
            // Before the window only what work costs is known, every call is answered, and nothing is started.
            During::Release(release) => {
                let runs_before = *release == scenario.deployment.release.value;
                let can = match &fault.does {
                    Effect::CpuCost(_) => true,
                    Effect::SlotLeak(leak) => leak.on != CallOutcome::Confirmed || !runs_before,
                    Effect::Crash(crash) => crash.requests_ratio == 0.0 || !runs_before,
                    _ => false,
                };
                problems.unless(
                    can,
                    format!("{path}.during"),
                    "must be a span: only cpu_cost, slot_leak and crash can be bound to a release, and to the one that runs \
                     before the window only cpu_cost, crashes at the start, and slot_leak after calls that are not confirmed",
                );
                is_release(scenario, *release, &format!("{path}.during.release"), problems);
            }
        }
        let path = format!("{path}.does.{}", fault.does.kind());
        match &fault.does {
            Effect::CpuCost(cost) => {
                problems.number(format!("{path}.factor"), cost.factor, 0.1, 100.0);
                problems.number(format!("{path}.requests_ratio"), cost.requests_ratio, 0.0, 1.0);
            }
            Effect::Dependency(dependency) => {
                is_dependency(scenario, dependency.dependency.as_ref(), &format!("{path}.dependency"), problems);
                problems.number(format!("{path}.latency_factor"), dependency.latency_factor, 0.1, 1000.0);
                problems.number(format!("{path}.error_ratio"), dependency.error_ratio, 0.0, 1.0);
                problems.number(format!("{path}.capacity_factor"), dependency.capacity_factor, 0.0, 1000.0);
            }
            Effect::Surge(surge) => problems.number(format!("{path}.factor"), surge.factor, 0.0, 20.0),
            Effect::Crash(crash) => {
                problems.number(format!("{path}.requests_ratio"), crash.requests_ratio, 0.0, 1.0);
                problems.number(format!("{path}.starts_ratio"), crash.starts_ratio, 0.0, 1.0);
            }
            Effect::CacheLoss(loss) => {
                problems.unless(scenario.cache.is_some(), &path, NO_CACHE);
                problems.number(format!("{path}.kept_ratio"), loss.kept_ratio, 0.0, 1.0);
            }
            Effect::Refuse(refuse) => {
                problems.unless(
                    is_pool(scenario, &refuse.pool),
                    format!("{path}.pool"),
                    no_pool(scenario, &refuse.pool),
                );
            }
            Effect::SlotLeak(leak) => {
                problems.unless(is_pool(scenario, &leak.pool), format!("{path}.pool"), no_pool(scenario, &leak.pool));
            }
        }
    }
    let most: f64 = scenario.faults.iter().map(|fault| fault.does.surge_factor().max(1.0)).product();
    problems.unless(most <= 20.0, "faults", format!("surges may come to 20 times the traffic together, not to {most}"));
}

fn is_dependency(scenario: &Scenario, id: Option<&String>, path: &str, problems: &mut Problems) {
    let Some(id) = id else { return };
    let others = scenario.dependencies.iter().map(|known| known.id.as_str());
    let known: Vec<&str> = std::iter::once(GATEWAY).chain(others).collect();
    let message = format!("{} is no dependency: expected one of {}", quoted(id), known.join(", "));
    problems.unless(known.contains(&id.as_str()), path, message);
}

fn releases(scenario: &Scenario, problems: &mut Problems) {
    problems.unique("releases", scenario.releases.iter().map(|release| release.id.as_str()));
    for (index, release) in scenario.releases.iter().enumerate() {
        problems.unless(
            matches!(release.id, Release::Named(_)),
            format!("releases[{index}].id"),
            "is there already: faulty and fixed are in every scenario",
        );
        let length = release.word.trim().chars().count();
        problems.unless((1..=30).contains(&length), format!("releases[{index}].word"), "must have 1 to 30 characters");
    }
    is_release(scenario, scenario.deployment.release.value, "deployment.release", problems);
}

fn is_release(scenario: &Scenario, release: Release, path: &str, problems: &mut Problems) {
    let named = scenario.releases.iter().map(|known| known.id);
    let known: Vec<Release> = [Release::Faulty, Release::Fixed].into_iter().chain(named).collect();
    let names: Vec<&str> = known.iter().map(Release::as_str).collect();
    let message = format!("{} is no release: expected one of {}", quoted(release.as_str()), names.join(", "));
    problems.unless(known.contains(&release), path, message);
}

fn is_pool(scenario: &Scenario, id: &str) -> bool {
    scenario.pools.iter().any(|pool| pool.id == id)
}

fn no_pool(scenario: &Scenario, id: &str) -> String {
    let ids: Vec<&str> = scenario.pools.iter().map(|pool| pool.id.as_str()).collect();
    let expected = if ids.is_empty() {
        "this scenario has none".to_owned()
    } else {
        format!("expected one of {}", ids.join(", "))
    };
    format!("{} is no pool: {expected}", quoted(id))
}

fn actions(scenario: &Scenario, problems: &mut Problems) {
    problems.unique("actions", scenario.actions.iter().map(|action| action.id.as_str()));
    for (index, action) in scenario.actions.iter().enumerate() {
        one_action(scenario, action, &format!("actions[{index}]"), problems);
    }
}

/// The problems of one action, by paths from it.
pub(super) fn action_problems(scenario: &Scenario, action: &Action) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    one_action(scenario, action, "", &mut problems);
    for problem in &mut problems.0 {
        problem.path = problem.path.trim_start_matches('.').to_owned();
    }
    problems.0
}

fn one_action(scenario: &Scenario, action: &Action, path: &str, problems: &mut Problems) {
    let (from, until) = (scenario.window.from, scenario.window.until);
    problems.name(format!("{path}.id"), &action.id);
    match action.at {
        When::At(at) => problems.time(format!("{path}.at"), at, from, until),
        When::AfterDetection(seconds) => problems.unless(
            (0.0..=WINDOW_MAX_S).contains(&seconds),
            format!("{path}.at"),
            format!("{} is not allowed: at most {WINDOW_MAX_S} s after the detection", action.at),
        ),
    }
    let path = format!("{path}.do.{}", action.deed.kind());
    let count = scenario.instances.count.value;
    let mut waves = |waves: &[u32], bake_s: f64| {
        problems.number(format!("{path}.bake_s"), bake_s, 0.0, 86_400.0);
        problems.unless(
            !waves.is_empty() && waves.len() <= LIST_MAX && waves.iter().all(|wave| *wave >= 1),
            format!("{path}.waves"),
            "must have at least one wave, each of at least one instance",
        );
    };
    match &action.deed {
        Deed::RollOut(roll_out) => {
            waves(&roll_out.waves, roll_out.bake_s);
            is_release(scenario, roll_out.release, &format!("{path}.release"), problems);
        }
        Deed::Restart(restarts) => {
            waves(&restarts.waves, restarts.bake_s);
            for (n, instance) in restarts.instances.iter().enumerate() {
                problems.number(format!("{path}.instances[{n}]"), f64::from(*instance), 1.0, f64::from(INSTANCES_MAX));
            }
        }
        Deed::Scale(scale) => {
            let most = f64::from(SCALE_MAX);
            problems.number(format!("{path}.by"), f64::from(scale.by), -most, most);
            problems.unless(scale.by != 0, format!("{path}.by"), "0 changes nothing");
        }
        Deed::Shed(shed) => {
            problems.time(format!("{path}.until"), shed.until, action.at.fixed().unwrap_or(from), until);
            problems.number(format!("{path}.ratio"), shed.ratio, 0.0, 1.0);
        }
        Deed::Dump(dump) => {
            let most = count + scenario.actions.iter().map(|action| action.deed.instances_added()).sum::<u32>();
            problems.number(format!("{path}.instance"), f64::from(dump.instance), 1.0, f64::from(most.max(1)));
            problems.number(format!("{path}.pause_s"), dump.pause_s, 0.0, 3600.0);
        }
        Deed::Reap(reap) => problems.number(format!("{path}.idle_s"), reap.idle_s, 600.0, 31_622_400.0),
        Deed::Cap(cap) => problems.number(format!("{path}.sessions"), f64::from(cap.sessions), 1.0, 1e9),
        Deed::Limit(limit) => {
            let most = match limit.what {
                LimitKind::QueueLength => 1000.0,
                LimitKind::Retries => 10.0,
                LimitKind::PoolSlots => 10_000.0,
            };
            problems.number(format!("{path}.to"), f64::from(limit.to), 0.0, most);
            match (limit.what, &limit.pool) {
                (LimitKind::PoolSlots, Some(pool)) => {
                    problems.unless(is_pool(scenario, pool), format!("{path}.pool"), no_pool(scenario, pool));
                }
                (LimitKind::PoolSlots, None) => problems.unless(false, format!("{path}.pool"), "says which pool"),
                (_, pool) => problems.unless(pool.is_none(), format!("{path}.pool"), "is only for pool_slots"),
            }
        }
        Deed::Note(note) => problems.unless(
            !note.text.trim().is_empty() && note.text.chars().count() <= 1000,
            format!("{path}.text"),
            "must have 1 to 1000 characters",
        ),
        Deed::Switch(switch) => {
            let ids: Vec<&str> = scenario.faults.iter().map(|fault| fault.id.as_str()).chain([SESSION_LEAK]).collect();
            let message = format!("{} is no fault: expected one of {}", quoted(&switch.fault), ids.join(", "));
            problems.unless(ids.contains(&switch.fault.as_str()), format!("{path}.fault"), message);
        }
        Deed::Warm(warm) => {
            problems.unless(scenario.cache.is_some(), &path, NO_CACHE);
            problems.number(format!("{path}.takes_s"), warm.takes_s, 1.0, 86_400.0);
        }
        Deed::FailOver(fail_over) => {
            is_dependency(scenario, fail_over.dependency.as_ref(), &format!("{path}.dependency"), problems);
            problems.number(format!("{path}.latency_factor"), fail_over.latency_factor, 0.1, 1000.0);
        }
        Deed::Balance(_) => {}
    }
}

fn claims(scenario: &Scenario, problems: &mut Problems) {
    problems.unique("claims", scenario.claims.iter().map(|claim| claim.id.as_str()));
    let (from, until) = (scenario.window.from, scenario.window.until);
    use super::Measure as M;
    for (index, claim) in scenario.claims.iter().enumerate() {
        let path = |field: &str| format!("claims[{index}].measure.{field}");
        match &claim.measure {
            M::AffectedRatio { from: start, until: end, .. } | M::FailedRatio { from: start, until: end } => {
                problems.time(path("from"), *start, from, until);
                problems.time(path("until"), *end, *start, until);
            }
            M::GatewayP50Change { at, baseline } | M::NetworkP50Change { at, baseline } => {
                problems.time(path("at"), *at, from, until);
                problems.time(path("baseline"), *baseline, from, until);
            }
            M::CpuMeanRatio { at }
            | M::HeapWorstRatio { at }
            | M::SessionShareRatio { at }
            | M::YoungHeapRatio { at }
            | M::YoungSlowRatio { at }
            | M::PoolWorstRatio { at }
            | M::ThreadsRatio { at }
            | M::RetryRatio { at } => problems.time(path("at"), *at, from, until),
            M::AlertFiredAt { rule } => {
                let rules = &scenario.monitor.rules;
                let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
                let message = format!("is no rule of the monitor: expected one of {}", names.join(", "));
                problems.unless(names.contains(&rule.as_str()), path("alert_fired_at.rule"), &message);
            }
            M::DetectedAt | M::ResolvedAt | M::PatchStartedAt | M::FixedReleaseLeaked | M::FaultyInstances => {}
        }
        let fits = |quantity: &Option<super::Quantity>| {
            quantity.is_none_or(|quantity| matches!(quantity, super::Quantity::Time(_)) == claim.measure.is_time())
        };
        let bounds = [Some(claim.each_seed), claim.mean];
        let all_fit = fits(&claim.reported) && bounds.iter().flatten().all(|b| fits(&b.min) && fits(&b.max));
        problems.unless(
            all_fit,
            format!("claims[{index}]"),
            "its values must be times where the measure is a time, else numbers",
        );
    }
}
