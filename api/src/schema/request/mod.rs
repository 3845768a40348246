//! From the text of a request to its outcome: limits, parsing (kept for the next time), more limits, variables, then
//! validation and execution by the schema. Every transport goes through here, so what holds for one holds for all.
//! It knows no transport, no actor and no database; what a request's resolvers need is handed through as [`Data`].

pub mod answer;
pub mod code;
mod complete;
pub mod cost;
pub mod document;
pub mod input;
mod lexer;
pub mod limits;
mod nul;
pub mod outcome;
pub mod persisted;
mod position;
pub mod refusal;
mod root_field;
pub mod shape;
pub mod share;
pub mod source;
pub mod subscribe;
pub mod types;
pub mod variables;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Data, ObjectType, Request, Response, Schema, SubscriptionType, Variables,
    parser::types::{ExecutableDocument, OperationType},
};
use futures::{FutureExt, future::BoxFuture, stream::BoxStream};
use tracing::Instrument;

use self::{
    code::Code,
    complete::Plan,
    document::Documents,
    input::Input,
    limits::Limits,
    outcome::{Operation, Outcome},
    refusal::{Refusal, problem},
    share::{Impersonal, Repeatable, ShareKey, Shared},
    types::{SdlFault, TypeTable},
    variables::VariableUses,
};
use crate::cache::{DocumentHash, PersistedQueries};

/// How requests are treated.
#[derive(Debug, Clone)]
pub struct PipelineSettings {
    /// What one request may ask for.
    pub limits: Limits,
    /// How long an execution may take before it is given up with code `TIMEOUT`.
    pub deadline: Duration,
    /// Bytes of memory, about, for parsed documents.
    pub document_cache_bytes: u64,
    /// Whether `__schema` and `__type` are answered.
    pub introspection: bool,
    /// Fields that are the same for all who have the same rights.
    pub impersonal: Impersonal,
}

impl Default for PipelineSettings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            deadline: Duration::from_secs(10),
            document_cache_bytes: 32 << 20,
            introspection: true,
            impersonal: Impersonal::default(),
        }
    }
}

/// What a transport lets an operation do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Queries only: the method is one that must not change anything.
    Read,
    /// Queries and mutations.
    ReadAndWrite,
    /// Queries and subscriptions: the transport streams, but its method must not change anything.
    ReadAndSubscribe,
    /// Everything: the transport streams.
    Everything,
}

impl Allowed {
    fn writes(self) -> bool {
        matches!(self, Self::ReadAndWrite | Self::Everything)
    }

    fn subscribes(self) -> bool {
        matches!(self, Self::ReadAndSubscribe | Self::Everything)
    }
}

type Execute = dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync;
type Streaming = dyn Fn(Request) -> BoxStream<'static, Response> + Send + Sync;

/// The way of every request. One for the process, shared by all workers.
pub struct Pipeline {
    execute: Box<Execute>,
    stream: Box<Streaming>,
    types: TypeTable,
    documents: Documents,
    persisted: Option<PersistedQueries>,
    settings: PipelineSettings,
}

/// A request that may be executed.
pub struct Prepared {
    document: ExecutableDocument,
    variables: Variables,
    plan: Arc<Plan>,
    operation: Operation,
    /// Hash and text of a document to keep once it has proved valid.
    keep: Option<(DocumentHash, String)>,
    /// Of a subscription that may be executed for many.
    sharing: Option<Sharing>,
}

struct Sharing {
    hash: DocumentHash,
    uses: VariableUses,
}

impl Prepared {
    /// What it will run.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Whether it may answer more than once, and so needs [`Pipeline::subscribe`].
    pub fn is_subscription(&self) -> bool {
        self.operation.kind == OperationType::Subscription
    }

    /// The parts of a subscription that may be executed once for many.
    ///
    /// # Errors
    /// The request as it was, if it asks for what depends on the person.
    pub fn shared(mut self) -> Result<Shared, Box<Self>> {
        let Some(sharing) = self.sharing.take() else { return Err(Box::new(self)) };
        let (mut document, mut variables) = (self.document.clone(), self.variables.clone());
        let detached = share::detach(&mut document, self.operation.name.as_deref(), &mut variables, &sharing.uses);
        let Some(after) = detached else { return Err(Box::new(self)) };
        let Some(key) = ShareKey::of(sharing.hash, &self.operation, &variables) else { return Err(Box::new(self)) };
        let Self { plan, operation, keep, .. } = self;
        let repeatable = Repeatable { executable: document, variables, plan, operation, keep };
        Ok(Shared { key, repeatable: Arc::new(repeatable), after })
    }
}

impl Pipeline {
    /// A pipeline in front of `schema`, which should be built in strict validation mode and without suggestions.
    ///
    /// # Errors
    /// [`SdlFault`] if the schema's own SDL cannot be read.
    pub fn new<Q, M, S>(
        schema: Schema<Q, M, S>,
        settings: PipelineSettings,
        persisted: Option<PersistedQueries>,
    ) -> Result<Self, SdlFault>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let types = TypeTable::from_sdl(&schema.sdl())?;
        let streaming = schema.clone();
        let stream = move |request: Request| streaming.execute_stream(request);
        let execute = move |request| {
            let schema = schema.clone();
            async move { schema.execute(request).await }.boxed()
        };
        let documents = Documents::new(settings.document_cache_bytes);
        Ok(Self { execute: Box::new(execute), stream: Box::new(stream), types, documents, persisted, settings })
    }

    /// Prepares and executes a request. `data` is what resolvers find in their context; `request_id` is what a client
    /// is told to name when the fault is ours.
    pub async fn answer(&self, input: Input, allowed: Allowed, request_id: &str, data: Data) -> Outcome {
        match self.prepare(input, allowed).await {
            Ok(prepared) => self.execute(prepared, request_id, data).await,
            Err((refusal, operation)) => Outcome { operation, ..Outcome::from(refusal) },
        }
    }

    /// Does everything that can refuse a request before its execution, but for validation against the schema, which
    /// the library only does together with execution.
    ///
    /// # Errors
    /// A refusal, with the operation if it is known which one was meant.
    pub async fn prepare(&self, input: Input, allowed: Allowed) -> Result<Prepared, (Refusal, Option<Operation>)> {
        let limits = &self.settings.limits;
        let unnamed = |refusal| (refusal, None);
        let found = persisted::resolve(input.query, input.persisted.as_ref(), self.persisted.as_ref())
            .await
            .map_err(unnamed)?;
        let document =
            self.documents.get(&found.text, found.hash, limits).map_err(|error| unnamed(Refusal::request(error)))?;
        nul::judge(&found.text, &input.variables).map_err(|error| unnamed(Refusal::request(error)))?;
        let (name, definition) = document::select(&document.executable, input.operation_name.as_deref())
            .map_err(|error| unnamed(Refusal::request(error)))?;
        let definition = &definition.node;
        let operation = Operation { name: name.map(ToString::to_string), kind: definition.ty };
        let named = |refusal| (refusal, Some(operation.clone()));

        match (operation.kind, allowed) {
            (OperationType::Mutation, allowed) if !allowed.writes() => {
                return Err(named(Refusal::method("A mutation must be sent by POST")));
            }
            (OperationType::Subscription, allowed) if !allowed.subscribes() => {
                let error =
                    problem(Code::BadUserInput, "A subscription needs a WebSocket or Accept: text/event-stream");
                return Err(named(Refusal::request(error)));
            }
            _ => {}
        }
        if document.shape.introspects() && !self.settings.introspection {
            let error = problem(Code::GraphqlValidationFailed, "Introspection is switched off on this server");
            return Err(named(Refusal::request(error)));
        }
        position::judge(&document.executable, &self.types).map_err(|error| named(Refusal::request(error)))?;
        let variables = variables::coerce(definition, input.variables, &self.types, limits).map_err(|errors| {
            named(Refusal { stage: refusal::Stage::Request, errors: outcome::bounded(errors, limits) })
        })?;
        variables::judge_weight(&variables, &document.uses, limits).map_err(|error| named(Refusal::request(error)))?;
        cost::judge(&document.executable, definition, &variables, &self.types, limits)
            .map_err(|error| named(Refusal::request(error)))?;

        let plan = Arc::new(Plan::new(&document.executable, definition, &self.types));
        let mut executable = document.executable.clone();
        let mut sharing = None;
        if operation.kind == OperationType::Subscription {
            let root = self.types.root(operation.kind);
            root_field::isolate(&mut executable, operation.name.as_deref(), root)
                .map_err(|error| named(Refusal::request(error)))?;
            if share::is_impersonal(&document.executable, definition, &self.types, &self.settings.impersonal) {
                sharing = Some(Sharing { hash: found.hash, uses: document.uses.clone() });
            }
        }
        let keep = found.keep.then_some((found.hash, found.text));
        Ok(Prepared { document: executable, variables, plan, operation, keep, sharing })
    }

    /// Executes a prepared request, for no longer than the deadline. A panic inside is a fault of ours and ends only
    /// this request.
    pub async fn execute(&self, prepared: Prepared, request_id: &str, data: Data) -> Outcome {
        let Prepared { document, variables, plan, operation, keep, .. } = prepared;
        let request = request(document, variables, &operation, data);
        // Error level: the span names the request also where only errors are logged.
        let span = tracing::error_span!("execute", request_id);
        let execution =
            AssertUnwindSafe(async { (self.execute)(request).await }).catch_unwind().instrument(span.clone());
        let response = match tokio::time::timeout(self.settings.deadline, execution).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => {
                let _within = span.enter();
                tracing::error!(cause = "a resolver panicked", "internal fault");
                return outcome::without_answer(outcome::internal(request_id), operation);
            }
            Err(_) => {
                let message = format!("The request took longer than {:?}", self.settings.deadline);
                return outcome::without_answer(problem(Code::Timeout, message), operation);
            }
        };
        let outcome =
            span.in_scope(|| outcome::of_response(response, &plan, operation, request_id, &self.settings.limits));
        if outcome.stage == refusal::Stage::Execution
            && let (Some((hash, text)), Some(store)) = (keep, &self.persisted)
        {
            store.put(hash, &text).await;
        }
        outcome
    }
}

/// What the library executes.
fn request(document: ExecutableDocument, variables: Variables, operation: &Operation, data: Data) -> Request {
    let mut request = Request::new(String::new()).variables(variables);
    request.operation_name.clone_from(&operation.name);
    request.set_parsed_query(document);
    request.data = data;
    request
}

#[cfg(test)]
mod tests;
