//! The state of a replay for its host, modelled on a media element. Time is in seconds of playback at 1×, each a minute of
//! the incident.

use wasm_bindgen::JsValue;

use super::message::object;
use crate::replay::embedding::STATE;
use crate::replay::{Address, INCIDENT_MS_PER_WALL_MS, Player};

/// Milliseconds of the incident in a second of playback at 1×.
pub const MS_PER_S: f64 = INCIDENT_MS_PER_WALL_MS * 1000.0;

/// The state: the properties of a media element, the moment of the incident, configuration and moment as in the address, and
/// the link to the full page.
pub fn state(player: &Player, address: &Address, link: &str) -> JsValue {
    let (query, hash) = address.parts();
    let parameters = query.split('&').filter_map(|part| part.split_once('='));
    let decoded = |value: &str| js_sys::decode_uri_component(value).map_or(JsValue::NULL, JsValue::from);
    let parameters: Vec<(&str, JsValue)> = parameters.map(|(key, value)| (key, decoded(value))).collect();
    let text = |text: Option<&String>| text.map_or(JsValue::NULL, JsValue::from);
    let values: [JsValue; STATE.len()] = [
        (player.position_ms / MS_PER_S).into(),
        (player.duration_ms() / MS_PER_S).into(),
        (!player.playing).into(),
        (player.is_at_end() || player.until_ms == Some(player.position_ms)).into(),
        player.speed.into(),
        player.at().to_string().into(),
        text(player.phase().map(|phase| &phase.name)),
        text(player.event().map(|event| &event.id)),
        object(&parameters),
        hash.into(),
        link.into(),
    ];
    let named: Vec<(&str, JsValue)> = STATE.into_iter().zip(values).collect();
    object(&named)
}
