//! Exact numbers and how they are compared: the comparator is always said, and nothing is ever rounded.

use serde_json::Value;

/// Millionths in one.
const SCALE: i64 = 1_000_000;
/// Digits after the point that a number may have.
const PLACES: usize = 6;
/// Digits before the point that a number may have: what every JSON reader keeps exactly beside those after it.
const DIGITS: usize = 9;

/// An exact decimal number of at most nine digits before the point and six after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i64);

impl Decimal {
    /// A whole number.
    pub fn whole(number: i32) -> Self {
        Self(i64::from(number) * SCALE)
    }

    /// Reads `36`, `2.5` or `-1`; no exponents, which hide how exact a number is.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let all = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
        if !all(whole) || !all(part) || whole.len() > DIGITS || part.len() > PLACES {
            return Err(format!(
                "'{text}' is no exact number: write digits such as 36 or 2.5, at most {DIGITS} before the point and {PLACES} after it"
            ));
        }
        let (whole, part) = (whole.parse::<i64>(), format!("{part:0<PLACES$}").parse::<i64>());
        let (Ok(whole), Ok(part)) = (whole, part) else { return Err(format!("'{text}' is no number")) };
        let size = whole * SCALE + part;
        Ok(Self(if negative { -size } else { size }))
    }

    /// The number of a JSON number, or of a text of digits.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn of(value: &Value) -> Result<Self, String> {
        match value {
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::String(text) => Self::parse(text),
            _ => Err("is no number: write digits such as 36 or 2.5".to_owned()),
        }
    }

    /// The sum; none where it grows too large.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// So many times as much; none where it grows too large.
    pub fn times(self, factor: i64) -> Option<Self> {
        self.0.checked_mul(factor).map(Self)
    }

    /// The largest whole number that is not above it.
    pub fn floor(self) -> i64 {
        self.0.div_euclid(SCALE)
    }

    /// The smallest whole number that is not below it.
    pub fn ceil(self) -> i64 {
        self.0.div_euclid(SCALE) + i64::from(self.0.rem_euclid(SCALE) != 0)
    }

    /// Whether nothing stands after its point.
    pub fn is_whole(self) -> bool {
        self.0 % SCALE == 0
    }
}

impl From<Decimal> for String {
    fn from(it: Decimal) -> Self {
        let (sign, size) = (if it.0 < 0 { "-" } else { "" }, it.0.unsigned_abs());
        let (whole, part) = (size / SCALE.unsigned_abs(), size % SCALE.unsigned_abs());
        let part = format!("{part:06}");
        match part.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            part => format!("{sign}{whole}.{part}"),
        }
    }
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparator {
    /// At least.
    Ge,
    /// More than.
    Gt,
    /// At most.
    Le,
    /// Less than.
    Lt,
    /// The same.
    Eq,
}

impl Comparator {
    /// Every comparator.
    pub const ALL: &'static [Self] = &[Self::Ge, Self::Gt, Self::Le, Self::Lt, Self::Eq];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ge => "GE",
            Self::Gt => "GT",
            Self::Le => "LE",
            Self::Lt => "LT",
            Self::Eq => "EQ",
        }
    }

    /// The comparator of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|it| it.text() == text).copied()
    }

    /// Whether two values stand so to each other.
    pub fn holds<T: Ord>(self, one: &T, other: &T) -> bool {
        match self {
            Self::Ge => one >= other,
            Self::Gt => one > other,
            Self::Le => one <= other,
            Self::Lt => one < other,
            Self::Eq => one == other,
        }
    }
}

/// A limit with its comparator: `{op: GE, value: 2.5}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Num {
    /// How it is compared.
    pub op: Comparator,
    /// With what.
    pub value: Decimal,
}

/// The whole numbers from one to another, both included, each end open where it says nothing. An empty one, which
/// no whole number meets, begins after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// At least.
    pub min: Option<i64>,
    /// At most.
    pub max: Option<i64>,
}

impl Num {
    /// Whether a number meets it.
    pub fn holds(self, number: Decimal) -> bool {
        self.op.holds(&number, &self.value)
    }

    /// The whole numbers that meet it.
    pub fn range(self) -> Range {
        let (floor, ceil) = (self.value.floor(), self.value.ceil());
        match self.op {
            Comparator::Ge => Range { min: Some(ceil), max: None },
            Comparator::Gt => Range { min: Some(floor + 1), max: None },
            Comparator::Le => Range { min: None, max: Some(floor) },
            Comparator::Lt => Range { min: None, max: Some(ceil - 1) },
            Comparator::Eq => Range { min: Some(ceil), max: Some(floor) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_or_refused() {
        for text in ["0", "36", "2.5", "-1", "0.000001", "999999999.999999", "-0.5"] {
            assert_eq!(String::from(Decimal::parse(text).unwrap()), text);
        }
        for text in ["", "-", ".5", "5.", "1e3", "0.0000001", "1234567890", "٣", "+1", "1,5", "NaN", "1.2.3"] {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
        // What floating point gets wrong.
        let tenth = Decimal::of(&serde_json::json!(0.1)).unwrap();
        assert_eq!(tenth.times(3), Some(Decimal::of(&serde_json::json!(0.3)).unwrap()));
        assert_eq!(
            Decimal::of(&serde_json::json!(true)),
            Err("is no number: write digits such as 36 or 2.5".to_owned())
        );
    }

    #[test]
    fn a_range_holds_exactly_the_whole_numbers_that_the_limit_holds() {
        for op in Comparator::ALL {
            for text in ["-1.5", "-1", "0", "0.5", "1", "2.999999"] {
                let limit = Num { op: *op, value: Decimal::parse(text).unwrap() };
                let Range { min, max } = limit.range();
                for number in -4..=4 {
                    let inside = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
                    let number = Decimal::whole(i32::try_from(number).unwrap());
                    assert_eq!(inside, limit.holds(number), "{op:?} {text}");
                }
            }
        }
    }
}
