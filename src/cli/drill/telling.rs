//! What a drill tells, as JSON lines or as text.

use serde_json::{Value, json};

use super::super::Failure;
use crate::drill::{Cause, Comparison, Debrief, Draw, Drill, DrillResult, Kind, Look, Response, Score, Told};
use crate::plain;

pub(super) struct Telling {
    pub is_text: bool,
}

impl Telling {
    /// One telling: as a line of JSON, or as lines of text.
    fn tell(&self, json: &Value, text: &str) -> Result<(), Failure> {
        let lines = if self.is_text {
            format!("{}\n", text.lines().map(plain::harmless).collect::<Vec<_>>().join("\n"))
        } else {
            format!("{json}\n")
        };
        super::super::print(&lines)
    }

    pub fn page(&self, drill: &Drill, draw: Option<Draw>) -> Result<(), Failure> {
        let kind = if drill.kind() == Kind::Check { "check" } else { "practice" };
        let json = json!({
            "told": "page", "at": drill.now().hh_mm_ss(), "text": drill.page(), "kind": kind,
            "draw": draw.map(|Draw(number)| number), "until": drill.until().hh_mm(),
        });
        let number = draw.map_or_else(String::new, |Draw(number)| format!(", draw {number}"));
        let text = format!(
            "PAGE  {}\n({kind}{number}; simulated until {} UTC; `help` lists what can be done)",
            drill.page(),
            drill.until().hh_mm()
        );
        self.tell(&json, &text)
    }

    pub fn help(&self, drill: &Drill) -> Result<(), Failure> {
        let looks: Vec<Value> = Look::all()
            .map(|look| json!({"look": look.id(), "name": look.name(), "minutes": look.minutes()}))
            .collect();
        let acts: Vec<Value> = Response::offered(drill.base())
            .into_iter()
            .map(|act| json!({"act": act.id(), "name": act.name(), "prepared_min": act.preparation_min(), "cost": act.kind().cost}))
            .collect();
        let causes: Vec<Value> = Cause::all().map(|cause| json!({"cause": cause.id(), "name": cause.name()})).collect();
        let mut text = String::from("look:\n");
        for look in Look::all() {
            text += &format!("  {:12} {:>2} min  {}\n", look.id(), look.minutes(), look.name());
        }
        text += "act:\n";
        for act in Response::offered(drill.base()) {
            text += &format!("  {:13} ready after {:>2} min  {}\n", act.id(), act.preparation_min(), act.name());
        }
        text += "causes, for think, state and rule out:\n";
        for cause in Cause::all() {
            text += &format!("  {:12} {}\n", cause.id(), cause.name());
        }
        text += "think CAUSE [1|2|3 [SERIES up|down|flat MINUTES]]; state CAUSE; rule out CAUSE\nupdate [impact] [state] [next MINUTES]; wait MINUTES; end; hear WORDS (of a facilitator); mark MINUTE SENTENCE; plan SENTENCE; quit";
        self.tell(&json!({"told": "help", "looks": looks, "acts": acts, "causes": causes}), &text)
    }

    pub fn refused(&self, drill: &Drill, reason: &str) -> Result<(), Failure> {
        self.tell(
            &json!({"told": "refused", "at": drill.now().hh_mm_ss(), "reason": reason}),
            &format!("{}  not done: {reason}", drill.now().hh_mm()),
        )
    }

    pub fn all(&self, told: &[Told]) -> Result<(), Failure> {
        told.iter().try_for_each(|told| self.one(told))
    }

    fn one(&self, told: &Told) -> Result<(), Failure> {
        let (json, text) = match told {
            Told::Seen(seen) => {
                let lines: Vec<Value> =
                    seen.lines.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
                let mut text = format!("{}  {}", seen.at.hh_mm(), seen.look.name());
                for (name, value) in &seen.lines {
                    text += &format!("\n       {name}: {value}");
                }
                (json!({"told": "seen", "at": seen.at.hh_mm_ss(), "look": seen.look.id(), "lines": lines}), text)
            }
            Told::Begins(response, at) => (
                json!({"told": "begins", "at": at.hh_mm_ss(), "act": response.id()}),
                format!("       {}: begins at {}", response.name(), at.hh_mm()),
            ),
            Told::Happened(at, words) => {
                (json!({"told": "happened", "at": at.hh_mm_ss(), "text": words}), format!("{}  {words}", at.hh_mm()))
            }
            Told::Said(at, inject) => (
                json!({"told": "said", "at": at.hh_mm_ss(), "who": inject.who.name(), "text": inject.text}),
                format!("{}  {}: {}", at.hh_mm(), inject.who.name(), inject.text),
            ),
            Told::Ended(at) => (
                json!({"told": "ended", "at": at.hh_mm_ss()}),
                format!(
                    "{}  The drill is over. Mark two moments with a sentence each (mark MINUTE SENTENCE), then quit.",
                    at.hh_mm()
                ),
            ),
        };
        self.tell(&json, &text)
    }

    pub fn debrief(&self, drill: &Drill, debrief: &Debrief) -> Result<(), Failure> {
        for came in &debrief.came {
            let expected = came.expected;
            let way = came.way.map_or("unknown", |way| way.word());
            let json = json!({
                "told": "expectation", "at": came.at.hh_mm(), "until": came.until.hh_mm(), "series": expected.series.id(),
                "expected": expected.way.word(), "came": way, "before": came.shown[0], "after": came.shown[1],
            });
            let text = format!(
                "{}  expected by {}: {} {}. It went {way}: {} to {}.",
                came.at.hh_mm(),
                came.until.hh_mm(),
                expected.series.name(),
                expected.way.word(),
                came.shown[0],
                came.shown[1]
            );
            self.tell(&json, &text)?;
        }
        let _whole = drill;
        Ok(())
    }

    pub fn result(&self, result: &DrillResult) -> Result<(), Failure> {
        self.tell(&json!({"told": "result", "result": result.to_string()}), &format!("result: {result}"))
    }

    pub fn unwritten(&self, drill: &Drill) -> Result<(), Failure> {
        let count = Debrief::marks(drill);
        self.tell(
            &json!({"told": "unwritten", "marks": count}),
            "The comparison is shown once you have written about two moments.",
        )
    }

    pub fn comparison(&self, drill: &Drill, comparison: &Comparison) -> Result<(), Failure> {
        let acts: Vec<Value> = comparison
            .acts
            .iter()
            .map(|act| json!({"at": act.at.hh_mm(), "name": act.name, "users_spared": act.users_spared}))
            .collect();
        let reported: Vec<Value> =
            comparison.reported.iter().map(|(at, title)| json!({"at": at.hh_mm(), "title": title})).collect();
        let best: Vec<Value> =
            comparison.best.iter().map(|step| json!({"at": step.at.hh_mm(), "act": step.response.id()})).collect();
        let cause = comparison.cause.map(Cause::id);
        let json = json!({
            "told": "comparison", "scenario": drill.full().id, "cause": cause, "found": comparison.found, "acts": acts,
            "reported": reported, "best": best, "best_reason": comparison.best_reason,
        });
        let mut text =
            format!("{}\nThe cause: {}.\n", drill.full().title, comparison.cause.map_or("not known", Cause::name));
        for act in &comparison.acts {
            text += &format!("{}  {}: {}\n", act.at.hh_mm(), act.name, spared(act.users_spared));
        }
        text += "The responders then:\n";
        for (at, title) in &comparison.reported {
            text += &format!("  {}  {title}\n", at.hh_mm());
        }
        text += "The best found:\n";
        for step in &comparison.best {
            text += &format!("  {}  {}\n", step.at.hh_mm(), step.response.name());
        }
        text += &comparison.best_reason;
        self.tell(&json, &text)
    }

    pub fn score(&self, drill: &Drill, score: &Score) -> Result<(), Failure> {
        let unneeded: Vec<Value> =
            score.unneeded().iter().map(|(entry, users)| json!({"entry": entry + 1, "users": users})).collect();
        let users = score.users;
        let json = json!({
            "told": "score", "percent": users.percent(), "users_ratio": users.ratio(), "users": users,
            "looked_before": score.looked_before, "silence_min": f64::from(score.silence_s) / 60.0,
            "updates_complete": score.updates_complete, "unneeded": unneeded,
        });
        let best = users.best.map_or_else(String::new, |best| format!(", {best} under the best found"));
        let text = format!(
            "users: {} of 100. {} slow or failed, {} under doing nothing{best}.\nevidence: {} of {} acts came after a look that tells causes apart.\ncommunication: at most {:.0} minutes without an update; {} of {} updates say impact, state and when the next one comes.\nunneeded harm: {}",
            users.percent(),
            users.trainee,
            users.nothing,
            score.looked_before[0],
            score.looked_before[1],
            f64::from(score.silence_s) / 60.0,
            score.updates_complete[0],
            score.updates_complete[1],
            if score.unneeded().is_empty() { "none.".to_owned() } else { unneeded_words(drill, score) }
        );
        self.tell(&json, &text)
    }
}

fn spared(users: i64) -> String {
    match users {
        0 => "changed nothing for users".to_owned(),
        users if users > 0 => format!("spared {users} users"),
        users => format!("harmed {} users", users.unsigned_abs()),
    }
}

fn unneeded_words(drill: &Drill, score: &Score) -> String {
    let name = |entry: usize| {
        drill
            .taken()
            .iter()
            .find(|taken| taken.entry == entry)
            .and_then(|taken| taken.response)
            .map_or("a dump", Response::name)
    };
    let parts: Vec<String> =
        score.unneeded().into_iter().map(|(entry, users)| format!("{} harmed {users} users", name(entry))).collect();
    format!("{}.", parts.join("; "))
}
