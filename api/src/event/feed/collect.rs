//! The counters of feeds and hints as a metrics page reads them.

use crate::{event::hint::HintStatus, op::World};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};
use std::{fmt, sync::Arc};

/// Reads the counters whenever the metrics are asked for.
pub struct FeedCollector(pub Arc<World>);

impl fmt::Debug for FeedCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedCollector")
    }
}

impl Collector for FeedCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let feeds = &self.0.feeds;
        let (hub, hints) = (feeds.hub().stats(), feeds.hint_stats());
        let counters = [
            ("feed_hints_heard", "Hints that brought an alert to those who listen", hub.heard),
            ("feed_hints_repeated", "Hints of alerts that were known", hub.repeated),
            ("feed_hints_sent", "Hints sent to the other replicas", hints.sent),
            ("feed_hints_received", "Hints received over Redis", hints.received),
            ("feed_hints_dropped", "Hints not sent, since Redis was away or slow", hints.dropped),
            ("feed_hints_malformed", "Messages in the channels of hints that are none", hints.malformed),
            ("feed_table_reads", "Reads of the table for what was not in memory", hub.table_reads),
            ("feed_read_failures", "Reads of the table that failed and were tried again", hub.read_failures),
            ("feed_tail_checks", "Times that the database was asked whether feeds have grown", hub.tail_checks),
            ("feed_tail_check_failures", "Tail checks that failed", hub.tail_failures),
            (
                "feed_sight_reads",
                "Times that the database was asked what may be seen, besides tail checks",
                hub.sight_reads,
            ),
            ("feed_resets", "Listeners that were told that their feed cannot go on", hub.resets),
        ];
        for (name, help, value) in counters {
            ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let up = i64::from(feeds.hint_status() != HintStatus::Down);
        let gauges = [
            ("feed_listeners", "Who listens to a feed now", signed(hub.listeners)),
            ("feed_topics", "Feeds that are listened to now", signed(hub.topics)),
            ("feed_hints_up", "1 while hints reach the other replicas", up),
        ];
        for (name, help, value) in gauges {
            ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        Ok(())
    }
}
