//! Measures that prevent an incident like this one, or make it smaller: what they change of the scenario, and what they cost.

use serde::{Deserialize, Serialize};

use super::{Fact, Problem, Scenario, ScenarioError, Setting};

/// A preventive measure. What it does is said by changes of the scenario alone, so that its effect is a run like any other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PreventiveMeasure {
    /// Name in commands and links: lower-case letters, digits and underscores.
    pub id: String,
    /// Name for people: "Memory alert that pages".
    pub name: String,
    /// The fact that names it, where the report does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// What it changes: `path=value`, as in links and after `--set`.
    pub settings: Vec<String>,
    /// What it costs and risks, in a sentence.
    pub cost: String,
    /// Why these changes stand for it.
    pub reason: String,
}

impl PreventiveMeasure {
    /// Its changes.
    ///
    /// # Errors
    /// One of them is not of the form `path=value`.
    pub fn settings(&self) -> Result<Vec<Setting>, ScenarioError> {
        self.settings.iter().map(|text| text.parse()).collect()
    }
}

/// The problems of the measures of a scenario that is valid without them.
pub(super) fn problems(scenario: &Scenario) -> Vec<Problem> {
    const LIST_MAX: usize = 100;
    const TEXT_MAX: usize = 1000;
    let mut problems = Vec::new();
    let mut refuse = |path: String, message: String| problems.push(Problem { path, position: None, message });
    if scenario.measures.len() > LIST_MAX {
        refuse("measures".to_owned(), format!("too long: at most {LIST_MAX} entries"));
    }
    for (index, measure) in scenario.measures.iter().enumerate().take(LIST_MAX) {
        let path = |field: &str| format!("measures[{index}].{field}");
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if measure.id.is_empty() || measure.id.len() > 64 || !measure.id.chars().all(is_plain) {
            let id = crate::plain::quoted(&measure.id);
            refuse(path("id"), format!("{id} is not allowed: 1 to 64 lower-case letters, digits and underscores"));
        }
        if scenario.measures[..index].iter().any(|other| other.id == measure.id) {
            refuse(path("id"), format!("{:?} is there already", measure.id));
        }
        for (field, text) in [("name", &measure.name), ("cost", &measure.cost), ("reason", &measure.reason)] {
            if text.trim().is_empty() || text.chars().count() > TEXT_MAX {
                refuse(path(field), format!("must have 1 to {TEXT_MAX} characters"));
            }
        }
        let is_fact = |id: &String| scenario.facts.iter().any(|fact: &Fact| fact.id == *id);
        if let Some(id) = measure.fact.as_ref().filter(|id| !is_fact(id)) {
            refuse(path("fact"), format!("{id:?} is no fact of this scenario"));
        }
        if measure.settings.is_empty() {
            refuse(path("settings"), "must have at least one change".to_owned());
        }
        let changed = measure.settings().and_then(|settings| scenario.with(&settings));
        if let Err(error) = changed {
            refuse(path("settings"), error.to_string());
        }
    }
    problems
}
