//! Documents: parsed once, judged once, kept for the next request that sends the same text. It knows nothing of
//! variables, nor of who asks.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use async_graphql::{
    Name, Pos, Positioned, ServerError,
    parser::{
        Error as ParseError, parse_query,
        types::{
            DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition, OperationType,
            Selection, SelectionSet,
        },
    },
};

use super::{
    code::Code,
    lexer,
    limits::Limits,
    refusal::{limit_exceeded, problem, problem_at},
    shape::{self, Shape},
    variables::{self, VariableUses},
};
use crate::cache::DocumentHash;

/// The response key of the field that marks an object as present; see [`prepare`]. Removed from every answer.
pub(super) const MARK: &str = "__present";

/// Bytes of memory that a parsed document takes for each byte of its text, about: names, positions, vectors.
const BYTES_PER_BYTE: usize = 24;

/// A document within the limits.
pub struct Document {
    /// The parsed text, made ready for execution.
    pub executable: ExecutableDocument,
    /// Its measures.
    pub shape: Shape,
    /// Which variables it uses how often.
    pub uses: VariableUses,
}

/// Parsed documents by the SHA-256 of their text, bounded by memory; the least used ones go first.
pub struct Documents {
    parsed: moka::sync::Cache<DocumentHash, Arc<Document>>,
}

impl Documents {
    /// A cache of about `bytes` of memory.
    pub fn new(bytes: u64) -> Self {
        let parsed = moka::sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(|_, document: &Arc<Document>| {
                u32::try_from(document.shape.text_bytes() * BYTES_PER_BYTE + 256).unwrap_or(u32::MAX)
            })
            .build();
        Self { parsed }
    }

    /// The document of `text`, whose SHA-256 is `hash`.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`, `GRAPHQL_PARSE_FAILED`, or `GRAPHQL_VALIDATION_FAILED` for circles of fragments.
    pub fn get(&self, text: &str, hash: DocumentHash, limits: &Limits) -> Result<Arc<Document>, ServerError> {
        if let Some(document) = self.parsed.get(&hash) {
            return Ok(document);
        }
        let document = Arc::new(parse(text, limits)?);
        self.parsed.insert(hash, Arc::clone(&document));
        Ok(document)
    }
}

/// Judges, parses and measures a text.
///
/// # Errors
/// As for [`Documents::get`].
pub fn parse(text: &str, limits: &Limits) -> Result<Document, ServerError> {
    lexer::judge(text, limits)?;
    // The parser is somebody else's and reads what anybody sends: its panic would be one client's fault only.
    let parsed = catch_unwind(AssertUnwindSafe(|| parse_query(text)));
    let mut executable = match parsed {
        Ok(Ok(document)) => document,
        Ok(Err(error)) => return Err(syntax_error(&error, limits)),
        Err(_) => return Err(problem(Code::GraphqlParseFailed, "Syntax error")),
    };
    let shape = shape::judge(&executable, limits)?.of_text(text);
    let uses = variables::uses(&executable);
    prepare(&mut executable);
    Ok(Document { executable, shape, uses })
}

fn syntax_error(error: &ParseError, limits: &Limits) -> ServerError {
    let message = match error {
        ParseError::Syntax { start: Pos { line, column }, .. } => {
            format!("Syntax error at line {line}, column {column}")
        }
        ParseError::MultipleOperations { .. } => "An operation without a name must be the only one".to_owned(),
        ParseError::OperationDuplicated { operation, .. } => format!("Operation \"{operation}\" is defined twice"),
        ParseError::FragmentDuplicated { fragment, .. } => format!("Fragment \"{fragment}\" is defined twice"),
        ParseError::MissingOperation => "The document has no operation".to_owned(),
        ParseError::RecursionLimitExceeded => return limit_exceeded("levels", limits.levels as u64),
        _ => "Syntax error".to_owned(),
    };
    let code = match error {
        ParseError::Syntax { .. } => Code::GraphqlParseFailed,
        // The text is GraphQL, but breaks a rule about whole documents.
        _ => Code::GraphqlValidationFailed,
    };
    let mut problem = problem(code, message);
    problem.locations = error.positions().collect();
    problem
}

/// The operation to run.
///
/// # Errors
/// `BAD_USER_INPUT` for a name that the document does not have, and for several operations without a name to choose by.
pub fn select<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<&'d Name>, &'d Positioned<OperationDefinition>), ServerError> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get_key_value(name)
            .map(|(name, operation)| (Some(name), operation))
            .ok_or_else(|| problem(Code::BadUserInput, "The document has no operation of that name")),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations
            .iter()
            .next()
            .map(|(name, operation)| (Some(name), operation))
            .ok_or_else(|| problem(Code::BadUserInput, "The document has no operation")),
        (DocumentOperations::Multiple(_), None) => {
            Err(problem(Code::BadUserInput, "The document has several operations: \"operationName\" must name one"))
        }
        (DocumentOperations::Single(operation), Some(_)) => {
            Err(problem_at(Code::BadUserInput, "The document has no operation of that name", operation.pos))
        }
    }
}

/// Changes a document so that the library, which is not ours to change, treats it as the specification has it:
///
/// - It does not look at directives on `__typename`, neither for being known nor for the variables they use. An inline
///   fragment around the field takes them, with the same meaning.
/// - It answers `null` for an object of which nothing is selected in the end, because every selection was skipped or is
///   for another type. Where that could be, a field that is always there marks the object as present.
fn prepare(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => prepare_operation(&mut operation.node),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| prepare_operation(&mut operation.node));
        }
    }
    for fragment in document.fragments.values_mut() {
        prepare_set(&mut fragment.node.selection_set.node);
    }
}

fn prepare_operation(operation: &mut OperationDefinition) {
    prepare_set(&mut operation.selection_set.node);
    // A subscription may have one root field only.
    if operation.ty != OperationType::Subscription {
        mark(&mut operation.selection_set);
    }
}

fn prepare_set(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) if field.node.name.node == "__typename" && !field.node.directives.is_empty() => {
                let pos = selection.pos;
                let directives = std::mem::take(&mut field.node.directives);
                let items = vec![Positioned::new(Selection::Field(field.clone()), pos)];
                let selection_set = Positioned::new(SelectionSet { items }, pos);
                let inline = InlineFragment { type_condition: None, directives, selection_set };
                selection.node = Selection::InlineFragment(Positioned::new(inline, pos));
            }
            Selection::Field(field) => {
                prepare_set(&mut field.node.selection_set.node);
                mark(&mut field.node.selection_set);
            }
            Selection::InlineFragment(inline) => prepare_set(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn mark(set: &mut Positioned<SelectionSet>) {
    let certain = |selection: &Positioned<Selection>| matches!(&selection.node, Selection::Field(field) if field.node.directives.is_empty());
    if set.node.items.is_empty() || set.node.items.iter().any(certain) {
        return;
    }
    let pos = set.pos;
    let field = Field {
        alias: Some(Positioned::new(Name::new(MARK), pos)),
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    set.node.items.push(Positioned::new(Selection::Field(Positioned::new(field, pos)), pos));
}

#[cfg(test)]
mod tests {
    use super::super::refusal::code_of;
    use super::*;

    fn error(text: &str) -> (Code, String) {
        let error = parse(text, &Limits::default()).err().unwrap();
        (code_of(&error).unwrap(), error.message)
    }

    #[test]
    fn syntax_errors_name_the_place_and_nothing_of_the_text() {
        assert_eq!(error("{"), (Code::GraphqlParseFailed, "Syntax error at line 1, column 2".into()));
        assert_eq!(error("{\n  secret(\n"), (Code::GraphqlParseFailed, "Syntax error at line 3, column 1".into()));
        assert_eq!(error("").0, Code::GraphqlParseFailed);
        assert_eq!(error("fragment F on T { a }").1, "The document has no operation");
        assert_eq!(error("{ a } { b }").0, Code::GraphqlValidationFailed);
        assert_eq!(error("query A { a } query A { b }").1, "Operation \"A\" is defined twice");
    }

    #[test]
    fn texts_that_nest_at_the_edge_of_the_limit_are_parsed_without_harm() {
        for open in ["{a", "{a(b:[", "{a(b:{c:"] {
            let (code, _) = error(&open.repeat(30));
            assert!(matches!(code, Code::GraphqlParseFailed | Code::LimitExceeded), "{open}");
        }
        let value = format!("{{ a(b: {}{}) }}", "[".repeat(60), "]".repeat(60));
        assert!(parse(&value, &Limits::default()).is_ok());
    }

    #[test]
    fn operations_are_chosen_by_name() {
        let chosen = |text: &str, name: Option<&str>| {
            let document = parse(text, &Limits::default()).unwrap();
            select(&document.executable, name)
                .map(|(name, operation)| (name.map(ToString::to_string), operation.node.ty))
                .map_err(|error| code_of(&error).unwrap())
        };
        let two = "query A { a } mutation B { b }";
        assert_eq!(chosen(two, Some("B")), Ok((Some("B".into()), OperationType::Mutation)));
        assert_eq!(chosen(two, Some("C")), Err(Code::BadUserInput));
        assert_eq!(chosen(two, None), Err(Code::BadUserInput));
        assert_eq!(chosen("query A { a }", None), Ok((Some("A".into()), OperationType::Query)));
        assert_eq!(chosen("{ a }", None), Ok((None, OperationType::Query)));
        assert_eq!(chosen("{ a }", Some("A")), Err(Code::BadUserInput));
    }

    #[test]
    fn a_text_is_parsed_once() {
        let documents = Documents::new(1_000_000);
        let limits = Limits::default();
        let first = documents.get("{ a }", DocumentHash::of("{ a }"), &limits).unwrap();
        let second = documents.get("{ a }", DocumentHash::of("{ a }"), &limits).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert!(documents.get("{", DocumentHash::of("{"), &limits).is_err());
        assert!(documents.get("{", DocumentHash::of("{"), &limits).is_err());
    }
}
