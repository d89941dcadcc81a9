//! Events as Grafana annotations: an array of bodies for `POST /api/annotations`.

use serde_json::{Value, json};

use super::text::{html, plain};
use super::{Event, Options, RunRef, events};

/// The events inside the window or range: times in milliseconds since 1970, `timeEnd` for events that last, tags, and text
/// as HTML, with a link to the replay when there is a base address.
#[must_use]
pub fn annotations_json(run: &RunRef<'_>, options: &Options<'_>) -> Value {
    let range = options.covered(run.scenario);
    events(run).iter().filter(|event| event.is_within(range)).map(|event| annotation(run, options, event)).collect()
}

fn annotation(run: &RunRef<'_>, options: &Options<'_>, event: &Event) -> Value {
    let mut text = format!("<b>{}</b>", html(&event.title));
    if !event.text.is_empty() {
        text = format!("{text}<br>{}", html(&event.text));
    }
    if let Some(link) =
        options.base_url.as_ref().and_then(|base| base.at(run.scenario, event.at.max(run.scenario.window.from)))
    {
        text = format!("{text}<br><a href=\"{}\">Replay this moment</a>", html(&link));
    }
    let tags = [run.scenario.id.clone(), event.kind.id().to_owned(), event.source.word().to_owned()];
    let mut annotation = json!({"time": event.at.0, "tags": tags.map(|tag| plain(&tag)), "text": text});
    if let Some(until) = event.until {
        annotation["timeEnd"] = json!(until.0);
    }
    annotation
}
