//! What can be chosen in the dialog: the time, the form, the look.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::choice::{Choice, Extent, Form};
use super::content::Shared;
use crate::chart::ChartKind;
use crate::replay::{AddressTime, Controls, Theme};
use crate::ui::address_bar::SYSTEM_PANEL;

/// The time.
pub fn extent_choice(shared: &Shared, chosen: &Choice, on_change: &Callback<Choice>) -> Html {
    let Choice { extent, piece_ms, .. } = *chosen;
    let clock = |ms: f64| AddressTime::of_position(ms, &shared.player.track).to_string();
    let label = |extent| match extent {
        Extent::Moment => format!("This moment, {}", shared.at().hh_mm()),
        Extent::Piece => "A piece".to_owned(),
        Extent::Whole => "The whole".to_owned(),
    };
    let on_time = |index: usize| {
        let (choice, on_change, track) = (chosen.clone(), on_change.clone(), shared.player.track.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let given_ms = input.value().trim().parse::<AddressTime>().ok().and_then(|time| time.position_ms(&track));
            let mut piece_ms = choice.piece_ms;
            piece_ms[index] = given_ms.unwrap_or(piece_ms[index]);
            if piece_ms[0] < piece_ms[1] {
                on_change.emit(Choice { piece_ms, ..choice.clone() });
            } else {
                piece_ms = choice.piece_ms;
            }
            // What is no time in the window, or not in order, becomes what it was.
            input.set_value(&AddressTime::of_position(piece_ms[index], &track).to_string());
        })
    };
    html! {
        <div class="share-extent">
            <fieldset class="choice">
                <legend class="visually-hidden">{ "Which time" }</legend>
                { for Extent::ALL.into_iter().map(|given| {
                    let choice = Choice { extent: given, ..chosen.clone() };
                    radio("share-extent", &label(given), given == extent, on_change, choice)
                }) }
            </fieldset>
            if extent == Extent::Piece {
                <span class="share-piece">
                    { for ["From", "to"].into_iter().enumerate().map(|(index, name)| html! {
                        <label>
                            { name }
                            <input type="text" class="share-time" inputmode="numeric" maxlength="20" autocomplete="off"
                                value={clock(piece_ms[index])} onchange={on_time(index)} />
                        </label>
                    }) }
                    { "UTC" }
                </span>
            }
        </div>
    }
}

/// The form.
pub fn form_choice(chosen: &Choice, on_change: &Callback<Choice>) -> Html {
    html! {
        <fieldset class="share-forms">
            <legend class="visually-hidden">{ "In which form" }</legend>
            { for Form::ALL.into_iter().map(|form| {
                let choice = Choice { form, ..chosen.clone() };
                let on_change = on_change.reform(move |_: Event| choice.clone());
                html! {
                    <label class="share-form">
                        <input type="radio" name="share-form" checked={form == chosen.form} onchange={on_change} />
                        <span class="share-form-text">
                            <strong>{ form.label() }</strong>
                            <span class="share-form-purpose">{ form.purpose() }</span>
                        </span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

/// The variant, what is shown, the colours, the player.
pub fn look(choice: &Choice, on_change: &Callback<Choice>) -> Html {
    let variants = choice.form.variants(choice.extent);
    let charts = ChartKind::ALL.map(|kind| (kind.id(), kind.title()));
    let panels: Vec<(&str, &str)> =
        [("", "Story and system"), (SYSTEM_PANEL, "System only")].into_iter().chain(charts).collect();
    let themes = [("", "The reader's colours"), ("light", "Light"), ("dark", "Dark")];
    let controls = [("auto", "Controls when needed"), ("1", "Controls always"), ("0", "No controls")];
    let change = |update: fn(&mut Choice, &str)| {
        let (choice, on_change) = (choice.clone(), on_change.clone());
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                let mut changed = choice.clone();
                update(&mut changed, &select.value());
                on_change.emit(changed);
            }
        })
    };
    let theme = match choice.theme {
        None | Some(Theme::System) => "",
        Some(Theme::Light) => "light",
        Some(Theme::Dark) => "dark",
    };
    let shown = match choice.controls {
        Controls::Auto => "auto",
        Controls::Shown => "1",
        Controls::Hidden => "0",
    };
    let (is_picture, is_embed) = (choice.form.is_picture(), choice.form.is_embed());
    html! {
        <div class="share-look">
            if variants.len() > 1 {
                <fieldset class="choice">
                    <legend class="visually-hidden">{ "What" }</legend>
                    { for variants.iter().map(|variant| {
                        let changed = Choice { variant: Some(*variant), ..choice.clone() };
                        radio("share-variant", variant.label(), choice.variant() == Some(*variant), on_change, changed)
                    }) }
                </fieldset>
            }
            if is_embed {
                { select("Shows", &panels, &choice.panel, change(|choice, panel| choice.panel = panel.to_owned())) }
            }
            if is_picture {
                { select("Chart", &charts, choice.chart.id(), change(|choice, id| {
                    choice.chart = ChartKind::from_id(id).unwrap_or(choice.chart);
                })) }
            }
            if is_picture || is_embed {
                { select("Colours", &themes, theme, change(|choice, theme| choice.theme = match theme {
                    "light" => Some(Theme::Light),
                    "dark" => Some(Theme::Dark),
                    _ => None,
                })) }
            }
            if is_embed {
                { select("Player", &controls, shown, change(|choice, shown| choice.controls = match shown {
                    "1" => Controls::Shown,
                    "0" => Controls::Hidden,
                    _ => Controls::Auto,
                })) }
            }
        </div>
    }
}

fn select(label: &'static str, options: &[(&str, &str)], chosen: &str, on_change: Callback<Event>) -> Html {
    html! {
        <label class="share-select">
            <span class="visually-hidden">{ label }</span>
            <select onchange={on_change}>
                { for options.iter().map(|(value, name)| html! {
                    <option value={(*value).to_owned()} selected={*value == chosen}>{ *name }</option>
                }) }
            </select>
        </label>
    }
}

fn radio(name: &'static str, label: &str, checked: bool, on_change: &Callback<Choice>, choice: Choice) -> Html {
    let on_change = on_change.reform(move |_: Event| choice.clone());
    html! {
        <label class="choice-item">
            <input type="radio" {name} {checked} onchange={on_change} />
            <span>{ label.to_owned() }</span>
        </label>
    }
}
