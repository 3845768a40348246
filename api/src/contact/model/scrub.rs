//! Taking a person's words out of texts that others wrote.

use super::Contact;
use serde_json::Value;

/// What is put where a word was.
const ERASED: &str = "[erased]";

/// Letters of a name at least that is looked for in texts: a shorter one is part of too much else.
const SHORTEST: usize = 3;

/// The words that tell who a person is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// The words of a contact: name, address, phone number. The title says nothing of who holds it.
    #[must_use]
    pub fn of(contact: &Contact) -> Self {
        let mut words: Vec<String> = [&contact.name, &contact.email, &contact.phone]
            .into_iter()
            .flatten()
            .map(|word| word.chars().flat_map(char::to_lowercase).collect::<String>())
            .filter(|word| word.chars().count() >= SHORTEST)
            .collect();
        // An address may hold the name; the longer is taken out first, or half of it would stay.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        Self(words)
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text without the words, whatever their case; `None` where none is in it.
    #[must_use]
    pub fn out_of(&self, text: &str) -> Option<String> {
        let mut clean: Option<String> = None;
        for word in &self.0 {
            let current = clean.as_deref().unwrap_or(text);
            if let Some(next) = without(current, word) {
                clean = Some(next);
            }
        }
        clean
    }

    /// The value without the words in its texts; the names of its fields stay. `None` where none is in it.
    #[must_use]
    pub fn out_of_json(&self, value: &Value) -> Option<Value> {
        match value {
            Value::String(text) => self.out_of(text).map(Value::String),
            Value::Array(items) => {
                let clean: Vec<_> = items.iter().map(|item| self.out_of_json(item)).collect();
                clean.iter().any(Option::is_some).then(|| {
                    clean.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect()
                })
            }
            Value::Object(fields) => {
                let clean: Vec<_> = fields.iter().map(|(name, item)| (name, item, self.out_of_json(item))).collect();
                clean.iter().any(|(_, _, new)| new.is_some()).then(|| {
                    let kept = |(name, old, new): (&String, &Value, Option<Value>)| {
                        (name.clone(), new.unwrap_or_else(|| old.clone()))
                    };
                    Value::Object(clean.into_iter().map(kept).collect())
                })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
}

/// The text with each place where `word` stands by itself replaced; `None` where it nowhere does.
fn without(text: &str, word: &str) -> Option<String> {
    // Lower case may have another length, so each of its characters is kept with where it came from.
    let mut lower = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len() + 1);
    for (at, character) in text.char_indices() {
        for small in character.to_lowercase() {
            lower.push(small);
            origin.extend(std::iter::repeat_n(at, small.len_utf8()));
        }
    }
    origin.push(text.len());
    let (mut clean, mut kept_to) = (String::new(), 0);
    for (start, _) in lower.match_indices(word) {
        let end = start + word.len();
        let apart = !lower[..start].chars().next_back().is_some_and(char::is_alphanumeric)
            && !lower[end..].chars().next().is_some_and(char::is_alphanumeric);
        let (Some(from), Some(to)) = (origin.get(start).copied(), origin.get(end).copied()) else { continue };
        // Two words may not overlap, and no cut may fall into a character.
        if !apart || from < kept_to || from == to {
            continue;
        }
        clean.push_str(text.get(kept_to..from)?);
        clean.push_str(ERASED);
        kept_to = to;
    }
    if kept_to == 0 {
        return None;
    }
    clean.push_str(text.get(kept_to..)?);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn words(words: &[&str]) -> Words {
        Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn words_are_taken_out_where_they_stand_by_themselves() {
        let words = words(&["ada byte", "ada@acme.example"]);
        for (text, expected) in [
            ("Met Ada Byte (ADA@acme.example).", Some("Met [erased] ([erased]).")),
            ("ada byte", Some("[erased]")),
            ("Ada Byteson came", None),
            ("Canada bytes", None),
            ("Ada", None),
            ("", None),
        ] {
            assert_eq!(words.out_of(text).as_deref(), expected, "{text:?}");
        }
        // The capital letter is three bytes long, the small one two, and one small one is two characters.
        assert_eq!(words.out_of("İ Ada Byte ẞ").as_deref(), Some("İ [erased] ẞ"));
    }

    #[test]
    fn texts_in_values_are_cleaned_and_names_of_fields_stay() {
        let words = words(&["ada"]);
        let clean = words.out_of_json(&json!({"ada": ["Ask Ada", 1, {"x": "ada"}], "b": null}));
        assert_eq!(clean, Some(json!({"ada": ["Ask [erased]", 1, {"x": "[erased]"}], "b": null})));
        assert_eq!(words.out_of_json(&json!({"ada": [1, "Bea"]})), None);
    }

    proptest! {
        #[test]
        fn what_was_taken_out_is_not_there_again(text in "\\PC{0,40}", word in "[a-zäß]{3,8}") {
            let words = words(&[&word]);
            for text in [text.clone(), format!("{text} {word} {text}")] {
                let clean = words.out_of(&text).unwrap_or_else(|| text.clone());
                prop_assert_eq!(words.out_of(&clean).filter(|_| word != "erased"), None);
            }
            let full = format!("{text} {word} {text}");
            prop_assert!(words.out_of(&full).is_some());
        }
    }
}
