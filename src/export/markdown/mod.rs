//! The run as a post-mortem document in Markdown, to be completed by people.
//!
//! Invariant: every figure says whether it is reported, simulated or assumed. Sentences and figures come from the run, the
//! scenario and the ledger; what only people can tell is left to fill in.

mod appendix;
mod document;
mod response;

use document::Document;

use super::{Options, Run, chart_path, events};
use crate::chart::{ChartKind, model, summary};
use crate::replay::{Figures, Reader, TimeZone, headline, now_sentence, tiles};
use crate::scenario::FactKind;
use crate::units::UtcMs;

/// The document. With `charts`, the folder beside it where [`super::files`] puts the pictures, it shows them; with a base
/// address, times lead to the replay at that moment.
#[must_use]
pub fn post_mortem(run: &Run<'_>, options: &Options<'_>, charts: Option<&str>) -> String {
    let options = &Options { range: None, ..options.clone() };
    let written = &mut Written { run, options, charts, document: Document::default() };
    head(written);
    impact(written);
    timeline(written);
    response::causes(written);
    response::detection(written);
    response::diagnosis(written);
    response::lessons(written);
    response::actions(written);
    appendix::claims(written);
    appendix::assumptions(written);
    std::mem::take(&mut written.document).into_string()
}

/// The events in the range of the options as a table; times lead to the replay where there is a base address.
#[must_use]
pub fn timeline_markdown(run: &Run<'_>, options: &Options<'_>) -> String {
    let mut written = Written { run, options, charts: None, document: Document::default() };
    timeline_table(&mut written);
    written.document.into_string()
}

/// A moment as a quotation: the sentence for a reader, with the time leading to `link`, an address without brackets and
/// spaces.
#[must_use]
pub fn moment_markdown(run: &Run<'_>, at: UtcMs, reader: Reader, link: Option<&str>) -> String {
    let sentence = now_sentence(run.scenario, run.recording, at, reader);
    let mut document = Document::default();
    document.raw("> **").link(format!("{} UTC", at.hh_mm()), link).raw("** ").text(sentence);
    document.raw(" *(simulated; ").text(&run.scenario.title).raw(")*\n");
    document.into_string()
}

/// The document so far, and what it is about.
struct Written<'a> {
    run: &'a Run<'a>,
    options: &'a Options<'a>,
    charts: Option<&'a str>,
    document: Document,
}

impl Written<'_> {
    /// The facts of some kinds, as a list.
    fn facts(&mut self, kinds: &[FactKind]) {
        for fact in self.run.scenario.facts.iter().filter(|fact| kinds.contains(&fact.kind)) {
            self.document.raw("- ").text(&fact.text).raw(" *(reported, ").text(&fact.id).raw(")*\n");
        }
    }

    /// The replay at a moment.
    fn link_to(&self, at: UtcMs) -> Option<String> {
        self.options.base_url.as_ref().and_then(|base| base.at(self.run.scenario, at))
    }

    fn charts(&mut self, kinds: &[ChartKind]) {
        let Run { scenario, recording, .. } = *self.run;
        for kind in kinds.iter().filter(|_| self.charts.is_some()) {
            let model = model(*kind, scenario, recording);
            let summary = summary(&model, scenario, recording, TimeZone::Utc);
            let text = format!("{} (simulated). {summary}", model.title);
            self.document.picture(text, &chart_path(*kind));
        }
    }
}

fn head(written: &mut Written<'_>) {
    let Run { scenario, recording, .. } = *written.run;
    let link = written.link_to(scenario.incident.start);
    let document = &mut written.document;
    document.raw("# Post-mortem: ").text(&scenario.title).raw("\n\n");
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

fn impact(written: &mut Written<'_>) {
    let Run { scenario, recording, ledger } = *written.run;
    written.document.raw("## Impact\n\n");
    written.facts(&[FactKind::Scope, FactKind::Time, FactKind::Impact]);
    let document = &mut written.document;
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
    written.charts(&[ChartKind::Checkouts, ChartKind::Latency]);
}

fn timeline(written: &mut Written<'_>) {
    written.document.raw("## Timeline\n\n");
    timeline_table(written);
    written.document.raw("\n");
}

fn timeline_table(written: &mut Written<'_>) {
    written.document.table(["Time (UTC)", "Event", "", "Source"]);
    let window_from = written.run.scenario.window.from;
    let [from, until] = written.options.covered(written.run.scenario);
    let everything = written.options.range.is_none();
    let is_told = |event: &&super::Event| {
        event.kind != super::EventKind::Incident && (everything || (from <= event.at && event.at <= until))
    };
    for event in events(written.run).iter().filter(is_told) {
        let link = written.link_to(event.at);
        let time = if event.at < window_from { event.at.to_string() } else { event.at.hh_mm_ss() };
        written.document.raw("| ").link(time, link.as_deref()).raw(" | ").text(&event.title);
        written.document.raw(" | ").text(&event.text).raw(" | ").raw(event.source.word()).raw(" |\n");
    }
}
