//! Runs long work on all cores, with a progress bar on a terminal. Ctrl-C ends the process; nothing is left half-written.

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

/// A bar over `length` steps on standard error; hidden when that is no terminal.
pub(super) fn bar(length: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {eta} left");
    let bar = ProgressBar::new(length).with_message(what.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// `run` for every seed on all cores, results in the order of the seeds.
pub(super) fn for_seeds<T: Send, E: Send>(
    seeds: &[u64],
    bar: &ProgressBar,
    run: impl Fn(u64) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    seeds.par_iter().map(|seed| run(*seed).inspect(|_| bar.inc(1))).collect()
}
