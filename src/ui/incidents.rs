//! The menu of the scenarios that come with the page.

use yew::prelude::*;

use super::address_bar;
use super::player::Menu;
use crate::replay::Address;
use crate::scenario::Scenario;
use crate::scenario::catalogue::CATALOGUE;

/// The title, which opens the menu; the title alone where the files of other scenarios are out of reach, in a single file or on
/// a disk.
pub fn incidents(shown: &Scenario) -> Html {
    let title = html! { <strong>{ &shown.title }</strong> };
    if !address_bar::can_be_framed() {
        return title;
    }
    let id = shown.id.clone();
    let panel = Callback::from(move |()| list(&id));
    let face = html! { <>{ title }<span class="incidents-more" aria-hidden="true">{ "▾" }</span></> };
    html! { <Menu label="Other incidents" class="incidents" {face} {panel} /> }
}

fn list(shown: &str) -> Html {
    let address = |index: usize| {
        // The first is shown without being asked for.
        let scenario = (index > 0).then(|| CATALOGUE[index].id.to_owned());
        address_bar::absolute(&Address { scenario, ..Address::default() })
    };
    html! {
        <ul class="incident-list">
            { for CATALOGUE.iter().enumerate().map(|(index, entry)| html! {
                <li>
                    <a href={address(index)} aria-current={(entry.id == shown).then_some("page")}>
                        <strong>{ entry.title }</strong>
                        <span>{ entry.what }</span>
                    </a>
                </li>
            }) }
        </ul>
    }
}
