//! Chance that repeats itself: the same seed throws the same county, keys included.
//!
//! Keys are UUIDv7 in shape, but their time is counted up from a fixed day, one millisecond a key, so that they sort in
//! the order of making and never tell when somebody started the demo.

use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use uuid::{Builder, Uuid};

/// 2025-01-01T00:00:00Z in milliseconds: the time of the first key.
const FIRST_KEY_MS: u64 = 1_735_689_600_000;

/// A seeded source of choices and keys.
pub struct Dice {
    rng: ChaCha8Rng,
    /// Keys made so far.
    keys: u64,
}

impl Dice {
    /// Dice that throw the same for the same seed, on every machine.
    pub fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), keys: 0 }
    }

    /// The next key.
    pub fn key(&mut self) -> Uuid {
        let tail: [u8; 10] = self.rng.random();
        let made_at_ms = FIRST_KEY_MS + self.keys;
        self.keys += 1;
        Builder::from_unix_timestamp_millis(made_at_ms, &tail).into_uuid()
    }

    /// A number from `low` to `high`, both included; `low` where they are the wrong way round.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        if low < high { self.rng.random_range(low..=high) } else { low }
    }

    /// Days from `low` to `high`, both included.
    pub fn days(&mut self, low: i32, high: i32) -> chrono::TimeDelta {
        chrono::TimeDelta::days(i64::from(self.between(low, high)))
    }

    /// True in so many of a hundred throws.
    pub fn chance(&mut self, percent: i32) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of a list; the default where it is empty.
    pub fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        self.pick_from(from).copied().unwrap_or_default()
    }

    /// One of a list, unless it is empty.
    pub fn pick_from<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.rng.random_range(0..from.len().max(1)))
    }

    /// One of a list of (weight, value); `otherwise` where no weight is left.
    pub fn weighted<T: Copy>(&mut self, from: &[(i32, T)], otherwise: T) -> T {
        let mut left = self.between(1, from.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in from {
            left -= weight;
            if left <= 0 {
                return *value;
            }
        }
        otherwise
    }

    /// Mixes a list.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        list.shuffle(&mut self.rng);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_in_the_order_of_making() {
        let mut dice = Dice::new(1);
        let keys: Vec<Uuid> = (0..1000).map(|_| dice.key()).collect();
        assert!(keys.is_sorted());
        assert!(keys.iter().all(|key| key.get_version_num() == 7 && key.get_variant() == uuid::Variant::RFC4122));
    }

    #[test]
    fn a_weight_of_zero_is_never_chosen() {
        let mut dice = Dice::new(2);
        assert!((0..500).all(|_| dice.weighted(&[(0, 'a'), (3, 'b'), (7, 'c')], 'd') != 'a'));
        assert_eq!(dice.weighted(&[], 'd'), 'd');
        assert_eq!(dice.pick::<i32>(&[]), 0);
    }
}
