//! Produces what is shared from the options: addresses, snippets, documents, tables, images.
//!
//! Invariant: text of the scenario or address appears in a snippet as text, never as markup.

use serde_json::{Map, Value, json};

use super::options::{Extent, Form, ShareOptions, Variant};
use crate::chart::{ChartKind, model, readout};
use crate::compare::{Difference, Outcome};
use crate::export::{
    BaseUrl, Options, annotations_json, comparison_csv, comparison_markdown, html, moment_markdown, post_mortem,
    recording_csv, series_json, summary_json, timeline_csv, timeline_markdown,
};
use crate::json;
use crate::replay::{Address, AddressTime, Player, TimeRange, View, now_sentence};
use crate::ui::address_bar;
use crate::ui::chart_image::ChartImage;
use crate::ui::preferences;
use crate::ui::run::Run;
use crate::units::UtcMs;

/// Height of a frame in CSS pixels: default view, or a chart.
const FRAME_HEIGHT_PX: [u32; 2] = [640, 400];

/// The run, player and address when the dialog was opened.
#[derive(Clone, PartialEq)]
pub struct Shared {
    pub run: Run,
    /// What happened, behind a what-if.
    pub actual: Option<Run>,
    pub player: Player,
    /// The page's address, at the player's moment.
    pub address: Address,
}

/// A text to copy and save.
#[derive(Clone, PartialEq)]
pub struct Text {
    pub text: String,
    /// The content to save, if it differs from the text.
    pub saved: Option<String>,
    /// Media type of the file.
    pub media_type: &'static str,
}

impl Shared {
    /// The moment of the playhead, to the second.
    pub fn at(&self) -> UtcMs {
        let at = self.player.at();
        UtcMs(at.0 - at.0.rem_euclid(1000))
    }

    /// The address on the full page.
    pub fn link(&self, options: &ShareOptions) -> Address {
        let address = Address { theme: options.theme, ..self.address.full_page() };
        let time = |ms: f64| Some(AddressTime::of_position(ms, &self.player.track));
        let (at, from, end) = match options.extent {
            Extent::Moment => (time(self.player.position_ms), None, None),
            Extent::Whole => (None, None, None),
            Extent::Piece => (time(options.piece_ms[0]), None, time(options.piece_ms[1])),
        };
        let zoom = address.zoom.filter(|_| options.extent == Extent::Moment);
        Address { at, from, end, zoom, looping: false, ..address }
    }

    /// The address of the embed view.
    pub fn embed(&self, options: &ShareOptions) -> Address {
        let panels = Some(options.panel.clone()).filter(|panel| !panel.is_empty()).into_iter().collect();
        let compare = self.compared(options).is_some();
        Address { embed: true, compare, controls: options.controls, panels, ..self.link(options) }
    }

    /// What happened, where it is to be shown behind the what-if.
    fn compared(&self, options: &ShareOptions) -> Option<&Run> {
        self.actual.as_ref().filter(|_| options.compares)
    }

    /// The text to share; `None` for images.
    pub fn text(&self, options: &ShareOptions) -> Option<Text> {
        let snippet = |text| Text { text, saved: None, media_type: "text/html" };
        match options.form {
            Form::Link => {
                let text = address_bar::absolute(&self.link(options));
                // A shortcut file, which Windows, macOS and Linux open in a browser.
                let saved = Some(format!("[InternetShortcut]\r\nURL={text}\r\n"));
                Some(Text { text, saved, media_type: "application/internet-shortcut" })
            }
            Form::Frame => Some(snippet(self.frame(options))),
            Form::Element => Some(snippet(self.element(options))),
            Form::Markdown | Form::Csv | Form::Json => options.variant().map(|variant| self.document(options, variant)),
            Form::Svg => {
                let text = self.picture(options).svg();
                Some(Text { text, saved: None, media_type: "image/svg+xml" })
            }
            Form::Png => None,
        }
    }

    /// The image to share.
    pub fn picture(&self, options: &ShareOptions) -> ChartImage {
        let zoom = match options.extent {
            Extent::Moment => self.player.view.zoom,
            Extent::Piece => Some(piece(options)),
            Extent::Whole => None,
        };
        let playhead_ms = (options.extent == Extent::Moment).then_some(self.player.position_ms);
        let dark = preferences::is_dark(options.theme.unwrap_or(self.player.view.theme));
        let view = View { zoom, ..self.player.view.clone() };
        let image = ChartImage::new(options.chart, &self.run, view, playhead_ms, dark);
        match self.compared(options) {
            Some(actual) => image.beside(options.chart, actual),
            None => image,
        }
    }

    /// Name of the file that these options are saved as.
    pub fn file_name(&self, options: &ShareOptions) -> String {
        let what = if options.form.is_image() {
            options.chart.id()
        } else {
            match options.variant() {
                Some(Variant::Document) => "post-mortem",
                Some(Variant::Timeline) => "timeline",
                Some(Variant::Quotation | Variant::Readings) => "moment",
                Some(Variant::Seconds) => "recording",
                Some(Variant::Annotations) => "annotations",
                Some(Variant::Comparison) => "comparison",
                Some(Variant::Series) => "series",
                Some(Variant::Summary) => "summary",
                None if options.form == Form::Link => "link",
                None => "embed",
            }
        };
        let clock = |ms: f64| self.player.track.at(ms).hh_mm().replace(':', "");
        let when = match options.extent {
            Extent::Moment => format!("-{}", clock(self.player.position_ms)),
            Extent::Piece => format!("-{}-{}", clock(options.piece_ms[0]), clock(options.piece_ms[1])),
            Extent::Whole => String::new(),
        };
        let extension = match options.form {
            Form::Markdown => "md",
            Form::Csv => "csv",
            Form::Json => "json",
            Form::Png => "png",
            Form::Svg => "svg",
            Form::Link => "url",
            Form::Frame | Form::Element => "html",
        };
        format!("{}-{what}{when}.{extension}", self.run.scenario.id)
    }

    /// "Checkout outage of 15 August 2024, 12:15 UTC".
    pub fn title(&self, options: &ShareOptions) -> String {
        let (title, track) = (&self.run.scenario.title, &self.player.track);
        match options.extent {
            Extent::Whole => title.clone(),
            Extent::Moment => format!("{title}, {} UTC", self.at().hh_mm()),
            Extent::Piece => {
                let [from, until] = options.piece_ms.map(|ms| track.at(ms).hh_mm());
                format!("{title}, {from} to {until} UTC")
            }
        }
    }

    fn frame(&self, options: &ShareOptions) -> String {
        let height_px = FRAME_HEIGHT_PX[usize::from(ChartKind::from_id(&options.panel).is_some())];
        format!(
            "<iframe src=\"{}\"\n  title=\"{}\"\n  width=\"100%\" height=\"{height_px}\" loading=\"lazy\" \
             allow=\"fullscreen; clipboard-write\"></iframe>\n",
            html(&address_bar::absolute(&self.embed(options))),
            html(&self.title(options)),
        )
    }

    fn element(&self, options: &ShareOptions) -> String {
        let embed = self.embed(options);
        let (query, _) = Address { embed: false, at: None, end: None, ..embed.clone() }.parts();
        let mut attributes = String::new();
        let mut add = |name: &str, value: &str| attributes += &format!("\n  {name}=\"{}\"", html(value));
        // Values without an attribute of the element stay in the address: the run, the audience, …
        let bare = Address { at: None, end: None, theme: None, speed: 1.0, ..self.link(options) };
        add("src", &address_bar::absolute(&bare));
        embed.at.iter().for_each(|at| add("start-at", &at.to_string()));
        embed.end.iter().for_each(|end| add("end", &end.to_string()));
        for (name, value) in query.split('&').filter_map(|part| part.split_once('=')) {
            if matches!(name, "speed" | "theme" | "controls" | "panel") {
                add(name, value);
            }
        }
        format!(
            "<script type=\"module\" src=\"{}\"></script>\n<incident-replay{attributes}>\n  <a href=\"{}\">{}</a>\n\
             </incident-replay>\n",
            html(&address_bar::beside("embed.js")),
            html(&address_bar::absolute(&self.link(options))),
            html(&self.title(options)),
        )
    }

    fn document(&self, options: &ShareOptions, variant: Variant) -> Text {
        let run = crate::export::RunRef {
            scenario: &self.run.scenario,
            recording: &self.run.recording,
            ledger: &self.run.ledger,
        };
        let base_url = address_bar::absolute(&Address::default()).parse::<BaseUrl>();
        let base_url = base_url.ok().filter(|_| self.run.has_address);
        let range = match options.extent {
            Extent::Whole => None,
            Extent::Piece => Some(piece(options)),
            // The minute that begins with the moment.
            Extent::Moment => {
                let from_ms = self.player.position_ms;
                TimeRange::within(from_ms, from_ms + 60_000.0, self.player.duration_ms(), 60_000.0)
            }
        };
        let link = base_url.as_ref().map(|_| address_bar::absolute(&self.link(options)));
        let export_options = Options { base_url, range, ..Options::default() };
        let (text, media_type) = match (options.form, variant) {
            (Form::Csv, Variant::Comparison) => {
                (self.difference().map_or_else(String::new, |of| comparison_csv(run.scenario, &of)), "text/csv")
            }
            (_, Variant::Comparison) => {
                let text = self.difference().map(|of| comparison_markdown(run.scenario, &of, None));
                (
                    text.unwrap_or_default() + &link.map_or_else(String::new, |link| format!("\n[{link}]({link})\n")),
                    "text/markdown",
                )
            }
            (Form::Csv, Variant::Timeline) => (timeline_csv(&run, &export_options), "text/csv"),
            (_, Variant::Quotation) => {
                (moment_markdown(&run, self.at(), self.player.view.audience, link.as_deref()), "text/markdown")
            }
            (_, Variant::Timeline) => (timeline_markdown(&run, &export_options), "text/markdown"),
            (_, Variant::Document) => (post_mortem(&run, &export_options, None), "text/markdown"),
            (_, Variant::Seconds) => (recording_csv(run.scenario, run.recording, export_options.range), "text/csv"),
            (_, Variant::Readings) => (json::to_lines(&self.readings(link)), "application/json"),
            (_, Variant::Summary) => (json::to_lines(&summary_json(&run)), "application/json"),
            (_, Variant::Annotations) => (json::to_lines(&annotations_json(&run, &export_options)), "application/json"),
            (_, Variant::Series) => (json::to_string(&series_json(&run)) + "\n", "application/json"),
        };
        Text { text, saved: None, media_type }
    }

    /// What differs between what happened and the what-if.
    fn difference(&self) -> Option<Difference> {
        let outcome = |run: &Run| Outcome::new(&run.scenario, &run.recording);
        self.actual.as_ref().map(|actual| Difference { actual: outcome(actual), what_if: outcome(&self.run) })
    }

    /// The readout of every chart at the moment.
    fn readings(&self, link: Option<String>) -> Value {
        let (run, at, view) = (&self.run, self.at(), &self.player.view);
        let mut charts = Map::new();
        for kind in ChartKind::of(&run.scenario) {
            let model = model(kind, &run.scenario, &run.recording);
            let readout = readout(&model, &View::default(), (at.0 - model.origin.0) as f64, 1.0);
            let rows = readout.rows.into_iter().map(|row| (row.name, Value::String(row.value)));
            charts.insert(kind.id().to_owned(), Value::Object(rows.collect()));
        }
        json!({
            "scenario": run.scenario.id,
            "what_if": run.scenario.what_if.changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "seed": run.recording.meta.seed,
            "digest": &*run.digest,
            "at": at.to_string(),
            "phase": self.player.phase().map(|phase| &phase.name),
            "sentence": now_sentence(&run.scenario, &run.recording, at, view.audience),
            "link": link,
            "charts": charts,
        })
    }
}

fn piece(options: &ShareOptions) -> TimeRange {
    TimeRange { from_ms: options.piece_ms[0], until_ms: options.piece_ms[1] }
}
