//! Columns of the recording. One macro defines each group, so that encoding, decoding, exports and the digest use the same
//! list.

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// Number of events within the row's time.
    Count,
    /// Value at the end of the row's time.
    Gauge,
}

/// Name and meaning of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ColumnInfo {
    /// Name with its unit: `gc_us`.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// One line of explanation for exports.
    pub help: &'static str,
}

macro_rules! columns {
    ( $(#[$doc:meta])* $group:ident, $row:ident { $( $name:ident : $kind:ident $help:literal, )* } ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug, Default)]
        pub struct $group {
            $( #[doc = $help] pub $name: Vec<u32>, )*
        }

        #[doc = concat!("One row of [`", stringify!($group), "`].")]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub struct $row {
            $( #[doc = $help] pub $name: u32, )*
        }

        impl $group {
            /// Name and meaning of every column, in order.
            pub const INFO: &'static [ColumnInfo] = &[
                $( ColumnInfo { name: stringify!($name), kind: ColumnKind::$kind, help: $help }, )*
            ];

            #[must_use]
            pub fn with_capacity(rows: usize) -> Self {
                Self { $( $name: Vec::with_capacity(rows), )* }
            }

            pub fn push(&mut self, row: &$row) {
                $( self.$name.push(row.$name); )*
            }

            /// Every column, in the order of `INFO`.
            #[must_use]
            pub fn columns(&self) -> Vec<&Vec<u32>> {
                vec![ $( &self.$name, )* ]
            }

            /// Every column for writing, in the order of `INFO`.
            pub fn columns_mut(&mut self) -> Vec<&mut Vec<u32>> {
                vec![ $( &mut self.$name, )* ]
            }
        }
    };
}

columns! {
    /// The service as a whole, a row a second.
    ServiceSeries, ServiceRow {
        arrivals: Count "users who started a checkout",
        fast: Count "users whose checkout completed in time",
        slow: Count "users whose checkout completed, slowly",
        failed_rejected: Count "users who failed: the last attempt was rejected",
        failed_timed_out: Count "users who failed: the last attempt timed out",
        failed_abandoned: Count "users who failed: patience ran out",
        failed_killed: Count "users who failed: the instance of the last attempt was killed",
        attempts: Count "attempts sent to the load balancer",
        retries: Count "attempts that were retries",
        rejected: Count "attempts rejected: queue full, shed or no instance in rotation",
        wasted: Count "requests finished although their client had left",
        waiting_users: Gauge "users between first click and outcome",
        in_flight: Gauge "requests in the instances",
        queued: Gauge "requests waiting for a worker thread",
        ready_instances: Gauge "instances in rotation",
        started_fast: Count "users who started in this second and completed in time",
        started_slow: Count "users who started in this second and completed slowly",
        started_failed: Count "users who started in this second and failed",
    }
}

columns! {
    /// The instances, a row per instance every five seconds: row = tick · instances + instance.
    InstanceSeries, InstanceRow {
        heap_used_kib: Gauge "heap in use: live bytes and garbage",
        heap_peak_kib: Gauge "highest heap in use since the row before",
        live_kib: Gauge "live bytes",
        heap_after_gc_kib: Gauge "live bytes after the last collection",
        sessions_live: Gauge "sessions whose transaction is under way",
        sessions_leaked: Gauge "sessions whose transaction has ended",
        gc_count: Count "collections",
        gc_us: Count "time in collections",
        cpu_us: Count "CPU time, collections included (all cores)",
        busy_threads: Gauge "worker threads in use",
        queued: Gauge "requests waiting for a worker thread",
        completed: Count "requests finished",
        completed_slow: Count "requests finished later than the slow threshold after their arrival",
        rejected: Count "requests turned away by the full queue",
        release: Gauge "0 faulty, 1 fixed, from 2 the other releases of the scenario",
        restarts: Gauge "restarts since the window began",
        state: Gauge "0 absent, 1 in rotation, 2 out of rotation, 3 draining, 4 starting, 5 waiting to restart",
        in_gc: Gauge "1 while a collection is under way",
    }
}

columns! {
    /// The pools of the instances, as often as [`InstanceSeries`] has a row: row = (tick · instances + instance) · pools + pool.
    /// Empty in a run without pools.
    PoolSeries, PoolRow {
        slots_taken: Gauge "slots of the pool that are not free",
        slots_lost: Gauge "slots of the pool that were never given back",
        slots_waited_for: Gauge "requests waiting for a slot of the pool",
        slot_timeouts: Count "requests that failed waiting for a slot of the pool",
    }
}

columns! {
    /// The calls of the dependencies, as often as [`InstanceSeries`] has a row: row = tick · dependencies + dependency. Empty in
    /// a run in which calls play no part of their own.
    DependencySeries, DependencyRow {
        calls_ended: Count "calls of the dependency that ended",
        calls_failed: Count "of these, answered with an error",
        calls_timed_out: Count "of these, timed out",
        calls_ms: Count "time of the calls that ended, in milliseconds",
        calls_under_way: Gauge "calls that the dependency works on",
        calls_waiting: Gauge "calls that wait there",
    }
}

columns! {
    /// The cache, a row a second. Empty in a run without one.
    CacheSeries, CacheRow {
        hits: Count "calls that the cache answered",
        misses: Count "calls that it did not",
        filled: Gauge "entries in the cache",
    }
}

columns! {
    /// Memory from the faulty deployment to the window, a row per instance every ten minutes.
    PrerollSeries, PrerollRow {
        heap_after_gc_kib: Gauge "live bytes after collection",
        sessions_leaked: Gauge "sessions whose transaction has ended",
        cpu_ms: Count "CPU time, collections included (all cores), in milliseconds: a row lasts for minutes",
        gc_ms: Count "time in collections, in milliseconds",
    }
}

columns! {
    /// The service before the window, a row as often as [`PrerollSeries`] has one of each instance.
    PrerollServiceSeries, PrerollServiceRow {
        arrivals: Count "users who started a checkout",
        fast: Count "users whose checkout completed in time",
        slow: Count "users whose checkout completed, slowly",
        failed_rejected: Count "users who failed: the last attempt was rejected",
        failed_timed_out: Count "users who failed: the last attempt timed out",
        failed_abandoned: Count "users who failed: patience ran out",
        failed_killed: Count "users who failed: the instance of the last attempt was killed",
    }
}

columns! {
    /// One attempt in eight, followed through the system. Times are milliseconds since the window began.
    SampleSeries, SampleRow {
        sent_ms: Gauge "the attempt was sent",
        admitted_ms: Gauge "a worker thread took it; u32::MAX when none did",
        gateway_ms: Gauge "the gateway was called; u32::MAX when it was not",
        reply_ms: Gauge "the gateway replied; u32::MAX when it did not",
        ended_ms: Gauge "the instance was done with it",
        instance: Gauge "index of the instance; u32::MAX when none took it",
        outcome: Gauge "0 fast, 1 slow, 2 failed for the client, 3 rejected",
    }
}
