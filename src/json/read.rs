//! From a tree of values to simple types, with serde's words for what is wrong.

use std::fmt::Display;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error, Expected, Unexpected};
use serde_json::Value;

use super::Step;

/// A value of another shape than the wanted one.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Mismatch {
    /// Where it stands.
    pub path: Vec<Step>,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// Knows the way to what is being read, and the first thing that was wrong. Reading goes on after it, with blanks: code that
/// need not stop at every field is a tenth as long.
#[derive(Default)]
pub(crate) struct Reader {
    path: Vec<Step>,
    first: Option<Mismatch>,
}

/// A type that can be read.
pub(crate) trait FromJson: Sized {
    /// Reads a value; when it has another shape, the reader is told and anything is returned.
    fn read(value: &Value, reader: &mut Reader) -> Self;

    /// Whether a field of this type may be left out; it is then read from null.
    const MAY_BE_ABSENT: bool = false;
}

/// Reads a value.
///
/// # Errors
/// The first thing in it that has not the shape of a `T`.
pub(crate) fn from_value<T: FromJson>(value: &Value) -> Result<T, Mismatch> {
    let mut reader = Reader::default();
    let read = T::read(value, &mut reader);
    match reader.first {
        None => Ok(read),
        Some(mismatch) => Err(mismatch),
    }
}

impl Reader {
    /// Reads what is one step further down.
    pub fn below<T: FromJson>(&mut self, step: Step, value: &Value) -> T {
        self.enter(step);
        let read = T::read(value, self);
        self.leave();
        read
    }

    pub(super) fn enter(&mut self, step: Step) {
        self.path.push(step);
    }

    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    /// Notes what is wrong with the value that is being read.
    #[cold]
    pub fn refuse(&mut self, problem: Problem) {
        self.first.get_or_insert_with(|| Mismatch { path: self.path.clone(), message: problem.0 });
    }

    /// Notes what is wrong with a field of the value that is being read.
    #[cold]
    pub fn refuse_field(&mut self, name: &str, problem: Problem) {
        self.enter(Step::Key(name.to_owned()));
        self.refuse(problem);
        self.leave();
    }

    /// Notes that a value is of another type than what is expected.
    #[cold]
    pub fn refuse_type(&mut self, value: &Value, expected: &dyn Expected) {
        self.refuse(Error::invalid_type(described(value), expected));
    }
}

/// What is wrong, in serde's words.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

impl Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn described(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Other("null"),
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => Unexpected::Unsigned(value),
            (_, Some(value)) => Unexpected::Signed(value),
            _ => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

impl FromJson for String {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        value.as_str().map(str::to_owned).unwrap_or_else(|| {
            reader.refuse_type(value, &"a string");
            Self::new()
        })
    }
}

impl FromJson for bool {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        value.as_bool().unwrap_or_else(|| {
            reader.refuse_type(value, &"a boolean");
            false
        })
    }
}

impl FromJson for f64 {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        value.as_f64().unwrap_or_else(|| {
            reader.refuse_type(value, &"f64");
            0.0
        })
    }
}

/// A number that must be whole and fit its type.
macro_rules! whole {
    ($($type:ident by $get:ident;)*) => {
        $(impl FromJson for $type {
            fn read(value: &Value, reader: &mut Reader) -> Self {
                let whole = value.$get().and_then(|whole| Self::try_from(whole).ok());
                whole.unwrap_or_else(|| {
                    refuse_number(value, reader, &stringify!($type));
                    0
                })
            }
        })*
    };
}

whole! {
    u32 by as_u64;
    u64 by as_u64;
    i64 by as_i64;
}

#[cold]
fn refuse_number(value: &Value, reader: &mut Reader, expected: &dyn Expected) {
    reader.refuse(match described(value) {
        found @ (Unexpected::Signed(_) | Unexpected::Unsigned(_)) => Error::invalid_value(found, expected),
        found => Error::invalid_type(found, expected),
    });
}

impl<T: FromJson> FromJson for Option<T> {
    const MAY_BE_ABSENT: bool = true;

    fn read(value: &Value, reader: &mut Reader) -> Self {
        if value.is_null() { None } else { Some(T::read(value, reader)) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let mut list = Self::new();
        let Value::Array(entries) = value else {
            reader.refuse_type(value, &"a sequence");
            return list;
        };
        for (index, entry) in entries.iter().enumerate() {
            list.push(reader.below(Step::Index(index), entry));
        }
        list
    }
}

impl<T: FromJson> FromJson for [T; 2] {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let entries: &[Value] = value.as_array().map_or(&[], Vec::as_slice);
        if entries.len() != 2 {
            match value {
                Value::Array(_) => reader.refuse(Error::invalid_length(entries.len(), &"an array of length 2")),
                _ => reader.refuse_type(value, &"an array of length 2"),
            }
        }
        [0, 1].map(|index| reader.below(Step::Index(index), entries.get(index).unwrap_or(&Value::Null)))
    }
}

/// One of the names that serde knows of a type.
pub(crate) fn choice<T: DeserializeOwned>(value: &Value, reader: &mut Reader) -> Option<T> {
    let Value::String(name) = value else {
        reader.refuse_type(value, &"a name");
        return None;
    };
    T::deserialize(StrDeserializer::new(name)).map_err(|problem| reader.refuse(problem)).ok()
}

/// Types that are read as one of the names that serde derives for them; with any of them as the blank.
macro_rules! choices {
    ($($type:ident::$blank:ident),* $(,)?) => {
        $(impl $crate::json::FromJson for $type {
            fn read(value: &::serde_json::Value, reader: &mut $crate::json::Reader) -> Self {
                $crate::json::choice(value, reader).unwrap_or(Self::$blank)
            }
        })*
    };
}
pub(crate) use choices;
