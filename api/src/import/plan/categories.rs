//! Categories that listings name: made where they are missing, each below its parent, with all pairs of the tree.

use super::Plan;
use crate::{
    event::DataScope,
    import::{fault::ImportFault, store::Act},
    text,
};
use entity::{category, category_ancestor, id::CategoryId};
use sea_orm::Value;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The names of a category from the top: one, or its parent's and its own.
pub(super) type Path = Vec<String>;

/// The slug by which a category is found; names that differ in case only are one category.
pub(super) fn slug_of(path: &[String]) -> String {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    text::category_slug(&parts).unwrap_or_default()
}

impl Plan<'_> {
    /// The categories of these paths, by slug.
    pub(super) async fn categories(
        &mut self,
        paths: impl IntoIterator<Item = Path>,
    ) -> Result<BTreeMap<String, CategoryId>, ImportFault> {
        let mut wanted: BTreeMap<(usize, String), Path> = BTreeMap::new();
        for path in paths {
            for depth in 1..=path.len() {
                let above: Path = path.iter().take(depth).cloned().collect();
                wanted.entry((depth, slug_of(&above))).or_insert(above);
            }
        }
        let slugs: Vec<Value> =
            wanted.keys().map(|(_, slug)| slug.clone()).collect::<BTreeSet<_>>().into_iter().map(Into::into).collect();
        let stored = self.stage.stored::<category::Entity>(category::Column::Slug, &slugs).await?;
        let staged = self.stage.staged::<category::Entity>(category::Column::Slug, &slugs).await?;
        let mut known: BTreeMap<String, CategoryId> =
            stored.into_iter().chain(staged).map(|row| (row.slug, row.id)).collect();
        let (mut rows, mut pairs, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        // Parents come first: the order is by depth.
        for ((depth, slug), path) in wanted {
            if known.contains_key(&slug) {
                continue;
            }
            let Some(name) = path.last() else { continue };
            let above: Vec<CategoryId> =
                (1..depth).filter_map(|depth| known.get(&slug_of(path.get(..depth)?)).copied()).collect();
            let now = self.op.now();
            let row = category::Model {
                id: self.op.new_id(),
                parent_id: above.last().copied(),
                slug: slug.clone(),
                name: name.clone(),
                sort_name: text::sort_key(name),
                created_at: now,
                updated_at: now,
                revision: 1,
            };
            let pair = |ancestor_id| category_ancestor::Model { category_id: row.id, ancestor_id };
            pairs.extend(above.iter().copied().chain([row.id]).map(pair));
            let after = json!({ "slug": row.slug, "name": row.name });
            entries.push(self.entry("category.imported", self.house, row.id, None, after));
            known.insert(slug, row.id);
            rows.push(row);
        }
        if !rows.is_empty() {
            self.findings.report.besides.categories += rows.len() as u64;
            self.stage.put::<category::Entity>(Act::Create, rows).await?;
            self.stage.put::<category_ancestor::Entity>(Act::Create, pairs).await?;
            self.leave_behind(entries, vec![DataScope::Catalog]).await?;
        }
        Ok(known)
    }
}
