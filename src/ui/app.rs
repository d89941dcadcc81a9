//! The page as a whole: holds the run and the player, passes every command through the player machine, moves the playhead
//! by animation frames and does what the machine asks of the browser.
//!
//! Invariant: the playhead moves on the [`PlayheadBus`] with every frame; Yew renders a few times a second while playing,
//! and after every command.

mod hosting;

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::address_bar::{self, AddressBar};
use super::embed::{Channel, EmbedPage, HostMessage};
use super::keyboard;
use super::open::{Opened, Opener};
use super::playhead::PlayheadBus;
use super::run::Run;
use super::runs::{Runs, RunsEvent};
use super::visibility::Visibility;
use super::{browser, page, preferences};
use crate::replay::{Address, Command, Effect, Player, ViewCommand, command_for_press, reduce};
use crate::scenario::Scenario;

/// Shortest time between two renderings while playing.
const RENDER_EVERY_MS: f64 = 200.0;
/// Above the notes on what of an address was left out.
const ADDRESS_NOTE: &str = "Part of this link could not be followed.";

/// What the page starts with.
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// The scenario that addresses are about.
    pub own: Rc<Scenario>,
    /// The run to show.
    pub first: Run,
    /// Makes further runs.
    pub runs: Runs,
    /// Where to start.
    pub address: Address,
    /// What of the address could not be followed.
    pub notes: Vec<String>,
}

/// What the page hears.
pub enum Message {
    /// Somebody wants something of the player.
    Do(Command),
    /// An animation frame, with the browser's clock in milliseconds.
    Frame(f64),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// The worker got on.
    Runs(RunsEvent),
    /// A file was opened, or should have been.
    Opened(Opened),
    /// The reader has read the note.
    NoteRead,
    /// The page got out of sight or came back.
    Seen(bool),
    /// Somebody put another hash into the address bar.
    AddressChanged,
    /// The host wants something.
    Host(HostMessage),
    /// What the host asked for is ready.
    Answer(JsValue, Result<JsValue, String>),
    /// What the system says about colours changed.
    SystemChanged,
    /// The browser has had time for others: more of the page may come.
    More,
}

/// The page.
pub struct App {
    run: Run,
    player: Player,
    bus: PlayheadBus,
    /// The address of the page, up to date in what the player does not know: its configuration, the run's differences.
    address: Address,
    address_bar: AddressBar,
    /// The line to the host, in an embed.
    channel: Option<Channel>,
    /// Whether to play once the page is seen.
    starts_playing: bool,
    /// The address whose run is being made.
    followed: Option<Address>,
    /// The scenario that is being simulated and how far it is.
    coming: Option<(AttrValue, f64)>,
    note: Option<page::Note>,
    announcement: AttrValue,
    /// The playhead when it last stood still: what the text alternatives describe.
    described_ms: f64,
    /// How much of the page is there yet.
    parts: usize,
    more: Option<Timeout>,
    frame: Option<AnimationFrame>,
    showing: Option<AnimationFrame>,
    frame_ms: Option<f64>,
    rendered_ms: f64,
    on_command: Callback<Command>,
    on_opened: Callback<Opened>,
    on_note_read: Callback<()>,
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
        Self {
            run,
            described_ms: player.position_ms,
            player,
            bus: PlayheadBus::default(),
            channel: address.embed.then(|| Channel::open(ctx.link().callback(Message::Host))).flatten(),
            starts_playing: address.plays(),
            address,
            address_bar: AddressBar::new(ctx.link().callback(|()| Message::AddressChanged)),
            followed: None,
            coming: None,
            note: page::Note::warnings(ADDRESS_NOTE, notes),
            announcement: AttrValue::default(),
            parts: 0,
            more: None,
            frame: None,
            showing: None,
            frame_ms: None,
            rendered_ms: 0.0,
            on_command: ctx.link().callback(Message::Do),
            _opener: Opener::new(on_opened.clone()),
            on_opened,
            on_note_read: ctx.link().callback(|()| Message::NoteRead),
            _listeners: listeners(ctx),
            _visibility: Visibility::watch(ctx.link().callback(Message::Seen)),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Do(command) => self.apply(ctx, command),
            Message::Frame(now_ms) => return self.tick(ctx, now_ms),
            Message::Key(event) => {
                let key = event.key();
                let Some(command) = command_for_press(&self.player, keyboard::press(&event, &key)) else {
                    return false;
                };
                event.prevent_default();
                self.apply(ctx, command);
            }
            Message::Runs(news) => self.hear(ctx, news),
            Message::Opened(opened) => self.open(ctx, opened),
            Message::NoteRead => self.note = None,
            Message::Seen(seen) => {
                self.apply(ctx, Command::SetVisible(seen));
                if seen && std::mem::take(&mut self.starts_playing) {
                    self.apply(ctx, Command::Autoplay);
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
        // Whoever was drawn anew stands where the playhead is.
        self.bus.publish(self.player.shown_position_ms());
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let props = yew::props!(page::PageProps {
            run: self.run.clone(),
            address: self.address.clone(),
            player: self.player.clone(),
            described_ms: self.described_ms,
            bus: self.bus.clone(),
            parts: self.parts,
            coming: self.coming.clone(),
            note: self.note.clone(),
            announcement: self.announcement.clone(),
            on_command: self.on_command.clone(),
            on_opened: self.on_opened.clone(),
            on_note_read: self.on_note_read.clone(),
        });
        if self.address.embed {
            html! { <EmbedPage ..props /> }
        } else {
            html! { <page::Page ..props /> }
        }
    }
}

impl App {
    /// The page comes part by part, what is seen first before the rest, so that it answers at once on slow machines too.
    fn go_on_mounting(&mut self, ctx: &Context<Self>) {
        if !self.address.embed && self.parts < page::PARTS {
            let link = ctx.link().clone();
            self.more = Some(Timeout::new(0, move || link.send_message(Message::More)));
            return;
        }
        self.more = None;
        if let Some(event) = self.player.track.event_at(self.player.position_ms) {
            page::show_event(&event.id);
        }
        browser::set_root_attribute("data-replay", Some("ready"));
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

    /// What the browser is asked to keep. The player machine knows no storage.
    fn remember(&self, command: &Command) {
        match command {
            Command::View(ViewCommand::SetTheme(theme)) => preferences::apply_theme(*theme),
            Command::View(ViewCommand::SetTimeZone(time_zone)) => preferences::remember_time_zone(*time_zone),
            _ => {}
        }
    }

    /// Does what the player machine asks for; the only place where that happens.
    fn follow(&mut self, effect: Effect) {
        self.tell_host(&effect);
        match effect {
            Effect::Announce(text) => self.announcement = text.into(),
            Effect::FullScreen(on) => browser::set_full_screen(on),
            // Its place is known once it is drawn as the current one.
            Effect::ShowEvent { id } => {
                self.showing = Some(request_animation_frame(move |_| page::show_event(&id)));
            }
            Effect::Seeked | Effect::Paused | Effect::Ended => self.described_ms = self.player.position_ms,
            Effect::AddressChanged => self.address_bar.show(&self.address.with_player(&self.player)),
            // Only a host cares.
            Effect::Started | Effect::RateChanged(_) | Effect::MarkerReached { .. } => {}
        }
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

    /// Moves the playhead; true when it is time to render.
    fn tick(&mut self, ctx: &Context<Self>, now_ms: f64) -> bool {
        self.frame = None;
        if !self.player.playing {
            self.frame_ms = None;
            return false;
        }
        let elapsed_ms = self.frame_ms.map_or(0.0, |before_ms| now_ms - before_ms);
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
        is_due |= now_ms - self.rendered_ms >= RENDER_EVERY_MS;
        if is_due {
            self.rendered_ms = now_ms;
        }
        is_due
    }

    fn hear(&mut self, ctx: &Context<Self>, news: RunsEvent) {
        match news {
            RunsEvent::Progress(ratio) => {
                if let Some((_, done)) = &mut self.coming {
                    *done = ratio;
                }
            }
            RunsEvent::Completed(run) => self.run = run,
            RunsEvent::Ready(run) => {
                self.coming = None;
                self.run = run;
                self.apply(ctx, Command::Pause);
                self.apply(ctx, Command::SetTrack(Rc::clone(&self.run.track)));
                if let Some(address) = self.followed.take() {
                    self.address = address;
                    return self.show_moment(ctx);
                }
                self.note = Some(page::Note::news(format!("This is “{}” now.", self.run.scenario.title)));
                // No address leads to the reader's own file.
                let (scenario, seed, changes) = (None, None, Vec::new());
                self.address = Address { scenario, seed, changes, ..self.address.clone() };
                self.apply(ctx, Command::Seek { ms: 0.0 });
                self.apply(ctx, ViewCommand::SelectInstance(None).into());
            }
            RunsEvent::Failed(error) => {
                self.coming = None;
                self.followed = None;
                self.tell_error(&error.to_string());
                self.note =
                    Some(page::Note::error("The simulation failed. The page shows what it showed before.", error));
            }
        }
    }

    /// Shows what another address says: at once, or when its run has been made.
    fn go_to(&mut self, ctx: &Context<Self>, mut address: Address) {
        let now = self.address.with_player(&self.player);
        if (address.seed, &address.changes) != (now.seed, &now.changes) {
            let (scenario, changes, notes) = address.scenario(&ctx.props().own);
            address.changes = changes;
            self.note = page::Note::warnings(ADDRESS_NOTE, notes).or(self.note.take());
            let title = AttrValue::from(scenario.title.clone());
            let text = scenario.to_json();
            match ctx.props().runs.request(Rc::new(scenario), &text) {
                Ok(()) => (self.followed, self.coming) = (Some(address), Some((title, 0.0))),
                Err(error) => self.note = Some(page::Note::error(ADDRESS_NOTE, error)),
            }
            return;
        }
        let is_elsewhere = address.parts().1 != now.parts().1;
        self.address = address;
        // The reader did not choose these: they are not remembered.
        for command in self.address.configuration(preferences::local(self.run.scenario.incident.start)) {
            self.perform(ctx, command);
        }
        preferences::show_theme(self.player.view.theme);
        if is_elsewhere {
            self.show_moment(ctx);
        }
    }

    fn show_moment(&mut self, ctx: &Context<Self>) {
        let (commands, notes) = self.address.moment(&self.player.track);
        self.note = page::Note::warnings(ADDRESS_NOTE, notes).or(self.note.take());
        for command in commands {
            self.perform(ctx, command);
        }
    }

    fn open(&mut self, ctx: &Context<Self>, opened: Opened) {
        let refused = format!("{} cannot be opened. The page shows what it showed before.", opened.name);
        let text = match opened.text {
            Ok(text) => text,
            Err(message) => return self.note = Some(page::Note::error(&refused, message)),
        };
        let scenario = match Scenario::from_json(&text) {
            Ok(scenario) => Rc::new(scenario),
            Err(error) => return self.note = Some(page::Note::error(&refused, error)),
        };
        let title = AttrValue::from(scenario.title.clone());
        match ctx.props().runs.request(scenario, &text) {
            Ok(()) => {
                self.note = None;
                self.followed = None;
                self.coming = Some((title, 0.0));
            }
            Err(error) => self.note = Some(page::Note::error(&refused, error)),
        }
    }
}

/// A player as the reader likes it, where the address starts; and what of the address could not be followed.
fn first_player(run: &Run, props: &AppProps) -> (Player, Vec<String>) {
    let start = run.scenario.incident.start;
    let mut player = Player::new(Rc::clone(&run.track));
    player.reduced_motion = browser::media(browser::REDUCED_MOTION);
    player.view.theme = preferences::theme();
    player.view.time_zone = preferences::time_zone(start);
    let (moment, outside) = props.address.moment(&run.track);
    let commands = [props.address.configuration(preferences::local(start)), moment].concat();
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
