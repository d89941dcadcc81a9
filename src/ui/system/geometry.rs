//! Routes of requests in the system diagram, between the boxes as the browser laid them out.
//!
//! Invariant: computed only from the boxes. The diagram flows from left to right, or from top to bottom on a phone; both use
//! the same computation with exchanged axes.

/// A point in CSS pixels from the diagram's top left corner.
pub type Point = (f64, f64);

/// A box in CSS pixels from the diagram's top left corner.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn middle(&self) -> Point {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    fn transposed(self) -> Self {
        Self { x: self.y, y: self.x, width: self.height, height: self.width }
    }

    fn right(&self) -> f64 {
        self.x + self.width
    }

    fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// The boxes of the diagram.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Boxes {
    /// Width and height of the diagram.
    pub size: Point,
    pub users: Rect,
    pub balancer: Rect,
    /// The instances, by index.
    pub instances: Vec<Rect>,
    pub gateway: Rect,
}

/// A route between boxes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Route {
    points: Vec<Point>,
    /// Length from the start to each point.
    lengths: Vec<f64>,
}

/// All routes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Geometry {
    pub boxes: Boxes,
    /// Whether the diagram flows from top to bottom.
    pub is_vertical: bool,
    /// From the users through the load balancer to each instance.
    pub inbound: Vec<Route>,
    /// From each instance to the gateway.
    pub outbound: Vec<Route>,
}

const CORNER_RADIUS: f64 = 14.0;
const CURVE_STEPS: usize = 6;
/// Distance between an instance and the lane beside it, when a single row gives no measure.
const LANE_GAP: f64 = 14.0;

impl Geometry {
    pub fn new(boxes: Boxes) -> Self {
        let is_vertical = boxes.gateway.y >= boxes.users.bottom();
        let turned = |rect: Rect| if is_vertical { rect.transposed() } else { rect };
        let (users, balancer, gateway) = (turned(boxes.users), turned(boxes.balancer), turned(boxes.gateway));
        let instances: Vec<Rect> = boxes.instances.iter().copied().map(turned).collect();
        let lanes = lanes(&instances);
        let first = instances.iter().map(|rect| rect.x).fold(f64::INFINITY, f64::min);
        let last = instances.iter().map(Rect::right).fold(f64::NEG_INFINITY, f64::max);
        let entry = (balancer.right() + first) / 2.0;
        let exit = (last + gateway.x) / 2.0;
        let route = |corners: &[Point]| {
            let turned: Vec<Point> =
                corners.iter().map(|(x, y)| if is_vertical { (*y, *x) } else { (*x, *y) }).collect();
            Route::new(&turned)
        };
        let ways = instances.iter().zip(&lanes).map(|(rect, lane)| {
            let (middle, from, to) = (rect.middle().0, balancer.middle().1, gateway.middle().1);
            let inbound = route(&[
                (users.right(), users.middle().1),
                (entry, from),
                (entry, lane.aisle),
                (middle, lane.aisle),
                (middle, lane.inlet),
            ]);
            let outbound =
                route(&[(middle, lane.outlet), (middle, lane.exit), (exit, lane.exit), (exit, to), (gateway.x, to)]);
            (inbound, outbound)
        });
        let (inbound, outbound) = ways.unzip();
        Self { boxes, is_vertical, inbound, outbound }
    }
}

/// The lane of an instance: the aisle that it shares with the opposite row, and its exit.
#[derive(Clone, Copy)]
struct Lane {
    aisle: f64,
    inlet: f64,
    outlet: f64,
    exit: f64,
}

/// Rows are paired: a pair shares the aisle between them and exits on its outer sides.
fn lanes(instances: &[Rect]) -> Vec<Lane> {
    let mut rows: Vec<(f64, f64)> = Vec::new();
    for rect in instances {
        match rows.iter_mut().find(|(top, bottom)| rect.middle().1 >= *top && rect.middle().1 <= *bottom) {
            Some((top, bottom)) => (*top, *bottom) = (top.min(rect.y), bottom.max(rect.bottom())),
            None => rows.insert(rows.partition_point(|(top, _)| *top <= rect.y), (rect.y, rect.bottom())),
        }
    }
    let gap = rows.windows(2).map(|pair| pair[1].0 - pair[0].1).fold(f64::INFINITY, f64::min);
    let gap = if gap.is_finite() { (gap / 2.0).max(LANE_GAP / 2.0) } else { LANE_GAP };
    let lane_of = |rect: &Rect| {
        let row = rows.iter().position(|(top, bottom)| (*top..=*bottom).contains(&rect.middle().1)).unwrap_or(0);
        let is_first_of_pair = row % 2 == 0 && row + 1 < rows.len();
        let (top, bottom) = (rect.y, rect.bottom());
        if is_first_of_pair {
            let aisle = (rows[row].1 + rows[row + 1].0) / 2.0;
            Lane { aisle, inlet: bottom, outlet: top, exit: rows[row].0 - gap.min(LANE_GAP) }
        } else {
            let aisle = if row == 0 { top - gap.min(LANE_GAP) } else { (rows[row - 1].1 + rows[row].0) / 2.0 };
            Lane { aisle, inlet: top, outlet: bottom, exit: rows[row].1 + gap.min(LANE_GAP) }
        }
    };
    instances.iter().map(lane_of).collect()
}

impl Route {
    /// A route through these corners, which are rounded.
    pub fn new(corners: &[Point]) -> Self {
        let mut points: Vec<Point> = Vec::new();
        let mut push = |point: Point| {
            if points.last().is_none_or(|last| distance(*last, point) > 0.01) {
                points.push(point);
            }
        };
        for (index, corner) in corners.iter().enumerate() {
            let (before, after) = match (index.checked_sub(1).map(|i| corners[i]), corners.get(index + 1)) {
                (Some(before), Some(after)) => (before, *after),
                _ => {
                    push(*corner);
                    continue;
                }
            };
            let radius = CORNER_RADIUS.min(distance(before, *corner) / 2.0).min(distance(*corner, after) / 2.0);
            let (start, end) = (towards(*corner, before, radius), towards(*corner, after, radius));
            for step in 0..=CURVE_STEPS {
                let t = step as f64 / CURVE_STEPS as f64;
                let mix = |a: f64, b: f64, c: f64| (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
                push((mix(start.0, corner.0, end.0), mix(start.1, corner.1, end.1)));
            }
        }
        let mut length = 0.0;
        let mut lengths = Vec::with_capacity(points.len());
        for (index, point) in points.iter().enumerate() {
            length += index.checked_sub(1).map_or(0.0, |before| distance(points[before], *point));
            lengths.push(length);
        }
        Self { points, lengths }
    }

    /// The point at a share of the route, 0 to 1, and the unit vector across it.
    pub fn at(&self, ratio: f64) -> Option<(Point, Point)> {
        let (first, last) = (self.points.first()?, self.points.last()?);
        let wanted = ratio.clamp(0.0, 1.0) * self.lengths.last()?;
        let after = self.lengths.partition_point(|length| *length < wanted).clamp(1, self.points.len().max(2) - 1);
        let (Some(a), Some(b)) = (self.points.get(after - 1), self.points.get(after)) else {
            return Some((*first, (0.0, 0.0)));
        };
        let length = distance(*a, *b);
        if length == 0.0 {
            return Some((*last, (0.0, 0.0)));
        }
        let t = (wanted - self.lengths[after - 1]) / length;
        let point = (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
        Some((point, ((a.1 - b.1) / length, (b.0 - a.0) / length)))
    }

    /// The route as SVG path data.
    pub fn path_data(&self) -> String {
        let mut data = String::new();
        for (index, (x, y)) in self.points.iter().enumerate() {
            data.push_str(&format!("{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' }));
        }
        data
    }
}

fn distance(a: Point, b: Point) -> f64 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

fn towards(from: Point, to: Point, by: f64) -> Point {
    let length = distance(from, to);
    if length == 0.0 {
        return from;
    }
    (from.0 + (to.0 - from.0) * by / length, from.1 + (to.1 - from.1) * by / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: f64, y: f64) -> Rect {
        Rect { x, y, width: 40.0, height: 40.0 }
    }

    fn wide() -> Boxes {
        Boxes {
            size: (400.0, 140.0),
            users: rect(0.0, 50.0),
            balancer: rect(80.0, 50.0),
            instances: vec![rect(160.0, 10.0), rect(220.0, 10.0), rect(160.0, 90.0), rect(220.0, 90.0)],
            gateway: rect(320.0, 50.0),
        }
    }

    #[test]
    fn ways_lead_from_the_users_to_the_instance_and_on_to_the_gateway() {
        let geometry = Geometry::new(wide());
        let ends = |route: &Route| (route.at(0.0).unwrap().0, route.at(1.0).unwrap().0);
        assert_eq!(ends(&geometry.inbound[0]), ((40.0, 70.0), (180.0, 50.0)));
        assert_eq!(ends(&geometry.inbound[3]), ((40.0, 70.0), (240.0, 90.0)));
        assert_eq!(ends(&geometry.outbound[1]), ((240.0, 10.0), (320.0, 70.0)));
        assert_eq!(ends(&geometry.outbound[2]), ((180.0, 130.0), (320.0, 70.0)));
    }

    #[test]
    fn a_phone_shows_the_same_ways_turned() {
        let boxes = wide();
        let tall = Boxes {
            size: (boxes.size.1, boxes.size.0),
            users: boxes.users.transposed(),
            balancer: boxes.balancer.transposed(),
            instances: boxes.instances.iter().map(|rect| rect.transposed()).collect(),
            gateway: boxes.gateway.transposed(),
        };
        let (wide, tall) = (Geometry::new(boxes), Geometry::new(tall));
        for ratio in [0.0, 0.3, 0.7, 1.0] {
            let ((x, y), _) = wide.inbound[1].at(ratio).unwrap();
            assert_eq!(tall.inbound[1].at(ratio).unwrap().0, (y, x));
        }
    }

    #[test]
    fn a_route_is_walked_evenly_and_crossed_at_right_angles() {
        let route = Route::new(&[(0.0, 0.0), (100.0, 0.0)]);
        assert_eq!(route.at(0.25), Some(((25.0, 0.0), (-0.0, 1.0))));
        assert_eq!(route.path_data(), "M0.0 0.0L100.0 0.0");
        assert_eq!(Route::new(&[]).at(0.5), None);
        assert_eq!(Route::new(&[(3.0, 4.0)]).at(0.5), Some(((3.0, 4.0), (0.0, 0.0))));
    }

    #[test]
    fn a_single_row_needs_no_opposite() {
        let mut boxes = wide();
        boxes.instances.truncate(2);
        let geometry = Geometry::new(boxes);
        assert_eq!(geometry.inbound[0].at(1.0).unwrap().0, (180.0, 10.0));
        assert_eq!(geometry.outbound[0].at(0.0).unwrap().0, (180.0, 50.0));
    }
}
