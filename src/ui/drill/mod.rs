//! The drill on the page: a pager, a clock, what can be looked at and done, and the debrief.
//!
//! Invariant: the drill itself, with its world, is pure state in this program's memory. The document holds what was told and
//! nothing else; nothing is asked of a server after the start, and the same files are asked for whatever is drawn.

mod channel;
mod charts;
mod class;
mod debrief;
mod desk;
mod facilitator;
mod feed;
mod forms;
mod lms;
mod minute;
mod review;
mod setup;

use std::rc::Rc;

use gloo::timers::callback::{Interval, Timeout};
use yew::prelude::*;

use super::boot;
use super::browser;
use super::download;
use crate::drill::{
    Comparison, DRAWN, Debrief, Draw, Drill, DrillResult, Journal, Kind, Score, TEXT_CHARS_MAX, Told, What, Who,
};
use crate::export::{drill_json, drill_markdown};
use crate::scenario::Scenario;
use crate::scenario::catalogue;
use channel::{Channel, State, Word};
use charts::Charts;
pub use facilitator::{Facilitator, FacilitatorProps};
use feed::{Line, Voice};
use minute::Minute;
pub use setup::{Length, Setup};

/// How often the clock moves.
const TICK_MS: u32 = 250;
/// Where the drill that is under way is stored.
const STORED: &str = "drill";
/// Most lines of the feed that are kept.
const LINES_MAX: usize = 400;

#[derive(Properties, PartialEq, Clone)]
pub struct DrillPageProps {
    /// The draw or the result that the address asks for.
    pub asked: Option<String>,
    pub dark: bool,
    /// The address changes: to a draw.
    pub on_asked: Callback<Option<String>>,
}

pub enum Message {
    Set(Setup),
    /// A drill begins, or goes on where it was left.
    Begin {
        goes_on: bool,
    },
    Loaded(Result<Vec<Scenario>, String>, Opening),
    Tick,
    Pause(bool),
    Wait(u32),
    Do(What),
    /// The next run of the score.
    Job,
    /// A minute of one's own run is to be shown, or not any more.
    Minute(Option<Minute>),
    /// Another attempt from an entry of the journal on, which is not made.
    Rewind(usize),
    CopyResult,
    Copied(Result<(), String>),
    Save(SaveAs),
    Again,
    /// The results of a class are to be run.
    Class,
    /// The next of them.
    NextOfClass,
    /// The facilitator's window tells something.
    Heard(Word),
}

/// A file of a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SaveAs {
    Markdown,
    Json,
}

/// What is opened when the scenarios are there.
#[derive(Clone, PartialEq)]
pub enum Opening {
    New,
    Stored,
    Result(String),
    Class,
}

/// A drill that is under way or over.
struct Running {
    drill: Drill,
    draw: Draw,
    setup: Setup,
    lines: Vec<Line>,
    charts: Charts,
    paused: bool,
    /// Part of a second that has passed.
    rest_s: f64,
    ticked_ms: f64,
    /// Of the first attempt, once it was over and rewound.
    first: Option<DrillResult>,
    /// Whether it began in the midst of another attempt.
    is_again: bool,
    over: Option<Over>,
}

/// What has been computed of a drill that is over.
struct Over {
    debrief: Debrief,
    harmed: Vec<u64>,
    jobs: Vec<crate::drill::Job>,
    score: Option<Score>,
    comparison: Option<Comparison>,
    /// The minute of one's own run that is shown.
    minute: Option<Minute>,
}

pub struct DrillPage {
    setup: Setup,
    scenarios: Rc<Vec<Scenario>>,
    loading: bool,
    trouble: Option<String>,
    /// What became of the last copy or file.
    told: Option<String>,
    /// Text of the live region.
    said: AttrValue,
    running: Option<Running>,
    clock: Option<Interval>,
    working: Option<Timeout>,
    forms: forms::Forms,
    class: class::Class,
    /// The learning management system that has opened the page.
    lms: Option<lms::Lms>,
    /// To the facilitator's window.
    channel: Option<Channel>,
    /// Whether a minute is to come into view once it is rendered.
    is_minute_new: bool,
}

impl Component for DrillPage {
    type Message = Message;
    type Properties = DrillPageProps;

    fn create(ctx: &Context<Self>) -> Self {
        browser::document().set_title("Drill · Incident replay");
        let mut made = Self {
            setup: Setup::default(),
            scenarios: Rc::default(),
            loading: false,
            trouble: None,
            told: None,
            said: AttrValue::default(),
            running: None,
            clock: None,
            working: None,
            forms: forms::Forms::default(),
            class: class::Class::default(),
            lms: lms::Lms::find(),
            channel: Channel::open(ctx.link().callback(Message::Heard)),
            is_minute_new: false,
        };
        made.follow(ctx);
        made
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &Self::Properties) -> bool {
        let own = self.running.as_ref().map(|running| base36(running.draw));
        if ctx.props().asked != before.asked && ctx.props().asked != own {
            self.follow(ctx);
        }
        true
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        if std::mem::take(&mut self.is_minute_new) {
            Minute::show();
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Set(setup) => self.setup = setup,
            Message::Begin { goes_on } => self.load(ctx, if goes_on { Opening::Stored } else { Opening::New }),
            Message::Loaded(Ok(scenarios), opening) => {
                self.loading = false;
                self.scenarios = Rc::new(scenarios);
                self.open(ctx, opening);
            }
            Message::Loaded(Err(why), _) => {
                self.loading = false;
                self.trouble = Some(format!("The incidents could not be loaded: {why}."));
            }
            Message::Tick => return self.tick(ctx),
            Message::Pause(paused) => self.pause(paused),
            Message::Heard(word) => return self.lead(ctx, word),
            Message::Wait(seconds) => {
                let told = self.running.as_mut().map(|running| running.drill.wait(seconds));
                self.hear(ctx, told.unwrap_or_default());
            }
            Message::Do(what) => self.enter(ctx, what),
            Message::Job => self.job(ctx),
            Message::Minute(minute) => {
                let Some(over) = self.running.as_mut().and_then(|running| running.over.as_mut()) else { return false };
                if minute.is_none()
                    && let Some(before) = &over.minute
                {
                    before.leave();
                }
                self.is_minute_new = minute.is_some();
                over.minute = minute;
            }
            Message::Rewind(entry) => self.rewind(ctx, entry),
            Message::CopyResult => {
                let Some(text) = self.running.as_ref().and_then(link) else { return false };
                ctx.link().send_future(async move { Message::Copied(download::copy_text(&text).await) });
                return false;
            }
            Message::Copied(outcome) => {
                self.told = Some(outcome.map_or_else(|why| format!("Not copied: {why}."), |()| "Copied.".to_owned()));
            }
            Message::Save(as_what) => self.save(as_what),
            Message::Class => {
                self.class.take();
                self.load(ctx, Opening::Class);
            }
            Message::NextOfClass => {
                if self.class.next(&self.scenarios) {
                    self.next_of_class(ctx);
                }
            }
            Message::Again => {
                self.running = None;
                self.clock = None;
                self.told = None;
                ctx.props().on_asked.emit(None);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        html! {
            <main id="drill" class="page drill">
                if let Some(trouble) = &self.trouble {
                    <p class="note note-error" role="alert">{ trouble }</p>
                }
                if let Some(running) = &self.running {
                    if running.over.is_some() || running.drill.is_over() {
                        { debrief::debrief(running, &self.forms, self.told.as_deref(), ctx.props().dark, link) }
                    } else {
                        { desk::desk(running, &self.forms, ctx.props().dark, link) }
                    }
                } else {
                    { setup::setup(self.setup, self.loading, stored().is_some(), ctx.props().asked.is_some(), link) }
                    <review::Review />
                    { class::class(&self.class, link) }
                }
                <div class="visually-hidden" role="status" aria-live="polite">{ self.said.clone() }</div>
            </main>
        }
    }
}

impl DrillPage {
    /// Follows what the address asks for: a result is opened, a draw waits for the start.
    fn follow(&mut self, ctx: &Context<Self>) {
        self.trouble = None;
        self.running = None;
        self.clock = None;
        match &ctx.props().asked {
            Some(asked) if asked.contains('-') => self.load(ctx, Opening::Result(asked.clone())),
            Some(asked) if draw_of(asked).is_none() => {
                self.trouble = Some(format!("“{asked}” is no draw: at most five digits and small letters."));
            }
            _ => {}
        }
    }

    /// Loads every incident that may be drawn, so that what is asked for tells nothing.
    fn load(&mut self, ctx: &Context<Self>, opening: Opening) {
        if self.loading {
            return;
        }
        self.trouble = None;
        if self.scenarios.len() == DRAWN.len() {
            self.open(ctx, opening);
            return;
        }
        self.loading = true;
        ctx.link().send_future(async move { Message::Loaded(load_drawn().await, opening) });
    }

    fn next_of_class(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.working = Some(Timeout::new(0, move || link.send_message(Message::NextOfClass)));
    }

    fn open(&mut self, ctx: &Context<Self>, opening: Opening) {
        let opened = match opening {
            Opening::Class => return self.next_of_class(ctx),
            Opening::New => {
                let draw = ctx.props().asked.as_deref().and_then(draw_of).unwrap_or_else(another);
                self.begin(draw, self.setup, &Journal::default(), 0)
            }
            Opening::Stored => match stored() {
                Some((setup, now_s, result)) => self.begin(result.draw, setup, &result.journal, now_s),
                None => Err("nothing is stored".to_owned()),
            },
            Opening::Result(text) => self.result(&text),
        };
        match opened {
            Ok(running) => {
                let is_over = running.drill.is_over();
                let draw = base36(running.draw);
                self.said = running.drill.page().into();
                self.running = Some(running);
                self.clock = Some({
                    let link = ctx.link().clone();
                    Interval::new(TICK_MS, move || link.send_message(Message::Tick))
                });
                if is_over {
                    self.end(ctx);
                } else {
                    ctx.props().on_asked.emit(Some(draw));
                    self.keep();
                }
            }
            Err(why) => self.trouble = Some(why),
        }
    }

    fn scenario(&self, draw: Draw) -> Result<&Scenario, String> {
        let id = draw.scenario().id;
        self.scenarios.iter().find(|scenario| scenario.id == id).ok_or_else(|| "an incident is missing".to_owned())
    }

    /// A drill from its beginning, or from a journal on.
    fn begin(&self, draw: Draw, setup: Setup, journal: &Journal, now_s: u32) -> Result<Running, String> {
        let scenario = self.scenario(draw)?;
        let told = |error: crate::drill::DrillError| error.to_string();
        let mut drill = Drill::new(scenario, draw.seed(), setup.kind).map_err(told)?;
        let mut lines = vec![Line::new(drill.now(), Voice::Pager, drill.page())];
        for entry in &journal.0 {
            lines.extend(feed::lines(&drill.wait(entry.at_s.saturating_sub(drill.now_s()))));
            lines.push(feed::own(drill.now(), &entry.what));
            lines.extend(feed::lines(&drill.enter(entry.what.clone()).map_err(told)?));
        }
        lines.extend(feed::lines(&drill.wait(now_s.saturating_sub(drill.now_s()))));
        Ok(Running {
            charts: Charts::default(),
            drill,
            draw,
            setup,
            lines,
            paused: false,
            rest_s: 0.0,
            ticked_ms: browser::now_ms(),
            first: None,
            is_again: false,
            over: None,
        })
    }

    /// A result is run again; it is shown only where it comes to what it claims.
    fn result(&self, text: &str) -> Result<Running, String> {
        let result: DrillResult = text.parse().map_err(|error| format!("This is no result of a drill: {error}."))?;
        let scenario = self.scenario(result.draw)?;
        let drill = result.rerun(scenario).map_err(|error| format!("This result cannot be trusted: {error}."))?;
        if !drill.is_over() {
            return Err("This drill has not ended, so it has no result.".to_owned());
        }
        let setup = Setup { kind: result.kind, ..Setup::default() };
        self.begin(result.draw, setup, &result.journal, 0)
    }

    fn tick(&mut self, ctx: &Context<Self>) -> bool {
        let Some(running) = &mut self.running else { return false };
        let now_ms = browser::now_ms();
        let passed_ms = now_ms - std::mem::replace(&mut running.ticked_ms, now_ms);
        let is_hidden = browser::document().hidden();
        let Some(speed) = running.speed().filter(|_| !running.paused && !is_hidden && !running.drill.is_over()) else {
            return false;
        };
        // Whoever was away has missed nothing.
        let passed_s = passed_ms.min(f64::from(TICK_MS) * 4.0) / 1000.0 * speed + running.rest_s;
        running.rest_s = passed_s.fract();
        let told = running.drill.wait(passed_s as u32);
        self.hear(ctx, told);
        true
    }

    fn pause(&mut self, paused: bool) {
        if let Some(running) = &mut self.running {
            running.paused = paused;
            running.ticked_ms = browser::now_ms();
        }
        self.tell_state();
    }

    /// Does what the facilitator wants.
    fn lead(&mut self, ctx: &Context<Self>, word: Word) -> bool {
        match word {
            Word::Ask => self.tell_state(),
            Word::Pause(paused) => self.pause(paused),
            Word::Say(text) => {
                let Some(running) = &mut self.running else { return false };
                let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
                let words = format!("{}: {text}", Who::Facilitator.name());
                let line = Line::new(running.drill.now(), Voice::Person, words);
                self.said = line.spoken().into();
                running.lines.push(line);
                // What is said when the drill is over is no part of it.
                let _spoken = running.drill.enter(What::Heard(text));
                self.keep();
            }
            Word::Restart(entry) => self.rewind(ctx, entry),
            // Of another drill.
            Word::State(_) => return false,
        }
        true
    }

    /// Tells the facilitator where the drill is.
    fn tell_state(&self) {
        let (Some(channel), Some(running)) = (&self.channel, &self.running) else { return };
        channel.tell(&Word::State(State {
            result: running.so_far().to_string(),
            now_s: running.drill.now_s(),
            paused: running.paused,
            over: running.drill.is_over(),
        }));
    }

    fn enter(&mut self, ctx: &Context<Self>, what: What) {
        let Some(running) = &mut self.running else { return };
        let at = running.drill.now();
        let told = match running.drill.enter(what.clone()) {
            Ok(told) => {
                running.lines.push(feed::own(at, &what));
                told
            }
            Err(error) => {
                let words = format!("Not done: {error}.");
                self.said = words.clone().into();
                running.lines.push(Line::new(at, Voice::Refused, words));
                return;
            }
        };
        self.forms.clear();
        self.hear(ctx, told);
        if let Some(running) = &mut self.running
            && let (Some(over), true) = (&mut running.over, matches!(what, What::Mark(..) | What::Plan(_)))
        {
            over.comparison = over.score.as_ref().and_then(|score| Comparison::new(&running.drill, score));
        }
        self.report();
    }

    /// Tells a learning management system of a drill whose debrief is complete: of a practice that it is, of a check its score, too.
    fn report(&mut self) {
        let Some(running) = self.running.as_ref().filter(|running| !running.is_again) else { return };
        let Some(over) = running.over.as_ref().filter(|over| over.comparison.is_some()) else { return };
        if let (Some(lms), Some(result)) = (&mut self.lms, running.result()) {
            lms.report(over.shown_score(running).map(|score| score.users.percent()), &result.to_string());
        }
    }

    fn hear(&mut self, ctx: &Context<Self>, told: Vec<Told>) {
        let Some(running) = &mut self.running else { return };
        let lines = feed::lines(&told);
        if !lines.is_empty() {
            let texts: Vec<String> = lines.iter().map(Line::spoken).collect();
            self.said = texts.join(" ").into();
        }
        running.lines.extend(lines);
        let surplus = running.lines.len().saturating_sub(LINES_MAX);
        running.lines.drain(..surplus);
        if running.drill.is_over() && running.over.is_none() {
            self.end(ctx);
        }
        self.keep();
    }

    /// The drill is over: what the debrief needs is computed, run by run.
    fn end(&mut self, ctx: &Context<Self>) {
        let Some(running) = &mut self.running else { return };
        match running.drill.whole() {
            Ok(whole) => {
                let debrief = Debrief::new(&running.drill, whole);
                let jobs = Score::jobs(&running.drill);
                running.over =
                    Some(Over { debrief, harmed: Vec::new(), jobs, score: None, comparison: None, minute: None });
                self.next_job(ctx);
            }
            Err(why) => self.trouble = Some(why.to_string()),
        }
    }

    fn next_job(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.working = Some(Timeout::new(0, move || link.send_message(Message::Job)));
    }

    fn job(&mut self, ctx: &Context<Self>) {
        let Some(running) = &mut self.running else { return };
        let Some(over) = &mut running.over else { return };
        let Some(job) = over.jobs.get(over.harmed.len()) else { return };
        match job.run(&running.drill) {
            Ok(harmed) => over.harmed.push(harmed),
            Err(why) => {
                self.trouble = Some(why.to_string());
                return;
            }
        }
        if over.harmed.len() < over.jobs.len() {
            self.next_job(ctx);
        } else {
            over.score = Score::new(&running.drill, &over.harmed);
            over.comparison = over.score.as_ref().and_then(|score| Comparison::new(&running.drill, score));
        }
        self.report();
    }

    /// Another attempt from a decision on. The first result stays what it was.
    fn rewind(&mut self, ctx: &Context<Self>, entry: usize) {
        let Some(running) = &self.running else { return };
        let first = running.first.clone().or_else(|| running.result());
        let journal = running.drill.journal();
        let Some(at_s) = journal.0.get(entry).map(|entry| entry.at_s) else { return };
        let before = Journal(journal.0[..entry].to_vec());
        let setup = Setup { kind: Kind::Practice, ..running.setup };
        match self.begin(running.draw, setup, &before, at_s) {
            Ok(mut other) => {
                other.first = first;
                other.is_again = true;
                other.paused = other.setup.length != Length::Untimed;
                self.running = Some(other);
                self.tell_state();
                ctx.props().on_asked.emit(self.running.as_ref().map(|running| base36(running.draw)));
            }
            Err(why) => self.trouble = Some(why),
        }
    }

    fn save(&mut self, as_what: SaveAs) {
        let Some(running) = &self.running else { return };
        let Some(over) = &running.over else { return };
        let (name, kind, text) = match as_what {
            SaveAs::Markdown => {
                let text =
                    drill_markdown(&running.drill, &over.debrief, over.comparison.as_ref(), over.shown_score(running));
                ("drill.md", "text/markdown", text)
            }
            SaveAs::Json => {
                let text =
                    drill_json(&running.drill, &over.debrief, over.comparison.as_ref(), over.shown_score(running));
                ("drill.json", "application/json", text)
            }
        };
        let saved = download::text_blob(&text, kind).and_then(|file| download::save(name, &file));
        self.told = saved.err().map(|why| format!("Not saved: {why}."));
    }

    /// Stores the drill, so that a reload goes on with it.
    fn keep(&self) {
        self.tell_state();
        let Some(running) = self.running.as_ref().filter(|running| !running.is_again) else { return };
        let result = running.so_far();
        browser::store(STORED, &format!("{};{};{result}", running.setup.id(), running.drill.now_s()));
    }
}

impl Running {
    /// Simulated seconds for each of the reader's; `None` when nothing passes by itself.
    fn speed(&self) -> Option<f64> {
        let whole_s = self.drill.until().seconds_since(self.drill.start());
        self.setup.length.minutes().map(|minutes| whole_s / (f64::from(minutes) * 60.0))
    }

    /// Its draw and its journal, which claim nothing yet.
    fn so_far(&self) -> DrillResult {
        DrillResult { kind: self.setup.kind, draw: self.draw, harmed: 0, journal: self.drill.journal().clone() }
    }

    fn result(&self) -> Option<DrillResult> {
        let harmed = self.over.as_ref().and_then(|over| over.harmed.get(1))?;
        Some(DrillResult {
            kind: self.setup.kind,
            draw: self.draw,
            harmed: *harmed,
            journal: self.drill.journal().clone(),
        })
    }
}

impl Over {
    /// The score, where there is one to show: of a check, after the debrief.
    fn shown_score(&self, running: &Running) -> Option<&Score> {
        let is_shown = running.drill.kind() == Kind::Check && self.comparison.is_some();
        self.score.as_ref().filter(|_| is_shown)
    }
}

/// The link of the result.
fn link(running: &Running) -> Option<String> {
    let result = running.result()?;
    let address = crate::replay::Address {
        mode: crate::replay::Mode::Drill,
        drill: Some(result.to_string()),
        ..crate::replay::Address::default()
    };
    Some(super::address_bar::absolute(&address))
}

/// The incidents that drills draw from, all of them, so that what is asked for tells nothing.
async fn load_drawn() -> Result<Vec<Scenario>, String> {
    let mut scenarios = vec![Scenario::bundled()];
    for entry in DRAWN.into_iter().skip(1).filter_map(catalogue::find) {
        scenarios.push(boot::load(entry).await?.0);
    }
    Ok(scenarios)
}

/// The address of the incident of a drill that is over.
fn replay_of(drill: &Drill) -> String {
    let id = &drill.full().id;
    let scenario = (*id != catalogue::CATALOGUE[0].id).then(|| id.clone());
    super::address_bar::absolute(&crate::replay::Address { scenario, ..crate::replay::Address::default() })
}

/// What is stored of a drill that was left.
fn stored() -> Option<(Setup, u32, DrillResult)> {
    let text = browser::stored(STORED)?;
    let mut parts = text.splitn(3, ';');
    let setup = Setup::of_id(parts.next()?)?;
    let now_s = parts.next()?.parse().ok()?;
    let result: DrillResult = parts.next()?.parse().ok()?;
    let is_over = result.journal.0.iter().any(|entry| entry.what == What::End);
    (!is_over).then_some((setup, now_s, result))
}

fn draw_of(text: &str) -> Option<Draw> {
    let is_number = !text.is_empty()
        && text.len() <= 5
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    u32::from_str_radix(text, 36).ok().filter(|_| is_number).map(Draw)
}

fn base36(draw: Draw) -> String {
    let mut digits = Vec::new();
    let mut rest = draw.0;
    while rest > 0 || digits.is_empty() {
        digits.push(char::from_digit(rest % 36, 36).unwrap_or('0'));
        rest /= 36;
    }
    digits.iter().rev().collect()
}

/// A number that nobody has chosen.
#[allow(clippy::disallowed_methods, reason = "a draw is not part of any run")]
fn another() -> Draw {
    Draw((js_sys::Math::random() * f64::from(Draw::MAX)) as u32)
}

/// The longest sentence that a form takes.
fn text_chars_max() -> String {
    TEXT_CHARS_MAX.to_string()
}
