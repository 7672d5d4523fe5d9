//! Commands on the dated facts of a cadre. A fact is never overwritten: a correction takes the place of the old one, and
//! what should not be there is voided; both stay.
//!
//! The record's own current values (post, level, highest education) follow its facts, and its version moves on with
//! each, so that two writers can't record facts that contradict each other.

use chrono::{DateTime, Utc};
use entity::{
    assessment, award, cadre, education, experience,
    id::{
        AccountId, AssessmentId, AwardId, CadreId, EducationId, ExperienceId, FactId, Key, LevelPeriodId,
        PostAssignmentId, ProfessionalTitleId, RankPeriodId, ResumeEntryId, SanctionId, TrainingId,
    },
    kind::{Degree, Education, FactState},
    level_period, post, post_assignment, professional_title, rank_period, resume_entry, sanction, training,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    career::{
        draft::{Draft, Span},
        read::{Fact, told},
        rules,
    },
    codeset::book,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
};

/// A fact by its table and key, as a client names it.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// The noun of its global id.
    pub noun: String,
    /// Its key.
    pub key: Uuid,
}

/// Records a fact of a cadre. Fails with INVALID, OVERLAPS, STALE, TAKEN, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RecordFact {
    /// Whose.
    pub cadre: CadreId,
    /// The version of the record that the client saw, where it says so.
    pub expected_version: Option<i32>,
    /// Where it stands written.
    pub source: String,
    /// The fact whose place it takes.
    pub supersedes: Option<Named>,
    /// What.
    pub draft: Draft,
}

/// What every row of a fact says of its recording.
#[derive(Clone)]
pub struct Stamp {
    /// Whose fact it is.
    pub cadre: CadreId,
    /// Where it stands written.
    pub source: String,
    /// When it is recorded.
    pub at: DateTime<Utc>,
    /// Who records it; none for a job.
    pub by: Option<AccountId>,
}

/// The row of a fact: its own columns, and those that the stamp fills.
macro_rules! row {
    ($stamp:ident, $module:ident, $key:ident, { $($fields:tt)* }) => {
        $module::Model {
            id: $key::fresh(),
            cadre_id: $stamp.cadre,
            $($fields)*
            source: $stamp.source,
            recorded_at: $stamp.at.into(),
            recorded_by: $stamp.by,
            state: entity::kind::FactState::Recorded,
            superseded_by: None,
            void_reason: None,
            version: 1,
        }
    };
}
pub(crate) use row;

impl Command for RecordFact {
    const ACTION: Action = Action::CadreFactRecord;
    type Outcome = FactId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<FactId> {
        let cadre = match self.expected_version {
            Some(version) => tx.get_at::<cadre::Entity>(self.cadre, version).await?,
            None => tx.get::<cadre::Entity>(self.cadre).await?,
        };
        let noun = self.draft.noun();
        let old = match self.supersedes {
            Some(named) if named.noun == noun => Some(named.key),
            Some(_) => return Err(Error::NotFound(FactId::NOUN)),
            None => None,
        };
        rules::length("source", &self.source, 200)?;
        rules::by_itself(&self.draft, cadre.birth_date, tx.today())?;
        rules::alone(&self.draft, &beside(tx, cadre.id, old, &self.draft).await?)?;
        let source = self.source.trim().to_owned();
        let stamp = Stamp { cadre: cadre.id, source, at: tx.now(), by: tx.account() };
        let was = highest(tx, cadre.id).await?;
        let key = put_draft(tx, old, stamp, self.draft).await?;
        follow(tx, cadre, noun, was).await?;
        Ok(key)
    }
}

async fn put_draft(tx: &mut Writer<'_>, old: Option<Uuid>, stamp: Stamp, draft: Draft) -> Result<FactId> {
    match draft {
        Draft::Post { title, is_primary, role, document_number, post, span: Span { from, to } } => {
            if let Some(post) = post {
                tx.get::<post::Entity>(post).await?;
            }
            let row = row!(stamp, post_assignment, PostAssignmentId, {
                title: title.trim().to_owned(), valid_from: from, valid_to: to, is_primary, role, document_number, post_id: post,
            });
            put::<post_assignment::Entity>(tx, old, row).await
        }
        Draft::Level { level, span: Span { from, to } } => {
            let row = row!(stamp, level_period, LevelPeriodId, { level, valid_from: from, valid_to: to, });
            put::<level_period::Entity>(tx, old, row).await
        }
        Draft::Rank { rank, span: Span { from, to } } => {
            let row = row!(stamp, rank_period, RankPeriodId, { rank, valid_from: from, valid_to: to, });
            put::<rank_period::Entity>(tx, old, row).await
        }
        Draft::Education { mode, education_code, degree_code, school, major, span } => {
            let (level, degree) = coded_education(education_code.as_deref(), degree_code.as_deref())?;
            let row = row!(stamp, education, EducationId, {
                mode, level, education_code, degree, degree_code, school, major,
                enrolled: span.from, graduated: span.to,
            });
            put::<education::Entity>(tx, old, row).await
        }
        Draft::Title { title, grade, span } => {
            let row = row!(stamp, professional_title, ProfessionalTitleId, { title, grade, obtained: span.from, });
            put::<professional_title::Entity>(tx, old, row).await
        }
        Draft::Assessment { year, kind, grade } => {
            put::<assessment::Entity>(tx, old, row!(stamp, assessment, AssessmentId, { year, kind, grade, })).await
        }
        Draft::Experience { kind, place, span } => {
            let valid_from = span.from.ok_or_else(|| Error::invalid("fact.experience.validFrom", "is missing"))?;
            let row = row!(stamp, experience, ExperienceId, { kind, place, valid_from, valid_to: span.to, });
            put::<experience::Entity>(tx, old, row).await
        }
        Draft::Training { title, provider, hours, span: Span { from, to } } => {
            let row = row!(stamp, training, TrainingId, { title, provider, hours, valid_from: from, valid_to: to, });
            put::<training::Entity>(tx, old, row).await
        }
        other => put_finding(tx, old, stamp, other).await,
    }
}

/// Awards, sanctions and lines of the résumé.
async fn put_finding(tx: &mut Writer<'_>, old: Option<Uuid>, stamp: Stamp, draft: Draft) -> Result<FactId> {
    match draft {
        Draft::Award { name, award_code, decided_by, span } => {
            if award_code.as_deref().is_some_and(|code| book::find("ZB65", "SEEN", code).is_none()) {
                return Err(Error::invalid("fact.award.awardCode", "is no code of ZB65 that is known: see codeSets"));
            }
            let row = row!(stamp, award, AwardId, { name, award_code, decided_by, decided: span.from, });
            put::<award::Entity>(tx, old, row).await
        }
        Draft::Sanction { kind, deciding_body, document_number, decided_on, effect_from, effect_until, appeal_to } => {
            let row = row!(stamp, sanction, SanctionId, {
                kind, deciding_body, document_number, decided_on, effect_from, effect_until, appeal_to,
            });
            put::<sanction::Entity>(tx, old, row).await
        }
        Draft::Resume { ordinal, raw_text, span: Span { from, to } } => {
            let row = row!(stamp, resume_entry, ResumeEntryId, { ordinal, raw_text, valid_from: from, valid_to: to, });
            put::<resume_entry::Entity>(tx, old, row).await
        }
        _ => Err(Error::broken("a fact of a kind that has no table")),
    }
}

fn coded_education(education: Option<&str>, degree: Option<&str>) -> Result<(Option<Education>, Option<Degree>)> {
    if education.is_none() && degree.is_none() {
        return Err(Error::invalid("fact.education.educationCode", "or degreeCode: state one of them at least"));
    }
    let unknown = |field, set| Error::invalid(field, format!("is no code of {set} that is known: see codeSets"));
    let level = match education {
        Some(code) => {
            let kind = book::find("ZB64", "SEEN", code).and_then(|it| it.kind).and_then(Education::parse);
            Some(kind.ok_or_else(|| unknown("fact.education.educationCode", "ZB64"))?)
        }
        None => None,
    };
    let degree = match degree {
        Some(code) => {
            let found = book::find("GB/T 6864", "2003", code);
            found.ok_or_else(|| unknown("fact.education.degreeCode", "GB/T 6864"))?.kind.and_then(Degree::parse)
        }
        None => None,
    };
    Ok((level, degree))
}

/// Adds a row, in the place of another where one is named.
async fn put<E: Fact>(tx: &mut Writer<'_>, old: Option<Uuid>, row: E::Model) -> Result<FactId> {
    use entity::Row as _;
    let key = row.key().uuid();
    if let Some(old) = old {
        let before = in_force::<E>(tx, old).await?;
        if E::person(&before) != E::person(&row) {
            return Err(Error::NotFound(FactId::NOUN));
        }
        let after = E::superseded(before.clone(), key);
        tx.update::<E>(&before, after).await?;
    }
    tx.insert::<E>(row).await?;
    Ok(FactId(key))
}

async fn in_force<E: Fact>(tx: &Writer<'_>, key: Uuid) -> Result<E::Model> {
    let row = tx.reader().get::<E>(E::Key::from_uuid(key)).await?.ok_or(Error::NotFound(FactId::NOUN))?;
    if E::state(&row) == FactState::Recorded {
        return Ok(row);
    }
    let message = format!("The fact is {} already: read the record again.", E::state(&row).text());
    Err(Problem::new(ProblemCode::TransitionRefused, message).into())
}

/// The facts of a person that are in force in one table.
async fn recorded<E: Fact>(tx: &Writer<'_>, cadre: CadreId) -> Result<Vec<E::Model>> {
    let (at, reader) = (Alias::own::<E>(), tx.reader());
    let mine = reader.find::<E>().filter(at.col(E::whose()).eq(cadre));
    mine.filter(at.col(E::standing()).eq(FactState::Recorded)).all().await
}

/// When the facts hold beside which a new one can't: one principal post, level, rank at a time, and one stretch of
/// experience of a kind, because its months are added up.
async fn beside(tx: &Writer<'_>, cadre: CadreId, old: Option<Uuid>, draft: &Draft) -> Result<Vec<Span>> {
    match draft {
        Draft::Post { is_primary: true, .. } => {
            spans::<post_assignment::Entity>(tx, cadre, old, |it| it.is_primary).await
        }
        Draft::Level { .. } => spans::<level_period::Entity>(tx, cadre, old, |_| true).await,
        Draft::Rank { .. } => spans::<rank_period::Entity>(tx, cadre, old, |_| true).await,
        Draft::Experience { kind, .. } => spans::<experience::Entity>(tx, cadre, old, |it| it.kind == *kind).await,
        _ => Ok(Vec::new()),
    }
}

async fn spans<E: Fact>(
    tx: &Writer<'_>,
    cadre: CadreId,
    old: Option<Uuid>,
    counts: impl Fn(&E::Model) -> bool,
) -> Result<Vec<Span>> {
    use entity::Row as _;
    let rows = recorded::<E>(tx, cadre).await?;
    let others = rows.iter().filter(|row| Some(row.key().uuid()) != old && counts(row));
    Ok(others.map(E::span).collect())
}

/// Moves the record on, and its current values with the facts of a table.
async fn follow(tx: &mut Writer<'_>, before: cadre::Model, noun: &str, was: Option<Education>) -> Result<()> {
    let (mut after, today) = (before.clone(), tx.today());
    match noun {
        PostAssignmentId::NOUN => {
            let posts =
                told::<post_assignment::Entity>(recorded::<post_assignment::Entity>(tx, before.id).await?, today);
            let held = posts.into_iter().rfind(|it| it.is_primary && post_assignment::Entity::span(it).holds(today));
            after.post_title = held.map(|it| it.title);
        }
        LevelPeriodId::NOUN => {
            let levels = told::<level_period::Entity>(recorded::<level_period::Entity>(tx, before.id).await?, today);
            let held = levels.into_iter().rfind(|it| level_period::Entity::span(it).holds(today));
            after.position_level = held.map(|it| it.level);
        }
        EducationId::NOUN => {
            let is = highest(tx, before.id).await?;
            // What a roster said without a fact stays until a higher one is recorded; what a fact said goes with it.
            let kept = before.education.filter(|it| Some(*it) != was);
            after.education = is.into_iter().chain(kept).min();
        }
        _ => {}
    }
    tx.update::<cadre::Entity>(&before, after).await
}

/// The highest education among the facts of a person; the closed set is declared highest first.
async fn highest(tx: &Writer<'_>, cadre: CadreId) -> Result<Option<Education>> {
    Ok(recorded::<education::Entity>(tx, cadre).await?.iter().filter_map(|it| it.level).min())
}

/// Voids a fact: it was never so. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct VoidFact {
    /// The fact.
    pub fact: Named,
    /// The version of the fact that the client saw.
    pub expected_version: i32,
    /// Why.
    pub reason: String,
}

impl Command for VoidFact {
    const ACTION: Action = Action::CadreFactVoid;
    type Outcome = CadreId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CadreId> {
        rules::length("reason", &self.reason, 200)?;
        macro_rules! one_of {
            ($($key:ident => $module:ident,)+) => {
                match self.fact.noun.as_str() {
                    $($key::NOUN => void::<$module::Entity>(tx, &self).await?,)+
                    _ => return Err(Error::NotFound(FactId::NOUN)),
                }
            };
        }
        let person = one_of! {
            PostAssignmentId => post_assignment,
            LevelPeriodId => level_period,
            RankPeriodId => rank_period,
            EducationId => education,
            ProfessionalTitleId => professional_title,
            AssessmentId => assessment,
            ExperienceId => experience,
            TrainingId => training,
            AwardId => award,
            SanctionId => sanction,
            ResumeEntryId => resume_entry,
        };
        Ok(person)
    }
}

async fn void<E: Fact>(tx: &mut Writer<'_>, command: &VoidFact) -> Result<CadreId> {
    use entity::Versioned as _;
    let before = in_force::<E>(tx, command.fact.key).await?;
    if before.version() != command.expected_version {
        return Err(Error::Stale { what: FactId::NOUN, actual: before.version() });
    }
    let cadre = tx.get::<cadre::Entity>(E::person(&before)).await?;
    let was = highest(tx, cadre.id).await?;
    let after = E::voided(before.clone(), command.reason.trim().to_owned());
    tx.update::<E>(&before, after).await?;
    follow(tx, cadre, &command.fact.noun, was).await?;
    Ok(E::person(&before))
}
