//! People during a drill: when somebody asks for a status, and a colleague's wrong lead.

use serde::{Deserialize, Serialize};

use super::{Problem, Scenario};

/// What people say during a drill about this incident. Drills that are drawn from several scenarios need the same in each of
/// them, or the moments would tell which it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrillPeople {
    /// Minutes after the start of the incident at which somebody asks for a status, ascending.
    pub asked_min: Vec<u32>,
    /// A colleague's lead, which is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<WrongLead>,
}

/// A lead that leads nowhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WrongLead {
    /// Minutes after the start of the incident at which it is offered.
    pub after_min: u32,
    /// What the colleague says.
    pub text: String,
}

/// Most moments at which somebody asks.
const ASKED_MAX: usize = 20;
/// Most characters of a lead.
const TEXT_MAX: usize = 300;

/// The problems of what people say.
pub(super) fn problems(scenario: &Scenario) -> Vec<Problem> {
    let Some(people) = &scenario.drill else { return Vec::new() };
    let mut problems = Vec::new();
    let mut refuse = |path: &str, message: String| {
        problems.push(Problem { path: format!("drill.{path}"), position: None, message });
    };
    let whole_min = (scenario.window.until.seconds_since(scenario.incident.start) / 60.0).max(0.0) as u32;
    if people.asked_min.len() > ASKED_MAX {
        refuse("asked_min", format!("too long: at most {ASKED_MAX} moments"));
    }
    if people.asked_min.windows(2).any(|two| two[0] >= two[1]) {
        refuse("asked_min", "must ascend".to_owned());
    }
    if people.asked_min.iter().any(|minute| *minute > whole_min) {
        refuse("asked_min", format!("must be at most {whole_min}, when the window ends"));
    }
    if let Some(lead) = &people.lead {
        if lead.after_min > whole_min {
            refuse("lead.after_min", format!("must be at most {whole_min}, when the window ends"));
        }
        if lead.text.trim().is_empty() || lead.text.chars().count() > TEXT_MAX {
            refuse("lead.text", format!("must have 1 to {TEXT_MAX} characters"));
        }
    }
    problems
}
