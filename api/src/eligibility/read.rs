//! Questions about who meets a policy: the rows of one person with the edition that has effect, and the list of everybody.

pub mod trying;

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use entity::{
    assessment, cadre, criterion_waiver, declared_fact, education, experience,
    id::{CadreId, OrganizationId, PolicyEditionId},
    level_period, organization, policy_edition, post_assignment, professional_title, rank_period, sanction,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    career::read::Fact,
    db::{
        connect::Plans,
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    edition::read::effective,
    eligibility::{
        condition::{Conditions, sanctions_known},
        dossier::Dossier,
    },
    error::{Action, Error, Result},
    kernel::{need::Need, outcome::Outcome},
    organization::read::below,
    questions,
};

/// By which edition somebody is judged.
pub enum By {
    /// That of this policy which has effect for the person's organization.
    Policy(String),
    /// This one, a draft too.
    Edition(PolicyEditionId),
}

/// What is needed to judge one person; none where the person, or the edition, does not exist for the caller.
pub struct Judging {
    /// The person.
    pub cadre: CadreId,
    /// By what.
    pub by: By,
    /// On which day.
    pub on: NaiveDate,
}

impl Query for Judging {
    const ACTION: Action = Action::EligibilityRead;
    type Answer = Option<(policy_edition::Model, Dossier)>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some(cadre) = reader.get::<cadre::Entity>(self.cadre).await? else { return Ok(None) };
        let edition = match &self.by {
            By::Policy(code) => effective(reader, code, cadre.organization_id, self.on).await?,
            By::Edition(id) => reader.get::<policy_edition::Entity>(*id).await?,
        };
        let Some(edition) = edition else { return Ok(None) };
        Ok(Some((edition, dossier(reader, cadre).await?)))
    }
}

/// What is on record of a person.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn dossier(reader: &Reader<'_>, cadre: cadre::Model) -> Result<Dossier> {
    let found = dossiers(reader, vec![cadre]).await?;
    found.into_iter().next().ok_or(Error::broken("a person without a dossier"))
}

/// What is on record of some people, in their order: as many statements as for one of them.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn dossiers(reader: &Reader<'_>, cadres: Vec<cadre::Model>) -> Result<Vec<Dossier>> {
    let people: Vec<CadreId> = cadres.iter().map(|it| it.id).collect();
    let at = Alias::own::<cadre::Entity>();
    let known = at.col(cadre::Column::Id).is_in(people.iter().copied());
    let known = Condition::all().add(known).add(sanctions_known(&at, reader.gate()));
    let known = reader.find::<cadre::Entity>().filter(known).keys().await?;
    let mut sanctions = facts::<sanction::Entity>(reader, &known).await?;
    let mut declared = declared(reader, &known).await?;
    let mut levels = facts::<level_period::Entity>(reader, &people).await?;
    let mut ranks = facts::<rank_period::Entity>(reader, &people).await?;
    let mut posts = facts::<post_assignment::Entity>(reader, &people).await?;
    let mut experiences = facts::<experience::Entity>(reader, &people).await?;
    let mut educations = facts::<education::Entity>(reader, &people).await?;
    let mut assessments = facts::<assessment::Entity>(reader, &people).await?;
    let mut titles = facts::<professional_title::Entity>(reader, &people).await?;
    let mine = Alias::own::<criterion_waiver::Entity>().col(criterion_waiver::Column::CadreId);
    let waivers = reader.find::<criterion_waiver::Entity>().filter(mine.is_in(people.iter().copied())).all().await?;
    let mut waivers = by_person(waivers, |it| Some(it.cadre_id));
    let keepers = questions::distinct(cadres.iter().map(|it| it.organization_id));
    let keepers = Alias::own::<organization::Entity>().col(organization::Column::Id).is_in(keepers);
    let keepers = reader.find_by_key::<organization::Entity>().filter(keepers).all().await?;
    let dossier = |cadre: cadre::Model| Dossier {
        levels: levels.remove(&cadre.id).unwrap_or_default(),
        ranks: ranks.remove(&cadre.id).unwrap_or_default(),
        posts: posts.remove(&cadre.id).unwrap_or_default(),
        experiences: experiences.remove(&cadre.id).unwrap_or_default(),
        educations: educations.remove(&cadre.id).unwrap_or_default(),
        assessments: assessments.remove(&cadre.id).unwrap_or_default(),
        titles: titles.remove(&cadre.id).unwrap_or_default(),
        sanctions: known.contains(&cadre.id).then(|| sanctions.remove(&cadre.id).unwrap_or_default()),
        declared: known.contains(&cadre.id).then(|| declared.remove(&cadre.id).unwrap_or_default()),
        waivers: waivers.remove(&cadre.id).unwrap_or_default(),
        kept_by: keepers.iter().find(|it| it.id == cadre.organization_id).map(|it| it.kind),
        cadre,
    };
    Ok(cadres.into_iter().map(dossier).collect())
}

/// Rows by the person whom they are of.
type ByPerson<M> = HashMap<CadreId, Vec<M>>;

fn by_person<M>(rows: Vec<M>, person: impl Fn(&M) -> Option<CadreId>) -> ByPerson<M> {
    let mut out = ByPerson::new();
    for row in rows {
        if let Some(person) = person(&row) {
            out.entry(person).or_default().push(row);
        }
    }
    out
}

/// What is signed for people: for those who may read sanctions, so that nobody takes what is hidden for what is absent.
async fn declared(reader: &Reader<'_>, people: &[CadreId]) -> Result<ByPerson<declared_fact::Model>> {
    let theirs = Alias::own::<declared_fact::Entity>().col(declared_fact::Column::CadreId);
    let rows = reader.find::<declared_fact::Entity>().filter(theirs.is_in(people.iter().copied())).all().await?;
    Ok(by_person(rows, |it| it.cadre_id))
}

/// The dated facts of one kind of some people.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn facts<E: Fact>(reader: &Reader<'_>, people: &[CadreId]) -> Result<ByPerson<E::Model>> {
    let theirs = Alias::own::<E>().col(E::whose()).is_in(people.iter().copied());
    Ok(by_person(reader.find::<E>().filter(theirs).all().await?, |row| Some(E::person(row))))
}

/// Everybody under an organization for whom a need comes out so.
#[derive(Clone, Serialize)]
pub struct Candidates {
    /// The edition that the need stands in, and its version: a draft may change.
    pub edition: (PolicyEditionId, i32),
    /// The criterion; none for all whose failing is an error.
    pub criterion: Option<String>,
    /// Whose policy it is.
    pub under: OrganizationId,
    /// How it comes out.
    pub outcome: &'static str,
    /// On which day.
    pub on: NaiveDate,
    /// What is needed: told by the edition and the criterion.
    #[serde(skip)]
    pub need: Arc<Need>,
    /// As `outcome` says.
    #[serde(skip)]
    pub come: Outcome,
}

impl questions::Among for Candidates {
    type Entity = cadre::Entity;
    const ACTION: Action = Action::EligibilityRead;
    const PLANS: Plans = Plans::Anew;
    const LIST: &'static str = "eligibility.list";
    const COUNT: &'static str = "eligibility.count";
    fn by_name() -> cadre::Column {
        cadre::Column::NameSort
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let place = Alias::own::<cadre::Entity>().col(cadre::Column::OrganizationId);
        Condition::all()
            .add(place.in_subquery(below(gate, self.under)))
            .add(Conditions::new(gate, self.on).come(&self.need, self.come))
    }
}
