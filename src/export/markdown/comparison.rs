//! A comparison as a paragraph with a table, for the action items of a post-mortem.

use std::fmt::Write as _;

use super::super::text::markdown;
use crate::compare::{Difference, Paired};
use crate::scenario::Scenario;

/// What a what-if changes, the difference in words and as a table. `changed` is the scenario with the changes; `failed` counts
/// failed users over several seeds, where they were compared.
#[must_use]
pub fn comparison_markdown(changed: &Scenario, difference: &Difference, failed: Option<&Paired>) -> String {
    let line = changed.what_if.line().unwrap_or_default();
    let sentence = markdown(&difference.sentence(changed));
    let mut text = format!("**{}** {sentence}\n\n", markdown(&format!("{line}.")));
    text.push_str("| | actual | what if | difference |\n|---|--:|--:|---|\n");
    for row in difference.rows() {
        let _infallible = writeln!(text, "| {} | {} | {} | {} |", row.label, row.actual, row.what_if, row.difference);
    }
    let _infallible = writeln!(
        text,
        "\nSimulated, seed {}: users who started between {} and {} UTC, the same with the same luck on both sides.",
        changed.seed,
        changed.window.from.hh_mm(),
        changed.window.until.hh_mm()
    );
    if let Some((pair, spared)) = failed.and_then(|pair| pair.spared().map(|spared| (pair, spared))) {
        let _infallible =
            writeln!(text, "Over {} seeds {} fewer fail (95 % confidence).", pair.seeds(), spared.shown());
    }
    text
}
