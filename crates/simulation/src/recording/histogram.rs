//! Latency histograms with fixed buckets, and quantiles computed as Prometheus does.

/// Upper bounds of the buckets in milliseconds: OpenTelemetry's defaults for durations, plus 12 ms for network round trips
/// and 15 to 60 s for checkouts that time out. One more bucket holds longer durations.
pub const BOUNDS_MS: [u32; 21] = [
    5, 10, 12, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000,
    60_000,
];

pub const BUCKETS: usize = BOUNDS_MS.len() + 1;

/// For durations from 2^i µs until twice that: the bucket of the shortest, and the three bounds that may lie among them.
const OCTAVES: [(u32, [u32; 3]); 32] = {
    let mut octaves = [(0, [u32::MAX; 3]); 32];
    let mut i = 0;
    while i < octaves.len() {
        let mut bucket = 0;
        while bucket < BOUNDS_MS.len() && BOUNDS_MS[bucket] * 1000 < 1 << i {
            bucket += 1;
        }
        octaves[i].0 = bucket as u32;
        let mut next = 0;
        while next < 3 && bucket + next < BOUNDS_MS.len() {
            octaves[i].1[next] = BOUNDS_MS[bucket + next] * 1000;
            next += 1;
        }
        i += 1;
    }
    octaves
};

/// Index of the bucket of a duration. Bounds are inclusive, as in Prometheus.
#[inline]
#[must_use]
pub fn bucket_of(duration_us: u64) -> usize {
    let duration_us = duration_us.min(u64::from(u32::MAX)) as u32;
    let (first, bounds_us) = OCTAVES[(duration_us | 1).ilog2() as usize];
    (first + bounds_us.iter().map(|bound_us| u32::from(duration_us > *bound_us)).sum::<u32>()) as usize
}

/// Rows of bucket counts: row · BUCKETS + bucket.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histograms {
    pub counts: Vec<u32>,
}

impl Histograms {
    #[must_use]
    pub fn rows(&self) -> usize {
        self.counts.len() / BUCKETS
    }

    /// Sum of every `stride`th row in `from .. until`, clipped to the rows there are.
    #[must_use]
    pub fn sum(&self, from: usize, until: usize, stride: usize) -> [u64; BUCKETS] {
        let mut sum = [0; BUCKETS];
        for row in (from..until.min(self.rows())).step_by(stride.max(1)) {
            for (total, count) in sum.iter_mut().zip(&self.counts[row * BUCKETS..(row + 1) * BUCKETS]) {
                *total += u64::from(*count);
            }
        }
        sum
    }
}

/// The `q` quantile (0 to 1) in seconds, interpolated linearly within the bucket; `None` when nothing was counted. In the
/// open bucket it is the lower bound, as in Prometheus.
#[must_use]
pub fn quantile_s(counts: &[u64; BUCKETS], q: f64) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let rank = q * total as f64;
    let mut below = 0;
    for (bucket, count) in counts.iter().enumerate() {
        if *count > 0 && (below + count) as f64 >= rank {
            let low_ms = if bucket == 0 { 0.0 } else { f64::from(BOUNDS_MS[bucket - 1]) };
            let Some(high_ms) = BOUNDS_MS.get(bucket) else { return Some(low_ms / 1000.0) };
            let share = ((rank - below as f64) / *count as f64).clamp(0.0, 1.0);
            return Some((low_ms + (f64::from(*high_ms) - low_ms) * share) / 1000.0);
        }
        below += count;
    }
    Some(f64::from(BOUNDS_MS[BUCKETS - 2]) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_bucket_below() {
        assert_eq!(bucket_of(0), 0);
        assert_eq!(bucket_of(5_000), 0);
        assert_eq!(bucket_of(5_001), 1);
        assert_eq!(bucket_of(60_000_000), BUCKETS - 2);
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
        for (bucket, bound_ms) in BOUNDS_MS.iter().enumerate() {
            let bound_us = u64::from(*bound_ms) * 1000;
            assert_eq!([bound_us - 1, bound_us, bound_us + 1].map(bucket_of), [bucket, bucket, bucket + 1]);
        }
        for duration_us in (0..70_000_000).step_by(997) {
            let below = BOUNDS_MS.iter().filter(|bound| duration_us > u64::from(**bound) * 1000).count();
            assert_eq!(bucket_of(duration_us), below, "{duration_us} µs");
        }
    }

    #[test]
    fn quantiles_interpolate_within_a_bucket() {
        let mut counts = [0; BUCKETS];
        assert_eq!(quantile_s(&counts, 0.5), None);
        counts[bucket_of(300_000)] = 10;
        assert_eq!(quantile_s(&counts, 0.5), Some(0.375));
        assert_eq!(quantile_s(&counts, 1.0), Some(0.5));
        counts[BUCKETS - 1] = 90;
        assert_eq!(quantile_s(&counts, 0.5), Some(60.0));
    }
}
