//! Conversions between an address and a player: the commands that bring a player to an address, and the address of a player.

use super::{Address, AddressTime, Clock, NOTES_MAX, is_name, quoted};
use crate::replay::{Command, Player, TimeZone, Track, ViewCommand};
use crate::scenario::{Scenario, ScenarioError, Setting};

impl Address {
    /// Commands that apply the configuration to a player; `local` is the reader's own time zone. A theme or time zone that
    /// the address does not name stays as it is.
    #[must_use]
    pub fn configuration(&self, local: TimeZone) -> Vec<Command> {
        let mut commands = vec![Command::SetSpeed(self.speed)];
        commands.extend(self.theme.map(|theme| ViewCommand::SetTheme(theme).into()));
        commands.extend(self.clock.map(|clock| {
            let zone = if clock == Clock::Local { local } else { TimeZone::Utc };
            ViewCommand::SetTimeZone(zone).into()
        }));
        commands
    }

    /// Commands that bring a paused player to the moment, and a note for each time that lies outside the track.
    #[must_use]
    pub fn moment(&self, track: &Track) -> (Vec<Command>, Vec<String>) {
        let mut notes = Vec::new();
        let mut place = |key: &str, time: Option<AddressTime>| {
            let time = time?;
            let position_ms = time.position_ms(track);
            if position_ms.is_none() {
                let (from, until) = (track.from.hh_mm(), track.at(track.duration_ms).hh_mm());
                notes.push(format!("{key}={time}: lies outside of {from} to {until} UTC."));
            }
            position_ms
        };
        let (at_ms, from_ms, end_ms) = (place("t", self.at), place("from", self.from), place("end", self.end));
        let zoom = self.zoom.and_then(|(from, until)| place("zoom", Some(from)).zip(place("zoom", Some(until))));
        let start_ms = from_ms.or(at_ms).unwrap_or(0.0);
        let end_ms = end_ms.filter(|end_ms| *end_ms > start_ms);

        let looped = self.looping.then(|| (start_ms, end_ms.unwrap_or(track.duration_ms)));
        let mut commands = vec![
            Command::Pause,
            Command::LoopRange(looped),
            Command::PlayUntil(end_ms.filter(|_| !self.looping)),
            Command::Seek { ms: at_ms.or(from_ms).unwrap_or(0.0) },
            ViewCommand::SetAudience(self.audience).into(),
            ViewCommand::SelectInstance(self.instance.map(|number| number - 1)).into(),
            ViewCommand::ShowAllSeries.into(),
        ];
        commands.extend(self.hidden.iter().map(|key| ViewCommand::ToggleSeries(key.clone()).into()));
        commands.push(match zoom {
            Some((from_ms, until_ms)) => ViewCommand::Zoom { from_ms, until_ms }.into(),
            None => Command::ResetZoom,
        });
        (commands, notes)
    }

    /// Whether the page starts playing by itself. It does not when the address names a time.
    #[must_use]
    pub fn plays(&self) -> bool {
        (self.autoplay || self.tour) && self.at.is_none()
    }

    /// The command by which the page starts by itself.
    #[must_use]
    pub fn start(&self) -> Command {
        if self.tour { Command::Tour } else { Command::Autoplay }
    }

    /// This address with the state of a player. Theme and time zone are written only where the address named them: a
    /// reader's own choice should not be imposed on others.
    #[must_use]
    pub fn with_player(&self, player: &Player) -> Self {
        let time = |position_ms: f64| AddressTime::of_position(position_ms, &player.track);
        let (view, looped) = (&player.view, player.loop_range);
        let is_at_start = player.position_ms == 0.0 && looped.is_none_or(|range| range.from_ms == 0.0);
        let at = (!is_at_start).then(|| time(player.position_ms));
        // Without `from` a loop starts at the playhead.
        let from = at.and(looped).map(|range| time(range.from_ms)).filter(|from| Some(*from) != at);
        let end_ms = match looped {
            Some(range) => Some(range.until_ms).filter(|until_ms| *until_ms < player.duration_ms()),
            None => player.until_ms,
        };
        Self {
            theme: self.theme.map(|_| view.theme),
            clock: self.clock.map(|_| if view.time_zone == TimeZone::Utc { Clock::Utc } else { Clock::Local }),
            looping: looped.is_some(),
            speed: player.speed,
            at,
            from,
            end: end_ms.map(time),
            audience: view.audience,
            instance: view.instance.map(|index| index + 1),
            zoom: view.zoom.map(|zoom| (time(zoom.from_ms), time(zoom.until_ms))),
            hidden: view.hidden_series.iter().filter(|key| is_name(key)).cloned().collect(),
            ..self.clone()
        }
    }

    /// The scenario of the address, the changes that could be applied, and a note for each change that could not.
    #[must_use]
    pub fn scenario(&self, base: &Scenario) -> (Scenario, Vec<Setting>, Vec<String>) {
        let (mut kept, mut notes) = (self.changes.clone(), Vec::new());
        let scenario = loop {
            let error = match base.with(&kept) {
                Ok(scenario) => break scenario,
                Err(error) => error,
            };
            let count = kept.len();
            kept.retain(|change| {
                let message = refusal(&error, change);
                notes.extend(message.iter().map(|message| note(change, message)));
                message.is_none()
            });
            // Two changes may contradict each other at a third place: the later one gives way.
            if kept.len() == count {
                let Some(last) = kept.pop() else { break base.clone() };
                notes.push(note(&last, &error.to_string()));
            }
        };
        let scenario = self.seed.map_or(scenario.clone(), |seed| scenario.with_seed(seed));
        notes.truncate(NOTES_MAX);
        (scenario, kept, notes)
    }
}

/// The message of an error that concerns a given change; `None` when it concerns something else.
fn refusal(error: &ScenarioError, change: &Setting) -> Option<String> {
    let concerns = |path: &str| !path.is_empty() && (path.starts_with(&change.path) || change.path.starts_with(path));
    match error {
        ScenarioError::Setting { path, message } => concerns(path).then(|| message.clone()),
        ScenarioError::Invalid { problems } => {
            problems.iter().find(|problem| concerns(&problem.path)).map(|problem| problem.message.clone())
        }
        ScenarioError::Syntax { .. } => None,
    }
}

fn note(change: &Setting, message: &str) -> String {
    let message: String = message.chars().take(200).collect();
    format!("{}={}: {message}", quoted(&change.path), quoted(&change.value))
}
