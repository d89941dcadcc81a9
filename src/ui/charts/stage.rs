//! The two canvases of a chart and their content.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use plotters::drawing::IntoDrawingArea;
use web_sys::HtmlCanvasElement;

use super::super::browser;
use super::backend::{SharpBackend, context_2d, text_width};
use super::by_identity::ByIdentity;
use super::overlay::{self, Marks};
use crate::chart::{ChartModel, Frame, Layout, Palette, Surface, draw};
use crate::replay::View;

/// Least movement of the playhead that is drawn.
const PLAYHEAD_STEP_PX: f64 = 0.25;

#[derive(Clone, PartialEq)]
pub struct Scene {
    pub model: ByIdentity<ChartModel>,
    pub view: View,
    pub palette: Rc<Palette>,
}

pub struct Stage {
    plot: HtmlCanvasElement,
    overlay: HtmlCanvasElement,
    scene: RefCell<Scene>,
    layout: Cell<Option<Layout>>,
    frame: Cell<Option<Frame>>,
    marks: Cell<Marks>,
}

/// Device pixels for a CSS pixel.
fn device_ratio() -> f64 {
    browser::window().device_pixel_ratio().max(0.5)
}

impl Stage {
    pub fn new(plot: HtmlCanvasElement, overlay: HtmlCanvasElement, scene: Scene) -> Self {
        let (layout, frame, marks) = (Cell::default(), Cell::default(), Cell::default());
        Self { plot, overlay, scene: RefCell::new(scene), layout, frame, marks }
    }

    /// Position of the plot, once drawn.
    pub fn frame(&self) -> Option<Frame> {
        self.frame.get()
    }

    /// Fits the canvases to their parent's size and the screen's resolution; returns whether anything changed.
    pub fn fit(&self) -> bool {
        let Some(parent) = self.plot.parent_element() else { return false };
        let rect = parent.get_bounding_client_rect();
        let ratio = device_ratio();
        // Whole device pixels, so that the bitmap is never stretched.
        let (width, height) = ((rect.width() * ratio).floor(), (rect.height() * ratio).floor());
        if width < 1.0 || height < 1.0 {
            return false;
        }
        let layout = Layout::canvas(width / ratio, height / ratio, ratio);
        if self.layout.get() == Some(layout) {
            return false;
        }
        for canvas in [&self.plot, &self.overlay] {
            canvas.set_width(width as u32);
            canvas.set_height(height as u32);
            let style = canvas.style();
            // Valid lengths cannot fail.
            let _ = style.set_property("width", &format!("{}px", width / ratio));
            let _ = style.set_property("height", &format!("{}px", height / ratio));
        }
        self.layout.set(Some(layout));
        true
    }

    /// Draws plot and overlay.
    pub fn draw(&self) {
        let Some(layout) = self.layout.get() else { return };
        let scene = self.scene.borrow();
        let Some((backend, context)) = SharpBackend::new(&self.plot).zip(context_2d(&self.plot)) else { return };
        let area = Surface::new(backend).into_drawing_area();
        let measure = |text: &str, size_px: f64| text_width(&context, text, size_px);
        match draw(&scene.model, &scene.view, &scene.palette, &layout, &measure, &area) {
            Ok(frame) => self.frame.set(Some(frame)),
            // Should drawing fail all the same, the other charts still work.
            Err(error) => gloo::console::error!(error.to_string()),
        }
        drop(scene);
        self.paint();
    }

    /// Shows another scene; an equal one costs nothing.
    pub fn show(&self, scene: Scene) {
        if *self.scene.borrow() != scene {
            self.scene.replace(scene);
            self.draw();
        }
    }

    /// Changes the overlay.
    pub fn mark(&self, change: impl FnOnce(&mut Marks)) {
        let before = self.marks.get();
        let mut marks = before;
        change(&mut marks);
        if marks != before {
            self.marks.set(marks);
            self.paint();
        }
    }

    /// Moves the playhead; draws nothing for an invisible movement.
    pub fn move_playhead(&self, playhead_ms: f64) {
        // Not every browser tells that the page is on another screen now.
        let is_blurred = |layout: Layout| layout.device_ratio != device_ratio();
        if self.layout.get().is_some_and(is_blurred) && self.fit() {
            self.draw();
        }
        let Some(frame) = self.frame.get() else {
            return self.marks.set(Marks { playhead_ms, ..self.marks.get() });
        };
        let moved_px = (frame.x_px(playhead_ms) - frame.x_px(self.marks.get().playhead_ms)).abs();
        if moved_px >= PLAYHEAD_STEP_PX {
            self.mark(|marks| marks.playhead_ms = playhead_ms);
        }
    }

    fn paint(&self) {
        let (Some(frame), Some(layout)) = (self.frame.get(), self.layout.get()) else { return };
        let Some(context) = context_2d(&self.overlay) else { return };
        let ratio = layout.device_ratio;
        let (width, height) = (f64::from(self.overlay.width()), f64::from(self.overlay.height()));
        // Finite numbers cannot fail.
        let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, width, height);
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        let scene = self.scene.borrow();
        overlay::paint(&context, &scene.model, &scene.view, &scene.palette, &frame, &self.marks.get());
    }
}
