//! How many events a run would take, before it is started.

use super::traffic::expected_users;
use crate::scenario::Scenario;

/// Most events of a run. Some minutes of computing natively; the order of events fits its 28 bits with room to spare.
pub const EVENT_BUDGET: u64 = 40_000_000;

/// Sessions before the window are ten times cheaper than events.
const SESSIONS_PER_EVENT: f64 = 10.0;
/// Arrival, two CPU phases, gateway, time-out, back-off and a pause.
const EVENTS_PER_ATTEMPT: f64 = 7.0;

/// An upper estimate of the events of a run: every user uses every retry.
#[must_use]
pub fn estimated_events(scenario: &Scenario) -> u64 {
    let window = &scenario.window;
    let attempts = 1.0 + f64::from(scenario.users.retries.value);
    let users = expected_users(&scenario.traffic, window.from, window.until);
    let instances = f64::from(scenario.instances.count.value)
        + scenario.responses.scale_out.as_ref().map_or(0.0, |more| f64::from(more.count));
    let operations = scenario.window_s() * (1.0 + instances / scenario.load_balancer.probe_interval_s.value);
    let before_h = scenario.deployment.faulty_age_h.value;
    let highest_per_s = scenario.traffic.peak_rate_per_s.value
        * (scenario.traffic.base_ratio.value + scenario.traffic.swing_ratio.value);
    let sessions = highest_per_s * before_h * 3600.0;
    let events = users * attempts * EVENTS_PER_ATTEMPT + operations + sessions / SESSIONS_PER_EVENT;
    events.min(1e18) as u64
}
