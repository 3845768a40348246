//! How much one request may ask for, and for how long.

use super::source::{Source, Variable};
use crate::schema::request::{PipelineSettings, limits::Limits};

const EXECUTION_DEADLINE: Variable = Variable {
    name: "EXECUTION_DEADLINE",
    unit: "milliseconds",
    default: "10000",
    about: "How long a request may be worked on before it is answered with TIMEOUT.",
    secret: false,
};
const INTROSPECTION: Variable = Variable {
    name: "INTROSPECTION",
    unit: "true or false",
    default: "true",
    about: "Whether the server tells its schema to whoever asks; the GraphiQL page needs it.",
    secret: false,
};
const DOCUMENT_CACHE: Variable = Variable {
    name: "DOCUMENT_CACHE",
    unit: "MiB",
    default: "32",
    about: "Memory for documents that were parsed before.",
    secret: false,
};
const LIMIT_DOCUMENT: Variable = Variable {
    name: "LIMIT_DOCUMENT",
    unit: "bytes",
    default: "100000",
    about: "How long a document may be.",
    secret: false,
};
const LIMIT_TOKENS: Variable = Variable {
    name: "LIMIT_TOKENS",
    unit: "tokens",
    default: "10000",
    about: "How many names, numbers and marks a document may have.",
    secret: false,
};
const LIMIT_DEPTH: Variable = Variable {
    name: "LIMIT_DEPTH",
    unit: "fields",
    default: "20",
    about: "How many fields may be inside one another, fragments unfolded; a list takes three.",
    secret: false,
};
const LIMIT_ALIASES: Variable = Variable {
    name: "LIMIT_ALIASES",
    unit: "aliases",
    default: "50",
    about: "How many aliases a document may have, fragments unfolded.",
    secret: false,
};
const LIMIT_ROOT_FIELDS: Variable = Variable {
    name: "LIMIT_ROOT_FIELDS",
    unit: "fields",
    default: "20",
    about: "How many fields an operation may have at its root.",
    secret: false,
};
const LIMIT_COST: Variable = Variable {
    name: "LIMIT_COST",
    unit: "points",
    default: "100000",
    about: "What an operation may cost: one for each field, times the page sizes around it.",
    secret: false,
};

pub(super) fn read(source: &mut Source<'_>) -> PipelineSettings {
    let usual = Limits::default();
    let deadline = source.positive_milliseconds(EXECUTION_DEADLINE);
    let introspection = source.switch(INTROSPECTION);
    let document_cache_bytes = source.parsed::<u64>(DOCUMENT_CACHE, 32).saturating_mul(1024 * 1024);
    let limits = Limits {
        document_bytes: source.parsed(LIMIT_DOCUMENT, usual.document_bytes),
        tokens: source.parsed(LIMIT_TOKENS, usual.tokens),
        depth: source.parsed(LIMIT_DEPTH, usual.depth),
        aliases: source.parsed(LIMIT_ALIASES, usual.aliases),
        root_fields: source.parsed(LIMIT_ROOT_FIELDS, usual.root_fields),
        cost: source.parsed(LIMIT_COST, usual.cost),
        ..usual
    };
    PipelineSettings { limits, deadline, document_cache_bytes, introspection, ..PipelineSettings::default() }
}
