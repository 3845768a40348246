//! The demonstration, as a newcomer meets it.

use super::process::{Running, data, partnergraph, post, run};
use serde_json::{Value, json};
use std::{fs, path::Path};

fn start(folder: &Path, arguments: &[&str]) -> Running {
    let mut all = vec!["demo", "--listen", "127.0.0.1:0"];
    all.extend(arguments);
    let mut running = Running::start(partnergraph(folder, &all, &[]));
    running.until("Ctrl-C stops the server.");
    running
}

/// The printed tokens, in their order.
fn tokens(said: &str) -> Vec<String> {
    said.lines()
        .filter_map(|line| line.trim().strip_prefix("{\"Authorization\": \"Bearer ")?.strip_suffix("\"}"))
        .map(str::to_owned)
        .collect()
}

const VIEWER: &str = "{ viewer { organization { slug } role } }";

#[tokio::test]
async fn it_answers_keeps_its_data_and_starts_over() {
    let place = tempfile::tempdir().unwrap();
    let running = start(place.path(), &[]);
    let base = running.base();
    let printed = tokens(&running.said);
    assert_eq!(printed.len(), 3, "{}", running.said);

    // The line that is to be pasted.
    let line = running.said.split("curl -sG ").nth(1).unwrap();
    let (address, rest) = line.split_once(" --data-urlencode 'query=").unwrap();
    let query = rest.split_once("}'").unwrap().0.to_owned() + "}";
    assert_eq!(address, format!("{base}/graphql"));
    let url = url::Url::parse_with_params(address, [("query", query)]).unwrap();
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    let partners = &answer["data"]["program"]["partners"];
    assert!(partners["totalCount"].as_i64().unwrap() >= 3, "{answer:#}");
    assert_eq!(partners["nodes"][0]["tier"]["name"], "Platinum", "{answer:#}");
    assert_eq!(partners["nodes"].as_array().unwrap().len(), 3, "{answer:#}");

    let mut seen = Vec::new();
    for token in &printed {
        let viewer = data(&base, Some(token), VIEWER, json!({})).await;
        seen.push((
            viewer["viewer"]["organization"]["slug"].as_str().unwrap().to_owned(),
            viewer["viewer"]["role"].as_str().unwrap().to_owned(),
        ));
    }
    let expected = [("kestrel-integration", "MEMBER"), ("aurora-cloud", "MANAGER"), ("northgate", "ADMIN")];
    assert_eq!(seen, expected.map(|(slug, role)| (slug.to_owned(), role.to_owned())));

    deals_wait_and_are_worked_on(&base, &printed).await;
    overlaps_have_led_to_something(&base, &printed).await;
    an_alert_arrives(&base, &running.said, &printed).await;

    let organization = "query($slug: String!) { organization(slug: $slug) { id name } }";
    let found = data(&base, None, organization, json!({"slug": "aurora-cloud"})).await;
    let rename = "mutation($id: ID!) { organizationUpdate(id: $id, input: {name: \"Aurora Cloud SE\"}) { userErrors { code } } }";
    let renamed = data(&base, Some(&printed[1]), rename, json!({"id": found["organization"]["id"]})).await;
    assert_eq!(renamed["organizationUpdate"]["userErrors"], json!([]));
    assert!(running.stop().success(), "it ends in order");

    let again = start(place.path(), &[]);
    let base = again.base();
    assert!(again.said.contains("Using the data in"), "{}", again.said);
    assert!(!again.said.contains("invitationAccept"), "it was answered: {}", again.said);
    let deals = data(&base, Some(&printed[0]), "{ opportunities { totalCount } }", json!({})).await;
    assert_eq!(deals["opportunities"]["totalCount"], 3, "nothing is told twice");
    overlaps_have_led_to_something(&base, &printed).await;
    let kept = data(&base, None, organization, json!({"slug": "aurora-cloud"})).await;
    assert_eq!(kept["organization"]["name"], "Aurora Cloud SE");
    let still = data(&base, Some(&printed[1]), VIEWER, json!({})).await;
    assert_eq!(still["viewer"]["role"], "MANAGER", "tokens of an earlier start stay valid");

    // Another one on this folder may not pull the data from under it.
    let refused = run(place.path(), &["demo", "--reset", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("A program has"), "{}", refused.err);
    assert!(again.stop().success());

    let folder = place.path().join("partnergraph-data");
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    let fresh = start(place.path(), &["--reset"]);
    assert!(fresh.said.contains("Removed "), "{}", fresh.said);
    assert_eq!(fs::read_to_string(folder.join("notes.txt")).unwrap(), "mine");
    let base = fresh.base();
    let first = data(&base, None, organization, json!({"slug": "aurora-cloud"})).await;
    assert_eq!(first["organization"]["name"], "Aurora Cloud");
    let (status, _) = post(&base, Some(&printed[1]), VIEWER, json!({})).await;
    assert_eq!(status, 401, "tokens of before the reset are no longer valid");

    public_facts_have_no_accounts(&base).await;
    profiles_come_in_the_readers_language(&base).await;
    drafts_and_applications_are_for_the_host(&base, &tokens(&fresh.said)[1]).await;
    the_contract_directory_runs(&base).await;
}

async fn deals_wait_and_are_worked_on(base: &str, tokens: &[String]) {
    const INBOX: &str = "{ viewer { inbox { totalCount nodes { __typename
        ... on Invitation { opportunityTitle customer { name } contactTitle opportunity { id } }
        ... on Lead { company { name } contact { title name } viewerCanAccept }
        ... on Introduction { asker { slug } accountName contactTitle viewerCanAnswer overlap { own { name } } }
        ... on Membership { status organization { slug } program { slug } viewerCanDecide }
        ... on Opportunity { title reviewStatus viewerCanReview } } } } }";
    let sorted = |inbox: &Value| {
        let mut waiting = inbox["viewer"]["inbox"]["nodes"].as_array().unwrap().clone();
        waiting.sort_by_key(|node| node["__typename"].to_string());
        json!(waiting)
    };
    let waiting = data(base, Some(&tokens[0]), INBOX, json!({})).await;
    let expected = json!([
        {"__typename": "Introduction", "asker": {"slug": "aurora-cloud"}, "accountName": "Vantage Rail plc",
         "contactTitle": "Head of operations technology", "viewerCanAnswer": true,
         "overlap": {"own": {"name": "Vantage Rail plc"}}},
        {"__typename": "Invitation", "opportunityTitle": "A warm standby for Nordlys Dairies",
         "customer": {"name": "Nordlys Dairies"}, "contactTitle": "Director of operations", "opportunity": null},
        {"__typename": "Lead", "company": {"name": "Steiner Orthopedics"},
         "contact": {"title": "Head of purchasing", "name": null}, "viewerCanAccept": true},
    ]);
    assert_eq!(sorted(&waiting), expected);
    let waiting = data(base, Some(&tokens[1]), INBOX, json!({})).await;
    let expected = json!([
        {"__typename": "Membership", "status": "APPLIED", "organization": {"slug": "larkspur-labs"},
         "program": {"slug": "aurora-partner-network"}, "viewerCanDecide": true},
        {"__typename": "Opportunity", "title": "Shop floor data for Valmont Presses", "reviewStatus": "SUBMITTED",
         "viewerCanReview": true},
    ]);
    assert_eq!(sorted(&waiting), expected);

    const DEALS: &str = "{ opportunities(orderBy: {field: CREATED_AT, direction: ASC}) { nodes {
        title stage owner { slug } targetCloseDate contacts { name }
        relatedListings { listing { slug } integratesWith { slug } }
        activities { nodes { kind organization { slug } } } divergence { aspect } } } }";
    let deals = data(base, Some(&tokens[0]), DEALS, json!({})).await;
    let deals = deals["opportunities"]["nodes"].as_array().unwrap().clone();
    assert_eq!(deals.len(), 2, "{deals:#?}");
    assert_eq!(
        (&deals[0]["stage"], &deals[0]["owner"]["slug"]),
        (&json!("TECHNICAL_VALIDATION"), &json!("aurora-cloud"))
    );
    assert_eq!(deals[0]["contacts"], json!([{"name": "Head of IT of Halden Tools"}]));
    assert_eq!(
        deals[0]["relatedListings"][0],
        json!({"listing": {"slug": "stepwise-migration"}, "integratesWith": {"slug": "aurora-managed-postgres"}})
    );
    let kinds: Vec<_> = deals[0]["activities"]["nodes"].as_array().unwrap().iter().map(|node| &node["kind"]).collect();
    assert_eq!(kinds, ["CALL", "DEMO"]);
    assert_eq!(deals[0]["divergence"], json!([{"aspect": "STAGE"}]));
    assert_eq!((&deals[1]["stage"], &deals[1]["owner"]["slug"]), (&json!("QUALIFIED"), &json!("kestrel-integration")));
    let today = chrono::Utc::now().date_naive().to_string();
    assert!(deals.iter().all(|deal| deal["targetCloseDate"].as_str() > Some(&today)), "{deals:#?}");
}

/// What two partners both know, the introduction that one asked for and the lead that a rule of the other qualified: there
/// from the first moment, and told of once, whatever the server finds when it runs.
async fn overlaps_have_led_to_something(base: &str, tokens: &[String]) {
    const SEEN: &str = "query ($partner: String!) {
        overlaps(partner: $partner) { totalCount }
        introductions { totalCount nodes { status direction accountName contactTitle } }
        qualificationRules { totalCount }
        qualifiedLeads { totalCount nodes { status ruleName accountName ownKind partner { slug } viewerCanAccept
          evidence { partnerKind } } }
        alerts(first: 100, filter: {kinds: [QUALIFIED_LEAD, INTRODUCTION]}) { nodes { __typename } } }";
    let kestrel = data(base, Some(&tokens[0]), SEEN, json!({"partner": "aurora-cloud"})).await;
    let asked = |direction: &str| {
        json!({"totalCount": 1, "nodes": [{"status": "REQUESTED", "direction": direction,
            "accountName": "Vantage Rail plc", "contactTitle": "Head of operations technology"}]})
    };
    assert_eq!(kestrel["overlaps"]["totalCount"], 6);
    assert_eq!(kestrel["introductions"], asked("RECEIVED"));
    assert_eq!(kestrel["qualificationRules"]["totalCount"], 1);
    let expected = json!({"totalCount": 1, "nodes": [
        {"status": "NEW", "ruleName": "Our prospects that run on Aurora", "accountName": "Nordlys Shipping",
         "ownKind": "PROSPECTS", "partner": {"slug": "aurora-cloud"}, "viewerCanAccept": true,
         "evidence": {"partnerKind": "CUSTOMERS"}},
    ]});
    assert_eq!(kestrel["qualifiedLeads"], expected);
    let mut told: Vec<_> =
        kestrel["alerts"]["nodes"].as_array().unwrap().iter().map(|node| &node["__typename"]).collect();
    told.sort_by_key(|name| name.to_string());
    assert_eq!(told, ["IntroductionAlert", "QualifiedLeadAlert"]);

    let aurora = data(base, Some(&tokens[1]), SEEN, json!({"partner": "kestrel-integration"})).await;
    assert_eq!(aurora["overlaps"]["totalCount"], 6);
    assert_eq!(aurora["introductions"], asked("SENT"));
    assert_eq!(aurora["qualifiedLeads"]["totalCount"], 0, "it has no rule");
}

/// The two documents that are printed: the one listens, the other is heard.
async fn an_alert_arrives(base: &str, said: &str, tokens: &[String]) {
    let (_, rest) = said.split_once("subscription {").unwrap();
    let (subscription, rest) = rest.split_once("\n}\n").unwrap();
    let accept = rest.lines().find(|line| line.starts_with("mutation")).unwrap();
    // Behind what is there now: the stream is open before it listens.
    let head = data(base, Some(&tokens[1]), "{ alerts(first: 0) { headCursor } }", json!({})).await;
    let listening = reqwest::Client::new()
        .post(format!("{base}/graphql"))
        .header("Accept", "text/event-stream")
        .header("Last-Event-ID", head["alerts"]["headCursor"].as_str().unwrap())
        .bearer_auth(&tokens[1])
        .json(&json!({"query": format!("subscription {{{subscription}\n}}")}));
    let mut events = listening.send().await.unwrap();
    assert_eq!(events.status(), 200);
    let accepted = data(base, Some(&tokens[0]), accept, json!({})).await;
    assert_eq!(accepted["invitationAccept"]["userErrors"], json!([]));
    let mut heard = String::new();
    while !heard.contains("\"ACCEPTED\"") {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), events.chunk()).await.unwrap().unwrap();
        heard.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
    }
    assert!(heard.contains("A warm standby for Nordlys Dairies"), "{heard}");
}

async fn public_facts_have_no_accounts(base: &str) {
    let query = "{ organization(slug: \"hubspot\") { name profile { headline } partnerships(first: 5) { nodes {
        origin types description state parties { organization { name } } } } } }";
    let hubspot = data(base, None, query, json!({})).await;
    let recorded = hubspot["organization"]["partnerships"]["nodes"].as_array().unwrap();
    assert_eq!(recorded.len(), 2, "{hubspot:#}");
    for fact in recorded {
        assert_eq!((fact["origin"].as_str(), fact["state"].as_str()), (Some("RECORDED"), Some("named example")));
    }
}

async fn profiles_come_in_the_readers_language(base: &str) {
    let ask = |language: &'static str| async move {
        let query = "{ organization(slug: \"bayan-cloud\") { profile { headline locale direction } } }";
        let request = reqwest::Client::new().post(format!("{base}/graphql")).json(&json!({"query": query}));
        let answer: Value = request.header("Accept-Language", language).send().await.unwrap().json().await.unwrap();
        answer["data"]["organization"]["profile"].clone()
    };
    let (arabic, english) = (ask("ar").await, ask("en-GB").await);
    assert_eq!((arabic["locale"].as_str(), arabic["direction"].as_str()), (Some("ar"), Some("RTL")));
    assert_eq!((english["locale"].as_str(), english["direction"].as_str()), (Some("en"), Some("LTR")));
    assert_eq!(ask("ko").await, arabic, "the source where no other suits");
}

async fn drafts_and_applications_are_for_the_host(base: &str, program_manager: &str) {
    let query = "{ program(slug: \"aurora-training-partners\") { name status } }";
    assert_eq!(data(base, None, query, json!({})).await["program"], Value::Null);
    assert_eq!(data(base, Some(program_manager), query, json!({})).await["program"]["status"], "DRAFT");
}

async fn the_contract_directory_runs(base: &str) {
    let documents = include_str!("../../../../../contracts/directory.graphql");
    let ask = |operation: &'static str, variables: Value| async move {
        let body = json!({"query": documents, "operationName": operation, "variables": variables});
        let request = reqwest::Client::new().post(format!("{base}/graphql")).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{operation}: {answer:#}");
        answer["data"].clone()
    };
    let program = "aurora-partner-network";
    let page = ask("ProgramDirectory", json!({"program": program, "first": 100})).await;
    let total = page["program"]["partners"]["totalCount"].as_i64().unwrap();
    assert!((25..=32).contains(&total), "{total}");
    let earlier =
        ask("ProgramDirectory", json!({"program": program, "first": 100, "filter": {"asOf": "2022-06-30"}})).await;
    let earlier = &earlier["program"]["partners"];
    assert!(earlier["totalCount"].as_i64().unwrap() < total);
    let old_mill = |edge: &&Value| edge["node"]["organization"]["slug"] == "old-mill-systems";
    assert!(earlier["edges"].as_array().unwrap().iter().any(|edge| old_mill(&edge)), "who has left was there then");
    assert!(!page["program"]["partners"]["edges"].as_array().unwrap().iter().any(|edge| old_mill(&edge)));
    let facets = ask("DirectoryFacets", json!({"program": program})).await;
    assert_eq!(facets["program"]["partnerFacets"]["types"].as_array().unwrap().len(), 3, "{facets:#}");
    let found = ask("MarketplaceSearch", json!({"first": 5, "filter": {"query": "сигн"}})).await;
    assert_eq!(found["listings"]["totalCount"], 0);
    let found = ask("MarketplaceSearch", json!({"first": 5, "filter": {"query": "quillm"}})).await;
    assert!(found["listings"]["totalCount"].as_i64().unwrap() >= 2, "{found:#}");
}

#[test]
fn a_taken_port_is_said_before_anything_is_made() {
    let place = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = run(place.path(), &["demo", "--listen", &address], &[]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains(&address) && told.err.contains("--listen"), "{}", told.err);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "no half-started demo");
}
