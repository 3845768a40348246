//! No way out: every level against every field, and every answer that a partner can get is searched for what it may not
//! see.

use super::{
    House, compare,
    export::{Desk, token},
    house::{Row, Rows},
    overlaps,
};
use crate::support::{TestApp, on_both};
use entity::{
    id::{AccountListId, TypedId},
    overlap, overlap_dispute,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use sea_orm::EntityTrait;
use serde_json::json;

/// The fields with what only their values contain.
const MARKS: [(AccountField, &str); 10] = [
    (AccountField::Domain, "zqdomain"),
    (AccountField::Website, "zqpage"),
    (AccountField::Country, "NO"),
    (AccountField::EmailDomain, "zqmail"),
    (AccountField::Duns, "150483782"),
    (AccountField::Owner, "zqowner"),
    (AccountField::Stage, "zqstage"),
    (AccountField::Amount, "98765"),
    (AccountField::Custom, "zqcustom"),
    (AccountField::ExternalId, "zqexternal"),
];
const NAME: &str = "Zqname";
/// Of the account that matches nothing.
const ALONE: &str = "Zqalone";
const LIST: &str = "Their prospects";

const LEVELS: [SharingLevel; 4] =
    [SharingLevel::Hidden, SharingLevel::CountsOnly, SharingLevel::Overlapping, SharingLevel::All];

/// What borealis has: one account that aurora has too, and one that it has not. Of that one, each value is another.
fn theirs() -> Rows {
    let account = |name: &str, duns: &str| Row {
        name: name.to_owned(),
        website: "https://zqdomain.com/zqpage".to_owned(),
        country: "NO",
        email_domain: "zqmail.com".to_owned(),
        duns: duns.to_owned(),
        owner: "zqowner".to_owned(),
        stage: "zqstage".to_owned(),
        amount: Some(9_876_500),
        custom: Some(("zqcustomname".to_owned(), "zqcustomvalue".to_owned())),
    };
    let alone =
        Row { website: "https://elsewhere.com".to_owned(), ..account(&format!("{ALONE} Elsewhere"), "987654321") };
    [
        ("zqexternal-1".to_owned(), account(&format!("{NAME} Harbor Works"), "150483782")),
        ("zqexternal-2".to_owned(), Row { email_domain: "elsewhere.com".to_owned(), duns: String::new(), ..alone }),
    ]
    .into()
}

/// What aurora has: the same company, without any value of the other's but its number and name, which make the match.
fn ours(by: AccountField) -> Rows {
    let mut account = super::house::row("Quimbly Harbor", "");
    match by {
        AccountField::Domain => account.website = "zqdomain.com".to_owned(),
        AccountField::EmailDomain => account.email_domain = "zqmail.com".to_owned(),
        AccountField::Duns => account.duns = "150483782".to_owned(),
        _ => account.name = format!("{NAME} Harbor Works"),
    }
    [("own-1".to_owned(), account)].into()
}

/// Everything that aurora can ask, as one text.
async fn everything(app: &TestApp, desk: &Desk, token: &str, lists: [AccountListId; 2], ids: &[String]) -> String {
    let aurora = app.manager("aurora");
    let mut all = String::new();
    let mut add = |answer: &crate::support::Answer| all.push_str(&answer.body()["data"].to_string());
    let account = "{ id name domain website countryCode emailDomain duns owner stage amount { amount currencyCode }
        custom { name value } externalId list { id name kind } }";
    add(&overlaps(app, &aurora, json!({"partner": "borealis", "first": 100})).await);
    for filter in [json!({"owner": "zqowner"}), json!({"countries": ["NO"]}), json!({"minConfidence": "CERTAIN"})] {
        add(&overlaps(app, &aurora, json!({"partner": "borealis", "filter": filter})).await);
    }
    let matrix = "query { overlapMatrix(partner: \"borealis\") { computedAt cells { own { name } partners { name kind }
        ownCount partnerCount pairCount fewerThan } }
        mappingRuns(partner: \"borealis\") { nodes { id state rows found lost problem partners { name } } } }";
    add(&app.graphql(&aurora, matrix, json!({})).await);
    let disputes =
        format!("query {{ overlapDisputes(partner: \"borealis\") {{ nodes {{ own {account} partner {account} }} }} }}");
    add(&app.graphql(&aurora, &disputes, json!({})).await);
    let greenfield = format!(
        "query ($list: ID!) {{ greenfield(partner: \"borealis\", list: $list) {{ totalCount nodes {account} }} }}"
    );
    for list in lists {
        add(&app.graphql(&aurora, &greenfield, json!({"list": list.global()})).await);
    }
    let alerts = format!(
        "query {{ alerts(first: 100, filter: {{kinds: [OVERLAP]}}) {{ nodes {{ ... on OverlapAlert {{ change found lost
        overlap {{ score reasons {{ kind ownValue partnerValue }} partner {account} }} ownKind
        dispute {{ partner {account} }} }} }} }} }}"
    );
    add(&app.graphql(&aurora, &alerts, json!({})).await);
    let nodes = format!(
        "query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Overlap {{ reasons {{ kind ownValue partnerValue }}
        partner {account} }} ... on OverlapDispute {{ partner {account} }} }} }}"
    );
    add(&app.graphql(&aurora, &nodes, json!({"ids": ids})).await);
    // What is refused must not say more either.
    let raise = "mutation ($input: OverlapDisputeRaiseInput!) { overlapDisputeRaise(input: $input) {
        overlapDispute { id } userErrors { code message } } }";
    let input = json!({"own": ids[0], "partner": ids[1], "verdict": "SAME"});
    all.push_str(&app.graphql(&aurora, raise, json!({"input": input})).await.body().to_string());
    let trail =
        "query { organization(slug: \"aurora\") { auditEntries(first: 100) { nodes { action before after } } } }";
    all.push_str(&app.graphql(&app.actor("aurora", Role::Admin), trail, json!({})).await.data().to_string());
    let (status, file) = desk.file(token, "?partner=borealis").await;
    assert_eq!(status, 200);
    all.push_str(&file);
    all
}

async fn a_partner_sees_what_the_rule_says_and_nothing_else(app: TestApp) {
    for by in [AccountField::Name, AccountField::Domain, AccountField::EmailDomain, AccountField::Duns] {
        let app = app.copy().await;
        sweep(&app, &House::new(&app), by).await;
    }
}

async fn sweep(app: &TestApp, house: &House<'_>, by: AccountField) {
    let all: Vec<AccountField> = MARKS.iter().map(|(field, _)| *field).collect();
    let (our, their, pair) = house.two(SharingLevel::All, &all, ours(by), theirs()).await;
    let desk = Desk::open(app).await;
    let token = token(app, "aurora");
    compare(app).await;
    let connection = app.app.world.db.read();
    let row = overlap::Entity::find().one(connection).await.unwrap().expect("the two match");
    assert_eq!(overlap_dispute::Entity::find().all(connection).await.unwrap().len(), 0);
    let run = entity::mapping_run::Entity::find().one(connection).await.unwrap().unwrap();
    // The first two are accounts, of which a dispute is tried.
    let asked = [row.left_account_id.global(), row.right_account_id.global(), row.id.global(), run.id.global()];
    for level in LEVELS {
        for fields in std::iter::once(vec![]).chain(MARKS.iter().map(|(field, _)| vec![*field])).chain([all.clone()]) {
            house.rule(their, "borealis", "aurora", level, &fields).await;
            let text = everything(app, &desk, &token, [our, their], &asked).await;
            let rows = level >= SharingLevel::Overlapping;
            let context = format!("{by:?} {level:?} {fields:?}");
            assert_eq!(text.contains(LIST), rows, "the list's name: {context}\n{text}");
            // Its name is in the reader's own list where the match is by name.
            if !matches!(by, AccountField::Name) {
                assert_eq!(text.contains(NAME), rows, "the name: {context}\n{text}");
            }
            assert_eq!(text.contains(ALONE), level == SharingLevel::All, "the other account: {context}\n{text}");
            for (field, mark) in MARKS {
                // What the reader knows itself is no leak.
                if field == by || field == AccountField::Country {
                    continue;
                }
                let shown = rows && fields.contains(&field);
                // A website shows its domain.
                let shown = shown || field == AccountField::Domain && rows && fields.contains(&AccountField::Website);
                assert_eq!(text.contains(mark), shown, "{field:?}: {context}\n{text}");
            }
            let country = text.contains("\"countryCode\":\"NO\"") || text.contains(",NO,");
            assert_eq!(country, rows && fields.contains(&AccountField::Country), "the country: {context}\n{text}");
            // The reason is as quiet as the field that it rests on.
            let reason = match by {
                AccountField::Duns => Some(("DUNS", vec![AccountField::Duns])),
                AccountField::Domain => Some(("DOMAIN", vec![AccountField::Domain])),
                AccountField::EmailDomain => Some(("DOMAIN", vec![AccountField::Domain, AccountField::EmailDomain])),
                _ => None,
            };
            if let Some((kind, needs)) = reason {
                let told = text.contains(&format!("\"kind\":\"{kind}\""));
                let shown = rows && needs.iter().all(|need| fields.contains(need));
                assert_eq!(told, shown, "the reason {kind}: {context}\n{text}");
            }
        }
    }
    // With the pair closed, and all shown, there is nothing either.
    house.rule(their, "borealis", "aurora", SharingLevel::All, &all).await;
    house.close(pair).await;
    let text = everything(app, &desk, &token, [our, their], &asked).await;
    for mark in MARKS.iter().map(|(_, mark)| *mark).filter(|mark| *mark != "NO").chain([ALONE, LIST]) {
        let own = matches!(
            (by, mark),
            (AccountField::Domain, "zqdomain")
                | (AccountField::EmailDomain, "zqmail")
                | (AccountField::Duns, "150483782")
        );
        assert!(own || !text.contains(mark), "{mark}: {text}");
    }
}

on_both!(a_partner_sees_what_the_rule_says_and_nothing_else);
