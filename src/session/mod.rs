//! What the page is at: the run that is shown, the one that is on its way, and where its reader wants to be. One pure reducer for
//! addresses, files and the news of runs.
//!
//! Invariant: the last wish wins, whatever arrives late. An address is followed as a whole: run, configuration and moment. Until
//! the run that it asks for is there, the page shows what it showed before.

use std::rc::Rc;

use crate::replay::Address;
use crate::scenario::{Scenario, Setting};

/// Why a request of a host that waited for a run is refused.
const FOLLOWED: &str = "another address was followed meanwhile";
const OPENED: &str = "another scenario was opened meanwhile";

/// The state of the page, apart from the player's.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    /// The scenario that addresses refer to.
    own: Rc<Scenario>,
    /// What is shown, as it was written: `own`, or an opened file.
    base: Rc<Scenario>,
    /// The page's address. Its configuration and the run's changes are up to date; the rest is in the player.
    pub address: Address,
    coming: Option<Coming>,
}

/// A run that is on its way.
#[derive(Clone, PartialEq, Debug)]
pub struct Coming {
    wish: Wish,
    /// What it changes of the scenario.
    pub settings: Vec<Setting>,
    pub title: String,
    /// The completed share, 0 to 1.
    pub ratio: f64,
}

#[derive(Clone, PartialEq, Debug)]
enum Wish {
    /// Somebody follows an address.
    Address(Box<Address>),
    /// A file was opened.
    File(Rc<Scenario>),
    /// Something is changed of an opened file, to which no address leads.
    Trial,
}

/// What happens to a session.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// Somebody follows an address; `now` is that of what is shown.
    Follow { address: Box<Address>, now: Box<Address> },
    /// Somebody tries what is shown with these changes, in place of those before; `now` is its address.
    Try { settings: Vec<Setting>, now: Box<Address> },
    /// These comparisons are kept, in place of those that were.
    Keep(Vec<Vec<Setting>>),
    /// A file was opened: its name, and its text or why it cannot be read.
    Open { name: String, text: Result<String, String> },
    /// The browser did not take the request for the run that is on its way.
    NotAsked(String),
    /// The run that is on its way has come so far.
    Progress(f64),
    /// It is there.
    Ready,
    /// It will not come.
    Failed(String),
}

/// What a session has the page do, in this order.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Ask for a run, in place of any that is on its way.
    Request { scenario: Rc<Scenario>, text: Rc<str>, has_address: bool },
    /// Give up the run that is on its way.
    Cancel,
    /// Show the run that has come.
    Show,
    /// Take over an address's configuration.
    Arrive(Box<Address>),
    /// Go to an address's moment.
    Moment(Box<Address>),
    /// Begin at the start, with nothing selected: the run is that of another incident.
    Begin,
    /// Tell what part of an address could not be followed; none when there are no lines.
    Warn(Vec<String>),
    /// Tell that something is there now.
    News(String),
    /// Tell what went wrong, and why.
    Trouble { what: String, why: String },
    /// Answer the host's request that waited for a run which will not come.
    Refuse(String),
    /// Serve the host's requests that waited.
    Serve,
}

impl Session {
    #[must_use]
    pub fn new(own: Rc<Scenario>, address: Address) -> Self {
        Self { base: Rc::clone(&own), own, address, coming: None }
    }

    /// The run that is on its way.
    #[must_use]
    pub fn coming(&self) -> Option<&Coming> {
        self.coming.as_ref()
    }

    /// What is shown, as it was written.
    #[must_use]
    pub fn base(&self) -> &Rc<Scenario> {
        &self.base
    }

    /// The session after an event, and what the page has to do.
    #[must_use]
    pub fn reduce(&self, event: Event) -> (Self, Vec<Effect>) {
        let mut session = self.clone();
        let effects = session.take(event);
        (session, effects)
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Follow { address, now } => self.follow(address, &now),
            Event::Try { settings, now } => self.attempt(settings, &now),
            Event::Keep(kept) => self.keep(kept),
            Event::Open { name, text } => self.open(&name, text),
            Event::NotAsked(why) => {
                let what = match self.coming.take().map(|coming| coming.wish) {
                    Some(Wish::Address(_)) => "This link could not be followed.",
                    Some(Wish::Trial) => "This cannot be tried. The page shows what it showed before.",
                    _ => "The file cannot be opened. The page shows what it showed before.",
                };
                vec![Effect::Trouble { what: what.to_owned(), why }]
            }
            Event::Progress(ratio) => {
                if let Some(coming) = &mut self.coming {
                    coming.ratio = ratio;
                }
                Vec::new()
            }
            Event::Ready => self.ready(),
            Event::Failed(why) => {
                self.coming = None;
                let what = "The simulation failed. The page shows what it showed before.".to_owned();
                vec![Effect::Refuse(why.clone()), Effect::Trouble { what, why }, Effect::Serve]
            }
        }
    }

    fn follow(&mut self, mut address: Box<Address>, now: &Address) -> Vec<Effect> {
        if let Some(Coming { wish: Wish::Address(followed), .. }) = &mut self.coming
            && followed.is_same_run(&address)
        {
            *followed = address;
            return Vec::new();
        }
        if address.is_same_run(now) {
            let mut effects = match self.coming.take() {
                Some(_) => vec![Effect::Cancel, Effect::Refuse(FOLLOWED.to_owned())],
                None => Vec::new(),
            };
            let is_elsewhere = address.parts().1 != now.parts().1;
            self.address = (*address).clone();
            effects.push(Effect::Arrive(address.clone()));
            effects.extend(is_elsewhere.then_some(Effect::Moment(address)));
            return effects;
        }
        let (scenario, changes, notes) = address.scenario(&self.own);
        address.changes = changes;
        let (title, text) = (scenario.title.clone(), scenario.to_json().into());
        let settings = address.changes.clone();
        self.coming = Some(Coming { wish: Wish::Address(address), settings, title, ratio: 0.0 });
        vec![
            Effect::Warn(notes),
            Effect::Refuse(FOLLOWED.to_owned()),
            Effect::Request { scenario: Rc::new(scenario), text, has_address: true },
        ]
    }

    fn attempt(&mut self, settings: Vec<Setting>, now: &Address) -> Vec<Effect> {
        if Rc::ptr_eq(&self.base, &self.own) {
            let address = Address { changes: settings, ..now.clone() };
            return self.follow(Box::new(address), now);
        }
        match self.base.with(&settings) {
            Ok(scenario) => {
                let text = scenario.to_json().into();
                let title = scenario.title.clone();
                self.coming = Some(Coming { wish: Wish::Trial, settings, title, ratio: 0.0 });
                let request = Effect::Request { scenario: Rc::new(scenario), text, has_address: false };
                vec![Effect::Refuse(FOLLOWED.to_owned()), request]
            }
            Err(error) => {
                let what = "This cannot be tried. The page shows what it showed before.".to_owned();
                vec![Effect::Trouble { what, why: error.to_string() }]
            }
        }
    }

    /// Keeps comparisons in the address, and in the one that is on its way.
    fn keep(&mut self, kept: Vec<Vec<Setting>>) -> Vec<Effect> {
        if let Some(Coming { wish: Wish::Address(followed), .. }) = &mut self.coming {
            followed.kept.clone_from(&kept);
        }
        self.address.kept = kept;
        Vec::new()
    }

    fn open(&mut self, name: &str, text: Result<String, String>) -> Vec<Effect> {
        let read = text.and_then(|text| match Scenario::from_json(&text) {
            Ok(scenario) => Ok((scenario, text)),
            Err(error) => Err(error.to_string()),
        });
        match read {
            Ok((scenario, text)) => {
                let scenario = Rc::new(scenario);
                let wish = Wish::File(Rc::clone(&scenario));
                let settings = Vec::new();
                self.coming = Some(Coming { wish, settings, title: scenario.title.clone(), ratio: 0.0 });
                let request = Effect::Request { scenario, text: text.into(), has_address: false };
                vec![Effect::Refuse(OPENED.to_owned()), request]
            }
            Err(why) => {
                let what = format!("{name} cannot be opened. The page shows what it showed before.");
                vec![Effect::Trouble { what, why }]
            }
        }
    }

    fn ready(&mut self) -> Vec<Effect> {
        let Some(Coming { wish, title, .. }) = self.coming.take() else { return Vec::new() };
        match wish {
            Wish::Trial => vec![Effect::Show, Effect::Serve],
            Wish::Address(address) => {
                self.base = Rc::clone(&self.own);
                self.address = (*address).clone();
                vec![Effect::Show, Effect::Arrive(address.clone()), Effect::Moment(address), Effect::Serve]
            }
            Wish::File(scenario) => {
                self.base = scenario;
                // An opened file has no address.
                let (scenario, seed, changes, kept) = (None, None, Vec::new(), Vec::new());
                self.address = Address { scenario, seed, changes, kept, ..self.address.clone() };
                vec![Effect::Show, Effect::News(format!("This is “{title}” now.")), Effect::Begin, Effect::Serve]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::BUNDLED;

    fn address(hash: &str) -> Address {
        Address::read("", hash, &[]).0
    }

    fn session() -> Session {
        Session::new(Rc::new(Scenario::bundled()), Address::default())
    }

    fn follow(session: &Session, hash: &str) -> (Session, Vec<Effect>) {
        let (address, now) = (Box::new(address(hash)), Box::new(session.address.clone()));
        session.reduce(Event::Follow { address, now })
    }

    fn seed_of(effects: &[Effect]) -> Option<u64> {
        effects.iter().find_map(|effect| match effect {
            Effect::Request { scenario, .. } => Some(scenario.seed),
            _ => None,
        })
    }

    #[test]
    fn an_address_of_another_run_changes_run_configuration_and_moment() {
        let (on_its_way, effects) = follow(&session(), "#v=1&t=12:30&seed=7&reader=engineer");
        assert_eq!(seed_of(&effects), Some(7));
        assert_eq!(on_its_way.address, Address::default(), "what is shown stays until the run is there");
        let (there, effects) = on_its_way.reduce(Event::Ready);
        let wanted = Box::new(address("#v=1&t=12:30&seed=7&reader=engineer"));
        assert_eq!(
            effects,
            [Effect::Show, Effect::Arrive(wanted.clone()), Effect::Moment(wanted.clone()), Effect::Serve]
        );
        assert_eq!((there.address, there.coming), (*wanted, None));
    }

    #[test]
    fn a_second_wish_for_the_run_that_comes_is_its_moment_and_a_wish_for_what_is_shown_gives_it_up() {
        let (on_its_way, _) = follow(&session(), "#v=1&t=12:30&seed=7");
        let (again, effects) = follow(&on_its_way, "#v=1&t=11:05&seed=7");
        assert!(effects.is_empty(), "the run is on its way already");
        assert_eq!(again.reduce(Event::Ready).0.address, address("#v=1&t=11:05&seed=7"));
        let (back, effects) = follow(&again, "#v=1&t=11:10");
        assert_eq!(effects[0], Effect::Cancel);
        assert_eq!((back.coming(), &back.address), (None, &address("#v=1&t=11:10")));
        assert_eq!(back.reduce(Event::Ready).1, [], "what was given up does not arrive");
    }

    #[test]
    fn a_file_takes_the_place_of_an_address_that_is_followed_and_has_none_itself() {
        let (on_its_way, _) = follow(&session(), "#v=1&t=12:30&seed=7");
        let (opened, effects) =
            on_its_way.reduce(Event::Open { name: "a.json".to_owned(), text: Ok(BUNDLED.to_owned()) });
        assert_eq!(effects[0], Effect::Refuse(OPENED.to_owned()));
        let (there, effects) = opened.reduce(Event::Ready);
        assert!(matches!(effects.as_slice(), [Effect::Show, Effect::News(_), Effect::Begin, Effect::Serve]));
        assert_eq!(there.address.seed, None);
        let (same, effects) = on_its_way.reduce(Event::Open { name: "b.json".to_owned(), text: Ok("{".to_owned()) });
        assert!(matches!(effects.as_slice(), [Effect::Trouble { what, .. }] if what.starts_with("b.json cannot")));
        assert_eq!(same, on_its_way, "the address is still followed");
    }

    #[test]
    fn what_is_tried_is_an_address_and_of_a_file_a_run_without_one() {
        let settings = vec![Setting::new("actions.patch.at", "11:30")];
        let attempt = |session: &Session, settings: &[Setting]| {
            let now = Box::new(session.address.clone());
            session.reduce(Event::Try { settings: settings.to_vec(), now })
        };
        let (tried, _) = attempt(&session(), &settings);
        assert_eq!(tried.coming().map(|coming| coming.settings.clone()), Some(settings.clone()));
        let (there, _) = tried.reduce(Event::Ready);
        assert_eq!(there.address.changes, settings);
        let (back, _) = attempt(&there, &[]);
        assert_eq!(back.reduce(Event::Ready).0.address, Address::default());

        let file = Event::Open { name: "a.json".to_owned(), text: Ok(BUNDLED.to_owned()) };
        let opened = session().reduce(file).0.reduce(Event::Ready).0;
        let (tried, effects) = attempt(&opened, &settings);
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Request { has_address: false, .. })));
        let (there, effects) = tried.reduce(Event::Ready);
        assert_eq!(effects, [Effect::Show, Effect::Serve], "the playhead stays");
        assert!(there.address.changes.is_empty() && Rc::ptr_eq(there.base(), opened.base()));
        let (same, effects) = attempt(&there, &[Setting::new("instances.count", "0")]);
        assert!(matches!(effects.as_slice(), [Effect::Trouble { .. }]) && same.coming().is_none());
    }

    #[test]
    fn what_is_kept_is_in_the_address_also_in_one_that_is_on_its_way() {
        let kept = vec![vec![Setting::new("actions.patch.at", "11:30")]];
        let (on_its_way, _) = follow(&session(), "#v=1&t=12:30&seed=7");
        let (keeping, effects) = on_its_way.reduce(Event::Keep(kept.clone()));
        assert_eq!((&keeping.address.kept, effects), (&kept, Vec::new()));
        let there = keeping.reduce(Event::Ready).0;
        assert_eq!((&there.address.kept, there.address.seed), (&kept, Some(7)));
        let file = Event::Open { name: "a.json".to_owned(), text: Ok(BUNDLED.to_owned()) };
        assert!(there.reduce(file).0.reduce(Event::Ready).0.address.kept.is_empty(), "of another scenario");
    }

    #[test]
    fn a_run_that_fails_leaves_everything_as_it_was() {
        let (on_its_way, _) = follow(&session(), "#v=1&t=12:30&seed=7");
        let (after, effects) = on_its_way.reduce(Event::Failed("no".to_owned()));
        assert_eq!((after.coming(), &after.address), (None, &Address::default()));
        assert!(matches!(effects.as_slice(), [Effect::Refuse(_), Effect::Trouble { .. }, Effect::Serve]));
        assert_eq!(on_its_way.reduce(Event::NotAsked("no".to_owned())).0.coming(), None);
    }

    proptest! {
        /// Whatever comes when: in the end the page is where it was wanted last, unless that run failed.
        #[test]
        fn the_last_wish_wins(steps in prop::collection::vec((0_u8..6, 0_u32..3, 0_u32..3), 1..20)) {
            let mut session = session();
            let mut wanted = session.address.clone();
            for (kind, seed, minute) in steps {
                match kind {
                    0..=2 => {
                        let run = if seed == 0 { String::new() } else { format!("&seed={seed}") };
                        let hash = format!("#v=1&t=12:{minute:02}{run}");
                        session = follow(&session, &hash).0;
                        wanted = address(&hash);
                    }
                    3 => session = session.reduce(Event::Progress(0.5)).0,
                    4 => session = session.reduce(Event::Ready).0,
                    _ if session.coming().is_some() => {
                        session = session.reduce(Event::Failed("no".to_owned())).0;
                        wanted = session.address.clone();
                    }
                    _ => {}
                }
            }
            session = session.reduce(Event::Ready).0;
            prop_assert_eq!(&session.address, &wanted);
            prop_assert!(session.coming().is_none());
        }
    }
}
