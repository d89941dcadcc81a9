//! `compare`: what happened beside a what-if, with how sure the difference is.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::progress::bar;
use super::{Failure, Source, first_line};
use crate::compare::{Difference, Interval, Outcome, Paired, SEEDS_MIN, candidates, doubts};
use crate::export::{Options, comparison_csv, comparison_markdown, comparison_svg};
use crate::model::World;
use crate::scenario::{Scenario, Setting};

#[derive(Args)]
pub(super) struct Compare {
    #[command(flatten)]
    source: Source,
    /// Take an action: ID@TIME, with fields after commas: --act rolling_restart@11:15 --act shed@11:15,ratio=0.5
    #[arg(long = "act", value_name = "ID@TIME[,FIELD=VALUE]")]
    acts: Vec<String>,
    /// Take a measure of the scenario, or another candidate of `rank`, by its id; may be repeated
    #[arg(long = "measure", value_name = "ID")]
    measures: Vec<String>,
    /// Seeds to compare, 1, 2, 3 …: ends earlier when the difference is known well enough. 1 compares the scenario's own
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For the action items of a post-mortem
    Markdown,
    /// The table of differences
    Csv,
    /// The checkouts, with what happened dashed and the difference shaded
    Svg,
}

/// What a comparison found.
struct Found {
    /// That of the scenario's own seed.
    difference: Difference,
    digests: [String; 2],
    /// Seeds compared; empty when only one was asked for.
    seeds: Vec<u64>,
    affected: Paired,
    failed: Paired,
}

impl Compare {
    pub fn run(&self) -> Result<(), Failure> {
        let scenario = self.source.load_unchanged()?;
        let settings = self.settings(&scenario)?;
        if settings.is_empty() {
            return Err("nothing to compare: change something with --set, --act or --measure".into());
        }
        let changed = scenario.with(&settings)?;
        let found = compare(&scenario, &changed, self.seeds)?;
        super::print(&match self.format {
            Format::Text => text(&scenario, &changed, &found),
            Format::Json => crate::json::to_lines(&to_json(&scenario, &changed, &settings, &found)),
            Format::Markdown => comparison_markdown(&changed, &found.difference, Some(&found.failed)),
            Format::Csv => comparison_csv(&changed, &found.difference),
            Format::Svg => {
                let [actual, what_if] = [&scenario, &changed].map(|side| World::run(side, scenario.seed));
                let sentence = found.difference.sentence(&scenario);
                comparison_svg((&scenario, &actual?), (&changed, &what_if?), &sentence, &Options::default())
            }
        })
    }

    /// Everything that is changed; what is said later wins.
    fn settings(&self, scenario: &Scenario) -> Result<Vec<Setting>, Failure> {
        let mut settings = Vec::new();
        let known = candidates(scenario);
        for id in &self.measures {
            let found = known.iter().find(|candidate| candidate.id == *id).ok_or_else(|| {
                let ids: Vec<&str> = known.iter().map(|candidate| candidate.id.as_str()).collect();
                format!("--measure {id}: expected one of {}", ids.join(", "))
            })?;
            settings.extend(found.settings.clone());
        }
        for act in &self.acts {
            settings.extend(action(act)?);
        }
        for text in &self.source.settings {
            settings.push(text.parse()?);
        }
        Ok(settings)
    }
}

/// The settings of `ID@TIME,FIELD=VALUE`. A comma inside of brackets belongs to the value.
fn action(text: &str) -> Result<Vec<Setting>, Failure> {
    let wanted = || format!("--act {text}: write ID@TIME, such as rolling_restart@11:15 or shed@11:15,ratio=0.5");
    let (id, rest) = text.split_once('@').ok_or_else(wanted)?;
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in rest.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    let (at, fields) =
        parts.split_first().filter(|(at, _)| !id.is_empty() && !at.trim().is_empty()).ok_or_else(wanted)?;
    let mut settings = vec![Setting::new(&format!("actions.{id}.at"), at.trim())];
    for field in fields {
        let (name, value) = field.split_once('=').ok_or_else(wanted)?;
        settings.push(Setting::new(&format!("actions.{id}.{}", name.trim()), value.trim()));
    }
    Ok(settings)
}

fn compare(scenario: &Scenario, changed: &Scenario, seeds: u64) -> Result<Found, Failure> {
    let both = |seed: u64| -> Result<([Outcome; 2], [String; 2]), String> {
        let [actual, what_if] =
            [scenario, changed].map(|side| World::run(side, seed).map_err(|error| first_line(&error.to_string())));
        let [actual, what_if] = [actual?, what_if?];
        Ok(([Outcome::new(scenario, &actual), Outcome::new(changed, &what_if)], [actual.digest(), what_if.digest()]))
    };
    let ([actual, what_if], digests) = both(scenario.seed)?;
    let mut found = Found {
        difference: Difference { actual, what_if },
        digests,
        seeds: Vec::new(),
        affected: Paired::default(),
        failed: Paired::default(),
    };
    if seeds == 1 {
        return Ok(found);
    }
    let bar = bar(seeds, "seeds");
    // In pieces: after each it is asked whether more seeds would tell more.
    let all: Vec<u64> = (1..=seeds).collect();
    for piece in all.chunks(SEEDS_MIN) {
        let outcomes: Vec<Result<_, String>> =
            piece.par_iter().map(|seed| both(*seed).inspect(|_| bar.inc(1))).collect();
        for (seed, outcome) in piece.iter().zip(outcomes) {
            let ([actual, what_if], _) = outcome?;
            found.seeds.push(*seed);
            found.affected.add(actual.affected() as f64, what_if.affected() as f64);
            found.failed.add(actual.failed as f64, what_if.failed as f64);
        }
        if found.affected.is_enough() && found.failed.is_enough() {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(found)
}

fn text(scenario: &Scenario, changed: &Scenario, found: &Found) -> String {
    let mut text = format!("{}\n{}\n", changed.what_if.line().unwrap_or_default(), found.difference.sentence(scenario));
    let _infallible = writeln!(text, "\n{:<20} {:>14} {:>14}  difference", "", "actual", "what if");
    for row in found.difference.rows() {
        let mark = match row.is_better {
            Some(true) => "better",
            Some(false) => "worse",
            None => "",
        };
        let line = format!("{:<20} {:>14} {:>14}  {:<24} {mark}", row.label, row.actual, row.what_if, row.difference);
        let _infallible = writeln!(text, "{}", line.trim_end());
    }
    for doubt in doubts(scenario, changed, &found.difference.what_if) {
        let _infallible = writeln!(text, "{doubt}");
    }
    let _infallible = writeln!(
        text,
        "\nseed {}; simulated, users who started between {} and {} UTC; digests {} and {}",
        scenario.seed,
        scenario.window.from.hh_mm(),
        scenario.window.until.hh_mm(),
        found.digests[0],
        found.digests[1]
    );
    for (what, pair) in [("affected", &found.affected), ("failed", &found.failed)] {
        let Some(((spared, actual), what_if)) = pair.spared().zip(pair.actual()).zip(pair.what_if()) else { continue };
        let _infallible = writeln!(
            text,
            "{what:<9} {} fewer, over {} seeds (95 % confidence); either side alone {} and {}",
            spared.shown(),
            pair.seeds(),
            actual.shown(),
            what_if.shown()
        );
    }
    text
}

fn to_json(scenario: &Scenario, changed: &Scenario, settings: &[Setting], found: &Found) -> Value {
    let interval = |interval: Option<Interval>| {
        // A single seed has no interval.
        interval.map(|i| json!({"mean": i.mean, "half_width": i.half_width.is_finite().then_some(i.half_width)}))
    };
    let pair = |pair: &Paired| json!({"spared": interval(pair.spared()), "actual": interval(pair.actual()), "what_if": interval(pair.what_if())});
    json!({
        "scenario": scenario.id,
        "what_if": changed.what_if.to_string(),
        "settings": settings.iter().map(|s| format!("{}={}", s.path, s.value)).collect::<Vec<_>>(),
        "seed": scenario.seed,
        "sentence": found.difference.sentence(scenario),
        "actual": found.difference.actual,
        "actual_digest": found.digests[0],
        "outcome": found.difference.what_if,
        "digest": found.digests[1],
        "doubts": doubts(scenario, changed, &found.difference.what_if),
        "users_spared": found.difference.users_spared(),
        "seeds": found.seeds,
        "affected": pair(&found.affected),
        "failed": pair(&found.failed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_its_settings() {
        let told = |text: &str| -> Vec<String> {
            let settings = action(text).unwrap_or_else(|error| panic!("{error}"));
            settings.iter().map(|s| format!("{}={}", s.path, s.value)).collect()
        };
        assert_eq!(told("rolling_restart@11:15"), ["actions.rolling_restart.at=11:15"]);
        assert_eq!(
            told("restart_2@detected + 5 min,waves=[1,7],bake_s=60"),
            ["actions.restart_2.at=detected + 5 min", "actions.restart_2.waves=[1,7]", "actions.restart_2.bake_s=60"]
        );
        for wrong in ["", "restart", "@11:15", "restart@", "restart@11:15,waves"] {
            assert!(action(wrong).is_err(), "{wrong:?}");
        }
    }
}
