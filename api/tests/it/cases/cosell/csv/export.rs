//! What goes out is what the viewer sees, and nothing else.

use super::{Desk, EXPORT, key, rows, token};
use crate::{
    cases::cosell::{accept, act, deal, full_deal, invite, opened, seen, share, to},
    support::{TestApp, on_both},
};
use chrono::TimeDelta;
use entity::value::Role;
use reqwest::Method;
use serde_json::{Value, json};

on_both!(
    the_owner_gets_every_column,
    a_partner_gets_what_the_share_says_and_then_nothing,
    a_confidential_one_is_in_the_files_of_those_it_names,
    the_filter_is_that_of_the_field,
    a_long_file_is_whole_in_order_and_not_one_statement_more_a_row,
    the_file_is_for_saving_and_for_no_cache,
);

async fn the_owner_gets_every_column(app: TestApp) {
    let desk = Desk::open(&app).await;
    let id = opened(&app, full_deal()).await;
    let found = desk.rows(&token(&app, "aurora", Role::Member), "").await;
    let expected = json!([{
        "id": id, "externalId": "crm-1", "revision": "1", "title": "Answers for Acme", "customerName": "Acme Inc.",
        "customerWebsite": "https://www.acme.example/", "customerCountry": "NO", "customerIndustry": "RETAIL",
        "customerDuns": "150483782", "contactTitle": "Head of IT",
        "businessProblem": "Answers get lost between two systems.", "useCase": "Answers go into records.",
        "deliveryModels": "SAAS;RESALE", "expectedAmount": "1200.50", "currency": "EUR",
        "expectedFrequency": "MONTHLY", "contractMonths": "24", "probability": "40", "stage": "QUALIFIED",
        "lossReason": "", "targetCloseDate": "2026-12-24", "type": "EXPANSION", "origin": "VENDOR_REFERRAL",
        "involvement": "CO_SELL", "confidential": "false", "hidesParticipants": "false",
        "helpRequested": "DEAL_SUPPORT", "competitors": "Rival", "relatedListings": "", "owner": "aurora",
        "reviewStatus": "PENDING_SUBMISSION", "createdAt": "2026-11-02T09:00:00+00:00",
        "updatedAt": "2026-11-02T09:00:00+00:00", "archivedAt": "",
    }]);
    assert_eq!(json!(found), expected);
    // A key sees what the members of its organization see.
    assert_eq!(json!(desk.rows(&key(&app, &["LISTINGS_WRITE"]).await, "").await), expected);
}

/// Each column that needs a field of the share, and where the schema has it.
const NEEDS: [(&str, &str, &str); 15] = [
    ("customerName", "COMPANY", "/customer/name"),
    ("customerWebsite", "COMPANY", "/customer/websiteUrl"),
    ("customerCountry", "COMPANY", "/customer/countryCode"),
    ("customerIndustry", "COMPANY", "/customer/industry"),
    ("customerDuns", "COMPANY", "/customer/duns"),
    ("contactTitle", "CONTACT_TITLE", "/contactTitle"),
    ("businessProblem", "BUSINESS_PROBLEM", "/businessProblem"),
    ("useCase", "USE_CASE", "/useCase"),
    ("expectedAmount", "EXPECTED_AMOUNT", "/expectedAmount/amount"),
    ("currency", "EXPECTED_AMOUNT", "/expectedAmount/currencyCode"),
    ("expectedFrequency", "EXPECTED_AMOUNT", "/expectedFrequency"),
    ("targetCloseDate", "TARGET_CLOSE_DATE", "/targetCloseDate"),
    ("externalId", "-", "/externalId"),
    ("competitors", "COMPETITORS", "/competitors/0"),
    ("helpRequested", "HELP_REQUESTED", "/helpRequested/0"),
];

async fn a_partner_gets_what_the_share_says_and_then_nothing(app: TestApp) {
    const SEEN: &str = "externalId customer { name websiteUrl countryCode industry duns } contactTitle businessProblem \
        useCase expectedAmount { amount currencyCode } expectedFrequency targetCloseDate competitors helpRequested";
    let desk = Desk::open(&app).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let mine = token(&app, "borealis", Role::Member);
    let id = opened(&app, full_deal()).await;
    let sent = invite(&app, &aurora, &id, to("borealis")).await;
    // Before the invitation is accepted there is nothing to take along.
    assert!(desk.rows(&mine, "").await.is_empty());
    accept(&app, &borealis, &sent.payload()["invitation"]["id"]).await.payload();
    for granted in [
        &["COMPANY", "USE_CASE"][..],
        &["EXPECTED_AMOUNT", "TARGET_CLOSE_DATE", "CONTACT_TITLE"],
        &["BUSINESS_PROBLEM", "COMPETITORS", "HELP_REQUESTED"],
        &[],
    ] {
        let input = json!({"organization": "borealis", "grantedFields": granted});
        act(&app, &aurora, "opportunityShareUpdate", &id, Some(("OpportunityShareUpdateInput!", input)))
            .await
            .payload();
        let found = desk.rows(&mine, "").await;
        let shown = seen(&app, &borealis, &id, SEEN).await;
        for (column, field, place) in NEEDS {
            let cell = found[0][column].as_str().unwrap();
            assert_eq!(cell.is_empty(), !granted.contains(&field), "{column} of {granted:?}");
            // As the schema shows it, value by value.
            let value = shown.pointer(place).and_then(Value::as_str).unwrap_or_default();
            assert_eq!(cell, value, "{column} of {granted:?}");
        }
        assert_eq!((&found[0]["title"], &found[0]["owner"]), (&json!("Answers for Acme"), &json!("aurora")));
    }
    assert_eq!(desk.rows(&mine, "?customer=acme").await.len(), 0, "what is not seen does not find");
    assert!(desk.rows(&token(&app, "comet", Role::Owner), "").await.is_empty());
    let input = json!({"organization": "borealis"});
    act(&app, &aurora, "opportunityRevoke", &id, Some(("OpportunityRevokeInput!", input))).await.payload();
    assert!(desk.rows(&mine, "").await.is_empty());
}

async fn a_confidential_one_is_in_the_files_of_those_it_names(app: TestApp) {
    let desk = Desk::open(&app).await;
    let mut input = deal();
    input["confidential"] = json!(true);
    opened(&app, input).await;
    assert_eq!(desk.rows(&token(&app, "aurora", Role::Manager), "").await.len(), 1);
    assert!(desk.rows(&token(&app, "aurora", Role::Owner), "").await.is_empty());
    assert!(desk.rows(&key(&app, &["OPPORTUNITIES_WRITE"]).await, "").await.is_empty());
}

async fn the_filter_is_that_of_the_field(app: TestApp) {
    let desk = Desk::open(&app).await;
    let first = opened(&app, full_deal()).await;
    app.clock.advance(TimeDelta::hours(1));
    let mine = token(&app, "aurora", Role::Member);
    let second = opened(&app, json!({"title": "Two", "customer": {"name": "Zeta"}})).await;
    share(&app, &second, "borealis", to("borealis")).await;
    let put_away = opened(&app, json!({"title": "Three", "customer": {"name": "Past"}})).await;
    act(&app, &app.manager("aurora"), "opportunityArchive", &put_away, None).await.payload();
    for (query, expected) in [
        ("", &[&first, &second][..]),
        ("?stages=QUALIFIED,COMMITTED", &[&first]),
        ("?stages=", &[]),
        ("?reviewStatuses=PENDING_SUBMISSION", &[&first, &second]),
        ("?owner=aurora", &[&first, &second]),
        ("?owner=borealis", &[]),
        ("?participant=borealis", &[&second]),
        ("?customer=acm", &[&first]),
        ("?updatedAfter=2026-11-02T09:30:00Z", &[&second]),
        ("?targetCloseAfter=2026-12-01&targetCloseBefore=2026-12-31", &[&first]),
        ("?archived=true", &[&put_away]),
    ] {
        let found: Vec<_> = desk.rows(&mine, query).await.into_iter().map(|row| row["id"].clone()).collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

async fn a_long_file_is_whole_in_order_and_not_one_statement_more_a_row(app: TestApp) {
    let desk = Desk::open(&app).await;
    let mine = token(&app, "aurora", Role::Member);
    // Of one moment, so that the ids decide.
    let lines: String = (0..250).map(|row| format!("crm-{row},Deal {row},Acme {row}\n")).collect();
    desk.taken(&mine, "?strict=true", &format!("externalId,title,customerName\n{lines}")).await;
    let (found, statements) = app.statements(desk.rows(&mine, "?stages=PROSPECT")).await;
    let ids: Vec<_> = found.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 250);
    assert!(ids.is_sorted());
    // Three pages: the rows, who takes part, listings, and the owners' slugs; and once who asks.
    assert!(statements <= 3 * 5 + 2, "{statements}");
    assert_eq!(desk.file(&mine, "").await, desk.file(&mine, "").await);
}

async fn the_file_is_for_saving_and_for_no_cache(app: TestApp) {
    let desk = Desk::open(&app).await;
    let mine = token(&app, "aurora", Role::Member);
    let input = json!({"title": "=cmd|' /C calc'!A0", "customer": {"name": "@Acme"}, "competitors": ["+Rival", "-x"]});
    opened(&app, input).await;
    let response = desk.request(Method::GET, EXPORT, &mine).send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(header("content-disposition"), "attachment; filename=\"opportunities-2026-11-02.csv\"");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let file = response.text().await.unwrap();
    assert!(file.starts_with("id,externalId,revision,title,"), "{file}");
    assert!(file.ends_with("\r\n"));
    let row = &rows(&file)[0];
    assert_eq!(row["title"], "'=cmd|' /C calc'!A0");
    assert_eq!(row["customerName"], "'@Acme");
    assert_eq!(row["competitors"], "'+Rival;-x");
    let marked = desk.file(&mine, "?byteOrderMark=true").await;
    assert_eq!(marked, format!("\u{feff}{file}"));
    // Nobody's opportunities are a header and no rows.
    let none = desk.file(&token(&app, "comet", Role::Member), "").await;
    assert_eq!((none.lines().count(), rows(&none).len()), (1, 0));
}
