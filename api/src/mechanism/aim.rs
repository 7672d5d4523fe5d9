//! How many a group should have: a count or a share, with its comparator; and how it stands.

use serde_json::{Value, json};

use crate::{
    kernel::{finding::Findings, node::Node, number::Comparator, share::Share},
    mechanism::object_schema,
};

/// So many, or such a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many.
    Count(u32),
    /// Such a part of a base.
    Share(Share),
}

/// What is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    /// How it is compared.
    pub op: Comparator,
    /// With what.
    pub size: Size,
    /// By how many "about" may differ.
    pub about: Option<u32>,
}

/// How an aim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How many are needed, or at most allowed.
    pub needed: u32,
    /// How many there are.
    pub actual: u32,
    /// How many are missing.
    pub missing: u32,
    /// How many there are too many.
    pub over: u32,
}

impl Standing {
    /// Whether the aim is met.
    pub const fn is_met(self) -> bool {
        self.missing == 0 && self.over == 0
    }
}

/// The keys of an aim.
pub const KEYS: [&str; 4] = ["op", "count", "share", "approx"];

/// The schema of those keys.
pub fn schema() -> Value {
    let share = object_schema(
        &["num", "den", "of", "round"],
        &json!({ "num": { "type": "integer" }, "den": { "type": "integer" }, "of": { "type": "string" }, "round": { "enum": ["CEIL", "FLOOR", "HALF_UP"] } }),
    );
    json!({ "op": { "enum": ["GE", "GT", "LE", "LT", "EQ"] }, "count": { "type": "integer" }, "share": share, "approx": { "type": "integer" } })
}

impl Aim {
    /// Reads the keys of an aim that stand in a place.
    pub fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let op = node.needed("op", findings).and_then(|it| it.one_of(Comparator::ALL, Comparator::text, findings));
        let about = node.get("approx").map(|it| it.whole(0, 1_000_000, findings));
        let size = match (node.get("count"), node.get("share")) {
            (Some(count), None) => count.whole(0, 10_000_000, findings).map(Size::Count),
            (None, Some(share)) => Share::read(&share, findings).map(Size::Share),
            (None, None) => {
                findings.add(&node.path, "aims at nothing: write count, or share");
                None
            }
            (Some(_), Some(share)) => {
                findings.add(&share.path, "stands beside count: keep one of the two");
                None
            }
        };
        if let (Some(Comparator::Lt), Some(Size::Count(0))) = (op, size) {
            findings.add(&node.path, "wants fewer than none, which can never be: write LE, or a larger count");
            return None;
        }
        Some(Self { op: op?, size: size?, about: about.flatten() })
    }

    /// How so many of a base stand.
    pub fn standing(self, actual: u32, base: u32) -> Standing {
        let written = match self.size {
            Size::Count(count) => count,
            Size::Share(share) => share.count(base),
        };
        let about = self.about.unwrap_or(0);
        let (least, most) = match self.op {
            Comparator::Ge => (Some(written), None),
            Comparator::Gt => (Some(written.saturating_add(1)), None),
            Comparator::Le => (None, Some(written)),
            Comparator::Lt => (None, Some(written.saturating_sub(1))),
            Comparator::Eq => (Some(written), Some(written)),
        };
        let short = least.map_or(0, |it| it.saturating_sub(actual));
        let over = most.map_or(0, |it| actual.saturating_sub(it));
        let beyond = |it: u32| if it > about { it } else { 0 };
        Standing { needed: least.or(most).unwrap_or(written), actual, missing: beyond(short), over: beyond(over) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::share::{Base, Rounding};

    #[test]
    fn an_aim_stands_exactly_where_it_says() {
        let share = |num, den, round| Size::Share(Share::new(num, den, Base::Members, round).unwrap());
        let stands = |op, size, about, actual, base| {
            let it = Aim { op, size, about }.standing(actual, base);
            (it.needed, it.missing, it.over)
        };
        // A fifth of 260 are 52, of 261 are 53.
        assert_eq!(stands(Comparator::Ge, share(20, 100, Rounding::Ceil), None, 50, 260), (52, 2, 0));
        assert_eq!(stands(Comparator::Ge, share(20, 100, Rounding::Ceil), None, 50, 261), (53, 3, 0));
        assert_eq!(stands(Comparator::Ge, share(1, 5, Rounding::Ceil), None, 2, 11), (3, 1, 0));
        assert_eq!(stands(Comparator::Gt, Size::Count(3), None, 3, 0), (4, 1, 0));
        assert_eq!(stands(Comparator::Le, Size::Count(3), None, 5, 0), (3, 0, 2));
        assert_eq!(stands(Comparator::Eq, Size::Count(300), Some(0), 301, 0), (300, 0, 1));
        assert_eq!(stands(Comparator::Eq, Size::Count(100), Some(5), 96, 0), (100, 0, 0));
    }
}
