//! Slugs for what has none of its own.

use super::Plan;
use crate::{import::fault::ImportFault, text};
use entity::{id::OrganizationId, listing, organization};
use sea_orm::{EntityTrait, Value};
use std::collections::BTreeSet;

/// Numbers that are tried after a slug that is taken: the first is `-2`.
const TRIED: std::ops::RangeInclusive<u32> = 2..=30;

/// The table in which a slug has to be free.
#[derive(Clone, Copy)]
pub(super) enum SlugOf {
    Organization,
    Listing,
}

impl Plan<'_> {
    /// Those of these slugs that are taken, stored or staged.
    pub(super) async fn taken_slugs(&self, of: SlugOf, slugs: &[String]) -> Result<BTreeSet<String>, ImportFault> {
        let values: Vec<Value> = slugs.iter().map(|slug| slug.as_str().into()).collect();
        match of {
            SlugOf::Organization => {
                self.taken_in::<organization::Entity>(organization::Column::Slug, |row| row.slug, &values).await
            }
            SlugOf::Listing => self.taken_in::<listing::Entity>(listing::Column::Slug, |row| row.slug, &values).await,
        }
    }

    async fn taken_in<E: EntityTrait>(
        &self,
        column: E::Column,
        slug: fn(E::Model) -> String,
        values: &[Value],
    ) -> Result<BTreeSet<String>, ImportFault> {
        let stored = self.stage.stored::<E>(column, values).await?;
        let staged = self.stage.staged::<E>(column, values).await?;
        Ok(stored.into_iter().chain(staged).map(slug).collect())
    }

    /// A free slug for each wanted one, in order: itself, or with the first free number after it. Those in `apart` are
    /// spoken for, though neither stored nor staged yet.
    pub(super) async fn free_slugs(
        &self,
        of: SlugOf,
        wanted: &[String],
        apart: BTreeSet<String>,
    ) -> Result<Vec<String>, ImportFault> {
        let mut taken = apart;
        taken.extend(self.taken_slugs(of, wanted).await?);
        let mut once = BTreeSet::new();
        let crowded: Vec<String> = wanted
            .iter()
            .filter(|slug| taken.contains(*slug) || !once.insert(slug.as_str()))
            .flat_map(|slug| TRIED.map(|number| numbered(slug, number)))
            .collect();
        taken.extend(self.taken_slugs(of, &crowded).await?);
        let mut free = Vec::with_capacity(wanted.len());
        for slug in wanted {
            let tried = std::iter::once(slug.clone()).chain(TRIED.map(|number| numbered(slug, number)));
            // So many have this name that numbers are of no use: an end by chance, which no two rows of a run share.
            let unique = || {
                let id: OrganizationId = self.op.new_id();
                let hex = id.0.simple().to_string();
                ended(slug, hex.get(20..).unwrap_or_default())
            };
            let found = tried.into_iter().find(|slug| !taken.contains(slug)).unwrap_or_else(unique);
            taken.insert(found.clone());
            free.push(found);
        }
        Ok(free)
    }
}

fn numbered(slug: &str, number: u32) -> String {
    ended(slug, &number.to_string())
}

fn ended(slug: &str, end: &str) -> String {
    let end = format!("-{end}");
    let room = text::SLUG_MAX - end.len();
    let start = slug.get(..slug.len().min(room)).unwrap_or(slug).trim_end_matches('-');
    format!("{start}{end}")
}

#[cfg(test)]
mod tests {
    use super::numbered;
    use crate::text::{SLUG_MAX, is_slug};

    #[test]
    fn a_number_keeps_a_slug_a_slug() {
        assert_eq!(numbered("acme", 2), "acme-2");
        let long = numbered(&"ab-".repeat(27)[..80], 30);
        assert!(is_slug(&long) && long.len() <= SLUG_MAX, "{long}");
    }
}
