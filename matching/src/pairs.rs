//! Matches as rows of a CSV file.

use crate::{Match, hash::Table, texts::Texts};
use std::io::{self, Write};

/// Matches that are made into text at once, while the text before is written.
const BATCH: usize = 1 << 14;

const HEADER: &[u8] = b"a_id,b_id,score,confidence,reasons\n";

/// Writes the matches of a probability of at least `least`, in their order; gives how many they were.
pub(crate) fn write(
    mut out: impl Write + Send,
    (left, right): (&Texts, &Texts),
    matches: &[Match],
    least: f32,
) -> io::Result<usize> {
    let mut pairs = 0;
    let (mut ready, mut next) = (HEADER.to_vec(), Vec::new());
    // There are few sets of reasons, and each is written many times.
    let mut reasons: Table<u32, String> = Table::default();
    for matches in matches.chunks(BATCH) {
        let add_all = || {
            next.clear();
            for found in matches.iter().filter(|found| found.probability >= least) {
                let reasons = reasons.entry(found.reasons.bits()).or_insert_with(|| found.reasons.to_string());
                add(&mut next, (left.get(found.left), right.get(found.right)), found, reasons);
                pairs += 1;
            }
        };
        let (written, ()) = rayon::join(|| out.write_all(&ready), add_all);
        written?;
        std::mem::swap(&mut ready, &mut next);
    }
    out.write_all(&ready)?;
    out.flush()?;
    Ok(pairs)
}

fn add(text: &mut Vec<u8>, (left, right): (&[u8], &[u8]), found: &Match, reasons: &str) {
    add_cell(text, left);
    text.push(b',');
    add_cell(text, right);
    let parts = (found.probability * 10_000.0) as u32;
    let [a, b, c, d, e] = [10_000, 1_000, 100, 10, 1].map(|place| b'0' + (parts / place % 10) as u8);
    text.extend([b',', a, b'.', b, c, d, e, b',']);
    text.extend_from_slice(found.confidence.code().as_bytes());
    text.push(b',');
    text.extend_from_slice(reasons.as_bytes());
    text.push(b'\n');
}

/// A cell that has to be quoted is.
fn add_cell(text: &mut Vec<u8>, cell: &[u8]) {
    if !cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        return text.extend_from_slice(cell);
    }
    text.push(b'"');
    for byte in cell {
        text.push(*byte);
        if *byte == b'"' {
            text.push(b'"');
        }
    }
    text.push(b'"');
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::{Confidence, Reason, Reasons};
    use proptest::prelude::*;

    fn found(probability: f32) -> Match {
        let mut reasons = Reasons::default();
        reasons.add(Reason::Domain);
        reasons.add(Reason::Name);
        Match { left: 0, right: 0, probability, confidence: Confidence::Likely, reasons }
    }

    #[test]
    fn a_row_has_the_ids_the_score_and_why() {
        let mut ids = Texts::default();
        ids.push(b"a,1");
        let mut out = Vec::new();
        let written = write(&mut out, (&ids, &ids), &[found(0.98769), found(1.0), found(0.6)], 0.7).unwrap();
        assert_eq!(written, 2);
        let expected = "a_id,b_id,score,confidence,reasons\n\
            \"a,1\",\"a,1\",0.9876,LIKELY,DOMAIN NAME\n\
            \"a,1\",\"a,1\",1.0000,LIKELY,DOMAIN NAME\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn many_are_written_in_their_order() {
        let mut ids = Texts::default();
        let count = 2 * BATCH as u32 + 7;
        for at in 0..count {
            ids.push(at.to_string().as_bytes());
        }
        let matches: Vec<Match> = (0..count).map(|at| Match { left: at, right: at, ..found(0.9) }).collect();
        let mut out = Vec::new();
        assert_eq!(write(&mut out, (&ids, &ids), &matches, 0.5).unwrap(), matches.len());
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let read: Vec<String> = reader.records().map(|row| row.unwrap().get(1).unwrap().to_owned()).collect();
        assert_eq!(read, (0..count).map(|at| at.to_string()).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn any_id_is_written_as_the_crate_csv_does(cell in proptest::collection::vec(any::<u8>(), 0..9)) {
            let mut ours = Vec::new();
            add_cell(&mut ours, &cell);
            ours.extend(b",x\n");
            let mut theirs = csv::Writer::from_writer(Vec::new());
            theirs.write_record([cell.as_slice(), b"x"]).unwrap();
            prop_assert_eq!(ours, theirs.into_inner().unwrap());
        }
    }
}
