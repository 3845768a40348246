//! A schema with one field for each thing that can happen to a field.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{
    Context, EmptySubscription, Error, Object, Result, Schema,
    connection::{Connection, Edge, EmptyFields},
};

#[derive(Default)]
pub(crate) struct Query;
#[derive(Default)]
pub(crate) struct Mutation;

/// How often the mutation ran, and a gate that `waits` passes when it is opened.
#[derive(Default, Clone)]
pub(crate) struct World {
    pub(crate) changes: Arc<AtomicUsize>,
    pub(crate) gate: Arc<tokio::sync::Notify>,
    pub(crate) waiting: Arc<tokio::sync::Notify>,
}

/// Who asks, as the admission of the tests says.
pub(crate) struct Who(pub(crate) String);

pub(crate) struct Person(i32);

#[Object]
impl Person {
    async fn name(&self) -> String {
        format!("p{}", self.0)
    }
    async fn friends(&self, first: Option<i32>) -> Result<Connection<String, Person, EmptyFields, EmptyFields>> {
        people(first)
    }
    async fn self_(&self) -> Self {
        Self(self.0)
    }
}

fn people(first: Option<i32>) -> Result<Connection<String, Person, EmptyFields, EmptyFields>> {
    let mut connection = Connection::new(false, false);
    connection.edges.extend((0..first.unwrap_or(20)).map(|n| Edge::new(n.to_string(), Person(n))));
    Ok(connection)
}

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }
    async fn person(&self) -> Person {
        Person(0)
    }
    async fn people(&self, first: Option<i32>) -> Result<Connection<String, Person, EmptyFields, EmptyFields>> {
        people(first)
    }
    async fn echo(&self, text: Option<String>, number: Option<i32>) -> String {
        format!("{} {}", text.unwrap_or_default(), number.unwrap_or_default())
    }
    async fn total(&self, numbers: Vec<i32>) -> i64 {
        numbers.into_iter().map(i64::from).sum()
    }
    async fn long(&self, length: i32) -> String {
        "long ".repeat(usize::try_from(length).unwrap_or_default())
    }
    async fn who(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_opt::<Who>().map(|who| who.0.clone())
    }
    async fn fails(&self) -> Result<Option<i32>> {
        Err(Error::new("SELECT secret FROM inside"))
    }
    async fn must(&self) -> Result<i32> {
        Err(Error::new("SELECT secret FROM inside"))
    }
    async fn panics(&self) -> i32 {
        fail()
    }
    async fn hangs(&self) -> i32 {
        std::future::pending().await
    }
    async fn waits(&self, ctx: &Context<'_>) -> Result<i32> {
        let world = ctx.data::<World>()?;
        world.waiting.notify_one();
        world.gate.notified().await;
        Ok(1)
    }
}

fn fail() -> i32 {
    panic!("SELECT secret FROM inside")
}

#[Object]
impl Mutation {
    async fn change(&self, ctx: &Context<'_>) -> Result<usize> {
        Ok(ctx.data::<World>()?.changes.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

pub(crate) fn schema(world: &World) -> Schema<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation, EmptySubscription).data(world.clone()).disable_suggestions().finish()
}
