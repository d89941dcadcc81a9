//! Decimation: of each pixel column only the first, lowest, highest and last points are drawn, in their order. The drawing
//! looks the same, because the other points lie between the extremes.
//!
//! Invariant: points keep their order and every visible extreme is kept. A gap (NaN) ends a run; nothing is drawn across a
//! gap.

/// A point, in pixels or in units of the data.
pub type Point = (f64, f64);

/// Unbroken runs of the points inside `left ..= right`, decimated to columns of width `column`. `at(index)` gives a point,
/// with NaN in `y` for a gap; points ascend in `x`. Lines that cross `left` or `right` are cut there.
pub fn runs(points: usize, left: f64, right: f64, column: f64, at: impl Fn(usize) -> Point) -> Vec<Vec<Point>> {
    let first = partition(points, |index| at(index).0 < left);
    let beyond = partition(points, |index| at(index).0 <= right);
    let mut runs = Vec::new();
    let mut run = Vec::new();
    let mut bucket: Option<Bucket> = None;
    // Where the line between two points crosses an edge; `None` beside a gap.
    let crossing = |from: usize, to: usize, x: f64| {
        let (from, to) = (at(from), at(to));
        let point = (x, from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0));
        (from.0 < x && x < to.0 && !point.1.is_nan()).then_some(point)
    };
    if first > 0
        && first < points
        && let Some(point) = crossing(first - 1, first, left)
    {
        place(&mut run, &mut bucket, point, left, column);
    }
    // Drawings with very many points spend most of their time here.
    for index in first..beyond {
        let point = at(index);
        if point.1.is_nan() {
            end(&mut runs, &mut run, &mut bucket);
        } else {
            place(&mut run, &mut bucket, point, left, column);
        }
    }
    if beyond > 0
        && beyond < points
        && let Some(point) = crossing(beyond - 1, beyond, right)
    {
        place(&mut run, &mut bucket, point, left, column);
    }
    end(&mut runs, &mut run, &mut bucket);
    runs
}

/// The first index for which `below` no longer holds.
fn partition(points: usize, below: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, points);
    while low < high {
        let middle = low + (high - low) / 2;
        if below(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The points of one pixel column so far.
struct Bucket {
    /// Right edge of the column.
    until: f64,
    first: Point,
    low: Point,
    high: Point,
    last: Point,
}

fn place(run: &mut Vec<Point>, bucket: &mut Option<Bucket>, point: Point, left: f64, column: f64) {
    match bucket {
        Some(open) if point.0 < open.until => {
            if point.1 < open.low.1 {
                open.low = point;
            }
            if point.1 > open.high.1 {
                open.high = point;
            }
            open.last = point;
        }
        _ => {
            flush(run, bucket);
            let until = left + (((point.0 - left) / column).floor() + 1.0) * column;
            *bucket = Some(Bucket { until, first: point, low: point, high: point, last: point });
        }
    }
}

/// Appends the extremes of a column to the run, and its first point at the beginning of a run; returns its last point.
fn flush(run: &mut Vec<Point>, bucket: &mut Option<Bucket>) -> Option<Point> {
    let Bucket { first, low, high, last, .. } = bucket.take()?;
    let (one, other) = if low.0 <= high.0 { (low, high) } else { (high, low) };
    if run.is_empty() && first != one {
        run.push(first);
    }
    run.push(one);
    if other != one {
        run.push(other);
    }
    Some(last)
}

fn end(runs: &mut Vec<Vec<Point>>, run: &mut Vec<Point>, bucket: &mut Option<Bucket>) {
    if let Some(last) = flush(run, bucket)
        && run.last() != Some(&last)
    {
        run.push(last);
    }
    if !run.is_empty() {
        runs.push(std::mem::take(run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(points: &[Point], left: f64, right: f64) -> Vec<Vec<Point>> {
        runs(points.len(), left, right, 1.0, |index| points[index])
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let points = [(0.0, 5.0), (10.0, 7.0), (20.0, 6.0)];
        assert_eq!(of(&points, 0.0, 20.0), [points.to_vec()]);
    }

    #[test]
    fn gaps_stay_gaps() {
        let gap = (15.0, f64::NAN);
        let runs = of(&[(0.0, 1.0), (10.0, 2.0), gap, (20.0, 3.0)], 0.0, 30.0);
        assert_eq!(runs, [vec![(0.0, 1.0), (10.0, 2.0)], vec![(20.0, 3.0)]]);
        // No line is cut at the edge from a point beyond a gap.
        assert_eq!(of(&[(-10.0, 1.0), (-5.0, f64::NAN), (20.0, 3.0)], 0.0, 30.0), [vec![(20.0, 3.0)]]);
    }

    #[test]
    fn lines_are_cut_at_the_edges() {
        let runs = of(&[(-10.0, 0.0), (10.0, 20.0), (30.0, 0.0)], 0.0, 20.0);
        assert_eq!(runs, [vec![(0.0, 10.0), (10.0, 20.0), (20.0, 10.0)]]);
        // Both neighbours lie outside.
        assert_eq!(of(&[(-10.0, 0.0), (30.0, 40.0)], 0.0, 20.0), [vec![(0.0, 10.0), (20.0, 30.0)]]);
    }

    fn walks() -> impl Strategy<Value = Vec<Point>> {
        let step = (0.0f64..0.4, prop::option::weighted(0.97, -50.0f64..50.0));
        prop::collection::vec(step, 0..400).prop_map(|steps| {
            let mut x = 0.0;
            steps
                .into_iter()
                .map(|(distance, y)| {
                    x += distance;
                    (x, y.unwrap_or(f64::NAN))
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn extremes_are_kept_in_every_column(points in walks()) {
            let kept = of(&points, 0.0, 1e9).concat();
            let columns = |points: &[Point]| {
                let mut columns = std::collections::BTreeMap::new();
                for (x, y) in points.iter().filter(|point| !point.1.is_nan()) {
                    let (low, high) = columns.entry(x.floor() as i64).or_insert((*y, *y));
                    *low = y.min(*low);
                    *high = y.max(*high);
                }
                columns
            };
            prop_assert_eq!(columns(&kept), columns(&points));
        }

        #[test]
        fn order_is_kept_and_nothing_invented(points in walks()) {
            for run in of(&points, 0.0, 1e9) {
                prop_assert!(run.windows(2).all(|pair| pair[0].0 <= pair[1].0));
                prop_assert!(run.iter().all(|point| points.contains(point)));
            }
        }

        #[test]
        fn at_most_four_points_are_left_in_a_column(points in walks()) {
            let gaps = points.iter().filter(|point| point.1.is_nan()).count();
            let columns = points.last().map_or(0, |point| point.0 as usize + 1);
            prop_assert!(of(&points, 0.0, 1e9).concat().len() <= 4 * (columns + gaps));
        }

        #[test]
        fn nothing_lies_outside(points in walks(), left in 0.0f64..40.0, length in 1.0f64..40.0) {
            for run in of(&points, left, left + length) {
                prop_assert!(run.iter().all(|point| point.0 >= left && point.0 <= left + length && !point.1.is_nan()));
            }
        }
    }
}
