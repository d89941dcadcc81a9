//! The player as a state machine: `(state, command) → (state, effects)`.
//!
//! Invariant: pure and total. After every command the position lies inside the track. While the playhead moves, no
//! [`Effect::AddressChanged`] is sent.

use super::player::{
    INCIDENT_MS_PER_WALL_MS, SPEEDS, STEP_WALL_MS_MAX, TICK_MS, TOUR_WAY_MS, TimeRange, Tour, ZOOM_LENGTH_MS_MIN,
};
use super::{Command, Effect, Marker, MarkerKind, Player, ViewCommand};

/// Wall-clock time of playback after an event during which "previous" goes to the event before it.
const PREVIOUS_GRACE_WALL_MS: f64 = 1000.0;

/// Applies a command.
#[must_use]
pub fn reduce(player: &Player, command: Command) -> (Player, Vec<Effect>) {
    let mut machine = Machine { player: player.clone(), effects: Vec::new() };
    machine.apply(command);
    (machine.player, machine.effects)
}

struct Machine {
    player: Player,
    effects: Vec<Effect>,
}

impl Machine {
    fn apply(&mut self, command: Command) {
        if command.takes_over() {
            self.player.tour = None;
        }
        match command {
            Command::Play => self.play(),
            Command::Autoplay if self.player.reduced_motion || !self.player.visible => {}
            Command::Autoplay => self.play(),
            Command::Tour if self.player.reduced_motion => self.step_of_tour(),
            Command::Tour => self.start_tour(),
            Command::Pause => self.pause(),
            Command::Toggle if self.player.playing => self.pause(),
            Command::Toggle => self.play(),
            Command::Seek { ms } => self.seek(ms),
            Command::SeekRelative { minutes } => self.seek_aloud(self.player.position_ms + minutes * 60_000.0),
            Command::SeekFraction(tenths) => {
                self.seek_aloud(self.player.duration_ms() * f64::from(tenths.min(10)) / 10.0);
            }
            Command::SeekMarker(id) => self.seek_marker(&id),
            Command::Home => self.seek_aloud(0.0),
            Command::End => self.seek_aloud(self.player.duration_ms()),
            Command::StepTick(ticks) => self.step(ticks),
            Command::NextEvent => self.next_event(),
            Command::PreviousEvent => self.previous_event(),
            Command::Faster => self.change_speed(1),
            Command::Slower => self.change_speed(-1),
            Command::SetSpeed(speed) => self.set_speed(speed),
            Command::Tick { elapsed_ms } => self.tick(elapsed_ms),
            Command::LoopRange(range) => self.set_loop(range),
            Command::PlayUntil(until_ms) => self.play_until(until_ms),
            Command::PauseAtMarkers(pause) => self.player.pause_at_markers = pause,
            Command::ToggleFullScreen => self.effects.push(Effect::FullScreen(!self.player.full_screen)),
            Command::FullScreenChanged(full_screen) => self.player.full_screen = full_screen,
            Command::Help(open) => self.player.help_open = open,
            Command::ToggleHelp => self.player.help_open = !self.player.help_open,
            Command::SetKeys(on) => self.player.keys_on = on,
            Command::Escape => self.escape(),
            Command::ToggleTable => self.toggle_table(),
            Command::ResetZoom => self.reset_zoom(),
            Command::SetVisible(visible) => {
                self.player.visible = visible;
                if !visible {
                    self.pause();
                }
            }
            Command::SetReducedMotion(reduced) => {
                self.player.reduced_motion = reduced;
                if reduced {
                    self.pause();
                }
            }
            Command::SetTrack(track) => {
                self.player.track = track;
                self.fit_to_track();
            }
            Command::View(command) => self.change_view(command),
        }
    }

    fn play(&mut self) {
        if self.player.playing {
            return;
        }
        if self.player.is_at_end() {
            let start_ms = self.player.loop_range.map_or(0.0, |range| range.from_ms);
            self.seek(start_ms);
        }
        self.player.playing = true;
        // The jump to the start is not worth sharing: the playhead is about to move on.
        self.effects.retain(|effect| *effect != Effect::AddressChanged);
        self.effects.push(Effect::Started);
        self.announce(format!("Playing, {}", self.player.speed_text()));
    }

    fn start_tour(&mut self) {
        self.player.loop_range = None;
        self.player.until_ms = None;
        self.seek(0.0);
        self.player.tour = Some(Tour { rest_ms: 0.0 });
        let was_playing = std::mem::replace(&mut self.player.playing, true);
        self.effects.retain(|effect| *effect != Effect::AddressChanged);
        if !was_playing {
            self.effects.push(Effect::Started);
        }
        self.announce("The incident in a minute".to_owned());
    }

    /// The next event, the end after the last, and from there the start.
    fn step_of_tour(&mut self) {
        let position_ms = self.player.position_ms;
        if self.player.is_at_end() {
            self.seek_aloud(0.0);
        } else if self.player.track.events().any(|marker| marker.at_ms > position_ms) {
            self.next_event();
        } else {
            self.seek_aloud(self.player.duration_ms());
        }
    }

    /// Goes on with a tour: rests, or passes on up to the next event.
    fn tick_of_tour(&mut self, tour: Tour, elapsed_ms: f64) {
        if tour.rest_ms > 0.0 {
            self.player.tour = Some(Tour { rest_ms: tour.rest_ms - elapsed_ms });
            return;
        }
        let (from_ms, end_ms) = (self.player.position_ms, self.player.duration_ms());
        let goal_ms = (from_ms + elapsed_ms * end_ms / TOUR_WAY_MS).min(end_ms);
        let track = self.player.track.clone();
        let event = track.events().find(|marker| marker.at_ms > from_ms && marker.at_ms <= goal_ms);
        let goal_ms = event.map_or(goal_ms, |marker| marker.at_ms);
        let stopped = self.pass(goal_ms, |at_ms| at_ms > from_ms && at_ms <= goal_ms);
        if event.is_some() {
            self.player.tour = Some(Tour { rest_ms: self.player.tour_rest_ms() });
        }
        if stopped || goal_ms >= end_ms {
            self.player.tour = None;
        }
        if !stopped && goal_ms >= end_ms {
            self.end();
        }
    }

    fn pause(&mut self) {
        if self.player.playing {
            self.stop();
            self.announce(format!("Paused, {}", self.player.value_text()));
        }
    }

    fn stop(&mut self) {
        self.player.playing = false;
        self.player.tour = None;
        self.effects.push(Effect::Paused);
        self.address_changed();
    }

    /// Moves the playhead without an announcement: the slider's value text is read out.
    fn seek(&mut self, ms: f64) {
        if !ms.is_finite() {
            return;
        }
        let ms = ms.clamp(0.0, self.player.duration_ms());
        if ms == self.player.position_ms {
            return;
        }
        self.move_to(ms);
        self.effects.push(Effect::Seeked);
        self.address_changed();
    }

    fn seek_aloud(&mut self, ms: f64) {
        if ms.is_finite() {
            self.seek(ms);
            self.announce(self.player.value_text());
        }
    }

    fn seek_marker(&mut self, id: &str) {
        let found = self.player.track.markers.iter().find(|marker| marker.id == id).cloned();
        if let Some(marker) = found {
            self.seek_to(&marker);
        }
    }

    fn seek_to(&mut self, marker: &Marker) {
        self.seek(marker.at_ms);
        let before = self.player.event().map(|event| event.id.clone());
        self.player.reached = Some(marker.id.clone());
        // Another event of the same moment.
        if marker.kind == MarkerKind::Event && before.as_ref() != Some(&marker.id) {
            self.effects.push(Effect::ShowEvent { id: marker.id.clone() });
        }
        self.announce(self.marker_text(marker));
    }

    fn step(&mut self, ticks: i32) {
        if self.player.playing || ticks == 0 {
            return;
        }
        let position = self.player.position_ms / TICK_MS;
        // Between two ticks the first step only goes to the next tick.
        let aligned = if ticks > 0 { position.floor() } else { position.ceil() };
        self.seek_aloud((aligned + f64::from(ticks)) * TICK_MS);
    }

    fn next_event(&mut self) {
        let position_ms = self.player.position_ms;
        let reached = self.reached_event();
        let track = self.player.track.clone();
        let mut events = track.events().enumerate();
        // From an event that was gone to, the next is the next in the list, were it at the same moment.
        let next = events.find(|(index, marker)| match reached {
            Some(reached) => *index > reached,
            None => marker.at_ms > position_ms,
        });
        match next {
            Some((_, marker)) => self.seek_to(marker),
            None => self.announce("No later event".to_owned()),
        }
    }

    fn previous_event(&mut self) {
        let position_ms = self.player.position_ms;
        let grace_ms = PREVIOUS_GRACE_WALL_MS * INCIDENT_MS_PER_WALL_MS * self.player.speed;
        let track = self.player.track.clone();
        if let Some(before) = self.reached_event().and_then(|index| track.events().nth(index.checked_sub(1)?)) {
            return self.seek_to(before);
        }
        let mut earlier = track.events().rev().skip_while(|marker| marker.at_ms > position_ms);
        let last = earlier.next();
        let goal = match last {
            Some(marker) if position_ms - marker.at_ms <= grace_ms => earlier.find(|other| other.at_ms < marker.at_ms),
            other => other,
        };
        match goal {
            Some(marker) => self.seek_to(marker),
            None if position_ms > 0.0 => self.seek_aloud(0.0),
            None => self.announce("No earlier event".to_owned()),
        }
    }

    /// The place among the events of the one that was gone to, while the playhead is there.
    fn reached_event(&self) -> Option<usize> {
        let reached = self.player.reached.as_ref()?;
        let there = |marker: &Marker| marker.id == *reached && marker.at_ms == self.player.position_ms;
        self.player.track.events().position(there)
    }

    fn change_speed(&mut self, by: isize) {
        let index = SPEEDS.iter().position(|speed| *speed >= self.player.speed).unwrap_or(SPEEDS.len() - 1);
        let index = index.saturating_add_signed(by).min(SPEEDS.len() - 1);
        self.set_speed(SPEEDS[index]);
    }

    fn set_speed(&mut self, speed: f64) {
        if !speed.is_finite() {
            return;
        }
        let distance = |candidate: &f64| (candidate - speed).abs();
        let nearest = SPEEDS.into_iter().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        let nearest = nearest.unwrap_or(1.0);
        if nearest != self.player.speed {
            self.player.speed = nearest;
            self.effects.push(Effect::RateChanged(nearest));
            self.address_changed();
        }
        self.announce(self.player.speed_text());
    }

    fn tick(&mut self, elapsed_ms: f64) {
        if !self.player.playing || !elapsed_ms.is_finite() || elapsed_ms <= 0.0 {
            return;
        }
        if let Some(tour) = self.player.tour {
            return self.tick_of_tour(tour, elapsed_ms.min(STEP_WALL_MS_MAX));
        }
        let way_ms = elapsed_ms.min(STEP_WALL_MS_MAX) * INCIDENT_MS_PER_WALL_MS * self.player.speed;
        let from_ms = self.player.position_ms;
        match self.player.loop_range {
            None => {
                let until_ms = self.player.until_ms.filter(|until_ms| from_ms < *until_ms);
                let end_ms = until_ms.unwrap_or(self.player.duration_ms());
                let goal_ms = (from_ms + way_ms).min(end_ms);
                let stopped = self.pass(goal_ms, |at_ms| at_ms > from_ms && at_ms <= goal_ms);
                if !stopped && goal_ms >= end_ms {
                    self.end();
                }
            }
            Some(range) if from_ms + way_ms < range.until_ms => {
                let goal_ms = from_ms + way_ms;
                self.pass(goal_ms, |at_ms| at_ms > from_ms && at_ms <= goal_ms);
            }
            Some(range) => {
                let beyond_ms = (from_ms + way_ms - range.until_ms) % range.length_ms();
                // Playing from behind the loop brings the playhead back to its start.
                let goal_ms = if from_ms > range.until_ms { range.from_ms } else { range.from_ms + beyond_ms };
                if !self.pass(range.until_ms, |at_ms| at_ms > from_ms && at_ms < range.until_ms) {
                    self.pass(goal_ms, |at_ms| (range.from_ms..=goal_ms).contains(&at_ms));
                }
            }
        }
    }

    /// Moves to `goal_ms` and reports the markers that `passed` accepts. Stops at the first event if the player is set to do
    /// so. Returns whether it stopped.
    fn pass(&mut self, goal_ms: f64, passed: impl Fn(f64) -> bool) -> bool {
        let track = self.player.track.clone();
        for marker in track.markers.iter().filter(|marker| passed(marker.at_ms)) {
            self.effects.push(Effect::MarkerReached { id: marker.id.clone() });
            if self.player.pause_at_markers && marker.kind == MarkerKind::Event {
                self.move_to(marker.at_ms);
                self.stop();
                self.announce(self.marker_text(marker));
                return true;
            }
        }
        self.move_to(goal_ms);
        false
    }

    fn end(&mut self) {
        self.stop();
        self.effects.push(Effect::Ended);
        let end = if self.player.is_at_end() { "End of the replay".to_owned() } else { self.player.value_text() };
        self.announce(end);
    }

    fn move_to(&mut self, ms: f64) {
        let current = |player: &Player| player.event().map(|marker| marker.id.clone());
        let before = current(&self.player);
        self.player.position_ms = ms.clamp(0.0, self.player.duration_ms());
        self.player.reached = None;
        let after = current(&self.player);
        if let Some(id) = after.filter(|id| before.as_ref() != Some(id)) {
            self.effects.push(Effect::ShowEvent { id });
        }
    }

    fn set_loop(&mut self, range: Option<(f64, f64)>) {
        let range = match range {
            None => None,
            Some((one_ms, other_ms)) => {
                let range = TimeRange::within(one_ms, other_ms, self.player.duration_ms(), ZOOM_LENGTH_MS_MIN);
                if range.is_none() {
                    return;
                }
                range
            }
        };
        if range == self.player.loop_range {
            return;
        }
        self.player.loop_range = range;
        self.address_changed();
        match range {
            None => self.announce("Loop off".to_owned()),
            Some(range) => {
                let clock = |ms| self.player.view.time_zone.hh_mm(self.player.track.at(ms));
                self.announce(format!("Looping {} to {}", clock(range.from_ms), clock(range.until_ms)));
                if !range.contains(self.player.position_ms) {
                    self.seek(range.from_ms);
                }
            }
        }
    }

    fn play_until(&mut self, until_ms: Option<f64>) {
        let inside = |until_ms: &f64| *until_ms > 0.0 && *until_ms < self.player.duration_ms();
        let until_ms = until_ms.filter(inside);
        if until_ms != self.player.until_ms {
            self.player.until_ms = until_ms;
            self.address_changed();
        }
    }

    fn escape(&mut self) {
        let focused_table =
            self.player.view.focused_chart.clone().filter(|chart| self.player.view.open_tables.contains(chart));
        if self.player.help_open {
            self.player.help_open = false;
        } else if let Some(chart) = focused_table {
            self.change_view(ViewCommand::SetTable { chart, open: false });
        } else if self.player.full_screen {
            self.effects.push(Effect::FullScreen(false));
        } else if self.player.view.instance.is_some() {
            self.change_view(ViewCommand::SelectInstance(None));
        }
    }

    fn toggle_table(&mut self) {
        match self.player.view.focused_chart.clone() {
            Some(chart) => {
                let open = !self.player.view.open_tables.contains(&chart);
                self.change_view(ViewCommand::SetTable { chart, open });
            }
            None => self.announce("Go to a chart first: d opens its data table".to_owned()),
        }
    }

    fn reset_zoom(&mut self) {
        if self.player.view.zoom.take().is_some() {
            self.announce("Charts show the whole time".to_owned());
            self.address_changed();
        }
    }

    fn change_view(&mut self, command: ViewCommand) {
        let before = &self.player.view;
        let after = before.reduced(command, self.player.duration_ms());
        // Focus and open tables are not part of the address.
        let shared = after.zoom != before.zoom
            || after.hidden_series != before.hidden_series
            || after.instance != before.instance
            || (after.audience, after.time_zone, after.theme) != (before.audience, before.time_zone, before.theme);
        self.player.view = after;
        if shared {
            self.address_changed();
        }
    }

    fn fit_to_track(&mut self) {
        let duration_ms = self.player.duration_ms();
        self.player.position_ms = self.player.position_ms.clamp(0.0, duration_ms);
        let fit = |range: TimeRange| TimeRange::within(range.from_ms, range.until_ms, duration_ms, ZOOM_LENGTH_MS_MIN);
        self.player.loop_range = self.player.loop_range.and_then(fit);
        self.player.until_ms = self.player.until_ms.filter(|until_ms| *until_ms < duration_ms);
        self.player.view.zoom = self.player.view.zoom.and_then(fit);
    }

    fn marker_text(&self, marker: &Marker) -> String {
        let zone = self.player.view.time_zone;
        format!("{} {}, {}", zone.hh_mm(self.player.track.at(marker.at_ms)), zone.label(), marker.title)
    }

    fn announce(&mut self, text: String) {
        self.effects.push(Effect::Announce(text));
    }

    fn address_changed(&mut self) {
        if !self.player.playing && !self.effects.contains(&Effect::AddressChanged) {
            self.effects.push(Effect::AddressChanged);
        }
    }
}

// proptest is no dependency of the wasm tests.
#[cfg(all(test, not(target_family = "wasm")))]
#[path = "reduce_tests.rs"]
mod tests;
