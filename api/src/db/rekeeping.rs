//! What moves along when one organization is merged into another, and what bars another from closing.
//!
//! Who merges or closes organizations administers them and may see no person, pool or pair. So neither act reads such a
//! row back: `merge_keep` gives all rows of a closed set of tables another keeper, one statement a table, each row
//! audited by its key with the keeper before and after; `remaining` counts, and says no more than counts. Neither takes
//! a condition, a column or a table from its caller, and both are refused within any other act.

use entity::{
    Kept, account, account_grant, cadre, declared_fact, duty_entry,
    id::OrganizationId,
    kind::{AccountState, CadreStatus, ChangeKind, MembershipState, OrganizationState, PairState},
    mentoring_pair, organization, pool_membership, post, reserve_pool, talk,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use crate::{
    db::{
        change::{self, Change},
        unique,
        writer::Writer,
    },
    error::{Action, Error, Result},
};

impl Writer<'_> {
    /// Gives everything that one organization keeps to another: people, pools, pairs, posts, talks, what was declared and
    /// done there, accounts, and the units that it manages. Versions grow, so that whoever was changing such a row is told. Grants stay where they are: who
    /// administers organizations must not widen anybody's rights.
    ///
    /// # Errors
    /// `Taken` where both have a pool or post of one code; `Invalid` where one of them helps the other; `Internal` within any
    /// act but a merge.
    pub async fn merge_keep(&mut self, from: OrganizationId, to: OrganizationId) -> Result<()> {
        self.only(Action::OrganizationMerge)?;
        if self.are_paired(from, to).await? {
            return Err(Error::invalid("targetId", "is paired with the one that ends: have their pair ended first"));
        }
        self.shift::<cadre::Entity>(cadre::Column::OrganizationId, from, to).await?;
        self.shift::<reserve_pool::Entity>(reserve_pool::Column::OrganizationId, from, to).await?;
        self.shift::<mentoring_pair::Entity>(mentoring_pair::Column::OrganizationId, from, to).await?;
        self.shift::<mentoring_pair::Entity>(mentoring_pair::Column::HelpingId, from, to).await?;
        self.shift::<mentoring_pair::Entity>(mentoring_pair::Column::HelpedId, from, to).await?;
        self.shift::<post::Entity>(post::Column::OrganizationId, from, to).await?;
        self.shift::<talk::Entity>(talk::Column::OrganizationId, from, to).await?;
        self.shift::<talk::Entity>(talk::Column::UnitId, from, to).await?;
        self.shift::<declared_fact::Entity>(declared_fact::Column::OrganizationId, from, to).await?;
        self.shift::<duty_entry::Entity>(duty_entry::Column::OrganizationId, from, to).await?;
        self.shift::<account::Entity>(account::Column::OrganizationId, from, to).await?;
        self.shift::<organization::Entity>(organization::Column::ManagingOrganizationId, from, to).await
    }

    /// Whether one of two organizations helps the other.
    #[expect(
        clippy::disallowed_methods,
        reason = "whether there is a pair must be known beyond the scope, and no more"
    )]
    async fn are_paired(&self, one: OrganizationId, other: OrganizationId) -> Result<bool> {
        let (helping, helped) = (mentoring_pair::Column::HelpingId, mentoring_pair::Column::HelpedId);
        let helps = |one: OrganizationId, other: OrganizationId| helping.eq(one).and(helped.eq(other));
        let each_other = mentoring_pair::Entity::find()
            .filter(mentoring_pair::Column::State.is_in([PairState::Proposed, PairState::Active, PairState::Suspended]))
            .filter(helps(one, other).or(helps(other, one)));
        Ok(self.how_many(each_other).await? > 0)
    }

    async fn shift<E: Kept>(&mut self, keeper: E::Column, from: OrganizationId, to: OrganizationId) -> Result<()> {
        let update = Query::update()
            .table(E::default())
            .value(keeper, to)
            .value(E::VERSION, Expr::col(E::VERSION).add(1))
            .and_where(Expr::col(keeper).eq(from))
            .returning(Query::returning().columns([E::ID, E::VERSION]))
            .to_owned();
        self.sent();
        let statement = self.tx.get_database_backend().build(&update);
        for row in self.tx.query_all_raw(statement).await.map_err(unique::failed)? {
            let key: Uuid = row.try_get("", E::ID.as_str())?;
            let version: i32 = row.try_get("", E::VERSION.as_str())?;
            let say = |keeper_now: OrganizationId, version: i32| {
                serde_json::json!({ keeper.as_str(): keeper_now, E::VERSION.as_str(): version }).to_string()
            };
            self.touched.insert(E::TABLE);
            let columns = serde_json::Map::from_iter([(E::ID.as_str().to_owned(), key.to_string().into())]);
            self.changes.push(Change {
                subject: change::subject(E::TABLE, &columns),
                table: E::TABLE,
                row: key,
                kind: ChangeKind::Update,
                before: Some(say(from, version - 1)),
                after: Some(say(to, version)),
            });
        }
        Ok(())
    }

    /// What an organization still keeps that must go on elsewhere, as a noun and how many, where there are any.
    ///
    /// # Errors
    /// `Internal` within any act but a closing.
    #[expect(clippy::disallowed_methods, reason = "how much is left must be known beyond the scope, and no more")]
    pub async fn remaining(&self, at: OrganizationId) -> Result<Vec<(&'static str, u64)>> {
        self.only(Action::OrganizationClose)?;
        let today = self.today();
        let people = cadre::Entity::find()
            .filter(cadre::Column::OrganizationId.eq(at))
            .filter(cadre::Column::Status.eq(CadreStatus::InPost));
        let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
        let open = pool_membership::Entity::find()
            .select_only()
            .column(pool_membership::Column::PoolId)
            .filter(pool_membership::Column::State.is_in(open));
        let pools = reserve_pool::Entity::find()
            .filter(reserve_pool::Column::OrganizationId.eq(at))
            .filter(reserve_pool::Column::Id.in_subquery(open.into_query()));
        let open = [PairState::Proposed, PairState::Active, PairState::Suspended];
        let (keeper, helping, helped) = (
            mentoring_pair::Column::OrganizationId,
            mentoring_pair::Column::HelpingId,
            mentoring_pair::Column::HelpedId,
        );
        let pairs = mentoring_pair::Entity::find()
            .filter(keeper.eq(at).or(helping.eq(at)).or(helped.eq(at)))
            .filter(mentoring_pair::Column::State.is_in(open));
        let over = account_grant::Column::ValidTo;
        let grants = account_grant::Entity::find()
            .filter(account_grant::Column::OrganizationId.eq(at))
            .filter(over.is_null().or(over.gt(self.now())));
        let accounts = account::Entity::find()
            .filter(account::Column::OrganizationId.eq(at))
            .filter(account::Column::State.eq(AccountState::Active));
        let units = organization::Entity::find()
            .filter(organization::Column::ParentId.eq(at))
            .filter(organization::Column::State.eq(OrganizationState::Active));
        let over = post::Column::ValidTo;
        let posts =
            post::Entity::find().filter(post::Column::OrganizationId.eq(at)).filter(over.is_null().or(over.gt(today)));
        let counts = [
            ("persons in post", self.how_many(people).await?),
            ("pools with open memberships", self.how_many(pools).await?),
            ("open pairs", self.how_many(pairs).await?),
            ("posts", self.how_many(posts).await?),
            ("grants", self.how_many(grants).await?),
            ("accounts", self.how_many(accounts).await?),
            ("organizations below", self.how_many(units).await?),
        ];
        Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
    }

    async fn how_many<E: Kept>(&self, select: sea_orm::Select<E>) -> Result<u64> {
        self.sent();
        let count = select.select_only().column_as(E::ID.count(), "rows").into_tuple::<i64>().one(&self.tx).await?;
        Ok(count.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
    }

    fn only(&self, action: Action) -> Result<()> {
        if self.gate.scope().action() == action {
            return Ok(());
        }
        Err(Error::broken(format!("{} moves or counts what it may not see", self.gate.scope().action().text())))
    }
}
