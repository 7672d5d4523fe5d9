//! Conditions on cadres by their dated facts and programmes. Each holds the day that it is asked of, so that a
//! remembered answer never outlives it.
//!
//! Dates are stored as text of which the unknown part is left out, so text order is the order of the first day that a
//! date can mean: exactly what the fields of one record compute.

use chrono::{Datelike, NaiveDate};
use entity::{
    cadre, experience,
    id::{Key, PoolId},
    kind::{CivilServantRank, ExperienceKind, FactState, MembershipState, PairSide, PairState},
    level_period, mentoring_pair, pair_part,
    partial_date::PartialDate,
    pool_membership, pool_tier, rank_period,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use serde::Serialize;

use crate::db::gate::{Alias, Gate};

/// From so many to so many, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Between {
    /// At least.
    pub min: Option<u32>,
    /// At most.
    pub max: Option<u32>,
}

/// The text of the last beginning from which so many full months have passed by a day.
pub fn begun_by(on: NaiveDate, months: u32) -> String {
    let months = i32::try_from(Ord::min(months, 12 * 500)).unwrap_or(0);
    let month = on.year() * 12 + on.month0().cast_signed() - months;
    format!("{:04}-{:02}-{:02}", Ord::max(month.div_euclid(12), 0), month.rem_euclid(12) + 1, on.day())
}

/// That a span holds on a day.
pub fn holds(from: Expr, to: Expr, on: NaiveDate) -> Condition {
    let on = on.to_string();
    let begun = Condition::any().add(from.clone().is_null()).add(from.lte(on.clone()));
    Condition::all().add(begun).add(Condition::any().add(to.clone().is_null()).add(to.gt(on)))
}

/// Born from one date to another, each as far as it is said.
pub fn born(at: &Alias, from: Option<PartialDate>, to: Option<PartialDate>) -> Condition {
    let birth = at.col(cadre::Column::BirthDate);
    // The shortest text of the same first day: a person known to be born in 1985 is born from 1985-01-01 on.
    let first = from.and_then(PartialDate::earliest).map(|day| match (day.month(), day.day()) {
        (1, 1) => format!("{:04}", day.year()),
        (month, 1) => format!("{:04}-{month:02}", day.year()),
        _ => day.to_string(),
    });
    let last = to.and_then(PartialDate::latest).map(|day| day.to_string());
    Condition::all().add_option(first.map(|text| birth.clone().gte(text))).add_option(last.map(|text| birth.lte(text)))
}

/// People who hold one of these ranks on a day.
pub fn ranked(gate: &Gate, ranks: &[CivilServantRank], on: NaiveDate) -> SelectStatement {
    let at = Alias::named("ranked");
    let held = holds(at.col(rank_period::Column::ValidFrom), at.col(rank_period::Column::ValidTo), on);
    gate.visible::<rank_period::Entity>(rank_period::Column::CadreId, &at)
        .cond_where(held)
        .and_where(at.col(rank_period::Column::State).eq(FactState::Recorded))
        .and_where(at.col(rank_period::Column::Rank).is_in(ranks.iter().copied()))
        .to_owned()
}

/// That so many full months have passed at the level held on a day.
pub fn months_at_level(id: &Expr, gate: &Gate, months: Between, on: NaiveDate) -> Condition {
    let people = |most_recent: String| {
        let at = Alias::named("levelled");
        let from = at.col(level_period::Column::ValidFrom);
        let held = holds(from.clone(), at.col(level_period::Column::ValidTo), on);
        gate.visible::<level_period::Entity>(level_period::Column::CadreId, &at)
            .cond_where(held)
            .and_where(at.col(level_period::Column::State).eq(FactState::Recorded))
            .and_where(from.lte(most_recent))
            .to_owned()
    };
    let longer = months.max.map(|max| id.clone().not_in_subquery(people(begun_by(on, max.saturating_add(1)))));
    Condition::all().add(id.clone().in_subquery(people(begun_by(on, months.min.unwrap_or(0))))).add_option(longer)
}

/// That so many months of grassroots experience are on record by a day. Nobody on record has less than none.
pub fn grassroots(id: &Expr, gate: &Gate, months: Between, on: NaiveDate) -> Condition {
    let people = |least: u32| {
        let at = Alias::named("rooted");
        gate.visible::<experience::Entity>(experience::Column::CadreId, &at)
            .and_where(at.col(experience::Column::State).eq(FactState::Recorded))
            .and_where(at.col(experience::Column::Kind).eq(ExperienceKind::Grassroots))
            .and_where(at.col(experience::Column::ValidFrom).lte(on.to_string()))
            .add_group_by([at.col(experience::Column::CadreId)])
            .and_having(Expr::cust(full_months("rooted", on)).gte(i64::from(least)))
            .to_owned()
    };
    let least = months.min.filter(|it| *it > 0).map(|min| id.clone().in_subquery(people(min)));
    let most = months.max.map(|max| id.clone().not_in_subquery(people(max.saturating_add(1))));
    Condition::all().add_option(least).add_option(most)
}

/// The sum of full months of the spans of a table until a day, as `PartialDate::full_months` counts them. An unknown
/// month counts as January, an unknown day as the first.
pub fn full_months(table: &str, on: NaiveDate) -> String {
    let whole = |date: &str| format!("substr({date} || '-01-01', 1, 10)");
    let (from, to) = (format!("\"{table}\".\"valid_from\""), format!("\"{table}\".\"valid_to\""));
    let end = format!("CASE WHEN {to} IS NULL OR {to} > '{on}' THEN '{on}' ELSE {} END", whole(&to));
    let begin = whole(&from);
    let part = |date: &str, at: u8, length: u8| format!("CAST(substr({date}, {at}, {length}) AS integer)");
    let difference = |at: u8, length: u8| format!("({} - {})", part(&end, at, length), part(&begin, at, length));
    let short = format!("(CASE WHEN {} < 0 THEN 1 ELSE 0 END)", difference(9, 2));
    let months = format!("{} * 12 + {} - {short}", difference(1, 4), difference(6, 2));
    format!("SUM(CASE WHEN {months} < 0 THEN 0 ELSE {months} END)")
}

/// People with an open membership of a pool, of one of its tiers where one is named, as far as it is disclosed.
pub fn pooled(gate: &Gate, pool: Option<PoolId>, tier: Option<&str>) -> SelectStatement {
    let at = Alias::named("pooled");
    let known = match pool {
        None => at.clone(),
        Some(pool) => at.clone().knowing(pool_membership::Column::PoolId, pool.uuid()),
    };
    let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
    let mut people = gate.visible::<pool_membership::Entity>(pool_membership::Column::CadreId, &known);
    people.and_where(at.col(pool_membership::Column::State).is_in(open));
    if let Some(pool) = pool {
        people.and_where(at.col(pool_membership::Column::PoolId).eq(pool));
    }
    if let Some(code) = tier {
        let tier = Alias::named("pooled_tier");
        let mut tiers = gate.visible::<pool_tier::Entity>(pool_tier::Column::Id, &tier);
        tiers.and_where(tier.col(pool_tier::Column::Code).eq(code));
        people.and_where(at.col(pool_membership::Column::TierId).in_subquery(tiers));
    }
    people
}

/// People in an active pair that the caller may see: on one side of it, or with a contact due before a day.
pub fn paired(gate: &Gate, side: Option<PairSide>, due_before: Option<NaiveDate>) -> SelectStatement {
    let (part, pair) = (Alias::named("paired_part"), Alias::named("paired"));
    let mut pairs = gate.visible::<mentoring_pair::Entity>(mentoring_pair::Column::Id, &pair);
    pairs.and_where(pair.col(mentoring_pair::Column::State).eq(PairState::Active));
    if let Some(day) = due_before {
        pairs.and_where(pair.col(mentoring_pair::Column::NextContactDue).lt(day));
    }
    let mut people = gate.raw::<pair_part::Entity>(pair_part::Column::CadreId, &part);
    people.and_where(part.col(pair_part::Column::PairId).in_subquery(pairs));
    people.and_where(part.col(pair_part::Column::LeftOn).is_null());
    if let Some(side) = side {
        people.and_where(part.col(pair_part::Column::Side).eq(side));
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_beginning_counts_exactly_so_many_months() {
        for (on, months, begin) in
            [("2024-02-29", 12, "2023-02-29"), ("2026-01-31", 2, "2025-11-31"), ("2026-03-01", 0, "2026-03-01")]
        {
            let on: NaiveDate = on.parse().unwrap();
            assert_eq!(begun_by(on, months), begin);
        }
        // Every beginning up to that text has passed so many months, and none after it.
        let on: NaiveDate = "2024-02-29".parse().unwrap();
        for begin in ["2023", "2023-02", "2023-02-28", "2023-03", "2023-03-01", "2022-12-31"] {
            let months = PartialDate::parse(begin).unwrap().full_months(on).unwrap();
            assert_eq!(months >= 12, *begin <= *begun_by(on, 12), "{begin}");
        }
    }
}
