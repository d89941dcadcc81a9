//! The messages between an embed and its host: `{ns: "incident-replay", v: 1, id, type, …}`, version 1.
//!
//! Invariant: reading a message never fails loudly. What is no message of ours is none of our business; what is one but
//! cannot be understood is answered with what is wrong.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::replay::Command;

/// Name of the protocol.
const NAMESPACE: &str = "incident-replay";
/// Its version.
const VERSION: f64 = 1.0;
/// Longest text that is taken from a host.
const TEXT_CHARS_MAX: usize = 2000;

/// A question or command of the host.
#[derive(Clone, Debug)]
pub struct HostMessage {
    /// Repeated in the answer.
    pub id: JsValue,
    /// What is asked, or what is wrong with it.
    pub request: Result<HostRequest, String>,
}

/// What a host may ask.
#[derive(Clone, PartialEq, Debug)]
pub enum HostRequest {
    /// How the replay is; the first message of every host.
    GetState,
    /// A command of the player.
    Player(Command),
    /// Go there.
    Seek(SeekTarget),
    /// Be like this.
    SetState(StateChange),
    /// A picture of a chart.
    Snapshot {
        /// Its key; the first one shown when absent.
        panel: Option<String>,
        /// SVG instead of PNG.
        svg: bool,
    },
}

/// A place on the track, as hosts say it.
#[derive(Clone, PartialEq, Debug)]
pub enum SeekTarget {
    /// Seconds of playing at 1×.
    Seconds(f64),
    /// As in an address: "12:30".
    Time(String),
    /// Name of a marker.
    Marker(String),
}

/// How a host wants the replay to be; what is absent stays.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StateChange {
    /// Parameters of the address, those of its moment included.
    pub parameters: Vec<(String, String)>,
    /// The moment as a whole: the hash of an address.
    pub hash: Option<String>,
    /// The playhead, in seconds of playing at 1×.
    pub current_time_s: Option<f64>,
    /// The speed.
    pub playback_rate: Option<f64>,
    /// Whether the playhead stands still.
    pub paused: Option<bool>,
}

/// An object of these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in properties {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}

/// A message of this type.
pub fn message(kind: &str, properties: &[(&str, JsValue)]) -> JsValue {
    let head = [("ns", NAMESPACE.into()), ("v", VERSION.into()), ("type", kind.into())];
    object(&[&head, properties].concat())
}

/// Reads what a window sent; `None` when it is no message of this protocol and version.
pub fn read(data: &JsValue) -> Option<HostMessage> {
    if get(data, "ns").as_string()? != NAMESPACE || get(data, "v").as_f64()? != VERSION {
        return None;
    }
    let (id, kind) = (get(data, "id"), text(&get(data, "type"))?);
    (id.as_f64().is_some() || text(&id).is_some()).then(|| HostMessage { id, request: parse_request(&kind, data) })
}

fn parse_request(kind: &str, data: &JsValue) -> Result<HostRequest, String> {
    Ok(match kind {
        "getState" => HostRequest::GetState,
        "play" => HostRequest::Player(Command::Play),
        "pause" => HostRequest::Player(Command::Pause),
        "nextEvent" => HostRequest::Player(Command::NextEvent),
        "prevEvent" => HostRequest::Player(Command::PreviousEvent),
        "step" => {
            let ticks = get(data, "ticks").as_f64().filter(|ticks| ticks.fract() == 0.0 && ticks.abs() <= 1e6);
            HostRequest::Player(Command::StepTick(ticks.ok_or("step takes a whole number of ticks")? as i32))
        }
        "setRate" => {
            HostRequest::Player(Command::SetSpeed(finite(data, "rate")?.ok_or("playbackRate takes a number")?))
        }
        "seek" => {
            let to = get(data, "to");
            let marker = text(&get(&to, "marker"));
            let place = to.as_f64().filter(|seconds| seconds.is_finite()).map(SeekTarget::Seconds);
            let place = place.or_else(|| text(&to).map(SeekTarget::Time)).or_else(|| marker.map(SeekTarget::Marker));
            HostRequest::Seek(place.ok_or("seek takes seconds, a time such as \"12:30\", or {marker: name}")?)
        }
        "setState" => {
            let state = get(data, "state");
            HostRequest::SetState(StateChange {
                parameters: parameters(&get(&state, "parameters"))?,
                hash: text(&get(&state, "hash")),
                current_time_s: finite(&state, "currentTime")?,
                playback_rate: finite(&state, "playbackRate")?,
                paused: get(&state, "paused").as_bool(),
            })
        }
        "snapshot" => {
            let svg = match text(&get(data, "format")).as_deref() {
                None | Some("png") => false,
                Some("svg") => true,
                Some(_) => return Err("snapshot takes the formats png and svg".to_owned()),
            };
            HostRequest::Snapshot { panel: text(&get(data, "panel")), svg }
        }
        _ => return Err(format!("{:?} is not known", kind.chars().take(40).collect::<String>())),
    })
}

fn parameters(object: &JsValue) -> Result<Vec<(String, String)>, String> {
    let Some(object) = object.dyn_ref::<Object>() else { return Ok(Vec::new()) };
    let mut parameters = Vec::new();
    for key in Object::keys(object).iter().take(100) {
        let value = Reflect::get(object, &key).unwrap_or_default();
        match (text(&key), text(&value)) {
            (Some(key), Some(value)) => parameters.push((key, value)),
            _ => return Err("parameters are texts".to_owned()),
        }
    }
    Ok(parameters)
}

fn finite(object: &JsValue, key: &str) -> Result<Option<f64>, String> {
    match get(object, key) {
        absent if absent.is_undefined() || absent.is_null() => Ok(None),
        value => match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(format!("{key} takes a number")),
        },
    }
}

fn get(object: &JsValue, key: &str) -> JsValue {
    // Only objects have properties.
    Reflect::get(object, &key.into()).unwrap_or_default()
}

fn text(value: &JsValue) -> Option<String> {
    value.as_string().filter(|text| text.len() <= TEXT_CHARS_MAX)
}
