//! What a trainee did, entry by entry, and its short form in links: a drill is its draw and its journal.
//!
//! The short form is entries joined by `.`. Each begins with the seconds since the entry before in base 36, then comes an
//! upper-case letter for what was done, then its details: `0Lo.5kAr.1oTs2c-10` is a look at the service's dashboard, a
//! restart 200 seconds later, and a thought a minute after that. Texts are percent-encoded.
//!
//! Invariant: `Journal::parse(&journal.to_string())` gives the same journal.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Cause, Look, Response, Series};

/// What is written as it is in links. A space is written as `_`, since an address would encode it twice.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b' ');
/// Longest text that a trainee writes, in characters: the results of a learning management system hold 4,096 in all.
pub const TEXT_CHARS_MAX: usize = 240;
/// Most entries of a journal.
pub const ENTRIES_MAX: usize = 400;

/// A trainee's acts, in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Journal(pub Vec<Entry>);

/// One act.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Seconds since the drill began.
    pub at_s: u32,
    pub what: What,
}

/// What was done.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    Look(Look),
    Act(Response),
    Think(Thought),
    /// The cause is stated: what a patch is written for.
    State(Cause),
    /// A suspicion is given up.
    RuleOut(Cause),
    Update(Update),
    /// What the facilitator said, by hand.
    Heard(String),
    /// A moment that is marked afterwards, in seconds since the drill began, with a sentence about it.
    Mark(u32, String),
    /// "When …, I will …", afterwards.
    Plan(String),
    /// The trainee ends the drill.
    End,
}

/// A hypothesis, how sure one is, and what one expects to see.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Thought {
    pub cause: Cause,
    /// 1 a guess, 2 likely, 3 sure.
    pub sureness: u8,
    pub expects: Option<Expectation>,
}

/// What one expects to see.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Expectation {
    pub series: Series,
    pub way: Way,
    /// Within so many minutes.
    pub minutes: u8,
}

/// Where a series is expected to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Up,
    Down,
    Flat,
}

/// A status update to users and colleagues: which of its three parts it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update {
    /// It says how many are affected.
    pub impact: bool,
    /// It says what is being done.
    pub state: bool,
    /// It says when the next one comes, in minutes.
    pub next_min: Option<u8>,
}

impl Update {
    /// Whether it has all three parts.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.impact && self.state && self.next_min.is_some()
    }
}

impl Way {
    fn letter(self) -> char {
        match self {
            Self::Up => '+',
            Self::Down => '-',
            Self::Flat => '~',
        }
    }

    /// For people: "up".
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Flat => "flat",
        }
    }

    /// The way of this word or sign.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Up, Self::Down, Self::Flat]
            .into_iter()
            .find(|way| way.word() == text || text == way.letter().to_string())
    }
}

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before_s = 0;
        for (index, Entry { at_s, what }) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "{}{what}", base36(at_s.saturating_sub(before_s)))?;
            before_s = *at_s;
        }
        Ok(())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look(look) => write!(f, "L{}", look.letter()),
            Self::Act(response) => write!(f, "A{}", response.letter()),
            Self::Think(Thought { cause, sureness, expects }) => {
                write!(f, "T{}{sureness}", cause.letter())?;
                expects.map_or(Ok(()), |Expectation { series, way, minutes }| {
                    write!(f, "{}{}{minutes}", series.letter(), if way == Way::Flat { '_' } else { way.letter() })
                })
            }
            Self::State(cause) => write!(f, "S{}", cause.letter()),
            Self::RuleOut(cause) => write!(f, "R{}", cause.letter()),
            Self::Update(Update { impact, state, next_min }) => {
                write!(f, "U{}{}", u8::from(*impact), u8::from(*state))?;
                next_min.map_or(Ok(()), |minutes| write!(f, "{minutes}"))
            }
            Self::Heard(text) => write!(f, "H{}", encoded(text)),
            Self::Mark(at_s, text) => write!(f, "M{}-{}", base36(*at_s), encoded(text)),
            Self::Plan(text) => write!(f, "P{}", encoded(text)),
            Self::End => f.write_str("E"),
        }
    }
}

/// Why a text is no journal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("entry {number} of the journal: {reason}")]
pub struct JournalError {
    /// From 1.
    pub number: usize,
    pub reason: String,
}

impl FromStr for Journal {
    type Err = JournalError;

    fn from_str(text: &str) -> Result<Self, JournalError> {
        let mut entries: Vec<Entry> = Vec::new();
        for (index, part) in text.split('.').filter(|part| !part.is_empty()).enumerate() {
            let refused = |reason: String| JournalError { number: index + 1, reason };
            if index >= ENTRIES_MAX {
                return Err(refused(format!("at most {ENTRIES_MAX} entries")));
            }
            let split =
                part.find(|c: char| c.is_ascii_uppercase()).ok_or_else(|| refused("tells no kind".to_owned()))?;
            let (time, what) = part.split_at(split);
            let after_s = of_base36(time).ok_or_else(|| refused("its time is no number in base 36".to_owned()))?;
            let before_s = entries.last().map_or(0, |entry| entry.at_s);
            let at_s = before_s.checked_add(after_s).filter(|at_s| *at_s < 86_400 * 7);
            let at_s = at_s.ok_or_else(|| refused("its time is too late".to_owned()))?;
            let what = parse_what(what).ok_or_else(|| refused("its kind or details are unknown".to_owned()))?;
            entries.push(Entry { at_s, what });
        }
        Ok(Self(entries))
    }
}

fn parse_what(text: &str) -> Option<What> {
    let (kind, rest) = text.split_at_checked(1)?;
    let mut letters = rest.chars();
    let one = |rest: &str| {
        let mut letters = rest.chars();
        letters.next().filter(|_| letters.next().is_none())
    };
    Some(match kind {
        "L" => What::Look(Look::of_letter(one(rest)?)?),
        "A" => What::Act(Response::of_letter(one(rest)?)?),
        "S" => What::State(Cause::of_letter(one(rest)?)?),
        "R" => What::RuleOut(Cause::of_letter(one(rest)?)?),
        "T" => {
            let cause = Cause::of_letter(letters.next()?)?;
            let sureness = letters.next()?.to_digit(10).filter(|sureness| (1..=3).contains(sureness))? as u8;
            let expects = match letters.next() {
                None => None,
                Some(series) => Some(Expectation {
                    series: Series::of_letter(series)?,
                    way: match letters.next()? {
                        '_' => Way::Flat,
                        sign => Way::parse(&sign.to_string()).filter(|way| *way != Way::Flat)?,
                    },
                    minutes: number(letters.as_str())?,
                }),
            };
            What::Think(Thought { cause, sureness, expects })
        }
        "U" => {
            let mut flag = || letters.next().and_then(|letter| letter.to_digit(2)).map(|digit| digit == 1);
            let (impact, state) = (flag()?, flag()?);
            let next = letters.as_str();
            let next_min = if next.is_empty() { None } else { Some(number(next)?) };
            What::Update(Update { impact, state, next_min })
        }
        "M" => {
            let (at, text) = rest.split_once('-')?;
            What::Mark(of_base36(at)?, decoded(text)?)
        }
        "H" => What::Heard(decoded(rest)?),
        "P" => What::Plan(decoded(rest)?),
        "E" if rest.is_empty() => What::End,
        _ => return None,
    })
}

/// A number as it is written: no signs, no zeros before it.
fn number(text: &str) -> Option<u8> {
    text.parse().ok().filter(|number: &u8| *number > 0 && number.to_string() == text)
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string().replace(' ', "_")
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('_', " ");
    let text = percent_decode_str(&text).decode_utf8().ok()?;
    (text.chars().count() <= TEXT_CHARS_MAX).then(|| text.into_owned())
}

pub(super) fn base36(number: u32) -> String {
    let mut digits = Vec::new();
    let mut rest = number;
    loop {
        digits.push(char::from_digit(rest % 36, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

pub(super) fn of_base36(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 36).ok().filter(|number| base36(*number) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Journal {
        let thought = Thought {
            cause: Cause::Sessions,
            sureness: 2,
            expects: Some(Expectation { series: Series::Heap, way: Way::Flat, minutes: 10 }),
        };
        let all = [
            What::Look(Look::HeapDump),
            What::Act(Response::Restart),
            What::Think(thought),
            What::Think(Thought { expects: None, ..thought }),
            What::State(Cause::CostlyCode),
            What::RuleOut(Cause::Network),
            What::Update(Update { impact: true, state: false, next_min: Some(15) }),
            What::Update(Update { impact: false, state: true, next_min: None }),
            What::Heard("What else could it be? – Look again".to_owned()),
            What::End,
            What::Mark(1234, "Hier hätte ich gefragt. Warum?".to_owned()),
            What::Plan("When memory and CPU rise together, I will take a heap dump first.".to_owned()),
        ];
        Journal(all.into_iter().enumerate().map(|(index, what)| Entry { at_s: index as u32 * 200, what }).collect())
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let text = whole().to_string();
        assert_eq!(text.parse(), Ok(whole()), "{text}");
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+%".contains(&byte)), "{text}");
        assert_eq!("".parse(), Ok(Journal::default()));
    }

    #[test]
    fn what_is_no_journal_is_named() {
        for (text, number) in [
            ("Lo", 1),
            ("0Lo.0Q", 2),
            ("0Lz", 1),
            ("0Loo", 1),
            ("0Ts4", 1),
            ("0Ts2h", 1),
            ("0Ts2h+0", 1),
            ("0Ts2h+010", 1),
            ("00Lo", 1),
            ("zzzzzzzzLo", 1),
            ("0U2", 1),
            ("0M1", 1),
            ("0P%ff", 1),
        ] {
            let error = text.parse::<Journal>().expect_err(text);
            assert_eq!(error.number, number, "{text}: {error}");
        }
        let long = format!("0P{}", "a".repeat(TEXT_CHARS_MAX + 1));
        assert!(long.parse::<Journal>().is_err());
    }

    #[test]
    fn two_hours_of_acts_fit_into_a_learning_management_system() {
        // An act every minute, each with a thought, and all the texts at a usual length.
        let mut entries = Vec::new();
        for minute in 0..120 {
            entries.push(Entry { at_s: minute * 60, what: whole().0[2].what.clone() });
            entries.push(Entry { at_s: minute * 60 + 5, what: whole().0[(minute % 2) as usize].what.clone() });
        }
        for mark in 0..2 {
            entries.push(Entry { at_s: 7200, what: What::Mark(mark, "a sentence of a usual length, ".repeat(4)) });
        }
        entries.push(Entry { at_s: 7200, what: What::Plan("When it is slow, I will look first. ".repeat(3)) });
        let length = Journal(entries).to_string().len();
        assert!(length < 3900, "{length}");
    }
}
