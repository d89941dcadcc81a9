//! What is shared: in which form, of which time, and how it looks.
//!
//! Invariant: plain values; what they lead to is worked out in `content`.

use crate::chart::ChartKind;
use crate::replay::{Controls, Theme};

/// A form in which the replay can be shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// The address.
    Link,
    /// Text for documents and repositories.
    Markdown,
    /// A frame.
    Frame,
    /// The custom element.
    Element,
    /// A chart as vectors.
    Svg,
    /// A chart as pixels.
    Png,
    /// Tables.
    Csv,
    /// Data.
    Json,
}

impl Form {
    /// All, in the order shown.
    pub const ALL: [Self; 8] =
        [Self::Link, Self::Markdown, Self::Frame, Self::Element, Self::Svg, Self::Png, Self::Csv, Self::Json];

    /// The name shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::Link => "Link",
            Self::Markdown => "Markdown",
            Self::Frame => "Frame",
            Self::Element => "Element",
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }

    /// Where it goes.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Link => "chat, mail, tickets",
            Self::Markdown => "README, wiki, post-mortem",
            Self::Frame => "any page that takes iframes",
            Self::Element => "your own pages, with a script",
            Self::Svg => "a chart, sharp at any size",
            Self::Png => "a chart for slides and mail",
            Self::Csv => "a table for a spreadsheet",
            Self::Json => "data for programs",
        }
    }

    /// The variants there are, each with the name shown; a form with one has nothing to choose.
    pub fn variants(self, extent: Extent) -> &'static [Variant] {
        match (self, extent) {
            (Self::Markdown, Extent::Moment) => &[Variant::Quotation],
            (Self::Markdown, _) => &[Variant::Timeline, Variant::Document],
            (Self::Csv, _) => &[Variant::Seconds, Variant::Timeline],
            (Self::Json, Extent::Moment) => &[Variant::Readings],
            (Self::Json, Extent::Piece) => &[Variant::Annotations],
            (Self::Json, Extent::Whole) => &[Variant::Summary, Variant::Annotations, Variant::Series],
            _ => &[],
        }
    }

    /// Whether it is a picture of a chart.
    pub fn is_image(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }

    /// Whether it is the replay itself, within a page.
    pub fn is_embed(self) -> bool {
        matches!(self, Self::Frame | Self::Element)
    }
}

/// What of the run a text tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variant {
    /// The sentence of the moment.
    Quotation,
    /// The events.
    Timeline,
    /// The post-mortem document.
    Document,
    /// Every series, second by second.
    Seconds,
    /// What the charts say of the moment.
    Readings,
    /// Summary and claims.
    Summary,
    /// The events, as Grafana takes them.
    Annotations,
    /// Every series in columns.
    Series,
}

impl Variant {
    /// The name shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quotation => "Quotation",
            Self::Timeline => "Timeline",
            Self::Document => "Post-mortem document",
            Self::Seconds => "Every second",
            Self::Readings => "Readings",
            Self::Summary => "Summary and claims",
            Self::Annotations => "Events",
            Self::Series => "Every series",
        }
    }
}

/// Which time is shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// The moment of the playhead.
    Moment,
    /// A piece of the window.
    Piece,
    /// The window.
    Whole,
}

impl Extent {
    /// All, in the order shown.
    pub const ALL: [Self; 3] = [Self::Moment, Self::Piece, Self::Whole];
}

/// Everything that is chosen.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareOptions {
    /// The form.
    pub form: Form,
    /// Which of its variants, if the form has it.
    pub variant: Option<Variant>,
    /// The time.
    pub extent: Extent,
    /// Start and end of the piece, in milliseconds since the start of the window.
    pub piece_ms: [f64; 2],
    /// What an embed shows: nothing is its usual view.
    pub panel: String,
    /// The chart of a picture.
    pub chart: ChartKind,
    /// Colours; the reader's own when absent.
    pub theme: Option<Theme>,
    /// The player of an embed.
    pub controls: Controls,
}

impl ShareOptions {
    /// The variant that is meant.
    pub fn variant(&self) -> Option<Variant> {
        let variants = self.form.variants(self.extent);
        self.variant.filter(|variant| variants.contains(variant)).or(variants.first().copied())
    }
}
