//! The run as a post-mortem document in Markdown, for people to complete.
//!
//! Invariant: every figure says whether it is reported, simulated or assumed. Sentences and figures come from the run, the
//! scenario and the ledger. Blanks mark what only people can know.

mod appendix;
mod comparison;
mod document;
mod response;

pub use comparison::comparison_markdown;
use document::Document;

use super::{Options, RunRef, chart_path, events};
use crate::chart::{ChartKind, model, summary};
use crate::replay::{Audience, Figures, TimeZone, headline, now_sentence, tiles};
use crate::scenario::FactKind;
use crate::units::UtcMs;

/// The document. With `charts`, the name of the folder with the images of [`super::files`], it shows them; with a base
/// address, times link to the replay.
#[must_use]
pub fn post_mortem(run: &RunRef<'_>, options: &Options<'_>, charts: Option<&str>) -> String {
    let options = &Options { range: None, ..options.clone() };
    let writer = &mut Writer { run, options, charts, document: Document::default() };
    head(writer);
    impact(writer);
    timeline(writer);
    response::causes(writer);
    response::detection(writer);
    response::diagnosis(writer);
    response::lessons(writer);
    response::actions(writer);
    appendix::claims(writer);
    appendix::assumptions(writer);
    std::mem::take(&mut writer.document).into_string()
}

/// The events in the range of the options, as a table; times link to the replay where there is a base address.
#[must_use]
pub fn timeline_markdown(run: &RunRef<'_>, options: &Options<'_>) -> String {
    let mut writer = Writer { run, options, charts: None, document: Document::default() };
    timeline_table(&mut writer);
    writer.document.into_string()
}

/// A moment as a quotation: the sentence for an audience. The time links to `link`, an address without brackets and spaces.
#[must_use]
pub fn moment_markdown(run: &RunRef<'_>, at: UtcMs, audience: Audience, link: Option<&str>) -> String {
    let sentence = now_sentence(run.scenario, run.recording, at, audience);
    let mut document = Document::default();
    document.raw("> **").link(format!("{} UTC", at.hh_mm()), link).raw("** ").text(sentence);
    document.raw(" *(simulated; ").text(&run.scenario.title);
    if let Some(line) = run.scenario.what_if.line() {
        document.raw("; ").text(line);
    }
    document.raw(")*\n");
    document.into_string()
}

/// The document so far, and its run and options.
struct Writer<'a> {
    run: &'a RunRef<'a>,
    options: &'a Options<'a>,
    charts: Option<&'a str>,
    document: Document,
}

impl Writer<'_> {
    /// A list of the facts of some kinds.
    fn facts(&mut self, kinds: &[FactKind]) {
        for fact in self.run.scenario.facts.iter().filter(|fact| kinds.contains(&fact.kind)) {
            self.document.raw("- ").text(&fact.text).raw(" *(reported, ").text(&fact.id).raw(")*\n");
        }
    }

    /// The address of a moment.
    fn link_to(&self, at: UtcMs) -> Option<String> {
        self.options.base_url.as_ref().and_then(|base| base.at(self.run.scenario, at))
    }

    fn charts(&mut self, kinds: &[ChartKind]) {
        let RunRef { scenario, recording, .. } = *self.run;
        for kind in kinds.iter().filter(|_| self.charts.is_some()) {
            let model = model(*kind, scenario, recording);
            let summary = summary(&model, scenario, recording, TimeZone::Utc);
            let text = format!("{} (simulated). {summary}", model.title);
            self.document.picture(text, &chart_path(*kind));
        }
    }
}

fn head(writer: &mut Writer<'_>) {
    let RunRef { scenario, recording, .. } = *writer.run;
    let link = writer.link_to(scenario.incident.start);
    let document = &mut writer.document;
    document.raw("# Post-mortem: ").text(&scenario.title).raw("\n\n");
    if let Some(line) = scenario.what_if.line() {
        document.raw("**").text(line).raw(".** What follows as simulated is not the incident as it was reported.\n\n");
    }
    document.text(headline(scenario, recording)).raw(" *(simulated)*\n\n");
    document.raw("| | |\n| --- | --- |\n| Service | ").text(&scenario.incident.service);
    document.raw(" |\n| Users could not | ").text(&scenario.incident.journey);
    let (start, end) = (scenario.incident.start, scenario.incident.end);
    document.raw(" |\n| Incident (reported) | ").text(start).raw(" to ").text(end);
    document.raw(" |\n| Status | *to fill in* |\n| Authors | *to fill in* |\n");
    if let Some(link) = link {
        document.raw("| Replay | ").link("from the start of the incident", Some(&link)).raw(" |\n");
    }
    document.raw(
        "\n*Reported* is what the report of the incident says. *Simulated* is read from one run of a model of the service. \
         *Assumed* is what the model needs and the report does not give. Times are in UTC.\n\n",
    );
}

fn impact(writer: &mut Writer<'_>) {
    let RunRef { scenario, recording, ledger } = *writer.run;
    writer.document.raw("## Impact\n\n");
    writer.facts(&[FactKind::Scope, FactKind::Time, FactKind::Impact]);
    let document = &mut writer.document;
    document.raw("\n");
    let tiles = tiles(ledger);
    if !tiles.is_empty() {
        document.table(["", "Reported", "Simulated", "Claim"]);
        for tile in tiles {
            document.row([&tile.label, &tile.reported, &tile.simulated, &tile.claim]);
        }
        document.raw("\n");
    }
    document.table(["Figure", "Value", "Source", "How"]);
    for figure in Figures::new(scenario, recording, recording.until()).rows {
        document.row([&figure.label, &figure.shown, &figure.source.word(), &figure.how]);
    }
    document.raw("\n");
    writer.charts(&[ChartKind::Checkouts, ChartKind::Latency]);
}

fn timeline(writer: &mut Writer<'_>) {
    writer.document.raw("## Timeline\n\n");
    timeline_table(writer);
    writer.document.raw("\n");
}

fn timeline_table(writer: &mut Writer<'_>) {
    writer.document.table(["Time (UTC)", "Event", "", "Source"]);
    let window_from = writer.run.scenario.window.from;
    let range = writer.options.covered(writer.run.scenario);
    let everything = writer.options.range.is_none();
    let is_told =
        |event: &&super::Event| event.kind != super::EventKind::Incident && (everything || event.begins_within(range));
    for event in events(writer.run).iter().filter(is_told) {
        let link = writer.link_to(event.at);
        let time = if event.at < window_from { event.at.to_string() } else { event.at.hh_mm_ss() };
        writer.document.raw("| ").link(time, link.as_deref()).raw(" | ").text(&event.title);
        writer.document.raw(" | ").text(&event.text).raw(" | ").raw(event.source.word()).raw(" |\n");
    }
}
