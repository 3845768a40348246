//! What becomes of good rows, the first time and again.

use super::{Files, ORGANIZATIONS, count, memberships, organization};
use crate::support::{TestApp, on_both};
use entity::{
    audit_entry, category, category_ancestor, integration, listing, listing::ListingStatus, listing_category,
    organization_alias, profile, profile_text, search_token,
};
use partnergraph::{
    event::{DataScope, read_versions},
    import::{ImportFault, Kind, Tally},
    text,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

on_both!(
    rows_arrive_with_all_that_belongs_to_them,
    a_second_run_changes_nothing,
    an_update_touches_what_the_mapping_names,
    a_faulty_value_leaves_what_is_stored,
    a_name_that_becomes_a_row_stays_one_organization,
    only_the_operator_imports,
    batches_make_no_difference,
);

const ROWS: &str = "\
sap,SAP,sap,https://www.sap.com/,DE,Makes software,SAP Labs;SAP SE,sap.com\n\
nix,Ænix,aenix,https://aenix.io,,,,aenix.io;aenix.example\n";

fn directory() -> Files {
    Files::none()
        .integrations("kairos,K3s,\nkairos,rke2,rke2\nkairos,Kubeadm,\n")
        .listings(
            "kairos,Kairos,Provisioning,Automation,sap,SAP,Runtime / Storage,Edge made easy,edge;linux\n\
             k3s,K3s,Platform,,,Somebody,,,\n\
             rke2,RKE2,Platform,,nix,,,,\n",
        )
        .memberships("sap-member,sap,Gold,strategic;channel,2017-10-01\nnix-member,nix,Silver,,\n")
        .organizations(ROWS)
}

async fn rows_arrive_with_all_that_belongs_to_them(app: TestApp) {
    let db = app.app.world.db.read();
    let op = super::operator(&app);
    let before = read_versions(&op, &[DataScope::Catalog]).await.unwrap();
    let report = directory().run(&app).await.unwrap();
    let kinds: Vec<(Kind, u64)> = report.tallies().map(|(kind, tally)| (kind, tally.created)).collect();
    let created = [(Kind::Organizations, 2), (Kind::Memberships, 2), (Kind::Listings, 3), (Kind::Integrations, 3)];
    assert_eq!(kinds, created);
    assert_eq!((report.besides.organizations, report.besides.programs, report.besides.tiers), (1, 1, 2));
    assert_ne!(read_versions(&op, &[DataScope::Catalog]).await.unwrap(), before);

    let sap = organization(&app, "sap").await;
    assert_eq!((sap.name.as_str(), sap.country_code.as_deref(), sap.listed), ("SAP", Some("DE"), true));
    assert_eq!(sap.external_id.as_deref(), Some("src:sap"));
    assert_eq!(organization(&app, "nix").await.sort_name, "ænix");
    assert!(organization(&app, "acme").await.listed, "a host has a public page");
    let profile = profile::Entity::find_by_id(sap.id).one(db).await.unwrap().unwrap();
    assert_eq!((profile.website_url.as_deref(), profile.source_locale.as_str()), (Some("https://www.sap.com/"), "en"));
    let text = profile_text::Entity::find_by_id((sap.id, "en".to_owned())).one(db).await.unwrap().unwrap();
    assert_eq!(text.description.as_deref(), Some("Makes software"));
    assert_eq!(count::<organization_alias::Entity>(&app).await, 5);
    let tokens = search_token::Entity::find().filter(search_token::Column::SubjectId.eq(sap.id.0)).all(db).await;
    let tokens: std::collections::BTreeSet<String> = tokens.unwrap().into_iter().map(|row| row.token).collect();
    assert_eq!(tokens, text::tokens_of(["SAP", "SAP Labs", "SAP SE", "sap.com", "Makes software"]));

    let kairos = listing::Entity::find().filter(listing::Column::Slug.eq("kairos")).one(db).await.unwrap().unwrap();
    assert_eq!((kairos.status, kairos.vendor_id), (ListingStatus::Published, Some(sap.id)));
    assert_eq!(kairos.published_at, Some(op.now()));
    assert_eq!(kairos.tags.0, ["edge", "linux"]);
    let k3s = listing::Entity::find().filter(listing::Column::Slug.eq("k3s")).one(db).await.unwrap().unwrap();
    assert_eq!((k3s.vendor_id, k3s.vendor_name.as_deref()), (None, Some("Somebody")));
    let slugs: Vec<String> = category::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.slug).collect();
    assert_eq!(slugs.len(), 5, "{slugs:?}");
    assert!(slugs.contains(&"provisioning-automation".to_owned()), "{slugs:?}");
    assert_eq!(count::<category_ancestor::Entity>(&app).await, 7, "each with itself and the one above");
    assert_eq!(count::<listing_category::Entity>(&app).await, 4);
    let ends = integration::Entity::find().all(db).await.unwrap();
    let dangling: Vec<&str> =
        ends.iter().filter(|end| end.target_id.is_none()).map(|end| end.target_name.as_str()).collect();
    assert_eq!(dangling, ["Kubeadm"]);

    assert_eq!(
        memberships(&app).await,
        ["nix nix-member Active Silver: 2026-08-07.. Silver", "sap sap-member Active Gold: 2026-08-07.. Gold"]
    );
    let entries = audit_entry::Entity::find().all(db).await.unwrap();
    assert!(entries.iter().all(|entry| entry.actor_kind == "operator" && entry.actor_id.is_none()));
    for (action, number) in [
        ("organization.imported", 3),
        ("program.imported", 1),
        ("tier.imported", 2),
        ("membership.imported", 2),
        ("category.imported", 5),
        ("listing.imported", 3),
        ("integration.imported", 3),
    ] {
        assert_eq!(entries.iter().filter(|entry| entry.action == action).count(), number, "{action}");
    }
}

async fn a_second_run_changes_nothing(app: TestApp) {
    directory().run(&app).await.unwrap();
    let entries = count::<audit_entry::Entity>(&app).await;
    let op = super::operator(&app);
    let before = read_versions(&op, &[DataScope::Catalog]).await.unwrap();
    app.clock.advance(chrono::TimeDelta::days(1));
    let report = directory().run(&app).await.unwrap();
    assert!(report.changed_nothing(), "{report}");
    assert_eq!(report.total().unchanged, 10);
    assert_eq!(count::<audit_entry::Entity>(&app).await, entries);
    assert_eq!(read_versions(&op, &[DataScope::Catalog]).await.unwrap(), before);
    assert_eq!(organization(&app, "sap").await.revision, 1);
}

async fn an_update_touches_what_the_mapping_names(app: TestApp) {
    directory().run(&app).await.unwrap();
    let mapping = "kind = \"organizations\"\nsource = \"src\"\n[columns]\nexternal_id = \"id\"\nname = \"name\"";
    let renamed = || Files::none().with(mapping, "id,name\nsap,SAP Europe\n");
    let report = renamed().run(&app).await.unwrap();
    assert_eq!(report.total(), Tally { updated: 1, ..Tally::default() });
    let sap = organization(&app, "sap").await;
    assert_eq!((sap.name.as_str(), sap.sort_name.as_str(), sap.revision), ("SAP Europe", "sap europe", 2));
    assert_eq!(sap.country_code.as_deref(), Some("DE"), "not named, so left");
    assert_eq!(organization(&app, "nix").await.revision, 1, "missing, so left");
    let db = app.app.world.db.read();
    let found = search_token::Entity::find().filter(search_token::Column::Token.eq("europe"));
    assert_eq!(found.count(db).await.unwrap(), 2, "the organization, and its listing by its vendor's name");
    assert!(renamed().run(&app).await.unwrap().changed_nothing());

    let moved = Files::none().listings("kairos,Kairos,Runtime,,nix,,,Edge made easy,edge\n");
    assert_eq!(moved.run(&app).await.unwrap().total(), Tally { updated: 1, ..Tally::default() });
    let kairos = listing::Entity::find().filter(listing::Column::Slug.eq("kairos")).one(db).await.unwrap().unwrap();
    assert_eq!(kairos.vendor_id, Some(organization(&app, "nix").await.id));
    let links = listing_category::Entity::find().filter(listing_category::Column::ListingId.eq(kairos.id));
    assert_eq!(links.count(db).await.unwrap(), 1);
}

async fn a_faulty_value_leaves_what_is_stored(app: TestApp) {
    Files::none().organizations(ROWS).run(&app).await.unwrap();
    let faulty = "sap,SAP,sap,not an address,DE,Makes software,SAP Labs;SAP SE,sap.com\n";
    let report = Files::none().organizations(faulty).run(&app).await.unwrap();
    assert_eq!(report.total(), Tally { unchanged: 1, warnings: 1, ..Tally::default() });
    let empty = "sap,SAP,sap,,DE,Makes software,SAP Labs;SAP SE,sap.com\n";
    assert_eq!(Files::none().organizations(empty).run(&app).await.unwrap().total().updated, 1);
    let sap = organization(&app, "sap").await.id;
    let profile = profile::Entity::find_by_id(sap).one(app.app.world.db.read()).await.unwrap().unwrap();
    assert_eq!(profile.website_url, None);
}

async fn a_name_that_becomes_a_row_stays_one_organization(app: TestApp) {
    let events = || Files::none().events("2020-01-31,joined,old-key,Old Name,,Silver\n");
    events().run(&app).await.unwrap();
    let named = organization(&app, "old-key").await;
    assert!(!named.listed);
    let row = "fresh,Fresh Name,old-key,,,,,\n";
    let report = Files::none().organizations(row).run(&app).await.unwrap();
    assert_eq!(report.total().updated, 1);
    let described = organization(&app, "old-key").await;
    assert_eq!((described.id, described.listed, described.name.as_str()), (named.id, true, "Fresh Name"));
    assert!(Files::none().organizations(row).run(&app).await.unwrap().changed_nothing());
    assert!(events().run(&app).await.unwrap().changed_nothing());
}

async fn only_the_operator_imports(app: TestApp) {
    let files = directory();
    let op = app.app.op(app.operator(), "import", Vec::new());
    let refused = partnergraph::import::run(&op, &files.settings, &mut |_| {}).await;
    assert!(matches!(refused, Err(ImportFault::NotOperator)));
}

async fn batches_make_no_difference(app: TestApp) {
    let files = directory().set(|settings| settings.batch_rows = 1);
    let report = files.run(&app).await.unwrap();
    assert_eq!(report.total().created, 10);
    let whole = directory().run(&app).await.unwrap();
    assert!(whole.changed_nothing(), "{whole}");
    let again = Files::none().with(ORGANIZATIONS, "id,name,key,website,country,about,names,domains\n");
    assert_eq!(again.run(&app).await.unwrap().total(), Tally::default());
}
