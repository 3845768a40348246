//! Where and how the server listens.

use super::source::{Source, Variable};
use crate::http::{
    cors::Origins,
    server::{BodySettings, ServerSettings},
};
use std::net::SocketAddr;

const LISTEN: Variable = Variable {
    name: "LISTEN",
    unit: "address:port",
    default: "127.0.0.1:8080",
    about: "Where the server listens; `0.0.0.0:8080` for all interfaces, port 0 for any free port.",
    secret: false,
};
const METRICS_LISTEN: Variable = Variable {
    name: "METRICS_LISTEN",
    unit: "address:port",
    default: "",
    about: "Where `/metrics` is served; without it on the server's own port, to programs of this machine only.",
    secret: false,
};
const WORKERS: Variable = Variable {
    name: "WORKERS",
    unit: "threads",
    default: "",
    about: "Threads that answer requests, 1 to 1024; without it as many as there are processors.",
    secret: false,
};
const MAX_CONNECTIONS: Variable = Variable {
    name: "MAX_CONNECTIONS",
    unit: "connections",
    default: "10000",
    about: "Connections of clients open at once, at least 1; more wait to be accepted.",
    secret: false,
};
const HEADER_DEADLINE: Variable = Variable {
    name: "HEADER_DEADLINE",
    unit: "milliseconds",
    default: "10000",
    about: "How long the head of a request may take to arrive.",
    secret: false,
};
const BODY_DEADLINE: Variable = Variable {
    name: "BODY_DEADLINE",
    unit: "milliseconds",
    default: "30000",
    about: "How long the body of a request may take to arrive.",
    secret: false,
};
const BODY_LIMIT: Variable = Variable {
    name: "BODY_LIMIT",
    unit: "bytes",
    default: "1048576",
    about: "How long a request's body may be without credentials, packed or unpacked.",
    secret: false,
};
const BODY_LIMIT_SIGNED_IN: Variable = Variable {
    name: "BODY_LIMIT_SIGNED_IN",
    unit: "bytes",
    default: "8388608",
    about: "How long a request's body may be with credentials that were accepted.",
    secret: false,
};
const DOWNLOADS_PER_ACTOR: Variable = Variable {
    name: "DOWNLOADS_PER_ACTOR",
    unit: "files",
    default: "4",
    about: "How many files may be on their way at once to one person or API key, in this process.",
    secret: false,
};
const KEEP_ALIVE: Variable = Variable {
    name: "KEEP_ALIVE",
    unit: "milliseconds",
    default: "75000",
    about: "How long a connection may be idle; longer than a load balancer's own time, so that the balancer closes first.",
    secret: false,
};
const SHUTDOWN_GRACE: Variable = Variable {
    name: "SHUTDOWN_GRACE",
    unit: "milliseconds",
    default: "30000",
    about: "How long requests may go on after SIGTERM or SIGINT.",
    secret: false,
};
const ALLOWED_ORIGINS: Variable = Variable {
    name: "ALLOWED_ORIGINS",
    unit: "origins, separated by commas",
    default: "",
    about: "Web sites whose scripts may call the API, such as `https://portal.example`; `*` for all, but only as visitors.",
    secret: false,
};

/// Only the address: for a command that asks a running server.
pub(super) fn read_address(source: &mut Source<'_>) -> SocketAddr {
    address(source, LISTEN).unwrap_or(ServerSettings::default().listen)
}

pub(super) fn read(source: &mut Source<'_>) -> ServerSettings {
    let usual = ServerSettings::default();
    let listen = read_address(source);
    let metrics_listen = address(source, METRICS_LISTEN);
    let workers = source.optional(WORKERS).unwrap_or(usual.workers);
    source.within(WORKERS, workers, 1..=1024);
    let max_connections = source.parsed(MAX_CONNECTIONS, usual.max_connections);
    source.within(MAX_CONNECTIONS, max_connections, 1..=usize::MAX);
    let downloads_per_actor = source.parsed(DOWNLOADS_PER_ACTOR, usual.downloads_per_actor);
    source.within(DOWNLOADS_PER_ACTOR, downloads_per_actor, 1..=usize::MAX);
    let header_deadline = source.positive_milliseconds(HEADER_DEADLINE);
    let keep_alive = source.positive_milliseconds(KEEP_ALIVE);
    let shutdown_grace = source.milliseconds(SHUTDOWN_GRACE);
    let bodies = BodySettings {
        anonymous: source.parsed(BODY_LIMIT, usual.bodies.anonymous),
        with_credentials: source.parsed(BODY_LIMIT_SIGNED_IN, usual.bodies.with_credentials),
        deadline: source.positive_milliseconds(BODY_DEADLINE),
    };
    let named = source.text(ALLOWED_ORIGINS);
    let origins = Origins::parse(&named).unwrap_or_else(|part| {
        let part = crate::text::cut_chars(&part, 80);
        let message = format!("`{part}` is no origin; one is `https://host` or `https://host:port`, without a path.");
        source.problem(ALLOWED_ORIGINS.name, message);
        Origins::Own
    });
    ServerSettings {
        listen,
        metrics_listen,
        workers,
        max_connections,
        header_deadline,
        keep_alive,
        shutdown_grace,
        bodies,
        origins,
        live: super::live::read(source),
        downloads_per_actor,
    }
}

fn address(source: &mut Source<'_>, variable: Variable) -> Option<SocketAddr> {
    let text = source.text(variable);
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse().ok();
    if parsed.is_none() {
        source.problem(variable.name, "must be an IP address and a port, such as `127.0.0.1:8080` or `[::]:8080`.");
    }
    parsed
}
