//! The messages between an embed and its host: `{ns: "incident-replay", v: 1, id, type, …}`, version 1.
//!
//! Invariant: reading a message never panics. Messages of other protocols are ignored. An invalid message of this protocol
//! is answered with an error.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::replay::Command;
use crate::replay::embedding::{Asked, CHANGE, FORMATS, Told};

const NAMESPACE: &str = "incident-replay";
const VERSION: f64 = 1.0;
/// Longest text that is accepted from a host.
const TEXT_CHARS_MAX: usize = 2000;

/// A message from the host.
#[derive(Clone, Debug)]
pub struct HostMessage {
    /// Returned with the answer.
    pub id: JsValue,
    /// The request, or why it is invalid.
    pub request: Result<HostRequest, String>,
}

/// The requests of a host.
#[derive(Clone, PartialEq, Debug)]
pub enum HostRequest {
    /// Return the state; the first request of every host.
    GetState,
    /// A command for the player.
    Player(Command),
    Seek(SeekTarget),
    SetState(StateChange),
    /// An image of a chart.
    Snapshot {
        /// Key of the chart; the first visible one when absent.
        panel: Option<String>,
        /// SVG instead of PNG.
        svg: bool,
    },
}

/// A position on the track in a host's terms.
#[derive(Clone, PartialEq, Debug)]
pub enum SeekTarget {
    /// Seconds of playback at 1×.
    Seconds(f64),
    /// A time as in an address: "12:30".
    Time(String),
    /// Id of a marker.
    Marker(String),
}

/// Changes of the state; absent values stay as they are.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StateChange {
    /// Parameters of the address, including those of the hash.
    pub parameters: Vec<(String, String)>,
    /// Moment and run as the hash of an address.
    pub hash: Option<String>,
    /// The playhead, in seconds of playback at 1×.
    pub current_time_s: Option<f64>,
    pub playback_rate: Option<f64>,
    pub paused: Option<bool>,
}

/// A JavaScript object with these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in properties {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}

/// A message of a type with these properties.
pub fn message(told: Told, properties: &[(&str, JsValue)]) -> JsValue {
    let head = [("ns", NAMESPACE.into()), ("v", VERSION.into()), ("type", told.name().into())];
    object(&[&head, properties].concat())
}

/// Whether a message asks an embed to simulate.
pub fn is_start(data: &JsValue) -> bool {
    read(data).is_some() && text(&get(data, "type")).and_then(|kind| Asked::from_name(&kind)) == Some(Asked::Start)
}

/// Reads a message; `None` when it is not of this protocol and version.
pub fn read(data: &JsValue) -> Option<HostMessage> {
    if get(data, "ns").as_string()? != NAMESPACE || get(data, "v").as_f64()? != VERSION {
        return None;
    }
    let (id, kind) = (get(data, "id"), text(&get(data, "type"))?);
    (id.as_f64().is_some() || text(&id).is_some()).then(|| HostMessage { id, request: parse_request(&kind, data) })
}

fn parse_request(kind: &str, data: &JsValue) -> Result<HostRequest, String> {
    let unknown = || format!("{:?} is not known", kind.chars().take(40).collect::<String>());
    Ok(match Asked::from_name(kind).ok_or_else(unknown)? {
        // One that is running has nothing to start.
        Asked::GetState | Asked::Start => HostRequest::GetState,
        Asked::Play => HostRequest::Player(Command::Play),
        Asked::Pause => HostRequest::Player(Command::Pause),
        Asked::NextEvent => HostRequest::Player(Command::NextEvent),
        Asked::PrevEvent => HostRequest::Player(Command::PreviousEvent),
        Asked::Step => {
            let ticks = get(data, "ticks").as_f64().filter(|ticks| ticks.fract() == 0.0 && ticks.abs() <= 1e6);
            HostRequest::Player(Command::StepTick(ticks.ok_or("step takes a whole number of ticks")? as i32))
        }
        Asked::SetRate => {
            HostRequest::Player(Command::SetSpeed(finite(data, "rate")?.ok_or("playbackRate takes a number")?))
        }
        Asked::Seek => {
            let to = get(data, "to");
            let marker = text(&get(&to, "marker"));
            let place = to.as_f64().filter(|seconds| seconds.is_finite()).map(SeekTarget::Seconds);
            let place = place.or_else(|| text(&to).map(SeekTarget::Time)).or_else(|| marker.map(SeekTarget::Marker));
            HostRequest::Seek(place.ok_or("seek takes seconds, a time such as \"12:30\", or {marker: name}")?)
        }
        Asked::SetState => {
            let state = get(data, "state");
            let [current_time, paused, playback_rate, named, hash] = CHANGE;
            HostRequest::SetState(StateChange {
                parameters: parameters(&get(&state, named))?,
                hash: text(&get(&state, hash)),
                current_time_s: finite(&state, current_time)?,
                playback_rate: finite(&state, playback_rate)?,
                paused: get(&state, paused).as_bool(),
            })
        }
        Asked::Snapshot => {
            let [png, svg] = FORMATS;
            let svg = match text(&get(data, "format")).as_deref() {
                None => false,
                Some(format) if format == png => false,
                Some(format) if format == svg => true,
                Some(_) => return Err(format!("snapshot takes the formats {png} and {svg}")),
            };
            HostRequest::Snapshot { panel: text(&get(data, "panel")), svg }
        }
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
    // Fails for values that are not objects.
    Reflect::get(object, &key.into()).unwrap_or_default()
}

fn text(value: &JsValue) -> Option<String> {
    value.as_string().filter(|text| text.len() <= TEXT_CHARS_MAX)
}
