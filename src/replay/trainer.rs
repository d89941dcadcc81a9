//! The "now" sentence for a trainer: what can be seen at this minute, and what to ask. There is no hindsight: a cause is
//! named only after the timeline event that names it.

use super::instance::InstanceMoment;
use super::moment::{IncidentStatus, Moment, mean, served_ratio};
use super::now::{harm, signed_percent, verification};
use super::words::{capitalised, counted, percent, seconds, time_in_figures};
use crate::recording::{Happening, Recording};
use crate::scenario::{Evidence, Release, Scenario, Severity};

/// Round trips within this ratio of the baseline count as unchanged.
const UNCHANGED_RATIO: f64 = 0.05;

pub(super) fn sentences(scenario: &Scenario, recording: &Recording, moment: &Moment) -> Vec<String> {
    match moment.status {
        IncidentStatus::Calm => calm(scenario, moment),
        IncidentStatus::Degrading => {
            vec![harm(scenario, moment), "No alert has fired. Which chart moved before the users noticed?".to_owned()]
        }
        IncidentStatus::Degraded => degraded(scenario, recording, moment),
        IncidentStatus::RollingOut => {
            let through = moment.rollout.filter(|rollout| rollout.done > 0);
            let waits = through.is_some_and(|rollout| rollout.done + rollout.under_way < moment.instances.len());
            let ask = waits.then(|| "Would you go on with the next wave?".to_owned());
            [Some(fixed_and_rest(scenario, moment)), ask].into_iter().flatten().collect()
        }
        IncidentStatus::Verifying => {
            vec![verification(scenario, moment), "Why not call it over as soon as the users are well?".to_owned()]
        }
        IncidentStatus::Mitigated => vec![
            format!("The incident is mitigated; the {} is still there.", scenario.fault_word()),
            "How long does that give you, and what would you do with the time?".to_owned(),
        ],
        IncidentStatus::Over => vec!["The incident is over.".to_owned(), lead(recording)],
    }
}

fn calm(scenario: &Scenario, moment: &Moment) -> Vec<String> {
    let alerts = match moment.paged {
        None => "Users notice nothing and nobody has been paged.",
        Some(_) => "Users notice nothing any more.",
    };
    let full = moment.those(InstanceMoment::is_full);
    let others = moment.those(|instance| !instance.is_full() && !instance.is_restarting());
    let heap = |instances: &[&InstanceMoment]| percent(mean(instances, |instance| instance.heap_ratio));
    let look = match (full.len(), others.len()) {
        (0, _) => {
            let all = moment.those(|_| true);
            let cpu = percent(mean(&all, |instance| instance.cpu_ratio));
            let gateway = moment
                .gateway_p50_s
                .map_or(String::new(), |p50_s| format!(", {} {}", scenario.incident.dependency, seconds(p50_s)));
            let memory = match scenario.uses_heap() {
                true => format!(", heap after collection {}", heap(&all)),
                false => String::new(),
            };
            format!("Remember what normal looks like: CPU {cpu}{memory}{gateway}.")
        }
        (_, 0) => format!("Heap after collection is {} everywhere: who would tell you?", heap(&full)),
        (some, rest) => format!(
            "Heap after collection is {} on {} and {} on {}: who would tell you?",
            heap(&full),
            counted(some, "instance"),
            heap(&others),
            super::words::count(rest)
        ),
    };
    vec![alerts.to_owned(), look]
}

/// While no remedy is under way, what has been seen so far decides what to ask.
fn degraded(scenario: &Scenario, recording: &Recording, moment: &Moment) -> Vec<String> {
    let seen = |wanted: &[Evidence]| {
        let mut events = scenario.timeline.iter().filter(|event| event.at <= moment.at);
        events.any(|event| event.evidence.iter().any(|evidence| wanted.contains(evidence)))
    };
    if seen(&[Evidence::Code]) && !scenario.leaks_sessions() {
        return vec![
            "What is wrong is found.".to_owned(),
            "What would help the users soonest, and what would keep it from coming back?".to_owned(),
        ];
    }
    if seen(&[Evidence::HeapHistogram, Evidence::LeakedSessions, Evidence::SessionShareRatio]) {
        let older = moment.those(|instance| !instance.younger && !instance.is_restarting());
        let span = recording.before(moment.at, 60);
        let share = mean(&older, |instance| recording.session_share_ratio(span, instance.index));
        return vec![
            format!(
                "What fills the memory is found: sessions hold {} of the live bytes on the older instances.",
                percent(share)
            ),
            "What would help the users before a patch is ready?".to_owned(),
        ];
    }
    if seen(&[Evidence::GatewayP50, Evidence::NetworkP50]) {
        return vec![network(scenario, moment), apart(moment)];
    }
    let paged_s = moment.paged.map_or(0.0, |paged| moment.at.seconds_since(paged));
    let events = scenario.timeline.iter().filter(|event| event.at <= moment.at).count();
    if events < 2 && paged_s < 600.0 {
        let rule = scenario.monitor.rules.iter().find(|rule| moment.paged_by.as_ref() == Some(&rule.name));
        let summary = rule.map_or(String::new(), |rule| format!("The page says: {}", rule.summary));
        return vec![summary, "It names what is scarce, not why. What else rose with it?".to_owned()];
    }
    let running = moment.those(|instance| !instance.is_restarting());
    let cpu = percent(mean(&running, |instance| instance.cpu_ratio));
    let busy = moment.those(InstanceMoment::is_collecting);
    let collections = match busy.len() {
        0 => String::new(),
        number => format!(
            ", and {} {} {} of the time in collections",
            counted(number, "instance"),
            if number == 1 { "spends" } else { "spend" },
            percent(mean(&busy, |instance| instance.gc_ratio))
        ),
    };
    vec![
        format!("CPU is at {cpu}{collections}."),
        "Which causes which? Users report time-outs: how would you check the network?".to_owned(),
    ]
}

fn network(scenario: &Scenario, moment: &Moment) -> String {
    let both = format!("{} and network", capitalised(&scenario.incident.dependency));
    let (Some(gateway), Some(network)) = (moment.gateway_change, moment.network_change) else {
        return format!("{both} cannot be compared with the baseline.");
    };
    let changes = format!("{} and {}", signed_percent(gateway), signed_percent(network));
    if gateway.abs() <= UNCHANGED_RATIO && network.abs() <= UNCHANGED_RATIO {
        format!("{both} are as fast as in the baseline ({changes}): the time is lost inside the service.")
    } else {
        format!("{both} have changed against the baseline ({changes}).")
    }
}

/// What distinguishes the instances.
fn apart(moment: &Moment) -> String {
    let fine = moment.those(InstanceMoment::is_fine);
    let roomy = moment.those(|instance| !instance.is_restarting() && !instance.is_full());
    let others = |some: usize| super::words::count(moment.instances.len() - some);
    if !fine.is_empty() && fine.len() < moment.instances.len() {
        let verbs = if fine.len() == 1 {
            "is offered as many requests and stays"
        } else {
            "are offered as many requests and stay"
        };
        let some = capitalised(&counted(fine.len(), "instance"));
        let them = if fine.len() == 1 { "it" } else { "them" };
        format!("{some} {verbs} fast: what sets {them} apart from the other {}?", others(fine.len()))
    } else if !roomy.is_empty() && roomy.len() < moment.instances.len() {
        let have = if roomy.len() == 1 { "has memory left and serves" } else { "have memory left and serve" };
        let some = capitalised(&counted(roomy.len(), "instance"));
        let served = percent(served_ratio(moment, &roomy));
        let rest = others(roomy.len());
        format!("{some} {have} {served} of all requests: what sets them apart from the other {rest}?")
    } else {
        "All instances suffer alike: what do they share?".to_owned()
    }
}

fn fixed_and_rest(scenario: &Scenario, moment: &Moment) -> String {
    let readings = |instances: &[&InstanceMoment]| {
        let share = |reading: fn(&InstanceMoment) -> f64| percent(mean(instances, reading));
        match scenario.leaks_sessions() {
            true => format!("heap {}, {} of the time in collections", share(|i| i.heap_ratio), share(|i| i.gc_ratio)),
            false => {
                format!("CPU {}, {} of the worker threads in use", share(|i| i.cpu_ratio), share(|i| i.threads_ratio()))
            }
        }
    };
    let release = scenario.release_word(Release::Fixed);
    let fixed = moment.those(|instance| instance.fixed && !instance.is_restarting());
    let rest = moment.those(|instance| !instance.fixed && !instance.is_restarting());
    match (fixed.is_empty(), rest.is_empty()) {
        (true, _) => "No instance is through yet: what would you look at first once one is?".to_owned(),
        (false, true) => format!("All that run are on the {release} release: {}.", readings(&fixed)),
        (false, false) => {
            format!("{} release: {}. The rest: {}.", capitalised(release), readings(&fixed), readings(&rest))
        }
    }
}

/// How much earlier the proposed alert would have fired.
fn lead(recording: &Recording) -> String {
    let proposed = recording.log.iter().find_map(|entry| match &entry.what {
        Happening::AlertFiring { rule, severity: Severity::Proposed, .. } => Some((rule, recording.time_of(entry))),
        _ => None,
    });
    match (proposed, recording.detected_at()) {
        (Some((rule, fired)), Some(detected)) if fired < detected => {
            let minutes = (detected.seconds_since(fired) / 60.0).floor();
            format!(
                "The proposed alert {rule} would have fired {} before the page: what else would have helped?",
                time_in_figures(minutes)
            )
        }
        _ => "What would have shortened it most: earlier detection, an earlier restart, or an earlier fix?".to_owned(),
    }
}
