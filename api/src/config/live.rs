//! What connections that stay open may take: WebSockets and event streams.

use super::source::{Source, Variable};
use crate::http::live::LiveSettings;

const LIVE_CONNECTIONS: Variable = Variable {
    name: "LIVE_CONNECTIONS",
    unit: "connections",
    default: "8000",
    about: "WebSockets and event streams open at once in this process; keep it below MAX_CONNECTIONS.",
    secret: false,
};
const LIVE_CONNECTIONS_PER_ACTOR: Variable = Variable {
    name: "LIVE_CONNECTIONS_PER_ACTOR",
    unit: "connections",
    default: "50",
    about: "How many of them one person or API key may have.",
    secret: false,
};
const LIVE_CONNECTIONS_PER_ORGANIZATION: Variable = Variable {
    name: "LIVE_CONNECTIONS_PER_ORGANIZATION",
    unit: "connections",
    default: "2000",
    about: "How many of them one organization may have; also all visitors together.",
    secret: false,
};
const LIVE_OPERATIONS: Variable = Variable {
    name: "LIVE_OPERATIONS",
    unit: "operations",
    default: "100",
    about: "How many operations may run at once on one WebSocket.",
    secret: false,
};
const WEBSOCKET_INIT_TIMEOUT: Variable = Variable {
    name: "WEBSOCKET_INIT_TIMEOUT",
    unit: "milliseconds",
    default: "5000",
    about: "How long a WebSocket may take to send `connection_init`; over it, it is closed with 4408.",
    secret: false,
};
const WEBSOCKET_IDLE_TIMEOUT: Variable = Variable {
    name: "WEBSOCKET_IDLE_TIMEOUT",
    unit: "milliseconds",
    default: "1800000",
    about: "How long a WebSocket may be open without an operation; over it, it is closed with 1000.",
    secret: false,
};
const WEBSOCKET_PING: Variable = Variable {
    name: "WEBSOCKET_PING",
    unit: "milliseconds",
    default: "25000",
    about: "How often a WebSocket is pinged, give or take a fifth; after two without any sign of life it is dropped.",
    secret: false,
};
const EVENT_STREAM_COMMENT: Variable = Variable {
    name: "EVENT_STREAM_COMMENT",
    unit: "milliseconds",
    default: "12000",
    about: "How often a comment is sent on an event stream on which nothing happens, so that proxies keep it open.",
    secret: false,
};
const LIVE_OUTBOX_MESSAGES: Variable = Variable {
    name: "LIVE_OUTBOX_MESSAGES",
    unit: "messages",
    default: "64",
    about: "How many messages may wait to be sent on one WebSocket.",
    secret: false,
};
const LIVE_OUTBOX_BYTES: Variable = Variable {
    name: "LIVE_OUTBOX_BYTES",
    unit: "bytes",
    default: "65536",
    about: "How many bytes of messages may wait to be sent on one WebSocket; one message fits in any case.",
    secret: false,
};
const LIVE_PATIENCE: Variable = Variable {
    name: "LIVE_PATIENCE",
    unit: "milliseconds",
    default: "10000",
    about: "How long a reader may take nothing while its messages pile up; over it, a WebSocket is closed with 1013.",
    secret: false,
};
const SEND_BUFFER: Variable = Variable {
    name: "SEND_BUFFER",
    unit: "bytes",
    default: "65536",
    about: "How much the system may hold of what is sent on one connection.",
    secret: false,
};
const PEER_TIMEOUT: Variable = Variable {
    name: "PEER_TIMEOUT",
    unit: "milliseconds",
    default: "30000",
    about: "How long a reader may take nothing of an answer, or (on Linux) confirm nothing, before it is given up.",
    secret: false,
};
const CLOSING_SPREAD: Variable = Variable {
    name: "CLOSING_SPREAD",
    unit: "milliseconds",
    default: "5000",
    about: "Over what time open connections are closed when the server stops; at most half of SHUTDOWN_GRACE.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> LiveSettings {
    let usual = LiveSettings::default();
    let mut count = |variable: Variable, usual: usize| {
        let count = source.parsed(variable, usual);
        source.within(variable, count, 1..=usize::MAX);
        count
    };
    let connections = count(LIVE_CONNECTIONS, usual.connections);
    let per_actor = count(LIVE_CONNECTIONS_PER_ACTOR, usual.per_actor);
    let per_organization = count(LIVE_CONNECTIONS_PER_ORGANIZATION, usual.per_organization);
    let operations = count(LIVE_OPERATIONS, usual.operations);
    let outbox_messages = count(LIVE_OUTBOX_MESSAGES, usual.outbox_messages);
    let outbox_bytes = count(LIVE_OUTBOX_BYTES, usual.outbox_bytes);
    let send_buffer = count(SEND_BUFFER, usual.send_buffer);
    LiveSettings {
        connections,
        per_actor,
        per_organization,
        operations,
        init_timeout: source.positive_milliseconds(WEBSOCKET_INIT_TIMEOUT),
        idle_timeout: source.positive_milliseconds(WEBSOCKET_IDLE_TIMEOUT),
        ping_interval: source.positive_milliseconds(WEBSOCKET_PING),
        comment_interval: source.positive_milliseconds(EVENT_STREAM_COMMENT),
        outbox_messages,
        outbox_bytes,
        patience: source.positive_milliseconds(LIVE_PATIENCE),
        send_buffer,
        peer_timeout: source.positive_milliseconds(PEER_TIMEOUT),
        closing_spread: source.milliseconds(CLOSING_SPREAD),
    }
}
