//! Coerces a request's variables against their definitions before anything runs, so that a wrong value is the request's
//! fault with a name and a path, and never a field's. It does not know what scalars of the schema hold.

use std::{collections::HashMap, convert::Infallible};

use async_graphql::{
    Name, Positioned, ServerError, Value, Variables,
    parser::types::{BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type},
};

use super::{
    code::Code,
    limits::Limits,
    refusal::{limit_exceeded, problem_at},
    types::{Input, TypeTable, named},
};

/// Coerces `given` to what `operation` defines: defaults filled in, variables that it does not define dropped.
///
/// # Errors
/// One `BAD_USER_INPUT` for each wrong value, at most one more than [`Limits::errors`].
pub fn coerce(
    operation: &OperationDefinition,
    mut given: Variables,
    types: &TypeTable,
    limits: &Limits,
) -> Result<Variables, Vec<ServerError>> {
    let mut coerced = Variables::default();
    let mut errors = Vec::new();
    for definition in &operation.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let default = definition.node.default_value.as_ref().map(|value| &value.node);
        let mut faults = Faults { path: format!("${name}"), found: Vec::new(), most: limits.errors };
        // A type that is not in the schema, or not for input, is for validation to report.
        if types.input(named(ty)).is_none() {
            continue;
        }
        match (given.remove(name), default) {
            (Some(value), _) => {
                let value = coerce_value(value, ty, types, &mut faults);
                coerced.insert(name.clone(), value);
            }
            (None, Some(default)) => {
                coerced.insert(name.clone(), default.clone());
            }
            (None, None) if !ty.nullable => faults.add(format!("a value of type {ty} is required")),
            (None, None) => {}
        }
        errors.extend(
            faults.found.into_iter().map(|text| problem_at(Code::BadUserInput, text, definition.node.name.pos)),
        );
        if errors.len() > limits.errors {
            break;
        }
    }
    if errors.is_empty() { Ok(coerced) } else { Err(errors) }
}

struct Faults {
    path: String,
    found: Vec<String>,
    most: usize,
}

impl Faults {
    fn add(&mut self, text: impl AsRef<str>) {
        if self.found.len() <= self.most {
            self.found.push(format!("Variable {}: {}", self.path, text.as_ref()));
        }
    }

    fn within<T>(&mut self, segment: &str, inner: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(segment);
        let result = inner(self);
        self.path.truncate(length);
        result
    }
}

fn coerce_value(value: Value, ty: &Type, types: &TypeTable, faults: &mut Faults) -> Value {
    match (&ty.base, value) {
        (_, Value::Null) if ty.nullable => Value::Null,
        (_, Value::Null) => {
            faults.add(format!("a value of type {ty} is required, null is none"));
            Value::Null
        }
        (BaseType::List(item), Value::List(values)) => Value::List(
            values
                .into_iter()
                .enumerate()
                .map(|(index, value)| {
                    faults.within(&format!("[{index}]"), |faults| coerce_value(value, item, types, faults))
                })
                .collect(),
        ),
        // A single value stands for a list of one, as the specification has it.
        (BaseType::List(item), value) => Value::List(vec![coerce_value(value, item, types, faults)]),
        (BaseType::Named(name), value) => match types.input(name) {
            Some(input) => coerce_named(value, name, input, types, faults),
            None => value,
        },
    }
}

fn coerce_named(value: Value, name: &Name, input: &Input, types: &TypeTable, faults: &mut Faults) -> Value {
    let fits = match (input, &value) {
        (Input::Scalar, _) | (Input::String, Value::String(_)) | (Input::Boolean, Value::Boolean(_)) => true,
        (Input::Float, Value::Number(number)) => number.as_f64().is_some_and(f64::is_finite),
        (Input::Id, Value::String(_)) => true,
        (Input::Id, Value::Number(number)) if number.is_i64() || number.is_u64() => {
            return Value::String(number.to_string());
        }
        (Input::Int, Value::Number(number)) => match whole(number) {
            Some(whole) => return Value::from(whole),
            None => {
                faults.add("Int is a whole number from -2147483648 to 2147483647");
                return value;
            }
        },
        (Input::Enum(values), Value::String(text)) => {
            if !values.contains(text) {
                faults.add(format!("the value is none of the enum {name}"));
            }
            return value;
        }
        (Input::Object(_), Value::Object(_)) => return coerce_object(value, name, input, types, faults),
        _ => false,
    };
    if !fits {
        faults.add(format!("expected {name}, found {}", kind(&value)));
    }
    value
}

/// `1.0` is a whole number in JSON, where there is one kind of number only.
fn whole(number: &async_graphql::Number) -> Option<i32> {
    if let Some(value) = number.as_i64() {
        return i32::try_from(value).ok();
    }
    let value = number.as_f64()?;
    let fits = value.fract() == 0.0 && value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX);
    // The cast is exact: the value is whole and within the range.
    fits.then_some(value as i32)
}

fn coerce_object(value: Value, name: &Name, input: &Input, types: &TypeTable, faults: &mut Faults) -> Value {
    let (Input::Object(object), Value::Object(members)) = (input, value) else { return Value::Null };
    for (field, definition) in &object.fields {
        if definition.required && !members.contains_key(field.as_str()) {
            faults.within(&format!(".{field}"), |faults| {
                faults.add(format!("a value of type {} is required", definition.ty));
            });
        }
    }
    if object.one_of && (members.len() != 1 || members.values().any(|value| *value == Value::Null)) {
        faults.add(format!("{name} takes exactly one field, and not null"));
    }
    Value::Object(
        members
            .into_iter()
            .map(|(field, value)| match object.fields.get(field.as_str()) {
                Some(definition) => {
                    let value = faults
                        .within(&format!(".{field}"), |faults| coerce_value(value, &definition.ty, types, faults));
                    (field, value)
                }
                None => {
                    faults.add(format!("{name} has no field \"{}\"", shortened(&field)));
                    (field, Value::Null)
                }
            })
            .collect(),
    )
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Number(_) => "a number",
        Value::String(_) | Value::Enum(_) | Value::Binary(_) => "a string",
        Value::Boolean(_) => "a boolean",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// How many values a value holds, strings counting one more for each 64 bytes. It stands for the time of one copy.
pub(super) fn weight(value: &Value) -> u64 {
    match value {
        Value::String(text) => 1 + text.len() as u64 / 64,
        Value::List(items) => items.iter().map(weight).fold(1, u64::saturating_add),
        Value::Object(map) => map.values().map(weight).fold(1, u64::saturating_add),
        _ => 1,
    }
}

/// The places that use each variable, over the whole text of a document.
pub type VariableUses = HashMap<Name, u64>;

/// Counts the uses of variables, for [`judge_weight`].
pub fn uses(document: &ExecutableDocument) -> VariableUses {
    let mut uses = VariableUses::new();
    for (_, operation) in document.operations.iter() {
        directives(&operation.node.directives, &mut uses);
        set(&operation.node.selection_set.node, &mut uses);
    }
    for fragment in document.fragments.values() {
        directives(&fragment.node.directives, &mut uses);
        set(&fragment.node.selection_set.node, &mut uses);
    }
    uses
}

fn set(set_of: &SelectionSet, uses: &mut VariableUses) {
    for selection in &set_of.items {
        directives(selection.node.directives(), uses);
        match &selection.node {
            Selection::Field(field) => {
                field.node.arguments.iter().for_each(|(_, value)| {
                    let Ok(_) = value.node.clone().into_const_with(|name| count(name, uses));
                });
                set(&field.node.selection_set.node, uses);
            }
            Selection::InlineFragment(inline) => set(&inline.node.selection_set.node, uses),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn directives(all: &[Positioned<Directive>], uses: &mut VariableUses) {
    for (_, value) in all.iter().flat_map(|directive| &directive.node.arguments) {
        let Ok(_) = value.node.clone().into_const_with(|name| count(name, uses));
    }
}

/// The library lets nobody but a substitution see the variables of a value: this one only counts.
fn count(name: Name, uses: &mut VariableUses) -> Result<Value, Infallible> {
    *uses.entry(name).or_default() += 1;
    Ok(Value::Null)
}

/// Refuses variables whose copies would be too much work: validation copies a value for each place that uses it.
pub fn judge_weight(variables: &Variables, uses: &VariableUses, limits: &Limits) -> Result<(), ServerError> {
    let total = variables
        .iter()
        .map(|(name, value)| weight(value).saturating_mul(uses.get(name).copied().unwrap_or(1)))
        .fold(0, u64::saturating_add);
    if total > limits.variable_values {
        return Err(limit_exceeded("variable_values", limits.variable_values));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::{Value as Json, json};

    use super::*;

    const SDL: &str = "
        type Query { a: Int }
        enum Color { RED GREEN }
        scalar Day
        input Point { x: Int! y: Int! = 0 next: Point colors: [Color!] }
        input Either @oneOf { a: Int b: String }
        schema { query: Query }
    ";

    fn coerced(definitions: &str, given: Json) -> Result<Json, Vec<String>> {
        let types = TypeTable::from_sdl(SDL).unwrap();
        let document = parse_query(format!("query ({definitions}) {{ a }}")).unwrap();
        let DocumentOperations::Single(operation) = document.operations else { unreachable!() };
        coerce(&operation.node, Variables::from_json(given), &types, &Limits::default())
            .map(|variables| serde_json::to_value(variables).unwrap())
            .map_err(|errors| errors.into_iter().map(|error| error.message).collect())
    }

    fn refused(definitions: &str, given: Json) -> String {
        coerced(definitions, given).unwrap_err().join("; ")
    }

    #[test]
    fn values_of_the_right_kind_pass() {
        let given = json!({"i": 1.0, "f": 1, "id": 7, "c": "RED", "day": {"any": 1}, "l": "a", "n": null, "extra": 1});
        let definitions =
            "$i: Int!, $f: Float, $id: ID!, $c: Color, $day: Day, $l: [String!]!, $n: Int, $d: Int = 3, $m: Int";
        let expected = json!({"i": 1, "f": 1, "id": "7", "c": "RED", "day": {"any": 1}, "l": ["a"], "n": null, "d": 3});
        assert_eq!(coerced(definitions, given).unwrap(), expected);
        let point = json!({"p": {"x": 1, "next": {"x": 2, "colors": ["GREEN"]}}});
        assert_eq!(coerced("$p: Point!", point.clone()).unwrap(), point);
        // An output type and an unknown one are for validation.
        assert_eq!(coerced("$q: Query, $z: Zebra!", json!({"q": 1})).unwrap(), json!({}));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(refused("$x: Boolean!", json!({})), "Variable $x: a value of type Boolean! is required");
        let null = "Variable $x: a value of type Int! is required, null is none";
        assert_eq!(refused("$x: Int!", json!({"x": null})), null);
        assert_eq!(refused("$x: [Int!]", json!({"x": [1, null]})), null.replace("$x", "$x[1]"));
        assert_eq!(
            refused("$p: Point", json!({"p": {"next": {}}})),
            "Variable $p.x: a value of type Int! is required; Variable $p.next.x: a value of type Int! is required"
        );
    }

    #[test]
    fn wrong_kinds_are_named_without_the_value() {
        for (definition, value, message) in [
            ("$x: Int", json!("1"), "Variable $x: expected Int, found a string"),
            ("$x: Int", json!(1.5), "Variable $x: Int is a whole number from -2147483648 to 2147483647"),
            ("$x: Int", json!(3_000_000_000_u64), "Variable $x: Int is a whole number from -2147483648 to 2147483647"),
            ("$x: Float", json!("1"), "Variable $x: expected Float, found a string"),
            ("$x: String", json!(1), "Variable $x: expected String, found a number"),
            ("$x: Boolean", json!("true"), "Variable $x: expected Boolean, found a string"),
            ("$x: ID", json!(1.5), "Variable $x: expected ID, found a number"),
            ("$x: Color", json!("BLUE"), "Variable $x: the value is none of the enum Color"),
            ("$x: Color", json!(1), "Variable $x: expected Color, found a number"),
            ("$x: Point", json!([1]), "Variable $x: expected Point, found a list"),
            ("$x: Point", json!({"x": 1, "z": 2}), "Variable $x: Point has no field \"z\""),
            ("$x: Either", json!({"a": 1, "b": "2"}), "Variable $x: Either takes exactly one field, and not null"),
            ("$x: Either", json!({"a": null}), "Variable $x: Either takes exactly one field, and not null"),
        ] {
            assert_eq!(refused(definition, json!({ "x": value })), message);
        }
    }

    #[test]
    fn errors_are_bounded() {
        let many = vec![Json::Null; 100_000];
        assert_eq!(coerced("$x: [Int!]", json!({ "x": many })).unwrap_err().len(), 21);
    }

    #[test]
    fn a_value_weighs_as_often_as_it_is_used() {
        let document = parse_query("query ($x: [Int]) { a(x: $x) b(y: {z: [$x]}) @d(e: $x) }").unwrap();
        let uses = uses(&document);
        assert_eq!(uses.get("x"), Some(&3));
        let variables = Variables::from_json(json!({"x": [1, 2], "s": "a".repeat(640)}));
        let limits = |variable_values| Limits { variable_values, ..Limits::default() };
        assert!(judge_weight(&variables, &uses, &limits(3 * 3 + 11)).is_ok());
        assert!(judge_weight(&variables, &uses, &limits(3 * 3 + 10)).is_err());
    }
}
