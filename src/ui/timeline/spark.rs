//! A sparkline: the last half hour of a value as a line without axes. The value itself stands beside it.

use yew::prelude::*;

const WIDTH: f64 = 36.0;
const HEIGHT: f64 = 12.0;
const MARGIN: f64 = 1.5;

/// A sparkline; NaN is a gap.
pub fn spark(values: &[f64]) -> Html {
    let Some((data, last)) = path(values) else { return Html::default() };
    html! {
        <svg class="spark" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} width={WIDTH.to_string()}
            height={HEIGHT.to_string()} aria-hidden="true">
            <path d={data} />
            if let Some((x, y)) = last {
                <circle cx={format!("{x:.1}")} cy={format!("{y:.1}")} r="1.5" />
            }
        </svg>
    }
}

/// The line and its last point; `None` when there is nothing to draw.
fn path(values: &[f64]) -> Option<(String, Option<(f64, f64)>)> {
    let known = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) =
        known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if values.len() < 2 || low > high {
        return None;
    }
    // Noise around a steady value must look steady: the vertical range is at least a fifth of the value.
    let middle = (low + high) / 2.0;
    let span = (high - low).max(middle.abs() * 0.2).max(f64::MIN_POSITIVE);
    let bottom = if high - low < span { middle - span / 2.0 } else { low };
    let mut data = String::new();
    let mut last = None;
    for (index, value) in values.iter().enumerate() {
        if !value.is_finite() {
            last = None;
            continue;
        }
        let x = MARGIN + (WIDTH - 2.0 * MARGIN) * index as f64 / (values.len() - 1) as f64;
        let y = HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (value - bottom) / span;
        data.push_str(&format!("{}{x:.1} {y:.1}", if last.is_some() { 'L' } else { 'M' }));
        last = Some((x, y));
    }
    Some((data, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_stay_gaps_and_steady_values_look_steady() {
        assert_eq!(path(&[]), None);
        assert_eq!(path(&[f64::NAN, f64::NAN]), None);
        let (data, last) = path(&[0.0, f64::NAN, 1.0]).unwrap();
        assert_eq!((data.as_str(), last), ("M1.5 10.5M34.5 1.5", Some((34.5, 1.5))));
        let (steady, _) = path(&[0.350, 0.351, 0.350]).unwrap();
        assert_eq!(steady, "M1.5 6.1L18.0 5.9L34.5 6.1");
    }
}
