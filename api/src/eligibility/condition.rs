//! A need as a condition on people: everybody who meets it, in one statement. Of three answers a condition knows two; so each
//! need becomes two conditions, what is met and what is not met, and who is in neither is unknown. No condition is ever NULL,
//! which would be lost in a negation.
//!
//! Each comparison is told by two questions of a whole number k: is it certainly k or more, is it certainly less.

mod held;

use chrono::{Datelike, NaiveDate};
use entity::{
    cadre,
    kind::{ExperienceKind, Role, Sex},
};
use sea_orm::{
    Condition,
    sea_query::{CaseStatement, Expr, ExprTrait, SelectStatement},
};

use crate::{
    cadre::read::{begun_by, cleared, kept},
    career::read::DECIDING,
    db::gate::{Alias, Gate},
    kernel::{
        fact::{Asked, Fact},
        need::{Compared, Limit, Need},
        number::{Comparator, Range},
        outcome::Outcome,
    },
};

/// Makes conditions on the table of people under its own name.
pub struct Conditions<'g> {
    gate: &'g Gate,
    on: NaiveDate,
    at: Alias,
    /// Whether what is made stands as one of several, or is negated with others. There PostgreSQL would read all rows of a
    /// table that could matter, to ask the few people of a page by them; so each is asked of one person at a time. Where all
    /// must hold it finds out itself from which of them to begin.
    apart: bool,
}

/// What is met, and what is not.
struct Both {
    met: Condition,
    unmet: Condition,
}

fn no() -> Condition {
    Condition::any().add(Gate::nothing())
}

fn not(it: &Condition) -> Condition {
    it.clone().not()
}

/// Whose sanctions the caller may read: of those who are reached by who decides about them, or one's own.
pub fn sanctions_known(at: &Alias, gate: &Gate) -> Condition {
    let own = gate.scope().person(&[Role::Cadre]).map(|person| at.col(cadre::Column::Id).eq(person));
    let reached = Condition::all().add(kept(at, gate, DECIDING)).add(cleared(at, gate));
    Condition::any().add(reached).add_option(own)
}

impl<'g> Conditions<'g> {
    /// On a day.
    pub fn new(gate: &'g Gate, on: NaiveDate) -> Self {
        Self { gate, on, at: Alias::own::<cadre::Entity>(), apart: false }
    }

    fn apart(&self) -> Self {
        Self { gate: self.gate, on: self.on, at: self.at.clone(), apart: true }
    }

    /// Everybody for whom a need comes out so.
    pub fn come(&self, need: &Need, outcome: Outcome) -> Condition {
        match outcome {
            Outcome::Met => self.told(need, true),
            Outcome::NotMet => self.told(need, false),
            Outcome::Unknown => {
                let apart = self.apart();
                Condition::all().add(not(&apart.told(need, true))).add(not(&apart.told(need, false)))
            }
            // A waiver is told per person.
            Outcome::Waived => no(),
        }
    }

    /// Who meets a need for certain, or does not meet it for certain.
    fn told(&self, need: &Need, met: bool) -> Condition {
        match need {
            Need::Fact(compared) => {
                let both = self.compared(compared);
                if met { both.met } else { both.unmet }
            }
            Need::Not(inner) => self.told(inner, !met),
            Need::All(parts) if met => parts.iter().fold(Condition::all(), |all, it| all.add(self.told(it, met))),
            Need::Any(parts) if !met => parts.iter().fold(Condition::all(), |all, it| all.add(self.told(it, met))),
            Need::All(parts) | Need::Any(parts) => {
                parts.iter().fold(no(), |any, it| any.add(self.apart().told(it, met)))
            }
            Need::AtLeast(count, parts) => {
                let number = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
                // Too many are not met for so many to be left.
                let enough = if met { *count } else { parts.len().saturating_sub(*count) + 1 };
                let so = |sum: Expr, it| sum.add(one_if(self.apart().told(it, met)));
                Condition::all().add(parts.iter().fold(Expr::val(0), so).gte(number(enough)))
            }
        }
    }

    fn compared(&self, it: &Compared) -> Both {
        let fact = it.asked.fact;
        match &it.limit {
            Limit::Number(limit) => self.ranged(&it.asked, limit.range()),
            Limit::Height(op, code) => {
                let height = fact.height(code).and_then(|it| i32::try_from(it).ok()).unwrap_or(0);
                let value = crate::kernel::number::Decimal::whole(height);
                self.ranged(&it.asked, crate::kernel::number::Num { op: *op, value }.range())
            }
            Limit::OneOf(codes) => self.one_of(&it.asked, codes),
            Limit::Day(op, day) => self.born(*op, *day),
        }
    }

    fn ranged(&self, asked: &Asked, range: Range) -> Both {
        let above = |max: i64| max.saturating_add(1);
        Both {
            met: Condition::all()
                .add_option(range.min.map(|min| self.at_least(asked, min)))
                .add_option(range.max.map(|max| self.under(asked, above(max)))),
            unmet: no()
                .add_option(range.min.map(|min| self.under(asked, min)))
                .add_option(range.max.map(|max| self.at_least(asked, above(max)))),
        }
    }

    /// Who has such rows on record.
    fn among(&self, theirs: SelectStatement) -> Condition {
        Condition::all().add(self.exists(theirs))
    }

    fn exists(&self, mut theirs: SelectStatement) -> Expr {
        if self.apart {
            theirs.limit(1).offset(0);
        }
        Expr::exists(theirs)
    }

    /// That a fact is certainly so much or more.
    fn at_least(&self, asked: &Asked, least: i64) -> Condition {
        let months = |times: i64| u32::try_from(least.saturating_mul(times).clamp(0, 12 * 500)).unwrap_or(0);
        match asked.fact {
            Fact::Age => {
                let birth = self.at.col(cadre::Column::BirthDate);
                Condition::all().add(birth.clone().is_not_null()).add(birth.lte(begun_by(self.on, months(12))))
            }
            Fact::MonthsAtLevel => self.among(self.levels(Some(months(1)), None)),
            Fact::MonthsAtRank => self.among(self.ranks(Some(months(1)), None)),
            Fact::MonthsInPost => self.among(self.posts(months(1))),
            Fact::GrassrootsMonths => self.among(self.experience(ExperienceKind::Grassroots, least)),
            Fact::SecondmentMonths => self.among(self.experience(ExperienceKind::Secondment, least)),
            Fact::Level => self.among(self.levels(None, Some(&from(asked.fact, least)))),
            Fact::Rank => self.among(self.ranks(None, Some(&from(asked.fact, least)))),
            Fact::Education | Fact::FullTimeEducation | Fact::Degree => {
                self.among(self.studied(asked.fact, &from(asked.fact, least)))
            }
            Fact::AnnualGrades => self.graded(asked, true, least),
            Fact::SanctionsInEffect => self.sanctioned(least),
            Fact::TitleGrade => self.among(self.titled(&from(asked.fact, least))),
            Fact::PartyMonths => {
                let joined = self.at.col(cadre::Column::PartyJoinedOn);
                Condition::all().add(joined.clone().is_not_null()).add(joined.lte(begun_by(self.on, months(1))))
            }
            // These have no order, and no limit that is a number.
            Fact::BirthDate | Fact::Sex | Fact::Status | Fact::PostRole | Fact::OrganizationKind | Fact::Declared => {
                no()
            }
        }
    }

    /// That a fact is certainly less.
    fn under(&self, asked: &Asked, limit: i64) -> Condition {
        if let (Fact::AnnualGrades, Some((_, years))) = (asked.fact, &asked.grades) {
            // So many years had other grades that not enough are left.
            return self.graded(asked, false, i64::from(*years) - limit + 1);
        }
        Condition::all().add(self.known(asked)).add(not(&self.at_least(asked, limit)))
    }

    fn known(&self, asked: &Asked) -> Condition {
        match asked.fact {
            Fact::SanctionsInEffect => sanctions_known(&self.at, self.gate),
            // The least that any of them can be.
            Fact::Level | Fact::Rank | Fact::Education | Fact::FullTimeEducation | Fact::Degree | Fact::TitleGrade => {
                self.at_least(asked, 1)
            }
            _ => self.at_least(asked, 0),
        }
    }

    fn one_of(&self, asked: &Asked, codes: &[&'static str]) -> Both {
        let (column, known) = match asked.fact {
            Fact::Declared => return self.signed(asked, codes),
            Fact::PostRole => return self.in_role(codes),
            Fact::OrganizationKind => {
                let kinds = |only: Option<&[&'static str]>| self.kept_by(only);
                let met = kinds(Some(codes));
                return Both { unmet: kinds(None).add(not(&met)), met };
            }
            Fact::Status => (self.at.col(cadre::Column::Status), Condition::all()),
            Fact::Sex => {
                let sex = self.at.col(cadre::Column::Sex);
                (sex.clone(), Condition::all().add(sex.ne(Sex::Unknown)))
            }
            fact => {
                let met = codes.iter().filter_map(|it| fact.height(it)).fold(no(), |any, height| {
                    any.add(self.apart().ranged(asked, Range { min: Some(height), max: Some(height) }).met)
                });
                return Both { unmet: Condition::all().add(self.known(asked)).add(not(&met)), met };
            }
        };
        let met = Condition::all().add(known.clone()).add(column.is_in(codes.iter().copied()));
        Both { unmet: known.add(not(&met)), met }
    }

    /// A day of birth counts as the first that it can mean; texts of dates are ordered so.
    fn born(&self, op: Comparator, day: NaiveDate) -> Both {
        let birth = self.at.col(cadre::Column::BirthDate);
        let (whole, first) = (day.to_string(), first_text(day));
        let met = match op {
            Comparator::Ge => Condition::all().add(birth.clone().gte(first)),
            Comparator::Gt => Condition::all().add(birth.clone().gt(whole)),
            Comparator::Le => Condition::all().add(birth.clone().lte(whole)),
            Comparator::Lt => Condition::all().add(birth.clone().lt(first)),
            Comparator::Eq => Condition::all().add(birth.clone().gte(first)).add(birth.clone().lte(whole)),
        };
        let known = Condition::all().add(birth.is_not_null());
        Both { unmet: known.clone().add(not(&met)), met: known.add(met) }
    }
}

fn one_if(condition: Condition) -> Expr {
    CaseStatement::new().case(condition, 1).finally(0).into()
}

/// The codes of a height or more.
fn from(fact: Fact, height: i64) -> Vec<&'static str> {
    fact.codes().into_iter().filter(|it| fact.height(it).is_some_and(|it| it >= height)).collect()
}

/// The shortest text of the same first day: who is known to be born in 1985 counts as born on 1 January.
fn first_text(day: NaiveDate) -> String {
    match (day.month(), day.day()) {
        (1, 1) => format!("{:04}", day.year()),
        (month, 1) => format!("{:04}-{month:02}", day.year()),
        _ => day.to_string(),
    }
}
