//! The header: title, time zone, theme, sharing and help.

use yew::prelude::*;

use super::address_bar;
use super::icons::{Icon, icon};
use super::incidents::incidents;
use super::open::{OpenButton, Opened};
use super::preferences;
use super::run::Run;
use crate::replay::{Command, Mode, Theme, TimeZone, View, ViewCommand};
use crate::scenario::Window;

/// The modes, as they are named.
const MODES: [(&str, Mode); 3] = [("Replay", Mode::Replay), ("What if", Mode::WhatIf), ("Drill", Mode::Drill)];

/// The header; `share` is the Share button.
pub fn header(
    run: &Run,
    view: &View,
    mode: Mode,
    on_mode: &Callback<Mode>,
    on_command: &Callback<Command>,
    on_opened: &Callback<Opened>,
    share: Html,
) -> Html {
    let incident = &run.scenario.incident;
    let on_help = on_command.reform(|_: MouseEvent| Command::Help(true));
    html! {
        <header class="top">
            <div class="top-title">
                { incidents(&run.scenario) }
                <span class="top-service">{ &incident.service }</span>
                // Where a long title is cut, the day still stands.
                <span class="top-date">{ run.scenario.incident.start.date() }</span>
            </div>
            { modes("top-modes", mode, on_mode) }
            <div class="top-controls">
                { share }
                <OpenButton on_opened={on_opened.clone()} />
                { time_zone(view.time_zone, &run.scenario.window, on_command) }
                { theme_button(view.theme, on_command) }
                <button type="button" class="button icon" onclick={on_help} aria-label="Help: keys" title="Help: keys">
                    { icon(Icon::Help) }
                </button>
            </div>
        </header>
    }
}

/// The header of a drill, which tells nothing of the incident.
pub fn drill_header(view: &View, on_mode: &Callback<Mode>, on_command: &Callback<Command>) -> Html {
    html! {
        <header class="top">
            <div class="top-title"><strong>{ "Drill" }</strong></div>
            { modes("top-modes", Mode::Drill, on_mode) }
            <div class="top-controls">{ theme_button(view.theme, on_command) }</div>
        </header>
    }
}

fn theme_button(theme: Theme, on_command: &Callback<Command>) -> Html {
    let on_theme = on_command.reform(move |_: MouseEvent| ViewCommand::SetTheme(preferences::next_theme(theme)).into());
    html! {
        <button type="button" class="button icon" onclick={on_theme} title={theme_words(theme)} aria-label={theme_words(theme)}>
            { theme_icon(theme) }
        </button>
    }
}

/// Whether the incidents that drills draw from can be loaded: not in a single file or from a disk.
pub fn drills_are_here() -> bool {
    address_bar::can_be_framed()
}

/// The choice of a mode: in the header, on narrow screens below it.
pub fn modes(class: &'static str, mode: Mode, on_mode: &Callback<Mode>) -> Html {
    html! {
        <nav class={classes!("modes", class)} aria-label="Modes">
            { for MODES.into_iter().filter(|(_, each)| *each != Mode::Drill || drills_are_here()).map(|(name, each)| {
                let onclick = on_mode.reform(move |_: MouseEvent| each);
                html! {
                    <button type="button" class="mode" aria-pressed={if mode == each { "true" } else { "false" }} {onclick}>{ name }</button>
                }
            }) }
        </nav>
    }
}

fn time_zone(shown: TimeZone, window: &Window, on_command: &Callback<Command>) -> Html {
    let is_local = matches!(shown, TimeZone::Local { .. });
    let window = window.clone();
    let on_click = on_command.reform(move |_: MouseEvent| {
        let zone = if is_local { TimeZone::Utc } else { preferences::local(&window) };
        ViewCommand::SetTimeZone(zone).into()
    });
    let (shown, hint) = if is_local {
        ("Local", "Times are in your local time. Show UTC.")
    } else {
        ("UTC", "Times are in UTC. Show your local time.")
    };
    html! {
        <button type="button" class="button" onclick={on_click} title={hint} aria-label={format!("{shown}. {hint}")}>
            { shown }
        </button>
    }
}

fn theme_words(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "Colours follow the system. Switch to light.",
        Theme::Light => "Light colours. Switch to dark.",
        Theme::Dark => "Dark colours. Switch to the system's.",
    }
}

/// A disc: half filled for the system theme, empty for light, full for dark.
fn theme_icon(theme: Theme) -> Html {
    html! {
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <circle class="icon-stroke" cx="10" cy="10" r="7" />
            if theme == Theme::System {
                <path class="icon-fill" d="M10 3 a7 7 0 0 1 0 14 z" />
            } else if theme == Theme::Dark {
                <circle class="icon-fill" cx="10" cy="10" r="7" />
            }
        </svg>
    }
}
