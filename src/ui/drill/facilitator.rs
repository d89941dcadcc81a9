//! The facilitator's window: what the trainee cannot see, questions, and words to send. Without a drill in another window it is a
//! sheet to print.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::channel::{Channel, State, Word};
use super::feed::what_words;
use super::{base36, draw_of, load_drawn};
use crate::drill::{Cause, Draw, Drill, DrillResult, Kind, What, best_of, injects};
use crate::scenario::Scenario;
use crate::ui::browser;

/// Questions by phase. They ask, and never tell.
const QUESTIONS: [(&str, [&str; 3]); 4] = [
    (
        "The first minutes",
        ["What do you know, and from where?", "Whom does it concern, and how many?", "What changed?"],
    ),
    (
        "Searching",
        [
            "What else could it be?",
            "What would you see if you were right? And if not?",
            "Which look would tell the two apart?",
        ],
    ),
    (
        "Acting",
        [
            "What do you expect of it, and by when?",
            "What does it cost if you are wrong?",
            "What would you do if it does not help?",
        ],
    ),
    (
        "People",
        [
            "Who has to hear of it now?",
            "When do they hear from you again?",
            "What do you know about what your colleague said?",
        ],
    ),
];

#[derive(Properties, PartialEq, Clone)]
pub struct FacilitatorProps {
    /// The draw that the address asks for.
    pub asked: Option<String>,
}

pub enum Message {
    Loaded(Result<Vec<Scenario>, String>),
    Heard(Word),
    Tell(Word),
    Say,
}

pub struct Facilitator {
    scenarios: Rc<Vec<Scenario>>,
    channel: Option<Channel>,
    state: Option<State>,
    /// The drill of the other window, run again.
    drill: Option<(DrillResult, Drill)>,
    trouble: Option<String>,
    words: NodeRef,
}

impl Component for Facilitator {
    type Message = Message;
    type Properties = FacilitatorProps;

    fn create(ctx: &Context<Self>) -> Self {
        browser::document().set_title("Facilitator · Incident replay");
        ctx.link().send_future(async { Message::Loaded(load_drawn().await) });
        Self {
            scenarios: Rc::default(),
            channel: Channel::open(ctx.link().callback(Message::Heard)),
            state: None,
            drill: None,
            trouble: None,
            words: NodeRef::default(),
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Loaded(Ok(scenarios)) => {
                self.scenarios = Rc::new(scenarios);
                self.tell(&Word::Ask);
            }
            Message::Loaded(Err(why)) => self.trouble = Some(format!("The incidents could not be loaded: {why}.")),
            Message::Heard(Word::State(state)) => self.follow(state),
            // Of another facilitator.
            Message::Heard(_) => return false,
            Message::Tell(word) => self.tell(&word),
            Message::Say => {
                let Some(field) = self.words.cast::<HtmlTextAreaElement>() else { return false };
                let text = field.value().trim().to_owned();
                if !text.is_empty() {
                    self.tell(&Word::Say(text));
                    field.set_value("");
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let asked = ctx.props().asked.as_deref().and_then(draw_of);
        let draw = self.drill.as_ref().map(|(result, _)| result.draw).or(asked);
        html! {
            <main id="drill" class="page drill drill-facilitator">
                <h1>{ "Facilitator" }</h1>
                if let Some(trouble) = &self.trouble {
                    <p class="note note-error" role="alert">{ trouble }</p>
                }
                { self.live(ctx) }
                if let Some(scenario) = draw.and_then(|draw| self.scenario(draw)) {
                    { sheet(scenario, draw) }
                } else {
                    <p class="card">{ "No drill is under way in another window of this browser, and the address names no draw: " }
                        <code>{ "?mode=facilitate#v=1&drill=5" }</code></p>
                }
                { questions() }
            </main>
        }
    }
}

impl Facilitator {
    fn tell(&self, word: &Word) {
        self.channel.iter().for_each(|channel| channel.tell(word));
    }

    fn scenario(&self, draw: Draw) -> Option<&Scenario> {
        let id = draw.scenario().id;
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }

    /// Brings the drill to where the other window's is: it goes on where the journal has only become longer.
    fn follow(&mut self, state: State) {
        let Ok(result) = state.result.parse::<DrillResult>() else { return };
        let Some(scenario) = self.scenario(result.draw).cloned() else { return };
        let known = self.drill.take().filter(|(known, drill)| {
            let (had, has) = (&known.journal.0, &result.journal.0);
            known.draw == result.draw && has.starts_with(had) && drill.now_s() <= state.now_s
        });
        let drill = match known {
            Some((known, mut drill)) => result.journal.0[known.journal.0.len()..]
                .iter()
                .try_for_each(|entry| {
                    drill.wait(entry.at_s.saturating_sub(drill.now_s()));
                    drill.enter(entry.what.clone()).map(|_| ())
                })
                .map(|()| drill),
            None => Drill::replay(&scenario, result.draw.seed(), result.kind, &result.journal),
        };
        match drill {
            Ok(mut drill) => {
                drill.wait(state.now_s.saturating_sub(drill.now_s()));
                self.drill = Some((result, drill));
                self.state = Some(state);
            }
            Err(why) => self.trouble = Some(why.to_string()),
        }
    }

    fn live(&self, ctx: &Context<Self>) -> Html {
        let (Some((result, drill)), Some(state)) = (&self.drill, &self.state) else { return Html::default() };
        let link = ctx.link();
        let paused = state.paused;
        let kind = if result.kind == Kind::Check { "A check" } else { "A practice" };
        let said =
            ["What do you know, and from where?", "Who has to hear of it now?", "What do you expect to see next?"];
        html! {
            <section class="card drill-live" aria-labelledby="drill-live">
                <h2 id="drill-live">{ "In the other window" }</h2>
                <p><strong class="drill-at">{ drill.now().hh_mm_ss() }</strong>
                    { format!(" UTC. {kind}, {} min after the page{}. ", drill.now_s() / 60, if state.over { ", over" } else { "" }) }
                    { drill.stated().map_or_else(|| "No cause is stated.".to_owned(), |cause| format!("Stated: {}.", cause.name())) }</p>
                <ol class="drill-trace">
                    { for result.journal.0.iter().enumerate().map(|(index, entry)| {
                        let at = drill.start().plus_s(f64::from(entry.at_s));
                        let is_decision = matches!(entry.what, What::Act(_) | What::Look(_) | What::State(_));
                        html! {
                            <li><span class="drill-clock">{ at.hh_mm() }</span><span>{ what_words(&entry.what) }</span>
                                if is_decision {
                                    <button type="button" class="button drill-rewind" onclick={link.callback(move |_: MouseEvent| Message::Tell(Word::Restart(index)))}
                                        aria-label={format!("Restart from {}", at.hh_mm())}>{ "Restart here" }</button>
                                }
                            </li>
                        }
                    }) }
                </ol>
                <div class="drill-row">
                    <button type="button" class="button drill-hold" onclick={link.callback(move |_: MouseEvent| Message::Tell(Word::Pause(!paused)))}>{ if paused { "Go on" } else { "Pause" } }</button>
                    { for said.map(|text| html! {
                        <button type="button" class="button" onclick={link.callback(move |_: MouseEvent| Message::Tell(Word::Say(text.to_owned())))}>{ text }</button>
                    }) }
                </div>
                <label>{ "Say something, or ask to look at something" }<textarea ref={self.words.clone()} class="drill-words" rows="2" /></label>
                <div class="drill-row"><button type="button" class="button drill-say" onclick={link.callback(|_: MouseEvent| Message::Say)}>{ "Send" }</button></div>
            </section>
        }
    }
}

/// What the trainee cannot see.
fn sheet(scenario: &Scenario, draw: Option<Draw>) -> Html {
    let policy = best_of(&scenario.id);
    let cause = Cause::of(scenario).map_or("not known", Cause::name);
    html! {
        <section class="card drill-sheet" aria-labelledby="drill-sheet">
            <h2 id="drill-sheet">{ "What the trainee cannot see" }</h2>
            <p><strong>{ &scenario.title }</strong>{ draw.map_or_else(String::new, |draw| format!(", draw {}", base36(draw))) }{ format!(". The cause: {cause}.") }</p>
            <ul>{ for scenario.faults.iter().map(|fault| html! { <li><strong>{ fault.name() }</strong>{ ": " }{ &fault.reason }</li> }) }</ul>
            <h3>{ "What the responders did" }</h3>
            <ul>{ for scenario.timeline.iter().map(|event| html! { <li><span class="drill-clock">{ event.at.hh_mm() }</span>{ " " }{ &event.title }{ ": " }{ &event.text }</li> }) }</ul>
            if let Some(policy) = policy {
                <h3>{ "The best that was found by search" }</h3>
                <p>{ policy.reason }</p>
            }
            <h3>{ "What comes by itself" }</h3>
            <ul>{ for injects(scenario, Cause::of(scenario)).iter().map(|inject| {
                let at = scenario.incident.start.plus_s(f64::from(inject.at_s));
                html! { <li><span class="drill-clock">{ at.hh_mm() }</span>{ format!(" {}: {}", inject.who.name(), inject.text) }</li> }
            }) }</ul>
        </section>
    }
}

fn questions() -> Html {
    html! {
        <section class="card" aria-labelledby="drill-questions">
            <h2 id="drill-questions">{ "Questions" }</h2>
            <div class="drill-columns">
                { for QUESTIONS.map(|(phase, questions)| html! {
                    <section><h3>{ phase }</h3><ul>{ for questions.map(|question| html! { <li>{ question }</li> }) }</ul></section>
                }) }
            </div>
        </section>
    }
}
