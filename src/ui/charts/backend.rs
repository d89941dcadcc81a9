//! Plotters' canvas backend with finer coordinates and its own text measuring.
//!
//! Plotters' coordinates are integers. Here a unit is an eighth of a device pixel, so that slopes are kept on every screen.
//! The wrapped backend measures text by inserting a styled element, which the page's policy forbids.

use plotters::backend::DrawingBackend;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::chart::{FONT, UNITS_PER_DEVICE_PX};

/// Draws on a canvas in units of [`UNITS_PER_DEVICE_PX`].
pub struct SharpBackend {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
}

type Outcome = Result<(), DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

/// The two-dimensional context of a canvas; `None` where the browser has none.
pub fn context_2d(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Width of a text, in the unit of its font size.
pub fn text_width(context: &CanvasRenderingContext2d, text: &str, size: f64) -> f64 {
    context.set_font(&format!("{size}px {FONT}"));
    context.measure_text(text).map_or(0.0, |metrics| metrics.width())
}

impl SharpBackend {
    /// Clears the canvas and wraps it.
    pub fn new(canvas: &HtmlCanvasElement) -> Option<Self> {
        let context = context_2d(canvas)?;
        let (width, height) = (canvas.width(), canvas.height());
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
        context.scale(1.0 / UNITS_PER_DEVICE_PX, 1.0 / UNITS_PER_DEVICE_PX).ok()?;
        // Otherwise peaks of noisy lines get long tips.
        context.set_line_join("round");
        let units = |px: u32| px * UNITS_PER_DEVICE_PX as u32;
        let inner = CanvasBackend::with_canvas_object(canvas.clone())?;
        Some(Self { inner, context, size: (units(width), units(height)) })
    }
}

impl DrawingBackend for SharpBackend {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Outcome {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Outcome {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.inner.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        self.inner.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Outcome {
        self.inner.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        self.inner.fill_polygon(path, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, position: BackendCoord) -> Outcome {
        self.inner.draw_text(text, style, position)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        let size = style.size();
        Ok((text_width(&self.context, text, size).ceil() as u32, size.ceil() as u32))
    }
}
