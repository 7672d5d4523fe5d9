//! Questions about the dated facts of a cadre, and who may see their rows.
//!
//! Facts are visible where the record is. Sanctions are not: they are for those who decide about the person, and for
//! the person, so the unit's officer meets none of them.

use std::any::Any;

use entity::{
    Kept, assessment, award, cadre, education, experience,
    id::CadreId,
    kind::{FactState, Role},
    level_period,
    partial_date::PartialDate,
    post_assignment, professional_title, rank_period, resume_entry, sanction, training,
};
use sea_orm::{Condition, EntityTrait, sea_query::ExprTrait};
use uuid::Uuid;

use crate::{
    belonging,
    cadre::read::{cleared, kept},
    career::draft::Span,
    db::gate::{Alias, Gate, Visible},
    follows, questions,
};

/// Roles that read sanctions of a subtree's people.
pub const DECIDING: &[Role] = &[Role::OrganizationOfficer, Role::OrganizationLeader];

follows!(
    rank_period.CadreId => cadre,
    education.CadreId => cadre,
    professional_title.CadreId => cadre,
    assessment.CadreId => cadre,
    experience.CadreId => cadre,
    training.CadreId => cadre,
    award.CadreId => cadre,
    resume_entry.CadreId => cadre,
);

impl Visible for sanction::Entity {
    /// Of those whose record is within reach of who decides about them, tier and ceiling included, or one's own.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let whose = at.col(sanction::Column::CadreId);
        let sanctioned = Alias::named("sanctioned");
        let decided = Condition::all().add(kept(&sanctioned, gate, DECIDING)).add(cleared(&sanctioned, gate));
        let decided = gate.some::<cadre::Entity>(cadre::Column::Id, &sanctioned, whose.clone(), decided);
        let some = Condition::any().add(decided);
        match gate.scope().person(&[Role::Cadre]) {
            Some(person) => some.add(whose.eq(person)),
            None => some,
        }
    }
}

/// A table of dated facts.
pub trait Fact: Visible + Kept<Model: Any> {
    /// The column of the person.
    fn whose() -> Self::Column;
    /// The column of the state.
    fn standing() -> Self::Column;
    /// Whose fact a row is.
    fn person(row: &Self::Model) -> CadreId;
    /// Whether a row is in force.
    fn state(row: &Self::Model) -> FactState;
    /// When a row holds.
    fn span(row: &Self::Model) -> Span;
    /// The row, once another one has taken its place.
    fn superseded(row: Self::Model, by: Uuid) -> Self::Model;
    /// The row, once it is void.
    fn voided(row: Self::Model, reason: String) -> Self::Model;
}

macro_rules! facts {
    ($($module:ident |$row:ident| $span:expr;)+) => {$(
        impl Fact for $module::Entity {
            fn whose() -> $module::Column {
                $module::Column::CadreId
            }
            fn standing() -> $module::Column {
                $module::Column::State
            }
            fn person(row: &$module::Model) -> CadreId {
                row.cadre_id
            }
            fn state(row: &$module::Model) -> FactState {
                row.state
            }
            fn span($row: &$module::Model) -> Span {
                $span
            }
            fn superseded(row: $module::Model, by: Uuid) -> $module::Model {
                $module::Model { state: FactState::Superseded, superseded_by: Some(by), ..row }
            }
            fn voided(row: $module::Model, reason: String) -> $module::Model {
                $module::Model { state: FactState::Voided, void_reason: Some(reason), ..row }
            }
        }
    )+};
}

facts! {
    post_assignment |row| Span { from: row.valid_from, to: row.valid_to };
    level_period |row| Span { from: row.valid_from, to: row.valid_to };
    rank_period |row| Span { from: row.valid_from, to: row.valid_to };
    education |row| Span { from: row.enrolled.or(row.graduated), to: row.graduated };
    professional_title |row| Span { from: row.obtained, to: None };
    assessment |row| Span { from: u16::try_from(row.year).ok().and_then(|it| PartialDate::new(it, None, None)), to: None };
    experience |row| Span { from: Some(row.valid_from), to: row.valid_to };
    training |row| Span { from: row.valid_from, to: row.valid_to };
    award |row| Span { from: row.decided, to: None };
    sanction |row| Span { from: PartialDate::day_of(row.effect_from), to: PartialDate::day_of(row.effect_until) };
    resume_entry |row| Span { from: row.valid_from, to: row.valid_to };
}

/// A row of the facts that a question is about.
pub type RowOf<B> = <<B as questions::Belonging>::Entity as EntityTrait>::Model;

/// The rows that are in force and have begun by a day, in the order of their beginning; an unknown one comes first.
pub fn told<E: Fact>(
    mut rows: Vec<<E as EntityTrait>::Model>,
    on: chrono::NaiveDate,
) -> Vec<<E as EntityTrait>::Model> {
    rows.retain(|row| E::state(row) == FactState::Recorded && E::span(row).begun(on));
    rows.sort_by_key(|row| E::span(row).from);
    rows
}

belonging! {
    /// Ranks.
    Ranks = rank_period by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.ranks";
    /// Education and degrees.
    Educations = education by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.educations";
    /// Professional titles.
    Titles = professional_title by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.titles";
    /// Assessments.
    Assessments = assessment by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.assessments";
    /// Experience.
    Experiences = experience by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.experiences";
    /// Trainings.
    Trainings = training by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.trainings";
    /// Awards.
    Awards = award by CadreId(cadre_id: CadreId), ordered Id, CadreRead, "career.awards";
    /// Sanctions.
    Sanctions = sanction by CadreId(cadre_id: CadreId), ordered Id, SanctionRead, "career.sanctions";
    /// People whose sanctions the caller may read: where somebody is not among them, nothing is known.
    SanctionReach = cadre by Id(id: CadreId), ordered Id, SanctionRead, "career.sanction_reach";
    /// Résumé lines.
    Resume = resume_entry by CadreId(cadre_id: CadreId), ordered Ordinal, CadreRead, "career.resume";
}
