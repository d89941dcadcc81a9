//! The embed API on the page's side: requests of the host become commands, effects become events.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{App, Message};
use crate::chart::ChartKind;
use crate::replay::embedding::Happening;
use crate::replay::{Address, AddressTime, Command, Effect, Player};
use crate::ui::address_bar;
use crate::ui::chart_image::ChartImage;
use crate::ui::embed::{HostMessage, HostRequest, MS_PER_S, SeekTarget, StateChange, object, state};
use crate::ui::preferences;

impl App {
    /// Reports an effect to the host.
    pub(super) fn tell_host(&self, effect: &Effect) {
        let (event, detail) = match effect {
            Effect::Started => (Happening::Play, JsValue::NULL),
            Effect::Paused => (Happening::Pause, JsValue::NULL),
            Effect::Seeked => (Happening::Seeked, JsValue::NULL),
            Effect::RateChanged(_) => (Happening::RateChange, JsValue::NULL),
            Effect::Ended => (Happening::Ended, JsValue::NULL),
            Effect::MarkerReached { id } => (Happening::Marker, describe_marker(&self.player, id)),
            Effect::Announce(_) | Effect::FullScreen(_) | Effect::AddressChanged | Effect::ShowEvent { .. } => return,
        };
        if let Some(channel) = &self.channel {
            channel.tell(event, &self.state(), detail);
        }
    }

    /// Reports the playhead to the host, a few times a second.
    pub(super) fn tell_time(&mut self, now_ms: f64) {
        if self.channel.as_mut().is_some_and(|channel| channel.is_time_due(now_ms)) {
            let state = self.state();
            self.channel.iter().for_each(|channel| channel.tell(Happening::TimeUpdate, &state, JsValue::NULL));
        }
    }

    /// Reports an error to the host.
    pub(super) fn tell_error(&self, message: &str) {
        if let Some(channel) = &self.channel {
            channel.tell(Happening::Error, &self.state(), object(&[("message", message.into())]));
        }
    }

    /// Answers a request, at once or when the image or the run that it asks for is ready. Requests that come while a run is
    /// on its way wait for it, in their order.
    pub(super) fn serve_host(&mut self, ctx: &Context<Self>, message: HostMessage) {
        if self.session.coming().is_some() {
            return self.waiting.push(message);
        }
        let HostMessage { id, request } = message;
        let outcome = match request {
            Ok(HostRequest::Snapshot { panel, svg }) => {
                let kind = match panel {
                    Some(panel) => ChartKind::from_id(&panel),
                    None => self
                        .session
                        .address
                        .panels
                        .iter()
                        .find_map(|panel| ChartKind::from_id(panel))
                        .or(Some(ChartKind::Checkouts)),
                };
                let Some(kind) = kind else { return self.answer(&id, Err("there is no such chart".to_owned())) };
                let (view, dark) = (self.player.view.clone(), preferences::is_dark(self.player.view.theme));
                let mut picture = ChartImage::new(kind, &self.run, view, Some(self.player.position_ms), dark);
                let is_compared = self.session.address.compare && !self.run.scenario.what_if.settings.is_empty();
                if let Some((_, actual)) = self.actual.as_ref().filter(|_| is_compared) {
                    picture = picture.beside(kind, actual);
                }
                let link = ctx.link().clone();
                return spawn_local(async move {
                    let blob = if svg { picture.svg_blob() } else { picture.png_blob().await };
                    link.send_message(Message::Answer(id, blob.map(JsValue::from)));
                });
            }
            Ok(HostRequest::SetState(change)) => match self.change(ctx, change) {
                // Answered when the run is there.
                Ok(rest) if self.session.coming().is_some() => return self.asked = Some((id, rest)),
                Ok(rest) => self.finish(ctx, &rest),
                Err(error) => Err(error),
            },
            Ok(request) => self.perform_request(ctx, request),
            Err(error) => Err(error),
        };
        self.answer(&id, outcome.map(|()| self.state()));
    }

    /// Serves what waited for the run that is there now, or that failed.
    pub(super) fn serve_waiting(&mut self, ctx: &Context<Self>) {
        if let Some((id, rest)) = self.asked.take() {
            let outcome = self.finish(ctx, &rest);
            self.answer(&id, outcome.map(|()| self.state()));
        }
        for message in std::mem::take(&mut self.waiting) {
            // Waits again if one before it asks for another run.
            self.serve_host(ctx, message);
        }
    }

    /// Answers the request that waited for a run which will not come.
    pub(super) fn refuse_run(&mut self, why: &str) {
        if let Some((id, _)) = self.asked.take() {
            self.answer(&id, Err(why.to_owned()));
        }
    }

    pub(super) fn answer(&self, id: &JsValue, outcome: Result<JsValue, String>) {
        if let Some(channel) = &self.channel {
            channel.answer(id, outcome);
        }
    }

    fn perform_request(&mut self, ctx: &Context<Self>, request: HostRequest) -> Result<(), String> {
        match request {
            HostRequest::Player(Command::Play) if !self.player.visible => {
                return Err("what is out of sight does not play".to_owned());
            }
            HostRequest::Player(command) => self.apply(ctx, command),
            HostRequest::Seek(place) => {
                let command = seek(&self.player, place)?;
                self.apply(ctx, command);
            }
            HostRequest::GetState | HostRequest::SetState(_) | HostRequest::Snapshot { .. } => {}
        }
        Ok(())
    }

    /// Goes to the address of a change; returns what is to be done there.
    fn change(&mut self, ctx: &Context<Self>, change: StateChange) -> Result<StateChange, String> {
        let StateChange { parameters, hash, .. } = &change;
        let (mut address, panels) = (self.session.address.with_player(&self.player), address_bar::panels());
        if let Some(hash) = hash {
            let (moment, notes) = Address::read("", hash, &panels);
            if !notes.is_empty() {
                return Err(notes.join(" "));
            }
            address = address.with_moment_of(&moment);
        }
        for (key, value) in parameters {
            address.take(key, value, &panels)?;
        }
        let (_, _, refused) = address.scenario(&ctx.props().own);
        if !refused.is_empty() {
            return Err(refused.join(" "));
        }
        self.go_to(ctx, address);
        Ok(change)
    }

    /// The rest of a change, in the run that it asked for.
    fn finish(&mut self, ctx: &Context<Self>, change: &StateChange) -> Result<(), String> {
        let StateChange { current_time_s, playback_rate, paused, .. } = *change;
        let rate = playback_rate.map(Command::SetSpeed);
        let time = current_time_s.map(|seconds| Command::Seek { ms: seconds * MS_PER_S });
        let state = paused.map(|paused| if paused { Command::Pause } else { Command::Play });
        for command in [rate, time].into_iter().flatten() {
            self.apply(ctx, command);
        }
        state.map_or(Ok(()), |command| self.perform_request(ctx, HostRequest::Player(command)))
    }

    fn state(&self) -> JsValue {
        let address = self.session.address.with_player(&self.player);
        state(&self.player, &address, &address_bar::absolute(&address.full_page()))
    }
}

fn seek(player: &Player, place: SeekTarget) -> Result<Command, String> {
    let track = &player.track;
    match place {
        SeekTarget::Seconds(seconds) => Ok(Command::Seek { ms: seconds * MS_PER_S }),
        SeekTarget::Time(text) => {
            let time = text.parse::<AddressTime>().ok().and_then(|time| time.position_ms(track));
            let ms = time.ok_or_else(|| format!("{text:?} is no time of this replay"))?;
            Ok(Command::Seek { ms })
        }
        SeekTarget::Marker(id) if track.markers.iter().any(|marker| marker.id == id) => Ok(Command::SeekMarker(id)),
        SeekTarget::Marker(_) => {
            let known: Vec<&str> = track.markers.iter().map(|marker| marker.id.as_str()).collect();
            Err(format!("there is no such marker; there are {}", known.join(", ")))
        }
    }
}

fn describe_marker(player: &Player, id: &str) -> JsValue {
    let Some(marker) = player.track.markers.iter().find(|marker| marker.id == id) else { return JsValue::NULL };
    object(&[
        ("id", id.into()),
        ("title", marker.title.as_str().into()),
        ("at", player.track.at(marker.at_ms).to_string().into()),
        ("currentTime", (marker.at_ms / MS_PER_S).into()),
    ])
}
