//! `story`: the content of the page without JavaScript or WebAssembly, made from a run: sections of HTML and charts as SVG.
//!
//! Invariant: every sentence and figure comes from the run, the scenario or the ledger, and is escaped.

mod charts;
mod link_preview;
mod markup;
mod sections;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, Source, save, simulated};
use crate::export::RunRef;
use crate::replay::headline;
use crate::scenario::Scenario;
use charts::ImagePlacement;
use markup::Markup;

/// Folder of the charts, beside the page.
const CHARTS: &str = "story";

/// The sections, for which `index.html` has placeholders.
pub(super) const SECTIONS: [&str; 4] = ["title", "headline", "tiles", "story"];

#[derive(Args)]
pub(super) struct Story {
    #[command(flatten)]
    source: Source,
    /// Folder to write to: title.html, headline.html, tiles.html, story.html, story/*.svg and preview.svg
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Story {
    pub fn run(&self) -> Result<ExitCode, Failure> {
        for (path, text) in render(&self.source.load()?, ImagePlacement::Files)? {
            save(&self.out.join(path), &text)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The sections of the story as HTML, by name, with their pictures inline.
pub(super) struct StorySections(Vec<(String, String)>);

impl StorySections {
    /// The HTML of one of [`SECTIONS`].
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(path, _)| path.strip_suffix(".html") == Some(name)).map_or("", |(_, text)| text)
    }
}

/// Simulates a scenario and renders its story.
///
/// # Errors
/// The scenario cannot be simulated.
pub(super) fn sections(scenario: &Scenario) -> Result<StorySections, Failure> {
    Ok(StorySections(render(scenario, ImagePlacement::Inline)?))
}

/// Text as HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut markup = Markup::default();
    markup.text(text);
    markup.into_string()
}

/// Simulates a scenario; returns paths and contents of the files.
fn render(scenario: &Scenario, pictures: ImagePlacement) -> Result<Vec<(String, String)>, Failure> {
    let (recording, ledger) = simulated(scenario, scenario.seed)?;
    Ok(files(&RunRef { scenario, recording: &recording, ledger: &ledger }, pictures))
}

/// Paths and contents of the files.
fn files(run: &RunRef<'_>, pictures: ImagePlacement) -> Vec<(String, String)> {
    let charts = charts::all(run, pictures);
    let piece = |name: &str, fill: &dyn Fn(&mut Markup)| {
        let mut markup = Markup::default();
        fill(&mut markup);
        (format!("{name}.html"), markup.into_string())
    };
    let mut files = vec![
        piece("title", &|html| sections::title(html, run)),
        piece("headline", &|html| {
            html.text(headline(run.scenario, run.recording));
        }),
        piece("tiles", &|html| sections::tiles(html, run)),
        piece("story", &|html| sections::story(html, run, &charts)),
    ];
    files.extend(charts.into_iter().flat_map(charts::Chart::into_files));
    files.push(("preview.svg".to_owned(), link_preview::link_preview_svg(run)));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::ChartKind;
    use crate::model::World;
    use crate::recording::Ledger;

    fn bundled(change: impl Fn(&mut Scenario)) -> Vec<(String, String)> {
        let mut scenario = Scenario::bundled();
        change(&mut scenario);
        let recording = World::run(&scenario, scenario.seed).expect("the bundled scenario runs");
        let ledger = Ledger::new(&scenario, &recording, None);
        files(&RunRef { scenario: &scenario, recording: &recording, ledger: &ledger }, ImagePlacement::Files)
    }

    fn file<'a>(files: &'a [(String, String)], path: &str) -> &'a str {
        files.iter().find(|(name, _)| name == path).map_or("", |(_, text)| text)
    }

    #[test]
    fn everything_of_the_report_is_told() {
        let files = bundled(|_| {});
        let (scenario, story) = (Scenario::bundled(), file(&files, "story.html"));
        let texts = scenario.facts.iter().map(|fact| &fact.text);
        let texts = texts.chain(scenario.timeline.iter().flat_map(|event| [&event.title, &event.text]));
        for text in texts.chain(scenario.claims.iter().map(|claim| &claim.text)) {
            let mut wanted = Markup::default();
            wanted.text(text);
            assert!(story.contains(&wanted.into_string()), "{text}");
        }
        assert!(file(&files, "headline.html").len() > 40);
        assert_eq!(file(&files, "tiles.html").matches("class=\"tile ").count(), 4);
    }

    #[test]
    fn every_picture_is_there_in_both_themes() {
        let files = bundled(|_| {});
        let story = file(&files, "story.html");
        let kinds = ChartKind::of(&Scenario::bundled());
        for kind in &kinds {
            for path in [format!("story/{}.svg", kind.id()), format!("story/{}-dark.svg", kind.id())] {
                assert!(story.contains(&format!("\"{path}\"")), "{path} is shown");
                let svg = file(&files, &path);
                assert!(svg.starts_with("<svg") && !svg.contains("style="), "{path} is a picture without inline style");
            }
        }
        assert_eq!(story.matches("<img ").count(), kinds.len());
        assert!(!story.contains("style=") && !story.contains("<script"));
    }

    #[test]
    fn the_preview_has_the_size_that_its_readers_expect() {
        let files = bundled(|scenario| scenario.title = "<b>\"".to_owned());
        let svg = file(&files, "preview.svg");
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\""));
        assert!(svg.contains("&lt;b&gt;&quot;") && svg.trim_end().ends_with("</svg>"));
        assert_eq!((svg.matches("<svg").count(), svg.matches("</svg>").count()), (2, 2), "a chart is in it");
    }

    #[test]
    fn a_hostile_scenario_stays_text() {
        let hostile = "<img src=x onerror=\"alert('1')\"> & more";
        let files = bundled(|scenario| {
            scenario.title = hostile.to_owned();
            scenario.incident.service = hostile.to_owned();
            scenario.facts[0].text = hostile.to_owned();
            scenario.timeline[0].title = hostile.to_owned();
            scenario.claims[0].text = hostile.to_owned();
        });
        for (path, text) in &files {
            assert!(!text.contains("<img src=x") && !text.contains("alert('1')"), "{path}");
        }
        assert!(
            file(&files, "title.html").contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more")
        );
    }
}
