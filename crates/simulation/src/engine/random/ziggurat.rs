//! Exponential and normal draws by the ziggurat method (Marsaglia and Tsang, *The ziggurat method for generating random
//! variables*, 2000), with 256 layers: nearly every draw costs one random number, one multiplication and one comparison.
//!
//! Invariant: the same bits natively and in wasm: the tables come from `libm`, the rest is + − × ÷ and comparisons.

use super::Stream;

const LAYERS: usize = 256;

/// Where the tails begin for 256 layers, from the paper's condition that all areas be equal.
const EXPONENTIAL_EDGE: f64 = 7.697_117_470_131_05;
const NORMAL_EDGE: f64 = 3.654_152_885_361_009;

/// Layers of equal area under a falling density: `x[i]` is the width of layer `i` (the base, which holds the tail, is 0),
/// `density[i]` the density there.
#[derive(Debug)]
pub(super) struct Layers {
    x: [f64; LAYERS + 1],
    density: [f64; LAYERS + 1],
}

impl Layers {
    /// Under e^−x.
    pub fn exponential() -> Self {
        // The base: rectangle and tail.
        let area = (EXPONENTIAL_EDGE + 1.0) * libm::exp(-EXPONENTIAL_EDGE);
        Self::new(EXPONENTIAL_EDGE, area, |x| libm::exp(-x), |y| -libm::log(y))
    }

    /// Under e^(−x²/2).
    pub fn normal() -> Self {
        let tail = libm::sqrt(std::f64::consts::FRAC_PI_2) * libm::erfc(NORMAL_EDGE / std::f64::consts::SQRT_2);
        let area = NORMAL_EDGE * libm::exp(-0.5 * NORMAL_EDGE * NORMAL_EDGE) + tail;
        Self::new(NORMAL_EDGE, area, |x| libm::exp(-0.5 * x * x), |y| libm::sqrt(-2.0 * libm::log(y)))
    }

    /// `edge` is where the tail begins, `area` that of each layer.
    fn new(edge: f64, area: f64, density: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Self {
        let mut x = [0.0; LAYERS + 1];
        x[0] = area / density(edge);
        x[1] = edge;
        for i in 2..LAYERS {
            x[i] = inverse(area / x[i - 1] + density(x[i - 1]));
        }
        Self { x, density: x.map(density) }
    }
}

impl Stream {
    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        let layers = &self.tables.exponential;
        loop {
            let bits = self.next();
            let layer = bits as usize % LAYERS;
            let x = unit(bits) * layers.x[layer];
            if x < layers.x[layer + 1] {
                return x;
            }
            if let Some(x) = self.exponential_outside(layer, x) {
                return x;
            }
        }
    }

    /// What becomes of a proposal outside the layers' rectangles, one of fifty: apart, so that the others stay short.
    #[cold]
    #[inline(never)]
    fn exponential_outside(&mut self, layer: usize, x: f64) -> Option<f64> {
        if layer == 0 {
            return Some(EXPONENTIAL_EDGE - libm::log(self.uniform()));
        }
        (self.height(&self.tables.exponential, layer) < libm::exp(-x)).then_some(x)
    }

    /// Normal with mean 0 and standard deviation 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        let layers = &self.tables.normal;
        loop {
            let bits = self.next();
            let layer = bits as usize % LAYERS;
            let x = (2.0 * unit(bits) - 1.0) * layers.x[layer];
            if x.abs() < layers.x[layer + 1] {
                return x;
            }
            if let Some(x) = self.normal_outside(layer, x) {
                return x;
            }
        }
    }

    /// As [`Stream::exponential_outside`].
    #[cold]
    #[inline(never)]
    fn normal_outside(&mut self, layer: usize, x: f64) -> Option<f64> {
        if layer == 0 {
            return Some(self.normal_tail().copysign(x));
        }
        (self.height(&self.tables.normal, layer) < libm::exp(-0.5 * x * x)).then_some(x)
    }

    /// A height within a layer.
    fn height(&mut self, layers: &Layers, layer: usize) -> f64 {
        let (low, high) = (layers.density[layer], layers.density[layer + 1]);
        low + (high - low) * self.uniform()
    }

    fn normal_tail(&mut self) -> f64 {
        loop {
            let x = -libm::log(self.uniform()) / NORMAL_EDGE;
            let y = -libm::log(self.uniform());
            if 2.0 * y > x * x {
                return NORMAL_EDGE + x;
            }
        }
    }
}

/// Uniform in (0, 1) from the upper 52 bits; by way of i64, since the cast from u64 is slow where the processor has none.
#[inline]
pub(super) fn unit(bits: u64) -> f64 {
    ((bits >> 12) as i64 as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layers_end_where_the_densities_are_highest() {
        // The topmost layer reaches the density at zero only if the edges are right to the last digit.
        for layers in [Layers::exponential(), Layers::normal()] {
            let top = LAYERS - 1;
            let area = layers.x[top] * (1.0 - layers.density[top]);
            assert!((area / (layers.x[0] * layers.density[1]) - 1.0).abs() < 1e-9, "{area}");
            assert!(layers.x.windows(2).all(|pair| pair[0] > pair[1]));
        }
    }
}
