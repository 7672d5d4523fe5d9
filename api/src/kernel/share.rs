//! Exact fractions with the base that they are a part of: a share without its base means nothing.

use crate::kernel::{finding::Findings, node::Node};

/// What a share is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Who is due to come.
    Due,
    /// Who is there.
    Present,
    /// Ballots that count.
    ValidBallots,
    /// Members.
    Members,
    /// Seats.
    Seats,
    /// Persons who are judged.
    Subjects,
    /// Days.
    Days,
    /// Units.
    Units,
}

impl Base {
    /// Every base.
    pub const ALL: &'static [Self] = &[
        Self::Due,
        Self::Present,
        Self::ValidBallots,
        Self::Members,
        Self::Seats,
        Self::Subjects,
        Self::Days,
        Self::Units,
    ];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Due => "DUE",
            Self::Present => "PRESENT",
            Self::ValidBallots => "VALID_BALLOTS",
            Self::Members => "MEMBERS",
            Self::Seats => "SEATS",
            Self::Subjects => "SUBJECTS",
            Self::Days => "DAYS",
            Self::Units => "UNITS",
        }
    }
}

/// What becomes of the part of a seat that a share yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// A part counts as one.
    Ceil,
    /// A part counts as none.
    Floor,
    /// A half counts as one.
    HalfUp,
}

impl Rounding {
    /// Every way to round one share. The largest remainder rounds several together: see [`split`].
    pub const ALL: &'static [Self] = &[Self::Ceil, Self::Floor, Self::HalfUp];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ceil => "CEIL",
            Self::Floor => "FLOOR",
            Self::HalfUp => "HALF_UP",
        }
    }
}

/// A fraction of a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    num: u32,
    den: u32,
    /// What it is a part of.
    pub of: Base,
    /// How a part of one counts.
    pub round: Rounding,
}

impl Share {
    /// So many out of so many.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn new(num: u32, den: u32, of: Base, round: Rounding) -> Result<Self, String> {
        match (num, den) {
            (_, 0) => Err("divides by 0: write a den of 1 or more".to_owned()),
            (num, den) if num > den => Err(format!("{num}/{den} is more than the whole: write num up to den")),
            _ => Ok(Self { num, den, of, round }),
        }
    }

    /// Reads `{"num": 20, "den": 100, "of": "MEMBERS", "round": "CEIL"}`.
    pub fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["num", "den", "of", "round"], findings) {
            return None;
        }
        let num = node.needed("num", findings).and_then(|it| it.whole(0, 1_000_000, findings));
        let den = node.needed("den", findings).and_then(|it| it.whole(0, 1_000_000, findings));
        let of = node.needed("of", findings).and_then(|it| it.one_of(Base::ALL, Base::text, findings));
        let round = node.needed("round", findings).and_then(|it| it.one_of(Rounding::ALL, Rounding::text, findings));
        match Self::new(num?, den?, of?, round?) {
            Ok(share) => Some(share),
            Err(why) => {
                findings.add(&node.path, why);
                None
            }
        }
    }

    /// Whether so many of a whole are at least the share of it. Exact: two thirds of 3 are 2. Of an empty group nothing
    /// is said.
    pub fn reached(self, part: u32, whole: u32) -> Option<bool> {
        let reached = u64::from(part) * u64::from(self.den) >= u64::from(whole) * u64::from(self.num);
        (whole > 0).then_some(reached)
    }

    /// How many of a whole it is.
    pub fn count(self, whole: u32) -> u32 {
        let (size, den) = (u64::from(whole) * u64::from(self.num), u64::from(self.den));
        let count = match self.round {
            Rounding::Ceil => size.div_ceil(den),
            Rounding::Floor => size / den,
            Rounding::HalfUp => (2 * size + den) / (2 * den),
        };
        u32::try_from(count).unwrap_or(whole)
    }
}

/// A whole split by weights, so that the parts sum to it: each part's whole number first, what is left to the largest
/// remainders, of equal ones the first. None where all weights are 0.
pub fn split(whole: u32, weights: &[u32]) -> Option<Vec<u32>> {
    let sum: u64 = weights.iter().map(|it| u64::from(*it)).sum();
    let exact = |weight: &u32| u64::from(whole) * u64::from(*weight);
    let mut parts: Vec<u64> = weights.iter().map(|it| exact(it).checked_div(sum)).collect::<Option<_>>()?;
    let mut order: Vec<(u64, usize)> = weights.iter().enumerate().map(|(at, it)| (exact(it) % sum, at)).collect();
    order.sort_by_key(|(rest, at)| (std::cmp::Reverse(*rest), *at));
    let left = u64::from(whole).saturating_sub(parts.iter().sum());
    for (_, at) in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(at) {
            *part += 1;
        }
    }
    parts.into_iter().map(|it| u32::try_from(it).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(num: u32, den: u32, round: Rounding) -> Share {
        Share::new(num, den, Base::Seats, round).unwrap()
    }

    #[test]
    fn shares_are_exact_and_round_as_they_say() {
        let third = |round| share(1, 3, round).count(8);
        assert_eq!([Rounding::Floor, Rounding::Ceil, Rounding::HalfUp].map(third), [2, 3, 3]);
        assert_eq!(share(1, 3, Rounding::Floor).count(9), 3);
        assert_eq!(share(30, 100, Rounding::Floor).count(20), 6);
        let two_thirds = share(2, 3, Rounding::Ceil);
        assert_eq!(
            [two_thirds.reached(2, 3), two_thirds.reached(65, 100), two_thirds.reached(0, 0)],
            [Some(true), Some(false), None]
        );
        assert!(Share::new(1, 0, Base::Due, Rounding::Ceil).unwrap_err().contains("divides by 0"));
        assert!(Share::new(3, 2, Base::Due, Rounding::Ceil).is_err());
    }

    #[test]
    fn a_split_sums_to_the_whole() {
        // Three, four and three of ten, among thirteen: 3.9, 5.2, 3.9.
        assert_eq!(split(13, &[3, 4, 3]), Some(vec![4, 5, 4]));
        assert_eq!(split(2, &[1, 1, 1]), Some(vec![1, 1, 0]));
        assert_eq!(split(5, &[0, 0]), None);
        for whole in 0..40 {
            assert_eq!(split(whole, &[5, 0, 7, 1]).unwrap().iter().sum::<u32>(), whole);
        }
    }
}
