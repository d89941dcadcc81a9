//! Objects as structures, and as variants of enumerations: every field once, none that is not known.

use serde::de::Error;
use serde_json::{Map, Value};

use super::{FromJson, Reader, Step};

/// The fields of an object.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(Option<&'a Map<String, Value>>);

impl<'a> Fields<'a> {
    /// The fields of a value, which must be an object without others.
    pub fn of(value: &'a Value, of: &'static str, names: &'static [&'static str], reader: &mut Reader) -> Self {
        let Value::Object(map) = value else {
            reader.refuse_type(value, &format!("struct {of}").as_str());
            return Self(None);
        };
        if let Some(key) = map.keys().find(|key| !names.contains(&key.as_str())) {
            reader.refuse_field(key, Error::unknown_field(key, names));
        }
        Self(Some(map))
    }

    /// Reads a field.
    pub fn get<T: FromJson>(self, name: &'static str, reader: &mut Reader) -> T {
        let value = self.find(name, T::MAY_BE_ABSENT, reader);
        reader.below(Step::Key(name.to_owned()), value)
    }

    /// Reads a field that may be left out.
    pub fn get_or_default<T: FromJson + Default>(self, name: &'static str, reader: &mut Reader) -> T {
        self.get::<Option<T>>(name, reader).unwrap_or_default()
    }

    fn find(self, name: &'static str, may_be_absent: bool, reader: &mut Reader) -> &'a Value {
        let value = self.0.and_then(|map| map.get(name));
        if value.is_none() && !may_be_absent {
            reader.refuse(Error::missing_field(name));
        }
        value.unwrap_or(&Value::Null)
    }
}

/// A variant of an enumeration: its name alone, or an object with its name and its content.
#[derive(Clone, Copy)]
pub(crate) struct Variant<'a> {
    pub name: &'a str,
    pub content: Option<&'a Value>,
}

impl<'a> Variant<'a> {
    pub fn of(value: &'a Value, reader: &mut Reader) -> Self {
        match value {
            Value::String(name) => return Self { name, content: None },
            Value::Object(map) if map.len() == 1 => {
                if let Some((name, content)) = map.iter().next() {
                    return Self { name, content: Some(content) };
                }
            }
            _ => {}
        }
        reader.refuse_type(value, &"a name, or an object with one field of that name");
        Self { name: "", content: None }
    }

    /// Its fields; a variant that is only named has none.
    pub fn fields(self, of: &'static str, names: &'static [&'static str], reader: &mut Reader) -> Fields<'a> {
        self.content.map_or(Fields(None), |content| Fields::of(content, of, names, reader))
    }

    /// What is read until [`Variant::leave`] is read from its content.
    pub fn enter(self, reader: &mut Reader) {
        if self.content.is_some() {
            reader.enter(Step::Key(self.name.to_owned()));
        }
    }

    pub fn leave(self, reader: &mut Reader) {
        if self.content.is_some() {
            reader.leave();
        }
    }

    #[cold]
    pub fn refuse(self, names: &'static [&'static str], reader: &mut Reader) {
        reader.refuse(Error::unknown_variant(self.name, names));
    }
}

/// Reads a structure by its fields; `as "name"` behind those of another name in JSON, `= default` behind those that may be
/// left out.
macro_rules! object {
    ($type:ident { $($field:ident $(as $name:literal)? $(= $default:ident)?),* $(,)? }) => {
        impl $crate::json::FromJson for $type {
            fn read(value: &::serde_json::Value, reader: &mut $crate::json::Reader) -> Self {
                let names = &[$($crate::json::object!(@name $field $($name)?)),*];
                let fields = $crate::json::Fields::of(value, stringify!($type), names, reader);
                Self { $(
                    $field: $crate::json::object!(
                        @get $($default)? fields reader $crate::json::object!(@name $field $($name)?)),
                )* }
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@get default $fields:ident $reader:ident $name:expr) => { $fields.get_or_default($name, $reader) };
    (@get $fields:ident $reader:ident $name:expr) => { $fields.get($name, $reader) };
}
pub(crate) use object;

/// Reads an enumeration whose variants have named fields, or none; `or` names the blank.
macro_rules! variants {
    ($type:ident or $blank:expr; { $($name:literal => $variant:ident { $($field:ident),* $(,)? }),* $(,)? }) => {
        impl $crate::json::FromJson for $type {
            fn read(value: &::serde_json::Value, reader: &mut $crate::json::Reader) -> Self {
                let variant = $crate::json::Variant::of(value, reader);
                variant.enter(reader);
                let read = match variant.name {
                    $($name => {
                        let _fields = variant.fields($name, &[$(stringify!($field)),*], reader);
                        Self::$variant { $($field: _fields.get(stringify!($field), reader)),* }
                    })*
                    _ => {
                        variant.refuse(&[$($name),*], reader);
                        $blank
                    }
                };
                variant.leave(reader);
                read
            }
        }
    };
}
pub(crate) use variants;
