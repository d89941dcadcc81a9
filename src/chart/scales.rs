//! Maps values to shares of an axis and back, linearly or logarithmically.
//!
//! Invariant: `share` is monotonic and within 0 ..= 1 for every number; `value(share(v)) ≈ v` inside the domain.

/// How values lie along an axis.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scale {
    /// Equal steps, equal distances.
    Linear {
        /// Value at the start of the axis.
        low: f64,
        /// Value at its end; above `low`.
        high: f64,
    },
    /// Equal factors, equal distances.
    Log {
        /// Value at the start of the axis; above zero.
        low: f64,
        /// Value at its end; above `low`.
        high: f64,
    },
}

impl Scale {
    /// A linear scale from `low` to `high`; widened when that is an empty or invalid domain.
    #[must_use]
    pub fn linear(low: f64, high: f64) -> Self {
        Self::Linear { low, high: if high > low { high } else { low + 1.0 } }
    }

    /// A logarithmic scale from `low` to `high`, both above zero; widened when that is an empty or invalid domain.
    #[must_use]
    pub fn log(low: f64, high: f64) -> Self {
        let low = if low > 0.0 { low } else { 1e-3 };
        Self::Log { low, high: if high > low { high } else { low * 10.0 } }
    }

    #[must_use]
    pub fn domain(self) -> [f64; 2] {
        match self {
            Self::Linear { low, high } | Self::Log { low, high } => [low, high],
        }
    }

    /// Position of `value`, 0 at the start of the axis and 1 at its end. Values outside lie on the nearer end, values
    /// without a logarithm at the start. NaN stays NaN.
    #[must_use]
    pub fn share(self, value: f64) -> f64 {
        if value.is_nan() {
            return value;
        }
        match self {
            Self::Linear { low, high } => ((value - low) / (high - low)).clamp(0.0, 1.0),
            Self::Log { low, .. } if value <= low => 0.0,
            Self::Log { low, high } => (libm::log(value / low) / libm::log(high / low)).clamp(0.0, 1.0),
        }
    }

    /// The value at a share of the axis.
    #[must_use]
    pub fn value(self, share: f64) -> f64 {
        match self {
            Self::Linear { low, high } => low + (high - low) * share,
            Self::Log { low, high } => low * libm::exp(libm::log(high / low) * share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decades_are_equally_long_on_a_log_scale() {
        let scale = Scale::log(0.01, 100.0);
        for (value, share) in [(0.01, 0.0), (0.1, 0.25), (1.0, 0.5), (10.0, 0.75), (100.0, 1.0)] {
            assert!((scale.share(value) - share).abs() < 1e-12, "{value}");
        }
        assert_eq!(scale.share(0.0), 0.0);
        assert_eq!(scale.share(-1.0), 0.0);
        assert_eq!(scale.share(1e9), 1.0);
    }

    #[test]
    fn an_empty_domain_is_widened() {
        assert_eq!(Scale::linear(3.0, 3.0).domain(), [3.0, 4.0]);
        assert_eq!(Scale::log(0.0, 0.0).domain(), [1e-3, 1e-2]);
    }

    proptest! {
        #[test]
        fn values_survive_the_way_there_and_back(low in 0.001f64..10.0, factor in 1.5f64..1e4, at in 0.0f64..1.0) {
            for scale in [Scale::linear(low, low * factor), Scale::log(low, low * factor)] {
                let value = scale.value(at);
                prop_assert!((scale.share(value) - at).abs() < 1e-9);
            }
        }

        #[test]
        fn greater_values_never_lie_lower(a in -10.0f64..1e6, b in -10.0f64..1e6) {
            for scale in [Scale::linear(0.0, 1e5), Scale::log(0.01, 1e5)] {
                prop_assert!((a <= b) == (scale.share(a) <= scale.share(b)) || scale.share(a) == scale.share(b));
            }
        }
    }
}
