//! Whether a person meets a need: met, not met, or not known. What is unknown is neither zero nor false, and stays so as far
//! as it matters: a need that the unknown can't change is answered all the same.

use chrono::NaiveDate;
use entity::partial_date::PartialDate;

use crate::kernel::{
    fact::{Asked, Fact},
    need::{Compared, Limit, Need},
    number::{Comparator, Decimal, Num},
};

/// The answer of a need or criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Outcome {
    /// It is so.
    Met,
    /// It is not so.
    NotMet,
    /// What is on record does not say.
    Unknown,
    /// It is not so, or not known, and whoever may let it pass did. No evaluation yields it.
    Waived,
}

impl std::ops::Not for Outcome {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::Met => Self::NotMet,
            Self::NotMet => Self::Met,
            Self::Unknown => Self::Unknown,
            Self::Waived => Self::Waived,
        }
    }
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing of it is on record.
    NotOnRecord,
    /// It is not for the caller.
    NotForCaller,
}

/// What is known of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// A number; where only a part is on record, all that it can be, both ends included.
    Number(i64, i64),
    /// A code.
    Code(&'static str),
    /// A day, as far as it is known; it counts as the first that it can mean.
    Day(PartialDate),
    /// Nothing.
    Nothing(Missing),
}

/// What is known of a fact, and where from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What is known.
    pub known: Known,
    /// Where it stands: the table of facts, and what the row says of its source.
    pub source: Option<String>,
    /// Since when it is so, as far as known.
    pub since: Option<PartialDate>,
}

/// One comparison of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What was compared.
    pub compared: Compared,
    /// With what.
    pub input: Input,
    /// What came of it.
    pub outcome: Outcome,
}

/// Evaluates a need, and puts down every comparison, from left to right: none is skipped, for a reader wants all of them.
pub fn evaluate(need: &Need, read: &impl Fn(&Asked) -> Input, told: &mut Vec<Explained>) -> Outcome {
    let mut each = |parts: &[Need]| -> Vec<Outcome> { parts.iter().map(|it| evaluate(it, read, told)).collect() };
    match need {
        Need::All(parts) => {
            let outcomes = each(parts);
            at_least(outcomes.len(), &outcomes)
        }
        Need::Any(parts) => at_least(1, &each(parts)),
        Need::AtLeast(count, parts) => at_least(*count, &each(parts)),
        Need::Not(inner) => !evaluate(inner, read, told),
        Need::Fact(compared) => {
            let input = read(&compared.asked);
            let outcome = compare(compared.asked.fact, &compared.limit, &input.known);
            told.push(Explained { compared: compared.clone(), input, outcome });
            outcome
        }
    }
}

fn at_least(count: usize, outcomes: &[Outcome]) -> Outcome {
    let number = |wanted: Outcome| outcomes.iter().filter(|it| **it == wanted).count();
    let (met, unknown) = (number(Outcome::Met), number(Outcome::Unknown));
    if met >= count {
        Outcome::Met
    } else if met + unknown >= count {
        Outcome::Unknown
    } else {
        Outcome::NotMet
    }
}

/// Compares what is known of a fact with a limit.
pub fn compare(fact: Fact, limit: &Limit, known: &Known) -> Outcome {
    let so = |it: bool| if it { Outcome::Met } else { Outcome::NotMet };
    match (limit, known) {
        (Limit::Number(limit), Known::Number(low, high)) => number(*limit, *low, *high),
        (Limit::Height(op, code), Known::Code(held)) => match (fact.height(held), fact.height(code)) {
            (Some(held), Some(wanted)) => so(op.holds(&held, &wanted)),
            _ => Outcome::Unknown,
        },
        (Limit::OneOf(codes), Known::Code(held)) => so(codes.contains(held)),
        (Limit::Day(op, day), Known::Day(date)) => {
            date.earliest().map_or(Outcome::Unknown, |it: NaiveDate| so(op.holds(&it, day)))
        }
        _ => Outcome::Unknown,
    }
}

/// A limit on a number of which only the ends are known.
fn number(limit: Num, low: i64, high: i64) -> Outcome {
    let holds = |it: i64| i32::try_from(it).is_ok_and(|it| limit.holds(Decimal::whole(it)));
    let outside =
        |it: i64, op: Comparator| i32::try_from(it).is_ok_and(|it| op.holds(&Decimal::whole(it), &limit.value));
    match (holds(low), holds(high)) {
        (true, true) => Outcome::Met,
        // Between two numbers that are not the wanted one it may lie all the same.
        (false, false)
            if limit.op == Comparator::Eq && outside(low, Comparator::Lt) && outside(high, Comparator::Gt) =>
        {
            Outcome::Unknown
        }
        (false, false) => Outcome::NotMet,
        _ => Outcome::Unknown,
    }
}
