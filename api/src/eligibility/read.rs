//! Questions about who meets a policy: the rows of one person with the edition that has effect, and the list of everybody.

use std::sync::Arc;

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
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    edition::read::effective,
    eligibility::{
        condition::{Conditions, sanctions_known},
        dossier::Dossier,
    },
    error::{Action, Result},
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
    let at = Alias::own::<cadre::Entity>();
    let mine = Condition::all().add(at.col(cadre::Column::Id).eq(cadre.id)).add(sanctions_known(&at, reader.gate()));
    let sanctions = match reader.find::<cadre::Entity>().filter(mine).one().await? {
        Some(_) => Some(facts::<sanction::Entity>(reader, cadre.id).await?),
        None => None,
    };
    Ok(Dossier {
        levels: facts::<level_period::Entity>(reader, cadre.id).await?,
        ranks: facts::<rank_period::Entity>(reader, cadre.id).await?,
        posts: facts::<post_assignment::Entity>(reader, cadre.id).await?,
        experiences: facts::<experience::Entity>(reader, cadre.id).await?,
        educations: facts::<education::Entity>(reader, cadre.id).await?,
        assessments: facts::<assessment::Entity>(reader, cadre.id).await?,
        titles: facts::<professional_title::Entity>(reader, cadre.id).await?,
        declared: match sanctions {
            Some(_) => Some(declared(reader, cadre.id).await?),
            None => None,
        },
        waivers: {
            let mine = Alias::own::<criterion_waiver::Entity>().col(criterion_waiver::Column::CadreId).eq(cadre.id);
            reader.find::<criterion_waiver::Entity>().filter(mine).all().await?
        },
        kept_by: reader.get::<organization::Entity>(cadre.organization_id).await?.map(|it| it.kind),
        sanctions,
        cadre,
    })
}

/// What is signed for a person: for those who may read sanctions, so that nobody takes what is hidden for what is absent.
async fn declared(reader: &Reader<'_>, person: CadreId) -> Result<Vec<declared_fact::Model>> {
    let mine = Alias::own::<declared_fact::Entity>().col(declared_fact::Column::CadreId).eq(person);
    reader.find::<declared_fact::Entity>().filter(mine).all().await
}

async fn facts<E: Fact>(reader: &Reader<'_>, cadre: CadreId) -> Result<Vec<E::Model>> {
    reader.find::<E>().filter(Alias::own::<E>().col(E::whose()).eq(cadre)).all().await
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
