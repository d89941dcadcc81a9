//! The workloads on the queue structures of the simulation: arrivals as a scalar, departures in the tournament, time-outs in
//! the line.

use std::collections::VecDeque;

use incident_replay::engine::queue::{Key, Line, Tournament, key, time_us};
use incident_replay::engine::random::{Purpose, Stream};

use super::{Counts, LENGTH_S, SEED, SERVERS, SERVICE_S, TIMEOUT_S, Workload};

pub fn run(workload: Workload) -> Counts {
    let mut station = Station {
        arrivals: Stream::new(SEED, Purpose::Arrivals, 0),
        services: Stream::new(SEED, Purpose::Service, 0),
        departures: Tournament::new(SERVERS),
        idle: (0..SERVERS as u32).rev().collect(),
        timeouts: Line::default(),
        waiting: VecDeque::new(),
        waiting_since: 0,
        in_line: Vec::new(),
        order: 0,
        counts: Counts::default(),
    };
    station.run(workload.rate_per_s);
    station.counts
}

struct Station {
    arrivals: Stream,
    services: Stream,
    departures: Tournament,
    idle: Vec<u32>,
    timeouts: Line<u32>,
    /// Customers in line by number, including those who left.
    waiting: VecDeque<u32>,
    waiting_since: u32,
    /// Whether a customer is still in line, by number modulo its length.
    in_line: Vec<bool>,
    order: u64,
    counts: Counts,
}

const LINE: usize = 1 << 16;

impl Station {
    fn key(&mut self, at_us: u64) -> Key {
        self.order += 1;
        key(at_us, self.order)
    }

    fn run(&mut self, rate_per_s: f64) {
        let end = key(LENGTH_S * 1_000_000, 0);
        self.in_line = vec![false; LINE];
        let gap_us = 1e6 / rate_per_s;
        let mut arrival_us = (self.arrivals.exponential() * gap_us) as i64 as u64;
        let mut arrival = self.key(arrival_us);
        loop {
            let (departure, timeout) = (self.departures.first_key(), self.timeouts.first_key());
            let next = arrival.min(departure).min(timeout);
            if next >= end {
                return;
            }
            if next == departure {
                self.depart(time_us(next));
            } else if next == arrival {
                self.arrive(arrival_us);
                arrival_us += (self.arrivals.exponential() * gap_us) as i64 as u64;
                arrival = self.key(arrival_us);
            } else {
                let in_line = &self.in_line;
                let fired = self.timeouts.pop(|customer| in_line[*customer as usize % LINE]);
                if let Some(customer) = fired {
                    self.in_line[customer as usize % LINE] = false;
                    self.counts.timed_out += 1;
                }
            }
        }
    }

    fn arrive(&mut self, now_us: u64) {
        self.counts.arrived += 1;
        match self.idle.pop() {
            Some(server) => self.serve(server, now_us),
            None => {
                let customer = self.waiting_since + self.waiting.len() as u32;
                self.waiting.push_back(customer);
                self.in_line[customer as usize % LINE] = true;
                let key = self.key(now_us + TIMEOUT_S * 1_000_000);
                self.timeouts.push(key, customer);
            }
        }
    }

    fn serve(&mut self, server: u32, now_us: u64) {
        self.counts.started += 1;
        let service_us = (self.services.exponential() * SERVICE_S * 1e6) as i64 as u64;
        let key = self.key(now_us + service_us);
        self.departures.set(server as usize, key);
    }

    fn depart(&mut self, now_us: u64) {
        self.counts.served += 1;
        let (_, server) = self.departures.first();
        while let Some(customer) = self.waiting.pop_front() {
            self.waiting_since = customer + 1;
            if std::mem::take(&mut self.in_line[customer as usize % LINE]) {
                return self.serve(server as u32, now_us);
            }
        }
        self.departures.set(server, incident_replay::engine::queue::NEVER);
        self.idle.push(server as u32);
    }
}
