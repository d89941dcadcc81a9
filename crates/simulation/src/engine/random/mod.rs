//! Random numbers: one stream per purpose and entity, so that a what-if meets the same users with the same luck.
//!
//! Invariant: the same bits natively and in wasm: integer arithmetic, `libm`, and + − × ÷ only.

mod exp;
mod ziggurat;

use std::sync::LazyLock;

use exp::Powers;
use ziggurat::Layers;

/// What a stream is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// When users arrive.
    Arrivals = 1,
    /// A user's patience.
    Patience = 2,
    /// CPU time, gateway and network time of an attempt.
    Service = 3,
    /// Back-off before a retry.
    Backoff = 4,
    /// Whether an attempt is shed.
    Shedding = 5,
    /// An instance's share of the traffic before the window.
    Share = 6,
    /// Whom faults concern.
    Faults = 7,
    /// What a cache has an entry for.
    Cache = 8,
    /// How long calls take whose time is not drawn when their request starts.
    Calls = 9,
}

/// What draws are looked up in.
#[derive(Debug)]
struct Tables {
    exponential: Layers,
    normal: Layers,
    powers: Powers,
}

static TABLES: LazyLock<Tables> =
    LazyLock::new(|| Tables { exponential: Layers::exponential(), normal: Layers::normal(), powers: Powers::new() });

/// The streams of all entities for one purpose.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    seed: u64,
    tables: &'static Tables,
}

/// A stream of random numbers: SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014),
/// whose states are mixed from seed, purpose and entity.
#[derive(Clone, Debug)]
pub struct Stream {
    state: u64,
    tables: &'static Tables,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Streams {
    /// The streams for `purpose`.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Self { seed: mix(seed.wrapping_add((purpose as u64).wrapping_mul(GOLDEN))), tables: &TABLES }
    }

    /// The stream of `entity`.
    #[inline]
    #[must_use]
    pub fn of(&self, entity: u64) -> Stream {
        Stream { state: mix(self.seed ^ mix(entity.wrapping_add(GOLDEN))), tables: self.tables }
    }
}

impl Stream {
    /// The stream of `entity` for `purpose`.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, entity: u64) -> Self {
        Streams::new(seed, purpose).of(entity)
    }

    #[inline]
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// Uniform in (0, 1), both ends excluded.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        ziggurat::unit(self.next())
    }

    /// Lognormal with median 1.
    #[inline]
    pub fn lognormal(&mut self, sigma: f64) -> f64 {
        self.tables.powers.exp(sigma * self.normal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest distance between the distribution of a million draws and `distribution`: Kolmogorov and Smirnov's statistic.
    fn distance(mut draw: impl FnMut() -> f64, distribution: fn(f64) -> f64) -> f64 {
        let mut draws: Vec<f64> = (0..1_000_000).map(|_| draw()).collect();
        draws.sort_by(f64::total_cmp);
        let count = draws.len() as f64;
        let apart = |(i, x): (usize, &f64)| {
            let expected = distribution(*x);
            (expected - i as f64 / count).abs().max(((i + 1) as f64 / count - expected).abs())
        };
        draws.iter().enumerate().map(apart).fold(0.0, f64::max)
    }

    #[test]
    fn draws_follow_their_distributions() {
        // A right generator is farther away once in ten thousand times.
        const LIMIT: f64 = 2.23e-3;
        let mut stream = Stream::new(7, Purpose::Service, 0);
        assert!(distance(|| stream.uniform(), |x| x) < LIMIT);
        assert!(distance(|| stream.exponential(), |x| 1.0 - libm::exp(-x)) < LIMIT);
        let normal = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
        assert!(distance(|| stream.normal(), normal) < LIMIT);
        let tail = (0..10_000_000).filter(|_| stream.normal().abs() > 3.7).count();
        // 2156 expected beyond 3.7 standard deviations, four of their square roots either way.
        assert!((1970..2342).contains(&tail), "{tail}");
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let draws = 1_000_000;
        let moments = |mut draw: Box<dyn FnMut() -> f64>| {
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..draws {
                let x = draw();
                sum += x;
                squares += x * x;
            }
            let mean = sum / f64::from(draws);
            (mean, squares / f64::from(draws) - mean * mean)
        };
        let stream = || Stream::new(7, Purpose::Service, 0);
        let near = |(mean, variance): (f64, f64), expected: (f64, f64)| {
            assert!((mean - expected.0).abs() < 0.01 && (variance - expected.1).abs() < 0.02, "{mean} {variance}");
        };
        let mut s = stream();
        near(moments(Box::new(move || s.uniform())), (0.5, 1.0 / 12.0));
        let mut s = stream();
        near(moments(Box::new(move || s.exponential())), (1.0, 1.0));
        let mut s = stream();
        near(moments(Box::new(move || s.normal())), (0.0, 1.0));
        // First draws of neighbouring streams must be as independent as draws of one stream.
        let mut user = 0;
        let first = move || {
            user += 1;
            Stream::new(7, Purpose::Patience, user).normal()
        };
        near(moments(Box::new(first)), (0.0, 1.0));
    }
}
