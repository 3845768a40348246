//! A file that came in, taken apart: its columns, and its rows with what is wrong with them by themselves. Pure.

use super::{
    ROW_BYTES_MAX, ROWS_MAX,
    column::Column,
    report::{of_row, repeated},
};
use crate::{
    op::Fault,
    sheet::{Problem, Table},
    transfer::Refused,
};
use bytes::Bytes;
use std::{collections::HashMap, io::Cursor};

/// A row that can be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The physical line on which it starts, from 1.
    pub(super) line: u64,
    /// Its cells, trimmed; those that only show something are left out.
    pub(super) cells: Vec<(Column, String)>,
}

impl Row {
    /// The cell of this column; none where the file does not have it.
    pub(super) fn cell(&self, column: Column) -> Option<&str> {
        self.cells.iter().find(|(own, _)| *own == column).map(|(_, text)| text.as_str())
    }

    /// By what the row names its opportunity: the id, else the external id; an empty text where it names none.
    pub(super) fn key(&self) -> (Column, &str) {
        match self.cell(Column::Id) {
            Some(id) if !id.is_empty() => (Column::Id, id),
            _ => (Column::ExternalId, self.cell(Column::ExternalId).unwrap_or_default()),
        }
    }
}

/// Reads a whole file.
///
/// # Errors
/// [`Refused::Unusable`] for what is no such file, [`Refused::TooMuch`] for more than [`ROWS_MAX`] rows.
pub(super) fn read(file: Bytes) -> Result<Vec<Result<Row, Problem>>, Refused> {
    let mut table =
        Table::read(Cursor::new(file), ROW_BYTES_MAX).map_err(|fault| Refused::Unusable(fault.message()))?;
    let columns = columns(table.header()).map_err(Refused::Unusable)?;
    let mut rows = Vec::new();
    let mut seen: HashMap<(Column, String), u64> = HashMap::new();
    while let Some(row) = table.take().map_err(|error| Refused::Fault(Fault::internal(error)))? {
        if rows.len() == ROWS_MAX {
            return Err(Refused::TooMuch(format!("A file has at most {ROWS_MAX} rows; send the rest in another.")));
        }
        let cells = match row.cells {
            Ok(cells) => cells,
            Err(fault) => {
                rows.push(Err(of_row(row.line, fault, &columns)));
                continue;
            }
        };
        let cells = columns.iter().copied().zip(cells).filter(|(column, _)| !column.is_only_shown());
        let cells = cells.map(|(column, text)| (column, text.trim().to_owned())).collect();
        let row = Row { line: row.line, cells };
        let (column, key) = row.key();
        match seen.get(&(column, key.to_owned())) {
            Some(earlier) => rows.push(Err(repeated(row.line, column, key, *earlier))),
            None => {
                if !key.is_empty() {
                    seen.insert((column, key.to_owned()), row.line);
                }
                rows.push(Ok(row));
            }
        }
    }
    Ok(rows)
}

/// The columns of a header.
fn columns(header: &[String]) -> Result<Vec<Column>, String> {
    let known = || Column::all().map(Column::name).collect::<Vec<_>>().join(", ");
    let mut columns = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let place = place + 1;
        // The name is not repeated: it may be anything.
        let column = Column::named(name)
            .ok_or_else(|| format!("The name of column {place} is unknown; there are {}.", known()))?;
        if columns.contains(&column) {
            return Err(format!("The column {} is there twice, again in place {place}.", column.name()));
        }
        columns.push(column);
    }
    let has = |column: Column| columns.contains(&column);
    if !has(Column::ExternalId) && !has(Column::Id) {
        return Err("A file needs the column externalId, or the column id.".to_owned());
    }
    if has(Column::ExpectedAmount) != has(Column::Currency) {
        return Err("The columns expectedAmount and currency go together.".to_owned());
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(file: &str) -> String {
        match read(Bytes::copy_from_slice(file.as_bytes())) {
            Err(Refused::Unusable(message) | Refused::TooMuch(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_header_must_be_one_that_is_known() {
        assert!(refused("").contains("empty"));
        assert!(refused("externalId,name\n").contains("column 2"));
        assert!(refused("externalId,title,title\n").contains("twice"));
        assert!(refused("title,customerName\n").contains("externalId"));
        assert!(refused("externalId,expectedAmount\n").contains("go together"));
        assert!(refused("externalId;title\n").contains("column 1"));
        let long = format!("externalId\n{}", "x\n".repeat(ROWS_MAX + 1));
        assert!(refused(&long).contains("5000"));
    }

    #[test]
    fn a_row_names_its_opportunity_once() {
        let rows = read("id,externalId,owner\n,a,x\n,b,x\n,a,x\nopp_1,a,x\n,,x\n,,x\n".into()).unwrap();
        let keys: Vec<_> =
            rows.iter().map(|row| row.as_ref().map(|row| (row.line, row.key().1.to_owned())).map_err(|_| ())).collect();
        let ok = |line, key: &str| Ok((line, key.to_owned()));
        assert_eq!(keys, [ok(2, "a"), ok(3, "b"), Err(()), ok(5, "opp_1"), ok(6, ""), ok(7, "")]);
        assert_eq!(rows[0].as_ref().unwrap().cells.len(), 2);
    }
}
