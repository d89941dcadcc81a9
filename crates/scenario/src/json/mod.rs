//! Reads and writes JSON by serde. Errors name path, line, column and what is allowed.
//!
//! Only the place of a mistake is found by code of our own: serde_json knows line and column but no path, and
//! `serde_path_to_error` knows the path but no column. A reader and a writer of our own, which stood here before, saved 36
//! of the page's 385 kB of brotli for 600 lines and thirty lists of fields.
//!
//! Invariant: every text that the program reads goes through [`from_str`].

mod path;
mod place;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use path::{Step, joined, steps};
pub(crate) use place::position_of;

/// Why a text was refused.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// Where in the document: `timeline[3].at`; empty at the root.
    pub path: String,
    /// Line and column in the text, from 1.
    pub position: (usize, usize),
    /// What is wrong and what is allowed.
    pub message: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "line {}, column {}: {}", self.position.0, self.position.1, self.message)
    }
}

/// Reads a text.
///
/// # Errors
/// The text is not JSON, repeats a field, or does not have the shape of a `T`.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| refusal(text, &error))
}

fn refusal(text: &str, error: &serde_json::Error) -> Refusal {
    let (path, start) = place::place_at(text, place::offset_of(text, error.line(), error.column()));
    let mut message = error.to_string();
    message.truncate(message.rfind(" at line ").unwrap_or(message.len()));
    // For a value of the wrong shape serde_json gives a place after it; we report where the value begins.
    let position = if error.is_data() { place::line_and_column(text, start) } else { (error.line(), error.column()) };
    Refusal { path: joined(&path), position, message }
}

/// On one line.
///
/// # Panics
/// The value contains a map whose keys are not strings, or its serialisation fails.
pub fn to_string(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the types that are written have string keys")
}

/// Indented by two spaces, for people.
///
/// # Panics
/// As [`to_string`].
pub fn to_string_pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("the types that are written have string keys")
}

/// The text of a file for people: [`to_string_pretty`] with a final line break.
///
/// # Panics
/// As [`to_string`].
pub fn to_lines(value: &impl Serialize) -> String {
    to_string_pretty(value) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Bounds, Measure, RollOut, Severity, Shed};

    fn refused<T: DeserializeOwned + std::fmt::Debug>(text: &str, expected: &str) {
        assert_eq!(from_str::<T>(text).expect_err("it should be refused").to_string(), expected);
    }

    #[test]
    fn a_field_named_twice_is_refused() {
        refused::<Bounds>("{\"min\": 1,\n \"min\": 2}", "min: line 2, column 2: duplicate field `min`");
    }

    #[test]
    fn what_is_wrong_is_told_with_path_place_and_what_is_allowed() {
        let roll_out = r#"{"release": "fixed", "waves": [1, -1], "bake_s": 600}"#;
        refused::<RollOut>(roll_out, "waves[1]: line 1, column 35: invalid value: integer `-1`, expected u32");
        refused::<RollOut>("{}", "line 1, column 1: missing field `release`");
        refused::<Vec<Bounds>>(
            "[{}, {\"max\": {}}]",
            "[1].max: line 1, column 14: invalid type: map, expected a number or an RFC 3339 time in UTC",
        );
        refused::<Vec<f64>>("[1, null]", "[1]: line 1, column 5: invalid type: null, expected f64");
        refused::<Vec<f64>>("[1, 2", "[1]: line 1, column 5: EOF while parsing a list");
        refused::<Shed>(
            "{\"until\": \"noon\"}",
            "until: line 1, column 11: \"noon\" is not a time: write RFC 3339 in UTC, such as 2024-08-15T11:00:00Z",
        );
        refused::<Severity>(
            "\"loud\"",
            "line 1, column 1: unknown variant `loud`, expected one of `page`, `ticket`, `proposed`",
        );
    }

    #[test]
    fn variants_are_named_or_have_their_fields() {
        assert_eq!(from_str("\"detected_at\""), Ok(Measure::DetectedAt));
        refused::<Measure>(
            r#"{"cpu_mean_ratio": {"when": 1}}"#,
            "cpu_mean_ratio.when: line 1, column 21: unknown field `when`, expected `at`",
        );
        refused::<Measure>("{\"cpu_mean_ratio\": {}}", "cpu_mean_ratio: line 1, column 20: missing field `at`");
    }
}
