//! Whether each variable may stand where it stands: the rule "All Variable Usages Are Allowed" of the specification (5.8.5).
//! The library has it too, but never runs it: its list of rules does not hand values on. Knows types, and no values.

use std::collections::HashSet;

use async_graphql::{
    Name, Pos, Positioned, ServerError,
    parser::types::{
        BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type, VariableDefinition,
    },
};
use async_graphql_value::Value;

use super::{
    code::Code,
    refusal::problem_at,
    types::{Input, InputField, TypeTable, named},
};

/// Judges every operation of the document. What is not in the schema is left for validation to report.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` for the first variable whose type does not fit where it is used.
pub(super) fn judge(document: &ExecutableDocument, types: &TypeTable) -> Result<(), ServerError> {
    for (_, operation) in document.operations.iter() {
        let OperationDefinition { variable_definitions, selection_set, directives, ty, .. } = &operation.node;
        if variable_definitions.is_empty() {
            continue;
        }
        let mut usages = Usages { document, types, defined: variable_definitions, spread: HashSet::new() };
        usages.directives(directives)?;
        usages.set(&selection_set.node, types.root(*ty))?;
    }
    Ok(())
}

struct Usages<'d> {
    document: &'d ExecutableDocument,
    types: &'d TypeTable,
    defined: &'d [Positioned<VariableDefinition>],
    /// Fragments that were looked at for this operation.
    spread: HashSet<&'d Name>,
}

impl<'d> Usages<'d> {
    fn set(&mut self, set: &'d SelectionSet, parent: &str) -> Result<(), ServerError> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    self.directives(&field.directives)?;
                    let Some(known) = self.types.field(parent, &field.name.node) else { continue };
                    for (name, value) in &field.arguments {
                        if let Some(argument) = known.arguments.get(name.node.as_str()) {
                            self.value(&value.node, value.pos, argument, false)?;
                        }
                    }
                    self.set(&field.selection_set.node, named(&known.ty))?;
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives)?;
                    let on = inline.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
                    self.set(&inline.node.selection_set.node, on)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives)?;
                    let name = &spread.node.fragment_name.node;
                    let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { continue };
                    if self.spread.insert(name) {
                        let on = &fragment.node.type_condition.node.on.node;
                        self.set(&fragment.node.selection_set.node, on)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// `@skip` and `@include` are the only ones that take anything.
    fn directives(&self, directives: &'d [Positioned<Directive>]) -> Result<(), ServerError> {
        for directive in directives.iter().filter(|of| matches!(of.node.name.node.as_str(), "skip" | "include")) {
            for (_, value) in directive.node.arguments.iter().filter(|(name, _)| name.node == "if") {
                let ty = Type { base: BaseType::Named(Name::new("Boolean")), nullable: false };
                self.value(&value.node, value.pos, &InputField { ty, required: true }, false)?;
            }
        }
        Ok(())
    }

    fn value(&self, value: &Value, pos: Pos, place: &InputField, one_of: bool) -> Result<(), ServerError> {
        match value {
            Value::Variable(name) => {
                let defined = self.defined.iter().find(|definition| definition.node.name.node == *name);
                let Some(VariableDefinition { var_type, default_value, .. }) = defined.map(|defined| &defined.node)
                else {
                    return Ok(());
                };
                let has_default = default_value.as_ref().is_some_and(|value| value.node != async_graphql::Value::Null);
                // What has a default may be left out, so that it takes one that may be null.
                let may_be_null = !one_of && (has_default || !place.required);
                let fits = fits(&var_type.node, &place.ty, may_be_null) && !(one_of && var_type.node.nullable);
                if fits {
                    return Ok(());
                }
                let (found, wanted) = (&var_type.node, &place.ty);
                let text =
                    format!("Variable \"${name}\" of type \"{found}\" used in position expecting type \"{wanted}\"");
                Err(problem_at(Code::GraphqlValidationFailed, text, pos))
            }
            Value::List(values) => {
                // A single value stands for a list of one; a list where none is wanted is for validation.
                let BaseType::List(item) = &place.ty.base else { return Ok(()) };
                let place = InputField { ty: (**item).clone(), required: !item.nullable };
                values.iter().try_for_each(|value| self.value(value, pos, &place, false))
            }
            Value::Object(values) => {
                let Some(Input::Object(object)) = self.types.input(named(&place.ty)) else { return Ok(()) };
                values.iter().try_for_each(|(name, value)| match object.fields.get(name.as_str()) {
                    Some(place) => self.value(value, pos, place, object.one_of),
                    None => Ok(()),
                })
            }
            _ => Ok(()),
        }
    }
}

/// Whether a variable of the one type may stand where the other is wanted; with `may_be_null` at the outermost also one
/// that may be null where null is no value.
fn fits(found: &Type, wanted: &Type, may_be_null: bool) -> bool {
    let null = wanted.nullable || !found.nullable || may_be_null;
    null && match (&found.base, &wanted.base) {
        (BaseType::List(found), BaseType::List(wanted)) => fits(found, wanted, false),
        (BaseType::Named(found), BaseType::Named(wanted)) => found == wanted,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    const SDL: &str = r#"
        type Query { a(int: Int, must: Int!, given: Int! = 1, list: [Int!], lists: [[Int]], in: In, one: One): Query b(id: ID!): Int }
        type Subscription { log(after: String): Int }
        input In { n: Int! m: Int! = 2 deep: In ids: [ID!]! }
        input One @oneOf { a: Int b: String }
        schema { query: Query subscription: Subscription }
    "#;

    fn judged(query: &str) -> Option<String> {
        let types = TypeTable::from_sdl(SDL).unwrap();
        judge(&parse_query(query).unwrap(), &types).err().map(|error| error.message)
    }

    #[test]
    fn what_fits_passes() {
        for query in [
            "query($x: Int) { a(int: $x, must: 1) { __typename } }",
            "query($x: Int!) { a(int: $x, must: $x, given: $x) { __typename } }",
            "query($x: Int = 5) { a(must: $x) { __typename } }",
            "query($x: Int) { a(must: 1, given: $x) { __typename } }",
            "query($x: [Int!]!, $y: [[Int]]) { a(must: 1, list: $x, lists: $y) { __typename } }",
            "query($x: Int!, $y: ID!) { a(must: 1, in: {n: $x, deep: {n: 2, m: $x, ids: []}, ids: [$y]}) { __typename } }",
            "query($x: Int!) { a(must: 1, one: {a: $x}) { __typename } }",
            "query($x: Boolean!, $y: Boolean = true) { b(id: 1) @skip(if: $x) c: b(id: 2) @include(if: $y) }",
            "query($x: In) { a(must: 1, in: $x) { ...more } } fragment more on Query { b(id: 1) }",
            "query($x: Int) { nothing(int: $x) }",
            "query { a(must: $unknown) { __typename } }",
        ] {
            assert_eq!(judged(query), None, "{query}");
        }
    }

    #[test]
    fn what_does_not_is_told_with_both_types() {
        for (query, found, wanted) in [
            ("query($x: String) { a(int: $x, must: 1) { __typename } }", "String", "Int"),
            ("query($x: Int) { a(must: $x) { __typename } }", "Int", "Int!"),
            ("query($x: Int = null) { a(must: $x) { __typename } }", "Int", "Int!"),
            ("query($x: [Int]) { a(must: 1, list: $x) { __typename } }", "[Int]", "[Int!]"),
            ("query($x: Int) { a(must: 1, list: $x) { __typename } }", "Int", "[Int!]"),
            ("query($x: Int) { a(must: 1, list: [$x]) { __typename } }", "Int", "Int!"),
            ("query($x: ID) { a(must: 1, in: {deep: {ids: [$x]}}) { __typename } }", "ID", "ID!"),
            ("query($x: Int) { a(must: 1, one: {a: $x}) { __typename } }", "Int", "Int"),
            ("query($x: Boolean) { b(id: 1) @skip(if: $x) }", "Boolean", "Boolean!"),
            ("query($x: Int) { ...more } fragment more on Query { b(id: $x) }", "Int", "ID!"),
            ("query A { b(id: 1) } query B($x: Int!) { a(must: 1) { ... { b(id: $x) } } }", "Int!", "ID!"),
            ("subscription($x: Int) { log(after: $x) }", "Int", "String"),
        ] {
            let told = format!("Variable \"$x\" of type \"{found}\" used in position expecting type \"{wanted}\"");
            assert_eq!(judged(query), Some(told), "{query}");
        }
    }
}
