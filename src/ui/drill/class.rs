//! The results of a class, side by side: links are pasted, each is run again, and what does not come to what it claims says so.
//! Nothing is sent anywhere, and nobody is named who is not named in what was pasted.

use web_sys::HtmlTextAreaElement;
use yew::html::Scope;
use yew::prelude::*;

use super::{DrillPage, Message};
use crate::drill::{DrillResult, Kind, Score};
use crate::replay::thousands;
use crate::scenario::Scenario;

/// Most results of a class.
const RESULTS_MAX: usize = 60;

/// The results that were pasted, and what came of those that have been run.
#[derive(Default)]
pub struct Class {
    pasted: Vec<Pasted>,
    pub field: NodeRef,
}

struct Pasted {
    /// What stands before the link on its line.
    name: String,
    result: Result<DrillResult, String>,
    row: Option<Result<Row, String>>,
}

struct Row {
    title: String,
    /// None of a practice.
    score: Option<Score>,
    harmed: u64,
}

impl Class {
    /// Takes what was pasted.
    pub fn take(&mut self) {
        let text = self.field.cast::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default();
        self.pasted =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).take(RESULTS_MAX).map(pasted).collect();
    }

    /// Runs the next result; whether there was one.
    pub fn next(&mut self, scenarios: &[Scenario]) -> bool {
        let Some(next) = self.pasted.iter_mut().find(|pasted| pasted.row.is_none()) else { return false };
        next.row = Some(next.result.clone().and_then(|result| row(&result, scenarios)));
        true
    }
}

/// A line: a name, if there is one, and a link or a result.
fn pasted(line: &str) -> Pasted {
    let start = line.find("http").or_else(|| line.rfind(char::is_whitespace).map(|space| space + 1)).unwrap_or(0);
    let (name, link) = line.split_at(start);
    let name = name.trim().trim_end_matches([':', '–', '-', ',']).trim().to_owned();
    Pasted { name, result: read(link), row: None }
}

fn read(link: &str) -> Result<DrillResult, String> {
    let text = match link.split_once("drill=c-").or_else(|| link.split_once("drill=p-")) {
        Some((before, _)) => {
            let (_, hash) = link.split_at(before.len());
            let (address, _) = crate::replay::Address::read("", &format!("#{hash}"), &[]);
            address.drill.ok_or("the link is cut or changed")?
        }
        None => link.to_owned(),
    };
    text.parse().map_err(|error: crate::drill::ResultError| error.to_string())
}

fn row(result: &DrillResult, scenarios: &[Scenario]) -> Result<Row, String> {
    let id = result.draw.scenario().id;
    let scenario = scenarios.iter().find(|scenario| scenario.id == id).ok_or("an incident is missing")?;
    let drill = result.rerun(scenario).map_err(|error| error.to_string())?;
    let score = match result.kind {
        Kind::Practice => None,
        Kind::Check => Some(Score::of(&drill).map_err(|error| error.to_string())?),
    };
    Ok(Row { title: scenario.title.clone(), score, harmed: result.harmed })
}

pub fn class(class: &Class, link: &Scope<DrillPage>) -> Html {
    let on_show = link.callback(|_: MouseEvent| Message::Class);
    html! {
        <details class="card drill-class">
            <summary>{ "Results of a class" }</summary>
            <p class="drill-small">{ "Paste the links of a class, one on each line, with a name before it or not. Each is run again here; nothing is sent anywhere." }</p>
            <label>{ "Links" }<textarea ref={class.field.clone()} class="drill-pasted" rows="4" /></label>
            <button type="button" class="button drill-show" onclick={on_show}>{ "Show them side by side" }</button>
            if !class.pasted.is_empty() {
                <div class="drill-scroll" tabindex="0" role="region" aria-label="Results">
                    <table class="drill-table">
                        <thead><tr>{ for ["who", "incident", "users", "harmed", "evidence", "longest silence", "updates"].map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                        <tbody>{ for class.pasted.iter().enumerate().map(|(index, pasted)| table_row(index, pasted)) }</tbody>
                    </table>
                </div>
            }
        </details>
    }
}

fn table_row(index: usize, pasted: &Pasted) -> Html {
    let name = if pasted.name.is_empty() { format!("{}", index + 1) } else { pasted.name.clone() };
    let cells = match &pasted.row {
        None => html! { <td colspan="6">{ "…" }</td> },
        Some(Err(why)) => html! { <td colspan="6">{ format!("Cannot be trusted: {why}.") }</td> },
        Some(Ok(Row { title, score: None, harmed })) => html! {
            <><td>{ title }</td><td>{ "practice" }</td><td>{ thousands(*harmed) }</td><td colspan="3"></td></>
        },
        Some(Ok(Row { title, score: Some(score), harmed })) => html! {
            <>
                <td>{ title }</td>
                <td>{ format!("{} of 100", score.users.percent()) }</td>
                <td>{ thousands(*harmed) }</td>
                <td>{ format!("{} of {}", score.looked_before[0], score.looked_before[1]) }</td>
                <td>{ format!("{} min", score.silence_s / 60) }</td>
                <td>{ format!("{} of {}", score.updates_complete[0], score.updates_complete[1]) }</td>
            </>
        },
    };
    html! { <tr><th scope="row">{ name }</th>{ cells }</tr> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_and_a_link_or_a_result() {
        for (line, name) in [
            ("https://x.example/?mode=drill#v=1&drill=c-0-5l7-0Lc.3cAb.p0E", ""),
            ("Ada: https://x.example/?mode=drill#v=1&drill=c-0-5l7-0Lc.3cAb.p0E", "Ada"),
            ("Team 2 c-0-5l7-0Lc.3cAb.p0E", "Team 2"),
            ("c-0-5l7-0Lc.3cAb.p0E", ""),
        ] {
            let read = pasted(line);
            assert_eq!(read.name, name, "{line}");
            assert_eq!(read.result.map(|result| result.journal.0.len()), Ok(3), "{line}");
        }
        assert!(pasted("https://x.example/").result.is_err());
    }
}
