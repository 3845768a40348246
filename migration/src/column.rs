//! Columns as this project has them, so that a kind of column is written once.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

/// Text that is a key, is sorted by or is searched in ranges: compared bytewise on both databases (SQLite does so anyway).
pub(crate) fn key_text(manager: &SchemaManager<'_>, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// Text that is only shown.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    column
}

/// A UUID: an id, or the id of something else.
pub(crate) fn id(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.uuid();
    column
}

/// A moment, UTC, microseconds.
pub(crate) fn moment(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.timestamp_with_time_zone();
    column
}

/// A day.
pub(crate) fn day(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.date();
    column
}

/// A foreign key of `column` in `from` to `id` (or `to_column`) of `to`; the row goes when the other one goes.
pub(crate) fn owned_by(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    reference(from, column, to, ForeignKeyAction::Cascade)
}

/// A foreign key that forbids to remove what it points to.
pub(crate) fn refers_to(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    reference(from, column, to, ForeignKeyAction::Restrict)
}

fn reference(
    from: &'static str,
    column: &'static str,
    to: &'static str,
    on_delete: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from, column).to(to, "id").on_delete(on_delete).to_owned()
}

/// An index named after what it covers.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}_idx", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// As [`index`], and no two rows may be alike in it.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = index(table, columns);
    index.name(format!("{table}_{}_key", columns.join("_"))).unique();
    index
}
