//! Who takes part: organizations with a person and a few deals each. The first one is the crowd, all of whose sockets
//! follow one feed; the others are tenants with a few sockets each.

use super::{
    fleet::Ticket,
    stage::{SECRET, Stage},
};
use crate::{Result, api};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::{StreamExt, TryStreamExt, stream};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::prelude::Uuid;
use serde_json::{Value, json};
use sha2::Sha256;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Mutex;

/// Deals of each organization: as many changes can be under way at once in one feed.
const DEALS: usize = 4;
/// Requests under way at once while the stage is set.
const AT_ONCE: usize = 8;

/// The crowd's place.
pub(super) const CROWD: usize = 0;

/// An organization with its person.
pub(super) struct Organization {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) token: String,
    pub(super) deals: Vec<Deal>,
    turn: AtomicUsize,
}

/// An opportunity that goes to and fro between two stages.
pub(super) struct Deal {
    pub(super) id: String,
    /// Whether it is in the later stage.
    pub(super) moved: Mutex<bool>,
}

impl Organization {
    /// The deal whose turn it is.
    pub(super) fn deal(&self) -> &Deal {
        &self.deals[self.turn.fetch_add(1, Ordering::Relaxed) % self.deals.len()]
    }
}

/// All of them.
pub(super) struct Cast(pub(super) Vec<Organization>);

impl Cast {
    /// Enters the crowd and `tenants` organizations.
    pub(super) async fn assemble(stage: &Stage, tenants: usize) -> Result<Self> {
        stage.say(&["bootstrap", "--name", "Host", "--slug", "host", "--owner", "owner@host.example"])?;
        let host = people(stage).await?.remove("host").ok_or("no host")?;
        let host = token(host.0, host.1, expiry(86_400))?;
        let enter = |number: usize| {
            let (slug, host) = (slug(number), &host);
            let input = json!({"name": slug, "slug": slug, "ownerEmail": format!("owner@{slug}.example"),
                "ownerName": "Owner"});
            async move {
                let document = "mutation ($input: OrganizationCreateInput!) {
                    organizationCreate(input: $input) { organization { id } userErrors { field message code } } }";
                api::change(&stage.client, &stage.writers.url(), host, document, json!({"input": input})).await
            }
        };
        let entering = stream::iter(0..=tenants).map(enter).buffer_unordered(AT_ONCE);
        entering.try_for_each(|_| async { Ok(()) }).await?;
        let people = people(stage).await?;
        let prepare = |number: usize| {
            let found = people.get(&slug(number)).copied();
            async move {
                let (person, id) = found.ok_or("an organization without a person")?;
                let token = token(person, id, expiry(86_400))?;
                let mut deals = Vec::new();
                for deal in 0..DEALS {
                    deals.push(Deal { id: create(stage, &token, number, deal).await?, moved: Mutex::new(false) });
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Organization {
                    id,
                    person,
                    token,
                    deals,
                    turn: AtomicUsize::new(0),
                })
            }
        };
        let organizations = stream::iter(0..=tenants).map(prepare).buffered(AT_ONCE).try_collect().await?;
        Ok(Self(organizations))
    }

    /// A ticket of an organization that begins where its feed is now.
    pub(super) async fn ticket(&self, stage: &Stage, organization: usize) -> Result<Ticket> {
        let own = &self.0[organization];
        let cursor = api::head_cursor(&stage.client, &stage.writers.url(), &own.token).await?;
        let sql = format!("SELECT seq FROM feeds WHERE organization_id = '{}'", own.id);
        let next: i64 = match stage.rows(&sql).await?.first() {
            Some(row) => row.try_get_by_index(0)?,
            None => 0,
        };
        let authorization = format!("Bearer {}", own.token).into();
        Ok(Ticket { organization, authorization, cursor: Some(cursor.into()), next: usize::try_from(next)? })
    }

    /// `each` tickets of each tenant.
    pub(super) async fn tenants(&self, stage: &Stage, each: usize) -> Result<Vec<Ticket>> {
        let ask = |number| self.ticket(stage, number);
        let asked: Vec<_> = stream::iter(1..self.0.len()).map(ask).buffered(AT_ONCE).try_collect().await?;
        Ok(asked.into_iter().flat_map(|ticket| std::iter::repeat_n(ticket, each)).collect())
    }
}

pub(super) fn slug(number: usize) -> String {
    format!("company-{number:03}")
}

/// Person and organization of each first owner, by the organization's slug.
async fn people(stage: &Stage) -> Result<HashMap<String, (Uuid, Uuid)>> {
    let sql = "SELECT o.slug, m.person_id, m.organization_id FROM members m \
               JOIN organizations o ON o.id = m.organization_id";
    let rows = stage.rows(sql).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok((row.try_get_by_index(0)?, (row.try_get_by_index(1)?, row.try_get_by_index(2)?)))
    };
    rows.iter().map(read).collect()
}

async fn create(stage: &Stage, token: &str, number: usize, deal: usize) -> Result<String> {
    let input = json!({
        "title": format!("Deal of {}", slug(number)),
        "customer": {"name": format!("Customer {number} {deal}"),
            "websiteUrl": format!("https://customer-{number}-{deal}.example"), "countryCode": "DE"},
        "businessProblem": "Their data lies in many places, and they want it in one.",
        "expectedAmount": {"amount": "1000.00", "currencyCode": "EUR"},
        "targetCloseDate": "2099-12-31",
    });
    let made = api::change(&stage.client, &stage.writers.url(), token, api::CREATE, json!({"input": input})).await?;
    Ok(made["opportunity"]["id"].as_str().ok_or("no id of an opportunity")?.to_owned())
}

/// Seconds since 1970, so many from now.
pub(super) fn expiry(seconds: i64) -> i64 {
    super::fleet::now() / 1_000_000 + seconds
}

/// A token as an identity provider would give it: a command for each would take longer than the measurement.
pub(super) fn token(person: Uuid, organization: Uuid, expires: i64) -> Result<String> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"sub": format!("psn_{}", person.simple()), "org": format!("org_{}", organization.simple()),
        "iss": "partnergraph", "aud": "partnergraph", "iat": expiry(0), "exp": expires});
    let signed = format!("{}.{}", part(&json!({"alg": "HS256", "typ": "JWT"})), part(&claims));
    let key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?.chain_update(&signed);
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.finalize().into_bytes())))
}

/// A ticket for another credential of the same feed.
pub(super) fn as_other(ticket: &Ticket, token: &str) -> Ticket {
    Ticket { authorization: Arc::from(format!("Bearer {token}")), ..ticket.clone() }
}
