//! What can be ordered in a drill, as JSON or as words: `{"look": "logs"}` is `look logs`.

use serde::Deserialize;

use crate::drill::{Cause, Expectation, Look, Response, Series, Thought, Update, Way, What};

/// An order.
pub(super) enum Order {
    Do(What),
    /// Seconds.
    Wait(u32),
    Help,
    Quit,
}

/// An order as JSON.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Json {
    Look(String),
    Act(String),
    Think(Think),
    State(String),
    RuleOut(String),
    Update(Say),
    /// Minutes.
    Wait(f64),
    Mark(Mark),
    /// What a facilitator says.
    Hear(String),
    Plan(String),
    End,
    Help,
    Quit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Think {
    cause: String,
    #[serde(default = "guess")]
    sure: u8,
    #[serde(default)]
    expect: Option<Expect>,
}

fn guess() -> u8 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    series: String,
    way: String,
    within_min: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    #[serde(default)]
    impact: bool,
    #[serde(default)]
    state: bool,
    #[serde(default)]
    next_min: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    at_min: f64,
    text: String,
}

impl Order {
    /// An order on a line.
    ///
    /// # Errors
    /// It is none; what is allowed is told.
    pub fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim();
        if line.starts_with('{') || line.starts_with('"') {
            let json: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
            return of_json(json);
        }
        let mut words = line.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        let text = || rest.join(" ");
        of_json(match verb {
            "look" => Json::Look(rest.join("_")),
            "act" | "do" => Json::Act(rest.join("_")),
            "state" => Json::State(rest.join("_")),
            "rule" if rest.first() == Some(&"out") => Json::RuleOut(rest[1..].join("_")),
            "think" => Json::Think(think(&rest)?),
            "update" => Json::Update(say(&rest)?),
            "wait" => Json::Wait(match rest.as_slice() {
                [] => 1.0,
                [number, ..] => number.parse().map_err(|_| format!("{number}: expected minutes"))?,
            }),
            "mark" => {
                let (at, text) = rest.split_first().ok_or("mark MINUTE SENTENCE")?;
                Json::Mark(Mark {
                    at_min: at.parse().map_err(|_| format!("{at}: expected minutes"))?,
                    text: text.join(" "),
                })
            }
            "hear" => Json::Hear(text()),
            "plan" => Json::Plan(text()),
            "end" => Json::End,
            "help" | "?" => Json::Help,
            "quit" | "exit" => Json::Quit,
            _ => {
                return Err(format!(
                    "{verb}: expected look, act, think, state, rule out, update, wait, hear, end, mark, plan, help or quit"
                ));
            }
        })
    }
}

/// `think sessions 2 heap down 10`: cause, how sure, and what is expected.
fn think(rest: &[&str]) -> Result<Think, String> {
    let usage = "think CAUSE [1|2|3 [SERIES up|down|flat MINUTES]]";
    let number = |text: &str| text.parse().map_err(|_| format!("{text}: {usage}"));
    Ok(match rest {
        [cause] => Think { cause: (*cause).to_owned(), sure: 1, expect: None },
        [cause, sure] => Think { cause: (*cause).to_owned(), sure: number(sure)?, expect: None },
        [cause, sure, series, way, minutes] => Think {
            cause: (*cause).to_owned(),
            sure: number(sure)?,
            expect: Some(Expect { series: (*series).to_owned(), way: (*way).to_owned(), within_min: number(minutes)? }),
        },
        _ => return Err(usage.to_owned()),
    })
}

/// `update impact state next 15`.
fn say(rest: &[&str]) -> Result<Say, String> {
    let mut say = Say { impact: false, state: false, next_min: None };
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        match *word {
            "impact" => say.impact = true,
            "state" => say.state = true,
            "next" => {
                let minutes = rest.next().ok_or("update … next MINUTES")?;
                say.next_min = Some(minutes.parse().map_err(|_| format!("{minutes}: expected minutes"))?);
            }
            other => return Err(format!("{other}: update [impact] [state] [next MINUTES]")),
        }
    }
    Ok(say)
}

fn of_json(json: Json) -> Result<Order, String> {
    let cause = |id: &str| Cause::of_id(id).ok_or_else(|| unknown(id, Cause::all().map(Cause::id)));
    Ok(Order::Do(match json {
        Json::Look(id) => What::Look(Look::of_id(&id).ok_or_else(|| unknown(&id, Look::all().map(Look::id)))?),
        Json::Act(id) => {
            What::Act(Response::of_id(&id).ok_or_else(|| unknown(&id, Response::all().map(Response::id)))?)
        }
        Json::State(id) => What::State(cause(&id)?),
        Json::RuleOut(id) => What::RuleOut(cause(&id)?),
        Json::Think(Think { cause: id, sure, expect }) => {
            if !(1..=3).contains(&sure) {
                return Err(format!("{sure}: expected 1 (a guess), 2 (likely) or 3 (sure)"));
            }
            let expects = expect.map(expectation).transpose()?;
            What::Think(Thought { cause: cause(&id)?, sureness: sure, expects })
        }
        Json::Update(Say { impact, state, next_min }) => {
            if next_min == Some(0) {
                return Err("0: expected at least one minute".to_owned());
            }
            What::Update(Update { impact, state, next_min })
        }
        Json::Mark(Mark { at_min, text }) => What::Mark(seconds(at_min)?, text),
        Json::Hear(text) => What::Heard(text),
        Json::Plan(text) => What::Plan(text),
        Json::End => What::End,
        Json::Wait(minutes) => return Ok(Order::Wait(seconds(minutes)?)),
        Json::Help => return Ok(Order::Help),
        Json::Quit => return Ok(Order::Quit),
    }))
}

fn expectation(Expect { series, way, within_min }: Expect) -> Result<Expectation, String> {
    if within_min == 0 {
        return Err("0: expected at least one minute".to_owned());
    }
    Ok(Expectation {
        series: Series::of_id(&series).ok_or_else(|| unknown(&series, Series::all().map(Series::id)))?,
        way: Way::parse(&way).ok_or_else(|| format!("{way}: expected up, down or flat"))?,
        minutes: within_min,
    })
}

fn seconds(minutes: f64) -> Result<u32, String> {
    let seconds = (minutes * 60.0).round();
    if (0.0..=86_400.0).contains(&seconds) {
        Ok(seconds as u32)
    } else {
        Err(format!("{minutes}: expected 0 to 1,440 minutes"))
    }
}

fn unknown(id: &str, allowed: impl Iterator<Item = &'static str>) -> String {
    format!("{id}: expected {}", allowed.collect::<Vec<&str>>().join(", "))
}
