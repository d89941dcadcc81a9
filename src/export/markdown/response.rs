//! Causes, detection, diagnosis and follow-up actions.

use super::Writer;
use crate::chart::ChartKind;
use crate::recording::Happening;
use crate::replay::{Detail, evidence};
use crate::scenario::{AlertRule, FactKind, HypothesisVerdict, Severity};
use crate::units::UtcMs;

/// For people to fill in.
const TO_FILL_IN: &str = "- *to fill in*\n\n";

pub(super) fn causes(writer: &mut Writer<'_>) {
    writer.document.raw("## Causes\n\n");
    writer.facts(&[FactKind::Cause]);
    let proofs = writer.run.ledger.rows.iter().filter(|row| row.claim.counterfactual().is_some());
    for row in proofs {
        let value = row.value.map_or_else(|| "not run".to_owned(), |value| row.claim.show(value));
        let document = &mut writer.document;
        document.raw("- ").text(&row.claim.text).raw(" *(simulated: ").text(value);
        document.raw("; ").text(&row.claim.id).raw(")*\n");
    }
    writer.document.raw("- Contributing causes: *to fill in*\n\n");
    let kinds = [ChartKind::Pools, ChartKind::Memory, ChartKind::Sessions];
    let told = ChartKind::of(writer.run.scenario);
    writer.charts(&kinds.into_iter().filter(|kind| told.contains(kind)).collect::<Vec<_>>());
}

pub(super) fn detection(writer: &mut Writer<'_>) {
    let run = writer.run;
    writer.document.raw("## Detection\n\n");
    writer.document.table(["Alert", "Severity", "Fires (simulated)", "Rule (assumed)", "Why"]);
    for rule in &run.scenario.monitor.rules {
        let fires = fires_at(writer, rule);
        let link = fires.and_then(|at| writer.link_to(at));
        let severity = match rule.severity {
            Severity::Page => "page",
            Severity::Ticket => "ticket",
            Severity::Proposed => "proposed: did not exist then",
        };
        let document = &mut writer.document;
        document.raw("| ").text(&rule.name).raw(" | ").raw(severity).raw(" | ");
        match fires {
            Some(at) => document.link(at.hh_mm_ss(), link.as_deref()),
            None => document.raw("does not fire"),
        };
        document.raw(" | ").text(&rule.summary).raw(" | ").text(&rule.reason).raw(" |\n");
    }
    writer.document.raw("\n");
    writer.charts(&[ChartKind::Cpu]);
}

fn fires_at(writer: &Writer<'_>, rule: &AlertRule) -> Option<UtcMs> {
    let fires = |what: &Happening| matches!(what, Happening::AlertFiring { rule: name, .. } if *name == rule.name);
    writer.run.recording.first(fires)
}

/// The diagnosis: what could be seen at each step, and what it ruled out.
pub(super) fn diagnosis(writer: &mut Writer<'_>) {
    let run = writer.run;
    writer.document.raw("## Diagnosis\n\nWhat could be seen at each minute of the response, without hindsight.\n\n");
    for event in &run.scenario.timeline {
        let link = writer.link_to(event.at);
        let document = &mut writer.document;
        document.raw("### ").link(event.at.hh_mm(), link.as_deref()).raw(" ").text(&event.title).raw("\n\n");
        for value in evidence(run.scenario, run.recording, event) {
            match &value.detail {
                Detail::Value => {
                    document.raw("- ").text(&value.label).raw(": ").text(&value.shown).raw(", ");
                    document.raw(value.standing.word()).raw(" *(simulated; ").text(&value.note).raw(")*\n");
                }
                Detail::HeapHistogram(histogram) => {
                    document.raw("- ").text(&histogram.summary).raw(" *(simulated)*\n");
                }
                Detail::Code => {}
            }
        }
        for hypothesis in &event.hypotheses {
            let verdict = match hypothesis.verdict {
                HypothesisVerdict::Opened => "suspected",
                HypothesisVerdict::RuledOut => "ruled out",
                HypothesisVerdict::Confirmed => "confirmed",
            };
            document.raw("- **").raw(verdict).raw("**: ").text(&hypothesis.suspect).raw(". ");
            document.text(&hypothesis.because).raw(" *(assumed)*\n");
        }
        document.raw("\n");
    }
}

pub(super) fn lessons(writer: &mut Writer<'_>) {
    for heading in ["## What went well\n\n", "## What went badly\n\n", "## Where we were lucky\n\n"] {
        writer.document.raw(heading).raw(TO_FILL_IN);
    }
}

pub(super) fn actions(writer: &mut Writer<'_>) {
    let run = writer.run;
    let document = &mut writer.document;
    document.raw("## Actions\n\n");
    document.table(["Action", "Kind", "Source", "Owner", "Due"]);
    for fact in &run.scenario.facts {
        let kind = match fact.kind {
            FactKind::Fix => "fix",
            FactKind::Prevention => "prevention",
            _ => continue,
        };
        document.raw("| ").text(&fact.text).raw(" | ").raw(kind).raw(" | reported, ").text(&fact.id);
        document.raw(" | *to fill in* | *to fill in* |\n");
    }
    for rule in run.scenario.monitor.rules.iter().filter(|rule| rule.severity == Severity::Proposed) {
        document.raw("| Add the alert ").text(&rule.name).raw(": ").text(&rule.summary);
        document.raw(" | detection | assumed | *to fill in* | *to fill in* |\n");
    }
    document.raw("\n");
}
