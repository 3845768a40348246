//! Who takes part: organizations with a person each, all partners of each other, and a stranger.

use super::services::Services;
use crate::{
    Result,
    api::{ask, change},
};
use serde_json::json;

/// One organization and the token of its person.
pub(super) struct Member {
    pub(super) slug: String,
    pub(super) id: String,
    pub(super) token: String,
}

/// All of them; the last one has no part in anything.
pub(super) struct Cast {
    pub(super) members: Vec<Member>,
}

impl Cast {
    /// The owner and the partner of writer `number`.
    pub(super) fn pair(&self, number: usize) -> (&Member, &Member) {
        let active = self.members.len() - 1;
        (&self.members[number % active], &self.members[(number + 1) % active])
    }
}

/// Enters the organizations and makes each a partner of the next.
pub(super) async fn assemble(services: &Services, organizations: usize) -> Result<Cast> {
    if organizations < 2 {
        return Err("at least two organizations".into());
    }
    services.say(&["bootstrap", "--name", "Host", "--slug", "host", "--owner", "owner@host.example"])?;
    let host = token(services, "owner@host.example", "host")?;
    let mut members = Vec::new();
    for number in 0..=organizations {
        let slug = if number == organizations { "stranger".to_owned() } else { format!("company-{number}") };
        let email = format!("owner@{slug}.example");
        let input = json!({"name": slug, "slug": slug, "ownerEmail": email, "ownerName": "Owner"});
        let document = "mutation ($input: OrganizationCreateInput!) {
            organizationCreate(input: $input) { organization { id } userErrors { field message code } } }";
        let made = change(&services.client, &services.url(0), &host, document, json!({"input": input})).await?;
        let id = made["organization"]["id"].as_str().ok_or("no id of an organization")?.to_owned();
        let token = token(services, &email, &slug)?;
        members.push(Member { slug, id, token });
    }
    let cast = Cast { members };
    // With two, the second one's next is the first, and they are partners already.
    for number in 0..if organizations == 2 { 1 } else { organizations } {
        let (inviter, invited) = cast.pair(number);
        partner(services, inviter, invited).await?;
    }
    Ok(cast)
}

fn token(services: &Services, email: &str, slug: &str) -> Result<String> {
    let said = services.say(&["token", "--person", email, "--organization", slug, "--lifetime", "24h"])?;
    Ok(said.trim().to_owned())
}

async fn partner(services: &Services, inviter: &Member, invited: &Member) -> Result<()> {
    let (client, url) = (&services.client, services.url(0));
    let invite = "mutation ($input: PartnershipInviteInput!) {
        partnershipInvite(input: $input) { invitation { id } userErrors { field message code } } }";
    let input = json!({"organization": invited.slug, "message": "Together", "types": ["STRATEGIC"],
        "strategic": {"aim": "Prove it."}});
    let made = change(client, &url, &inviter.token, invite, json!({"input": input})).await?;
    let accept = "mutation ($id: ID!) {
        partnershipInvitationAccept(id: $id) { invitation { id } userErrors { field message code } } }";
    change(client, &url, &invited.token, accept, json!({"id": made["invitation"]["id"]})).await?;
    // The feeds' start is read after this, so what happened so far is in no record.
    ask(client, &url, &invited.token, "{ viewer { id } }", json!({})).await?;
    Ok(())
}
