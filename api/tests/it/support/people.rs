//! The organizations and people that every test finds: one person of each role in each organization.

use chrono::{DateTime, TimeZone, Utc};
use entity::{
    id::{MemberId, OrganizationId, PersonId},
    member, organization, person,
    value::{OrganizationStatus, Role},
};
use partnergraph::{db::Db, text};
use sea_orm::{ActiveValue::Set, EntityTrait};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// `aurora` runs programs, `borealis` is a partner, `comet` is a stranger, `operator` runs the installation.
pub(crate) const ORGANIZATIONS: [&str; 4] = ["aurora", "borealis", "comet", "operator"];

const ROLES: [Role; 5] = [Role::Viewer, Role::Member, Role::Manager, Role::Admin, Role::Owner];

fn uuid_of(text: &str) -> Uuid {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of an organization.
pub(crate) fn organization_id(slug: &str) -> OrganizationId {
    uuid_of(slug).into()
}

/// The id of the person with this role in this organization.
pub(crate) fn person_id(slug: &str, role: Role) -> PersonId {
    uuid_of(&format!("{slug}/{role:?}")).into()
}

/// Writes the organizations and people.
pub(super) async fn settle(db: &Db) {
    let at: DateTime<Utc> = Utc.with_ymd_and_hms(2026, 1, 5, 8, 0, 0).unwrap();
    for slug in ORGANIZATIONS {
        let name = format!("{}{} Ltd", slug[..1].to_uppercase(), &slug[1..]);
        let row = organization::ActiveModel {
            id: Set(organization_id(slug)),
            slug: Set(slug.to_owned()),
            sort_name: Set(text::sort_key(&name)),
            name: Set(name),
            country_code: Set(None),
            status: Set(OrganizationStatus::Active),
            status_reason: Set(None),
            operator: Set(slug == "operator"),
            listed: Set(slug != "operator"),
            profile_moderated: Set(false),
            external_id: Set(None),
            created_at: Set(at),
            updated_at: Set(at),
            revision: Set(1),
            import_run_id: Set(None),
        };
        organization::Entity::insert(row).exec_without_returning(db.read()).await.unwrap();
        for role in ROLES {
            let person = person::ActiveModel {
                id: Set(person_id(slug, role)),
                name: Set(format!("{role:?} of {slug}")),
                email: Set(format!("{role:?}@{slug}.example").to_lowercase()),
                created_at: Set(at),
            };
            person::Entity::insert(person).exec_without_returning(db.read()).await.unwrap();
            let member = member::ActiveModel {
                id: Set(MemberId(uuid_of(&format!("member {slug}/{role:?}")))),
                organization_id: Set(organization_id(slug)),
                person_id: Set(person_id(slug, role)),
                role: Set(role),
                created_at: Set(at),
            };
            member::Entity::insert(member).exec_without_returning(db.read()).await.unwrap();
        }
    }
}
