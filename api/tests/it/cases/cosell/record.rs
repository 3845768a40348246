//! What is on record: conflicts with other deals, snapshots of what was shared, the listings that are sold.

use super::{act, create, deal, full_deal, invite, opened, seen, share, to, update};
use crate::{
    cases::partnership::list::settle,
    support::{TestApp, on_both},
};
use serde_json::{Value, json};

on_both!(
    the_owner_sees_with_which_and_the_partner_only_that,
    only_what_is_open_with_another_partner_conflicts,
    a_conflict_names_nobody_hidden,
    a_host_that_was_taken_out_is_told_of_no_conflict,
    one_name_that_is_open_often_hides_no_other,
    a_snapshot_never_changes,
    what_a_partner_sees_after_a_change_goes_on_record,
    an_integration_names_both_of_its_ends,
);

const CONFLICTS: &str = "conflicts { rule opportunity { id } partners { slug } }";

fn of(name: &str, website: Option<&str>, duns: Option<&str>) -> Value {
    json!({"title": "Deal", "customer": {"name": name, "websiteUrl": website, "duns": duns}})
}

async fn the_owner_sees_with_which_and_the_partner_only_that(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let first = opened(&app, of("Acme Inc.", Some("https://www.acme.example"), None)).await;
    share(&app, &first, "comet", to("comet")).await;
    const CREATE: &str = "mutation ($input: OpportunityCreateInput!) { opportunityCreate(input: $input) {
      opportunity { id conflicts { rule opportunity { id } partners { slug } } } userErrors { code }
    } }";
    let second = json!({"input": of("Acme Nordic", Some("https://shop.acme.example"), None)});
    let second = app.graphql(&aurora, CREATE, second).await;
    let hint = json!([{"rule": "DOMAIN", "opportunity": {"id": first}, "partners": [{"slug": "comet"}]}]);
    assert_eq!(second.payload()["opportunity"]["conflicts"], hint);
    let second = second.payload()["opportunity"]["id"].clone();
    share(&app, &second, "borealis", to("borealis")).await;
    let told = seen(&app, &borealis, &second, CONFLICTS).await;
    assert_eq!(told["conflicts"], json!([{"rule": "DOMAIN", "opportunity": null, "partners": null}]));
    assert_eq!(seen(&app, &aurora, &first, CONFLICTS).await["conflicts"][0]["opportunity"]["id"], second);
    // Whoever does not know the customer is told nothing of it.
    let narrow = json!({"organization": "borealis", "grantedFields": ["USE_CASE"]});
    act(&app, &aurora, "opportunityShareUpdate", &second, Some(("OpportunityShareUpdateInput!", narrow)))
        .await
        .payload();
    assert_eq!(seen(&app, &borealis, &second, CONFLICTS).await["conflicts"], Value::Null);
}

async fn only_what_is_open_with_another_partner_conflicts(app: TestApp) {
    let aurora = app.manager("aurora");
    let conflicts = |id: Value| {
        let (app, aurora) = (&app, aurora.clone());
        async move { seen(app, &aurora, &id, CONFLICTS).await["conflicts"].as_array().unwrap().len() }
    };
    let rival = opened(&app, of("Acme Inc.", None, Some("150483782"))).await;
    let named = opened(&app, of("ACME", None, None)).await;
    assert_eq!(conflicts(named.clone()).await, 0, "without a partner there is nobody to come between");
    share(&app, &rival, "borealis", to("borealis")).await;
    assert_eq!(conflicts(named.clone()).await, 1);
    let numbered = opened(&app, of("Other", None, Some("150483782"))).await;
    assert_eq!(seen(&app, &aurora, &numbered, CONFLICTS).await["conflicts"][0]["rule"], "DUNS");
    let apart = opened(&app, of("Acme Inc.", None, Some("999999999"))).await;
    assert_eq!(conflicts(apart.clone()).await, 0, "another number is another customer");
    share(&app, &named, "borealis", to("borealis")).await;
    assert_eq!(conflicts(apart).await, 1, "the one without a number may be the same");
    assert_eq!(conflicts(named.clone()).await, 0, "the same partner is not another");
    // Of another owner's deals nothing is said.
    let other = create(&app, &app.manager("comet"), of("Acme Inc.", None, Some("150483782"))).await;
    let other = other.payload()["opportunity"]["id"].clone();
    assert_eq!(seen(&app, &app.manager("comet"), &other, CONFLICTS).await["conflicts"], json!([]));
    assert_eq!(conflicts(numbered.clone()).await, 1);
    let lost = json!({"stage": "CLOSED_LOST", "lossReason": "PRICE"});
    super::advance(&app, &aurora, &rival, lost).await.payload();
    assert_eq!(conflicts(numbered).await, 0);
}

/// A deal of comet for Acme that was submitted to aurora's program `stars`.
async fn submitted(app: &TestApp) -> Value {
    let comet = app.manager("comet");
    const APPLY: &str =
        "mutation { membershipApply(input: {program: \"stars\", types: [CHANNEL], message: \"We sell.\"}) {
      membership { id } userErrors { code } } }";
    const APPROVE: &str =
        "mutation ($id: ID!) { membershipApprove(id: $id) { membership { id } userErrors { code } } }";
    let applied = app.graphql(&comet, APPLY, json!({})).await.payload()["membership"]["id"].clone();
    app.graphql(&app.manager("aurora"), APPROVE, json!({"id": applied})).await.payload();
    let listing = json!({"name": "Sea", "slug": "sea", "kind": "PRODUCT", "summary": "It shows",
                         "categories": ["tools"], "visibility": "PUBLIC"});
    app.graphql(&comet, super::review::LISTING, json!({"input": listing})).await.payload();
    let mut input = full_deal();
    input["relatedListings"] = json!([{"listing": "sea"}]);
    let id = create(app, &comet, input).await.payload()["opportunity"]["id"].clone();
    super::review::submit(app, &comet, &id, Some("stars")).await.payload();
    id
}

async fn a_conflict_names_nobody_hidden(app: TestApp) {
    let (aurora, owner) = (app.manager("aurora"), app.manager("borealis"));
    let hiding = super::review::stage(&app).await;
    update(&app, &owner, &hiding, json!({"hidesParticipants": true})).await.payload();
    let slugs = settle(&app, 1).await;
    let sent = invite(&app, &owner, &hiding, to(&slugs[0])).await;
    super::accept(&app, &super::party::service_of(0), &sent.payload()["invitation"]["id"]).await.payload();
    super::review::submit(&app, &owner, &hiding, Some("stars")).await.payload();
    let own = submitted(&app).await;
    let told = seen(&app, &aurora, &own, CONFLICTS).await;
    let hint = json!({"rule": "DUNS", "opportunity": {"id": hiding}, "partners": [{"slug": "borealis"}]});
    assert_eq!(told["conflicts"], json!([hint]));
    act(&app, &aurora, "opportunityApprove", &hiding, None).await.payload();
    update(&app, &owner, &hiding, json!({"hidesParticipants": false})).await.payload();
    let told = seen(&app, &aurora, &own, "conflicts { partners { slug } }").await;
    assert_eq!(told["conflicts"][0]["partners"].as_array().unwrap().len(), 2);
}

async fn a_host_that_was_taken_out_is_told_of_no_conflict(app: TestApp) {
    let (aurora, owner) = (app.manager("aurora"), app.manager("borealis"));
    let gone = super::review::stage(&app).await;
    super::review::submit(&app, &owner, &gone, Some("stars")).await.payload();
    act(&app, &aurora, "opportunityApprove", &gone, None).await.payload();
    let own = submitted(&app).await;
    assert_eq!(seen(&app, &aurora, &own, CONFLICTS).await["conflicts"].as_array().unwrap().len(), 1);
    let revoke = Some(("OpportunityRevokeInput!", json!({"organization": "aurora"})));
    act(&app, &owner, "opportunityRevoke", &gone, revoke).await.payload();
    for slug in ["aurora", "comet"] {
        let told = seen(&app, &app.manager(slug), &own, CONFLICTS).await;
        assert_eq!(told["conflicts"], json!([]), "{slug}");
    }
}

async fn one_name_that_is_open_often_hides_no_other(app: TestApp) {
    use entity::opportunity;
    use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
    let aurora = app.manager("aurora");
    let rival = opened(&app, of("Bolt Inc.", None, None)).await;
    share(&app, &rival, "borealis", to("borealis")).await;
    let bolt = opened(&app, of("Bolt", None, None)).await;
    let common = opened(&app, of("Acme", None, None)).await;
    // Older than all of these, a thousand of the other name.
    let pattern: entity::id::OpportunityId = entity::id::TypedId::parse_global(common.as_str().unwrap()).unwrap();
    let db = app.app.world.db.read();
    let row = opportunity::Entity::find_by_id(pattern).one(db).await.unwrap().unwrap();
    for tens in 0..10_u128 {
        let rows = (1..=100_u128).map(|number| {
            let mut row = row.clone().into_active_model().reset_all();
            row.id = Set(uuid::Uuid::from_u128(tens * 100 + number).into());
            row
        });
        opportunity::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
    }
    let both = "query ($one: ID!, $two: ID!) { one: opportunity(id: $one) { conflicts { partners { slug } } }
      two: opportunity(id: $two) { conflicts { partners { slug } } } }";
    let told = app.graphql(&aurora, both, json!({"one": common, "two": bolt})).await;
    assert_eq!(told.at("/one/conflicts"), &json!([]));
    assert_eq!(told.at("/two/conflicts"), &json!([{"partners": [{"slug": "borealis"}]}]));
}

async fn a_snapshot_never_changes(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    let mut wanted = to("borealis");
    wanted["grantedFields"] = json!(["COMPANY", "EXPECTED_AMOUNT"]);
    share(&app, &id, "borealis", wanted).await;
    const TAKE: &str = "mutation ($id: ID!, $input: OpportunitySnapshotTakeInput) {
      opportunitySnapshotTake(id: $id, input: $input) {
        snapshot { id revision opportunityRevision trigger fields payload takenBy { slug } organization { slug } takenAt }
        userErrors { field code }
      }
    }";
    let take = |actor: &partnergraph::op::Actor, slug: Option<&str>| {
        let (app, actor, variables) = (&app, actor.clone(), json!({"id": id, "input": {"organization": slug}}));
        async move { app.graphql(&actor, TAKE, variables).await }
    };
    let first = take(&borealis, None).await;
    let first = first.payload()["snapshot"].clone();
    assert_eq!((&first["revision"], &first["trigger"]), (&json!(1), &json!("ACCEPTED")), "nothing has changed since");
    assert_eq!(
        first["payload"],
        json!({
            "title": "Answers for Acme", "stage": "QUALIFIED", "type": "EXPANSION",
            "customer": {"name": "Acme Inc.", "websiteUrl": "https://www.acme.example/", "countryCode": "NO",
                         "industry": "RETAIL", "duns": "150483782"},
            "expectedAmount": {"minor": 120050, "currencyCode": "EUR"}, "expectedFrequency": "MONTHLY",
            "contractMonths": 24, "probability": 40,
        })
    );
    update(&app, &aurora, &id, json!({"title": "New", "competitors": []})).await.payload();
    let second = take(&aurora, Some("borealis")).await;
    let second = &second.payload()["snapshot"];
    assert_eq!((&second["revision"], &second["trigger"]), (&json!(2), &json!("UPDATED")));
    assert_eq!((&second["takenBy"]["slug"], &second["organization"]["slug"]), (&json!("aurora"), &json!("borealis")));
    assert_eq!(second["payload"]["title"], "New");
    // What is not shared is no reason for another one.
    update(&app, &aurora, &id, json!({"useCase": "Another"})).await.payload();
    assert_eq!(take(&borealis, Some("borealis")).await.payload()["snapshot"]["id"], second["id"]);
    const NODE: &str = "query ($id: ID!) { node(id: $id) { ... on Snapshot { revision payload } } }";
    let kept = app.graphql(&borealis, NODE, json!({"id": first["id"]})).await;
    assert_eq!(kept.at("/node"), &json!({"revision": 1, "payload": first["payload"]}));
    for (actor, slug, code) in [
        (&aurora, None, "REQUIRED"),
        (&aurora, Some("aurora"), "INVALID_VALUE"),
        (&aurora, Some("comet"), "NOT_FOUND"),
        (&borealis, Some("aurora"), "NOT_ALLOWED"),
        (&app.manager("comet"), None, "NOT_FOUND"),
    ] {
        assert_eq!(take(actor, slug).await.refusals(), [code], "{slug:?}");
    }
    let all = "query ($id: ID!, $after: String) { opportunity(id: $id) { snapshots(first: 1, after: $after) {
      totalCount nodes { revision } pageInfo { hasNextPage endCursor } } } }";
    let newest = app.graphql(&aurora, all, json!({"id": id})).await;
    assert_eq!(newest.at("/opportunity/snapshots/nodes"), &json!([{"revision": 2}]));
    let cursor = newest.at("/opportunity/snapshots/pageInfo/endCursor");
    let oldest = app.graphql(&aurora, all, json!({"id": id, "after": cursor})).await;
    assert_eq!(
        oldest.at("/opportunity/snapshots"),
        &json!({
            "totalCount": 2, "nodes": [{"revision": 1}],
            "pageInfo": {"hasNextPage": false, "endCursor": oldest.at("/opportunity/snapshots/pageInfo/endCursor")},
        })
    );
    // Others see only what was shared with themselves.
    let sent = invite(&app, &aurora, &id, to("comet")).await;
    super::accept(&app, &app.manager("comet"), &sent.payload()["invitation"]["id"]).await.payload();
    let own = app.graphql(&app.manager("comet"), all, json!({"id": id})).await;
    assert_eq!(own.at("/opportunity/snapshots/totalCount"), 1);
    let other = app.graphql(&app.manager("comet"), NODE, json!({"id": first["id"]})).await;
    assert_eq!(other.at("/node"), &Value::Null);
}

async fn what_a_partner_sees_after_a_change_goes_on_record(app: TestApp) {
    const RECORD: &str = "snapshots { nodes { revision trigger payload takenBy { slug } } }";
    let (aurora, borealis, comet) = (app.manager("aurora"), app.manager("borealis"), app.manager("comet"));
    let id = opened(&app, full_deal()).await;
    for (slug, fields) in
        [("borealis", json!(["EXPECTED_AMOUNT", "NEXT_STEPS", "TEAM"])), ("comet", json!(["USE_CASE"]))]
    {
        let mut wanted = to(slug);
        wanted["grantedFields"] = fields;
        share(&app, &id, slug, wanted).await;
    }
    let record = async |actor: &partnergraph::op::Actor| {
        seen(&app, actor, &id, RECORD).await.pointer("/snapshots/nodes").unwrap().as_array().unwrap().clone()
    };
    let amount = json!({"expectedAmount": {"amount": "7", "currencyCode": "EUR"}, "competitors": ["Another"]});
    update(&app, &aurora, &id, amount).await.payload();
    let theirs = record(&borealis).await;
    assert_eq!(theirs.len(), 2);
    let newest = &theirs[0];
    assert_eq!((&newest["trigger"], &newest["takenBy"]["slug"]), (&json!("UPDATED"), &json!("aurora")));
    assert_eq!(newest["payload"]["expectedAmount"], json!({"minor": 700, "currencyCode": "EUR"}));
    assert_eq!(record(&comet).await.len(), 1, "it sees nothing of that");
    super::update_side(&app, &aurora, &id, json!({"nextSteps": "Call"})).await.payload();
    super::update_side(&app, &aurora, &id, json!({"team": []})).await.payload();
    // What the others say of themselves is no part of what the owner shares.
    super::update_side(&app, &comet, &id, json!({"nextSteps": "Wait"})).await.payload();
    let theirs = record(&borealis).await;
    assert_eq!((theirs.len(), &theirs[0]["payload"]["nextSteps"]), (3, &json!("Call")));
    update(&app, &aurora, &id, json!({"title": "For all"})).await.payload();
    for (actor, count) in [(&borealis, 4), (&comet, 2)] {
        let found = record(actor).await;
        assert_eq!((found.len(), &found[0]["payload"]["title"]), (count, &json!("For all")));
    }
}

async fn an_integration_names_both_of_its_ends(app: TestApp) {
    const CATEGORY: &str =
        "mutation { categoryCreate(input: {name: \"Tools\"}) { category { id } userErrors { code } } }";
    app.graphql(&app.operator(), CATEGORY, json!({})).await.payload();
    const LISTING: &str = "mutation ($input: ListingCreateInput!) {
      listingCreate(input: $input) { listing { id } userErrors { field code message } }
    }";
    let aurora = app.manager("aurora");
    let mut sky = Value::Null;
    for (slug, kind) in [("sky", "PRODUCT"), ("sea", "PRODUCT"), ("bridge", "INTEGRATION")] {
        let integrations = if slug == "bridge" { json!([{"listing": sky}]) } else { json!([]) };
        let input = json!({"name": slug, "slug": slug, "kind": kind, "summary": "It shows", "categories": ["tools"],
                           "visibility": "PUBLIC", "integrations": integrations});
        let made = app.graphql(&aurora, LISTING, json!({"input": input})).await;
        if slug == "sky" {
            sky = made.payload()["listing"]["id"].clone();
        }
    }
    let about = |listings: Value| {
        let mut input = deal();
        input["relatedListings"] = listings;
        input
    };
    for (listings, code) in [
        (json!([{"listing": "bridge"}]), "REQUIRED"),
        (json!([{"listing": "bridge", "integratesWith": "sea"}]), "INVALID_VALUE"),
        (json!([{"listing": "bridge", "integratesWith": "nothing"}]), "NOT_FOUND"),
        (json!([{"listing": "sky"}, {"listing": "sky"}]), "INVALID_VALUE"),
    ] {
        assert_eq!(create(&app, &aurora, about(listings)).await.refusals(), [code]);
    }
    let id = opened(&app, about(json!([{"listing": "bridge", "integratesWith": "sky"}, {"listing": "sea"}]))).await;
    let found = seen(&app, &aurora, &id, "relatedListings { listing { slug } integratesWith { slug } }").await;
    assert_eq!(
        found["relatedListings"],
        json!([
            {"listing": {"slug": "bridge"}, "integratesWith": {"slug": "sky"}},
            {"listing": {"slug": "sea"}, "integratesWith": null},
        ])
    );
    update(&app, &aurora, &id, json!({"relatedListings": [{"listing": "sea"}]})).await.payload();
    let found = seen(&app, &aurora, &id, "revision relatedListings { listing { slug } }").await;
    assert_eq!(found, json!({"revision": 2, "relatedListings": [{"listing": {"slug": "sea"}}]}));
}
