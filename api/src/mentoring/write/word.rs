//! What is said of a pair: its plan while it runs, and what each side and the organization say of it.

use entity::{
    id::{PairEvaluationId, PairId},
    kind::{EvaluationSide, PairSide, PairState, Role},
    mentoring_pair, organization, pair_evaluation,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    mentoring::{
        rules,
        write::{Plan, as_mentor, parts_of, policed},
    },
    pool::rules as words,
};

/// Saves the plan and term of a pair that is not over. Fails with INVALID, STALE, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct SavePlan {
    /// The pair.
    pub id: PairId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// The whole plan.
    pub plan: Plan,
}

impl Command for SavePlan {
    const ACTION: Action = Action::PairPlanSave;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
        as_mentor(tx, before.id).await?;
        if matches!(before.state, PairState::Completed | PairState::EndedEarly) {
            let message = format!("The pair is {}: its plan is history.", before.state.text());
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
        }
        let plan_items = self.plan.kept(policed::of(tx, &before).await?.as_ref())?;
        let after = mentoring_pair::Model {
            plan_items,
            plan_goal: rules::plan("planGoal", self.plan.goal)?,
            plan_measures: rules::plan("planMeasures", self.plan.measures)?,
            term_ends_on: rules::term(self.plan.term_ends_on, before.started_on.unwrap_or_else(|| tx.today()))?,
            ..before.clone()
        };
        tx.update::<mentoring_pair::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Says something of a pair that has begun. Fails with INVALID, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct EvaluatePair {
    /// The pair.
    pub pair: PairId,
    /// As which side.
    pub side: EvaluationSide,
    /// The grade, a code of the keeper's policy.
    pub grade: String,
    /// What is said.
    pub summary: String,
}

impl Command for EvaluatePair {
    const ACTION: Action = Action::PairEvaluate;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let pair = tx.get::<mentoring_pair::Entity>(self.pair).await?;
        let summary = self.summary.trim();
        if !(1..=500).contains(&summary.chars().count()) {
            let why = format!("has {} characters; write 1 to 500", summary.chars().count());
            return Err(Error::invalid("summary", why));
        }
        let cadre_id = match self.side {
            EvaluationSide::Organization => {
                keeps(tx, &pair).await?;
                None
            }
            EvaluationSide::Mentor => Some(part(tx, &pair, Role::Mentor, PairSide::Mentor).await?),
            EvaluationSide::Mentee => Some(part(tx, &pair, Role::Cadre, PairSide::Mentee).await?),
        };
        if pair.state == PairState::Proposed {
            let message = "The pair is PROPOSED: there is nothing to evaluate before it has begun.";
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("pairId").into());
        }
        let grade = words::code("grade", &self.grade)?;
        if let Some(policy) = policed::of(tx, &pair).await? {
            policy.grade(&grade)?;
        }
        tx.insert::<pair_evaluation::Entity>(pair_evaluation::Model {
            id: PairEvaluationId::fresh(),
            pair_id: pair.id,
            side: self.side,
            cadre_id,
            grade,
            summary: summary.to_owned(),
            evaluated_on: tx.today(),
            evaluated_by: tx.account(),
            recorded_at: tx.now(),
            version: 1,
        })
        .await?;
        Ok(pair.id)
    }
}

/// That an officer keeps the pair.
async fn keeps(tx: &Writer<'_>, pair: &mentoring_pair::Model) -> Result<()> {
    let reader = tx.reader();
    let id = Alias::own::<organization::Entity>().col(organization::Column::Id);
    let kept = reader.gate().under(id.clone(), &[Role::OrganizationOfficer]);
    let keeper = reader.find::<organization::Entity>().filter(id.eq(pair.organization_id)).filter(kept).one().await?;
    keeper.map(|_| ()).ok_or(Error::Forbidden(Action::PairEvaluate))
}

/// The person behind the act, who takes this part in the pair.
async fn part(
    tx: &Writer<'_>,
    pair: &mentoring_pair::Model,
    role: Role,
    side: PairSide,
) -> Result<entity::id::CadreId> {
    let person = tx.reader().gate().scope().person(&[role]);
    let parts = parts_of(tx, pair.id).await?;
    let mine = parts.iter().find(|it| Some(it.cadre_id) == person && it.side == side);
    mine.map(|it| it.cadre_id).ok_or(Error::Forbidden(Action::PairEvaluate))
}
