//! A recording as bytes, for the worker's response and for the digest: a JSON header, then every column as little-endian
//! `u32`. Version 2. Columns of pools, of a cache and of dependencies come last, and only where there are some.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh64::xxh64;

use super::{
    CacheSeries, DependencySeries, Histograms, InstanceSeries, LogEntry, Meta, PoolSeries, PrerollSeries,
    PrerollServiceSeries, Recording, SampleSeries, ServiceSeries,
};
use crate::json;

const MAGIC: &[u8; 8] = b"IRPLAY02";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    meta: Meta,
    log: Vec<LogEntry>,
}

/// Why bytes cannot be decoded.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes do not begin like a recording of this version.
    #[error("not a recording of version 2")]
    Magic,
    /// The bytes end too early.
    #[error("the recording is cut off at byte {0}")]
    CutOff(usize),
    /// The header cannot be read.
    #[error("the header is damaged: {0}")]
    Header(String),
    /// The columns do not fit together.
    #[error("columns have unequal lengths")]
    Shape,
}

impl Recording {
    /// Memory of its columns, in bytes.
    #[must_use]
    pub fn columns_bytes(&self) -> usize {
        self.columns().iter().map(|column| size_of_val(column.as_slice())).sum()
    }

    fn columns(&self) -> Vec<&Vec<u32>> {
        let mut columns = self.service.columns();
        columns.extend(self.instances.columns());
        columns.extend(self.preroll.columns());
        columns.extend(self.preroll_service.columns());
        columns.extend(self.samples.columns());
        columns.extend([
            &self.checkout_latency.counts,
            &self.gateway_latency.counts,
            &self.network_latency.counts,
            &self.request_latency.counts,
            &self.session_ages,
        ]);
        if !self.meta.pools.is_empty() {
            columns.extend(self.pools.columns());
        }
        if self.meta.cache_entries.is_some() {
            columns.extend(self.cache.columns());
        }
        if !self.meta.dependencies.is_empty() {
            columns.extend(self.dependencies.columns());
            columns.push(&self.dependency_latency.counts);
        }
        columns
    }

    pub(super) fn columns_mut(&mut self) -> Vec<&mut Vec<u32>> {
        let mut columns = self.service.columns_mut();
        columns.extend(self.instances.columns_mut());
        columns.extend(self.preroll.columns_mut());
        columns.extend(self.preroll_service.columns_mut());
        columns.extend(self.samples.columns_mut());
        columns.extend([
            &mut self.checkout_latency.counts,
            &mut self.gateway_latency.counts,
            &mut self.network_latency.counts,
            &mut self.request_latency.counts,
            &mut self.session_ages,
        ]);
        if !self.meta.pools.is_empty() {
            columns.extend(self.pools.columns_mut());
        }
        if self.meta.cache_entries.is_some() {
            columns.extend(self.cache.columns_mut());
        }
        if !self.meta.dependencies.is_empty() {
            columns.extend(self.dependencies.columns_mut());
            columns.push(&mut self.dependency_latency.counts);
        }
        columns
    }

    /// A recording without rows.
    pub(super) fn empty(meta: Meta) -> Self {
        Self {
            meta,
            service: ServiceSeries::default(),
            instances: InstanceSeries::default(),
            pools: PoolSeries::default(),
            cache: CacheSeries::default(),
            dependencies: DependencySeries::default(),
            dependency_latency: Histograms::default(),
            preroll_service: PrerollServiceSeries::default(),
            preroll: PrerollSeries::default(),
            samples: SampleSeries::default(),
            checkout_latency: Histograms::default(),
            gateway_latency: Histograms::default(),
            network_latency: Histograms::default(),
            request_latency: Histograms::default(),
            session_ages: Vec::new(),
            log: Vec::new(),
        }
    }

    /// Every column with its name, in the order of the bytes; those of histograms and ages have none.
    pub(super) fn named_columns(&self) -> Vec<(&'static str, &Vec<u32>)> {
        let names = [
            ServiceSeries::INFO,
            InstanceSeries::INFO,
            PrerollSeries::INFO,
            PrerollServiceSeries::INFO,
            SampleSeries::INFO,
        ];
        let names = names.into_iter().flatten().map(|info| info.name).chain(std::iter::repeat(""));
        names.zip(self.columns()).collect()
    }

    /// The recording as bytes; equal recordings give equal bytes on every platform.
    ///
    /// # Panics
    /// Never: the header has only string keys.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let header = Header { meta: self.meta.clone(), log: self.log.clone() };
        let header = json::to_string(&header);
        let columns = self.columns();
        let values: usize = columns.iter().map(|column| column.len() + 1).sum();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + header.len() + 4 * values);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        for column in columns {
            bytes.extend_from_slice(&(column.len() as u32).to_le_bytes());
            bytes.extend(column.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes
    }

    /// Reads what [`Recording::encode`] wrote.
    ///
    /// # Errors
    /// The bytes are of another version, cut off or damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = ByteReader::new(bytes);
        if reader.take(MAGIC.len()).ok() != Some(MAGIC.as_slice()) {
            return Err(DecodeError::Magic);
        }
        let header_length = reader.length()?;
        let header = std::str::from_utf8(reader.take(header_length)?);
        let header = header.map_err(|error| DecodeError::Header(error.to_string()))?;
        let header: Header = json::from_str(header).map_err(|refusal| DecodeError::Header(refusal.to_string()))?;
        let mut recording = Self { log: header.log, ..Self::empty(header.meta) };
        for column in recording.columns_mut() {
            let length = reader.length()?;
            let bytes = reader.take(length.checked_mul(4).ok_or(DecodeError::CutOff(0))?)?;
            *column = bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        }
        if !reader.is_at_end() || !recording.has_shape() {
            return Err(DecodeError::Shape);
        }
        Ok(recording)
    }

    pub(super) fn has_shape(&self) -> bool {
        let alike = |columns: Vec<&Vec<u32>>| columns.windows(2).all(|pair| pair[0].len() == pair[1].len());
        let (instances, ticks) = (self.meta.instances as usize, self.ticks());
        let whole = |length: usize, of: usize| of > 0 && length.is_multiple_of(of);
        alike(self.service.columns())
            && alike(self.instances.columns())
            && alike(self.preroll.columns())
            && alike(self.pools.columns())
            && self.pools.slots_taken.len() == ticks * instances * self.meta.pools.len()
            && alike(self.cache.columns())
            && self.cache.hits.len() == self.meta.cache_entries.map_or(0, |_| self.meta.seconds as usize)
            && alike(self.dependencies.columns())
            && self.dependencies.calls_ended.len() == ticks * self.meta.dependencies.len()
            && self.dependency_latency.rows() == ticks * self.meta.dependencies.len().saturating_sub(1)
            && alike(self.samples.columns())
            && self.service.arrivals.len() == self.meta.seconds as usize
            && whole(self.instances.state.len(), instances)
            && whole(self.preroll.sessions_leaked.len(), instances)
            && whole(self.session_ages.len(), instances * super::AGE_CLASSES)
            && [&self.checkout_latency, &self.gateway_latency, &self.network_latency].iter().all(|h| h.rows() == ticks)
            && self.request_latency.rows() == ticks * instances
    }

    /// A fingerprint of the whole recording, 16 hexadecimal digits: equal on every platform for equal scenario and seed.
    #[must_use]
    pub fn digest(&self) -> String {
        format!("{:016x}", xxh64(&self.encode(), 0))
    }
}

pub(super) struct ByteReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> ByteReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(length).ok_or(DecodeError::CutOff(self.at))?;
        let part = self.bytes.get(self.at..end).ok_or(DecodeError::CutOff(self.at))?;
        self.at = end;
        Ok(part)
    }

    pub fn length(&mut self) -> Result<usize, DecodeError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
    }
}
