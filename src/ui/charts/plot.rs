//! A plot with pointer, drag and keyboard interaction.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};
use yew::html::Scope;
use yew::prelude::*;

use super::super::playhead::{Pace, PlayheadBus, PlayheadSubscription};
use super::super::words;
use super::by_identity::ByIdentity;
use super::crosshair::Crosshair;
use super::drag::{Drag, Press};
use super::keys::{ChartKey, chart_key};
use super::size::SizeWatch;
use super::stage::{Scene, Stage};
use super::tooltip::tooltip;
use crate::chart::{ChartModel, CursorMove, Palette, move_cursor, readout};
use crate::replay::{Command, View, ViewCommand};

/// Longest time between the presses of a double click.
const DOUBLE_CLICK_MS: f64 = 500.0;
/// Distance between pointer and tooltip.
const TOOLTIP_GAP_PX: f64 = 14.0;

#[derive(Properties, PartialEq)]
pub struct PlotProps {
    pub model: ByIdentity<ChartModel>,
    pub view: View,
    pub palette: Rc<Palette>,
    pub bus: PlayheadBus,
    /// For `aria-describedby`.
    pub described_by: AttrValue,
    pub on_command: Callback<Command>,
}

pub enum Message {
    /// The size or the screen's resolution changed.
    Resized,
    /// The crosshair moved or left, on any chart.
    Crosshair(Option<f64>),
    Down(PointerEvent),
    Move(PointerEvent),
    Up(PointerEvent),
    /// The pointer left or was cancelled.
    Leave,
    /// The pointer was taken away.
    Lost,
    DoubleClick,
    /// A key of the chart was pressed.
    Key(ChartKey),
    Blur,
}

pub struct Plot {
    root: NodeRef,
    plot: NodeRef,
    overlay: NodeRef,
    tooltip: NodeRef,
    stage: Option<Rc<Stage>>,
    crosshair: Crosshair,
    drag: Option<Drag>,
    /// The moment of the tooltip.
    pointed_ms: Option<f64>,
    /// The keyboard's cursor.
    cursor_ms: Option<f64>,
    /// Whether there is a cursor, for the synchronous key listener.
    has_cursor: Rc<Cell<bool>>,
    announcement: AttrValue,
    /// Position of the playhead before the first click of a double click.
    before_click_ms: f64,
    /// Time of the last press, on the browser's clock.
    pressed_ms: f64,
    /// The alert announced last: an alert is announced when it changes, not at every step.
    alert_said: Option<String>,
    _watch: Option<SizeWatch>,
    _subscription: Option<PlayheadSubscription>,
    _listeners: Vec<EventListener>,
}

impl Component for Plot {
    type Message = Message;
    type Properties = PlotProps;

    fn create(ctx: &Context<Self>) -> Self {
        Self {
            root: NodeRef::default(),
            plot: NodeRef::default(),
            overlay: NodeRef::default(),
            tooltip: NodeRef::default(),
            stage: None,
            crosshair: Crosshair::join(ctx.link().callback(Message::Crosshair)),
            drag: None,
            pointed_ms: None,
            cursor_ms: None,
            has_cursor: Rc::default(),
            announcement: AttrValue::default(),
            before_click_ms: 0.0,
            pressed_ms: f64::NEG_INFINITY,
            alert_said: None,
            _watch: None,
            _subscription: None,
            _listeners: Vec::new(),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Resized => self.fit(),
            Message::Crosshair(at_ms) => {
                if let Some(stage) = &self.stage {
                    stage.mark(|marks| marks.crosshair_ms = at_ms);
                }
                // Another chart has the pointer now.
                if self.pointed_ms != at_ms && self.pointed_ms.is_some() {
                    self.pointed_ms = None;
                    return true;
                }
            }
            Message::Down(event) => self.press(ctx, &event),
            Message::Move(event) => return self.point(&event),
            Message::Up(event) => self.release(ctx, &event),
            Message::Leave => return self.leave(),
            Message::Lost => {
                // After a release there is nothing left to lose.
                if self.drag.is_some() {
                    return self.leave();
                }
            }
            Message::DoubleClick => {
                if ctx.props().view.zoom.is_some() && ctx.props().model.kind.shows_window() {
                    let ms = self.before_click_ms;
                    ctx.props().on_command.emit(Command::Seek { ms });
                    ctx.props().on_command.emit(ViewCommand::ZoomOut.into());
                }
            }
            Message::Key(key) => return self.key(ctx, key),
            Message::Blur => {
                if self.cursor_ms.is_some() {
                    self.crosshair.publish(None);
                }
                self.set_cursor(None);
                self.announcement = AttrValue::default();
                return true;
            }
        }
        false
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &PlotProps) -> bool {
        if let Some(stage) = &self.stage {
            stage.show(scene(ctx.props()));
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let moment_ms = self.cursor_ms.or(self.pointed_ms.filter(|_| self.drag.and_then(Drag::marked_px).is_none()));
        let shown = moment_ms.map(|at_ms| readout(&props.model, &props.view, at_ms, self.ms_per_px()));
        html! {
            <>
                <div ref={self.root.clone()} class="chart-plot" role="application" aria-roledescription="chart" tabindex="0"
                    data-keys="chart" aria-label={props.model.title.clone()} aria-describedby={props.described_by.clone()}>
                    <canvas ref={self.plot.clone()} class="chart-canvas" aria-hidden="true"></canvas>
                    <canvas ref={self.overlay.clone()} class="chart-canvas" aria-hidden="true"></canvas>
                    if let Some(readout) = &shown {
                        { tooltip(readout, &self.tooltip) }
                    }
                </div>
                <div class="visually-hidden" aria-live="polite">{ self.announcement.clone() }</div>
            </>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.set_up(ctx);
        }
        self.place_tooltip();
    }
}

/// Listens on the element itself, because `pointerleave` and `blur` do not bubble.
fn listeners(root: &HtmlElement, link: &Scope<Plot>) -> Vec<EventListener> {
    let on = |name: &'static str, message: fn(web_sys::Event) -> Message| {
        let link = link.clone();
        EventListener::new(root, name, move |event| link.send_message(message(event.clone())))
    };
    vec![
        on("pointerdown", |event| Message::Down(event.unchecked_into())),
        on("pointermove", |event| Message::Move(event.unchecked_into())),
        on("pointerup", |event| Message::Up(event.unchecked_into())),
        on("pointerleave", |_| Message::Leave),
        on("pointercancel", |_| Message::Leave),
        on("lostpointercapture", |_| Message::Lost),
        on("dblclick", |_| Message::DoubleClick),
        on("blur", |_| Message::Blur),
    ]
}

/// Handles the chart's keys synchronously, before they reach the player.
fn key_listener(root: &HtmlElement, link: &Scope<Plot>, has_cursor: Rc<Cell<bool>>) -> EventListener {
    let link = link.clone();
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(root, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        if let Some(key) = chart_key(&event.key(), event.shift_key(), has_cursor.get()) {
            event.prevent_default();
            link.send_message(Message::Key(key));
        }
    })
}

fn scene(props: &PlotProps) -> Scene {
    // Only the drawn properties: opening a table or focusing another chart does not redraw the plot.
    let View { zoom, hidden_series, instance, time_zone, .. } = props.view.clone();
    let view = View { zoom, hidden_series, instance, time_zone, ..View::default() };
    Scene { model: props.model.clone(), view, palette: Rc::clone(&props.palette) }
}

impl Plot {
    fn set_up(&mut self, ctx: &Context<Self>) {
        let (Some(root), Some(plot), Some(overlay)) = (
            self.root.cast::<HtmlElement>(),
            self.plot.cast::<HtmlCanvasElement>(),
            self.overlay.cast::<HtmlCanvasElement>(),
        ) else {
            return;
        };
        let stage = Rc::new(Stage::new(plot, overlay, scene(ctx.props())));
        stage.move_playhead(ctx.props().bus.position_ms());
        self.stage = Some(Rc::clone(&stage));
        self.fit();
        self._watch = Some(SizeWatch::new(&root, ctx.link().callback(|()| Message::Resized)));
        let moved = Callback::from(move |playhead_ms| stage.move_playhead(playhead_ms));
        self._subscription = Some(ctx.props().bus.subscribe(Pace::Frame, moved));
        self._listeners = listeners(&root, ctx.link());
        self._listeners.push(key_listener(&root, ctx.link(), Rc::clone(&self.has_cursor)));
    }

    fn fit(&self) {
        if let Some(stage) = self.stage.as_ref().filter(|stage| stage.fit()) {
            stage.draw();
        }
    }

    fn ms_per_px(&self) -> f64 {
        let frame = self.stage.as_ref().and_then(|stage| stage.frame());
        frame.map_or(0.0, |frame| (frame.until_ms - frame.from_ms) / frame.width_px())
    }

    /// Position of the pointer, in CSS pixels of the chart.
    fn place(&self, event: &PointerEvent) -> Option<(f64, f64)> {
        let rect = self.root.cast::<HtmlElement>()?.get_bounding_client_rect();
        Some((f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top()))
    }

    fn press(&mut self, ctx: &Context<Self>, event: &PointerEvent) {
        let Some(frame) = self.stage.as_ref().and_then(|stage| stage.frame()) else { return };
        let Some((x, y)) = self.place(event) else { return };
        // A second finger takes nothing over.
        if event.button() != 0 || !event.is_primary() || self.drag.is_some() || !frame.contains(x, y) {
            return;
        }
        self.drag = Some(Drag::begin(x, ctx.props().model.kind.shows_window()));
        // The second press of a double click must not overwrite the position before the first.
        if event.time_stamp() - self.pressed_ms > DOUBLE_CLICK_MS {
            self.before_click_ms = ctx.props().bus.position_ms();
        }
        self.pressed_ms = event.time_stamp();
        if let Some(root) = self.root.cast::<HtmlElement>() {
            // Without pointer capture, a drag ends at the edge.
            let _ = root.set_pointer_capture(event.pointer_id());
        }
    }

    fn point(&mut self, event: &PointerEvent) -> bool {
        if !event.is_primary() {
            return false;
        }
        let Some(stage) = &self.stage else { return false };
        let Some(frame) = stage.frame() else { return false };
        let Some((x, y)) = self.place(event) else { return false };
        if let Some(drag) = self.drag.map(|drag| drag.to(x)) {
            self.drag = Some(drag);
            stage.mark(|marks| marks.marked_px = drag.marked_px());
        } else if !frame.contains(x, y) {
            return self.leave();
        }
        let at_ms = frame.ms_at(x);
        self.set_cursor(None);
        self.pointed_ms = Some(at_ms);
        self.crosshair.publish(self.pointed_ms);
        true
    }

    fn release(&mut self, ctx: &Context<Self>, event: &PointerEvent) {
        if !event.is_primary() {
            return;
        }
        let Some((drag, stage)) = self.drag.take().zip(self.stage.as_ref()) else { return };
        stage.mark(|marks| marks.marked_px = None);
        let Some(frame) = stage.frame() else { return };
        let command = match drag.end(&frame) {
            Press::Click(ms) => Command::Seek { ms },
            Press::Zoom { from_ms, until_ms } => ViewCommand::Zoom { from_ms, until_ms }.into(),
        };
        ctx.props().on_command.emit(command);
        if event.pointer_type() == "touch" {
            // Touch has no hover: the crosshair stays until the next touch elsewhere.
            self.crosshair.publish(None);
        }
    }

    fn leave(&mut self) -> bool {
        if let Some(stage) = self.stage.as_ref().filter(|_| self.drag.take().is_some()) {
            stage.mark(|marks| marks.marked_px = None);
        }
        let was_pointed = self.pointed_ms.take().is_some();
        if was_pointed {
            self.crosshair.publish(None);
        }
        was_pointed
    }

    fn set_cursor(&mut self, cursor_ms: Option<f64>) {
        self.cursor_ms = cursor_ms;
        self.has_cursor.set(cursor_ms.is_some());
        if let Some(stage) = &self.stage {
            stage.mark(|marks| marks.cursor_ms = cursor_ms);
        }
    }

    fn key(&mut self, ctx: &Context<Self>, key: ChartKey) -> bool {
        let props = ctx.props();
        let from_ms = self.cursor_ms.unwrap_or_else(|| props.bus.position_ms());
        let by = match key {
            ChartKey::Steps(steps) => CursorMove::Steps(steps),
            ChartKey::Start => CursorMove::Start,
            ChartKey::End => CursorMove::End,
            ChartKey::Clear => {
                self.set_cursor(None);
                self.crosshair.publish(None);
                return true;
            }
            ChartKey::Seek => {
                props.on_command.emit(Command::Seek { ms: from_ms });
                return false;
            }
            ChartKey::ZoomIn | ChartKey::ZoomOut => {
                if props.model.kind.shows_window() {
                    props.on_command.emit(self.zoom(props, from_ms, key == ChartKey::ZoomIn).into());
                }
                return false;
            }
        };
        let at_ms = move_cursor(&props.model, &props.view, from_ms, by);
        self.pointed_ms = None;
        self.set_cursor(Some(at_ms));
        self.crosshair.publish(Some(at_ms));
        let mut readout = readout(&props.model, &props.view, at_ms, self.ms_per_px());
        let alert = readout.alert.take();
        if alert != self.alert_said {
            self.alert_said.clone_from(&alert);
            readout.alert = Some(alert.unwrap_or_else(|| "no alert".to_owned()));
        }
        self.announcement = words::again(&self.announcement, readout.spoken()).into();
        true
    }

    /// Zooms to half the visible range around a moment, or to twice as much.
    fn zoom(&self, props: &PlotProps, around_ms: f64, is_in: bool) -> ViewCommand {
        if !is_in {
            return ViewCommand::ZoomOut;
        }
        let [from_ms, until_ms] = props.model.range_ms(&props.view);
        let quarter_ms = (until_ms - from_ms) / 4.0;
        let middle_ms = around_ms.clamp(from_ms + quarter_ms, until_ms - quarter_ms);
        ViewCommand::Zoom { from_ms: middle_ms - quarter_ms, until_ms: middle_ms + quarter_ms }
    }

    /// Places the tooltip beside the moment, on the side with more room.
    fn place_tooltip(&self) {
        let Some(frame) = self.stage.as_ref().and_then(|stage| stage.frame()) else { return };
        let Some(at_ms) = self.cursor_ms.or(self.pointed_ms) else { return };
        let Some(tooltip) = self.tooltip.cast::<HtmlElement>() else { return };
        let width_px = f64::from(tooltip.offset_width());
        let x = frame.x_px(at_ms);
        let is_left = x + TOOLTIP_GAP_PX + width_px > frame.right_px && x > frame.left_px + frame.width_px() / 2.0;
        let left = if is_left { x - TOOLTIP_GAP_PX - width_px } else { x + TOOLTIP_GAP_PX };
        // Inside the card, which may be at the edge of the screen.
        let left = left.min(frame.right_px + TOOLTIP_GAP_PX - width_px).max(0.0);
        // A valid length cannot fail.
        let _ = tooltip.style().set_property("left", &format!("{left:.1}px"));
        let _ = tooltip.style().set_property("visibility", "visible");
    }
}
