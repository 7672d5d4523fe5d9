//! What was so on a day before today: conditions and expressions over the dated rows, for counts of that day.
//!
//! What is dated is told as of the day: who kept a person, whether they were in post, their level, where a membership or
//! pair stood. The rest (sex, disclosure, the tree, who may count whom) is as it is now, because nothing dates it.
//!
//! Rows are read here without their policies: each is of a row that is counted anyway, as its own columns are.

use chrono::NaiveDate;
use entity::{
    Noun, cadre, cadre_transfer,
    kind::{CadreStatus, FactState, PairStepKind, TransferState},
    level_period, membership_step, mentoring_pair, pair_contact, pair_step, pool_membership, post_assignment,
};
use sea_orm::{
    Condition,
    sea_query::{BinOper, CaseStatement, Expr, ExprTrait, Func, Order, SelectStatement, SubQueryStatement},
};

use crate::{
    cadre::read::holds,
    db::gate::{Alias, Gate},
    mentoring::rules::due_after,
};

/// What divides the parts of a text that `pair_course` makes.
const PARTS: char = '|';

fn one(mut select: SelectStatement) -> Expr {
    select.limit(1);
    Expr::from(SubQueryStatement::SelectStatement(select))
}

/// Who kept a person: the giver of the first move after the day, or who keeps them now.
pub fn keeper(at: &Alias, gate: &Gate, on: NaiveDate) -> Expr {
    let later = Alias::named("later_move");
    let (day, id) = (later.col(cadre_transfer::Column::EffectiveOn), later.col(cadre_transfer::Column::Id));
    let mut moves = gate.raw::<cadre_transfer::Entity>(cadre_transfer::Column::FromId, &later);
    moves
        .and_where(later.col(cadre_transfer::Column::CadreId).eq(at.col(cadre::Column::Id)))
        .and_where(later.col(cadre_transfer::Column::State).eq(TransferState::Completed))
        .and_where(day.clone().gt(on))
        .order_by_expr(day, Order::Asc)
        .order_by_expr(id, Order::Asc);
    Func::coalesce([one(moves), at.col(cadre::Column::OrganizationId)]).into()
}

/// That a person was in post: is so now and had begun by then, or is gone now and held a post then. Who has no dated post
/// counts as the record says.
pub fn in_post(at: &Alias, gate: &Gate, on: NaiveDate) -> Condition {
    let post = Alias::named("then_post");
    let posts = || {
        let mut posts = gate.raw::<post_assignment::Entity>(post_assignment::Column::Id, &post);
        posts
            .and_where(post.col(post_assignment::Column::CadreId).eq(at.col(cadre::Column::Id)))
            .and_where(post.col(post_assignment::Column::IsPrimary).eq(true))
            .and_where(post.col(post_assignment::Column::State).eq(FactState::Recorded));
        posts
    };
    let (from, to) = (post.col(post_assignment::Column::ValidFrom), post.col(post_assignment::Column::ValidTo));
    let begun = posts().and_where(from.clone().is_null().or(from.clone().lte(on.to_string()))).to_owned();
    let held = posts().cond_where(holds(from, to, on)).to_owned();
    let now = at.col(cadre::Column::Status).eq(CadreStatus::InPost);
    let begun = Condition::any().add(Expr::exists(begun)).add(Expr::not_exists(posts()));
    Condition::any()
        .add(Condition::all().add(now.clone()).add(begun))
        .add(Condition::all().add(now.not()).add(Expr::exists(held)))
}

/// The level of a person: the one held on the day, or the record's where no level is dated.
pub fn level(at: &Alias, gate: &Gate, on: NaiveDate) -> Expr {
    let period = Alias::named("then_level");
    let levels = || {
        let mut levels = gate.raw::<level_period::Entity>(level_period::Column::Level, &period);
        levels
            .and_where(period.col(level_period::Column::CadreId).eq(at.col(cadre::Column::Id)))
            .and_where(period.col(level_period::Column::State).eq(FactState::Recorded));
        levels
    };
    let (from, to) = (period.col(level_period::Column::ValidFrom), period.col(level_period::Column::ValidTo));
    let mut held = levels();
    held.cond_where(holds(from.clone(), to, on))
        .order_by_expr(Func::coalesce([from, Expr::cust("''")]).into(), Order::Desc)
        .order_by_expr(period.col(level_period::Entity::ID), Order::Desc);
    let undated = CaseStatement::new().case(Expr::not_exists(levels()), at.col(cadre::Column::PositionLevel));
    Func::coalesce([one(held), undated.into()]).into()
}

/// A column of the last step of a membership by the day; null before it was proposed, as `stateAsOf` tells it.
pub fn membership(at: &Alias, gate: &Gate, on: NaiveDate, column: membership_step::Column) -> Expr {
    let step = Alias::named("then_step");
    let mut steps = gate.raw::<membership_step::Entity>(column, &step);
    steps
        .and_where(step.col(membership_step::Column::MembershipId).eq(at.col(pool_membership::Column::Id)))
        .and_where(step.col(membership_step::Column::DecidedOn).lte(on));
    let order = [membership_step::Column::DecidedOn, membership_step::Column::RecordedAt, membership_step::Column::Id];
    order.into_iter().for_each(|by| {
        steps.order_by_expr(step.col(by), Order::Desc);
    });
    one(steps)
}

/// Where a pair stood by its last step by the day; null before it was proposed, as `stateAsOf` tells it.
pub fn pair_state(at: &Alias, gate: &Gate, on: NaiveDate) -> Expr {
    let step = Alias::named("then_pair_step");
    let mut steps = pair_steps(at, gate, on, &step, pair_step::Column::State);
    let order = [pair_step::Column::DecidedOn, pair_step::Column::RecordedAt, pair_step::Column::Id];
    order.into_iter().for_each(|by| {
        steps.order_by_expr(step.col(by), Order::Desc);
    });
    one(steps)
}

fn pair_steps(at: &Alias, gate: &Gate, on: NaiveDate, step: &Alias, column: pair_step::Column) -> SelectStatement {
    let mut steps = gate.raw::<pair_step::Entity>(column, step);
    steps
        .and_where(step.col(pair_step::Column::PairId).eq(at.col(mentoring_pair::Column::Id)))
        .and_where(step.col(pair_step::Column::DecidedOn).lte(on));
    steps
}

/// What decides whether a contact of a pair was overdue, as one text for `was_overdue`: state, cadence, the last contact
/// and the last beginning by the day. No expression adds days to a day in both databases.
pub fn pair_course(at: &Alias, gate: &Gate, on: NaiveDate) -> Expr {
    let (contact, begun) = (Alias::named("then_contact"), Alias::named("then_begun"));
    let mut contacts = gate.raw::<pair_contact::Entity>(pair_contact::Column::HeldOn, &contact);
    contacts
        .and_where(contact.col(pair_contact::Column::PairId).eq(at.col(mentoring_pair::Column::Id)))
        .and_where(contact.col(pair_contact::Column::HeldOn).lte(on))
        .order_by_expr(contact.col(pair_contact::Column::HeldOn), Order::Desc);
    let mut beginnings = pair_steps(at, gate, on, &begun, pair_step::Column::DecidedOn);
    beginnings
        .and_where(begun.col(pair_step::Column::Kind).is_in([PairStepKind::Activated, PairStepKind::Resumed]))
        .order_by_expr(begun.col(pair_step::Column::DecidedOn), Order::Desc);
    let text = |it: Expr| Expr::from(Func::coalesce([it.cast_as("text"), Expr::cust("''")]));
    let parts = [
        text(pair_state(at, gate, on)),
        text(at.col(mentoring_pair::Column::ContactEveryDays)),
        text(one(contacts)),
        text(one(beginnings)),
    ];
    let joined = |one: Expr, other: Expr| {
        let joint = Expr::cust(format!("'{PARTS}'"));
        one.binary(BinOper::Custom("||"), joint).binary(BinOper::Custom("||"), other)
    };
    parts.into_iter().reduce(joined).unwrap_or_else(|| Expr::cust("''"))
}

/// Whether a contact was overdue on a day, by a text of `pair_course`.
pub fn was_overdue(course: &str, on: NaiveDate) -> bool {
    let mut parts = course.split(PARTS);
    let (state, every) = (parts.next(), parts.next().and_then(|it| it.parse().ok()));
    let last = parts.filter_map(|it| it.parse::<NaiveDate>().ok()).max();
    let due = last.zip(every).and_then(|(last, every)| due_after(last, every));
    state == Some(entity::kind::PairState::Active.text()) && due.is_some_and(|due| due < on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_was_overdue_when_none_was_held_in_time() {
        let on = "2026-03-02".parse().unwrap();
        for (course, overdue) in [
            ("ACTIVE|30|2026-01-30|2025-01-01", true),
            ("ACTIVE|30|2026-01-31|2025-01-01", false),
            ("ACTIVE|30||2026-01-30", true),
            ("ACTIVE|30|2025-01-01|2026-01-31", false),
            ("SUSPENDED|30|2020-01-01|2020-01-01", false),
            ("ACTIVE|30||", false),
            ("", false),
        ] {
            assert_eq!(was_overdue(course, on), overdue, "{course}");
        }
    }
}
