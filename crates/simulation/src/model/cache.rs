//! A cache beside the service: what it answers need not be called for. It fills by the calls that missed.
//!
//! Invariant: a call is answered by the cache as often as its entry is there; how many entries are there follows from losses,
//! loading and the calls that were answered. No ratio of hits is ever set.

use super::instance::Instance;
use super::world::World;
use crate::engine::random::{Purpose, Streams};
use crate::recording::CacheRow;
use crate::scenario::Scenario;

/// The cache of a scenario that has one.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    entries: u32,
    /// Entries for which there is room.
    room: u32,
    /// Entries that are there; those that are being loaded count in parts.
    filled: f64,
    /// Share of the calls for which there is an entry when it is full.
    hit_ratio: f64,
    /// Entries that are loaded in a second.
    loading_per_s: f64,
    streams: Streams,
    second: CacheRow,
}

impl Cache {
    pub fn of(scenario: &Scenario, seed: u64) -> Option<Self> {
        scenario.cache.as_ref().map(|cache| Self {
            entries: cache.entries,
            room: cache.entries,
            filled: f64::from(cache.entries),
            hit_ratio: cache.hit_ratio,
            loading_per_s: 0.0,
            streams: Streams::new(seed, Purpose::Cache),
            second: CacheRow::default(),
        })
    }

    /// Whether it answers the call of an attempt; if it could have, the answer fills an entry.
    fn look_up(&mut self, entity: u64) -> Found {
        let draw = self.streams.of(entity).uniform();
        let is_there = draw < self.hit_ratio * self.filled / f64::from(self.entries);
        self.second.hits += u32::from(is_there);
        self.second.misses += u32::from(!is_there);
        match is_there {
            true => Found::Hit,
            false if draw < self.hit_ratio => Found::Miss,
            false => Found::NotKept,
        }
    }

    /// Makes room for a share of the entries; those beyond it are lost.
    pub fn shrink_to(&mut self, kept_ratio: f64) {
        self.room = (f64::from(self.entries) * kept_ratio) as u32;
        self.filled = self.filled.min(f64::from(self.room));
    }

    fn fill(&mut self, entries: f64) {
        self.filled = (self.filled + entries).min(f64::from(self.room));
        if self.is_full() {
            self.loading_per_s = 0.0;
        }
    }

    fn is_full(&self) -> bool {
        self.filled >= f64::from(self.room)
    }

    /// The second's row.
    pub fn row(&mut self) -> CacheRow {
        self.fill(self.loading_per_s);
        CacheRow { filled: self.filled as u32, ..std::mem::take(&mut self.second) }
    }

    /// Why loading makes no sense now.
    pub fn warm_refusal(&self) -> Option<&'static str> {
        match self.loading_per_s > 0.0 {
            true => Some("it is being loaded already"),
            false => self.is_full().then_some("there is no room in the cache for more"),
        }
    }

    /// From now on what is missing is loaded.
    pub fn warm(&mut self, takes_s: f64) {
        self.loading_per_s = (f64::from(self.room) - self.filled) / takes_s;
    }
}

/// What a call finds in the cache.
enum Found {
    Hit,
    /// Nothing yet: the answer of the call will be kept.
    Miss,
    /// Nothing, and its answer cannot be kept.
    NotKept,
}

impl World {
    /// A request looks into the cache; true where it finds what it needs.
    pub(super) fn look_up(&mut self, request: u32) -> bool {
        let entry = &mut self.requests[request];
        match self.cache.as_mut().map(|cache| cache.look_up(entry.entity)) {
            Some(Found::Hit) => true,
            found => {
                entry.fills_cache = matches!(found, Some(Found::Miss));
                false
            }
        }
    }

    /// An answer that the cache keeps has come.
    pub(super) fn keep_answer(&mut self, request: u32) {
        if std::mem::take(&mut self.requests[request].fills_cache)
            && let Some(cache) = &mut self.cache
        {
            cache.fill(1.0);
        }
    }

    /// What faults leave of the cache.
    pub(super) fn settle_cache(&mut self) {
        let kept_ratio = self.faults.cache_kept_ratio();
        if let Some(cache) = &mut self.cache {
            cache.shrink_to(kept_ratio);
        }
    }

    /// A hit is no call, and there are as many answers as lookups at most.
    pub(super) fn check_cache(&self, instances: &[Instance]) {
        if let Some(cache) = &self.cache {
            debug_assert!(cache.filled <= f64::from(cache.room) && cache.room <= cache.entries);
            debug_assert!(instances.iter().all(|instance| instance.busy_threads <= self.config.worker_threads));
        }
    }
}
