//! Measures a parsed document with its fragments unfolded, in time linear in its text: each fragment is measured once.
//! It runs before validation, whose own walks take the fragments one by one and double with every level of spreads.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, ServerError,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::{
    code::Code,
    limits::Limits,
    refusal::{limit_exceeded, problem_at},
};

/// What a selection set holds with its fragments unfolded. Depths are of the deepest branch, the others are sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    levels: usize,
    depth: usize,
    lists: usize,
    introspection_depth: usize,
    introspection_lists: usize,
    selections: u64,
    aliases: u64,
    root_fields: u64,
    directives: u64,
    introspects: bool,
    text_bytes: usize,
}

impl Shape {
    /// Notes the length of the text it was measured from.
    pub(super) fn of_text(self, text: &str) -> Self {
        Self { text_bytes: text.len(), ..self }
    }

    /// The length of the text in bytes.
    pub fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Whether `__schema` or `__type` is asked for.
    pub fn introspects(&self) -> bool {
        self.introspects
    }

    /// Adds what stands beside it in one selection set.
    fn beside(&mut self, other: Self) {
        self.levels = self.levels.max(other.levels);
        self.depth = self.depth.max(other.depth);
        self.lists = self.lists.max(other.lists);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.directives = self.directives.saturating_add(other.directives);
        self.introspects |= other.introspects;
    }

    fn judge(&self, limits: &Limits) -> Result<(), ServerError> {
        let excess = [
            ("levels", self.levels as u64, limits.levels as u64),
            ("depth", self.depth as u64, limits.depth as u64),
            ("introspection_depth", self.introspection_depth as u64, limits.introspection_depth as u64),
            ("introspection_lists", self.introspection_lists as u64, limits.introspection_lists as u64),
            ("selections", self.selections, limits.selections),
            ("aliases", self.aliases, limits.aliases),
            ("root_fields", self.root_fields, limits.root_fields),
            ("directives", self.directives, limits.directives),
        ]
        .into_iter()
        .find(|(_, found, allowed)| found > allowed);
        match excess {
            Some((limit, _, allowed)) => Err(limit_exceeded(limit, allowed)),
            None => Ok(()),
        }
    }
}

/// Measures all operations of a document together, since validation walks all of them, and judges the sum.
///
/// # Errors
/// `LIMIT_EXCEEDED`, and `GRAPHQL_VALIDATION_FAILED` for a fragment that spreads itself.
pub fn judge(document: &ExecutableDocument, limits: &Limits) -> Result<Shape, ServerError> {
    if document.fragments.len() > limits.fragments {
        return Err(limit_exceeded("fragments", limits.fragments as u64));
    }
    let mut measuring = Measuring { document, limits, known: HashMap::new() };
    let mut total = Shape::default();
    for (_, operation) in document.operations.iter() {
        let mut shape = measuring.set(&operation.node.selection_set.node, 0)?;
        shape.directives = shape.directives.saturating_add(operation.node.directives.len() as u64);
        for variable in &operation.node.variable_definitions {
            shape.directives = shape.directives.saturating_add(variable.node.directives.len() as u64);
        }
        total.beside(shape);
    }
    total.judge(limits)?;
    // Fragments that nobody spreads are walked by validation too, though each only once.
    for (name, fragment) in &document.fragments {
        let shape = measuring.fragment(name, fragment.pos, 0)?;
        if shape.levels > limits.levels {
            return Err(limit_exceeded("levels", limits.levels as u64));
        }
    }
    Ok(total)
}

struct Measuring<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    /// `None` while the fragment is being measured: meeting it again then is a circle.
    known: HashMap<&'a str, Option<Shape>>,
}

impl<'a> Measuring<'a> {
    /// `above` is how many selection sets lie around this one; it bounds the recursion, also through fragments.
    fn set(&mut self, set: &'a SelectionSet, above: usize) -> Result<Shape, ServerError> {
        if above > self.limits.levels {
            return Err(limit_exceeded("levels", self.limits.levels as u64));
        }
        let mut sum = Shape::default();
        for selection in &set.items {
            sum.selections = sum.selections.saturating_add(1);
            let mut shape = match &selection.node {
                Selection::Field(field) => {
                    let below = self.set(&field.node.selection_set.node, above + 1)?;
                    let nested = !field.node.selection_set.node.items.is_empty();
                    around(&field.node.name.node, field.node.alias.is_some(), nested, below)
                }
                Selection::InlineFragment(inline) => deeper(self.set(&inline.node.selection_set.node, above + 1)?),
                Selection::FragmentSpread(spread) => {
                    deeper(self.fragment(&spread.node.fragment_name.node, spread.pos, above + 1)?)
                }
            };
            shape.directives = shape.directives.saturating_add(selection.node.directives().len() as u64);
            sum.beside(shape);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &str, from: Pos, above: usize) -> Result<Shape, ServerError> {
        // An unknown fragment is for validation to report.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Shape::default());
        };
        match self.known.get(name.as_str()) {
            Some(Some(shape)) => return Ok(*shape),
            Some(None) => {
                return Err(problem_at(
                    Code::GraphqlValidationFailed,
                    format!("Fragment \"{name}\" spreads itself"),
                    from,
                ));
            }
            None => {}
        }
        self.known.insert(name.as_str(), None);
        let mut shape = self.set(&fragment.node.selection_set.node, above)?;
        shape.directives = shape.directives.saturating_add(fragment.node.directives.len() as u64);
        self.known.insert(name.as_str(), Some(shape));
        Ok(shape)
    }
}

/// The shape of a field around the shape of its own selections.
fn around(name: &Name, aliased: bool, nested: bool, below: Shape) -> Shape {
    let root = matches!(name.as_str(), "__schema" | "__type");
    let list = matches!(name.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
    let depth = below.depth + 1;
    Shape {
        levels: below.levels + usize::from(nested),
        depth: if root { 1 } else { depth },
        lists: below.lists + usize::from(list && nested),
        introspection_depth: if root { depth } else { below.introspection_depth },
        introspection_lists: if root { below.lists } else { below.introspection_lists },
        selections: below.selections,
        aliases: below.aliases.saturating_add(u64::from(aliased)),
        root_fields: 1,
        directives: below.directives,
        introspects: root || below.introspects,
        text_bytes: 0,
    }
}

fn deeper(shape: Shape) -> Shape {
    Shape { levels: shape.levels + 1, ..shape }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::super::refusal::code_of;
    use super::*;

    fn measured(text: &str) -> Result<Shape, ServerError> {
        judge(&parse_query(text).unwrap(), &Limits::default())
    }

    fn excess(text: &str) -> String {
        let error = measured(text).unwrap_err();
        assert_eq!(code_of(&error), Some(Code::LimitExceeded), "{}", error.message);
        error.extensions.unwrap().get("limit").unwrap().to_string().replace('"', "")
    }

    fn nested(field: &str, times: usize) -> String {
        format!("{}{{ leaf }}{}", format!("{{ {field}").repeat(times), "}".repeat(times))
    }

    #[test]
    fn fragments_count_as_often_as_they_are_spread() {
        let shape = measured("{ a ...F b { ...F } } fragment F on T { x: c @d e { f } }").unwrap();
        assert_eq!((shape.selections, shape.aliases, shape.directives), (10, 2, 2));
        assert_eq!((shape.root_fields, shape.depth, shape.levels), (4, 3, 3));
    }

    #[test]
    fn a_bomb_of_fragments_is_counted_without_being_unfolded() {
        let mut text = "{ ...F0 }".to_owned();
        for level in 0..25 {
            text += &format!("fragment F{level} on Q {{ a{{...F{0}}} b{{...F{0}}} }}", level + 1);
        }
        text += "fragment F25 on Q { c }";
        let deep = Limits { levels: 200, depth: 200, ..Limits::default() };
        let error = judge(&parse_query(&text).unwrap(), &deep).unwrap_err();
        assert_eq!(error.extensions.unwrap().get("limit"), Some(&"selections".into()));
        assert_eq!(excess(&text), "levels");
    }

    #[test]
    fn circles_of_fragments_are_refused_also_where_nobody_spreads_them() {
        for text in
            ["{ ...A } fragment A on T { a { ...B } } fragment B on T { ...A }", "{ a } fragment A on T { ...A }"]
        {
            let error = measured(text).unwrap_err();
            assert_eq!(code_of(&error), Some(Code::GraphqlValidationFailed));
            assert!(error.message.ends_with("spreads itself"));
        }
        assert!(measured("{ ...Unknown }").is_ok());
    }

    #[test]
    fn each_excess_has_its_name() {
        assert_eq!(excess(&nested("a ", 20)), "depth");
        let inline = format!("{}a{}", "{... ".repeat(34), "}".repeat(34));
        assert_eq!(excess(&inline), "levels");
        let many = |item: fn(u32) -> String, times| (0..times).map(item).collect::<Vec<_>>().join(" ");
        assert_eq!(excess(&format!("{{ a {{ {} }} }}", many(|n| format!("x{n}: a"), 51))), "aliases");
        assert_eq!(excess(&format!("{{ {} }}", many(|n| format!("a{n}"), 21))), "root_fields");
        assert_eq!(
            excess(&format!("{{ ...F }} fragment F on Q {{ {} }}", many(|n| format!("a{n}"), 21))),
            "root_fields"
        );
        assert_eq!(excess(&format!("{{ __typename {} }}", many(|n| format!("@d{n}"), 51))), "directives");
        assert_eq!(excess(&format!("query {} {{ a }}", many(|n| format!("@d{n}"), 51))), "directives");
        assert_eq!(excess(&format!("{{ a {{ {} }} }}", many(|n| format!("a{n}"), 5_000))), "selections");
        assert_eq!(excess(&format!("{{a}} {}", many(|n| format!("fragment F{n} on Q {{a}}"), 101))), "fragments");
        let chain = many(|n| format!("fragment F{n} on Q {{...F{}}}", n + 1), 100);
        assert_eq!(excess(&format!("{{ a }} {chain}")), "levels");
        let operations = many(|n| format!("query Q{n} {{ a {{ b {{ c }} }} }}"), 21);
        assert_eq!(excess(&operations), "root_fields");
    }

    #[test]
    fn introspection_has_limits_of_its_own() {
        let types = |inner: &str| format!("{{ __schema {{ types {{ {inner} }} }} }}");
        let of_type = format!("{}name{}", "ofType { ".repeat(9), "}".repeat(9));
        let full = types(&format!("fields {{ args {{ type {{ {of_type} }} }} }} interfaces {{ {of_type} }}"));
        assert!(measured(&full).unwrap().introspects());
        let circle = types("fields { type { fields { type { fields { type { name } } } } }");
        assert_eq!(excess(&format!("{circle} }}")), "introspection_lists");
        let deep = types(&format!("{}name{}", "ofType { ".repeat(19), "}".repeat(19)));
        assert_eq!(excess(&deep), "introspection_depth");
        assert!(!measured("{ a { fields { fields { fields { b } } } } }").unwrap().introspects());
    }
}
