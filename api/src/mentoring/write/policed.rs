//! What a policy says of a pair: who may mentor whom, how many, in which roles, with what plan and term. What stands in the way
//! is refused with its rule; everything else is told, and kept with the step. A pair keeps the edition that it was made under.

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, OrganizationId, PairId},
    kind::{PairForm, PairRole, PairSide},
    mentoring_pair, pair_contact, policy_edition,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    calendar::Calendar,
    db::{gate::Alias, writer::Writer},
    edition::{
        document::Document,
        notice::Notice,
        read::{document_of, in_force},
    },
    eligibility::{dossier::Dossier, read::dossier},
    error::{Error, Problem, ProblemCode, Result},
    kernel::cadence::Cadence,
    mechanism::{Bounds, pairs::Pairs},
    mentoring::{
        judging,
        plan::{PlanItem, plan_of},
        rules,
    },
};

/// The edition by which a pair is made, and what it says.
pub struct Policed {
    /// The edition.
    pub edition: policy_edition::Model,
    document: Document,
}

/// Who takes part.
pub(super) struct Whom {
    /// The mentors, each as what.
    pub mentors: Vec<(CadreId, PairRole)>,
    /// The mentees.
    pub mentees: Vec<CadreId>,
    /// As which form.
    pub form: PairForm,
    /// The pair itself, or the one whose place it takes, which counts no more.
    pub except: Option<PairId>,
}

/// The policy of a code, in effect for a place today, which says something of pairs.
///
/// # Errors
/// `Invalid` on `policyCode`.
pub(super) async fn named(tx: &Writer<'_>, code: &str, place: OrganizationId) -> Result<Policed> {
    let Some((edition, document)) = in_force(&tx.reader(), code, place, tx.today()).await? else {
        let why = format!("'{code}' has no edition in effect there today: publish one first");
        return Err(Error::invalid("policyCode", why));
    };
    if document.sections.pairs.is_none() {
        return Err(Error::invalid("policyCode", format!("'{code}' says nothing of pairs: name a policy that does")));
    }
    Ok(Policed { edition, document })
}

/// The edition under which a pair was made; none where it has none that the caller may read.
pub(super) async fn of(tx: &Writer<'_>, pair: &mentoring_pair::Model) -> Result<Option<Policed>> {
    let Some(edition) = pair.edition_id else { return Ok(None) };
    let edition = tx.reader().get::<policy_edition::Entity>(edition).await?;
    edition.map(|edition| Ok(Policed { document: document_of(&edition)?, edition })).transpose()
}

/// By when the next contact is due after one: by the policy's cadence, or by days.
///
/// # Errors
/// `Internal` when the database fails.
pub(super) async fn next_due(
    tx: &Writer<'_>,
    pair: &mentoring_pair::Model,
    last: NaiveDate,
) -> Result<Option<NaiveDate>> {
    let by_days = rules::due_after(last, pair.contact_every_days);
    let Some(policy) = of(tx, pair).await? else { return Ok(by_days) };
    let Some(cadence) = &policy.pairs()?.contact_every else { return Ok(by_days) };
    if let Cadence::Times { min, per } = cadence {
        let mut turns = per.turns(pair.started_on.unwrap_or(last), tx.calendar()).skip_while(|it| it.1 < last);
        let Some((from, to)) = turns.next() else { return Ok(by_days) };
        let at = Alias::own::<pair_contact::Entity>();
        let reader = tx.reader();
        let held = reader.find::<pair_contact::Entity>().filter(at.col(pair_contact::Column::PairId).eq(pair.id));
        let held = held.filter(at.col(pair_contact::Column::HeldOn).between(from, to)).count().await?;
        return Ok(if held < u64::from(*min) { Some(to) } else { turns.next().map(|it| it.1).or(by_days) });
    }
    Ok(cadence.next(last, tx.calendar()).or(by_days))
}

impl Policed {
    fn pairs(&self) -> Result<&Pairs> {
        self.document.sections.pairs.as_ref().ok_or_else(|| Error::broken("a pair's policy says nothing of pairs"))
    }

    fn refused(&self, rule: &str, field: &str, code: ProblemCode, message: String) -> Error {
        Problem::new(code, message).on(field).cited(rule, &self.document.source).into()
    }

    /// That a grade is one of those that the policy names; any where it names none.
    pub(super) fn grade(&self, grade: &str) -> Result<()> {
        let known = &self.pairs()?.grades;
        if known.is_empty() || known.iter().any(|it| it == grade) {
            return Ok(());
        }
        Err(Error::invalid("grade", format!("is none of the policy's: write {}", known.join(", "))))
    }

    /// Whether whoever is set over a mentee may be the mentor.
    pub(super) fn allows_superiors(&self) -> bool {
        self.document.sections.pairs.as_ref().is_some_and(|it| it.superior_may_mentor)
    }

    /// Days between contacts, as near as days can say it; none where the policy says nothing of it.
    pub(super) fn contact_days(&self) -> Result<Option<i32>> {
        let days = match &self.pairs()?.contact_every {
            Some(Cadence::Every(term)) => term.least_days(),
            Some(Cadence::Times { min, per }) => per.least_days() / min,
            _ => return Ok(None),
        };
        Ok(i32::try_from(days.clamp(1, 366)).ok())
    }

    /// The last day of a term that begins on a day; none where the policy says nothing of it.
    pub(super) fn term_end(&self, start: NaiveDate, calendar: &Calendar) -> Result<Option<NaiveDate>> {
        let Some(term) = self.pairs()?.term else { return Ok(None) };
        Ok(term.last_day(start, calendar))
    }

    /// What the policy says of people who are to be paired.
    ///
    /// # Errors
    /// `Invalid` on `form`; CRITERION_UNMET; CAPACITY_REACHED.
    pub(super) async fn proposed(&self, tx: &Writer<'_>, whom: &Whom) -> Result<Vec<Notice>> {
        let rules = self.pairs()?;
        if !rules.forms.is_empty() && !rules.forms.contains(&whom.form) {
            let known: Vec<&str> = rules.forms.iter().map(|it| it.text()).collect();
            let why = format!("{} is no form of this policy; it has {}", whom.form.text(), known.join(", "));
            return Err(Error::invalid("form", why));
        }
        self.room(tx, rules, whom, false).await?;
        self.people(tx, rules, whom, false).await
    }

    /// That a pair may begin: everybody in the right number and role, the plan whole, the programme's own people there.
    ///
    /// # Errors
    /// As `proposed`, and `Invalid` on `plan`.
    pub(super) async fn activated(&self, tx: &Writer<'_>, whom: &Whom, plan: Option<&str>) -> Result<Vec<Notice>> {
        let rules = self.pairs()?;
        self.roles(rules, whom)?;
        let said = plan_of(plan);
        let missing: Vec<&str> = rules
            .plan
            .iter()
            .filter(|code| !said.iter().any(|it| it.code == **code && !it.text.is_empty()))
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let message = format!("The plan says nothing of {}: save it first (pairPlanSave).", missing.join(", "));
            return Err(self.refused("PLAN", "plan", ProblemCode::CriterionUnmet, message));
        }
        for (role, bounds) in &rules.programme_roles {
            let held = tx.declared_held(self.edition.organization_id, role).await?;
            if !bounds.hold(usize::try_from(held).unwrap_or(usize::MAX)) {
                let message = format!(
                    "The programme has {held} of {role}, and needs {}: sign it first (declaredFactRecord).",
                    bounds.said()
                );
                return Err(self.refused("PROGRAMME_ROLE", "id", ProblemCode::CriterionUnmet, message));
            }
        }
        self.room(tx, rules, whom, true).await?;
        self.people(tx, rules, whom, true).await
    }

    /// That each role is taken by as many as the policy wants.
    ///
    /// # Errors
    /// CRITERION_UNMET.
    pub(super) fn roles(&self, rules: &Pairs, whom: &Whom) -> Result<()> {
        for (role, bounds) in &rules.roles {
            let taken = whom.mentors.iter().filter(|it| it.1 == *role).count();
            if !bounds.hold(taken) {
                let message = format!("The pair has {taken} mentors as {}; it needs {}.", role.text(), bounds.said());
                return Err(self.refused("MENTOR_ROLES", "id", ProblemCode::CriterionUnmet, message));
            }
        }
        Ok(())
    }

    /// That a pair that goes on again has its roles.
    ///
    /// # Errors
    /// CRITERION_UNMET.
    pub(super) fn resumed(&self, whom: &Whom) -> Result<()> {
        self.roles(self.pairs()?, whom)
    }

    /// That another mentor follows, where the policy wants one.
    ///
    /// # Errors
    /// CRITERION_UNMET.
    pub(super) fn replaced(&self, before: &[CadreId], after: &[CadreId]) -> Result<()> {
        if !self.pairs()?.different_mentor || !after.iter().any(|it| before.contains(it)) {
            return Ok(());
        }
        let message = "The policy wants another mentor after the term: name one who was none in this pair.".to_owned();
        Err(self.refused("DIFFERENT_MENTOR", "mentorIds", ProblemCode::CriterionUnmet, message))
    }

    /// That a heading of a plan is one of the policy's.
    ///
    /// # Errors
    /// `Invalid` on `plan`.
    pub(super) fn plan(&self, items: &[PlanItem]) -> Result<()> {
        let known = &self.pairs()?.plan;
        match items.iter().find(|it| !known.contains(&it.code)) {
            Some(strange) => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                Err(Error::invalid(
                    "plan",
                    format!("'{}' is no heading of this policy's plans; it has {known}", strange.code),
                ))
            }
            None => Ok(()),
        }
    }

    /// That nobody has more, or where it begins fewer, opposite than the policy says; pairs of other policies do not count.
    async fn room(&self, tx: &Writer<'_>, rules: &Pairs, whom: &Whom, begins: bool) -> Result<()> {
        let mentors: Vec<CadreId> = whom.mentors.iter().map(|it| it.0).collect();
        let sides = [
            (PairSide::Mentor, &mentors, &whom.mentees, rules.mentees_per_mentor, "mentor", "mentees", "mentorIds"),
            (PairSide::Mentee, &whom.mentees, &mentors, rules.mentors_per_mentee, "mentee", "mentors", "menteeIds"),
        ];
        for (side, people, others, bounds, who, opposite, field) in sides {
            let Some(bounds) = bounds else { continue };
            let limit = if begins { bounds } else { Bounds { min: None, ..bounds } };
            for person in people {
                let count = tx.opposite_under(*person, side, others, &self.edition.code, whom.except).await?;
                if !limit.hold(count) {
                    let message =
                        format!("A {who} would have {count} {opposite}; the policy allows {}.", bounds.said());
                    let rule = if side == PairSide::Mentor { "MENTEES_PER_MENTOR" } else { "MENTORS_PER_MENTEE" };
                    return Err(self.refused(rule, field, ProblemCode::CapacityReached, message));
                }
            }
        }
        Ok(())
    }

    async fn people(&self, tx: &Writer<'_>, rules: &Pairs, whom: &Whom, deciding: bool) -> Result<Vec<Notice>> {
        let asks = !rules.mentor_criteria.is_empty() || !rules.mentee_criteria.is_empty() || !rules.levels.is_empty();
        if !asks {
            return Ok(Vec::new());
        }
        let (mut mentors, mut mentees) = (Vec::new(), Vec::new());
        for (person, _) in &whom.mentors {
            mentors.push(on_record(tx, *person).await?);
        }
        for person in &whom.mentees {
            mentees.push(on_record(tx, *person).await?);
        }
        let (edition, number) = (self.edition.id, self.edition.edition);
        let by = judging::By { edition, number, document: &self.document, rules };
        let said = judging::people(by, &mentors, &mentees, deciding, tx.today());
        match said.iter().find(|it| it.blocks) {
            Some(first) => Err(first.notice.problem(first.field).into()),
            None => Ok(said.into_iter().map(|it| it.notice).collect()),
        }
    }
}

/// What is on record of somebody whom the caller may pair.
async fn on_record(tx: &Writer<'_>, person: CadreId) -> Result<Dossier> {
    let row = tx.get::<cadre::Entity>(person).await?;
    dossier(&tx.reader(), row).await
}
