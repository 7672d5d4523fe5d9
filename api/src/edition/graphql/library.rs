//! The library of mechanisms, in the schema.

use async_graphql::{Context, Object};

use crate::{
    edition::{
        document,
        graphql::PolicyCriterion,
        library::{self, Mechanism},
        read::MayReadLibrary,
    },
    error::{Action, Result},
    loaders::Caller,
    relay::access,
};

/// A mechanism of the library.
#[derive(Clone)]
pub struct LibraryPolicy(&'static Mechanism);

/// A mechanism of the field, written down as a policy (制度样本): take its document, put your organization's code and days in,
/// draft and publish it.
#[Object(crate = "crate::relay::graphql")]
impl LibraryPolicy {
    /// Its number in the collection of the field; one mechanism may have a document for each place.
    async fn mechanism(&self) -> &str {
        &self.0.entry.mechanism
    }
    /// Code of the policy.
    async fn code(&self) -> &str {
        &self.0.document.code
    }
    /// What it is called, in Chinese.
    async fn title_zh(&self) -> &str {
        &self.0.entry.title_zh
    }
    /// What it is called, in English.
    async fn title_en(&self) -> &str {
        &self.0.entry.title_en
    }
    /// The place that it comes from.
    async fn region(&self) -> &str {
        &self.0.entry.region
    }
    /// The primitives that it fills: POOL, PAIR, DUTY and the like.
    async fn primitives(&self) -> Vec<&'static str> {
        self.0.document.sections.primitives()
    }
    /// What of the source is reduced or refused here, and why; null where nothing is.
    async fn note(&self) -> Option<&str> {
        self.0.entry.note.as_deref()
    }
    /// What it asks of people, in its order.
    async fn criteria(&self) -> Vec<PolicyCriterion> {
        let all: Vec<document::Criterion> = self.0.document.criteria.clone();
        all.into_iter().map(PolicyCriterion).collect()
    }
    /// The document, as JSON text.
    async fn document(&self) -> &str {
        self.0.text
    }
}

/// Questions about the library.
#[derive(Default)]
pub struct LibraryQuery;

/// Questions about the library.
#[Object]
impl LibraryQuery {
    /// Mechanisms of the field as policies to start from, in the order of their numbers.
    #[graphql(directive = access::apply(Action::PolicyRead))]
    async fn policy_library(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that fill this primitive, such as POOL.")] primitive: Option<String>,
        #[graphql(desc = "Only this mechanism, such as M001.")] mechanism: Option<String>,
    ) -> Result<Option<Vec<LibraryPolicy>>> {
        ctx.session()?.ask(&MayReadLibrary).await?;
        let fits = |it: &&'static Mechanism| {
            primitive.as_deref().is_none_or(|only| it.document.sections.primitives().contains(&only))
                && mechanism.as_ref().is_none_or(|only| it.entry.mechanism == *only)
        };
        Ok(Some(library::all().iter().filter(fits).map(LibraryPolicy).collect()))
    }
}
