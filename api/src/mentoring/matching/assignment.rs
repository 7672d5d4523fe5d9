//! The best assignment of mentors to mentees, each mentor having so many seats: as many mentees as possible have a mentor, of
//! all such assignments the one with the greatest weight, of those the one that spreads mentees most evenly. Optimal: the
//! assignment problem is solved by the Hungarian method of a library.
//!
//! A mentor stands in it once for each seat. Of all seats only those can matter that are among the best for somebody, as many
//! as there are mentees: the others of the batch take one fewer than that, so that one of them is always left.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use pathfinding::kuhn_munkres::{Weights, kuhn_munkres};

/// What a mentor can take on.
#[derive(Clone, Copy, Debug)]
pub struct Seats {
    /// How many more mentees; none for no limit.
    pub room: Option<u32>,
    /// How many already.
    pub load: u32,
}

/// One seat: whose, and the how manieth.
type Seat = (usize, u32);

/// What is weighed against what: a mentor at all before any weight, any weight before an even spread.
#[derive(Clone, Copy)]
struct Scale {
    any: i64,
    weight: i64,
}

/// The table of the method: a row for each mentee, a column for each seat, and one for each mentee who gets none.
struct Table<'a> {
    weights: &'a [Vec<Option<u32>>],
    loads: Vec<u32>,
    seats: Vec<Seat>,
    scale: Scale,
    sign: i64,
}

impl Table<'_> {
    fn value(&self, mentee: usize, (mentor, nth): Seat) -> Option<i64> {
        let weight = (*self.weights.get(mentee)?.get(mentor)?)?;
        let load = i64::from(*self.loads.get(mentor)?) + i64::from(nth);
        Some(self.scale.any + i64::from(weight) * self.scale.weight - load)
    }
}

impl Weights<i64> for Table<'_> {
    fn rows(&self) -> usize {
        self.weights.len()
    }

    fn columns(&self) -> usize {
        self.seats.len() + self.weights.len()
    }

    fn at(&self, row: usize, col: usize) -> i64 {
        let value = match self.seats.get(col) {
            Some(seat) => self.value(row, *seat).unwrap_or(-self.scale.any),
            None => 0,
        };
        value * self.sign
    }

    fn neg(&self) -> Self {
        Self { loads: self.loads.clone(), seats: self.seats.clone(), sign: -self.sign, ..*self }
    }
}

/// The mentor of each mentee. `weights` has a row for each mentee, and in it a weight for each mentor who may.
pub fn assign(weights: &[Vec<Option<u32>>], mentors: &[Seats]) -> Vec<Option<usize>> {
    if weights.is_empty() {
        return Vec::new();
    }
    let count = i64::try_from(weights.len()).unwrap_or(i64::MAX);
    let heaviest = weights.iter().flatten().flatten().max().copied().unwrap_or(0);
    let busiest = mentors.iter().map(|it| it.load).max().unwrap_or(0);
    let weight = count * (i64::from(busiest) + count) + 1;
    let scale = Scale { any: count * (i64::from(heaviest) + 1) * weight + 1, weight };
    let loads = mentors.iter().map(|it| it.load).collect();
    let mut table = Table { weights, loads, seats: Vec::new(), scale, sign: 1 };
    table.seats = seats(&table, mentors);
    let (_, columns) = kuhn_munkres(&table);
    let given = |(mentee, column): (usize, usize)| {
        let seat = *table.seats.get(column)?;
        table.value(mentee, seat).map(|_| seat.0)
    };
    columns.into_iter().enumerate().map(given).collect()
}

/// The seats that can matter.
fn seats(table: &Table<'_>, mentors: &[Seats]) -> Vec<Seat> {
    let all = table.weights.len();
    let mut wanted: HashMap<usize, u32> = HashMap::new();
    for mentee in 0..all {
        let room = |mentor: usize| mentors.get(mentor).map_or(0, |it| it.room.unwrap_or(u32::MAX));
        let first = |mentor: usize| Some((table.value(mentee, (mentor, 0))?, Reverse(mentor), 0));
        let mut best: BinaryHeap<(i64, Reverse<usize>, u32)> =
            (0..mentors.len()).filter(|it| room(*it) > 0).filter_map(first).collect();
        let mut listed = HashSet::new();
        for _ in 0..all {
            let Some((value, Reverse(mentor), nth)) = best.pop() else { break };
            listed.insert(mentor);
            if nth + 1 < room(mentor) {
                best.push((value - 1, Reverse(mentor), nth + 1));
            }
        }
        for mentor in listed {
            *wanted.entry(mentor).or_default() += 1;
        }
    }
    let mut seats: Vec<Seat> = Vec::new();
    for (mentor, wanted) in wanted {
        let room = mentors.get(mentor).and_then(|it| it.room).unwrap_or(u32::MAX);
        seats.extend((0..wanted.min(room)).map(|nth| (mentor, nth)));
    }
    seats.sort_unstable();
    seats
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// What an assignment is worth: how many have a mentor, their weights, and how even it is.
    type Worth = (usize, u32, Reverse<u32>);

    fn worth(weights: &[Vec<Option<u32>>], mentors: &[Seats], given: &[Option<usize>]) -> Worth {
        let pairs: Vec<_> = given.iter().enumerate().filter_map(|(mentee, it)| Some((mentee, (*it)?))).collect();
        let weight = pairs.iter().map(|(mentee, mentor)| weights[*mentee][*mentor].unwrap()).sum();
        let uneven = mentors.iter().enumerate().map(|(mentor, seats)| {
            let taken = u32::try_from(pairs.iter().filter(|it| it.1 == mentor).count()).unwrap();
            assert!(seats.room.is_none_or(|room| taken <= room), "mentor {mentor} has no room for {taken}");
            (0..taken).map(|nth| seats.load + nth).sum::<u32>()
        });
        (pairs.len(), weight, Reverse(uneven.sum()))
    }

    /// Tries every assignment there is.
    fn best(weights: &[Vec<Option<u32>>], mentors: &[Seats]) -> Worth {
        fn go(
            weights: &[Vec<Option<u32>>],
            mentors: &[Seats],
            given: &mut Vec<Option<usize>>,
            best: &mut Option<Worth>,
        ) {
            let Some(row) = weights.get(given.len()) else {
                *best = (*best).max(Some(worth(weights, mentors, given)));
                return;
            };
            for mentor in std::iter::once(None).chain((0..mentors.len()).map(Some)) {
                let taken = given.iter().filter(|it| it.is_some() && **it == mentor).count();
                let fits = |it: usize| {
                    row[it].is_some() && mentors[it].room.is_none_or(|room| taken < usize::try_from(room).unwrap())
                };
                if mentor.is_none_or(fits) {
                    given.push(mentor);
                    go(weights, mentors, given, best);
                    given.pop();
                }
            }
        }
        let mut found = None;
        go(weights, mentors, &mut Vec::new(), &mut found);
        found.unwrap()
    }

    #[test]
    fn it_is_as_good_as_the_best_of_all_assignments() {
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        let mut open = 0;
        for _ in 0..3000 {
            let (mentees, mentors) = (dice.random_range(1..=5), dice.random_range(0..=4));
            let heaviest = [0, 1, 3, 100][dice.random_range(0..4)];
            let mut weight = || (dice.random_range(0..4) > 0).then(|| dice.random_range(0..=heaviest));
            let weights: Vec<Vec<Option<u32>>> =
                (0..mentees).map(|_| (0..mentors).map(|_| weight()).collect()).collect();
            let mut seats = || Seats {
                room: (dice.random_range(0..4) > 0).then(|| dice.random_range(0..3)),
                load: dice.random_range(0..3),
            };
            let mentors: Vec<Seats> = (0..mentors).map(|_| seats()).collect();
            let given = assign(&weights, &mentors);
            assert_eq!(given.len(), mentees);
            let wanted = best(&weights, &mentors);
            assert_eq!(worth(&weights, &mentors, &given), wanted, "{weights:?} {mentors:?}");
            open += mentees - wanted.0;
        }
        assert!(open > 100, "only {open} went without: the cases are too easy");
    }

    #[test]
    fn nobody_is_spread_over_everybody() {
        let weights = vec![vec![Some(0); 4]; 8];
        let given = assign(&weights, &[Seats { room: None, load: 0 }; 4]);
        for mentor in 0..4 {
            assert_eq!(given.iter().filter(|it| **it == Some(mentor)).count(), 2);
        }
        assert_eq!(assign(&[], &[]), Vec::new());
    }
}
