//! The appendix: claims and assumptions.

use super::Writer;
use crate::recording::ClaimVerdict;

pub(super) fn claims(writer: &mut Writer<'_>) {
    let run = writer.run;
    let document = &mut writer.document;
    let rows = &run.ledger.rows;
    let held = rows.iter().filter(|row| row.verdict == ClaimVerdict::Holds).count();
    document.raw("## Claims\n\n").text(held).raw(" of ").text(rows.len());
    document.raw(" claims hold in this run: the simulated value lies inside the bounds.\n\n");
    document.table(["", "Claim", "Facts", "Reported", "Simulated", "Expected (assumed)", "Verdict"]);
    for row in rows {
        let claim = &row.claim;
        let show = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| claim.show(value));
        let reported = show(claim.reported.map(|value| value.as_f64()));
        let verdict = match row.verdict {
            ClaimVerdict::Holds => "holds",
            ClaimVerdict::Fails => "**does not hold**",
            ClaimVerdict::NotRun => "not checked",
            ClaimVerdict::Pending => "not decided yet",
        };
        document.raw("| ").text(&claim.id).raw(" | ").text(&claim.text).raw(" | ").text(claim.facts.join(", "));
        document.raw(" | ").text(reported).raw(" | ").text(show(row.value));
        document.raw(" | ").text(claim.show_bounds(&claim.each_seed)).raw(" | ").raw(verdict).raw(" |\n");
    }
    document.raw("\n");
}

pub(super) fn assumptions(writer: &mut Writer<'_>) {
    let run = writer.run;
    let document = &mut writer.document;
    document.raw("## Assumptions\n\n");
    for each in run.scenario.readings.iter().chain(&run.scenario.assumptions) {
        document.raw("- **").text(&each.id).raw("** ").text(&each.text).raw(" *Because:* ").text(&each.reason);
        document.raw(" *(assumed)*\n");
    }
    document.raw("\n");
    document.table(["Parameter", "Value (assumed)", "Plausible range", "Why"]);
    for view in run.scenario.parameters() {
        let range = view.range.map_or_else(String::new, |[low, high]| format!("{low} to {high} {}", view.unit));
        document.raw("| ").code(&view.path).raw(" | ").text(format_args!("{} {}", view.value, view.unit));
        document.raw(" | ").text(range).raw(" | ").text(view.reason).raw(" |\n");
    }
    let meta = &run.recording.meta;
    document.raw("\nSimulated figures are from one run: scenario ").code(&meta.scenario).raw(", seed ").code(meta.seed);
    document.raw(", ").text(meta.events).raw(" events, digest ").code(run.recording.digest()).raw(".\n");
}
