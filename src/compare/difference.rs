//! The difference between what happened and a what-if: a sentence and a table.

use super::Outcome;
use crate::replay::{capitalised, nouns, percent_fine, rounded, thousands, time_in_figures};
use crate::scenario::Scenario;
use crate::units::UtcMs;

/// Two outcomes of the same morning.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    pub actual: Outcome,
    pub what_if: Outcome,
}

/// A row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// "Users failed".
    pub label: String,
    pub actual: String,
    pub what_if: String,
    /// "7,310 fewer (96 %)", "20 min earlier", "the same".
    pub difference: String,
    /// Whether the what-if is better; `None` where nothing differs or neither is better.
    pub is_better: Option<bool>,
}

impl Difference {
    /// Users spared slow or failed checkouts; negative where more are harmed.
    #[must_use]
    pub fn users_spared(&self) -> i64 {
        self.actual.affected() as i64 - self.what_if.affected() as i64
    }

    /// Users spared failed checkouts; negative where more fail.
    #[must_use]
    pub fn failures_spared(&self) -> i64 {
        self.actual.failed as i64 - self.what_if.failed as i64
    }

    /// The difference in a few words: "7,310 fewer failed checkouts (96 % fewer) and 12,300 fewer slow ones. Paged 3 h 20 min
    /// earlier."
    #[must_use]
    pub fn sentence(&self, scenario: &Scenario) -> String {
        if self.actual == self.what_if {
            return "Nothing changes: the same users, with the same luck, fare the same.".to_owned();
        }
        let journeys = nouns(2, &scenario.incident.journey);
        let (failed, slow) = (self.failures_spared(), self.actual.slow as i64 - self.what_if.slow as i64);
        let mut text = match (failed, slow) {
            (0, 0) => format!("As many failed and slow {journeys} as happened."),
            (0, slow) => format!("As many failed {journeys} as happened, and {} slow ones.", more_or_fewer(slow)),
            (failed, 0) => format!("{} failed {journeys}{}.", more_or_fewer(failed), self.failed_share()),
            (failed, slow) => format!(
                "{} failed {journeys}{} and {} slow ones.",
                more_or_fewer(failed),
                self.failed_share(),
                more_or_fewer(slow)
            ),
        };
        let moments = [
            ("paged", "nobody is paged", self.actual.detected_at, self.what_if.detected_at),
            ("mitigated", "not mitigated in this window", self.actual.mitigated_at, self.what_if.mitigated_at),
        ];
        for (what, never, actual, what_if) in moments {
            let told = match (actual, what_if) {
                (Some(actual), Some(what_if)) if minutes_between(actual, what_if) >= 1.0 => {
                    Some(format!("{what} {}", earlier_or_later(actual, what_if)))
                }
                (Some(_), None) if what == "mitigated" && self.what_if.detected_at.is_none() => None,
                (Some(_), None) => Some(never.to_owned()),
                (None, Some(at)) => Some(format!("{what} at {}", at.hh_mm())),
                _ => None,
            };
            if let Some(told) = told {
                text.push_str(&format!(" {}.", capitalised(&told)));
            }
        }
        text
    }

    fn failed_share(&self) -> String {
        match self.actual.failed {
            0 => String::new(),
            all => {
                let ratio = self.failures_spared().unsigned_abs() as f64 / all as f64;
                let word = if self.failures_spared() > 0 { "fewer" } else { "more" };
                format!(" ({} {word})", percent_fine(ratio))
            }
        }
    }

    /// The differences, in the order shown.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let (a, b) = (&self.actual, &self.what_if);
        let mut rows = vec![
            counted("Users slow", a.slow, b.slow),
            counted("Users failed", a.failed, b.failed),
            counted("User-minutes lost", a.user_minutes_lost.round() as u64, b.user_minutes_lost.round() as u64),
        ];
        if let (Some(actual), Some(what_if)) = (a.budget_ratio, b.budget_ratio) {
            rows.push(Row {
                label: "Error budget burnt".to_owned(),
                actual: percent_fine(actual),
                what_if: percent_fine(what_if),
                difference: match actual - what_if {
                    0.0 => SAME.to_owned(),
                    less => format!(
                        "{} {}",
                        percent_fine(less.abs()).replace('%', "points"),
                        if less > 0.0 { "less" } else { "more" }
                    ),
                },
                is_better: (actual != what_if).then_some(what_if < actual),
            });
        }
        rows.extend([
            moment("First page", "nobody is paged", a.detected_at, b.detected_at),
            moment("Mitigated", "not in this window", a.mitigated_at, b.mitigated_at),
            moment("Over", "not in this window", a.resolved_at, b.resolved_at),
        ]);
        if a.kills + b.kills > 0 {
            rows.push(counted("Processes killed", a.kills, b.kills));
        }
        rows
    }
}

const SAME: &str = "the same";

/// "1,200 fewer" of what was spared, "300 more" where it is negative.
fn more_or_fewer(spared: i64) -> String {
    format!("{} {}", thousands(rounded(spared.unsigned_abs())), if spared > 0 { "fewer" } else { "more" })
}

fn counted(label: &str, actual: u64, what_if: u64) -> Row {
    let spared = actual as i64 - what_if as i64;
    let difference = match (spared, actual) {
        (0, _) => SAME.to_owned(),
        (_, 0) => more_or_fewer(spared),
        _ => format!("{} ({})", more_or_fewer(spared), percent_fine(spared.unsigned_abs() as f64 / actual as f64)),
    };
    Row {
        label: label.to_owned(),
        actual: thousands(rounded(actual)),
        what_if: thousands(rounded(what_if)),
        difference,
        is_better: (spared != 0).then_some(spared > 0),
    }
}

fn moment(label: &str, never: &str, actual: Option<UtcMs>, what_if: Option<UtcMs>) -> Row {
    let shown = |at: Option<UtcMs>| at.map_or_else(|| never.to_owned(), UtcMs::hh_mm);
    let (difference, is_better) = match (actual, what_if) {
        (Some(actual), Some(what_if)) if minutes_between(actual, what_if) >= 1.0 => {
            (earlier_or_later(actual, what_if), Some(what_if < actual))
        }
        (Some(_), Some(_)) | (None, None) => (SAME.to_owned(), None),
        // A page that nobody needs is no worse than one that comes.
        _ => ("–".to_owned(), None),
    };
    Row { label: label.to_owned(), actual: shown(actual), what_if: shown(what_if), difference, is_better }
}

fn minutes_between(a: UtcMs, b: UtcMs) -> f64 {
    (a.seconds_since(b) / 60.0).abs()
}

fn earlier_or_later(actual: UtcMs, what_if: UtcMs) -> String {
    let word = if what_if < actual { "earlier" } else { "later" };
    format!("{} {word}", time_in_figures(minutes_between(actual, what_if).round()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(slow: u64, failed: u64, detected: &str, mitigated: Option<&str>) -> Outcome {
        let at = |clock: &str| Scenario::bundled().window.at_clock(clock).expect("a time");
        Outcome {
            failed_per_mille: Vec::new(),
            users: 100_000,
            slow,
            failed,
            user_minutes_lost: 1000.0,
            budget_ratio: Some(0.25),
            detected_at: Some(at(detected)),
            mitigated_at: mitigated.map(at),
            resolved_at: None,
            kills: 0,
            refused: Vec::new(),
        }
    }

    #[test]
    fn the_sentence_says_how_many_and_when() {
        let scenario = Scenario::bundled();
        let told = |actual: &Outcome, what_if: &Outcome| {
            Difference { actual: actual.clone(), what_if: what_if.clone() }.sentence(&scenario)
        };
        let actual = outcome(30_000, 20_000, "11:00", Some("13:05"));
        assert_eq!(
            told(&actual, &outcome(3_000, 1_000, "09:40", Some("11:15"))),
            "19,000 fewer failed checkouts (95.0 % fewer) and 27,000 fewer slow ones. Paged 1 h 20 min earlier. \
             Mitigated 1 h 50 min earlier."
        );
        assert_eq!(
            told(&actual, &outcome(30_000, 25_000, "11:00", None)),
            "5,000 more failed checkouts (25.0 % more). Not mitigated in this window."
        );
        let unpaged = Outcome { detected_at: None, ..outcome(0, 0, "11:00", None) };
        assert_eq!(
            told(&actual, &unpaged),
            "20,000 fewer failed checkouts (100.0 % fewer) and 30,000 fewer slow ones. Nobody is paged."
        );
        assert!(told(&actual, &actual).starts_with("Nothing changes"));
    }

    #[test]
    fn a_row_says_which_side_is_better() {
        let (actual, what_if) =
            (outcome(30_000, 20_000, "11:00", Some("13:05")), outcome(31_000, 1_000, "11:00", Some("11:15")));
        let rows = Difference { actual, what_if }.rows();
        let better = |label: &str| rows.iter().find(|row| row.label == label).expect("a row").is_better;
        assert_eq!(
            ["Users slow", "Users failed", "First page", "Mitigated", "Over"].map(better),
            [Some(false), Some(true), None, Some(true), None]
        );
    }
}
