//! A list of people for a post, in the schema: by name alone, each with every factor.

use async_graphql::{Context, SimpleObject};
use chrono::NaiveDate;
use entity::id::OrganizationId;

use crate::{
    cadre::graphql::Cadre,
    edition::graphql::{PolicyCriterion, PolicyEdition},
    eligibility::{dossier::Dossier, graphql::CriterionResult, judge::judge},
    error::Result,
    loaders::Caller,
    page::CursorKey,
    portrait::read::{CountListed, Listed},
    relay::PageInfo,
};

/// One person of a list for a post: who fails a factor stays in sight, with the factor.
#[derive(SimpleObject)]
pub struct ShortlistEdge {
    /// Where the row stands in the list.
    cursor: String,
    /// The person.
    node: Cadre,
    /// Every factor of the list, in its order, with how it comes out and everything that was compared.
    factors: Vec<CriterionResult>,
}

/// A page of a list of people for a post (岗位人选), by name. No factor, score or age orders it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ShortlistConnection {
    /// Code of the list in the policy.
    code: String,
    /// What it is called.
    title: String,
    /// The edition of the policy.
    edition: PolicyEdition,
    /// The factors, in the order of the list.
    factors: Vec<PolicyCriterion>,
    /// The rows of the page.
    edges: Vec<ShortlistEdge>,
    /// Where the page stands.
    page_info: PageInfo,
    #[graphql(skip)]
    organization: OrganizationId,
}

/// What is counted only when it is asked for.
#[async_graphql::ComplexObject]
impl ShortlistConnection {
    /// People of the whole list whom the caller may see; counted only when it is asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Option<u64>> {
        Ok(Some(ctx.session()?.ask(&CountListed(self.organization)).await?))
    }
}

impl ShortlistConnection {
    /// A page of people with their factors.
    pub(super) fn of(
        found: Listed,
        organization: OrganizationId,
        on: NaiveDate,
        after: bool,
        cursors: &CursorKey,
    ) -> Self {
        let Listed { edition, document, list, page, people } = found;
        let factors: Vec<_> = list.factors.iter().filter_map(|code| document.criterion(code)).cloned().collect();
        let edge = |(cursor, dossier): (String, Dossier)| ShortlistEdge {
            cursor,
            factors: factors.iter().map(|it| judge(it, edition.id, &dossier, on).into()).collect(),
            node: Cadre(dossier.cadre),
        };
        let cursor = page.rows.iter().map(|(place, _)| page.cursor(place, cursors));
        let edges = cursor.zip(people).map(edge).collect();
        Self {
            code: list.code,
            title: list.title,
            page_info: PageInfo::of(&page, after, cursors),
            edges,
            factors: factors.into_iter().map(PolicyCriterion).collect(),
            edition: PolicyEdition(edition),
            organization,
        }
    }
}
