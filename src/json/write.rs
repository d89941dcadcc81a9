//! Writes types as JSON text, with numbers as [`core::fmt`] writes them.
//!
//! Invariant: every JSON text that the page writes goes through here. serde_json itself writes numbers by a table of powers
//! of ten of its own, ten kilobytes that do not compress, when everything else on the page already has the standard
//! library's.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// In one line.
///
/// # Panics
/// A map of the value's has keys that are no strings, or its own serialisation fails.
pub(crate) fn to_string(value: &impl Serialize) -> String {
    written(value, CompactFormatter)
}

/// For people: indented by two spaces.
///
/// # Panics
/// As [`to_string`].
pub(crate) fn to_string_pretty(value: &impl Serialize) -> String {
    written(value, PrettyFormatter::new())
}

/// A file for people: [`to_string_pretty`], the last line ended.
///
/// # Panics
/// As [`to_string`].
pub(crate) fn to_lines(value: &impl Serialize) -> String {
    to_string_pretty(value) + "\n"
}

fn written<F: Formatter>(value: &impl Serialize, layout: F) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, PlainNumbers(layout));
    value.serialize(&mut serializer).expect("the types that are written have string keys");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// A layout whose numbers are the shortest that read back as the same, as `{:?}` writes them: `1.0`, `0.25`, `1e-7`.
struct PlainNumbers<F>(F);

impl<F: Formatter> Formatter for PlainNumbers<F> {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value:?}")
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        write!(writer, "{value:?}")
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, is_first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn numbers_are_short_and_read_back_as_the_same() {
        for (number, text) in
            [(1.0, "1.0"), (0.25, "0.25"), (1e-7, "1e-7"), (-1.5e300, "-1.5e300"), (0.1 + 0.2, "0.30000000000000004")]
        {
            assert_eq!(to_string(&number), text);
            assert_eq!(text.parse(), Ok(number));
            assert!(serde_json::from_str::<Value>(text).expect("JSON").is_f64());
        }
        assert_eq!(to_string(&f64::NAN), "null");
        assert_eq!(to_string(&u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn the_layout_is_serde_json_s() {
        let value = json!({"a": [1, 2.5, {"b": null, "c": []}], "d": {}, "e": "\u{1}\"</script>"});
        assert_eq!(to_string(&value), serde_json::to_string(&value).expect("string keys"));
        assert_eq!(to_string_pretty(&value), serde_json::to_string_pretty(&value).expect("string keys"));
    }
}
