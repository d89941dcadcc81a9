//! The data of a chart as a table.

use yew::prelude::*;

use super::by_identity::ByIdentity;
use crate::chart::{ChartModel, table};
use crate::replay::View;

#[derive(Properties, PartialEq)]
pub struct DataTableProps {
    pub model: ByIdentity<ChartModel>,
    pub view: View,
    /// Id of the element.
    pub id: AttrValue,
}

/// The table, in a focusable region that scrolls.
#[component]
pub fn DataTable(props: &DataTableProps) -> Html {
    let DataTableProps { model, view, id } = props;
    let table = table(model, view);
    let label = format!("Data of {}", model.title);
    html! {
        <div class="chart-table" id={id.clone()} role="region" aria-label={label.clone()} tabindex="0">
            <table>
                <caption class="visually-hidden">{ format!("{label}: {}", model.subtitle) }</caption>
                <thead>
                    <tr>{ for table.headings.iter().map(|heading| html! { <th scope="col">{ heading }</th> }) }</tr>
                </thead>
                <tbody>
                    { for table.rows.iter().map(|row| html! {
                        <tr>
                            { for row.iter().take(1).map(|time| html! { <th scope="row">{ time }</th> }) }
                            { for row.iter().skip(1).map(|value| html! { <td>{ value }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
