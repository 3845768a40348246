//! Files that are sent into a list.

use super::{accounts, add, customers, imports, numbers, pairs, read, taken, upload};
use crate::{
    cases::cosell::csv::{Desk, problem, problems, token},
    support::{TestApp, on_both},
};
use entity::value::Role;
use serde_json::{Value, json};
use std::fmt::Write as _;

on_both!(
    a_file_replaces_a_list_and_again_changes_nothing,
    a_merge_leaves_what_the_file_does_not_have,
    columns_are_known_by_many_names,
    a_dry_run_tells_all_and_changes_nothing,
    rows_without_an_id_are_told_apart_by_domain_or_name,
    dirt_is_told_by_its_line_and_the_rest_is_taken,
    a_row_that_comes_twice_is_taken_once,
    a_file_of_many_parts_is_one_version,
    imports_are_read_by_who_reads_the_list,
);

const FILE: &str = "external_id,name,website,country,owner\n1,Acme,https://acme.example,DE,Team North\n\
    2,Bolt,bolt.example,us,\n3,Cord,,,\n";

async fn a_file_replaces_a_list_and_again_changes_nothing(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    let report = taken(&desk, &token, &list, "", FILE).await;
    assert_eq!(numbers(&report), [3, 0, 0, 0, 0], "{report:#}");
    let told = [&report["written"], &report["version"], &report["accountCount"], &report["rows"], &report["mode"]];
    assert_eq!(told, [&json!(true), &json!(1), &json!(3), &json!(3), &json!("REPLACE")]);
    let expected = pairs(&[("1", "Acme"), ("2", "Bolt"), ("3", "Cord")]);
    assert_eq!(accounts(&app, &list).await, expected);

    let with_mark = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    let report = taken(&desk, &token, &list, "?mode=replace", &with_mark).await;
    assert_eq!(numbers(&report), [0, 0, 3, 0, 0], "{report:#}");
    assert_eq!((&report["written"], &report["version"]), (&json!(false), &json!(1)));

    let next = "external_id,name\n2,Bolt\n4,Dart\n1,Acme Inc\n";
    let report = taken(&desk, &token, &list, "", next).await;
    // What a row does not say is unknown from now on, so that two rows differ.
    assert_eq!(numbers(&report), [1, 2, 0, 1, 0], "{report:#}");
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme Inc"), ("2", "Bolt"), ("4", "Dart")]));
    assert_eq!(read(&app, &list).await["accounts"]["nodes"][1]["website"], Value::Null);
}

async fn a_merge_leaves_what_the_file_does_not_have(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    taken(&desk, &token, &list, "", FILE).await;
    let report = taken(&desk, &token, &list, "?mode=merge", "id,name\n3,Cord\n1,Acme Inc\n4,Dart\n").await;
    assert_eq!(numbers(&report), [1, 1, 1, 0, 0], "{report:#}");
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme Inc"), ("2", "Bolt"), ("3", "Cord"), ("4", "Dart")]));
    // A merge of nothing is no harm.
    let report = taken(&desk, &token, &list, "?mode=merge", "id,name\n").await;
    assert_eq!((numbers(&report), &report["version"]), ([0; 5], &json!(2)));
}

async fn columns_are_known_by_many_names(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    let file = "Account ID,Account_Name,Company Domain Name,Billing Country,Email,D-U-N-S Number,Account Owner,\
                StageName,Deal Amount,CurrencyIsoCode,Segment,\n\
                a,Acme,acme.example,Germany,jo@mail.acme.example,150 483 782,'=Team,Won,1200.50,eur,Large,x\n";
    let report = taken(&desk, &token, &list, "", file).await;
    assert_eq!((numbers(&report), problems(&report)), ([1, 0, 0, 0, 0], Vec::new()), "{report:#}");
    let read = read(&app, &list).await;
    let found = &read["accounts"]["nodes"][0];
    let expected = json!({
        "id": found["id"], "externalId": "a", "name": "Acme", "website": "acme.example", "domain": "acme.example",
        "countryCode": "DE", "emailDomain": "mail.acme.example", "duns": "150483782", "owner": "=Team",
        "stage": "Won", "amount": {"amount": "1200.50", "currencyCode": "EUR"},
        "custom": [{"name": "Segment", "value": "Large"}],
    });
    assert_eq!(found, &expected);
}

async fn a_dry_run_tells_all_and_changes_nothing(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    taken(&desk, &token, &list, "", FILE).await;
    let before = read(&app, &list).await;
    let report = taken(&desk, &token, &list, "?dryRun=true", "id,name\n1,Acme Inc\n2,\n9,New\n9,New\n").await;
    assert_eq!(numbers(&report), [1, 1, 0, 2, 2], "{report:#}");
    let told = [&report["dryRun"], &report["written"], &report["version"], &report["accountCount"]];
    assert_eq!(told, [&json!(true), &json!(false), &json!(1), &json!(3)]);
    assert_eq!(read(&app, &list).await, before);
    let import = &imports(&app, &list).await[0];
    assert_eq!(
        (&import["state"], &import["dryRun"], &import["percent"]),
        (&json!("CHECKED"), &json!(true), &json!(100))
    );
    // The same file does what the dry run said, and nothing is left of it that stands in the way.
    let report = taken(&desk, &token, &list, "", "id,name\n1,Acme Inc\n2,\n9,New\n9,New\n").await;
    assert_eq!(numbers(&report), [1, 1, 0, 2, 2], "{report:#}");
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme Inc"), ("9", "New")]));
}

async fn rows_without_an_id_are_told_apart_by_domain_or_name(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    let file = "name,website\nAcme,https://www.acme.example/x\nBolt,https://linkedin.com/company/bolt\n\
                Cord,https://linkedin.com/company/cord\nACME,shop.acme.example\n,dart.example\nBólt,\n";
    let report = taken(&desk, &token, &list, "", file).await;
    assert_eq!(numbers(&report), [3, 0, 0, 0, 3], "{report:#}");
    let expected = [problem(5, "-", "DUPLICATE_ROW"), problem(6, "name", "REQUIRED"), problem(7, "-", "DUPLICATE_ROW")];
    assert_eq!(problems(&report), expected);
    let expected = pairs(&[("domain:acme.example", "Acme"), ("name:bolt", "Bolt"), ("name:cord", "Cord")]);
    assert_eq!(accounts(&app, &list).await, expected);
    // Renamed, it is the same account: its domain is what it is known by.
    let report = taken(&desk, &token, &list, "?mode=merge", "name,website\nAcme Inc,acme.example\n").await;
    assert_eq!(numbers(&report), [0, 1, 0, 0, 0], "{report:#}");
}

async fn dirt_is_told_by_its_line_and_the_rest_is_taken(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    let mut file =
        b"id,name,website,country,duns,amount,currency,own\r\na,One,,,,,,\r\nb,\"Two\"x,,,,,,\r\nc,Three\r\n\
        d,F\xffur,,,,,,\r\ne,Fi\0ve,,,,,,\r\nf,\"Six\r\nlines\",,,,,,\r\n"
            .to_vec();
    file.extend(format!("g,{},,,,,,\r\n", "x".repeat(70_000)).bytes());
    file.extend(format!("h,Eight,{},Atlantis,12,many,EUR,{}\r\n", "x".repeat(501), "y".repeat(501)).bytes());
    file.extend(format!("i,{},,,,,,\r\nj,Ten,,,,5,,\r\n", "x".repeat(201)).bytes());
    file.extend(b"k,\"Eleven,,,,,,\r\nl,Twelve,,,,,,\r\n");
    let (status, body) = upload(&desk, &token, &list, "", file).await;
    assert_eq!(status, 200, "{body:#}");
    let report = &body["report"];
    assert_eq!(numbers(report), [5, 0, 0, 0, 7], "{report:#}");
    assert_eq!(report["doubtful"], 2);
    let expected = [
        problem(3, "-", "BAD_QUOTING"),
        problem(4, "-", "RAGGED_ROW"),
        problem(5, "name", "INVALID_UTF8"),
        problem(6, "name", "INVALID_FORMAT"),
        problem(9, "-", "ROW_TOO_LONG"),
        problem(10, "website", "TOO_LONG"),
        problem(10, "country", "INVALID_FORMAT"),
        problem(10, "duns", "INVALID_FORMAT"),
        problem(10, "own", "TOO_LONG"),
        problem(10, "amount", "INVALID_FORMAT"),
        problem(11, "name", "TOO_LONG"),
        problem(12, "currency", "REQUIRED"),
        problem(13, "-", "UNCLOSED_QUOTE"),
    ];
    assert_eq!(problems(report), expected);
    assert_eq!(report["problems"][5]["value"].as_str().unwrap().len(), 200);
    let expected = pairs(&[("h", "Eight"), ("a", "One"), ("f", "Six lines"), ("j", "Ten"), ("l", "Twelve")]);
    assert_eq!(accounts(&app, &list).await, expected);
}

async fn a_row_that_comes_twice_is_taken_once(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    add(&app, &list, vec![super::account("same", "Same"), super::account("other", "Other")]).await.payload();
    // In another part of the file than the first: one that is new, one that changed and one that did not.
    let mut file = "id,name\nnew,New\nother,Another\nsame,Same\n".to_owned();
    (0..2_500).for_each(|number| writeln!(file, "n{number},Filler {number}").unwrap());
    file.push_str("same,Not the same\nother,Other\nnew,New\n");
    let report = taken(&desk, &token, &list, "", &file).await;
    assert_eq!(numbers(&report), [2_501, 1, 1, 0, 3], "{report:#}");
    let last = [2_505, 2_506, 2_507].map(|line| problem(line, "-", "DUPLICATE_ROW"));
    assert_eq!(problems(&report), last);
    let document =
        "query ($id: ID!) { accountList(id: $id) { accounts(filter: {externalIds: [\"same\", \"other\", \"new\"]}) {
        nodes { name } } } }";
    let found = app.graphql(&app.manager("aurora"), document, json!({"id": list})).await;
    assert_eq!(
        found.at("/accountList/accounts/nodes"),
        &json!([{"name": "Another"}, {"name": "New"}, {"name": "Same"}])
    );
}

async fn a_file_of_many_parts_is_one_version(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    let file = |from: u32, to: u32, name: &str| {
        let rows = (from..to).map(|number| format!("{number},{name} {number}\n"));
        format!("id,name\n{}", rows.collect::<String>())
    };
    let report = taken(&desk, &token, &list, "", &file(0, 12_000, "Company")).await;
    assert_eq!((numbers(&report), &report["version"]), ([12_000, 0, 0, 0, 0], &json!(1)));
    // A part stays, a part goes, a part comes: more than one statement of each.
    let mut next = file(0, 3_000, "Company");
    next.push_str(&file(20_000, 22_500, "Company")["id,name\n".len()..]);
    let report = taken(&desk, &token, &list, "", &next).await;
    assert_eq!((numbers(&report), &report["version"]), ([2_500, 0, 3_000, 9_000, 0], &json!(2)));
    let now = read(&app, &list).await;
    assert_eq!((&now["accountCount"], &now["accounts"]["totalCount"]), (&json!(5_500), &json!(5_500)));
    let document =
        "query ($id: ID!, $name: String!) { accountList(id: $id) { accounts(filter: {name: $name}) { totalCount } } }";
    // Of 3: 3, 30 to 39 and 300 to 399; of 21 also 2100 to 2199 and 21000 to 21999.
    for (name, count) in [("company ", 5_500), ("Company 3", 1 + 10 + 100), ("company 21", 1 + 10 + 100 + 1_000)] {
        let found = app.graphql(&app.manager("aurora"), document, json!({"id": list, "name": name})).await;
        assert_eq!(found.at("/accountList/accounts/totalCount"), count, "{name}");
    }
}

async fn imports_are_read_by_who_reads_the_list(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = customers(&app).await;
    taken(&desk, &token, &list, "", FILE).await;
    taken(&desk, &token, &list, "?mode=merge", "id,name\n4,Dart\n,\"Bad\n").await;
    let all = imports(&app, &list).await;
    let expected = json!({
        "id": all[0]["id"], "mode": "MERGE", "dryRun": false, "state": "APPLIED", "problem": null, "percent": 100,
        "rows": 2, "created": 1, "updated": 0, "unchanged": 0, "removed": 0, "rejected": 1,
        "finishedAt": "2026-11-02T09:00:00+00:00",
    });
    assert_eq!((all.len(), &all[0]), (2, &expected));
    let page = "query ($id: ID!, $after: String) { accountList(id: $id) { imports(first: 1, after: $after) {
        totalCount nodes { mode list { id } } pageInfo { hasNextPage endCursor } } } }";
    let viewer = app.actor("aurora", Role::Viewer);
    let first = app.graphql(&viewer, page, json!({"id": list})).await.at("/accountList/imports").clone();
    assert_eq!((&first["totalCount"], &first["nodes"][0]["mode"]), (&json!(2), &json!("MERGE")));
    let after = json!({"id": list, "after": first["pageInfo"]["endCursor"]});
    let rest = app.graphql(&viewer, page, after).await.at("/accountList/imports").clone();
    assert_eq!(
        (&rest["nodes"], &rest["pageInfo"]["hasNextPage"]),
        (&json!([{"mode": "REPLACE", "list": {"id": list}}]), &json!(false))
    );
    let node = "query ($id: ID!) { node(id: $id) { id __typename } }";
    for (actor, sees) in [(viewer, true), (app.manager("borealis"), false)] {
        let found = app.graphql(&actor, node, json!({"id": all[0]["id"]})).await;
        assert_eq!(found.at("/node").is_null(), !sees);
    }
}
