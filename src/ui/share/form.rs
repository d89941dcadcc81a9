//! The dialog's controls: time, form and appearance.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::content::Shared;
use super::options::{Extent, Form, ShareOptions};
use crate::chart::ChartKind;
use crate::replay::{AddressTime, Controls, Theme};
use crate::ui::address_bar::SYSTEM_PANEL;

pub fn extent_choice(shared: &Shared, chosen: &ShareOptions, on_change: &Callback<ShareOptions>) -> Html {
    let ShareOptions { extent, piece_ms, .. } = *chosen;
    let clock = |ms: f64| AddressTime::of_position(ms, &shared.player.track).to_string();
    let label = |extent| match extent {
        Extent::Moment => format!("This moment, {}", shared.at().hh_mm()),
        Extent::Piece => "A piece".to_owned(),
        Extent::Whole => "The whole".to_owned(),
    };
    let on_time = |index: usize| {
        let (options, on_change, track) = (chosen.clone(), on_change.clone(), shared.player.track.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let given_ms = input.value().trim().parse::<AddressTime>().ok().and_then(|time| time.position_ms(&track));
            let mut piece_ms = options.piece_ms;
            piece_ms[index] = given_ms.unwrap_or(piece_ms[index]);
            if piece_ms[0] < piece_ms[1] {
                on_change.emit(ShareOptions { piece_ms, ..options.clone() });
            } else {
                piece_ms = options.piece_ms;
            }
            // An invalid time is reset to its former value.
            input.set_value(&AddressTime::of_position(piece_ms[index], &track).to_string());
        })
    };
    html! {
        <div class="share-extent">
            <fieldset class="choice">
                <legend class="visually-hidden">{ "Which time" }</legend>
                { for Extent::ALL.into_iter().map(|given| {
                    let options = ShareOptions { extent: given, ..chosen.clone() };
                    radio("share-extent", &label(given), given == extent, on_change, options)
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

pub fn form_choice(chosen: &ShareOptions, on_change: &Callback<ShareOptions>) -> Html {
    html! {
        <fieldset class="share-forms">
            <legend class="visually-hidden">{ "In which form" }</legend>
            { for Form::ALL.into_iter().map(|form| {
                let options = ShareOptions { form, ..chosen.clone() };
                let on_change = on_change.reform(move |_: Event| options.clone());
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

/// Controls for variant, content, colours and player.
pub fn look(shared: &Shared, options: &ShareOptions, on_change: &Callback<ShareOptions>) -> Html {
    let scenario = &shared.run.scenario;
    let variants = options.form.variants(options.extent, options.compares);
    let charts = ChartKind::of(scenario).into_iter().map(|kind| (kind.id(), kind.title())).collect::<Vec<_>>();
    let panels: Vec<(&str, &str)> =
        [("", "Story and system"), (SYSTEM_PANEL, "System only")].into_iter().chain(charts.iter().copied()).collect();
    let themes = [("", "The reader's colours"), ("light", "Light"), ("dark", "Dark")];
    let controls = [("auto", "Controls when needed"), ("1", "Controls always"), ("0", "No controls")];
    let change = |update: fn(&mut ShareOptions, &str)| {
        let (options, on_change) = (options.clone(), on_change.clone());
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                let mut changed = options.clone();
                update(&mut changed, &select.value());
                on_change.emit(changed);
            }
        })
    };
    let theme = match options.theme {
        None | Some(Theme::System) => "",
        Some(Theme::Light) => "light",
        Some(Theme::Dark) => "dark",
    };
    let shown = match options.controls {
        Controls::Auto => "auto",
        Controls::Shown => "1",
        Controls::Hidden => "0",
    };
    let (is_image, is_embed) = (options.form.is_image(), options.form.is_embed());
    html! {
        <div class="share-look">
            if variants.len() > 1 {
                <fieldset class="choice">
                    <legend class="visually-hidden">{ "What" }</legend>
                    { for variants.iter().map(|variant| {
                        let changed = ShareOptions { variant: Some(*variant), ..options.clone() };
                        radio("share-variant", variant.label(), options.variant() == Some(*variant), on_change, changed)
                    }) }
                </fieldset>
            }
            if is_embed {
                { select("Shows", &panels, &options.panel, change(|options, panel| options.panel = panel.to_owned())) }
            }
            if is_image {
                { select("Chart", &charts, options.chart.id(), change(|options, id| {
                    options.chart = ChartKind::from_id(id).unwrap_or(options.chart);
                })) }
            }
            if (is_image || is_embed) && shared.actual.is_some() {
                { select("Behind it", &[("1", "What happened behind it"), ("0", "The what-if alone")], if options.compares { "1" } else { "0" },
                    change(|options, shown| options.compares = shown == "1")) }
            }
            if is_image || is_embed {
                { select("Colours", &themes, theme, change(|options, theme| options.theme = match theme {
                    "light" => Some(Theme::Light),
                    "dark" => Some(Theme::Dark),
                    _ => None,
                })) }
            }
            if is_embed {
                { select("Player", &controls, shown, change(|options, shown| options.controls = match shown {
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

fn radio(
    name: &'static str,
    label: &str,
    checked: bool,
    on_change: &Callback<ShareOptions>,
    options: ShareOptions,
) -> Html {
    let on_change = on_change.reform(move |_: Event| options.clone());
    html! {
        <label class="choice-item">
            <input type="radio" {name} {checked} onchange={on_change} />
            <span>{ label.to_owned() }</span>
        </label>
    }
}
