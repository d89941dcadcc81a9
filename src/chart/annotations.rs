//! Annotations of every chart: the events of the reported timeline, and bands in which paging alerts were pending or firing.

use super::model::{AlertBand, AlertState, EventLine};
use crate::recording::{Happening, Recording};
use crate::scenario::{Scenario, Severity};

/// The events of the reported timeline.
pub fn events(scenario: &Scenario) -> Vec<EventLine> {
    let line = |event: &crate::scenario::TimelineEvent| EventLine {
        at_ms: event.at.seconds_since(scenario.window.from) * 1000.0,
        id: event.id.clone(),
        title: event.title.clone(),
    };
    scenario.timeline.iter().map(line).collect()
}

/// Bands in which at least one paging alert was pending or firing; firing outweighs pending.
pub fn alerts(recording: &Recording) -> Vec<AlertBand> {
    let mut rules: Vec<(&str, AlertState)> = Vec::new();
    let mut bands: Vec<AlertBand> = Vec::new();
    let mut open: Option<AlertBand> = None;
    for entry in &recording.log {
        let (rule, state) = match &entry.what {
            Happening::AlertPending { rule, severity: Severity::Page } => (rule, Some(AlertState::Pending)),
            Happening::AlertFiring { rule, severity: Severity::Page, .. } => (rule, Some(AlertState::Firing)),
            Happening::AlertResolved { rule, severity: Severity::Page } => (rule, None),
            _ => continue,
        };
        rules.retain(|(name, _)| name != rule);
        rules.extend(state.map(|state| (rule.as_str(), state)));
        let at_ms = entry.at_ms as f64;
        let worst = rules.iter().map(|(_, state)| *state).max();
        let names = || {
            let mut names: Vec<String> = Vec::new();
            for (name, _) in rules.iter().filter(|(_, state)| Some(*state) == worst) {
                names.insert(names.partition_point(|before| before.as_str() <= *name), (*name).to_owned());
            }
            names
        };
        if open.as_ref().is_some_and(|band| Some(band.state) == worst && band.rules == names()) {
            continue;
        }
        if let Some(band) = open.take() {
            close(&mut bands, band, at_ms);
        }
        open = worst.map(|state| AlertBand { from_ms: at_ms, until_ms: at_ms, state, rules: names() });
    }
    if let Some(band) = open {
        close(&mut bands, band, f64::from(recording.meta.seconds) * 1000.0);
    }
    bands
}

fn close(bands: &mut Vec<AlertBand>, band: AlertBand, until_ms: f64) {
    if until_ms > band.from_ms {
        bands.push(AlertBand { until_ms, ..band });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{log, recording};

    fn states(recording: &Recording) -> String {
        let name = |band: &AlertBand| {
            let state = if band.state == AlertState::Firing { "firing" } else { "pending" };
            format!("{}-{} {state} {}", band.from_ms / 1000.0, band.until_ms / 1000.0, band.rules.join("+"))
        };
        alerts(recording).iter().map(name).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_worst_state_of_any_paging_alert_is_shown() {
        let mut recording = recording();
        recording.log = vec![
            log::pending(60, "A", Severity::Page),
            log::firing(120, "T", Severity::Ticket),
            log::firing(180, "A", Severity::Page),
            log::pending(200, "B", Severity::Page),
            log::firing(240, "B", Severity::Page),
            log::resolved(300, "A", Severity::Page),
            log::resolved(360, "B", Severity::Page),
            log::pending(420, "A", Severity::Page),
        ];
        let expect = "60-180 pending A, 180-240 firing A, 240-300 firing A+B, 300-360 firing B, 420-11700 pending A";
        assert_eq!(states(&recording), expect);
    }

    #[test]
    fn without_alerts_there_are_no_bands() {
        let mut recording = recording();
        recording.log.clear();
        assert_eq!(alerts(&recording), []);
    }
}
