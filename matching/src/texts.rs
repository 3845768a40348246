//! Many short texts, kept one behind the other.

/// Texts by the order in which they came. All together have at most 2^32 bytes.
#[derive(Default)]
pub(crate) struct Texts {
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    /// Room for so many texts of so many bytes together.
    pub(crate) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self { text: Vec::with_capacity(bytes), ends: Vec::with_capacity(texts) }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len() as u32);
    }

    /// Bytes of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// A text by its place; empty where there is none.
    pub(crate) fn get(&self, place: u32) -> &[u8] {
        let place = place as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}
