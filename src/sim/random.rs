//! Random numbers: one stream per purpose and entity, so that a what-if meets the same users with the same luck.
//!
//! Invariant: the same bits natively and in wasm: integer arithmetic, `libm`, and + − × ÷ only.

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
}

/// A stream of random numbers: SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014),
/// whose states are mixed from seed, purpose and entity.
#[derive(Clone, Debug)]
pub struct Stream(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream of `entity` for `purpose`.
    #[inline]
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, entity: u64) -> Self {
        let kind = mix(seed.wrapping_add((purpose as u64).wrapping_mul(GOLDEN)));
        Self(mix(kind ^ mix(entity.wrapping_add(GOLDEN))))
    }

    #[inline]
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in (0, 1), both ends excluded.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        // 52 bits, by way of i64: the cast from u64 is slow where the processor has none.
        ((self.next() >> 12) as i64 as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
    }

    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Normal with mean 0 and standard deviation 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    /// Lognormal with median 1.
    #[inline]
    pub fn lognormal(&mut self, sigma: f64) -> f64 {
        libm::exp(sigma * self.normal())
    }
}

/// The normal quantile of `p` in (0, 1), relative error below 1.2e-9: Acklam's rational approximation (2003).
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    const TAIL: f64 = 0.02425;
    fn horner(coefficients: &[f64], x: f64) -> f64 {
        coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
    }
    let tail = |p: f64| {
        let q = libm::sqrt(-2.0 * libm::log(p));
        horner(&C, q) / horner(&D, q)
    };
    if p < TAIL {
        tail(p)
    } else if p > 1.0 - TAIL {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        let r = q * q;
        horner(&A, r) * q / horner(&B, r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_inverts_the_normal_distribution() {
        for step in 1..100_000 {
            let p = f64::from(step) / 100_000.0;
            let x = normal_quantile(p);
            let back = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
            assert!((back - p).abs() < 1e-8, "{p}: {back}");
        }
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
