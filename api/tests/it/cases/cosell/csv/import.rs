//! What becomes of the rows of a file.

use super::{Desk, key, listed, numbers, problem, problems, token};
use crate::{
    cases::cosell::{act, changes, full_deal, opened, seen, share, to, update},
    support::{TestApp, on_both},
};
use entity::value::Role;
use serde_json::{Value, json};

on_both!(
    a_file_enters_opportunities_and_again_changes_nothing,
    a_row_changes_what_differs_and_leaves_what_it_does_not_name,
    rows_are_judged_one_by_one,
    a_strict_file_is_written_in_whole_or_not_at_all,
    a_trial_writes_nothing,
    a_row_moves_the_stage_by_the_same_table,
    a_row_behind_an_edit_is_refused,
    edits_wait_while_a_review_runs,
    an_external_id_is_the_owners_own,
    a_key_needs_the_scope_and_no_confidential_row,
    files_at_once_make_one_of_each,
    listings_are_named_by_their_slugs,
);

const FILE: &str = "externalId,title,customerName,customerWebsite,customerCountry,customerIndustry,customerDuns,\
    contactTitle,businessProblem,useCase,deliveryModels,expectedAmount,currency,expectedFrequency,contractMonths,\
    probability,stage,targetCloseDate,type,origin,involvement,hidesParticipants,helpRequested,competitors\r\n\
    crm-1,Answers for Acme,Acme Inc.,https://www.acme.example/,NO,RETAIL,15-048-3782,Head of IT,\
    \"Answers get lost\r\nbetween two systems.\",Answers go into records.,RESALE;SAAS,1200.50,EUR,MONTHLY,24,40,\
    QUALIFIED,2026-12-24,EXPANSION,VENDOR_REFERRAL,VISIBILITY_ONLY,true,DEAL_SUPPORT,Rival;One\\;Two\r\n\
    crm-2,'=Second,Beta,,,,,,,,,,,,,,,,,,,,,\r\n";

const SEEN: &str = "externalId title customer { name websiteUrl countryCode industry duns } contactTitle \
    businessProblem useCase deliveryModels expectedAmount { amount currencyCode } expectedFrequency contractMonths \
    probability stage targetCloseDate type origin involvement hidesParticipants helpRequested competitors revision";

async fn a_file_enters_opportunities_and_again_changes_nothing(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let report = desk.taken(&token, "", FILE).await;
    assert_eq!(numbers(&report), [2, 0, 0, 0, 0], "{report:#}");
    assert_eq!((&report["written"], &report["rows"]), (&json!(true), &json!(2)));
    let aurora = app.actor("aurora", Role::Member);
    let rows = listed(&app, &aurora, SEEN).await;
    let expected = json!({
        "externalId": "crm-1", "title": "Answers for Acme",
        "customer": {"name": "Acme Inc.", "websiteUrl": "https://www.acme.example/", "countryCode": "NO",
                     "industry": "RETAIL", "duns": "150483782"},
        "contactTitle": "Head of IT", "businessProblem": "Answers get lost\nbetween two systems.",
        "useCase": "Answers go into records.", "deliveryModels": ["SAAS", "RESALE"],
        "expectedAmount": {"amount": "1200.50", "currencyCode": "EUR"}, "expectedFrequency": "MONTHLY",
        "contractMonths": 24, "probability": 40, "stage": "QUALIFIED", "targetCloseDate": "2026-12-24",
        "type": "EXPANSION", "origin": "VENDOR_REFERRAL", "involvement": "VISIBILITY_ONLY",
        "hidesParticipants": true, "helpRequested": ["DEAL_SUPPORT"], "competitors": ["Rival", "One;Two"],
        "revision": 1,
    });
    assert_eq!(rows[0], expected);
    assert_eq!((&rows[1]["title"], &rows[1]["stage"]), (&json!("=Second"), &json!("PROSPECT")));
    // Facts as of single entries: an alert each, and whoever sent the file is on the team.
    assert_eq!(changes(&app, "aurora").await, ["CREATED", "CREATED"]);
    let team = listed(&app, &aurora, "sides { team { email } }").await;
    assert_eq!(team[0]["sides"][0]["team"], json!([{"email": "member@aurora.example"}]));

    let report = desk.taken(&token, "", FILE).await;
    assert_eq!(numbers(&report), [0, 0, 0, 2, 0], "{report:#}");
    assert_eq!(report["written"], false);
    let with_mark = format!("\u{feff}{}", FILE.replace("\r\n", "\n"));
    assert_eq!(numbers(&desk.taken(&token, "", &with_mark).await), [0, 0, 0, 2, 0]);
    assert_eq!(listed(&app, &aurora, SEEN).await, rows);
    assert_eq!(changes(&app, "aurora").await, ["CREATED", "CREATED"]);
}

async fn a_row_changes_what_differs_and_leaves_what_it_does_not_name(app: TestApp) {
    let desk = Desk::open(&app).await;
    let (token, aurora) = (token(&app, "aurora", Role::Member), app.manager("aurora"));
    let id = opened(&app, full_deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    let before = seen(&app, &aurora, &id, SEEN).await;
    let report = desk.taken(&token, "", "externalId,title,probability,useCase\ncrm-1,New title,,\n").await;
    assert_eq!(numbers(&report), [0, 1, 0, 0, 0], "{report:#}");
    let after = seen(&app, &aurora, &id, SEEN).await;
    let mut expected = before.clone();
    expected["title"] = json!("New title");
    expected["probability"] = Value::Null;
    expected["useCase"] = Value::Null;
    expected["revision"] = json!(before["revision"].as_i64().unwrap() + 1);
    assert_eq!(after, expected);
    assert_eq!(changes(&app, "borealis").await.last().map(String::as_str), Some("UPDATED"));
    // By its id, an opportunity can get another external id.
    let file = format!("id,externalId\n{},crm-9\n", id.as_str().unwrap());
    assert_eq!(numbers(&desk.taken(&token, "", &file).await), [0, 1, 0, 0, 0]);
    assert_eq!(seen(&app, &aurora, &id, "externalId").await["externalId"], "crm-9");
    // Spellings of the same are no change.
    let report = desk.taken(&token, "", "externalId,customerDuns,customerName\ncrm-9,150 483 782,Acme  Inc.\n").await;
    assert_eq!(numbers(&report), [0, 0, 0, 1, 0], "{report:#}");
}

async fn rows_are_judged_one_by_one(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let long = "x".repeat(256);
    let file = format!(
        "externalId,title,customerName,customerWebsite,expectedAmount,currency,expectedFrequency,stage,lossReason,\
         targetCloseDate,probability,confidential,type\n\
         a,Good,Acme,,,,,,,,,,\n\
         ,No key,Acme,,,,,,,,,,\n\
         b,,Acme,,,,,,,,,,\n\
         c,{long},Acme,,,,,,,,,,\n\
         d,Site,Acme,acme.example,,,,,,,,,\n\
         e,Digits,Acme,,1.234,EUR,,,,,,,\n\
         f,Currency,Acme,,1,,,,,,,,\n\
         g,Frequency,Acme,,,,MONTHLY,,,,,,\n\
         h,Launched,Acme,,,,,LAUNCHED,,,,,\n\
         i,Lost,Acme,,,,,CLOSED_LOST,,,,,\n\
         j,Past,Acme,,,,,,,2026-01-01,,,\n\
         k,Percent,Acme,,,,,,,,101,,\n\
         l,Words,Acme,,,,,WON,,soon,many,perhaps,NEW\n\
         a,Again,Acme,,,,,,,,,,\n\
         m,Good too,Acme,,,,,,,,,,\n"
    );
    let report = desk.taken(&token, "", &file).await;
    assert_eq!(numbers(&report), [2, 0, 0, 0, 13], "{report:#}");
    let expected = [
        problem(3, "externalId", "REQUIRED"),
        problem(4, "title", "REQUIRED"),
        problem(5, "title", "TOO_LONG"),
        problem(6, "customerWebsite", "INVALID_FORMAT"),
        problem(7, "expectedAmount", "INVALID_FORMAT"),
        problem(8, "currency", "REQUIRED"),
        problem(9, "expectedFrequency", "INVALID_VALUE"),
        problem(10, "stage", "REQUIRED"),
        problem(11, "lossReason", "REQUIRED"),
        problem(12, "targetCloseDate", "OUT_OF_RANGE"),
        problem(13, "probability", "OUT_OF_RANGE"),
        problem(14, "targetCloseDate", "INVALID_FORMAT"),
        problem(14, "probability", "INVALID_FORMAT"),
        problem(14, "confidential", "INVALID_FORMAT"),
        problem(14, "type", "INVALID_FORMAT"),
        problem(14, "stage", "INVALID_FORMAT"),
        problem(15, "externalId", "DUPLICATE_ROW"),
    ];
    assert_eq!(problems(&report), expected);
    assert_eq!(report["problems"][2]["value"].as_str().unwrap().len(), 200);
    let titles = listed(&app, &app.manager("aurora"), "title").await;
    assert_eq!(titles, [json!({"title": "Good"}), json!({"title": "Good too"})]);
}

async fn a_strict_file_is_written_in_whole_or_not_at_all(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let bad = "externalId,title,customerName\na,One,Acme\nb,,Acme\nc,Three,Acme\nd,\"Four\n";
    let (status, body) = desk.send(&token, "?strict=true", bad).await;
    assert_eq!((status, super::code(&body)), (422, "BAD_USER_INPUT"), "{body:#}");
    let report = &body["report"];
    assert_eq!((&report["written"], &report["strict"]), (&json!(false), &json!(true)));
    assert_eq!(problems(report), [problem(3, "title", "REQUIRED"), problem(5, "-", "UNCLOSED_QUOTE")]);
    assert!(listed(&app, &app.manager("aurora"), "id").await.is_empty());
    assert!(changes(&app, "aurora").await.is_empty());

    let good = "externalId,title,customerName\nb,Two,Acme\na,One,Acme\n";
    assert_eq!(numbers(&desk.taken(&token, "?strict=true", good).await), [2, 0, 0, 0, 0]);
    let more = "externalId,title,customerName\na,One more,Acme\nb,Two,Acme\nc,Three,Acme\n";
    let report = desk.taken(&token, "?strict=true", more).await;
    assert_eq!(numbers(&report), [1, 1, 0, 1, 0], "{report:#}");
    assert_eq!(changes(&app, "aurora").await, ["CREATED", "CREATED", "UPDATED", "CREATED"]);
    let again = desk.taken(&token, "?strict=true", more).await;
    assert_eq!((numbers(&again), &again["written"]), ([0, 0, 0, 3, 0], &json!(false)));
}

async fn a_trial_writes_nothing(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    opened(&app, full_deal()).await;
    let before = listed(&app, &app.manager("aurora"), SEEN).await;
    let file = "externalId,title,customerName\ncrm-1,New,Acme Inc.\ncrm-2,Two,Acme\ncrm-3,,Acme\n";
    for query in ["?dryRun=true", "?dryRun=true&strict=true"] {
        let report = desk.taken(&token, query, file).await;
        assert_eq!(numbers(&report), [1, 1, 0, 0, 1], "{report:#}");
        assert_eq!((&report["written"], &report["dryRun"]), (&json!(false), &json!(true)));
    }
    assert_eq!(listed(&app, &app.manager("aurora"), SEEN).await, before);
    assert_eq!(changes(&app, "aurora").await, ["CREATED"]);
    assert_eq!(numbers(&desk.taken(&token, "", file).await), [1, 1, 0, 0, 1]);
}

async fn a_row_moves_the_stage_by_the_same_table(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let id = opened(&app, full_deal()).await;
    let stage = async |rest: &str| {
        let file = format!("externalId,stage,lossReason,targetCloseDate\ncrm-1,{rest}\n");
        let report = desk.taken(&token, "", &file).await;
        problems(&report)
            .pop()
            .map_or_else(|| numbers(&report)[1].to_string(), |(_, column, code)| column + " " + &code)
    };
    assert_eq!(stage("LAUNCHED,,2026-12-24").await, "stage INVALID_STATE");
    assert_eq!(stage("COMMITTED,PRICE,2026-12-24").await, "lossReason INVALID_VALUE");
    assert_eq!(stage("COMMITTED,,2026-12-30").await, "1");
    assert_eq!(stage("COMMITTED,,2026-12-30").await, "0");
    assert_eq!(stage("CLOSED_LOST,,2026-12-30").await, "lossReason REQUIRED");
    assert_eq!(stage("COMMITTED,,2026-01-01").await, "targetCloseDate OUT_OF_RANGE");
    // Of a deal that is over with this row, the day may be one that has passed.
    assert_eq!(stage("CLOSED_LOST,PRICE,2026-10-30").await, "1");
    let lost = seen(&app, &app.manager("aurora"), &id, "stage lossReason targetCloseDate moves { toStage }").await;
    assert_eq!((&lost["stage"], &lost["lossReason"]), (&json!("CLOSED_LOST"), &json!("PRICE")));
    assert_eq!(lost["targetCloseDate"], "2026-10-30");
    assert_eq!(lost["moves"].as_array().unwrap().len(), 3);
    assert_eq!(stage("PROSPECT,,2026-10-30").await, "stage INVALID_STATE");
    assert_eq!(stage("CLOSED_LOST,OTHER,2026-10-30").await, "stage INVALID_STATE");
    // A refused move takes the rest of its row with it.
    let report = desk.taken(&token, "", "externalId,title,stage\ncrm-1,Not this,PROSPECT\n").await;
    assert_eq!(numbers(&report), [0, 0, 0, 0, 1]);
    assert_eq!(seen(&app, &app.manager("aurora"), &id, "title").await["title"], "Answers for Acme");
}

async fn a_row_behind_an_edit_is_refused(app: TestApp) {
    let desk = Desk::open(&app).await;
    let (token, aurora) = (token(&app, "aurora", Role::Member), app.manager("aurora"));
    let id = opened(&app, full_deal()).await;
    update(&app, &aurora, &id, json!({"title": "Edited"})).await.payload();
    let file = |title: &str, revision: &str| format!("externalId,title,revision\ncrm-1,{title},{revision}\n");
    let report = desk.taken(&token, "", &file("From the CRM", "1")).await;
    assert_eq!(problems(&report), [problem(2, "revision", "REVISION_MISMATCH")]);
    let report = desk.taken(&token, "", &file("From the CRM", "x")).await;
    assert_eq!(problems(&report), [problem(2, "revision", "INVALID_FORMAT")]);
    // What is there already is no conflict.
    assert_eq!(numbers(&desk.taken(&token, "", &file("Edited", "1")).await), [0, 0, 0, 1, 0]);
    assert_eq!(numbers(&desk.taken(&token, "", &file("From the CRM", "2")).await), [0, 1, 0, 0, 0]);
    assert_eq!(numbers(&desk.taken(&token, "", &file("From the CRM", "2")).await), [0, 0, 0, 1, 0]);
    act(&app, &aurora, "opportunityArchive", &id, None).await.payload();
    let report = desk.taken(&token, "", &file("Too late", "")).await;
    assert_eq!(problems(&report), [problem(2, "-", "INVALID_STATE")]);
}

async fn edits_wait_while_a_review_runs(app: TestApp) {
    use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
    let desk = Desk::open(&app).await;
    let (token, aurora) = (token(&app, "aurora", Role::Member), app.manager("aurora"));
    let id = opened(&app, full_deal()).await;
    let db = &app.app.world.db;
    let row = entity::opportunity::Entity::find().one(db.read()).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.review_status = Set(entity::opportunity::ReviewStatus::Submitted);
    row.update(db.read()).await.unwrap();
    let file = "externalId,title,probability\ncrm-1,Later,40\n";
    assert_eq!(numbers(&desk.taken(&token, "", file).await), [0, 0, 1, 0, 0]);
    let found = seen(&app, &aurora, &id, "title revision pendingChange { parts }").await;
    assert_eq!(found["title"], "Answers for Acme");
    assert_eq!(found["pendingChange"]["parts"], json!(["TITLE"]));
    assert_eq!(numbers(&desk.taken(&token, "", file).await), [0, 0, 0, 1, 0]);
    assert_eq!(seen(&app, &aurora, &id, "revision").await["revision"], found["revision"]);
}

async fn an_external_id_is_the_owners_own(app: TestApp) {
    let desk = Desk::open(&app).await;
    let id = opened(&app, full_deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    let borealis = token(&app, "borealis", Role::Manager);
    // Another owner's external id is not taken here, and tells nothing of the other.
    let file = "externalId,title,customerName\ncrm-1,Ours,Acme\n";
    assert_eq!(numbers(&desk.taken(&borealis, "", file).await), [1, 0, 0, 0, 0]);
    let titles = listed(&app, &app.manager("aurora"), "title").await;
    assert_eq!(titles, [json!({"title": "Answers for Acme"})]);
    // Whoever takes part changes its own side only; whoever does not knows nothing of it.
    let by_id = |title: &str| format!("id,title\n{},{title}\nopp_1,{title}\n", id.as_str().unwrap());
    let report = desk.taken(&borealis, "", &by_id("Theirs")).await;
    assert_eq!(problems(&report), [problem(2, "-", "NOT_ALLOWED"), problem(3, "id", "INVALID_FORMAT")]);
    let report = desk.taken(&token(&app, "comet", Role::Owner), "", &by_id("Theirs")).await;
    assert_eq!(problems(&report)[0], problem(2, "id", "NOT_FOUND"));
    let report = desk.taken(&token(&app, "operator", Role::Owner), "", &by_id("Theirs")).await;
    assert_eq!(problems(&report)[0], problem(2, "id", "NOT_FOUND"));
}

async fn a_key_needs_the_scope_and_no_confidential_row(app: TestApp) {
    let desk = Desk::open(&app).await;
    let file = "externalId,title,customerName,confidential\na,One,Acme,false\nb,Two,Acme,true\n";
    let (status, body) = desk.send(&key(&app, &["LISTINGS_WRITE"]).await, "", file).await;
    assert_eq!((status, super::code(&body)), (403, "FORBIDDEN"), "{body:#}");
    let report = desk.taken(&key(&app, &["OPPORTUNITIES_WRITE"]).await, "", file).await;
    assert_eq!(numbers(&report), [1, 0, 0, 0, 1]);
    assert_eq!(problems(&report), [problem(3, "confidential", "INVALID_VALUE")]);
    // A person can; and then nobody else of the house comes upon it by its external id.
    assert_eq!(numbers(&desk.taken(&token(&app, "aurora", Role::Member), "", file).await), [1, 0, 0, 1, 0]);
    let report = desk.taken(&token(&app, "aurora", Role::Manager), "", file).await;
    assert_eq!(problems(&report), [problem(3, "externalId", "TAKEN")]);
}

async fn files_at_once_make_one_of_each(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let rows: String = (0..20).map(|row| format!("crm-{row},Deal {row},Acme\n")).collect();
    let file = format!("externalId,title,customerName\n{rows}");
    let backwards: String = file
        .lines()
        .skip(1)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .fold("externalId,title,customerName\n".to_owned(), |file, row| file + row + "\n");
    let (one, other, strict) = tokio::join!(
        desk.taken(&token, "", &file),
        desk.taken(&token, "", &backwards),
        desk.send(&token, "?strict=true", file.clone()),
    );
    assert_eq!((&one["rejected"], &other["rejected"]), (&json!(0), &json!(0)), "{one:#} {other:#}");
    assert!(strict.0 == 200 || strict.0 == 422, "{strict:?}");
    assert_eq!(listed(&app, &app.manager("aurora"), "id").await.len(), 20);
    assert_eq!(numbers(&desk.taken(&token, "?strict=true", &backwards).await), [0, 0, 0, 20, 0]);
}

async fn listings_are_named_by_their_slugs(app: TestApp) {
    const LISTING: &str = "mutation ($input: ListingCreateInput!) {
      listingCreate(input: $input) { listing { id } userErrors { field code message } } }";
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let mut suite = Value::Null;
    for (slug, kind) in [("suite", "PRODUCT"), ("desk", "PRODUCT"), ("bridge", "INTEGRATION")] {
        let integrations = if slug == "bridge" { json!([{"listing": suite}]) } else { json!([]) };
        let input =
            json!({"name": slug, "slug": slug, "kind": kind, "summary": "It shows", "integrations": integrations});
        let made = app.graphql(&app.manager("aurora"), LISTING, json!({"input": input})).await;
        if slug == "suite" {
            suite = made.payload()["listing"]["id"].clone();
        }
    }
    let send = async |listings: &str| {
        let file = format!("externalId,title,customerName,relatedListings\na,One,Acme,{listings}\n");
        let report = desk.taken(&token, "", &file).await;
        problems(&report)
            .pop()
            .map_or_else(|| format!("{:?}", numbers(&report)), |(_, column, code)| column + " " + &code)
    };
    assert_eq!(send("suite;nowhere").await, "relatedListings NOT_FOUND");
    assert_eq!(send("bridge").await, "relatedListings REQUIRED");
    assert_eq!(send("bridge+desk").await, "relatedListings INVALID_VALUE");
    assert_eq!(send("suite;bridge+suite").await, "[1, 0, 0, 0, 0]");
    assert_eq!(send("suite; bridge + suite").await, "[0, 0, 0, 1, 0]");
    assert_eq!(desk.rows(&token, "").await[0]["relatedListings"], "suite;bridge+suite");
    assert_eq!(numbers(&desk.taken(&token, "", &desk.file(&token, "").await).await), [0, 0, 0, 1, 0]);
    assert_eq!(send("desk").await, "[0, 1, 0, 0, 0]");
    assert_eq!(send("").await, "[0, 1, 0, 0, 0]");
    // Drafts are their vendor's: who sees the opportunity does not learn of them, and an import cannot take them away.
    assert_eq!(send("desk").await, "[0, 1, 0, 0, 0]");
    let id = listed(&app, &app.manager("aurora"), "id").await[0]["id"].clone();
    share(&app, &id, "borealis", to("borealis")).await;
    assert_eq!(desk.rows(&super::token(&app, "borealis", Role::Member), "").await[0]["relatedListings"], "?");
    assert_eq!(send("?").await, "relatedListings NOT_FOUND");
}
