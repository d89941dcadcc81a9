//! The root component: holds the run, the player and the session, passes every command through the state machine of the one and
//! every address, file and news of a run through that of the other, moves the playhead on animation frames, and carries out
//! effects.
//!
//! Invariant: the playhead moves on the [`PlayheadBus`] in every frame; Yew renders a few times a second while playing, and
//! after every command.

mod hosting;

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::address_bar::{self, AddressBar};
use super::drill::{DrillPageProps, FacilitatorProps};
use super::embed::{Channel, EmbedPage, HostMessage, StateChange};
use super::header::{drill_header, modes};
use super::keyboard;
use super::open::{Opened, Opener};
use super::part::Lazy;
use super::playhead::PlayheadBus;
use super::run::Run;
use super::runs::{Runs, RunsEvent};
use super::visibility::Visibility;
use super::{browser, page, preferences, words};
use crate::replay::{Address, Command, Effect, Mode, Player, ViewCommand, command_for_press, reduce, repeats};
use crate::runner::Progress;
use crate::scenario::{Scenario, Setting};
use crate::session::{self, Session};

/// Least time between two renderings while playing.
const RENDER_EVERY_MS: f64 = 200.0;
/// On a slow device the time between two renderings is a multiple of what one takes, so that what moves keeps moving; up to a
/// time after which what is read would lag behind.
const REST_RATIO: f64 = 6.0;
const RENDER_EVERY_MS_MAX: f64 = 1000.0;
/// Title of the notes on ignored parts of an address.
const ADDRESS_NOTE: &str = "Part of this link could not be followed.";

#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The scenario that addresses refer to.
    pub own: Rc<Scenario>,
    pub first: Run,
    pub runs: Runs,
    pub address: Address,
    /// Notes on ignored parts of the address.
    pub notes: Vec<String>,
}

pub enum Message {
    /// A command for the player.
    Do(Command),
    /// An animation frame, with the browser's clock in milliseconds.
    Frame(f64),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// Progress or result from the worker.
    Runs(RunsEvent),
    /// A file was opened, or opening it failed.
    Opened(Opened),
    /// The note was dismissed.
    NoteRead,
    /// The page was hidden or shown.
    Seen(bool),
    /// The hash was changed by somebody else.
    AddressChanged,
    /// A request of the embedding page.
    Host(HostMessage),
    /// The answer to a request of the embedding page is ready.
    Answer(JsValue, Result<JsValue, String>),
    /// The system's colour scheme changed.
    SystemChanged,
    /// Progress or result of the run of what happened.
    Actual(RunsEvent),
    /// Something is to be tried.
    Try(Vec<Setting>),
    /// Comparisons are kept.
    Keep(Vec<Vec<Setting>>),
    /// Another mode is chosen.
    Mode(Mode),
    /// A drill has begun with this draw, or is left.
    Drawn(Option<String>),
    /// Mount the next part of the page.
    More,
    /// The part of the mode is there, or it is told why it is not.
    PartSettled,
}

pub struct App {
    run: Run,
    player: Player,
    bus: PlayheadBus,
    /// What is shown, what is on its way, and the page's address.
    session: Session,
    /// The run that has come and is not shown yet.
    arrived: Option<Run>,
    /// The course of the run that is on its way, so far.
    course: Rc<[u16]>,
    /// What happened, with the scenario that it is the run of.
    actual: Option<(Rc<Scenario>, Run)>,
    actuals: Runs,
    address_bar: AddressBar,
    /// The channel to the embedding page, in an embed.
    channel: Option<Channel>,
    /// Whether to play once the page is visible.
    starts_playing: bool,
    /// The host's request that waits for this run, with what is left of it.
    asked: Option<(JsValue, StateChange)>,
    /// The host's requests that came while a run was pending: they mean that run.
    waiting: Vec<HostMessage>,
    note: Option<page::Note>,
    announcement: AttrValue,
    /// Position at which the playhead last stood still, which the text alternatives describe.
    described_ms: f64,
    /// Number of mounted parts.
    parts: usize,
    more: Option<Timeout>,
    /// The page starts in a mode whose part is on its way.
    awaits_part: bool,
    frame: Option<AnimationFrame>,
    showing: Option<AnimationFrame>,
    staging: Option<AnimationFrame>,
    frame_ms: Option<f64>,
    rendered_ms: f64,
    /// Least time between two renderings while playing.
    rest_ms: f64,
    on_command: Callback<Command>,
    on_opened: Callback<Opened>,
    on_note_read: Callback<()>,
    on_try: Callback<Vec<Setting>>,
    on_keep: Callback<Vec<Vec<Setting>>>,
    on_mode: Callback<Mode>,
    on_drawn: Callback<Option<String>>,
    on_part: Callback<()>,
    _listeners: Vec<EventListener>,
    _opener: Option<Opener>,
    _visibility: Visibility,
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let run = ctx.props().first.clone();
        let (player, notes) = first_player(&run, ctx.props());
        let address = ctx.props().address.clone();
        ctx.props().runs.set_listener(ctx.link().callback(Message::Runs));
        let on_opened = ctx.link().callback(Message::Opened);
        browser::document().set_title(&title(&run));
        let mut app = Self {
            run,
            described_ms: player.position_ms,
            player,
            bus: PlayheadBus::default(),
            channel: address.embed.then(|| Channel::open(ctx.link().callback(Message::Host))).flatten(),
            starts_playing: address.plays(),
            awaits_part: address.mode != Mode::Replay && !address.embed,
            session: Session::new(Rc::clone(&ctx.props().own), address),
            arrived: None,
            actual: None,
            actuals: Runs::that_rest(),
            course: Rc::default(),
            address_bar: AddressBar::new(ctx.link().callback(|()| Message::AddressChanged)),
            asked: None,
            waiting: Vec::new(),
            note: page::Note::warnings(ADDRESS_NOTE, notes),
            announcement: AttrValue::default(),
            parts: 0,
            more: None,
            frame: None,
            showing: None,
            staging: None,
            frame_ms: None,
            rendered_ms: 0.0,
            rest_ms: RENDER_EVERY_MS,
            on_command: ctx.link().callback(Message::Do),
            _opener: Opener::new(on_opened.clone()),
            on_opened,
            on_note_read: ctx.link().callback(|()| Message::NoteRead),
            _listeners: listeners(ctx),
            on_try: ctx.link().callback(Message::Try),
            on_keep: ctx.link().callback(Message::Keep),
            on_mode: ctx.link().callback(Message::Mode),
            on_drawn: ctx.link().callback(Message::Drawn),
            on_part: ctx.link().callback(|()| Message::PartSettled),
            _visibility: Visibility::watch(ctx.link().callback(Message::Seen)),
        };
        app.actuals.set_listener(ctx.link().callback(Message::Actual));
        app.seek_actual();
        app.prepare_to_branch(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Do(command) => self.apply(ctx, command),
            Message::Frame(now_ms) => return self.tick(ctx, now_ms),
            // The keys of the player mean nothing in a drill.
            Message::Key(_) if self.is_drilled() => return false,
            Message::Key(event) => {
                let (key, code) = (event.key(), event.code());
                let Some(command) = command_for_press(&self.player, keyboard::press(&event, &key, &code)) else {
                    return false;
                };
                // A key that is held down is no key of the browser's either.
                event.prevent_default();
                if event.repeat() && !repeats(&command) {
                    return false;
                }
                self.apply(ctx, command);
            }
            Message::Runs(news) => self.hear(ctx, news),
            Message::Opened(opened) => self.open(ctx, opened),
            Message::NoteRead => self.note = None,
            Message::Seen(seen) => {
                self.apply(ctx, Command::SetVisible(seen));
                // Under reduced motion nothing starts by itself, a tour neither.
                if seen && std::mem::take(&mut self.starts_playing) && !self.player.reduced_motion {
                    let start = self.session.address.start();
                    self.apply(ctx, start);
                }
            }
            Message::AddressChanged => {
                let (address, notes) = address_bar::read();
                self.note = page::Note::warnings(ADDRESS_NOTE, notes);
                self.go_to(ctx, address);
            }
            Message::Host(request) => self.serve_host(ctx, request),
            Message::Answer(id, outcome) => {
                self.answer(&id, outcome);
                return false;
            }
            Message::SystemChanged => {}
            Message::More => self.parts += 1,
            Message::PartSettled => {
                self.awaits_part = false;
                self.tell_ready();
                return false;
            }
            Message::Actual(RunsEvent::Ready(run)) => {
                self.actual = Some((Rc::clone(self.session.base()), run));
                self.prepare_to_branch(ctx);
            }
            // The page shows the what-if without what happened behind it.
            Message::Actual(_) => return false,
            Message::Keep(kept) => {
                self.happen(ctx, session::Event::Keep(kept));
                self.show_address();
            }
            Message::Try(settings) => {
                let now = Box::new(self.session.address.with_player(&self.player));
                self.happen(ctx, session::Event::Try { settings, now });
            }
            Message::Drawn(drill) => {
                self.session.address.drill = drill;
                self.show_address();
            }
            Message::Mode(mode) => {
                if mode == Mode::Drill && self.player.playing {
                    self.apply(ctx, Command::Pause);
                }
                self.session.address.mode = mode;
                self.session.address.drill = None;
                self.awaits_part = false;
                self.tell_ready();
                browser::document().set_title(&title(&self.run));
                self.show_address();
                if mode == Mode::WhatIf {
                    self.prepare_to_branch(ctx);
                    self.staging = Some(request_animation_frame(|_| page::show_what_if()));
                }
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.channel.iter().for_each(Channel::greet);
        }
        if first || self.more.is_some() {
            self.go_on_mounting(ctx);
        }
        // Newly rendered elements need the playhead's position.
        self.bus.publish(self.player.shown_position_ms());
        self.bus.publish_reading(self.player.playing);
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let props = yew::props!(page::PageProps {
            run: self.run.clone(),
            actual: self.actual.as_ref().map(|(_, run)| run.clone()),
            base: Rc::clone(self.session.base()),
            tried: match self.session.coming() {
                Some(coming) => coming.settings.clone(),
                None => self.run.scenario.what_if.settings.clone(),
            },
            on_try: self.on_try.clone(),
            on_keep: self.on_keep.clone(),
            on_mode: self.on_mode.clone(),
            on_part: self.on_part.clone(),
            address: self.session.address.clone(),
            player: self.player.clone(),
            described_ms: self.described_ms,
            bus: self.bus.clone(),
            parts: self.parts,
            course: Rc::clone(&self.course),
            coming: self.session.coming().map(|coming| (coming.title.clone().into(), coming.ratio)),
            note: self.note.clone(),
            announcement: self.announcement.clone(),
            on_command: self.on_command.clone(),
            on_opened: self.on_opened.clone(),
            on_note_read: self.on_note_read.clone(),
        });
        if self.session.address.embed {
            html! { <EmbedPage ..props /> }
        } else if self.is_drilled() {
            let view = &self.player.view;
            let asked = self.session.address.drill.clone();
            html! {
                <>
                    <a class="skip" href="#drill">{ "Go to the drill" }</a>
                    { drill_header(view, &self.on_mode, &self.on_command) }
                    { modes("page-modes drill-modes", Mode::Drill, &self.on_mode) }
                    if self.session.address.mode == Mode::Facilitate {
                        <Lazy<FacilitatorProps> of={FacilitatorProps { asked }} on_settled={self.on_part.clone()} />
                    } else {
                        <Lazy<DrillPageProps> of={DrillPageProps { asked, dark: preferences::is_dark(view.theme), on_asked: self.on_drawn.clone() }}
                            on_settled={self.on_part.clone()} />
                    }
                </>
            }
        } else {
            html! { <page::Page ..props /> }
        }
    }
}

impl App {
    /// Whether a drill is in the place of the replay.
    fn is_drilled(&self) -> bool {
        matches!(self.session.address.mode, Mode::Drill | Mode::Facilitate) && !self.session.address.embed
    }

    /// Mounts the page part by part, from the top, so that it stays responsive on slow machines.
    fn go_on_mounting(&mut self, ctx: &Context<Self>) {
        if !self.session.address.embed && self.parts < page::PARTS {
            let link = ctx.link().clone();
            self.more = Some(Timeout::new(0, move || link.send_message(Message::More)));
            return;
        }
        self.more = None;
        if let Some(event) = self.player.event() {
            page::show_event(&event.id);
        }
        // At once: in a later frame the reader may have scrolled and would be carried away.
        if self.player.position_ms > 0.0 && !self.session.address.embed && !browser::is_scrolled() {
            page::show_stage();
        }
        self.tell_ready();
    }

    /// Once all of the page is there.
    fn tell_ready(&self) {
        let is_mounted = self.more.is_none() && (self.session.address.embed || self.parts == page::PARTS);
        if is_mounted && !self.awaits_part {
            browser::set_root_attribute("data-replay", Some("ready"));
        }
    }

    /// Brings picture, sentence and event into view, once they are laid out. An embed never moves its reader.
    fn show_stage(&mut self) {
        if !self.session.address.embed {
            self.staging = Some(request_animation_frame(|_| page::show_stage()));
        }
    }

    fn apply(&mut self, ctx: &Context<Self>, command: Command) {
        self.remember(&command);
        self.perform(ctx, command);
    }

    fn perform(&mut self, ctx: &Context<Self>, command: Command) {
        let (player, effects) = reduce(&self.player, command);
        self.player = player;
        for effect in effects {
            self.follow(effect);
        }
        if !self.player.playing {
            self.described_ms = self.player.position_ms;
        }
        self.bus.publish(self.player.shown_position_ms());
        self.keep_moving(ctx);
    }

    /// Stores preferences. The player's state machine has no access to storage.
    fn remember(&self, command: &Command) {
        match command {
            Command::View(ViewCommand::SetTheme(theme)) => preferences::apply_theme(*theme),
            Command::View(ViewCommand::SetTimeZone(time_zone)) => preferences::remember_time_zone(*time_zone),
            _ => {}
        }
    }

    /// Carries out an effect; the only place that does.
    fn follow(&mut self, effect: Effect) {
        self.tell_host(&effect);
        match effect {
            Effect::Announce(text) => self.announcement = words::again(&self.announcement, text).into(),
            Effect::FullScreen(on) => browser::set_full_screen(on),
            // Its position is known once it is rendered as the current one.
            Effect::ShowEvent { id } => {
                self.showing = Some(request_animation_frame(move |_| page::show_event(&id)));
            }
            Effect::Seeked | Effect::Paused | Effect::Ended => self.described_ms = self.player.position_ms,
            Effect::AddressChanged => self.show_address(),
            Effect::Started => self.show_stage(),
            // Only for the embedding page.
            Effect::RateChanged(_) | Effect::MarkerReached { .. } => {}
        }
    }

    /// Without a moment where no address leads to the run: it would be that of another incident.
    fn show_address(&mut self) {
        let address = self.session.address.with_player(&self.player);
        let bare = Address { foreign: address.foreign.clone(), ..Address::default() };
        self.address_bar.show(if self.run.has_address { &address } else { &bare });
    }

    fn keep_moving(&mut self, ctx: &Context<Self>) {
        if self.player.playing && self.frame.is_none() {
            self.frame_ms = None;
            self.request_frame(ctx);
        }
    }

    fn request_frame(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.frame = Some(request_animation_frame(move |now_ms| link.send_message(Message::Frame(now_ms))));
    }

    /// Moves the playhead; returns whether to render.
    fn tick(&mut self, ctx: &Context<Self>, now_ms: f64) -> bool {
        self.frame = None;
        if !self.player.playing {
            self.frame_ms = None;
            return false;
        }
        let elapsed_ms = self.frame_ms.map_or(0.0, |before_ms| now_ms - before_ms);
        // The frame after a rendering comes as late as the rendering took.
        if self.frame_ms == Some(self.rendered_ms) {
            self.rest_ms = (elapsed_ms * REST_RATIO).clamp(RENDER_EVERY_MS, RENDER_EVERY_MS_MAX);
        }
        self.frame_ms = Some(now_ms);
        let (player, effects) = reduce(&self.player, Command::Tick { elapsed_ms });
        self.player = player;
        let mut is_due = !effects.is_empty() || !self.player.playing;
        for effect in effects {
            self.follow(effect);
        }
        self.bus.publish(self.player.shown_position_ms());
        self.tell_time(now_ms);
        if self.player.playing {
            self.request_frame(ctx);
        }
        is_due |= now_ms - self.rendered_ms >= self.rest_ms;
        if is_due {
            self.rendered_ms = now_ms;
        }
        is_due
    }

    fn hear(&mut self, ctx: &Context<Self>, news: RunsEvent) {
        match news {
            RunsEvent::Progress(Progress { ratio, course }) => {
                self.course = course.into();
                self.happen(ctx, session::Event::Progress(ratio));
            }
            RunsEvent::Completed(run) => self.run = run,
            RunsEvent::Ready(run) => {
                self.arrived = Some(run);
                self.course = Rc::default();
                self.happen(ctx, session::Event::Ready);
                self.seek_actual();
                self.prepare_to_branch(ctx);
                // What was tried has an address now.
                self.show_address();
            }
            RunsEvent::Failed(error) => {
                self.tell_error(&error.to_string());
                self.happen(ctx, session::Event::Failed(error.to_string()));
            }
        }
    }

    /// Finds what happened: the run that is shown where nothing is changed, else one that is simulated beside it.
    fn seek_actual(&mut self) {
        let (scenario, base) = (&self.run.scenario, Rc::clone(self.session.base()));
        if scenario.what_if.settings.is_empty() {
            self.actual = Some((base, self.run.clone()));
            return;
        }
        let fits = |(of, run): &(Rc<Scenario>, Run)| Rc::ptr_eq(of, &base) && run.scenario.seed == scenario.seed;
        if self.actual.as_ref().is_some_and(fits) {
            return;
        }
        self.actual = None;
        let is_wanted = !self.session.address.embed || self.session.address.compare;
        if is_wanted {
            let actual = Rc::new(base.with_seed(scenario.seed));
            let text = actual.to_json();
            // Where no worker starts, the what-if stands alone.
            let _ = self.actuals.request(actual, &text, false);
        }
    }

    /// Where something is about to be tried, what happened is kept, so that only what differs is simulated.
    fn prepare_to_branch(&self, ctx: &Context<Self>) {
        let address = &self.session.address;
        if let (Some((_, actual)), true) = (&self.actual, address.mode == Mode::WhatIf && !address.embed) {
            ctx.props().runs.keep_trunk(&actual.scenario, actual.recording.detected_at());
        }
    }

    /// Goes to another address, at once or when its run is complete.
    fn go_to(&mut self, ctx: &Context<Self>, address: Address) {
        let now = Box::new(self.session.address.with_player(&self.player));
        self.happen(ctx, session::Event::Follow { address: Box::new(address), now });
    }

    fn open(&mut self, ctx: &Context<Self>, opened: Opened) {
        self.happen(ctx, session::Event::Open { name: opened.name, text: opened.text });
    }

    /// Takes what happens to the session, and does what follows from it.
    fn happen(&mut self, ctx: &Context<Self>, event: session::Event) {
        let (session, effects) = self.session.reduce(event);
        self.session = session;
        for effect in effects {
            self.carry_out(ctx, effect);
        }
    }

    fn carry_out(&mut self, ctx: &Context<Self>, effect: session::Effect) {
        use session::Effect as E;
        match effect {
            E::Request { scenario, text, has_address } => {
                if !has_address {
                    self.note = None;
                }
                if let Err(error) = ctx.props().runs.request(scenario, &text, has_address) {
                    self.happen(ctx, session::Event::NotAsked(error.to_string()));
                }
            }
            E::Cancel => ctx.props().runs.cancel(),
            E::Show => {
                let Some(run) = self.arrived.take() else { return };
                self.run = run;
                browser::document().set_title(&title(&self.run));
                self.apply(ctx, Command::Pause);
                self.apply(ctx, Command::SetTrack(Rc::clone(&self.run.track)));
            }
            E::Arrive(address) => {
                // These come from the address: they are not stored as preferences.
                for command in address.configuration(preferences::local(&self.run.scenario.window)) {
                    self.perform(ctx, command);
                }
                preferences::show_theme(self.player.view.theme);
            }
            E::Moment(address) => {
                let (commands, notes) = address.moment(&self.player.track);
                self.warn(notes);
                for command in commands {
                    self.perform(ctx, command);
                }
            }
            E::Begin => {
                self.apply(ctx, Command::Seek { ms: 0.0 });
                self.apply(ctx, ViewCommand::SelectInstance(None).into());
            }
            E::Warn(notes) => self.warn(notes),
            E::News(text) => self.note = Some(page::Note::news(text)),
            E::Trouble { what, why } => self.note = Some(page::Note::error(&what, why)),
            E::Refuse(why) => self.refuse_run(&why),
            E::Serve => self.serve_waiting(ctx),
        }
    }

    /// Tells what part of an address was ignored. What was told before stays where there is nothing.
    fn warn(&mut self, notes: Vec<String>) {
        self.note = page::Note::warnings(ADDRESS_NOTE, notes).or(self.note.take());
    }
}

/// The title of the tab.
fn title(run: &Run) -> String {
    let what_if = if run.scenario.what_if.is_empty() { "" } else { "What if – " };
    format!("{what_if}{} – incident replay", run.scenario.title)
}

/// A player with the reader's preferences at the address, and notes on ignored parts of the address.
fn first_player(run: &Run, props: &AppProps) -> (Player, Vec<String>) {
    let window = &run.scenario.window;
    let mut player = Player::new(Rc::clone(&run.track));
    player.reduced_motion = browser::media(browser::REDUCED_MOTION);
    player.view.theme = preferences::theme();
    player.view.time_zone = preferences::time_zone(window);
    let (moment, outside) = props.address.moment(&run.track);
    let commands = [props.address.configuration(preferences::local(window)), moment].concat();
    let player = commands.into_iter().fold(player, |player, command| reduce(&player, command).0);
    (player, [props.notes.clone(), outside].concat())
}

fn listeners(ctx: &Context<App>) -> Vec<EventListener> {
    let link = ctx.link();
    let document = browser::document();
    let (full_screen, motion, dark) = (link.clone(), link.clone(), link.clone());
    let mut listeners = vec![
        keyboard::listen(link.callback(Message::Key)),
        EventListener::new(&document, "fullscreenchange", move |_| {
            let on = browser::document().fullscreen_element().is_some();
            full_screen.send_message(Message::Do(Command::FullScreenChanged(on)));
        }),
    ];
    listeners.extend(browser::watch_media(browser::REDUCED_MOTION, move |reduced| {
        motion.send_message(Message::Do(Command::SetReducedMotion(reduced)));
    }));
    listeners.extend(browser::watch_media(browser::DARK, move |_| dark.send_message(Message::SystemChanged)));
    listeners
}
