//! Alerts written as the product's append writes them: the feed's row raised and the alert's row inserted in one
//! transaction, then the hint over Redis. For rates that mutations do not reach on the machine that also measures.
//!
//! It knows the tables and the hint's form, which are the product's own affair: where they change, this follows.

use super::{cast::Cast, stage::Stage};
use crate::{Result, neighbor::host};
use sea_orm::{ConnectionTrait, Statement, prelude::Uuid};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedWriteHalf},
    sync::Mutex,
};

/// How many channels hints are spread over.
const SHARDS: u128 = 32;

/// Writes alerts and hints.
pub(super) struct Appender<'a> {
    pub(super) stage: &'a Stage,
    pub(super) cast: &'a Cast,
    redis: Mutex<OwnedWriteHalf>,
}

impl<'a> Appender<'a> {
    pub(super) async fn open(stage: &'a Stage, cast: &'a Cast) -> Result<Self> {
        let (mut answers, redis) = TcpStream::connect(host(&stage.redis_url)?).await?.into_split();
        tokio::spawn(async move {
            let mut answer = [0; 4096];
            while answers.read(&mut answer).await.is_ok_and(|count| count > 0) {}
        });
        Ok(Self { stage, cast, redis: Mutex::new(redis) })
    }

    /// One alert for an organization.
    pub(super) async fn append(&self, organization: usize) -> Result<()> {
        let own = &self.cast.0[organization];
        let deal = Uuid::try_parse(own.deals[0].id.strip_prefix("opp_").ok_or("another id than expected")?)?;
        let now = super::fleet::now() as u64;
        let id = uuid_of(now / 1000);
        let sql = "WITH raised AS (UPDATE feeds SET seq = seq + 1 WHERE organization_id = $1 RETURNING seq) \
                   INSERT INTO alerts (organization_id, seq, id, kind, change, occurred_at, actor_kind, actor_id, \
                   actor_organization_id, subject_id, opportunity_id, stage, restricted, details) \
                   SELECT $1, seq, $2, 'OPPORTUNITY', 'STAGE_CHANGED', now(), 'person', $3, $1, $4, $4, 'QUALIFIED', \
                   false, '{}' FROM raised \
                   RETURNING json_build_object('epoch', (SELECT epoch FROM feed_epochs), \
                   'alert', to_jsonb(alerts))::text";
        let values = [own.id.into(), id.into(), own.person.into(), deal.into()];
        let backend = self.stage.database.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let row = self.stage.database.query_one_raw(statement).await?.ok_or("a feed without a row")?;
        let hint: String = row.try_get_by_index(0)?;
        let channel = format!("pg:feed1:{}", own.id.as_u128() % SHARDS);
        let command =
            format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n{hint}\r\n", channel.len(), hint.len());
        self.redis.lock().await.write_all(command.as_bytes()).await?;
        Ok(())
    }
}

/// A UUIDv7.
fn uuid_of(millis: u64) -> Uuid {
    let chance: u128 = rand::random();
    let fields = (u128::from(millis) << 80) | (chance & ((1 << 80) - 1));
    let versioned = fields & !(0xf << 76) & !(0x3 << 62) | (0x7 << 76) | (0x2 << 62);
    Uuid::from_u128(versioned)
}
