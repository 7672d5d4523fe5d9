//! The daily round over what is due: whose day passed with nothing done is told so, and what a policy proposes because of it
//! is put down for who keeps the organization. A proposal to somebody, never an act.
//!
//! Each step of an item is a row that can't be there twice. So a round that is broken off, or made by two processes at once,
//! may begin anew at any point: it puts down what is missing, and tells of nothing again.

use std::collections::BTreeSet;

use chrono::{Days, Months, NaiveDate};
use entity::{duty_step, id::DutyStepId};
use serde::Serialize;

use crate::{
    auth::policy::Job,
    db::{
        jobs::Daily,
        session::{Command, Session, Terms},
        writer::Writer,
    },
    duty::{
        due::{Due, Window},
        read::{
            DutiesOf, Whose,
            steps::{RoundPlaces, StepKey, StepsPutDown},
        },
        rules::Status,
    },
    error::{Action, Error, Result},
};

/// Steps of one transaction.
const BATCH: usize = 500;
/// How far back the round looks for what is overdue, in months, as far as `duties` tells where nobody says.
const BACK: Months = Months::new(12);

/// The daily round.
pub enum Round {}

impl Daily for Round {
    const NAME: &'static str = "duty_round";
    const JOB: Job = Job::DutyRound;
    async fn work(session: &Session, last: Option<NaiveDate>, day: NaiveDate) -> Result<()> {
        let yesterday = day.checked_sub_days(Days::new(1)).unwrap_or(day);
        let from = yesterday.checked_sub_months(BACK).unwrap_or(yesterday);
        // What was due before the first round of all is not news.
        let news = Ord::max(from, last.unwrap_or(yesterday));
        for (policy, place) in session.ask(&RoundPlaces { day }).await? {
            let window = Window { from, to: yesterday, today: day };
            let due = session.ask(&DutiesOf { whose: Whose::Place { policy, place }, window }).await?;
            let overdue = due.into_iter().filter(|it| it.status == Status::Overdue);
            let reached: Vec<_> = overdue.flat_map(|it| steps(&it, news, day)).collect();
            for some in reached.chunks(BATCH) {
                put_down(session, some).await?;
            }
        }
        Ok(())
    }
}

/// The steps of an overdue item that were reached by a day.
fn steps(due: &Due, news: NaiveDate, day: NaiveDate) -> Vec<duty_step::Model> {
    let row = |step: usize, proposed: Option<String>| duty_step::Model {
        id: DutyStepId::fresh(),
        edition_id: due.edition,
        code: due.code.clone(),
        organization_id: due.about.place,
        subject_kind: due.about.kind,
        subject_id: due.about.id,
        cadre_id: due.about.owner,
        due_on: due.due_on,
        step: i32::try_from(step).unwrap_or(i32::MAX),
        proposed,
        reached_on: day,
        version: 1,
    };
    // That the day passed is put down for whom it is told to.
    let passed = (due.about.owner.is_some() && due.due_on >= news).then(|| row(0, None));
    let proposed = due.proposals().into_iter().map(|(place, it)| row(place, Some(it)));
    passed.into_iter().chain(proposed).collect()
}

fn key(row: &duty_step::Model) -> StepKey {
    (row.subject_id, row.code.clone(), row.due_on, row.step)
}

async fn put_down(session: &Session, steps: &[duty_step::Model]) -> Result<()> {
    let subjects: BTreeSet<_> = steps.iter().map(|it| it.subject_id).collect();
    let mut there = session.ask(&StepsPutDown { subjects: subjects.into_iter().collect() }).await?;
    // An item of two editions that hold at once is one item: the first that tells of it is taken.
    let steps: Vec<_> = steps.iter().filter(|it| there.insert(key(it))).cloned().collect();
    if !steps.is_empty() {
        session.run(PutStepsDown { steps }, &Terms::default()).await?;
    }
    Ok(())
}

/// Puts down what time made of some due items.
#[derive(Clone, Debug, Serialize)]
struct PutStepsDown {
    steps: Vec<duty_step::Model>,
}

impl Command for PutStepsDown {
    const ACTION: Action = Action::DutyRound;
    type Outcome = DutyStepId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<DutyStepId> {
        let first =
            self.steps.first().map(|it| it.id).ok_or_else(|| Error::broken("a round that puts nothing down"))?;
        tx.insert_many::<duty_step::Entity>(self.steps).await?;
        Ok(first)
    }
}
