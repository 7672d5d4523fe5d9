//! Questions about organizations, and who may see their rows.
//!
//! An organization is visible within what a grant reaches. A mentor or cadre, whose grant reaches no rows, sees the
//! organizations of the persons that they may see, so that a card can say where somebody works.

use std::collections::HashMap;

use entity::{
    id::{Key, OrganizationId},
    kind::{OrganizationKind, Role},
    organization, organization_closure,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, LikeExpr},
};
use serde::Serialize;

use crate::{
    cadre,
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    loaders::Batched,
    page::{Page, PageArgs},
};

const REACHING: &[Role] = &[
    Role::OrganizationOfficer,
    Role::OrganizationLeader,
    Role::UnitOfficer,
    Role::SummaryReader,
    Role::SystemAdmin,
    Role::SecurityAdmin,
];

impl Visible for organization::Entity {
    /// Within what a grant reaches, or where a person works whose card the caller may see.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(organization::Column::Id);
        let within = Condition::any().add(gate.under(id.clone(), REACHING));
        if gate.scope().person(&[Role::Mentor, Role::Cadre]).is_none() {
            return within;
        }
        let people = Alias::named("people");
        let works = gate.raw::<entity::cadre::Entity>(entity::cadre::Column::OrganizationId, &people);
        let works = works.clone().cond_where(cadre::read::known_to_person(&people, gate)).to_owned();
        within.add(id.in_subquery(works))
    }
}

/// Which organizations to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Among {
    /// The subtree.
    pub under: Option<OrganizationId>,
    /// The parent.
    pub parent: Option<OrganizationId>,
    /// The kinds.
    pub kinds: Option<Vec<OrganizationKind>>,
    /// How names begin.
    pub name_prefix: Option<String>,
}

impl Among {
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<organization::Entity>();
        Condition::all()
            .add_option(self.under.map(|top| at.col(organization::Column::Id).in_subquery(below(gate, top))))
            .add_option(self.parent.map(|top| at.col(organization::Column::ParentId).eq(top)))
            .add_option(self.kinds.clone().map(|kinds| at.col(organization::Column::Kind).is_in(kinds)))
            .add_option(self.name_prefix.as_deref().map(|text| begins(at.col(organization::Column::Name), text)))
    }
}

/// The keys of an organization and those below it.
pub fn below(gate: &Gate, top: OrganizationId) -> sea_orm::sea_query::SelectStatement {
    let (wanted, given) = (organization_closure::Column::DescendantId, organization_closure::Column::AncestorId);
    gate.closure(wanted, given, [top.uuid()])
}

/// That a text column begins with a text, taken as it stands.
pub fn begins(column: Expr, text: &str) -> Expr {
    let escaped: String =
        text.chars().flat_map(|it| matches!(it, '%' | '_' | '\\').then_some('\\').into_iter().chain([it])).collect();
    column.like(LikeExpr::new(format!("{escaped}%")).escape('\\'))
}

/// One page of organizations.
#[derive(Serialize)]
pub struct ListOrganizations {
    /// Which.
    pub among: Among,
    /// Which page.
    pub page: PageArgs,
}

impl Query for ListOrganizations {
    const ACTION: Action = Action::OrganizationRead;
    type Answer = Page<organization::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let among = self.among.condition(reader.gate());
        reader.find::<organization::Entity>().filter(among).page(&self.page, organization::Column::NameSort).await
    }
}

impl Remember for ListOrganizations {
    const NAME: &'static str = "organization.list";
    const TTL_S: u64 = 300;
}

/// How many organizations there are.
#[derive(Serialize)]
pub struct CountOrganizations(pub Among);

impl Query for CountOrganizations {
    const ACTION: Action = Action::OrganizationRead;
    type Answer = u64;
    async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
        let among = self.0.condition(reader.gate());
        reader.find::<organization::Entity>().filter(among).count().await
    }
}

impl Remember for CountOrganizations {
    const NAME: &'static str = "organization.count";
    const TTL_S: u64 = 300;
}

/// Organizations by key.
#[derive(Serialize)]
pub struct OrganizationsById(pub Vec<OrganizationId>);

impl Query for OrganizationsById {
    const ACTION: Action = Action::OrganizationRead;
    type Answer = Vec<organization::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let id = Alias::own::<organization::Entity>().col(organization::Column::Id);
        reader.find::<organization::Entity>().filter(id.is_in(self.0.iter().copied())).all().await
    }
}

impl Remember for OrganizationsById {
    const NAME: &'static str = "organization.by_id";
    const TTL_S: u64 = 300;
}

/// The organization of a code.
#[derive(Serialize)]
pub struct OrganizationByCode(pub String);

impl Query for OrganizationByCode {
    const ACTION: Action = Action::OrganizationRead;
    type Answer = Option<organization::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let code = Alias::own::<organization::Entity>().col(organization::Column::Code);
        reader.find::<organization::Entity>().filter(code.eq(self.0.as_str())).one().await
    }
}

impl Remember for OrganizationByCode {
    const NAME: &'static str = "organization.by_code";
    const TTL_S: u64 = 300;
}

/// One organization, loaded with its neighbours.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrganizationOf(pub OrganizationId);

impl Batched for OrganizationOf {
    type Value = organization::Model;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
        let mut ids: Vec<_> = keys.iter().map(|it| it.0).collect();
        ids.sort_unstable();
        let rows = session.recall(&OrganizationsById(ids)).await?;
        Ok(rows.into_iter().map(|row| (Self(row.id), row)).collect())
    }
}
