//! `export`: files for post-mortem documents, Prometheus and Grafana.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, Source, save, simulated};
use crate::export::{BaseUrl, Format, Options, RunRef, files};
use crate::replay::TimeRange;
use crate::scenario::Scenario;

#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    source: Source,
    /// Seed of the run; the scenario's when absent
    #[arg(long)]
    seed: Option<u64>,
    /// What to write; may be repeated or separated by commas. All when absent
    #[arg(long = "format", value_enum, value_name = "FORMAT", value_delimiter = ',')]
    formats: Vec<Format>,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where the replay is published: times in documents lead there
    #[arg(long, value_name = "URL")]
    base_url: Option<BaseUrl>,
    /// Start of the piece that tables, charts and annotations cover, HH:MM[:SS] in UTC
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of that piece
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

impl Export {
    pub fn run(&self) -> Result<ExitCode, Failure> {
        let scenario = self.source.load_with_seed(self.seed)?;
        let range = self.range(&scenario)?;
        let (recording, ledger) = simulated(&scenario, scenario.seed)?;
        let run = RunRef { scenario: &scenario, recording: &recording, ledger: &ledger };
        let options = Options { base_url: self.base_url.clone(), range, ..Options::default() };
        for format in Format::ALL.into_iter().filter(|format| self.wants(*format)) {
            for file in files(format, &run, &options) {
                let path = self.out.join(&file.path);
                save(&path, &file.text)?;
                super::print(&format!("{}\n", path.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn wants(&self, format: Format) -> bool {
        self.formats.is_empty() || self.formats.contains(&format)
    }

    fn range(&self, scenario: &Scenario) -> Result<Option<TimeRange>, Failure> {
        if self.from.is_none() && self.until.is_none() {
            return Ok(None);
        }
        let window = &scenario.window;
        let ms = |name: &str, text: &Option<String>, otherwise: f64| match text {
            None => Ok(otherwise),
            Some(text) => {
                let at = window.at_clock(text).ok_or_else(|| format!("{name} {text:?}: expected HH:MM or HH:MM:SS"))?;
                let inside = window.from <= at && at <= window.until;
                let outside = || format!("{name} {text}: expected {} to {}", window.from.hh_mm(), window.until.hh_mm());
                if inside { Ok(at.seconds_since(window.from) * 1000.0) } else { Err(outside()) }
            }
        };
        let (from_ms, until_ms) =
            (ms("--from", &self.from, 0.0)?, ms("--until", &self.until, scenario.window_s() * 1000.0)?);
        if from_ms >= until_ms {
            return Err("--from: must lie before --until".into());
        }
        Ok(Some(TimeRange { from_ms, until_ms }))
    }
}
