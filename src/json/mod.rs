//! Reads JSON into types, telling what is wrong with path, line, column and what is allowed; and writes it.
//!
//! Reading is asked of a tree of values, field by field ([`FromJson`]), not derived by serde: its code for a structure
//! handles whatever comes in whatever order, for every field anew, and was a fifth of the page's program.
//!
//! Invariant: every text that the program reads goes through [`from_str`].

mod object;
mod path;
mod position;
mod read;
mod tree;
mod write;

use serde_json::Value;

pub(crate) use object::{Fields, Variant, object, variants};
pub(crate) use path::{Step, joined, steps};
pub(crate) use position::position_of;
pub(crate) use read::{FromJson, Mismatch, Reader, choice, choices, from_value};
pub(crate) use write::{to_lines, to_string, to_string_pretty};

/// Why a text was refused.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Refusal {
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
/// It is no JSON, names a field twice, or has not the shape of a `T`.
pub(crate) fn from_str<T: FromJson>(text: &str) -> Result<T, Refusal> {
    from_value(&value_from_str(text)?).map_err(|Mismatch { path, message }| Refusal {
        path: joined(&path),
        position: position_of(text, &path),
        message,
    })
}

/// Reads a text without asking for a shape.
///
/// # Errors
/// It is no JSON, or names a field twice.
pub(crate) fn value_from_str(text: &str) -> Result<Value, Refusal> {
    tree::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Bounds, Measure, Patch, Severity};

    fn refused<T: FromJson + std::fmt::Debug>(text: &str, expected: &str) {
        assert_eq!(from_str::<T>(text).expect_err("it should be refused").to_string(), expected);
    }

    #[test]
    fn a_field_named_twice_is_refused() {
        refused::<Bounds>("{\"min\": 1,\n \"min\": 2}", "min: line 2, column 6: duplicate field `min`");
    }

    #[test]
    fn what_is_wrong_is_told_with_path_place_and_what_is_allowed() {
        let patch = r#"{"at": "2024-08-15T12:45:00Z", "waves": [1, -1], "bake_s": 600, "reason": ""}"#;
        refused::<Patch>(patch, "waves[1]: line 1, column 45: invalid value: integer `-1`, expected u32");
        refused::<Patch>("{}", "line 1, column 1: missing field `at`");
        refused::<Vec<f64>>("[1, null]", "[1]: line 1, column 5: invalid type: null, expected f64");
        refused::<Vec<f64>>("[1, 2", "[2]: line 1, column 5: EOF while parsing a list");
        refused::<Severity>(
            "\"loud\"",
            "line 1, column 1: unknown variant `loud`, expected one of `page`, `ticket`, `proposed`",
        );
    }

    #[test]
    fn variants_are_named_or_have_their_fields() {
        assert_eq!(from_str("\"detected_at\""), Ok(Measure::DetectedAt));
        assert_eq!(from_str("{\"detected_at\": {}}"), Ok(Measure::DetectedAt));
        refused::<Measure>(
            r#"{"cpu_mean_ratio": {"when": 1}}"#,
            "cpu_mean_ratio.when: line 1, column 29: unknown field `when`, expected `at`",
        );
        refused::<Measure>("\"cpu_mean_ratio\"", "line 1, column 1: missing field `at`");
        refused::<Measure>(
            r#"{"a": 1, "b": 2}"#,
            "line 1, column 1: invalid type: map, expected a name, or an object with one field of that name",
        );
    }
}
