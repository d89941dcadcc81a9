//! One type for all plotters backends, so that the drawing code is compiled once rather than once per backend.

use std::error::Error;
use std::fmt;

use plotters_backend::text_anchor::Pos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily,
    FontStyle, FontTransform,
};

/// The backend that a chart is drawn on.
pub struct Surface<'a>(Box<dyn Target + 'a>);

/// Error of the backend behind a [`Surface`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SurfaceError(String);

impl<'a> Surface<'a> {
    /// Wraps a backend.
    pub fn new(backend: impl DrawingBackend + 'a) -> Self {
        Self(Box::new(backend))
    }
}

impl fmt::Display for SurfaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for SurfaceError {}

type Outcome = Result<(), DrawingErrorKind<SurfaceError>>;

impl DrawingBackend for Surface<'_> {
    type ErrorType = SurfaceError;

    fn get_size(&self) -> (u32, u32) {
        self.0.size()
    }

    fn ensure_prepared(&mut self) -> Outcome {
        self.0.prepare()
    }

    fn present(&mut self) -> Outcome {
        self.0.finish()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome {
        self.0.rect(point, point, Ink { color, width: 0 }, true)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.0.rect(upper_left, bottom_right, Ink::of(style), fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        self.0.path(&path.into_iter().collect::<Vec<_>>(), Ink::of(style))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        self.0.polygon(&path.into_iter().collect::<Vec<_>>(), Ink::of(style))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, position: BackendCoord) -> Outcome {
        let lettering = Lettering {
            color: style.color(),
            size: style.size(),
            style: style.style(),
            anchor: style.anchor(),
            family: style.family(),
        };
        self.0.text(text, &lettering, position)
    }
}

/// The part of a backend that charts use, without type parameters.
trait Target {
    fn size(&self) -> (u32, u32);
    fn prepare(&mut self) -> Outcome;
    fn finish(&mut self) -> Outcome;
    fn rect(&mut self, upper_left: BackendCoord, bottom_right: BackendCoord, ink: Ink, fill: bool) -> Outcome;
    fn path(&mut self, path: &[BackendCoord], ink: Ink) -> Outcome;
    fn polygon(&mut self, path: &[BackendCoord], ink: Ink) -> Outcome;
    fn text(&mut self, text: &str, lettering: &Lettering<'_>, position: BackendCoord) -> Outcome;
}

impl<DB: DrawingBackend> Target for DB {
    fn size(&self) -> (u32, u32) {
        self.get_size()
    }

    fn prepare(&mut self) -> Outcome {
        self.ensure_prepared().map_err(failure)
    }

    fn finish(&mut self) -> Outcome {
        self.present().map_err(failure)
    }

    fn rect(&mut self, upper_left: BackendCoord, bottom_right: BackendCoord, ink: Ink, fill: bool) -> Outcome {
        self.draw_rect(upper_left, bottom_right, &ink, fill).map_err(failure)
    }

    fn path(&mut self, path: &[BackendCoord], ink: Ink) -> Outcome {
        self.draw_path(path.iter().copied(), &ink).map_err(failure)
    }

    fn polygon(&mut self, path: &[BackendCoord], ink: Ink) -> Outcome {
        self.fill_polygon(path.iter().copied(), &ink).map_err(failure)
    }

    fn text(&mut self, text: &str, lettering: &Lettering<'_>, position: BackendCoord) -> Outcome {
        self.draw_text(text, lettering, position).map_err(failure)
    }
}

#[cold]
fn failure<E: Error + Send + Sync>(error: DrawingErrorKind<E>) -> DrawingErrorKind<SurfaceError> {
    DrawingErrorKind::DrawingError(SurfaceError(error.to_string()))
}

#[derive(Clone, Copy)]
struct Ink {
    color: BackendColor,
    width: u32,
}

impl Ink {
    fn of(style: &impl BackendStyle) -> Self {
        Self { color: style.color(), width: style.stroke_width() }
    }
}

impl BackendStyle for Ink {
    fn color(&self) -> BackendColor {
        self.color
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

struct Lettering<'a> {
    color: BackendColor,
    size: f64,
    style: FontStyle,
    anchor: Pos,
    family: FontFamily<'a>,
}

impl BackendTextStyle for Lettering<'_> {
    type FontError = fmt::Error;

    fn color(&self) -> BackendColor {
        self.color
    }

    fn size(&self) -> f64 {
        self.size
    }

    fn transform(&self) -> FontTransform {
        FontTransform::None
    }

    fn style(&self) -> FontStyle {
        self.style
    }

    fn anchor(&self) -> Pos {
        self.anchor
    }

    fn family(&self) -> FontFamily<'_> {
        self.family
    }

    /// Backends that draw text themselves do not call this, and only such backends are used.
    fn layout_box(&self, _: &str) -> Result<((i32, i32), (i32, i32)), fmt::Error> {
        Err(fmt::Error)
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: F,
    ) -> Result<Result<(), E>, fmt::Error> {
        Err(fmt::Error)
    }
}
