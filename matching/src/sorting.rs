//! Sorting of long lists of hashes: first into heaps by their leading bits, then each heap by itself, on all cores.
//!
//! Heaps fit into the caches, which a sort of the whole would not; hashes are spread evenly, so heaps are of one size.

use rayon::prelude::*;

/// Heaps; a power of two.
const HEAPS: usize = 1 << 9;
/// Shorter lists are sorted as they are.
const SHORT: usize = 1 << 14;

/// Sorts `items`. `heap` gives a number that grows with the item; its leading bits choose the heap.
pub(crate) fn sort<T: Ord + Copy + Send + Sync>(items: Vec<T>, heap: impl Fn(&T) -> u64) -> Vec<T> {
    let mut items = items;
    let Some(first) = items.first().copied().filter(|_| items.len() >= SHORT) else {
        items.sort_unstable();
        return items;
    };
    let most = items.iter().map(&heap).max().unwrap_or_default();
    let shift = (u64::BITS - most.leading_zeros()).saturating_sub(HEAPS.trailing_zeros());
    let heap = |item: &T| (heap(item) >> shift) as usize % HEAPS;
    let mut ends = [0_usize; HEAPS];
    for item in &items {
        if let Some(end) = ends.get_mut(heap(item)) {
            *end += 1;
        }
    }
    let lengths = ends;
    let mut next = 0;
    for end in &mut ends {
        let length = *end;
        *end = next;
        next += length;
    }
    let mut sorted = vec![first; items.len()];
    for item in &items {
        if let Some(place) = ends.get_mut(heap(item)) {
            if let Some(to) = sorted.get_mut(*place) {
                *to = *item;
            }
            *place += 1;
        }
    }
    drop(items);
    let mut rest = sorted.as_mut_slice();
    let mut heaps = Vec::with_capacity(HEAPS);
    for length in lengths {
        let (heap, after) = rest.split_at_mut(length);
        heaps.push(heap);
        rest = after;
    }
    heaps.into_par_iter().with_max_len(1).for_each(<[T]>::sort_unstable);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

        #[test]
        fn it_sorts(seed: u64, length in 0_usize..3 * SHORT, most in 1_u64..) {
            let items: Vec<u64> =
                (0..length as u64).map(|at| crate::hash::join(seed, at) % most).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            prop_assert_eq!(sort(items, |item| *item), expected);
        }
    }
}
