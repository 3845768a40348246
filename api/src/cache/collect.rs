//! The counters as a metrics page reads them.

use super::{Cache, KeyStats, Status};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};
use std::fmt;

/// Reads the cache's counters whenever the metrics are asked for.
#[derive(Debug)]
pub struct CacheCollector(pub Cache);

type Reading = fn(&KeyStats) -> u64;

/// Name, meaning and value of what is counted for each kind of key.
const BY_KEY: [(&str, &str, Reading); 5] = [
    ("cache_hits", "Reads answered from the cache", |key| key.hits),
    ("cache_misses", "Reads that were not in the cache", |key| key.misses),
    ("cache_shared", "Reads answered by a fill that was on its way already", |key| key.shared),
    ("cache_errors", "Faults in reading or writing", |key| key.errors),
    ("cache_oversized", "Values that were too long to be kept", |key| key.oversized),
];

impl Collector for CacheCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let stats = self.0.stats();
        for (name, help, reading) in BY_KEY {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (key, counted) in &stats.keys {
                ConstCounter::new(reading(counted)).encode(family.encode_family(&[("key", *key)])?)?;
            }
        }
        let up = i64::from(stats.status != Status::RedisDown);
        let gauges = [
            ("cache_up", "1 while the place where values are kept answers", up),
            ("cache_memory_bytes", "Bytes of values in this process", signed(stats.memory_bytes)),
        ];
        for (name, help, value) in gauges {
            ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        let lost = encoder.encode_descriptor("cache_losses", "How often Redis was lost", None, MetricType::Counter)?;
        ConstCounter::new(stats.losses).encode(lost)
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{CacheConfig, DocumentHash};
    use prometheus_client::{encoding::text, registry::Registry};

    #[tokio::test]
    async fn what_was_counted_is_read() {
        let cache = Cache::open(&CacheConfig::default()).unwrap();
        assert!(cache.get(&DocumentHash::of("{ a }")).await.is_none());
        let mut registry = Registry::default();
        registry.register_collector(Box::new(CacheCollector(cache)));
        let mut page = String::new();
        text::encode(&mut page, &registry).unwrap();
        assert!(page.contains("cache_misses_total{key=\"persisted-query\"} 1\n"), "{page}");
        assert!(page.contains("cache_up 1\n"), "{page}");
    }
}
