//! Files in the schema: ordered here, fetched once from the address that the answer gives.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::{export, id::ExportId};

use crate::{
    auth::{address::Purpose, scope::Actor},
    cadre::graphql::AccessPurpose,
    db::{addressed, session::Terms},
    error::{Action, Result},
    export::{
        download::{Exports, OrderPool, OrderRoster},
        write::Order,
    },
    loaders::Caller,
    payload, questions,
    relay::{Date, access, global_id, key},
};

/// A file that was ordered.
#[derive(Clone)]
pub struct Export(export::Model);

impl Export {
    /// The order of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: ExportId) -> Result<Option<Self>> {
        Ok(questions::row::<Exports>(ctx.session()?, key).await?.map(Self))
    }

    fn ends(&self) -> DateTime<Utc> {
        self.0.ordered_at + addressed::ORDER
    }
}

/// A file that was ordered: made when it is fetched, once, with the rights of that moment.
#[Object(crate = "crate::relay::graphql")]
impl Export {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Where to fetch it with GET and no token, once; null for anybody but who ordered it, and once it was fetched.
    async fn download_path(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let session = ctx.session()?;
        let mine = matches!(session.actor(), Actor::Account(it) if it.account == self.0.ordered_by);
        let good = mine && self.0.made_at.is_none() && session.now() < self.ends();
        let address = || session.addresses().sign(Purpose::Download, self.0.id.0, self.ends());
        Ok(good.then(|| format!("/downloads/{}", address())))
    }
    /// Until when the address is good.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.ends()
    }
    /// People in it; null until it was fetched.
    async fn row_count(&self) -> Option<i32> {
        self.0.row_count
    }
}

/// What to order.
#[derive(InputObject)]
pub struct RosterExportInput {
    /// Global id of the organization; those below it are listed too.
    organization_id: ID,
    /// The day as of which posts, levels, ranks, educations and grades are told; today where it is left out.
    as_of: Option<Date>,
    /// What for; it is put on record.
    purpose: AccessPurpose,
    /// What for, in 1 to 200 characters; it is put on record.
    reason: String,
    /// Whether identity and phone numbers are left out: then nothing sealed is opened.
    #[graphql(default)]
    without_numbers: bool,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to order.
#[derive(InputObject)]
pub struct PoolExportInput {
    /// Global id of the pool.
    pool_id: ID,
    /// The day as of which posts, levels and educations are told; today where it is left out.
    as_of: Option<Date>,
    /// What for; it is put on record.
    purpose: AccessPurpose,
    /// What for, in 1 to 200 characters; it is put on record.
    reason: String,
    /// Whether identity numbers are left out: then nothing sealed is opened.
    #[graphql(default)]
    without_numbers: bool,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `rosterExport`.
    RosterExportPayload {
        /// The order.
        export: Export by ExportId
    }
);
payload!(
    /// What came of `poolExport`.
    PoolExportPayload {
        /// The order.
        export: Export by ExportId
    }
);

/// Orders files.
#[derive(Default)]
pub struct ExportMutation;

/// Orders files.
#[Object]
impl ExportMutation {
    /// Orders the roster (花名册) of an organization as a workbook, which imports again without a difference. Problems:
    /// INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::RosterExport))]
    async fn roster_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to order.")] input: RosterExportInput,
    ) -> Result<Option<RosterExportPayload>> {
        let purpose = entity::kind::AccessPurpose::from(input.purpose);
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: Some(purpose.text().to_owned()) };
        let (reason, without_numbers) = (input.reason, input.without_numbers);
        let order = Order { as_of: input.as_of.map(|it| it.0), purpose, reason, without_numbers };
        let command = OrderRoster { organization: key(&input.organization_id), order };
        RosterExportPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Orders the list of names (名册) of a pool as a workbook. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PoolExport))]
    async fn pool_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to order.")] input: PoolExportInput,
    ) -> Result<Option<PoolExportPayload>> {
        let purpose = entity::kind::AccessPurpose::from(input.purpose);
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: Some(purpose.text().to_owned()) };
        let (reason, without_numbers) = (input.reason, input.without_numbers);
        let order = Order { as_of: input.as_of.map(|it| it.0), purpose, reason, without_numbers };
        let command = OrderPool { pool: key(&input.pool_id), order };
        PoolExportPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
