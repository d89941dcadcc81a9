//! The sessions an instance keeps, counted by the time they were opened.

/// Seconds of one cohort: sessions opened within them are counted together.
const COHORT_S: i64 = 300;

/// A session that was opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionId(u32);

/// The open sessions of an instance. A session stays until it is terminated.
#[derive(Clone, Debug)]
pub struct SessionStore {
    /// Start of the first cohort, in seconds since the window began; negative.
    epoch_s: i64,
    open_by_cohort: Vec<u32>,
    open: u64,
    opened: u64,
    terminated: u64,
}

impl SessionStore {
    /// An empty store for sessions opened from `from_s` until `until_s` (seconds since the window began).
    #[must_use]
    pub fn new(from_s: i64, until_s: i64) -> Self {
        let epoch_s = from_s.div_euclid(COHORT_S) * COHORT_S;
        let cohorts = (until_s - epoch_s).div_euclid(COHORT_S) + 1;
        Self { epoch_s, open_by_cohort: vec![0; cohorts.max(1) as usize], open: 0, opened: 0, terminated: 0 }
    }

    /// Opens a session.
    pub fn open(&mut self, now_s: i64) -> SessionId {
        let last = self.open_by_cohort.len() - 1;
        let cohort = (((now_s - self.epoch_s) / COHORT_S).max(0) as usize).min(last);
        self.open_by_cohort[cohort] += 1;
        self.open += 1;
        self.opened += 1;
        SessionId(cohort as u32)
    }

    /// Terminates a session: its memory is free. One that a reaper or a cap has terminated before stays so.
    pub fn terminate(&mut self, session: SessionId) {
        let count = &mut self.open_by_cohort[session.0 as usize];
        if *count > 0 {
            *count -= 1;
            self.open -= 1;
            self.terminated += 1;
        }
    }

    /// Terminates the sessions opened before `before_s`, to the whole cohort, but for those under way.
    pub fn terminate_before(&mut self, before_s: i64, under_way: impl Iterator<Item = SessionId>) {
        let whole = (before_s - self.epoch_s).div_euclid(COHORT_S).clamp(0, self.open_by_cohort.len() as i64) as usize;
        let mut kept = vec![0; whole];
        for SessionId(cohort) in under_way {
            if let Some(count) = kept.get_mut(cohort as usize) {
                *count += 1;
            }
        }
        for (count, kept) in self.open_by_cohort.iter_mut().zip(kept) {
            let ended = u64::from(count.saturating_sub(kept));
            *count -= ended as u32;
            self.open -= ended;
            self.terminated += ended;
        }
    }

    /// Terminates the oldest sessions beyond the newest `most`.
    pub fn keep_newest(&mut self, most: u64) {
        for count in &mut self.open_by_cohort {
            let beyond = self.open.saturating_sub(most);
            if beyond == 0 {
                return;
            }
            let ended = u64::from(*count).min(beyond);
            *count -= ended as u32;
            self.open -= ended;
            self.terminated += ended;
        }
    }

    /// Sessions that are open.
    #[must_use]
    pub fn open_count(&self) -> u64 {
        self.open
    }

    /// Sessions opened since the process started.
    #[must_use]
    pub fn opened_count(&self) -> u64 {
        self.opened
    }

    /// Sessions terminated since the process started.
    #[must_use]
    pub fn terminated_count(&self) -> u64 {
        self.terminated
    }

    /// Forgets everything: the process ended.
    pub fn clear(&mut self) {
        self.open_by_cohort.fill(0);
        (self.open, self.opened, self.terminated) = (0, 0, 0);
    }

    /// Open sessions by age at `now_s`: class `i` holds ages below `bounds_min[i]` minutes, the last class the rest.
    #[must_use]
    pub fn by_age<const N: usize>(&self, now_s: i64, bounds_min: &[u32]) -> [u32; N] {
        let mut classes = [0; N];
        for (cohort, count) in self.open_by_cohort.iter().enumerate().filter(|(_, count)| **count > 0) {
            // A cohort counts as old as its middle; the one being filled as new.
            let opened_s = self.epoch_s + cohort as i64 * COHORT_S + COHORT_S / 2;
            let age_min = (now_s - opened_s).max(0) / 60;
            let class = bounds_min.iter().position(|bound| age_min < i64::from(*bound)).unwrap_or(N - 1);
            classes[class.min(N - 1)] += count;
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::{Handling, Transaction, begin, end};

    #[test]
    fn the_faulty_release_leaves_its_sessions_behind_and_the_fixed_one_does_not() {
        for (handling, left) in [(Handling::Faulty, 100), (Handling::Fixed, 0)] {
            let mut store = SessionStore::new(-3600, 3600);
            for second in 0..100 {
                let session = begin(handling, &mut store, second);
                end(handling, &mut store, session, Transaction::Confirmed);
            }
            assert_eq!(store.open_count(), left, "{handling:?}");
            assert_eq!(store.opened_count(), store.terminated_count() + store.open_count());
        }
    }

    #[test]
    fn sessions_are_classed_by_age() {
        let mut store = SessionStore::new(-7200, 3600);
        store.open(-7200);
        store.open(-1800);
        store.open(0);
        assert_eq!(store.by_age::<3>(60, &[10, 60]), [1, 1, 1]);
    }
}
