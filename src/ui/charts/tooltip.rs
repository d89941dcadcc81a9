//! The readout under the pointer.

use yew::prelude::*;

use super::legend;
use crate::chart::Readout;

/// The tooltip, positioned by the plot. It is hidden from screen readers, since the live region has the same text.
pub fn tooltip(readout: &Readout, place: &NodeRef) -> Html {
    let notes = [&readout.alert, &readout.event];
    html! {
        <div class="chart-tooltip" ref={place.clone()} aria-hidden="true">
            <div class="chart-tooltip-time">{ &readout.time }</div>
            { for readout.rows.iter().map(|row| html! {
                <div class="chart-tooltip-row">
                    { legend::swatch(row.token, row.dash, row.shape) }
                    <span>{ &row.name }</span>
                    <b>{ &row.value }</b>
                </div>
            }) }
            { for notes.into_iter().flatten().map(|note| html! { <div class="chart-tooltip-note">{ note }</div> }) }
        </div>
    }
}
