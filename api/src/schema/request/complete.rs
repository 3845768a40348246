//! Makes an answer what the specification says it is, where the executor leaves it short. The executor puts fields in
//! the order in which they were ready, leaves failed ones out instead of answering null, and does not carry a failure
//! through fields that cannot be null. It changes no value.

use std::collections::HashMap;

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    parser::types::{BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type},
};

use super::{
    document::MARK,
    types::{TypeTable, named},
};

/// The response keys of one selection set, in the order of the document, fragments unfolded.
#[derive(Default)]
pub(super) struct Plan {
    keys: Vec<Planned>,
    index: HashMap<Name, usize>,
}

struct Planned {
    key: Name,
    /// `None` where the schema's own types (`__schema`) are asked: they cannot fail.
    ty: Option<Type>,
    below: Plan,
}

impl Plan {
    /// The plan of an operation within the limits.
    pub(super) fn new(document: &ExecutableDocument, operation: &OperationDefinition, types: &TypeTable) -> Self {
        let mut plan = Self::default();
        plan.add(&operation.selection_set.node, types.root(operation.ty), document, types);
        plan
    }

    fn add(&mut self, set: &SelectionSet, parent: &str, document: &ExecutableDocument, types: &TypeTable) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let ty = types.field(parent, &field.name.node).map(|known| &known.ty);
                    let planned = self.planned(&field.response_key().node);
                    // Types of one key may differ between fragments on different objects; null is then allowed if
                    // any of them allows it.
                    match (&planned.ty, ty) {
                        (Some(known), Some(ty)) if known.nullable || !ty.nullable => {}
                        (_, ty) => planned.ty = ty.cloned(),
                    }
                    let below = ty.map_or("", |ty| named(ty));
                    planned.below.add(&field.selection_set.node, below, document, types);
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
                    self.add(&inline.node.selection_set.node, on, document, types);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        let on = &fragment.node.type_condition.node.on.node;
                        self.add(&fragment.node.selection_set.node, on, document, types);
                    }
                }
            }
        }
    }

    fn planned(&mut self, key: &Name) -> &mut Planned {
        let at = *self.index.entry(key.clone()).or_insert(self.keys.len());
        if at == self.keys.len() {
            self.keys.push(Planned { key: key.clone(), ty: None, below: Self::default() });
        }
        &mut self.keys[at]
    }

    fn find(&self, key: &str) -> Option<(usize, &Planned)> {
        let at = *self.index.get(key)?;
        self.keys.get(at).map(|planned| (at, planned))
    }

    /// Completes the data that an execution answered with these errors.
    pub(super) fn complete(&self, data: Value, errors: &[ServerError]) -> Value {
        let mut failures = Failures::default();
        for error in errors {
            failures.add(&error.path);
        }
        let members = match data {
            Value::Object(members) => members,
            _ => Members::default(),
        };
        self.object(members, Some(&failures)).unwrap_or(Value::Null)
    }

    /// `None` if the failure of a field that cannot be null takes the object with it.
    fn object(&self, mut members: Members, failures: Option<&Failures>) -> Option<Value> {
        for (key, _) in failures.into_iter().flat_map(|failures| &failures.fields) {
            if let Some((_, planned)) = self.find(key)
                && !members.contains_key(key.as_str())
            {
                planned.null()?;
                members.insert(planned.key.clone(), Value::Null);
            }
        }
        let mut ordered = true;
        let mut next = 0;
        for (key, value) in &mut members {
            let ahead = self.keys[next..].iter().position(|planned| planned.key == *key).map(|ahead| next + ahead);
            let Some(at) = ahead.or_else(|| self.find(key).map(|(at, _)| at)) else { continue };
            ordered &= ahead.is_some() && key.as_str() != MARK;
            next = if ahead.is_some() { at + 1 } else { next };
            let planned = &self.keys[at];
            let failures = failures.and_then(|failures| failures.fields.get(key.as_str()));
            let taken = std::mem::take(value);
            *value = match planned.below.value(taken, planned.ty.as_ref(), failures) {
                Some(value) => value,
                None => planned.null()?,
            };
        }
        if !ordered {
            let mut entries: Vec<_> = members.into_iter().filter(|(key, _)| key.as_str() != MARK).collect();
            entries.sort_by_key(|(key, _)| self.find(key).map_or(usize::MAX, |(at, _)| at));
            members = entries.into_iter().collect();
        }
        Some(Value::Object(members))
    }

    fn value(&self, value: Value, ty: Option<&Type>, failures: Option<&Failures>) -> Option<Value> {
        // Scalars may hold objects too, and nothing of theirs is ours to order.
        if self.keys.is_empty() && failures.is_none() {
            return Some(value);
        }
        match value {
            Value::List(items) => {
                let item_type = match ty.map(|ty| &ty.base) {
                    Some(BaseType::List(item)) => Some(item.as_ref()),
                    _ => None,
                };
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let failures = failures.and_then(|failures| failures.items.get(&index));
                    match self.value(item, item_type, failures) {
                        None if item_type.is_none_or(|ty| ty.nullable) => Some(Value::Null),
                        item => item,
                    }
                });
                items.collect::<Option<Vec<_>>>().map(Value::List)
            }
            Value::Object(members) if !self.keys.is_empty() => self.object(members, failures),
            // All of an object's fields failed: the executor then has nothing left of it.
            Value::Null if failures.is_some_and(|failures| !failures.fields.is_empty()) => {
                self.object(Members::default(), failures)
            }
            value => Some(value),
        }
    }
}

impl Planned {
    /// Null in place of this field, or `None` if it cannot be null.
    fn null(&self) -> Option<Value> {
        self.ty.as_ref().is_none_or(|ty| ty.nullable).then_some(Value::Null)
    }
}

type Members = async_graphql::indexmap::IndexMap<Name, Value>;

/// The paths of errors, as a tree.
#[derive(Default)]
struct Failures {
    fields: HashMap<String, Failures>,
    items: HashMap<usize, Failures>,
}

impl Failures {
    fn add(&mut self, path: &[PathSegment]) {
        let mut at = self;
        for segment in path {
            at = match segment {
                PathSegment::Field(name) => at.fields.entry(name.clone()).or_default(),
                PathSegment::Index(index) => at.items.entry(*index).or_default(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::{Value as Json, json};

    use super::*;

    const SDL: &str = "
        type Query { a: A b: B! list: [A] strict: [A!] any: Any }
        type A { x: Int y: Int! a: A b: B! }
        type B { z: Int! }
        scalar Any
        schema { query: Query }
    ";

    fn completed(text: &str, data: Json, paths: &[Json]) -> String {
        let types = TypeTable::from_sdl(SDL).unwrap();
        let document = parse_query(text).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { unreachable!() };
        let errors: Vec<_> = paths
            .iter()
            .map(|path| ServerError::new("x", None).with_path(serde_json::from_value(path.clone()).unwrap()))
            .collect();
        let plan = Plan::new(&document, &operation.node, &types);
        serde_json::to_string(&plan.complete(serde_json::from_value(data).unwrap(), &errors)).unwrap()
    }

    #[test]
    fn keys_come_in_the_order_of_the_document() {
        let text = "{ ...F k: a { y } a { y x } any } fragment F on Query { b { z } k: a { x } }";
        let mixed: Json = serde_json::from_str("{}").unwrap();
        assert_eq!(completed(text, mixed, &[]), "{}");
        let data = json!({"a": {"x": 1, "y": 2}, "any": {"q": 1, "p": 2}, "b": {"z": 3}, "k": {"x": 4, "y": 5}});
        assert_eq!(
            completed(text, data, &[]),
            r#"{"b":{"z":3},"k":{"x":4,"y":5},"a":{"y":2,"x":1},"any":{"p":2,"q":1}}"#
        );
    }

    #[test]
    fn a_failed_field_is_null_where_it_may_be() {
        assert_eq!(
            completed("{ a { x y } }", json!({"a": {"y": 1}}), &[json!(["a", "x"])]),
            r#"{"a":{"x":null,"y":1}}"#
        );
        assert_eq!(completed("{ a { x } }", json!({"a": null}), &[json!(["a", "x"])]), r#"{"a":{"x":null}}"#);
        assert_eq!(completed("{ a { x } }", json!(null), &[json!(["a"])]), r#"{"a":null}"#);
    }

    #[test]
    fn a_failure_is_carried_to_the_next_field_that_may_be_null() {
        assert_eq!(completed("{ a { x y } }", json!({"a": {"x": 1}}), &[json!(["a", "y"])]), r#"{"a":null}"#);
        let deep =
            completed("{ a { a { b { z } } } }", json!({"a": {"a": {"b": null}}}), &[json!(["a", "a", "b", "z"])]);
        assert_eq!(deep, r#"{"a":{"a":null}}"#);
        assert_eq!(completed("{ b { z } a { x } }", json!({"a": {"x": 1}, "b": null}), &[json!(["b", "z"])]), "null");
    }

    #[test]
    fn lists_lose_an_item_or_themselves() {
        let data = json!({"list": [{"y": 1}, null, {"y": 3}]});
        let path = [json!(["list", 1, "y"])];
        assert_eq!(completed("{ list { y } }", data, &path), r#"{"list":[{"y":1},null,{"y":3}]}"#);
        let data = json!({"strict": [{"y": 1}, null]});
        assert_eq!(completed("{ strict { y } }", data, &[json!(["strict", 1, "y"])]), r#"{"strict":null}"#);
        assert_eq!(completed("{ strict { y } }", json!(null), &[json!(["strict", 1])]), r#"{"strict":null}"#);
    }

    #[test]
    fn the_mark_of_a_present_object_is_taken_out() {
        let text = "{ a { __present: __typename ... @skip(if: true) { x } } }";
        assert_eq!(completed(text, json!({"a": {"__present": "A"}}), &[]), r#"{"a":{}}"#);
    }
}
