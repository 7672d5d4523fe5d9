//! What mentoring pairs must hold together, without a database.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use entity::{
    id::{CadreId, OrganizationId},
    kind::{
        FactState, PairForm, PairRole, PairSide,
        PairState::{self, Active, Completed, EndedEarly, Proposed, Suspended},
        PairStepKind, PostRole,
    },
    mentoring_pair, pair_evaluation, post_assignment,
};

use crate::{
    career::read::Fact,
    error::{Error, Problem, ProblemCode, Result},
    mechanism::pairs::OnProblem,
};

/// The code under which a pair is suspended that somebody left.
pub const PERSON_LEFT: &str = "PERSON_LEFT";
/// Most people on one side of a pair.
const MOST_ON_A_SIDE: usize = 100;

/// The organization that helps and the one that is helped; none where only people are paired.
pub type Units = Option<(OrganizationId, OrganizationId)>;

/// Reads both organizations, of which none comes alone, and each is another one.
///
/// # Errors
/// `Invalid` on the one that is missing, or is the same.
pub fn units(helping: Option<OrganizationId>, helped: Option<OrganizationId>) -> Result<Units> {
    match (helping, helped) {
        (None, None) => Ok(None),
        (Some(one), Some(other)) if one == other => {
            Err(Error::invalid("helpedOrganizationId", "is the organization that helps: name another one"))
        }
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, Some(_)) => Err(Error::invalid("helpingOrganizationId", "must be named beside the one that is helped")),
        (Some(_), None) => Err(Error::invalid("helpedOrganizationId", "must be named beside the one that helps")),
    }
}

/// That both sides have people, or stand for organizations, and nobody is on both or twice on one.
///
/// # Errors
/// `Invalid` on the side that is empty or too long; CONFLICT when a person is named twice.
pub fn sides(mentors: &[CadreId], mentees: &[CadreId], units: Units) -> Result<()> {
    let least = if units.is_none() { 1 } else { 0 };
    for (field, side) in [("mentorIds", mentors), ("menteeIds", mentees)] {
        if !(least..=MOST_ON_A_SIDE).contains(&side.len()) {
            let why = format!("names {} people; name {least} to {MOST_ON_A_SIDE}", side.len());
            return Err(Error::invalid(field, why));
        }
    }
    let mut all: Vec<CadreId> = mentors.iter().chain(mentees).copied().collect();
    all.sort_unstable();
    all.dedup();
    if all.len() < mentors.len() + mentees.len() {
        let message = "A person can take only one part in a pair: name each person once.";
        return Err(Problem::new(ProblemCode::Conflict, message).on("menteeIds").into());
    }
    Ok(())
}

/// The form that so many people on each side have, where none is named.
pub fn form_of(mentors: usize, mentees: usize, units: Units) -> PairForm {
    match (mentors, mentees) {
        _ if units.is_some() => PairForm::Organization,
        (0..=1, 0..=1) => PairForm::OneToOne,
        (0..=1, _) => PairForm::OneToMany,
        _ => PairForm::Team,
    }
}

/// That a form allows so many people on each side.
///
/// # Errors
/// `Invalid` on `form`.
pub fn fits(form: PairForm, mentors: usize, mentees: usize, units: Units) -> Result<()> {
    if units.is_some() != (form == PairForm::Organization) {
        let why = "goes with two organizations, one that helps and one that is helped, and they with it alone";
        return Err(Error::invalid("form", format!("ORGANIZATION {why}")));
    }
    let (allowed, wants) = match form {
        PairForm::OneToOne => (mentors == 1 && mentees == 1, "one mentor and one mentee"),
        PairForm::OneToMany => (mentors == 1, "one mentor"),
        PairForm::LeadPlusAssistants => (mentors > 1, "a leading mentor and at least one assistant"),
        PairForm::Team => (mentors > 1, "at least two mentors"),
        PairForm::ContactOfficer => (mentors == 1, "one contact officer"),
        PairForm::Organization => (true, "two organizations"),
    };
    if allowed {
        return Ok(());
    }
    let why = format!("{} has {wants}; there are {mentors} mentors and {mentees} mentees", form.text());
    Err(Error::invalid("form", why))
}

/// As what a person takes part. Where somebody leads, it is the mentor named first.
pub fn role(form: PairForm, side: PairSide, place: usize) -> PairRole {
    match (side, form) {
        (PairSide::Mentee, _) => PairRole::Mentee,
        (_, PairForm::ContactOfficer) => PairRole::ContactOfficer,
        (_, PairForm::Team | PairForm::Organization) => PairRole::Member,
        (_, PairForm::LeadPlusAssistants) if place > 0 => PairRole::Assistant,
        _ => PairRole::Lead,
    }
}

/// As what each mentor takes part: as it is said, or by the form.
///
/// # Errors
/// `Invalid` on `mentorRoles`.
pub fn roles(form: PairForm, mentors: &[CadreId], said: Option<&[PairRole]>) -> Result<Vec<(CadreId, PairRole)>> {
    let by_form = |(place, it): (usize, &CadreId)| (*it, role(form, PairSide::Mentor, place));
    let Some(said) = said else { return Ok(mentors.iter().enumerate().map(by_form).collect()) };
    if said.len() != mentors.len() || said.contains(&PairRole::Mentee) {
        let why = format!("must name a role of a mentor for each of the {} mentors, in their order", mentors.len());
        return Err(Error::invalid("mentorRoles", why));
    }
    Ok(mentors.iter().copied().zip(said.iter().copied()).collect())
}

/// A text of a plan in normal form: at most 1000 characters; none when it is blank.
///
/// # Errors
/// `Invalid` on the field.
pub fn plan(field: &'static str, text: Option<String>) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match text.as_ref().map(|it| it.chars().count()) {
        Some(length) if length > 1000 => {
            Err(Error::invalid(field, format!("has {length} characters; write at most 1000")))
        }
        _ => Ok(text),
    }
}

/// The end of a term: after the day from which it counts.
///
/// # Errors
/// `Invalid` on `termEndsOn`.
pub fn term(ends_on: Option<NaiveDate>, from: NaiveDate) -> Result<Option<NaiveDate>> {
    match ends_on {
        Some(day) if day <= from => Err(Error::invalid("termEndsOn", format!("{day} must lie after {from}"))),
        _ => Ok(ends_on),
    }
}

/// Where a pair stands after a step.
///
/// # Errors
/// TRANSITION_REFUSED, with the states from which the step follows.
pub fn after(state: PairState, step: PairStepKind) -> Result<PairState> {
    let (from, to): (&[PairState], _) = match step {
        PairStepKind::Proposed => (&[], Proposed),
        PairStepKind::Activated => (&[Proposed], Active),
        PairStepKind::Suspended => (&[Active], Suspended),
        PairStepKind::Resumed => (&[Suspended], Active),
        PairStepKind::Completed => (&[Active, Suspended], Completed),
        PairStepKind::Ended => (&[Proposed, Active, Suspended], EndedEarly),
        PairStepKind::Replaced => (&[Active, Suspended], EndedEarly),
        PairStepKind::PartLeft | PairStepKind::PartJoined => (&[Active, Suspended], state),
    };
    if from.contains(&state) {
        return Ok(to);
    }
    let from: Vec<&str> = from.iter().map(|it| it.text()).collect();
    let message = format!("The pair is {}: {} follows {} alone.", state.text(), step.text(), from.join(" or "));
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// The day of a decision: today when it is left out, never later, and not before the pair began.
///
/// # Errors
/// `Invalid` on `decidedOn`.
pub fn decided_on(day: Option<NaiveDate>, began: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate> {
    match (day.unwrap_or(today), began) {
        (day, _) if day > today => Err(Error::invalid("decidedOn", format!("{day} lies after today"))),
        (day, Some(began)) if day < began => {
            Err(Error::invalid("decidedOn", format!("{day} lies before the pair began, {began}")))
        }
        (day, _) => Ok(day),
    }
}

/// What is said of people who may not be paired: one word for every reason, so that it tells none.
pub fn conflict() -> Error {
    let message = "These people may not be paired: choose others.";
    Problem::new(ProblemCode::Conflict, message).on("menteeIds").into()
}

/// That a person has no more people opposite than an organization allows.
///
/// # Errors
/// CAPACITY_REACHED, with the numbers.
pub fn capacity(side: PairSide, would_have: usize, most: Option<i32>) -> Result<()> {
    let Some(most) = most else { return Ok(()) };
    if i64::try_from(would_have).unwrap_or(i64::MAX) <= i64::from(most) {
        return Ok(());
    }
    let (field, who, whom) = match side {
        PairSide::Mentor => ("mentorIds", "mentor", "mentees"),
        PairSide::Mentee => ("menteeIds", "mentee", "mentors"),
    };
    let message = format!("A {who} would have {would_have} {whom}; at most {most} are allowed.");
    Err(Problem::new(ProblemCode::CapacityReached, message).on(field).into())
}

/// Whether a post on record makes its holder, on a day, the superior of all who serve there and right below.
pub fn heads(post: &post_assignment::Model, on: NaiveDate) -> bool {
    post.role == Some(PostRole::Principal)
        && post.state == FactState::Recorded
        && post_assignment::Entity::span(post).holds(on)
}

/// How many people one person may have opposite: 1 to 100.
///
/// # Errors
/// `Invalid` on the field.
pub fn most(field: &'static str, count: Option<i32>) -> Result<Option<i32>> {
    match count {
        Some(count) if !(1..=100).contains(&count) => {
            Err(Error::invalid(field, format!("is {count}; write 1 to 100, or nothing for no limit")))
        }
        _ => Ok(count),
    }
}

/// Days between contacts: 1 to 366.
///
/// # Errors
/// `Invalid` on `contactEveryDays`.
pub fn cadence(days: i32) -> Result<i32> {
    if (1..=366).contains(&days) {
        return Ok(days);
    }
    Err(Error::invalid("contactEveryDays", format!("is {days}; write 1 to 366, 90 for a quarter")))
}

/// That a pair can take a step only from where it stands.
///
/// # Errors
/// TRANSITION_REFUSED.
pub fn from(pair: &mentoring_pair::Model, allowed: PairState, step: &str) -> Result<()> {
    if pair.state == allowed {
        return Ok(());
    }
    let message = format!("The pair is {}: {step} needs one that is {}.", pair.state.text(), allowed.text());
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// The day a contact was held: not after today, not before the pair began.
///
/// # Errors
/// `Invalid` on `heldOn`.
pub fn held_on(pair: &mentoring_pair::Model, day: NaiveDate, today: NaiveDate) -> Result<()> {
    if day > today {
        return Err(Error::invalid(
            "heldOn",
            format!("{day} lies after today, {today}: record a contact once it was held"),
        ));
    }
    match pair.started_on {
        Some(start) if day < start => {
            Err(Error::invalid("heldOn", format!("{day} lies before the pair began, {start}: check the date")))
        }
        _ => Ok(()),
    }
}

/// The day by which the next contact is due, `every` days after the last one or the start.
pub fn due_after(last: NaiveDate, every: i32) -> Option<NaiveDate> {
    last.checked_add_days(Days::new(u64::try_from(every).ok()?))
}

/// What is proposed for a pair that does not go well, each thing once, in the policy's order.
pub fn proposals(
    said: &[OnProblem],
    pair: &mentoring_pair::Model,
    evaluations: &[pair_evaluation::Model],
) -> Vec<String> {
    if ![Active, Suspended].contains(&pair.state) {
        return Vec::new();
    }
    let waiting = pair.reason_code.as_deref().filter(|_| pair.state == Suspended);
    let last: BTreeMap<_, &str> = evaluations.iter().map(|it| ((it.side, it.cadre_id), it.grade.as_str())).collect();
    let now: BTreeSet<&str> = last.into_values().chain(waiting).collect();
    let mut once = BTreeSet::new();
    let met = said.iter().filter(|it| now.contains(it.when.as_str()) && once.insert(it.propose.as_str()));
    met.map(|it| it.propose.clone()).collect()
}

/// Whether a contact is overdue: the pair is active and the day has passed.
pub fn overdue(pair: &mentoring_pair::Model, today: NaiveDate) -> bool {
    pair.state == PairState::Active && pair.next_contact_due.is_some_and(|due| due < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_stands_once_in_a_pair() {
        let (a, b) = (CadreId::fresh(), CadreId::fresh());
        assert!(sides(&[a], &[b], None).is_ok());
        let (one, other) = (OrganizationId::fresh(), OrganizationId::fresh());
        assert!(sides(&[], &[b], units(Some(one), Some(other)).unwrap()).is_ok());
        assert!(matches!(units(Some(one), None), Err(Error::Invalid { field: "helpedOrganizationId", .. })));
        assert!(matches!(units(Some(one), Some(one)), Err(Error::Invalid { field: "helpedOrganizationId", .. })));
        assert!(
            fits(PairForm::Team, 2, 1, Some((one, other))).is_err()
                && fits(PairForm::Organization, 1, 1, None).is_err()
        );
        assert!(matches!(sides(&[a], &[a], None), Err(Error::Rule(it)) if it.code == ProblemCode::Conflict));
        assert!(matches!(sides(&[a], &[b, b], None), Err(Error::Rule(_))));
        assert!(matches!(sides(&[], &[b], None), Err(Error::Invalid { field: "mentorIds", .. })));
    }

    /// The whole table of steps and states.
    #[test]
    fn every_step_follows_where_it_may_and_nowhere_else() {
        let all = PairStepKind::ALL.iter().flat_map(|step| PairState::ALL.iter().map(move |state| (*state, *step)));
        let allowed: Vec<String> = all
            .filter_map(|(state, step)| {
                Some(format!("{} {} {}", state.text(), step.text(), after(state, step).ok()?.text()))
            })
            .collect();
        assert_eq!(
            allowed,
            [
                "PROPOSED ACTIVATED ACTIVE",
                "ACTIVE SUSPENDED SUSPENDED",
                "SUSPENDED RESUMED ACTIVE",
                "ACTIVE COMPLETED COMPLETED",
                "SUSPENDED COMPLETED COMPLETED",
                "PROPOSED ENDED ENDED_EARLY",
                "ACTIVE ENDED ENDED_EARLY",
                "SUSPENDED ENDED ENDED_EARLY",
                "ACTIVE REPLACED ENDED_EARLY",
                "SUSPENDED REPLACED ENDED_EARLY",
                "ACTIVE PART_LEFT ACTIVE",
                "SUSPENDED PART_LEFT SUSPENDED",
                "ACTIVE PART_JOINED ACTIVE",
                "SUSPENDED PART_JOINED SUSPENDED",
            ]
        );
    }

    #[test]
    fn a_form_says_how_many_stand_on_each_side() {
        let fitting = |form| {
            let counts = [(1, 1), (1, 3), (2, 1), (3, 2)];
            counts.map(|(mentors, mentees)| fits(form, mentors, mentees, None).is_ok())
        };
        assert_eq!(fitting(PairForm::OneToOne), [true, false, false, false]);
        assert_eq!(fitting(PairForm::OneToMany), [true, true, false, false]);
        assert_eq!(fitting(PairForm::LeadPlusAssistants), [false, false, true, true]);
        assert_eq!(fitting(PairForm::Team), [false, false, true, true]);
        assert_eq!(fitting(PairForm::ContactOfficer), [true, true, false, false]);
        for (mentors, mentees) in [(1, 1), (1, 3), (2, 1), (3, 2)] {
            assert!(fits(form_of(mentors, mentees, None), mentors, mentees, None).is_ok());
        }
    }

    #[test]
    fn a_capacity_is_reached_beyond_it() {
        assert!(capacity(PairSide::Mentor, 3, Some(3)).is_ok() && capacity(PairSide::Mentor, 99, None).is_ok());
        let Err(Error::Rule(problem)) = capacity(PairSide::Mentee, 2, Some(1)) else { panic!("allowed") };
        assert_eq!(problem.message, "A mentee would have 2 mentors; at most 1 are allowed.");
    }

    #[test]
    fn due_days_cross_month_ends_and_leap_days() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        assert_eq!(due_after(day("2028-01-30"), 30), Some(day("2028-02-29")));
        assert_eq!(due_after(day("2026-12-31"), 90), Some(day("2027-03-31")));
        assert_eq!(cadence(0).is_err(), cadence(367).is_err());
    }
}
