//! What a row says beyond the record of today, as dated facts with their source. A fact that is in force and says the
//! same stays; one that says otherwise is superseded, or ended where the new one follows it.
//!
//! What the file says of work, other parties, awards and sanctions has no fact here: the raw row keeps it, sealed. A sanction is
//! a formal finding, and is never made from free text.

use std::collections::HashMap;

use entity::{
    assessment, education,
    id::{AssessmentId, CadreId, Key, LevelPeriodId, PostAssignmentId, RankPeriodId},
    kind::{AssessmentGrade, AssessmentKind, CivilServantRank, Education, FactState},
    level_period,
    partial_date::PartialDate,
    post_assignment, professional_title, rank_period, resume_entry,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    cadre::rules as record_rules,
    career::{
        draft::{Draft, Span},
        read::Fact,
        rules,
        write::{self, Stamp},
    },
    db::{gate::Alias, writer::Writer},
    error::{Error, Result},
    roster::{
        fields::Field,
        finding::{FindingCode, Remark},
        row::RosterRow,
        write::{Watch, sheaf::Sheaf, studies},
    },
};

/// The facts of one person that are in force.
#[derive(Default)]
pub struct Held {
    /// The open post of the row's title.
    pub posts: Vec<post_assignment::Model>,
    /// The open level that the row states.
    pub levels: Vec<level_period::Model>,
    /// Ranks, past ones included.
    pub ranks: Vec<rank_period::Model>,
    /// Educations.
    pub educations: Vec<education::Model>,
    /// Professional titles.
    pub titles: Vec<professional_title::Model>,
    /// Assessments.
    pub assessments: Vec<assessment::Model>,
    /// Lines of the résumé.
    pub resume: Vec<resume_entry::Model>,
}

impl Held {
    /// The highest education among them; the closed set is declared highest first.
    pub fn highest(&self) -> Option<Education> {
        self.educations.iter().filter_map(|it| it.level).min()
    }
}

/// The facts of some persons that are in force, but for posts and levels.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn held(tx: &Writer<'_>, people: &[CadreId]) -> Result<HashMap<CadreId, Held>> {
    let mut out: HashMap<CadreId, Held> = HashMap::new();
    macro_rules! each {
        ($($module:ident into $list:ident),+) => {$(
            for row in recorded::<$module::Entity>(tx, people).await? {
                out.entry(row.cadre_id).or_default().$list.push(row);
            }
        )+};
    }
    each!(
        rank_period into ranks,
        education into educations,
        professional_title into titles,
        assessment into assessments,
        resume_entry into resume
    );
    Ok(out)
}

async fn recorded<E: Fact>(tx: &Writer<'_>, people: &[CadreId]) -> Result<Vec<E::Model>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let (at, reader) = (Alias::own::<E>(), tx.reader());
    let theirs = reader.find::<E>().filter(at.col(E::whose()).is_in(people.iter().copied()));
    theirs.filter(at.col(E::standing()).eq(FactState::Recorded)).all().await
}

/// Whether a date that a file states adds nothing to the one on record: the same, or the same with less of it.
pub(super) fn says_no_more(stated: PartialDate, held: Option<PartialDate>) -> bool {
    let Some(held) = held else { return false };
    let agrees = |stated: Option<u8>, held: Option<u8>| stated.is_none() || stated == held;
    stated.year() == held.year() && agrees(stated.month(), held.month()) && agrees(stated.day(), held.day())
}

/// Takes what a row says of a person; says whether anything was another than before. New rows go to the sheaf.
pub(super) async fn take(
    tx: &mut Writer<'_>,
    stamp: &Stamp,
    row: &RosterRow,
    held: Held,
    sheaf: &mut Sheaf,
    watch: &Watch,
) -> Result<bool> {
    let mut taking = Taking { stamp, row, sheaf, watch };
    let mut moved = taking.starts(tx, held.posts, held.levels).await?;
    moved |= taking.rank(tx, held.ranks).await?;
    moved |= taking.assessments(tx, held.assessments).await?;
    moved |= studies::educations(&mut taking, tx, held.educations).await?;
    moved |= studies::title(&mut taking, &held.titles);
    moved |= studies::resume(&mut taking, tx, held.resume).await?;
    Ok(moved)
}

fn left_out(watch: &Watch, line: u32, field: Field, why: impl Into<String>) {
    let remedy = "Nothing else of the line was left out; correct it and import again, or record it by hand.";
    watch.add(Remark::warning(FindingCode::FactLeftOut, why, remedy), line, field);
}

/// When a row says that the person joined the party; a date that can't be is left out, and said.
pub(super) fn joined(
    tx: &Writer<'_>,
    row: &RosterRow,
    birth: Option<PartialDate>,
    watch: &Watch,
) -> Option<PartialDate> {
    let date = row.facts.party_joined_on()?;
    match record_rules::life(birth, [Some(date), None, None], tx.today()) {
        Ok(()) => Some(date),
        Err(Error::Invalid { field: "partyJoinedOn", why }) => {
            left_out(watch, row.line, Field::PartyJoin, format!("It was not recorded: it {why}."));
            None
        }
        // The record itself is refused for it.
        Err(_) => Some(date),
    }
}

/// One row on its way into the facts.
pub(super) struct Taking<'t> {
    pub stamp: &'t Stamp,
    pub row: &'t RosterRow,
    pub sheaf: &'t mut Sheaf,
    pub watch: &'t Watch,
}

impl Taking<'_> {
    pub fn stamp(&self) -> Stamp {
        self.stamp.clone()
    }

    /// Says that something was not recorded; the raw row keeps it.
    pub fn left_out(&self, field: Field, why: impl Into<String>) {
        left_out(self.watch, self.row.line, field, why);
    }

    /// Whether the rules of facts let one in; what they refuse is said.
    pub fn allowed(&self, tx: &Writer<'_>, draft: &Draft, beside: &[Span], field: Field) -> bool {
        let checked = rules::by_itself(draft, self.row.birth_date, tx.today());
        match checked.and_then(|()| rules::alone(draft, beside)) {
            Ok(()) => true,
            Err(Error::Invalid { why, .. }) => {
                self.left_out(field, format!("It was not recorded: it {why}."));
                false
            }
            Err(Error::Rule(problem)) => {
                self.left_out(field, format!("It was not recorded. {}", problem.message));
                false
            }
            Err(_) => false,
        }
    }

    /// Another beginning of the same post or level.
    async fn starts(
        &mut self,
        tx: &mut Writer<'_>,
        posts: Vec<post_assignment::Model>,
        levels: Vec<level_period::Model>,
    ) -> Result<bool> {
        let mut moved = false;
        if let (Some(from), Some(held)) = (self.row.post_start, posts.into_iter().next())
            && !says_no_more(from, held.valid_from)
        {
            let row = post_assignment::Model {
                id: PostAssignmentId::fresh(),
                valid_from: Some(from),
                source: self.stamp.source.clone(),
                recorded_at: Some(self.stamp.at),
                recorded_by: self.stamp.by,
                version: 1,
                ..held.clone()
            };
            supersede::<post_assignment::Entity>(tx, &held, row.id.uuid()).await?;
            self.sheaf.posts.push(row);
            moved = true;
        }
        if let (Some(from), Some(held)) = (self.row.level_start, levels.into_iter().next())
            && !says_no_more(from, held.valid_from)
        {
            let row = level_period::Model {
                id: LevelPeriodId::fresh(),
                valid_from: Some(from),
                source: self.stamp.source.clone(),
                recorded_at: Some(self.stamp.at),
                recorded_by: self.stamp.by,
                version: 1,
                ..held.clone()
            };
            supersede::<level_period::Entity>(tx, &held, row.id.uuid()).await?;
            self.sheaf.levels.push(row);
            moved = true;
        }
        Ok(moved)
    }

    /// The rank: the same one with another beginning is a correction, another one follows the old.
    async fn rank(&mut self, tx: &mut Writer<'_>, held: Vec<rank_period::Model>) -> Result<bool> {
        let Some(rank) = self.row.facts.rank.and_then(|it| CivilServantRank::parse(it.text())) else {
            return Ok(false);
        };
        let start = self.row.facts.rank_start;
        let open = held.iter().filter(|it| it.valid_to.is_none()).max_by_key(|it| it.valid_from);
        let same = open.filter(|it| it.rank == rank);
        if same.is_some_and(|it| start.is_none_or(|start| says_no_more(start, it.valid_from))) {
            return Ok(false);
        }
        let beside: Vec<Span> = held
            .iter()
            .filter(|it| open.is_none_or(|open| open.id != it.id))
            .map(|it| Span { from: it.valid_from, to: it.valid_to })
            .collect();
        let draft = Draft::Rank { rank, span: Span { from: start, to: None } };
        if !self.allowed(tx, &draft, &beside, Field::RankStart) {
            return Ok(false);
        }
        let stamp = self.stamp();
        let new = write::row!(stamp, rank_period, RankPeriodId, { rank, valid_from: start, valid_to: None, });
        if let Some(open) = open {
            let end = start.or_else(|| PartialDate::day_of(tx.today()));
            let follows = same.is_none()
                && open.valid_from.is_none_or(|from| end.is_some_and(|end| from < end && !rules::before(end, from)));
            if follows {
                let ended = rank_period::Model { valid_to: end, ..open.clone() };
                tx.update::<rank_period::Entity>(open, ended).await?;
            } else {
                supersede::<rank_period::Entity>(tx, open, new.id.uuid()).await?;
            }
        }
        self.sheaf.ranks.push(new);
        Ok(true)
    }

    /// The grades of the years: one a year is in force.
    async fn assessments(&mut self, tx: &mut Writer<'_>, held: Vec<assessment::Model>) -> Result<bool> {
        let (mut moved, kind) = (false, AssessmentKind::Annual);
        let mut years = std::collections::BTreeSet::new();
        for stated in &self.row.facts.assessments {
            let Some(grade) = AssessmentGrade::parse(stated.grade.text()) else { continue };
            let year = i32::from(stated.year);
            if !years.insert(year) {
                self.left_out(Field::Name, format!("The year {year} has two grades; the first one was taken."));
                continue;
            }
            let before = held.iter().find(|it| it.year == year && it.kind == kind);
            if before.is_some_and(|it| it.grade == grade)
                || !self.allowed(tx, &Draft::Assessment { year, kind, grade }, &[], Field::Name)
            {
                continue;
            }
            let stamp = self.stamp();
            let new = write::row!(stamp, assessment, AssessmentId, { year, kind, grade, });
            if let Some(before) = before {
                supersede::<assessment::Entity>(tx, before, new.id.uuid()).await?;
            }
            self.sheaf.assessments.push(new);
            moved = true;
        }
        Ok(moved)
    }
}

/// Marks a fact whose place another one takes.
pub(super) async fn supersede<E: Fact>(tx: &mut Writer<'_>, before: &E::Model, by: uuid::Uuid) -> Result<()> {
    tx.update::<E>(before, E::superseded(before.clone(), by)).await
}
