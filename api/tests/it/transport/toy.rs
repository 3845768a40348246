//! A schema with one field for each thing that can happen to a field.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{
    Context, Error, ErrorExtensions, Object, Result, Schema, Subscription,
    connection::{Connection, Edge, EmptyFields},
};
use futures::{Stream, StreamExt, stream};
use partnergraph::schema::request::source::{Course, Step, items};
use tokio::sync::{broadcast, watch};

use super::log_line;

#[derive(Default)]
pub(crate) struct Query;
#[derive(Default)]
pub(crate) struct Mutation;

/// How often the mutation ran, a gate that `waits` passes when it is opened, and what `ticks` passes on.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) changes: Arc<AtomicUsize>,
    pub(crate) gate: Arc<tokio::sync::Notify>,
    pub(crate) waiting: Arc<tokio::sync::Notify>,
    pub(crate) ticker: broadcast::Sender<i32>,
    /// How long the log is, and how often an entry of it was resolved.
    pub(crate) log: watch::Sender<i64>,
    pub(crate) resolved: Arc<AtomicUsize>,
    /// What readers of the log may see, whether they are told, and how often they asked.
    pub(crate) sight: watch::Sender<i64>,
    pub(crate) is_told: watch::Sender<bool>,
    pub(crate) looks: Arc<AtomicUsize>,
}

impl Default for World {
    fn default() -> Self {
        let (ticker, _) = broadcast::channel(64);
        Self {
            changes: Arc::default(),
            gate: Arc::default(),
            waiting: Arc::default(),
            ticker,
            log: watch::Sender::new(0),
            resolved: Arc::default(),
            sight: watch::Sender::new(1),
            is_told: watch::Sender::new(true),
            looks: Arc::default(),
        }
    }
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

pub(crate) struct Live;

/// An item whose fields can go wrong.
struct Item(i32);

#[Object]
impl Item {
    async fn n(&self) -> i32 {
        self.0
    }
    async fn panics(&self, at: i32) -> Option<i32> {
        if self.0 == at { Some(fail()) } else { None }
    }
    async fn hangs(&self, at: i32) -> Option<i32> {
        if self.0 == at { std::future::pending().await } else { None }
    }
    async fn fails(&self, at: i32) -> Result<Option<i32>> {
        if self.0 == at { Err(Error::new("SELECT secret FROM inside")) } else { Ok(None) }
    }
}

/// An entry of the log. Every tenth is personal.
struct Entry(i64);

#[Object]
impl Entry {
    async fn n(&self, ctx: &Context<'_>) -> Result<i64> {
        ctx.data::<World>()?.resolved.fetch_add(1, Ordering::SeqCst);
        Ok(self.0)
    }
    async fn panics(&self, at: i64) -> Option<i64> {
        if self.0 == at { Some(fail().into()) } else { None }
    }
    async fn hangs(&self, at: i64) -> Option<i64> {
        if self.0 == at { std::future::pending().await } else { None }
    }
    /// What the readers may see.
    async fn sight(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(*ctx.data::<World>()?.sight.borrow())
    }
    async fn text(&self, bytes: i32) -> String {
        "x".repeat(usize::try_from(bytes).unwrap())
    }
    /// Depends on the person where the entry is personal, and on nothing elsewhere.
    async fn reader(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_opt::<Who>().filter(|_| self.0 % 10 == 0).map(|who| who.0.clone())
    }
    /// Depends on the person always.
    async fn who(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_opt::<Who>().map(|who| who.0.clone())
    }
}

fn refusal() -> Error {
    Error::new("Sign in to do this.").extend_with(|_, extensions| extensions.set("code", "UNAUTHENTICATED"))
}

fn passing<T>(value: T) -> Result<Step<T>> {
    Ok(Step::passing(value))
}

#[Subscription]
impl Live {
    /// Counts from 1, or from behind `after`; each number can be resumed behind.
    async fn count(&self, ctx: &Context<'_>, to: i32, after: Option<i32>) -> impl Stream<Item = Result<i32>> + use<> {
        let told = ctx.data_opt::<Course>().and_then(|course| course.begin_behind(None)?.parse().ok());
        let from = after.or(told).unwrap_or(0) + 1;
        items(ctx, stream::iter(from..=to).map(|n| Ok(Step::resumable(n, n.to_string()))))
    }
    /// 0, then each number that the world's ticker says.
    async fn ticks(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<Item>> + use<>> {
        let heard = ctx.data::<World>()?.ticker.subscribe();
        let ticks = stream::unfold(heard, |mut heard| async { Some((heard.recv().await.ok()?, heard)) });
        Ok(items(ctx, stream::iter([0]).chain(ticks).map(|n| passing(Item(n)))))
    }
    /// The log from behind `after`, or from its end; only numbers that `every` divides.
    async fn log(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        every: Option<i64>,
    ) -> Result<impl Stream<Item = Result<Entry>> + use<>> {
        let log = ctx.data::<World>()?.log.subscribe();
        let after = ctx.data::<Course>()?.begin_behind(after);
        let begin = match after {
            None => *log.borrow(),
            Some(after) => log_line::number(&after).ok_or_else(refusal)?,
        };
        let every = every.unwrap_or(1);
        let entries = stream::unfold((log, begin), |(mut log, last)| async move {
            log.wait_for(|length| *length > last).await.ok()?;
            Some((last + 1, (log, last + 1)))
        });
        let entries = entries.filter(move |n| std::future::ready(n % every == 0));
        Ok(items(
            ctx,
            entries.map(|n| Ok(Step { value: Entry(n), resume: Some(log_line::text(n)), personal: n % 10 == 0 })),
        ))
    }
    /// Texts of this many bytes, as fast as they are taken.
    async fn texts(&self, ctx: &Context<'_>, bytes: i32) -> impl Stream<Item = Result<String>> + use<> {
        let text = "x".repeat(usize::try_from(bytes).unwrap());
        items(ctx, stream::repeat(text).map(passing))
    }
    async fn who(&self, ctx: &Context<'_>) -> impl Stream<Item = Result<Option<String>>> + use<> {
        let who = ctx.data_opt::<Who>().map(|who| who.0.clone());
        items(ctx, stream::iter([passing(who)]))
    }
    async fn refused(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<i32>> + use<>> {
        if ctx.data_opt::<Who>().is_none() { Err(refusal()) } else { Ok(items(ctx, stream::iter([passing(1)]))) }
    }
    async fn broken(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<i32>> + use<>> {
        if ctx.data_opt::<Who>().is_none() {
            Err(Error::new("SELECT secret FROM inside"))
        } else {
            Ok(items(ctx, stream::empty()))
        }
    }
    /// 1, then a coded error, then 3.
    async fn stumbles(&self, ctx: &Context<'_>) -> impl Stream<Item = Result<i32>> + use<> {
        items(ctx, stream::iter([passing(1), Err(refusal()), passing(3)]))
    }
    async fn panics(&self, ctx: &Context<'_>) -> impl Stream<Item = Result<i32>> + use<> {
        items(ctx, stream::iter([1, 2]).map(|n| passing(if n == 2 { fail() } else { n })))
    }
    /// Never says where it is to come from.
    async fn hangs(&self, ctx: &Context<'_>) -> impl Stream<Item = Result<i32>> + use<> {
        std::future::pending::<()>().await;
        items(ctx, stream::empty())
    }
}

pub(crate) fn schema(world: &World) -> Schema<Query, Mutation, Live> {
    Schema::build(Query, Mutation, Live).data(world.clone()).disable_suggestions().finish()
}
