//! Parameters of the model: a value with its reason, unit and plausible range.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;

/// A numeric assumption. The value must lie inside its own `range`, which must lie inside the program's limits.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Parameter<T> {
    /// The value that the simulation uses.
    pub value: T,
    /// Unit of the value, as shown to readers: "MiB", "s", "1/s", "ratio" …
    pub unit: String,
    /// Plausible range, lowest and highest.
    pub range: [T; 2],
    /// Why this value.
    pub reason: String,
}

/// A parameter that is a choice between named options.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice<T> {
    /// The value that the simulation uses.
    pub value: T,
    /// Why this choice.
    pub reason: String,
}

/// A parameter without its type, for validation and for the list of assumptions.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterView<'a> {
    /// Path in the scenario, such as `instances.count`.
    pub path: String,
    /// The value as text.
    pub value: String,
    /// Unit as shown to readers; empty for choices and switches.
    pub unit: &'a str,
    /// Lowest and highest plausible value; `None` for choices and switches.
    pub range: Option<[f64; 2]>,
    /// The value as a number; `None` for choices and switches.
    pub number: Option<f64>,
    /// Whether only whole numbers are allowed.
    pub is_whole: bool,
    /// Lowest and highest value that the program accepts.
    pub limits: [f64; 2],
    /// Why this value.
    pub reason: &'a str,
}

impl ParameterView<'_> {
    /// The name in words, "instances: worker threads". Units stand beside the value.
    #[must_use]
    pub fn name(&self) -> String {
        const UNITS: [&str; 7] = ["_s_per_live_gib", "_per_s", "_s", "_mib", "_kib", "_h", "_ratio"];
        let bare = UNITS.iter().find_map(|unit| self.path.strip_suffix(unit)).unwrap_or(&self.path);
        bare.replace('_', " ").replacen('.', ": ", 1)
    }
}

/// The numbers a parameter may be made of.
pub trait Number: Copy + std::fmt::Display {
    /// The value as a float; exact for every value a parameter may take.
    fn as_f64(self) -> f64;
    /// Whether the type has only whole numbers.
    const IS_WHOLE: bool;
}

impl Number for f64 {
    const IS_WHOLE: bool = false;

    fn as_f64(self) -> f64 {
        self
    }
}

impl Number for u32 {
    const IS_WHOLE: bool = true;

    fn as_f64(self) -> f64 {
        f64::from(self)
    }
}

impl<T: Number> Parameter<T> {
    pub(super) fn new(value: T, unit: &str, range: [T; 2], reason: &str) -> Self {
        Self { value, unit: unit.to_owned(), range, reason: reason.to_owned() }
    }

    pub(super) fn view(&self, path: String, limits: [f64; 2]) -> ParameterView<'_> {
        ParameterView {
            path,
            value: self.value.to_string(),
            unit: &self.unit,
            range: Some(self.range.map(Number::as_f64)),
            number: Some(self.value.as_f64()),
            is_whole: T::IS_WHOLE,
            limits,
            reason: &self.reason,
        }
    }
}

impl<T: Serialize> Choice<T> {
    pub(super) fn view(&self, path: String) -> ParameterView<'_> {
        let value = match serde_json::to_value(&self.value) {
            Ok(Value::String(text)) => text,
            Ok(value) => json::to_string(&value),
            Err(error) => error.to_string(),
        };
        ParameterView {
            path,
            value,
            unit: "",
            range: None,
            number: None,
            is_whole: false,
            limits: [f64::NEG_INFINITY, f64::INFINITY],
            reason: &self.reason,
        }
    }
}
