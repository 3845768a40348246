//! The one field of a subscription. The specification allows exactly one, also through fragments; the executor runs
//! several at once and overlooks fragments, so the field is looked for here and then stands alone.

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
        SelectionSet,
    },
};
use std::collections::{HashMap, HashSet};

use super::{code::Code, refusal::problem_at};

/// Makes the root of the subscription `name` in `document` one plain field. `root` is the type of the root.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` for several fields, for introspection, and for directives that could leave none.
pub(super) fn isolate(document: &mut ExecutableDocument, name: Option<&str>, root: &str) -> Result<(), ServerError> {
    let Some(operation) = operation(&mut document.operations, name) else { return Ok(()) };
    let mut search = Search { fragments: &document.fragments, root, found: None, spread: Vec::new() };
    search.set(&operation.selection_set.node, 0)?;
    let Search { found, spread, .. } = search;
    let Some(field) = found else {
        let message = "A subscription must have exactly one root field";
        return Err(problem_at(Code::GraphqlValidationFailed, message, operation.selection_set.pos));
    };
    let pos = field.pos;
    operation.selection_set.node.items = vec![Positioned::new(Selection::Field(field), pos)];
    forget(document, &spread);
    Ok(())
}

fn operation<'d>(operations: &'d mut DocumentOperations, name: Option<&str>) -> Option<&'d mut OperationDefinition> {
    match operations {
        DocumentOperations::Single(operation) => Some(&mut operation.node),
        DocumentOperations::Multiple(operations) => operations.get_mut(name?).map(|operation| &mut operation.node),
    }
}

struct Search<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    root: &'d str,
    found: Option<Positioned<Field>>,
    spread: Vec<Name>,
}

impl Search<'_> {
    /// The document has been measured, so its fragments form no circle; `depth` is a belt to those braces.
    fn set(&mut self, set: &SelectionSet, depth: usize) -> Result<(), ServerError> {
        for selection in set.items.iter().filter(|_| depth < 64) {
            match &selection.node {
                Selection::Field(field) => self.field(field)?,
                Selection::InlineFragment(inline) => {
                    plain(&inline.node.directives, |_| true)?;
                    if let Some(condition) = &inline.node.type_condition {
                        self.on(&condition.node.on)?;
                    }
                    self.set(&inline.node.selection_set.node, depth + 1)?;
                }
                Selection::FragmentSpread(spread) => {
                    plain(&spread.node.directives, |_| true)?;
                    let name = &spread.node.fragment_name;
                    let Some(fragment) = self.fragments.get(&name.node) else {
                        let message = format!("Unknown fragment: \"{}\"", name.node);
                        return Err(problem_at(Code::GraphqlValidationFailed, message, name.pos));
                    };
                    self.on(&fragment.node.type_condition.node.on)?;
                    self.spread.push(name.node.clone());
                    self.set(&fragment.node.selection_set.node, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &Positioned<Field>) -> Result<(), ServerError> {
        plain(&field.node.directives, |name| matches!(name, "skip" | "include"))?;
        if field.node.name.node.starts_with("__") {
            let message = "The root field of a subscription must not be one of introspection";
            return Err(problem_at(Code::GraphqlValidationFailed, message, field.pos));
        }
        let Some(found) = &mut self.found else {
            self.found = Some(field.clone());
            return Ok(());
        };
        let same = found.node.response_key().node == field.node.response_key().node
            && found.node.name.node == field.node.name.node
            && found.node.arguments == field.node.arguments;
        if !same {
            let message = "A subscription must have exactly one root field";
            return Err(problem_at(Code::GraphqlValidationFailed, message, field.pos));
        }
        found.node.selection_set.node.items.extend(field.node.selection_set.node.items.iter().cloned());
        Ok(())
    }

    fn on(&self, name: &Positioned<Name>) -> Result<(), ServerError> {
        if name.node == self.root {
            return Ok(());
        }
        let message = format!("A fragment on \"{}\" cannot be used at the root of a subscription", name.node);
        Err(problem_at(Code::GraphqlValidationFailed, message, name.pos))
    }
}

/// Refuses directives at the root: what they would leave out is the whole subscription.
fn plain(directives: &[Positioned<Directive>], refused: impl Fn(&str) -> bool) -> Result<(), ServerError> {
    match directives.iter().find(|directive| refused(directive.node.name.node.as_str())) {
        None => Ok(()),
        Some(directive) => {
            let message = format!("\"@{}\" is not allowed at the root of a subscription", directive.node.name.node);
            Err(problem_at(Code::GraphqlValidationFailed, message, directive.pos))
        }
    }
}

/// Drops the fragments that nothing spreads any more, which validation would complain of.
fn forget(document: &mut ExecutableDocument, spread: &[Name]) {
    if spread.is_empty() {
        return;
    }
    let mut used = HashSet::new();
    for (_, operation) in document.operations.iter() {
        collect(&operation.node.selection_set.node, &mut used);
    }
    for fragment in document.fragments.values() {
        collect(&fragment.node.selection_set.node, &mut used);
    }
    for name in spread.iter().filter(|name| !used.contains(*name)) {
        document.fragments.remove(name);
    }
}

fn collect(set: &SelectionSet, used: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => collect(&field.node.selection_set.node, used),
            Selection::InlineFragment(inline) => collect(&inline.node.selection_set.node, used),
            Selection::FragmentSpread(spread) => {
                used.insert(spread.node.fragment_name.node.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn isolated(text: &str) -> Result<(Vec<String>, usize), String> {
        let mut document = parse_query(text).unwrap();
        isolate(&mut document, Some("S"), "Subscription").map_err(|error| error.message)?;
        let fragments = document.fragments.len();
        let set = &operation(&mut document.operations, Some("S")).unwrap().selection_set.node;
        let [Positioned { node: Selection::Field(field), .. }] = set.items.as_slice() else { return Err(text.into()) };
        let below = &field.node.selection_set.node.items;
        let names = below.iter().map(|item| match &item.node {
            Selection::Field(field) => field.node.name.node.to_string(),
            _ => "...".to_owned(),
        });
        Ok((names.collect(), fragments))
    }

    #[test]
    fn one_field_is_found_wherever_it_is() {
        let found = |names: &[&str], fragments| Ok((names.iter().map(ToString::to_string).collect(), fragments));
        assert_eq!(isolated("subscription S { a { x } }"), found(&["x"], 0));
        assert_eq!(isolated("subscription S { ... on Subscription { a { x } } }"), found(&["x"], 0));
        assert_eq!(isolated("subscription S { ...F } fragment F on Subscription { a { x } }"), found(&["x"], 0));
        let nested =
            "subscription S { ...F } fragment F on Subscription { ...G } fragment G on Subscription { a { x } }";
        assert_eq!(isolated(nested).unwrap().0, ["x"]);
        let merged = "subscription S { a(n: 1) { x } ...F } fragment F on Subscription { a(n: 1) { y ...H } }
                      fragment H on A { z }";
        assert_eq!(isolated(merged), found(&["x", "y", "..."], 1));
    }

    #[test]
    fn anything_but_one_field_is_refused() {
        for text in [
            "subscription S { a b }",
            "subscription S { a(n: 1) a(n: 2) }",
            "subscription S { x: a a }",
            "subscription S { __typename }",
            "subscription S { a @skip(if: false) }",
            "subscription S { a @include(if: true) }",
            "subscription S { ... @include(if: true) { a } }",
            "subscription S { ...F @skip(if: true) } fragment F on Subscription { a }",
            "subscription S { ... on Query { a } }",
            "subscription S { ...F } fragment F on Query { a }",
            "subscription S { ...Unknown }",
        ] {
            assert!(isolated(text).is_err(), "{text}");
        }
    }
}
