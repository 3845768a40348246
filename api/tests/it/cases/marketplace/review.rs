//! Reviews and the ratings that they add up to.

use super::{UNKNOWN_LISTING, category, draft, names, published, text};
use crate::support::{TestApp, on_both};
use entity::value::Role;
use partnergraph::op::Actor;
use serde_json::{Value, json};

on_both!(
    a_review_counts_while_it_is_published,
    an_organization_has_one_review_of_a_listing,
    a_vendor_does_not_review_its_own,
    a_pending_review_is_seen_by_its_author_and_the_operator,
    a_changed_review_waits_again,
    refusals_have_codes,
    reviews_are_paged_newest_first,
);

const SUBMIT: &str = "mutation ($input: ReviewSubmitInput!) {
  reviewSubmit(input: $input) { review { id status rating title text organization { slug } } userErrors { field code } }
}";

async fn submit(app: &TestApp, organization: &str, listing: &str, rating: i32) -> String {
    let input = json!({"input": {"listing": listing, "rating": rating, "title": "Well", "text": "Works."}});
    text(&app.graphql(&app.manager(organization), SUBMIT, input).await.payload()["review"]["id"])
}

async fn publish(app: &TestApp, id: &str) {
    const PUBLISH: &str = "mutation ($id: ID!) { reviewPublish(id: $id) { review { status } userErrors { code } } }";
    app.graphql(&app.manager("operator"), PUBLISH, json!({"id": id})).await.payload();
}

async fn rating(app: &TestApp, slug: &str) -> Value {
    const READ: &str = "query ($slug: String!) { listing(slug: $slug) { rating { average count } } }";
    app.graphql(&app.visitor(), READ, json!({"slug": slug})).await.at("/listing/rating").clone()
}

const REJECT: &str = "mutation ($id: ID!, $input: ListingReasonInput!) {
  reviewReject(id: $id, input: $input) { review { status reason } userErrors { code } }
}";
const REMOVE: &str =
    "mutation ($id: ID!) { reviewRemove(id: $id) { listing { rating { count } } userErrors { code } } }";

async fn a_review_counts_while_it_is_published(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let first = submit(&app, "aurora", &id, 5).await;
    let second = submit(&app, "comet", &id, 2).await;
    assert_eq!(rating(&app, "sync").await, json!({"average": null, "count": 0}));
    publish(&app, &first).await;
    publish(&app, &second).await;
    assert_eq!(rating(&app, "sync").await, json!({"average": 3.5, "count": 2}));
    assert_eq!(names(&app, &app.visitor(), json!({"minRating": 3.5}), json!(null)).await, ["Sync"]);
    assert_eq!(names(&app, &app.visitor(), json!({"minRating": 3.6}), json!(null)).await, [""; 0]);
    let why = json!({"id": second, "input": {"reason": "Not about this."}});
    let rejected = app.graphql(&app.manager("operator"), REJECT, why).await;
    assert_eq!(rejected.payload()["review"], json!({"status": "REJECTED", "reason": "Not about this."}));
    assert_eq!(rating(&app, "sync").await, json!({"average": 5.0, "count": 1}));
    let removed = app.graphql(&app.actor("aurora", Role::Member), REMOVE, json!({"id": first})).await;
    assert_eq!(removed.payload()["listing"]["rating"]["count"], 0);
    assert_eq!(rating(&app, "sync").await, json!({"average": null, "count": 0}));
}

async fn an_organization_has_one_review_of_a_listing(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let input = json!({"input": {"listing": id, "rating": 4, "idempotencyKey": "one"}});
    let member = app.actor("aurora", Role::Member);
    let first = app.graphql(&member, SUBMIT, input.clone()).await;
    assert_eq!(first.payload()["review"]["organization"]["slug"], "aurora");
    assert_eq!(app.graphql(&member, SUBMIT, input).await.payload(), first.payload(), "a retry");
    let again = json!({"input": {"listing": id, "rating": 1}});
    assert_eq!(app.graphql(&app.manager("aurora"), SUBMIT, again).await.refusals(), ["ALREADY_EXISTS"]);
    let reused = json!({"input": {"listing": id, "rating": 1, "idempotencyKey": "one"}});
    assert_eq!(app.graphql(&member, SUBMIT, reused).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
}

async fn a_vendor_does_not_review_its_own(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let input = json!({"input": {"listing": id, "rating": 5}});
    assert_eq!(app.graphql(&app.manager("borealis"), SUBMIT, input.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.actor("comet", Role::Viewer), SUBMIT, input).await.refusals(), ["NOT_ALLOWED"]);
}

async fn a_pending_review_is_seen_by_its_author_and_the_operator(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let review = submit(&app, "aurora", &id, 5).await;
    const READ: &str = "query ($id: ID!) {
      node(id: $id) { __typename ... on Review { rating reason listing { slug } } }
      reviews(filter: {listing: \"sync\", statuses: [PENDING]}) { totalCount }
      listing(slug: \"sync\") { reviews { totalCount nodes { id } } }
    }";
    let sees = async |actor: &Actor| {
        let answer = app.graphql(actor, READ, json!({"id": review})).await;
        let seen = answer.at("/node").is_object();
        assert_eq!(answer.at("/reviews/totalCount"), i32::from(seen), "{actor:?}");
        assert_eq!(answer.at("/listing/reviews/totalCount"), i32::from(seen), "{actor:?}");
        assert_eq!(answer.at("/listing/reviews/nodes").as_array().unwrap().len(), usize::from(seen), "{actor:?}");
        seen
    };
    assert!(!sees(&app.visitor()).await);
    assert!(!sees(&app.manager("borealis")).await, "its vendor neither");
    assert!(!sees(&app.manager("comet")).await);
    assert!(sees(&app.actor("aurora", Role::Viewer)).await);
    assert!(sees(&app.actor("operator", Role::Viewer)).await);
    publish(&app, &review).await;
    let seen = app.graphql(&app.visitor(), READ, json!({"id": review})).await;
    assert_eq!(
        seen.at("/node"),
        &json!({"__typename": "Review", "rating": 5, "reason": null, "listing": {"slug": "sync"}})
    );
}

async fn a_changed_review_waits_again(app: TestApp) {
    const UPDATE: &str = "mutation ($id: ID!, $input: ReviewUpdateInput!) {
      reviewUpdate(id: $id, input: $input) { review { status rating title text revision } userErrors { code } }
    }";
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let review = submit(&app, "aurora", &id, 5).await;
    publish(&app, &review).await;
    let input = json!({"id": review, "input": {"rating": 1, "text": "Broke.", "expectedRevision": 2}});
    assert_eq!(app.graphql(&app.manager("comet"), UPDATE, input.clone()).await.refusals(), ["NOT_ALLOWED"]);
    let changed = app.graphql(&app.manager("aurora"), UPDATE, input.clone()).await;
    assert_eq!(
        changed.payload()["review"],
        json!({"status": "PENDING", "rating": 1, "title": null, "text": "Broke.", "revision": 3})
    );
    assert_eq!(rating(&app, "sync").await, json!({"average": null, "count": 0}));
    assert_eq!(app.graphql(&app.manager("aurora"), UPDATE, input).await.refusals(), ["REVISION_MISMATCH"]);
}

async fn refusals_have_codes(app: TestApp) {
    category(&app, "Tools", None).await;
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    let manager = app.manager("aurora");
    let own_draft = draft(&app, &app.manager("operator"), json!({"name": "Draft", "vendorName": "Somebody"})).await;
    let review = submit(&app, "comet", &id, 3).await;
    for (input, code) in [
        (json!({"listing": id, "rating": 0}), "OUT_OF_RANGE"),
        (json!({"listing": id, "rating": 6}), "OUT_OF_RANGE"),
        (json!({"listing": id, "rating": 3, "title": "x".repeat(121)}), "TOO_LONG"),
        (json!({"listing": id, "rating": 3, "text": "x".repeat(4_001)}), "TOO_LONG"),
        (json!({"listing": UNKNOWN_LISTING, "rating": 3}), "NOT_FOUND"),
        (json!({"listing": own_draft, "rating": 3}), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&manager, SUBMIT, json!({"input": input})).await.refusals(), [code], "{input}");
    }
    let not_published = json!({"input": {"listing": own_draft, "rating": 3}});
    assert_eq!(app.graphql(&app.manager("operator"), SUBMIT, not_published).await.refusals(), ["INVALID_STATE"]);
    let visitor = json!({"input": {"listing": id, "rating": 3}});
    assert_eq!(app.graphql(&app.visitor(), SUBMIT, visitor).await.error_code(), "UNAUTHENTICATED");
    let unseen = json!({"id": review, "input": {"reason": "No."}});
    assert_eq!(app.graphql(&manager, REJECT, unseen.clone()).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&app.manager("comet"), REJECT, unseen).await.refusals(), ["NOT_ALLOWED"]);
    publish(&app, &review).await;
    const PUBLISH: &str = "mutation ($id: ID!) { reviewPublish(id: $id) { review { id } userErrors { code } } }";
    let twice = app.graphql(&app.manager("operator"), PUBLISH, json!({"id": review})).await;
    assert_eq!(twice.refusals(), ["INVALID_STATE"]);
    assert_eq!(app.graphql(&manager, REMOVE, json!({"id": review})).await.refusals(), ["NOT_ALLOWED"]);
    app.graphql(&app.manager("operator"), REMOVE, json!({"id": review})).await.payload();
    assert_eq!(app.graphql(&app.manager("operator"), REMOVE, json!({"id": review})).await.refusals(), ["NOT_FOUND"]);
}

async fn reviews_are_paged_newest_first(app: TestApp) {
    let id = published(&app, "borealis", json!({"name": "Sync"})).await;
    for (organization, stars) in [("aurora", 1), ("comet", 2), ("operator", 3)] {
        publish(&app, &submit(&app, organization, &id, stars).await).await;
    }
    const PAGE: &str = "query ($all: String, $own: String) {
      reviews(first: 2, after: $all) { totalCount pageInfo { endCursor } nodes { rating } }
      listing(slug: \"sync\") { reviews(first: 2, after: $own) { totalCount pageInfo { endCursor } nodes { rating } } }
    }";
    let page = app.graphql(&app.visitor(), PAGE, json!({})).await;
    let next = json!({
        "all": page.at("/reviews/pageInfo/endCursor"), "own": page.at("/listing/reviews/pageInfo/endCursor"),
    });
    let rest = app.graphql(&app.visitor(), PAGE, next).await;
    for pointer in ["/reviews", "/listing/reviews"] {
        assert_eq!(page.at(pointer)["nodes"], json!([{"rating": 3}, {"rating": 2}]), "{pointer}");
        assert_eq!(rest.at(pointer)["nodes"], json!([{"rating": 1}]), "{pointer}");
        assert_eq!(rest.at(pointer)["totalCount"], 3, "{pointer}");
    }
}
