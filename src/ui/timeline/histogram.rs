//! A heap histogram: sessions by age, for each group of instances.

use yew::prelude::*;

use crate::replay::HeapHistogram;
use crate::ui::words::{percent, thousands};

pub fn histogram(histogram: &HeapHistogram) -> Html {
    let most = histogram.groups.iter().flat_map(|group| group.sessions).fold(1.0, f64::max);
    html! {
        <figure class="histogram">
            <figcaption>{ &histogram.summary }{ " Sessions in an instance by age, mean of the group:" }</figcaption>
            { for histogram.groups.iter().map(|group| html! {
                <table class="bars">
                    <caption>
                        { &group.name }
                        <span>{ format!("{} of the heap", percent(group.heap_ratio)) }</span>
                    </caption>
                    <tbody>
                        { for histogram.classes.iter().zip(group.sessions).enumerate().map(|(class, (name, sessions))| html! {
                            <tr>
                                <th scope="row">{ name }</th>
                                <td class="bar-cell">
                                    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                                        <rect class={format!("heap-leaked age-{class}")} height="10"
                                            width={format!("{:.1}", sessions / most * 100.0)} />
                                    </svg>
                                </td>
                                <td>{ thousands(sessions.round() as u64) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            }) }
        </figure>
    }
}
