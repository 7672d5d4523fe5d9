//! What is recorded of some persons as of a day, in the order in which our own reader would compare it.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use entity::{
    assessment, cadre, education,
    id::CadreId,
    kind::{AssessmentKind, CivilServantRank, Education, EducationMode, FactState, PositionLevel},
    level_period,
    partial_date::PartialDate,
    post_assignment, professional_title,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    career::draft::Span,
    db::{gate::Alias, writer::Writer},
    error::Result,
    roster::write::{Held, held},
};

/// One person as of a day.
pub struct Dossier {
    /// The record.
    pub record: cadre::Model,
    /// The principal post, and since when.
    pub post: Option<(String, Option<PartialDate>)>,
    /// The position level, and since when.
    pub level: Option<(PositionLevel, Option<PartialDate>)>,
    /// The rank, and since when.
    pub rank: Option<(CivilServantRank, Option<PartialDate>)>,
    /// Highest education.
    pub education: Option<Education>,
    /// Every education by then.
    pub educations: Vec<education::Model>,
    /// The professional title that was obtained last.
    pub title: Option<String>,
    /// Every professional title by then.
    pub titles: Vec<professional_title::Model>,
    /// Yearly grades, oldest first.
    pub assessments: Vec<assessment::Model>,
    /// Lines of the résumé, in their order.
    pub resume: Vec<(String, Span)>,
}

impl Dossier {
    /// The highest education of a mode; the second says whether another one is like it.
    pub fn highest(&self, mode: EducationMode) -> Option<(&education::Model, bool)> {
        let among = || self.educations.iter().filter(|it| it.mode == mode);
        let best = among().min_by_key(|it| (it.level.is_none(), it.level, it.degree.is_none(), it.degree))?;
        let like = |it: &&education::Model| it.level == best.level && (it.level.is_some() || it.degree == best.degree);
        Some((best, among().filter(like).count() > 1))
    }
}

/// The dossiers of these persons, in their order.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn dossiers(tx: &Writer<'_>, people: Vec<cadre::Model>, on: NaiveDate) -> Result<Vec<Dossier>> {
    let ids: Vec<CadreId> = people.iter().map(|it| it.id).collect();
    let mut facts = held(tx, &ids).await?;
    let (mut posts, mut levels) = (posts(tx, &ids).await?, levels(tx, &ids).await?);
    let one = |record: cadre::Model| {
        let (facts, posts, levels) = (
            facts.remove(&record.id).unwrap_or_default(),
            posts.remove(&record.id).unwrap_or_default(),
            levels.remove(&record.id).unwrap_or_default(),
        );
        dossier(record, facts, posts, levels, on, tx.today())
    };
    Ok(people.into_iter().map(one).collect())
}

fn dossier(
    record: cadre::Model,
    facts: Held,
    posts: Vec<post_assignment::Model>,
    levels: Vec<level_period::Model>,
    on: NaiveDate,
    today: NaiveDate,
) -> Dossier {
    // Today is what the record says; another day is what was in force then.
    let now = on == today;
    let in_force = |from, to: Option<PartialDate>| if now { to.is_none() } else { Span { from, to }.holds(on) };
    let post = if now {
        record.post_title.clone().map(|title| {
            let open = posts.iter().find(|it| it.valid_to.is_none() && it.title == title);
            (title, open.and_then(|it| it.valid_from))
        })
    } else {
        let held = posts.iter().filter(|it| in_force(it.valid_from, it.valid_to)).max_by_key(|it| it.valid_from);
        held.map(|it| (it.title.clone(), it.valid_from))
    };
    let level = if now {
        record.position_level.map(|level| {
            let open = levels.iter().find(|it| it.valid_to.is_none() && it.level == level);
            (level, open.and_then(|it| it.valid_from))
        })
    } else {
        let held = levels.iter().filter(|it| in_force(it.valid_from, it.valid_to)).max_by_key(|it| it.valid_from);
        held.map(|it| (it.level, it.valid_from))
    };
    let rank = facts.ranks.iter().filter(|it| in_force(it.valid_from, it.valid_to)).max_by_key(|it| it.valid_from);
    let rank = rank.map(|it| (it.rank, it.valid_from));
    let begun = |from: Option<PartialDate>| now || Span { from, to: None }.begun(on);
    let mut titles = facts.titles;
    titles.retain(|it| begun(it.obtained));
    titles.sort_by_key(|it| (it.obtained, it.recorded_at, it.id));
    let mut educations = facts.educations;
    educations.retain(|it| begun(it.graduated));
    let education = if now { record.education } else { educations.iter().filter_map(|it| it.level).min() };
    let mut assessments = facts.assessments;
    assessments.retain(|it| it.kind == AssessmentKind::Annual && (now || it.year < on.year()));
    assessments.sort_by_key(|it| it.year);
    let mut resume = facts.resume;
    resume.retain(|it| begun(it.valid_from));
    resume.sort_by_key(|it| (it.ordinal, it.id));
    let line = |it: entity::resume_entry::Model| (it.raw_text, Span { from: it.valid_from, to: it.valid_to });
    Dossier {
        post,
        level,
        rank,
        education,
        educations,
        title: titles.last().map(|it| it.title.clone()),
        titles,
        assessments,
        resume: resume.into_iter().map(line).collect(),
        record,
    }
}

async fn posts(tx: &Writer<'_>, people: &[CadreId]) -> Result<HashMap<CadreId, Vec<post_assignment::Model>>> {
    let at = Alias::own::<post_assignment::Entity>();
    let reader = tx.reader();
    let theirs = at.col(post_assignment::Column::CadreId).is_in(people.iter().copied());
    let found = reader.find::<post_assignment::Entity>().filter(theirs);
    let found = found.filter(at.col(post_assignment::Column::IsPrimary).eq(true));
    let found = found.filter(at.col(post_assignment::Column::State).eq(FactState::Recorded)).all().await?;
    let mut out: HashMap<CadreId, Vec<post_assignment::Model>> = HashMap::new();
    found.into_iter().for_each(|it| out.entry(it.cadre_id).or_default().push(it));
    Ok(out)
}

async fn levels(tx: &Writer<'_>, people: &[CadreId]) -> Result<HashMap<CadreId, Vec<level_period::Model>>> {
    let at = Alias::own::<level_period::Entity>();
    let reader = tx.reader();
    let theirs = at.col(level_period::Column::CadreId).is_in(people.iter().copied());
    let found = reader.find::<level_period::Entity>().filter(theirs);
    let found = found.filter(at.col(level_period::Column::State).eq(FactState::Recorded)).all().await?;
    let mut out: HashMap<CadreId, Vec<level_period::Model>> = HashMap::new();
    found.into_iter().for_each(|it| out.entry(it.cadre_id).or_default().push(it));
    Ok(out)
}
