//! The exponential function for lognormal draws, four times as fast as `libm`'s and nearly as exact.

const STEPS_PER_OCTAVE: usize = 128;

/// 2^(i/128), by `libm`.
#[derive(Debug)]
pub(super) struct Powers([f64; STEPS_PER_OCTAVE]);

impl Powers {
    pub fn new() -> Self {
        // By `pow`, which the page has already: `exp2` would add 2.5 kB of brotli for its own table.
        Self(std::array::from_fn(|i| libm::pow(2.0, i as f64 / STEPS_PER_OCTAVE as f64)))
    }

    /// e^x within 1e-15 of its value, `x` clipped to ±700: 2^(n/128) from a table, times the first
    /// terms of the series for what is left. The same bits natively and in wasm.
    #[inline]
    pub fn exp(&self, x: f64) -> f64 {
        const STEPS_PER_UNIT: f64 = STEPS_PER_OCTAVE as f64 * std::f64::consts::LOG2_E;
        // ln 2 ÷ 128 in two parts, the first with zeros at its end, so that n times it is exact.
        const STEP_HIGH: f64 = f64::from_bits((std::f64::consts::LN_2 / 128.0).to_bits() & !0xffff_ffff);
        const STEP_LOW: f64 = LN_2_LOW / 128.0 + (std::f64::consts::LN_2 / 128.0 - STEP_HIGH);
        /// What the nearest double to ln 2 lacks.
        const LN_2_LOW: f64 = 2.319_046_813_846_299_6e-17;
        /// Adding it rounds to an integer, which then stands in the low bits.
        const ROUND: f64 = 6_755_399_441_055_744.0;

        let x = x.clamp(-700.0, 700.0);
        let shifted = x * STEPS_PER_UNIT + ROUND;
        let n = shifted - ROUND;
        let steps = n as i64;
        let rest = (x - n * STEP_HIGH) - n * STEP_LOW;
        let high = 1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0));
        let series = rest + rest * rest * (0.5 + rest * high);
        let power = self.0[(steps as usize) % STEPS_PER_OCTAVE];
        let octave = f64::from_bits((((steps >> 7) + 1023) as u64) << 52);
        (power + power * series) * octave
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_libm() {
        let powers = Powers::new();
        for step in -700_000..=700_000 {
            let x = f64::from(step) * 1e-3 + 1e-4;
            let (own, exact) = (powers.exp(x), libm::exp(x.clamp(-700.0, 700.0)));
            assert!((own / exact - 1.0).abs() < 1e-15, "{x}: {own} {exact}");
        }
        assert_eq!(powers.exp(0.0), 1.0);
    }
}
