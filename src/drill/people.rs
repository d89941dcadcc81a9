//! People during a drill: somebody who wants to know how things stand, and a colleague who is sure of something.
//!
//! Invariant: they come at the moments that the scenario names, else at the same in every drill, and the colleague is wrong in each.

use super::Cause;
use crate::scenario::{DrillPeople, Scenario, WrongLead};

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// Asks for a status.
    Stakeholder,
    /// Offers a lead, which is wrong.
    Colleague,
    /// Sends something by hand.
    Facilitator,
}

impl Who {
    /// For people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stakeholder => "Head of customer care",
            Self::Colleague => "A colleague",
            Self::Facilitator => "Facilitator",
        }
    }
}

/// Something that is said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inject {
    /// Seconds since the drill began.
    pub at_s: u32,
    pub who: Who,
    pub text: String,
}

const ASKED_MIN: [u32; 3] = [8, 38, 68];
const LEAD_MIN: u32 = 13;

/// What people say where a scenario says nothing of it.
fn usual(cause: Option<Cause>) -> DrillPeople {
    let wrong = [Cause::Network, Cause::Traffic].into_iter().find(|lead| Some(*lead) != cause);
    let lead = wrong.map(|lead| WrongLead {
        after_min: LEAD_MIN,
        text: format!("I have seen this before: {}. Did you look there?", lead.name()),
    });
    DrillPeople { asked_min: ASKED_MIN.to_vec(), lead }
}

/// What is said during a drill, in the order of time.
#[must_use]
pub fn injects(scenario: &Scenario, cause: Option<Cause>) -> Vec<Inject> {
    let DrillPeople { asked_min, lead } = scenario.drill.clone().unwrap_or_else(|| usual(cause));
    let lead = lead.map(|lead| Inject { at_s: lead.after_min * 60, who: Who::Colleague, text: lead.text });
    let asked = asked_min.into_iter().enumerate().map(|(index, minutes)| Inject {
        at_s: minutes * 60,
        who: Who::Stakeholder,
        text: if index == 0 {
            "Customers call us. How many are affected, what are you doing, and when do I hear from you again?"
                .to_owned()
        } else {
            "What do I tell our customers now?".to_owned()
        },
    });
    let mut all: Vec<Inject> = asked.chain(lead).collect();
    all.sort_by_key(|inject| inject.at_s);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colleague_is_wrong_whatever_the_cause() {
        for cause in Cause::all() {
            let said = injects(&Scenario::bundled(), Some(cause));
            assert_eq!(said.len(), 4);
            assert!(said.iter().all(|inject| !inject.text.contains(cause.name())), "{cause:?}");
            assert!(said.windows(2).all(|two| two[0].at_s < two[1].at_s));
        }
    }

    #[test]
    fn a_scenario_names_its_own_moments() {
        let lead = Some(WrongLead { after_min: 4, text: "It is the moon.".to_owned() });
        let mut own = Scenario::bundled();
        own.drill = Some(DrillPeople { asked_min: vec![3, 9], lead });
        let said = injects(&own, Some(Cause::Sessions));
        assert_eq!(said.iter().map(|inject| inject.at_s).collect::<Vec<_>>(), [180, 240, 540]);
        assert_eq!(said[1].text, "It is the moon.");
    }
}
