//! The "now" sentence: what is going on at the playhead, in plain words, for three audiences.
//!
//! Invariant: every number comes from the [`Moment`] or the scenario. There are no clock times, so the sentence is the same
//! in every time zone.

use super::instance::{InstanceMoment, NEARLY_FULL_RATIO};
use super::moment::{IncidentStatus, Moment, mean, noticed_ratio, served_ratio};
use super::words::{
    capitalised, count, counted, nouns, part_of, people, percent, percent_fine, portion, seconds, time_in_prose,
};
use super::{Audience, trainer};
use crate::recording::{Happening, Recording};
use crate::scenario::{Evidence, Release, Scenario, TimelineEvent};
use crate::units::UtcMs;

/// The sentence begins with a page that is at most this old.
const JUST_PAGED_S: f64 = 120.0;
/// A share below this is not mentioned beside a larger one.
const FEW_RATIO: f64 = 0.015;

/// Seconds for which a worded sentence stays the same unless something happens: shares near a boundary would make it
/// flicker.
const HOLD_S: i64 = 30;

/// What is going on at `at`, in two to four short sentences. Worded sentences describe [`spoken_at`], figures describe `at`
/// itself.
#[must_use]
pub fn now_sentence(scenario: &Scenario, recording: &Recording, at: UtcMs, audience: Audience) -> String {
    let at = if audience == Audience::Engineer { at } else { spoken_at(recording, at) };
    let moment = Moment::new(scenario, recording, at);
    let sentences = match audience {
        Audience::Executive => plain(scenario, &moment),
        Audience::Engineer => figures(scenario, &moment),
        Audience::Trainer => trainer::sentences(scenario, recording, &moment),
    };
    sentences.join(" ")
}

/// The moment that worded sentences describe: the last full half minute, or the last event after it.
#[must_use]
pub fn spoken_at(recording: &Recording, at: UtcMs) -> UtcMs {
    let since_ms = at.0 - recording.meta.from.0;
    let held = recording.meta.from.0 + since_ms.div_euclid(HOLD_S * 1000) * HOLD_S * 1000;
    let is_told = |what: &Happening| {
        !matches!(
            what,
            Happening::AlertPending { .. }
                | Happening::GcOverhead
                | Happening::GcRelief
                | Happening::LeftRotation
                | Happening::JoinedRotation
                | Happening::TriedAgain
        )
    };
    let entries = recording.log.iter().rev().skip_while(|entry| recording.time_of(entry) > at);
    let last = entries.into_iter().find(|entry| is_told(&entry.what)).map(|entry| recording.time_of(entry).0);
    UtcMs(last.map_or(held, |last| last.max(held)).min(at.0))
}

fn plain(scenario: &Scenario, moment: &Moment) -> Vec<String> {
    let harm = harm(scenario, moment);
    let unseen = moment.paged.is_none() && moment.firing.is_empty();
    let strain = strain(scenario, moment).map(|strain| capitalised(&strain));
    match moment.status {
        IncidentStatus::Calm => {
            let strain = strain.map(|strain| match unseen {
                true => format!("{strain}, and no alert says so."),
                false => format!("{strain}."),
            });
            [Some(harm), strain].into_iter().flatten().collect()
        }
        IncidentStatus::Degrading => {
            let strain = strain.map(|strain| format!("{strain}."));
            [Some(harm), strain, killed(moment), Some("Nobody has been paged yet.".to_owned())]
                .into_iter()
                .flatten()
                .collect()
        }
        IncidentStatus::Degraded => {
            let just_paged = moment.paged.is_some_and(|paged| moment.at.seconds_since(paged) < JUST_PAGED_S);
            let paged = just_paged.then(|| "Monitoring has paged the team.".to_owned());
            let strain = strain.map(|strain| match younger_ones(moment) {
                Some(younger) => format!("{strain}; {younger}."),
                None => format!("{strain}."),
            });
            let step = if just_paged { None } else { last_step(scenario, moment) };
            [paged, strain, killed(moment), Some(harm), step].into_iter().flatten().collect()
        }
        IncidentStatus::RollingOut => vec![rollout(scenario, moment), harm_meanwhile(scenario, moment)],
        IncidentStatus::Verifying => vec![rollout(scenario, moment), verification(scenario, moment)],
        IncidentStatus::Mitigated => {
            vec![format!("The incident is mitigated; the {} is still there.", scenario.fault_word()), harm]
        }
        IncidentStatus::Over => {
            let leaked = moment.instances.iter().any(|instance| instance.sessions_leaked > 0);
            let memory = (!leaked && scenario.leaks_sessions())
                .then(|| "No session stays behind, so memory no longer fills up.".to_owned());
            [Some("The incident is over.".to_owned()), Some(harm), memory].into_iter().flatten().collect()
        }
    }
}

/// How users fare: "One user in three cannot complete the checkout, and two users in five wait more than 4 s."
pub(super) fn harm(scenario: &Scenario, moment: &Moment) -> String {
    let (journey, user) = (&scenario.incident.journey, &scenario.incident.user);
    match harm_clauses(scenario, moment) {
        Some(clauses) => format!("{}.", capitalised(&clauses)),
        None => match moment.p50_s {
            Some(p50_s) if p50_s < 0.95 => {
                format!("{} works: a typical {user} is through in less than a second.", capitalised(journey))
            }
            Some(p50_s) => format!("{} works: a typical {user} is through in {p50_s:.1} s.", capitalised(journey)),
            None if moment.ended.total() > 0 => format!("{} works.", capitalised(journey)),
            None => format!("No {journey} ended in the last minute."),
        },
    }
}

fn harm_meanwhile(scenario: &Scenario, moment: &Moment) -> String {
    match harm_clauses(scenario, moment) {
        Some(clauses) => format!("Meanwhile {clauses}."),
        None => harm(scenario, moment),
    }
}

/// `None` while users are not affected.
fn harm_clauses(scenario: &Scenario, moment: &Moment) -> Option<String> {
    if moment.ended.affected_ratio().unwrap_or(0.0) <= noticed_ratio(scenario) {
        return None;
    }
    let cannot = format!("cannot complete the {}", scenario.incident.journey);
    let wait = |verb: &str| format!("{verb} more than {}", seconds_short(scenario.users.slow_after_s.value));
    let failed = people(moment.ended.failed_ratio().unwrap_or(0.0), &scenario.incident.user);
    let slow = people(moment.ended.slow_ratio().unwrap_or(0.0), &scenario.incident.user);
    let few = |ratio: Option<f64>| ratio.is_some_and(|ratio| ratio < FEW_RATIO);
    match (failed, slow) {
        // A small share beside a large one is not mentioned.
        (Some(failed), Some(_)) if few(moment.ended.slow_ratio()) && !few(moment.ended.failed_ratio()) => {
            Some(failed.who(&cannot, &cannot))
        }
        (Some(_), Some(slow)) if few(moment.ended.failed_ratio()) && !few(moment.ended.slow_ratio()) => {
            Some(slow.who(&wait("waits"), &wait("wait")))
        }
        (Some(failed), Some(slow)) => Some(format!(
            "{}, and {}",
            failed.who(&cannot, &cannot),
            slow.who_else(&failed, &wait("waits"), &wait("wait"))
        )),
        (Some(failed), None) => Some(failed.who(&cannot, &cannot)),
        (None, slow) => slow.map(|slow| slow.who(&wait("waits"), &wait("wait"))),
    }
}

/// "4 s" rather than "4.0 s": a threshold is exact.
pub(super) fn seconds_short(value: f64) -> String {
    format!("{value} s")
}

/// What the instances suffer from: "six of eight instances spend two thirds of their time clearing memory".
fn strain(scenario: &Scenario, moment: &Moment) -> Option<String> {
    let whole = moment.instances.len();
    let collecting = moment.those(InstanceMoment::is_collecting);
    let full = moment.count(InstanceMoment::is_full);
    let share = portion(mean(&collecting, |instance| instance.gc_ratio));
    let verb = |number: usize, one: &'static str, many: &'static str| if number == 1 { one } else { many };
    match share {
        Some(share) if !collecting.is_empty() => Some(format!(
            "{} {} {share} of {} time clearing memory",
            part_of(collecting.len(), whole, "instance"),
            verb(collecting.len(), "spends", "spend"),
            verb(collecting.len(), "its", "their"),
        )),
        _ if full > 0 => {
            let are = verb(full, "is", "are");
            Some(format!("{} {are} nearly out of memory", part_of(full, whole, "instance")))
        }
        _ => scarce(scenario, moment),
    }
}

/// What else is used up: slots of a pool, CPU, or worker threads.
fn scarce(scenario: &Scenario, moment: &Moment) -> Option<String> {
    let whole = moment.instances.len();
    let exhausted = moment.those(|instance| instance.exhausted().is_some());
    let pool = exhausted.first().and_then(|instance| instance.exhausted()).and_then(|pool| scenario.pools.get(pool));
    let (saturated, busy) = (moment.count(InstanceMoment::is_saturated), moment.count(InstanceMoment::is_busy));
    let have = |number: usize| if number == 1 { "has" } else { "have" };
    if let Some(pool) = pool {
        let some = part_of(exhausted.len(), whole, "instance");
        return Some(format!("{some} {} none of the {} left", have(exhausted.len()), pool.of));
    }
    match (saturated, busy) {
        (0, 0) => None,
        (0, busy) => Some(format!("all worker threads of {} are busy", part_of(busy, whole, "instance"))),
        (saturated, _) => {
            Some(format!("{} {} no CPU time left", part_of(saturated, whole, "instance"), have(saturated)))
        }
    }
}

/// "One instance ran out of memory and was restarted."
fn killed(moment: &Moment) -> Option<String> {
    let were = if moment.killed == 1 { "was" } else { "were" };
    let some = capitalised(&counted(moment.killed, "instance"));
    (moment.killed > 0).then(|| format!("{some} ran out of memory and {were} restarted."))
}

/// "the two younger ones are fine", while others are not.
fn younger_ones(moment: &Moment) -> Option<String> {
    let younger = moment.those(|instance| instance.younger);
    let older_suffer = moment.instances.iter().any(|instance| !instance.younger && !instance.is_fine());
    if younger.is_empty() || younger.len() == moment.instances.len() || !older_suffer {
        return None;
    }
    let fine = younger.iter().filter(|instance| instance.is_fine()).count();
    let ones = match younger.len() {
        1 => "the younger one".to_owned(),
        number => format!("the {} younger ones", count(number)),
    };
    let room = younger.iter().all(|instance| !instance.is_full() && !instance.is_collecting());
    let (are, serve, have) = if younger.len() == 1 { ("is", "completes", "has") } else { ("are", "complete", "have") };
    let served = served_ratio(moment, &younger);
    let fair = younger.len() as f64 / moment.instances.len() as f64;
    match portion(served) {
        _ if fine == younger.len() => Some(format!("{ones} {are} fine")),
        Some(share) if room && served > 1.5 * fair => {
            Some(format!("{ones} {serve} {share} of all requests and {are} slowing down"))
        }
        _ if room => Some(format!("{ones} {have} memory left but {are} overloaded")),
        _ => None,
    }
}

/// "Escalated to the backend team twelve minutes ago."
fn last_step(scenario: &Scenario, moment: &Moment) -> Option<String> {
    let at = moment.at;
    let patched = moment.rollout.is_some_and(|rollout| rollout.patch);
    // Without the patch there is neither its deployment nor the recovery that followed.
    let happened = |event: &&TimelineEvent| patched || !event.evidence.contains(&Evidence::FixedInstances);
    let event = scenario.timeline.iter().rev().filter(happened).find(|event| event.at <= at)?;
    let minutes = (at.seconds_since(event.at) / 60.0).floor();
    let ago = if minutes < 1.0 { "just now".to_owned() } else { format!("{} ago", time_in_prose(minutes)) };
    Some(format!("{} {ago}.", event.title))
}

/// How far the roll-out is: "The fixed release runs on three of eight instances; three more are restarting."
fn rollout(scenario: &Scenario, moment: &Moment) -> String {
    let Some(rollout) = moment.rollout else { return String::new() };
    let whole = moment.instances.len();
    let release = scenario.release_word(Release::Fixed);
    let restarting = |more: &str| match rollout.under_way {
        0 => "the next wave follows".to_owned(),
        1 => format!("one {more}is restarting"),
        number => format!("{} {more}are restarting", count(number)),
    };
    match (rollout.patch, rollout.done) {
        (true, 0) => match rollout.under_way {
            0 => format!("The {release} release starts to roll out."),
            1 => format!("The {release} release starts to roll out: one instance is restarting."),
            number => format!("The {release} release starts to roll out: {} instances are restarting.", count(number)),
        },
        (true, done) if done >= whole => {
            format!("{} run the {release} release.", capitalised(&part_of(done, whole, "instance")))
        }
        (true, done) => {
            format!("The {release} release runs on {}; {}.", part_of(done, whole, "instance"), restarting("more "))
        }
        (false, done) => format!(
            "A rolling restart is through {}, on the same release; {}.",
            part_of(done.min(whole), whole, "instance"),
            restarting("")
        ),
    }
}

/// "The service level has held for nine minutes; after twenty minutes the incident is over."
pub(super) fn verification(scenario: &Scenario, moment: &Moment) -> String {
    let (held_min, wanted_min) = verified_min(scenario, moment);
    let wanted = time_in_prose(wanted_min);
    if held_min >= wanted_min {
        format!("The service level has held for the {wanted} after which the incident is over.")
    } else if held_min < 1.0 {
        format!("The service level must hold for {wanted} before the incident is over.")
    } else {
        format!("The service level has held for {}; after {wanted} the incident is over.", time_in_prose(held_min))
    }
}

/// Full minutes for which the service level has held, and minutes required. The last half minute counts as a full one.
fn verified_min(scenario: &Scenario, moment: &Moment) -> (f64, f64) {
    let wanted_s = scenario.service_level.verification_s;
    let held_s = if moment.level_held_s + 30.0 >= wanted_s { wanted_s } else { moment.level_held_s };
    ((held_s / 60.0).floor(), wanted_s / 60.0)
}

fn figures(scenario: &Scenario, moment: &Moment) -> Vec<String> {
    let whole = moment.instances.len();
    let running = moment.those(|instance| !instance.is_restarting());
    let full = moment.those(InstanceMoment::is_full);
    let others = moment.those(|instance| !instance.is_restarting() && !instance.is_full());
    let readings = |instances: &[&InstanceMoment]| {
        format!(
            "{} of the time in GC, CPU {}",
            percent(mean(instances, |instance| instance.gc_ratio)),
            percent(mean(instances, |instance| instance.cpu_ratio))
        )
    };
    let mut sentences = Vec::new();
    if !scenario.uses_heap() {
        let (cpu, threads) = (range(&running, |i| i.cpu_ratio), range(&running, |i| i.threads_ratio()));
        sentences.push(format!("CPU {cpu}, {threads} of the worker threads in use."));
    } else if full.is_empty() {
        let heap = range(&running, |instance| instance.heap_ratio);
        sentences.push(format!("Heap after GC {heap}, {}.", readings(&running)));
    } else {
        let heap = range(&full, |instance| instance.heap_ratio);
        let some = format!("{} of {whole} {}", full.len(), nouns(whole, "instance"));
        let mut sentence =
            format!("Heap after GC above {} on {some} ({heap}): {}", percent(NEARLY_FULL_RATIO), readings(&full));
        if !others.is_empty() {
            let heap = range(&others, |instance| instance.heap_ratio);
            sentence.push_str(&format!("; the other {}: heap {heap}, {}", others.len(), readings(&others)));
        }
        sentences.push(format!("{sentence}."));
    }
    sentences.push(outcomes(scenario, moment));
    sentences.extend(state(scenario, moment));
    sentences
}

/// Lowest to highest value over some instances: "98.1–99.1 %", "20.5 %".
fn range(instances: &[&InstanceMoment], reading: impl Fn(&InstanceMoment) -> f64) -> String {
    let values = || instances.iter().map(|instance| reading(instance));
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    match (percent_fine(low), percent_fine(high)) {
        _ if instances.is_empty() => "–".to_owned(),
        (low, high) if low == high => high,
        (low, high) => format!("{}–{high}", low.trim_end_matches(" %")),
    }
}

fn outcomes(scenario: &Scenario, moment: &Moment) -> String {
    let share = |ratio: Option<f64>| percent_fine(ratio.unwrap_or(0.0));
    let p95 = moment.p95_s.map_or(String::new(), |p95_s| format!(", p95 {}", seconds(p95_s)));
    let retries = match moment.retry_ratio {
        ratio if ratio >= 0.005 => format!(", {} of the attempts are retries", percent(ratio)),
        _ => String::new(),
    };
    format!(
        "Last minute: {} slow, {} failed{p95}; {} {} waiting{retries}.",
        share(moment.ended.slow_ratio()),
        share(moment.ended.failed_ratio()),
        moment.waiting_users,
        nouns(moment.waiting_users as usize, &scenario.incident.user),
    )
}

/// What an engineer wants to know in addition, by status.
fn state(scenario: &Scenario, moment: &Moment) -> Option<String> {
    let firing = (!moment.firing.is_empty()).then(|| format!("Firing: {}.", moment.firing.join(", ")));
    match moment.status {
        IncidentStatus::Calm | IncidentStatus::Degrading => firing.or_else(|| Some("No alert is firing.".to_owned())),
        IncidentStatus::Degraded => {
            let gateway = moment.gateway_p50_s.zip(moment.gateway_change).map(|(p50_s, change)| {
                let called = capitalised(&scenario.incident.dependency);
                format!("{called} p50 {} ({} against the baseline).", seconds(p50_s), signed_percent(change))
            });
            both(firing, gateway)
        }
        IncidentStatus::RollingOut => {
            let wave = moment.rollout.map(|rollout| {
                let release = match rollout.patch {
                    true => format!("on the {} release", scenario.release_word(Release::Fixed)),
                    false => "restarted".to_owned(),
                };
                format!(
                    "Wave {}: {} of {} {release}, {} restarting.",
                    rollout.wave,
                    rollout.done,
                    moment.instances.len(),
                    rollout.under_way
                )
            });
            both(firing, wave)
        }
        IncidentStatus::Verifying => {
            let (held_min, wanted_min) = verified_min(scenario, moment);
            both(firing, Some(format!("SLO held for {held_min:.0} of {wanted_min:.0} min.")))
        }
        IncidentStatus::Mitigated => {
            both(firing, Some(format!("Mitigated: SLO held; the {} is still there.", scenario.fault_word())))
        }
        IncidentStatus::Over => Some("The incident is over.".to_owned()),
    }
}

/// Joins two sentences.
fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    [one, other].into_iter().flatten().reduce(|one, other| format!("{one} {other}"))
}

/// "+0.4 %", "−1.2 %", "±0.0 %".
pub(super) fn signed_percent(change: f64) -> String {
    let tenths = (change * 1000.0).round() / 10.0;
    if tenths > 0.0 {
        format!("+{tenths:.1} %")
    } else if tenths < 0.0 {
        format!("−{:.1} %", -tenths)
    } else {
        "±0.0 %".to_owned()
    }
}

#[cfg(test)]
#[path = "now_tests.rs"]
mod tests;
