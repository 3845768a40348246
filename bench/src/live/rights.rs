//! Goal 11: a token that ends and a member that is removed end their sockets, and nothing comes after.

use super::{
    cast::{CROWD, Cast, as_other, expiry, token},
    fleet::{Fleet, Habit, now},
    log::{Faults, Spread},
    side::Stand,
    source::Source,
    stage::Stage,
};
use crate::{Result, api};
use sea_orm::prelude::Uuid;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

/// How sockets ended.
pub(super) struct Ends {
    pub(super) sockets: usize,
    /// How many were closed with 4403.
    pub(super) closed: usize,
    /// Microseconds from the end of the right to the close frame.
    pub(super) delay: Spread,
    /// Microseconds from the end of the right to the last alert that came all the same; 0 where none did.
    pub(super) last: i64,
}

/// A token that ends.
pub(super) async fn expired(
    stand: Stand,
    cast: &Cast,
    source: Source<'_>,
    sockets: usize,
    faults: &mut Faults,
) -> Result<Ends> {
    let own = &cast.0[CROWD];
    let ticket = source.ticket(CROWD).await?;
    let ends = expiry(5);
    let ticket = as_other(&ticket, &token(own.person, own.id, ends)?);
    let mut fleet = Fleet::new(Habit { returns: false, ..stand.habit() });
    fleet.open(std::iter::repeat_n(ticket, sockets)).await?;
    let until = Duration::from_micros(u64::try_from(ends * 1_000_000 - now()).unwrap_or_default());
    source.at_rate(20.0, until + Duration::from_secs(2), &[CROWD]).await?;
    ended(source, fleet, ends * 1_000_000, faults).await
}

/// A member who is removed.
pub(super) async fn removed(
    stage: &Stage,
    stand: Stand,
    cast: &Cast,
    source: Source<'_>,
    sockets: usize,
    faults: &mut Faults,
) -> Result<Ends> {
    let own = &cast.0[CROWD];
    let document = "mutation ($id: ID!, $input: MemberAddInput!) {
        memberAdd(id: $id, input: $input) { member { id } userErrors { field message code } } }";
    let input = json!({"email": "second@company-000.example", "name": "Second", "role": "MEMBER"});
    let variables = json!({"id": format!("org_{}", own.id.simple()), "input": input});
    let (client, url) = (&stage.client, stage.writers.url());
    let added = api::change(client, &url, &own.token, document, variables).await?;
    let sql =
        format!("SELECT person_id FROM members WHERE organization_id = '{}' AND person_id <> '{}'", own.id, own.person);
    let person: Uuid = stage.rows(&sql).await?.first().ok_or("no second member")?.try_get_by_index(0)?;
    let ticket = as_other(&source.ticket(CROWD).await?, &token(person, own.id, expiry(3600))?);
    let mut fleet = Fleet::new(Habit { returns: false, ..stand.habit() });
    fleet.open(std::iter::repeat_n(ticket, sockets)).await?;
    // The look that follows every beginning is over then.
    sleep(Duration::from_secs(1)).await;
    let removing = async {
        sleep(Duration::from_secs(1)).await;
        let document = "mutation ($id: ID!) {
            memberRemove(id: $id) { organization { id } userErrors { field message code } } }";
        let variables = json!({"id": added["member"]["id"]});
        api::change(client, &url, &own.token, document, variables).await?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(now())
    };
    let (removed, made) = tokio::join!(removing, source.at_rate(20.0, Duration::from_secs(4), &[CROWD]));
    made?;
    ended(source, fleet, removed?, faults).await
}

/// Compares what came before the end; what comes after it is foreign by definition, and told.
async fn ended(source: Source<'_>, fleet: Fleet, ends: i64, faults: &mut Faults) -> Result<Ends> {
    let log = source.log().await?;
    let got = fleet.settle(&log, false);
    *faults += got.faults;
    let closes = fleet.closes();
    let of_rights = closes.iter().filter(|(code, _)| *code == 4403);
    let last = got.seen.iter().map(|seen| seen.published + seen.delay - ends).max().unwrap_or_default();
    let ends = Ends {
        sockets: fleet.len(),
        closed: of_rights.clone().count(),
        delay: Spread::of(of_rights.map(|(_, at)| (at - ends).max(0))),
        last: last.max(0),
    };
    fleet.close().await;
    Ok(ends)
}
