//! The incident figures at the playhead.

use yew::prelude::*;

use super::run::Run;
use super::words;
use crate::replay::{Figure, FigureKey, Figures, TimeZone};
use crate::units::UtcMs;

#[derive(Properties, PartialEq)]
pub struct IncidentFiguresProps {
    pub run: Run,
    pub at: UtcMs,
    pub time_zone: TimeZone,
}

#[component]
pub fn IncidentFigures(props: &IncidentFiguresProps) -> Html {
    let figures = Figures::new(&props.run.scenario, &props.run.recording, props.at);
    let (times, harm): (Vec<&Figure>, Vec<&Figure>) = figures.rows.iter().partition(|figure| is_time(figure.key));
    // Reported and simulated values of the same figure stand together.
    let same = |one: &&Figure, other: &&Figure| one.key == other.key;
    html! {
        <section class="section" aria-labelledby="figures-title">
            <h2 id="figures-title">
                { "The incident in figures " }
                <small>{ format!("at {} {}", props.time_zone.hh_mm(props.at), props.time_zone.label()) }</small>
            </h2>
            <dl class="figures" aria-label="Harm so far">{ for harm.chunk_by(same).map(show) }</dl>
            <dl class="figures" aria-label="Times of the response">{ for times.chunk_by(same).map(show) }</dl>
        </section>
    }
}

fn is_time(key: FigureKey) -> bool {
    use FigureKey as K;
    matches!(
        key,
        K::TimeToDetect
            | K::TimeToInvestigate
            | K::TimeToEscalate
            | K::TimeToIdentify
            | K::TimeToMitigate
            | K::TimeToResolve
    )
}

fn show(figures: &[&Figure]) -> Html {
    let Some(first) = figures.first() else { return Html::default() };
    html! {
        <div class="figure">
            <dt>{ first.label }</dt>
            { for figures.iter().map(|figure| html! {
                <dd class={classes!(figure.value.is_none().then_some("is-open"))}>
                    <span class="figure-value">{ &figure.shown }</span>
                    { words::badge(figure.source) }
                    <span class="figure-how">{ &figure.how }</span>
                </dd>
            }) }
        </div>
    }
}
