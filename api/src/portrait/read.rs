//! Questions behind portraits: one person, several beside each other, a list for a post, two units of a move. Who may see
//! which row is the row policies' business; what is not for the caller stays unknown, and never looks absent.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{
    award, cadre,
    id::{CadreId, OrganizationId},
    kind::CadreStatus,
    membership_step, mentoring_pair, organization, pair_part, pair_step, policy_edition, pool_membership, pool_tier,
    reserve_pool,
};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    cadre::read::{ROWS, kept},
    db::{gate::Alias, reader::Reader, session::Query},
    edition::{
        document::{Criterion, Document},
        notice::Notice,
        read::{effective, in_force},
    },
    eligibility::{
        dossier::Dossier,
        read::{dossier, dossiers, facts},
    },
    error::{Action, Error, Result},
    kernel::fact::Fact,
    mechanism::views::Shortlist,
    organization::read::below,
    page::{Page, PageArgs},
    portrait::rules::{Paired, Pooled, Portrayed},
    questions::distinct,
    target::read::advice::unhelped,
};

/// The portrait of one person; none where the person does not exist for the caller.
pub struct PortraitOf(pub CadreId);

impl Query for PortraitOf {
    const ACTION: Action = Action::PortraitRead;
    type Answer = Option<Portrayed>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some(cadre) = reader.get::<cadre::Entity>(self.0).await? else { return Ok(None) };
        let awards = facts::<award::Entity>(reader, &[cadre.id]).await?.remove(&cadre.id).unwrap_or_default();
        let (pools, pairs) = (pools(reader, cadre.id).await?, pairs(reader, cadre.id).await?);
        Ok(Some(Portrayed { dossier: dossier(reader, cadre).await?, awards, pools, pairs }))
    }
}

/// The memberships of a person that are for the caller: one in a confidential pool is not there for others at all.
async fn pools(reader: &Reader<'_>, person: CadreId) -> Result<Vec<Pooled>> {
    let mine = Alias::own::<pool_membership::Entity>().col(pool_membership::Column::CadreId).eq(person);
    let found = reader.find::<pool_membership::Entity>().filter(mine).order(pool_membership::Column::Id).all().await?;
    let ids = found.iter().map(|it| it.pool_id);
    let kept = Alias::own::<reserve_pool::Entity>().col(reserve_pool::Column::Id).is_in(ids.clone());
    let kept = reader.find::<reserve_pool::Entity>().filter(kept).all().await?;
    let tiers = Alias::own::<pool_tier::Entity>().col(pool_tier::Column::PoolId).is_in(ids);
    let tiers = reader.find::<pool_tier::Entity>().filter(tiers).all().await?;
    let steps = Alias::own::<membership_step::Entity>().col(membership_step::Column::MembershipId);
    let steps = steps.is_in(found.iter().map(|it| it.id));
    let steps = reader.find::<membership_step::Entity>().filter(steps).all().await?;
    let pooled = |membership: pool_membership::Model| Pooled {
        pool: kept.iter().find(|it| it.id == membership.pool_id).cloned(),
        tiers: tiers.iter().filter(|it| it.pool_id == membership.pool_id).cloned().collect(),
        steps: steps.iter().filter(|it| it.membership_id == membership.id).cloned().collect(),
        membership,
    };
    Ok(found.into_iter().map(pooled).collect())
}

/// The parts that a person takes or took in pairs, as far as the pairs are for the caller.
async fn pairs(reader: &Reader<'_>, person: CadreId) -> Result<Vec<Paired>> {
    let mine = Alias::own::<pair_part::Entity>().col(pair_part::Column::CadreId).eq(person);
    let parts = reader.find::<pair_part::Entity>().filter(mine).order(pair_part::Column::Id).all().await?;
    let ids = parts.iter().map(|it| it.pair_id);
    let all = Alias::own::<mentoring_pair::Entity>().col(mentoring_pair::Column::Id).is_in(ids.clone());
    let all = reader.find::<mentoring_pair::Entity>().filter(all).all().await?;
    let steps = Alias::own::<pair_step::Entity>().col(pair_step::Column::PairId).is_in(ids);
    let steps = reader.find::<pair_step::Entity>().filter(steps).all().await?;
    let paired = |part: pair_part::Model| {
        let pair = all.iter().find(|it| it.id == part.pair_id)?.clone();
        Some(Paired { steps: steps.iter().filter(|it| it.pair_id == pair.id).cloned().collect(), pair, part })
    };
    Ok(parts.into_iter().filter_map(paired).collect())
}

/// Some people beside each other, each with the edition of a policy that has effect for the organization that keeps them.
pub struct Beside {
    /// The people, in the order in which they are to stand.
    pub cadres: Vec<CadreId>,
    /// Code of the policy, where one is asked for.
    pub policy: Option<String>,
    /// On which day.
    pub on: NaiveDate,
}

impl Query for Beside {
    const ACTION: Action = Action::PortraitRead;
    /// In the order asked, none for each who does not exist for the caller.
    type Answer = Vec<Option<(Dossier, Option<policy_edition::Model>)>>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
        let found = reader.find::<cadre::Entity>().filter(id.is_in(self.cadres.iter().copied())).all().await?;
        let mut editions: BTreeMap<OrganizationId, Option<policy_edition::Model>> = BTreeMap::new();
        if let Some(code) = &self.policy {
            for keeper in distinct(found.iter().map(|it| it.organization_id)) {
                editions.insert(keeper, effective(reader, code, keeper, self.on).await?);
            }
        }
        let known = dossiers(reader, found).await?;
        let mut known: HashMap<CadreId, Dossier> = known.into_iter().map(|it| (it.cadre.id, it)).collect();
        let column = |id: &CadreId| {
            let dossier = known.remove(id)?;
            let edition = editions.get(&dossier.cadre.organization_id).cloned().flatten();
            Some((dossier, edition))
        };
        Ok(self.cadres.iter().map(column).collect())
    }
}

/// People in post under an organization by name, for one list of a policy.
pub struct ListedFor {
    /// Code of the policy.
    pub policy: String,
    /// Code of the list in it.
    pub list: String,
    /// The organization, with all below it.
    pub organization: OrganizationId,
    /// On which day.
    pub on: NaiveDate,
    /// Which page of them.
    pub page: PageArgs,
}

/// A page of people for one list of a policy.
pub struct Listed {
    /// The edition.
    pub edition: policy_edition::Model,
    /// What it says.
    pub document: Document,
    /// The list.
    pub list: Shortlist,
    /// The page.
    pub page: Page<cadre::Model>,
    /// What is on record of each on it.
    pub people: Vec<Dossier>,
}

impl Listed {
    /// Whether a factor of the list asks for sanctions, or for what is declared.
    pub fn shows_findings(&self) -> bool {
        let factors = self.list.factors.iter().filter_map(|code| self.document.criterion(code));
        let told = [Fact::SanctionsInEffect, Fact::Declared];
        factors.map(Criterion::asked).any(|it| it.leaves().iter().any(|it| told.contains(&it.asked.fact)))
    }
}

impl Query for ListedFor {
    const ACTION: Action = Action::PortraitRead;
    /// None where the organization, or the edition, does not exist for the caller.
    type Answer = Option<Listed>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some(place) = reader.get::<organization::Entity>(self.organization).await? else { return Ok(None) };
        let Some((edition, document)) = in_force(reader, &self.policy, place.id, self.on).await? else {
            return Ok(None);
        };
        let lists = document.sections.views.as_ref().map(|it| it.shortlists.as_slice()).unwrap_or_default();
        let Some(list) = lists.iter().find(|it| it.code == self.list).cloned() else {
            let known: Vec<&str> = lists.iter().map(|it| it.code.as_str()).collect();
            return Err(Error::invalid("list", format!("is none of this policy: it has {}", known.join(", "))));
        };
        let found = reader.find::<cadre::Entity>().filter(in_post(reader, place.id));
        let page = found.page(&self.page, cadre::Column::NameSort).await?;
        let people = dossiers(reader, page.rows.iter().map(|(_, row)| row.clone()).collect()).await?;
        Ok(Some(Listed { edition, document, list, page, people }))
    }
}

fn in_post(reader: &Reader<'_>, under: OrganizationId) -> Condition {
    let at = Alias::own::<cadre::Entity>();
    Condition::all()
        .add(at.col(cadre::Column::OrganizationId).in_subquery(below(reader.gate(), under)))
        .add(at.col(cadre::Column::Status).eq(CadreStatus::InPost))
}

/// How many people a list for a post has.
pub struct CountListed(pub OrganizationId);

impl Query for CountListed {
    const ACTION: Action = Action::PortraitRead;
    type Answer = u64;
    async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
        reader.find::<cadre::Entity>().filter(in_post(reader, self.0)).count().await
    }
}

/// The two units of a move that nobody makes: for those whose grant reaches the rows of both.
pub struct Moving {
    /// The person.
    pub cadre: CadreId,
    /// Where the person would go.
    pub organization: OrganizationId,
    /// Code of the policy whose goals are looked at there, where one is asked for.
    pub policy: Option<String>,
    /// On which day.
    pub on: NaiveDate,
}

/// What the two units of a move are made of.
pub struct Units {
    /// The person.
    pub cadre: cadre::Model,
    /// The unit that keeps the person.
    pub from: organization::Model,
    /// The unit that would.
    pub to: organization::Model,
    /// The people in post whom either of them keeps itself, as far as the caller may see them.
    pub people: Vec<cadre::Model>,
    /// What the goals of the policy say of the person's coming.
    pub findings: Vec<Notice>,
}

impl Query for Moving {
    const ACTION: Action = Action::PortraitRead;
    /// None where the person, or the unit, is not within reach of the caller.
    type Answer = Option<Units>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let (at, gate) = (Alias::own::<cadre::Entity>(), reader.gate());
        let reached = || reader.find::<cadre::Entity>().filter(kept(&at, gate, ROWS));
        let Some(cadre) = reached().filter(at.col(cadre::Column::Id).eq(self.cadre)).one().await? else {
            return Ok(None);
        };
        let place = Alias::own::<organization::Entity>().col(organization::Column::Id);
        let to = reader.find::<organization::Entity>().filter(gate.under(place.clone(), ROWS));
        let Some(to) = to.filter(place.eq(self.organization)).one().await? else { return Ok(None) };
        let Some(from) = reader.get::<organization::Entity>(cadre.organization_id).await? else { return Ok(None) };
        if from.id == to.id {
            return Err(Error::invalid("organization", "keeps the person already: name another one"));
        }
        let both = Condition::all()
            .add(at.col(cadre::Column::OrganizationId).is_in([from.id, to.id]))
            .add(at.col(cadre::Column::Status).eq(CadreStatus::InPost));
        let people = reached().filter(both).all().await?;
        let findings = match &self.policy {
            Some(policy) => {
                // As the person would be, kept by the other unit.
                let comer = Dossier { kept_by: Some(to.kind), ..dossier(reader, cadre.clone()).await? };
                unhelped(reader, policy, to.id, self.on, &comer).await?
            }
            None => Vec::new(),
        };
        Ok(Some(Units { cadre, from, to, people, findings }))
    }
}
