//! Counts the tokens and the nesting of a document in one pass, before the parser sees it: the parser recurses on
//! brackets, and a text of nothing but `{a` would otherwise end the process. It builds nothing and judges no grammar.

use async_graphql::{Pos, ServerError};

use super::{
    code::Code,
    limits::Limits,
    refusal::{limit_exceeded, problem_at},
};

/// Refuses a text with too many bytes, tokens or open brackets. Linear in the text, and stops at the first excess.
///
/// A string that is not closed is refused as well: the parser would try it a second way, and what is inside would
/// then be brackets that nobody counted.
pub(super) fn judge(text: &str, limits: &Limits) -> Result<(), ServerError> {
    if text.len() > limits.document_bytes {
        return Err(limit_exceeded("document_bytes", limits.document_bytes as u64));
    }
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut open) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => end_of_string(bytes, at).ok_or_else(|| {
                problem_at(Code::GraphqlParseFailed, "Syntax error: a string is not closed", position(text, at))
            })?,
            b'{' | b'[' | b'(' => {
                open += 1;
                if open > limits.nesting {
                    return Err(limit_exceeded("nesting", limits.nesting as u64));
                }
                at + 1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                at + 1
            }
            b'.' if bytes[at..].starts_with(b"...") => at + 3,
            byte if is_word(byte) => at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => at + 1,
        };
        at = end;
        tokens += 1;
        if tokens > limits.tokens {
            return Err(limit_exceeded("tokens", limits.tokens as u64));
        }
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |length| from + length)
}

/// Where the string that opens at `from` ends, or `None` if it does not.
fn end_of_string(bytes: &[u8], from: usize) -> Option<usize> {
    if bytes[from..].starts_with(b"\"\"\"") {
        let mut at = from + 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if bytes[at..].starts_with(b"\"\"\"") {
                return Some(at + 3);
            } else {
                at += 1;
            }
        }
        return None;
    }
    let mut at = from + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn position(text: &str, at: usize) -> Pos {
    let before = &text.as_bytes()[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    Pos { line, column }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::code_of;
    use super::*;

    fn limits(tokens: usize, nesting: usize) -> Limits {
        Limits { tokens, nesting, ..Limits::default() }
    }

    fn limit(text: &str, limits: &Limits) -> String {
        let error = judge(text, limits).unwrap_err();
        error.extensions.unwrap().get("limit").unwrap().to_string()
    }

    #[test]
    fn tokens_are_counted_as_graphql_counts_them() {
        // { a ( b : "x y" , c : -1.5 ) { ...F @d } } : comments, commas and blanks are none.
        let text = "{ a(b: \"x y\", c: [1 2]) # e e e\n { ...F @d } }";
        assert!(judge(text, &limits(20, 9)).is_ok());
        assert_eq!(limit(text, &limits(19, 9)), "\"tokens\"");
    }

    #[test]
    fn brackets_in_strings_and_comments_are_not_open() {
        let text = "{ a(b: \"{{{{\", c: \"\"\"[[[ \\\"\"\" [[[\"\"\") } # {{{{";
        assert!(judge(text, &limits(100, 2)).is_ok());
    }

    #[test]
    fn nesting_is_refused_before_it_is_reached() {
        assert_eq!(limit(&"{a".repeat(40_000), &limits(100_000, 64)), "\"nesting\"");
        assert_eq!(limit(&format!("{{a(b:{}", "[".repeat(90_000)), &Limits::default()), "\"nesting\"");
    }

    #[test]
    fn a_string_that_is_not_closed_hides_no_brackets() {
        for text in ["{a(b:[\"\"\"{{{\" [[[[[[", "{a(b:\"x\n\")}", "{a(b:\"x\\"] {
            let error = judge(text, &Limits::default()).unwrap_err();
            assert_eq!(code_of(&error), Some(Code::GraphqlParseFailed), "{text}");
        }
        let error = judge("{\n  a(b: \"", &Limits::default()).unwrap_err();
        assert_eq!(error.locations, [Pos { line: 2, column: 8 }]);
    }

    #[test]
    fn long_texts_are_refused_by_their_length_alone() {
        let text = " ".repeat(100_001);
        assert_eq!(limit(&text, &Limits::default()), "\"document_bytes\"");
    }
}
