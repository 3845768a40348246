//! Small sets of enum values as one integer column, one bit each, so that both databases filter them with the same `&`.

/// An enum whose values can be members of a set column. A value's bit is its place in [`Flag::ALL`], so that list may
/// grow at its end and never change otherwise.
pub trait Flag: Copy + PartialEq + 'static {
    /// All values, in the order of their bits; at most 31.
    const ALL: &'static [Self];

    /// The bit that stands for the value.
    fn bit(self) -> i32 {
        Self::ALL.iter().position(|flag| *flag == self).map_or(0, |place| 1 << place)
    }
}

/// The column's value for a set.
pub fn to_mask<F: Flag>(flags: impl IntoIterator<Item = F>) -> i32 {
    flags.into_iter().fold(0, |mask, flag| mask | flag.bit())
}

/// The set that a column's value stands for, in the order of [`Flag::ALL`]. Bits without a value are ignored.
#[must_use]
pub fn from_mask<F: Flag>(mask: i32) -> Vec<F> {
    F::ALL.iter().copied().filter(|flag| mask & flag.bit() != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::PricingModel;

    #[test]
    fn a_set_reads_back_without_repetition_and_in_order() {
        let mask = to_mask([PricingModel::Free, PricingModel::Usage, PricingModel::Free]);
        assert_eq!(mask, 0b1001);
        assert_eq!(from_mask::<PricingModel>(mask), [PricingModel::Usage, PricingModel::Free]);
        assert_eq!(from_mask::<PricingModel>(1 << 20), []);
    }
}
