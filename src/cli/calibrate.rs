//! `calibrate`: find session size and deployment age.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::progress::{bar, for_seeds};
use super::{Failure, Source};
use crate::model;

#[derive(Args)]
pub(super) struct Calibrate {
    #[command(flatten)]
    source: Source,
    /// Number of seeds that each try is averaged over
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// Write the scenario with the found values to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Calibrate {
    pub fn run(&self) -> Result<ExitCode, Failure> {
        let scenario = self.source.load()?;
        let seeds: Vec<u64> = (1..=self.seeds).collect();
        let bar = bar(self.seeds, "runs of this try");
        super::tell(&format!("age_h  session_kib  detected  affected  failed   (means over {} seeds)", seeds.len()));
        let calibration = model::calibrate(
            &scenario,
            &seeds,
            |tried, seeds, probe| {
                bar.reset();
                for_seeds(seeds, &bar, |seed| probe.run(tried, seed))
            },
            |step| {
                let detected = scenario.incident.start.plus_s(step.detection_late_s).hh_mm_ss();
                let percent = |ratio: f64| format!("{:.1} %", ratio * 100.0);
                let line = format!(
                    "{:>5}  {:>11}  {detected}  {:>8}  {:>6}",
                    step.age_h,
                    step.session_kib,
                    percent(step.affected_ratio),
                    percent(step.failed_ratio)
                );
                bar.suspend(|| super::tell(&line));
            },
        )?;
        bar.finish_and_clear();
        let found = calibration.found;
        super::print(&format!(
            "session.size_kib={}\ndeployment.faulty_age_h={}\ninstances.rescheduled_age_h={}\n",
            found.session_kib, found.age_h, calibration.scenario.instances.rescheduled_age_h.value
        ))?;
        if let Some(out) = &self.out {
            super::save(out, &(calibration.scenario.to_json() + "\n"))?;
        }
        if !calibration.is_reached {
            super::tell("not reached: these are the best values found; detection, failed or affected users are off");
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}
