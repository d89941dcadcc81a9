//! A chart as an image file: SVG, or PNG at twice the size in CSS pixels.
//!
//! Invariant: both are drawn by the same function, with the reader's playhead, zoom and series.

use std::rc::Rc;

use js_sys::{Function, Promise};
use plotters::drawing::IntoDrawingArea;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlCanvasElement};

use super::browser;
use super::charts::{SharpBackend, context_2d, text_width};
use super::download::text_blob;
use super::run::Run;
use crate::chart::{
    ChartKind, ChartModel, ColourToken, ImageOptions, Layout, Palette, Surface, draw_image, model, summary, svg,
    with_ghost,
};
use crate::replay::View;

pub const SIZE_PX: (f64, f64) = (760.0, 340.0);
/// PNG pixels per CSS pixel.
pub const PNG_RATIO: f64 = 2.0;

#[derive(Clone, PartialEq)]
pub struct ChartImage {
    model: Rc<ChartModel>,
    view: View,
    summary: String,
    playhead_ms: Option<f64>,
    dark: bool,
}

impl ChartImage {
    /// The same with another run behind it.
    pub fn beside(self, kind: ChartKind, actual: &Run) -> Self {
        let model = with_ghost((*self.model).clone(), &model(kind, &actual.scenario, &actual.recording));
        Self { model: Rc::new(model), ..self }
    }

    /// A chart of a run in a view.
    pub fn new(kind: ChartKind, run: &Run, view: View, playhead_ms: Option<f64>, dark: bool) -> Self {
        let model = model(kind, &run.scenario, &run.recording);
        let summary = summary(&model, &run.scenario, &run.recording, view.time_zone);
        Self { model: Rc::new(model), view, summary, playhead_ms, dark }
    }

    fn options(&self) -> ImageOptions<'_> {
        let (width_px, height_px) = SIZE_PX;
        let palette = if self.dark { &Palette::DARK } else { &Palette::LIGHT };
        let (playhead_ms, description) = (self.playhead_ms, self.summary.as_str());
        ImageOptions { width_px, height_px, palette, with_head: true, playhead_ms, description }
    }

    pub fn summary(&self) -> &str {
        &self.summary
    }

    pub fn svg(&self) -> String {
        svg(&self.model, &self.view, &self.options())
    }

    /// As an SVG file.
    ///
    /// # Errors
    /// The browser cannot create the file.
    pub fn svg_blob(&self) -> Result<Blob, String> {
        text_blob(&self.svg(), "image/svg+xml")
    }

    /// Draws it on a canvas and sets the canvas's size.
    pub fn draw(&self, canvas: &HtmlCanvasElement) -> Option<()> {
        let (width_px, height_px) = SIZE_PX;
        canvas.set_width((width_px * PNG_RATIO) as u32);
        canvas.set_height((height_px * PNG_RATIO) as u32);
        let (backend, context) = SharpBackend::new(canvas).zip(context_2d(canvas))?;
        let measure = |text: &str, size_px: f64| text_width(&context, text, size_px);
        let layout = Layout::canvas(width_px, height_px, PNG_RATIO);
        draw_image(
            &self.model,
            &self.view,
            &self.options(),
            &layout,
            &measure,
            &Surface::new(backend).into_drawing_area(),
        )
        .ok()
    }

    /// Whether pixels whose colour is known are read back with it: protection against fingerprinting puts noise in their
    /// place.
    fn can_be_read(&self, canvas: &HtmlCanvasElement) -> bool {
        let Some(context) = context_2d(canvas) else { return false };
        let card = self.options().palette.get(ColourToken::Card);
        // Along the left margin, where nothing is drawn.
        (0..4).all(|row| {
            let pixel = context.get_image_data(1.0, f64::from(1 + row), 1.0, 1.0).map(|image| image.data().0);
            pixel.is_ok_and(|pixel| pixel.starts_with(&[card.0, card.1, card.2]))
        })
    }

    /// As a PNG file.
    ///
    /// # Errors
    /// The browser cannot draw or encode the image.
    pub async fn png_blob(&self) -> Result<Blob, String> {
        let refused = || "the browser cannot make a PNG".to_owned();
        let canvas = browser::document().create_element("canvas").ok().and_then(|element| element.dyn_into().ok());
        let canvas: HtmlCanvasElement = canvas.ok_or_else(refused)?;
        self.draw(&canvas).ok_or_else(refused)?;
        if !self.can_be_read(&canvas) {
            return Err("This browser changes pictures before a page may save them: take the SVG.".to_owned());
        }
        let packed = Promise::new(&mut |resolve: Function, reject: Function| {
            if canvas.to_blob(&resolve).is_err() {
                // A built-in function; it does not throw.
                let _ = reject.call0(&reject);
            }
        });
        JsFuture::from(packed).await.ok().and_then(|blob| blob.dyn_into().ok()).ok_or_else(refused)
    }
}
