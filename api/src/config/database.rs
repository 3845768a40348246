//! Where the data is.

use super::source::{Source, Variable};
use crate::db::DbConfig;

const DATABASE_URL: Variable = Variable {
    name: "DATABASE_URL",
    unit: "URL",
    default: "sqlite:partnergraph-data/partnergraph.db",
    about: "The database: `postgres://user:word@host/name`, or `sqlite:PATH` for a file of one machine.",
    secret: true,
};
const MAX_CONNECTIONS: Variable = Variable {
    name: "DATABASE_MAX_CONNECTIONS",
    unit: "connections",
    default: "10",
    about: "Connections of this process at most, 1 to 1000.",
    secret: false,
};
const ACQUIRE_TIMEOUT: Variable = Variable {
    name: "DATABASE_ACQUIRE_TIMEOUT",
    unit: "milliseconds",
    default: "3000",
    about: "How long a request waits for a free connection before it is answered with TIMEOUT.",
    secret: false,
};
const STATEMENT_TIMEOUT: Variable = Variable {
    name: "DATABASE_STATEMENT_TIMEOUT",
    unit: "milliseconds",
    default: "15000",
    about: "PostgreSQL ends a statement after this time.",
    secret: false,
};
const MIGRATE_ON_START: Variable = Variable {
    name: "MIGRATE_ON_START",
    unit: "true or false",
    default: "false",
    about: "Whether `serve` applies missing migrations itself; with several replicas run `partnergraph migrate` instead.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> DbConfig {
    let url = source.text(DATABASE_URL);
    if !["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| url.starts_with(scheme)) {
        source.problem(DATABASE_URL.name, "must begin with `postgres://` or `sqlite:`.");
    }
    let max_connections = source.parsed(MAX_CONNECTIONS, 10);
    if !(1..=1000).contains(&max_connections) {
        source.problem(MAX_CONNECTIONS.name, "must be from 1 to 1000.");
    }
    DbConfig {
        url,
        max_connections,
        acquire_timeout: source.milliseconds(ACQUIRE_TIMEOUT),
        statement_timeout: source.milliseconds(STATEMENT_TIMEOUT),
        durable: true,
    }
}

pub(super) fn read_migrate_on_start(source: &mut Source<'_>) -> bool {
    source.switch(MIGRATE_ON_START)
}
