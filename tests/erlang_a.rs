//! With the leak and the collector switched off, one instance is an M/M/n queue with impatient customers: it must agree with
//! the Erlang-A formulas (Palm 1957; Garnett, Mandelbaum and Reiman, *Designing a call center with impatient customers*,
//! 2002) within a 99 % confidence interval.

use incident_replay::model::World;
use incident_replay::scenario::{Scenario, Setting};

const SERVERS: u32 = 4;
const SERVICE_S: f64 = 0.2;
const PATIENCE_S: f64 = 0.6;
const SEEDS: u64 = 20;
/// 99.5 % quantile of Student's t with 19 degrees of freedom.
const T_19: f64 = 2.861;

/// Probability of waiting, probability of leaving unserved, mean wait in seconds (of all, served or not).
fn erlang_a(rate_per_s: f64) -> [f64; 3] {
    let (service_rate, leave_rate) = (1.0 / SERVICE_S, 1.0 / PATIENCE_S);
    // Weights of the birth-death chain: k customers in the system.
    let mut weights = vec![1.0];
    for k in 1..=2000_u32 {
        let out = f64::from(k.min(SERVERS)) * service_rate + f64::from(k.saturating_sub(SERVERS)) * leave_rate;
        weights.push(weights[k as usize - 1] * rate_per_s / out);
    }
    let total: f64 = weights.iter().sum();
    let waiting: f64 = weights.iter().skip(SERVERS as usize).sum::<f64>() / total;
    let queue: f64 =
        weights.iter().enumerate().map(|(k, weight)| (k as f64 - f64::from(SERVERS)).max(0.0) * weight / total).sum();
    // Little's law for the queue; everyone in it leaves at the same rate.
    [waiting, leave_rate * queue / rate_per_s, queue / rate_per_s]
}

fn one_instance(rate_per_s: f64) -> Scenario {
    let mut scenario = Scenario::bundled();
    // The theory's system lies outside what is plausible for the incident: widen the ranges first.
    scenario.traffic.peak_rate_per_s.range = [0.01, 2000.0];
    scenario.instances.count.range = [1, 64];
    scenario.instances.rescheduled.value = 0;
    scenario.instances.cores.range = [0.1, 128.0];
    scenario.instances.worker_threads.range = [1, 512];
    scenario.instances.queue_length.range = [0, 100_000];
    scenario.request.allocation_mib.range = [0.0, 20.0];
    scenario.request.in_flight_mib.range = [0.0, 2.0];
    scenario.gateway.median_s.range = [0.0, 1.0];
    scenario.gateway.network_median_s.range = [0.0, 1.0];
    scenario.heap.pause_s_per_live_gib.range = [0.0, 1.0];
    scenario.session.size_kib.range = [0.0, 50.0];
    scenario.users.patience_median_s.range = [0.1, 1000.0];
    scenario.users.client_timeout_s.range = [1.0, 100_000.0];
    scenario.load_balancer.failures_to_remove.range = [1, 1_000_000];
    scenario.actions.clear();
    let settings = [
        ("instances.rescheduled", "0".to_owned()),
        ("instances.count", "1".to_owned()),
        ("instances.cores", f64::from(SERVERS).to_string()),
        ("instances.worker_threads", SERVERS.to_string()),
        ("instances.queue_length", "100000".to_owned()),
        ("traffic.peak_rate_per_s", rate_per_s.to_string()),
        ("traffic.base_ratio", "1".to_owned()),
        ("traffic.swing_ratio", "0".to_owned()),
        ("request.cpu_s", SERVICE_S.to_string()),
        ("request.allocation_mib", "0".to_owned()),
        ("request.in_flight_mib", "0".to_owned()),
        ("request.drops_queued_when_client_left", "true".to_owned()),
        ("gateway.median_s", "0".to_owned()),
        ("gateway.network_median_s", "0".to_owned()),
        ("heap.pause_s_per_live_gib", "0".to_owned()),
        ("session.size_kib", "0".to_owned()),
        ("deployment.release", "fixed".to_owned()),
        ("users.patience", "exponential".to_owned()),
        ("users.patience_median_s", (PATIENCE_S * std::f64::consts::LN_2).to_string()),
        ("users.client_timeout_s", "100000".to_owned()),
        ("users.retries", "0".to_owned()),
        ("load_balancer.failures_to_remove", "1000000".to_owned()),
    ];
    let settings: Vec<Setting> =
        settings.into_iter().map(|(path, value)| Setting { path: path.to_owned(), value }).collect();
    scenario.with(&settings).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn one_instance_agrees_with_erlang_a() {
    for load in [0.5, 0.7, 0.9, 1.1, 1.3] {
        let rate_per_s = load * f64::from(SERVERS) / SERVICE_S;
        let scenario = one_instance(rate_per_s);
        let runs: Vec<[f64; 3]> = (1..=SEEDS)
            .map(|seed| {
                let mut simulation = World::new(&scenario, seed).expect("valid");
                simulation.advance(simulation.end_us());
                let s = simulation.statistics();
                let offered = s.offered as f64;
                [s.waited as f64 / offered, s.left_queue as f64 / offered, s.wait_us as f64 / 1e6 / offered]
            })
            .collect();
        for (index, name) in ["waiting probability", "abandonment", "mean wait"].iter().enumerate() {
            let mean = runs.iter().map(|run| run[index]).sum::<f64>() / runs.len() as f64;
            let squares: f64 = runs.iter().map(|run| (run[index] - mean) * (run[index] - mean)).sum();
            let variance = squares / (runs.len() - 1) as f64;
            let half_width = T_19 * (variance / runs.len() as f64).sqrt();
            let theory = erlang_a(rate_per_s)[index];
            println!("load {load}: {name} {mean:.5} ± {half_width:.5}, theory {theory:.5}");
            assert!((mean - theory).abs() <= half_width, "load {load}: {name} {mean} ± {half_width}, theory {theory}");
            // An interval so wide that everything agrees would show nothing.
            assert!(half_width < 0.05 * theory + 1e-4, "load {load}: {name}: the interval is too wide");
        }
    }
}
