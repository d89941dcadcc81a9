//! The options of the Share dialog: form, time and appearance.
//!
//! Invariant: plain values; `content` turns them into what is shared.

use crate::chart::ChartKind;
use crate::replay::{Controls, Theme};

/// A form in which the replay can be shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Link,
    /// Text for documents and repositories.
    Markdown,
    Frame,
    Element,
    /// A chart as a vector image.
    Svg,
    /// A chart as a bitmap.
    Png,
    Csv,
    Json,
}

impl Form {
    pub const ALL: [Self; 8] =
        [Self::Link, Self::Markdown, Self::Frame, Self::Element, Self::Svg, Self::Png, Self::Csv, Self::Json];

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

    /// Where it is used.
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

    /// The available variants; forms with one variant offer no choice.
    pub fn variants(self, extent: Extent, is_compared: bool) -> &'static [Variant] {
        match (self, extent) {
            (Self::Markdown, Extent::Whole) if is_compared => {
                &[Variant::Comparison, Variant::Timeline, Variant::Document]
            }
            (Self::Csv, Extent::Whole) if is_compared => &[Variant::Comparison, Variant::Seconds, Variant::Timeline],
            (Self::Markdown, Extent::Moment) => &[Variant::Quotation],
            (Self::Markdown, _) => &[Variant::Timeline, Variant::Document],
            (Self::Csv, _) => &[Variant::Seconds, Variant::Timeline],
            (Self::Json, Extent::Moment) => &[Variant::Readings],
            (Self::Json, Extent::Piece) => &[Variant::Annotations],
            (Self::Json, Extent::Whole) => &[Variant::Summary, Variant::Annotations, Variant::Series],
            _ => &[],
        }
    }

    /// Whether it leads to a run by its address.
    pub fn needs_address(self) -> bool {
        matches!(self, Self::Link | Self::Frame | Self::Element)
    }

    pub fn is_image(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }

    /// Whether it embeds the replay in a page.
    pub fn is_embed(self) -> bool {
        matches!(self, Self::Frame | Self::Element)
    }
}

/// The content of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variant {
    /// The "now" sentence.
    Quotation,
    /// The events.
    Timeline,
    /// The post-mortem document.
    Document,
    /// Every series, second by second.
    Seconds,
    /// The readouts of the charts.
    Readings,
    /// Summary and claims.
    Summary,
    /// The events as Grafana annotations.
    Annotations,
    /// Every series in columns.
    Series,
    /// What differs between what happened and the what-if.
    Comparison,
}

impl Variant {
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
            Self::Comparison => "The difference",
        }
    }
}

/// The shared time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    Moment,
    /// A range of the window.
    Piece,
    Whole,
}

impl Extent {
    pub const ALL: [Self; 3] = [Self::Moment, Self::Piece, Self::Whole];
}

/// The chosen options.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareOptions {
    pub form: Form,
    /// Ignored if the form does not have it.
    pub variant: Option<Variant>,
    /// Whether what happened is shown behind a what-if.
    pub compares: bool,
    pub extent: Extent,
    /// Start and end of the range, in milliseconds since the start of the window.
    pub piece_ms: [f64; 2],
    /// Panel of an embed; empty for the default view.
    pub panel: String,
    /// The chart of an image.
    pub chart: ChartKind,
    /// The reader's preference when absent.
    pub theme: Option<Theme>,
    /// Controls of an embed.
    pub controls: Controls,
}

impl ShareOptions {
    /// The chosen variant if the form has it, else the form's first.
    pub fn variant(&self) -> Option<Variant> {
        let variants = self.form.variants(self.extent, self.compares);
        self.variant.filter(|variant| variants.contains(variant)).or(variants.first().copied())
    }
}
