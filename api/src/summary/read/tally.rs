//! Counts of today from the tally, whose rows say how many of what kind stand under an organization: a country is counted
//! as fast as a county.
//!
//! It is asked where it must come to what the people's own rows would: where one reach decides about everybody under the
//! organization, and nothing is counted by the day of a birth. It yields nothing for an organization that lies above
//! the reach, in which case the rows themselves are counted.

use chrono::{Datelike, NaiveDate};
use entity::{
    Table, cadre_tally,
    kind::{Role, SecrecyLevel},
};
use sea_orm::{
    Condition,
    sea_query::{CaseStatement, Expr, ExprTrait},
};

use crate::{
    auth::scope::Scope,
    cadre::read::ROWS,
    db::{
        gate::{Alias, Gate, Tally},
        reader::Reader,
    },
    error::Result,
    summary::read::{BANDS, COUNTING, GroupBy, Keys, SummarizeCadres},
};

impl Tally for cadre_tally::Entity {
    const OF: &'static [Table] = &[Table::Cadre, Table::OrganizationClosure];
    /// Where the organization is within reach, those within its tier, up to the secrecy ceiling.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let authority = Expr::cust("nullif(\"cadre_tally\".\"management_authority\", '')");
        let levels = SecrecyLevel::ALL.iter().filter(|it| **it <= gate.scope().ceiling()).copied();
        Condition::all()
            .add(gate.managed(at.col(cadre_tally::Column::AncestorId), authority, &COUNTING))
            .add(at.col(cadre_tally::Column::SecrecyLevel).is_in(levels))
    }
}

/// The counts of a question, where the tally tells them.
pub(super) async fn counts(question: &SummarizeCadres, reader: &Reader<'_>) -> Result<Option<Vec<(Keys, i64)>>> {
    if !tells(question, reader.gate().scope()) {
        return Ok(None);
    }
    let at = Alias::own::<cadre_tally::Entity>();
    let key = |by: &GroupBy| match by {
        GroupBy::Level => Expr::cust("nullif(\"cadre_tally\".\"position_level\", '')"),
        GroupBy::Sex => at.col(cadre_tally::Column::Sex),
        GroupBy::AgeBand | GroupBy::AgeBandInYear => band(&at, question.as_of.year()),
        GroupBy::BirthYear => Expr::cust("cast(nullif(\"cadre_tally\".\"birth_year\", 0) as text)"),
    };
    let keys: Vec<Expr> = question.group_by.iter().map(key).collect();
    let among = Condition::all().add(at.col(cadre_tally::Column::AncestorId).eq(question.organization));
    let people = at.col(cadre_tally::Column::People).sum();
    let rows = reader.sum_by::<cadre_tally::Entity>(among, &keys, people.if_null(Expr::cust("0"))).await?;
    Ok(Some(rows.into_iter().filter(|(_, count)| *count != 0).collect()).filter(|it: &Vec<_>| !it.is_empty()))
}

fn tells(question: &SummarizeCadres, scope: &Scope) -> bool {
    let by_birthday = question.group_by.contains(&GroupBy::AgeBand) && !ends_year(question.as_of);
    let one_reach = scope.reach_by_tier(&COUNTING).len() == 1;
    // Who sees rows here and only counts there is shown the difference of two counts.
    let two_sights = !scope.reach_by_tier(ROWS).is_empty() && !scope.reach_by_tier(&[Role::SummaryReader]).is_empty();
    // One counts oneself, whatever the ceiling.
    let oneself = scope.ceiling() < SecrecyLevel::TopSecret && scope.person(&[Role::Mentor, Role::Cadre]).is_some();
    !question.past && !by_birthday && one_reach && !two_sights && !oneself
}

/// Whether everybody born in a year has had a birthday by that day of it.
fn ends_year(day: NaiveDate) -> bool {
    (day.month(), day.day()) == (12, 31)
}

/// The youngest age of a row's band as text, as `read::band` tells it of the last day of a year.
fn band(at: &Alias, year: i32) -> Expr {
    let birth = at.col(cadre_tally::Column::BirthYear);
    let mut bands = CaseStatement::new().case(birth.clone().eq(Expr::cust("0")), Expr::cust("NULL"));
    for (_, from) in BANDS {
        let turned = Expr::cust((year - from).to_string());
        bands = bands.case(birth.clone().lte(turned), Expr::cust(format!("'{from}'")));
    }
    bands.finally(Expr::cust("'0'")).into()
}
