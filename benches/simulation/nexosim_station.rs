//! The workloads on NeXosim, written as its documentation suggests: one model that schedules events on itself, time-outs
//! with a key that cancels them. The random numbers are the same.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use incident_replay::engine::random::{Purpose, Stream};
use nexosim::model::{Context, Model, schedulable};
use nexosim::simulation::{EventKey, Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};

use super::{Counts, LENGTH_S, SEED, SERVERS, SERVICE_S, TIMEOUT_S, Workload};

pub fn run(workload: Workload) -> Counts {
    let counts = Arc::new(Mutex::new(Counts::default()));
    let station = Station {
        gap_us: 1e6 / workload.rate_per_s,
        busy: 0,
        next_customer: 0,
        waiting: VecDeque::new(),
        streams: Some((Stream::new(SEED, Purpose::Arrivals, 0), Stream::new(SEED, Purpose::Service, 0))),
        counts: Counts::default(),
        result: Some(Arc::clone(&counts)),
    };
    let bench = SimInit::with_num_threads(1).add_model(station, Mailbox::new(), "station");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("the bench is complete");
    simulation.step_until(Duration::from_micros(LENGTH_S * 1_000_000 - 1)).expect("the model runs");
    drop(simulation);
    let counts = counts.lock().expect("the model is gone");
    *counts
}

#[derive(Serialize, Deserialize)]
struct Station {
    gap_us: f64,
    busy: usize,
    next_customer: u64,
    waiting: VecDeque<(u64, EventKey)>,
    #[serde(skip)]
    streams: Option<(Stream, Stream)>,
    #[serde(skip)]
    counts: Counts,
    #[serde(skip)]
    result: Option<Arc<Mutex<Counts>>>,
}

impl Drop for Station {
    fn drop(&mut self) {
        if let Some(result) = &self.result
            && let Ok(mut result) = result.lock()
        {
            *result = self.counts;
        }
    }
}

fn at_least_a_nanosecond(us: f64) -> Duration {
    // NeXosim rejects events at the current time.
    Duration::from_micros(us as i64 as u64).max(Duration::from_nanos(1))
}

#[Model]
impl Station {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>) {
        self.schedule_arrival(context);
    }

    fn schedule_arrival(&mut self, context: &Context<Self>) {
        let Some((arrivals, _)) = &mut self.streams else { return };
        let gap = at_least_a_nanosecond(arrivals.exponential() * self.gap_us);
        context.schedule_event(gap, schedulable!(Self::arrive), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn arrive(&mut self, _: (), context: &Context<Self>) {
        self.counts.arrived += 1;
        if self.busy < SERVERS {
            self.busy += 1;
            self.serve(context);
        } else {
            let customer = self.next_customer;
            self.next_customer += 1;
            let timeout = Duration::from_secs(TIMEOUT_S);
            let key = context.schedule_keyed_event(timeout, schedulable!(Self::time_out), customer);
            self.waiting.push_back((customer, key.expect("in the future")));
        }
        self.schedule_arrival(context);
    }

    fn serve(&mut self, context: &Context<Self>) {
        self.counts.started += 1;
        let Some((_, services)) = &mut self.streams else { return };
        let service = at_least_a_nanosecond(services.exponential() * SERVICE_S * 1e6);
        context.schedule_event(service, schedulable!(Self::depart), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn depart(&mut self, _: (), context: &Context<Self>) {
        self.counts.served += 1;
        match self.waiting.pop_front() {
            Some((_, key)) => {
                key.cancel();
                self.serve(context);
            }
            None => self.busy -= 1,
        }
    }

    #[nexosim(schedulable)]
    async fn time_out(&mut self, customer: u64) {
        // All time-outs have the same length, so the longest-waiting customer is first in line.
        if self.waiting.front().is_some_and(|(first, _)| *first == customer) {
            self.waiting.pop_front();
            self.counts.timed_out += 1;
        }
    }
}
