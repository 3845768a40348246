//! Sorting of long lists of hashes: into heaps by their leading bits, each heap into small ones by the bits behind, and
//! these by comparing; heaps on all cores.
//!
//! Heaps fit into the caches, which a sort of the whole would not. Hashes are spread evenly, so hardly more than a few are
//! left to compare; where they are not, a small heap is longer, and sorted as any other list is.

use rayon::prelude::*;

/// Heaps, as a power of two.
const HEAP_BITS: u32 = 9;
/// Small heaps of one heap at most, as a power of two.
const SMALL_BITS: u32 = 12;
/// Shorter lists are sorted as they are.
const SHORT: usize = 1 << 14;

/// Sorts `items`. `key` gives a number that grows with the item.
pub(crate) fn sort<T: Ord + Copy + Send + Sync>(items: Vec<T>, key: impl Fn(&T) -> u64 + Sync) -> Vec<T> {
    let mut items = items;
    let Some(first) = items.first().copied().filter(|_| items.len() >= SHORT) else {
        items.sort_unstable();
        return items;
    };
    let used = items.iter().fold(0, |used, item| used | key(item));
    let shift = (u64::BITS - used.leading_zeros()).saturating_sub(HEAP_BITS);
    let mut heaps = vec![first; items.len()];
    let ends = scatter(&items, &mut heaps, HEAP_BITS, |item| key(item) >> shift);
    // The list as it came is no longer needed: the small heaps take its place.
    let pieces: Vec<(&[T], &mut [T])> = cut(&heaps, &mut items, &ends);
    pieces.into_par_iter().with_max_len(1).for_each(|(heap, to)| {
        let bits = heap.len().checked_ilog2().unwrap_or_default().min(SMALL_BITS).min(shift);
        let small = scatter(heap, to, bits, |item| key(item) >> (shift - bits));
        let mut start = 0;
        for end in small {
            if end > start + 1 {
                to.get_mut(start..end).unwrap_or_default().sort_unstable();
            }
            start = end;
        }
    });
    items
}

/// Puts items into heaps by the last `bits` of a number, in the order in which they came; gives where each heap ends.
fn scatter<T: Copy>(items: &[T], to: &mut [T], bits: u32, number: impl Fn(&T) -> u64) -> Vec<usize> {
    let mask = (1 << bits) - 1;
    let heap = |item: &T| number(item) as usize & mask;
    let mut places = vec![0_usize; mask + 1];
    for item in items {
        if let Some(count) = places.get_mut(heap(item)) {
            *count += 1;
        }
    }
    let mut next = 0;
    for place in &mut places {
        let count = *place;
        *place = next;
        next += count;
    }
    for item in items {
        if let Some(place) = places.get_mut(heap(item)) {
            if let Some(free) = to.get_mut(*place) {
                *free = *item;
            }
            *place += 1;
        }
    }
    places
}

/// Cuts two lists of one length at the same places.
fn cut<'a, T>(mut from: &'a [T], mut to: &'a mut [T], ends: &[usize]) -> Vec<(&'a [T], &'a mut [T])> {
    let mut pieces = Vec::with_capacity(ends.len());
    let mut start = 0;
    for end in ends {
        let (piece, rest) = from.split_at(end - start);
        let (place, free) = to.split_at_mut(end - start);
        pieces.push((piece, place));
        (from, to, start) = (rest, free, *end);
    }
    pieces
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
