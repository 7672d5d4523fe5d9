//! The best assignment of mentors to mentees, each mentor having so many seats: as many mentees as possible have a mentor, of
//! all such assignments the one with the greatest weight, of those the one that spreads mentees most evenly. Optimal: the
//! assignment problem is solved by the Hungarian method of a library.
//!
//! A mentor stands in it once for each seat. The table begins with the seats that would be taken if the mentees chose one
//! after the other, and one more for each mentor. Where the best assignment takes the last seat of a mentor who has room for
//! more, this one is given four times as many, everybody else one to spare, and all is assigned anew. A seat is worth less
//! than the one before it, so where every last seat stays free, no further one would be taken: it is the best of all.

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
type Seat = (usize, usize);

/// What is weighed against what: a mentor at all before any weight, any weight before an even spread.
#[derive(Clone, Copy)]
struct Scale {
    any: i64,
    weight: i64,
}

/// The table of the method: a row for each mentee, a column for each seat, and as many that are none as rows are more than
/// seats. A mentee in a seat that may not be taken gets none.
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
        let load = i64::from(*self.loads.get(mentor)?) + i64::try_from(nth).ok()?;
        Some(self.scale.any + i64::from(weight) * self.scale.weight - load)
    }
}

impl Weights<i64> for Table<'_> {
    fn rows(&self) -> usize {
        self.weights.len()
    }

    fn columns(&self) -> usize {
        self.seats.len().max(self.weights.len())
    }

    fn at(&self, row: usize, col: usize) -> i64 {
        self.seats.get(col).and_then(|seat| self.value(row, *seat)).unwrap_or(0) * self.sign
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
    let most = |mentor: &Seats| mentor.room.map_or(weights.len(), |it| (it as usize).min(weights.len()));
    let rooms: Vec<usize> = mentors.iter().map(most).collect();
    let mut listed = chosen(&table, &rooms);
    loop {
        let of = |(mentor, listed): (usize, &usize)| (0..*listed).map(move |nth| (mentor, nth));
        table.seats = listed.iter().enumerate().flat_map(of).collect();
        let (_, columns) = kuhn_munkres(&table);
        let taken = |(mentee, column): (usize, &usize)| {
            let seat = *table.seats.get(*column)?;
            table.value(mentee, seat).map(|_| seat)
        };
        let given: Vec<Option<Seat>> = columns.iter().enumerate().map(taken).collect();
        let mut taken = vec![0; mentors.len()];
        for (mentor, _) in given.iter().flatten() {
            if let Some(taken) = taken.get_mut(*mentor) {
                *taken += 1;
            }
        }
        let mut last =
            taken.iter().zip(&listed).zip(&rooms).map(|((taken, listed), room)| taken == listed && listed < room);
        if !last.any(|it| it) {
            return given.into_iter().map(|seat| Some(seat?.0)).collect();
        }
        let more = |((taken, listed), room): ((&usize, &usize), &usize)| {
            (*room).min(if taken == listed { listed * 4 } else { (taken + 2).max(*listed) })
        };
        listed = taken.iter().zip(&listed).zip(&rooms).map(more).collect();
    }
}

/// How many seats each mentor needs if the mentees choose one after the other, and one more where there is room.
fn chosen(table: &Table<'_>, rooms: &[usize]) -> Vec<usize> {
    let mut taken = vec![0; rooms.len()];
    for mentee in 0..table.weights.len() {
        let open = |(mentor, (taken, room)): (usize, (&usize, &usize))| {
            (taken < room).then_some(())?;
            Some((table.value(mentee, (mentor, *taken))?, mentor))
        };
        let best = taken.iter().zip(rooms).enumerate().filter_map(open).max_by_key(|it| it.0);
        if let Some(seat) = best.and_then(|(_, mentor)| taken.get_mut(mentor)) {
            *seat += 1;
        }
    }
    taken.iter().zip(rooms).map(|(taken, room)| (taken + 1).min(*room)).collect()
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

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
