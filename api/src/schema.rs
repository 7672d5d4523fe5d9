//! The whole schema: the slices' roots merged, and `node`, which looks into all of them.

use async_graphql::{
    Context, EmptySubscription, ID, Interface, MergedObject, Object, SDLExportOptions, Schema as Inner,
};
use entity::id::{AccountId, CadreId, CorrectionId, Key, OrganizationId, PairId, PoolId, PoolMembershipId};

use crate::{
    access::graphql::AccessQuery,
    account::{
        graphql::{Account, AccountMutation, AccountQuery},
        read::Accounts,
    },
    audit::graphql::AuditQuery,
    cadre::{
        graphql::{Cadre, CadreMutation, CadreQuery, IdentityQuery},
        read::Cadres,
    },
    career::graphql::CareerMutation,
    codeset::graphql::CodeSetQuery,
    error::{Action, Error, Result},
    loaders::Caller,
    mentoring::{
        graphql::{LimitMutation, LimitQuery, MentoringMutation, MentoringPair, MentoringQuery, PairStepMutation},
        read::Pairs,
    },
    organization::{
        graphql::{Organization, OrganizationQuery},
        read::Organizations,
    },
    own_record::{
        graphql::{CorrectionRequest, OwnRecordMutation, OwnRecordQuery},
        read::Corrections,
    },
    pool::{
        graphql::{MembershipMutation, PoolMembership, PoolMutation, PoolQuery, ReservePool},
        read::{Memberships, Pools},
    },
    questions::{Belonging as _, One},
    relay::{self, Problem, access, read_id},
    status::graphql::StatusQuery,
    summary::graphql::{ProgrammeSummaryQuery, SummaryQuery},
};

/// Most ids of one `nodes`.
const MOST_NODES: usize = 100;

/// Something with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id: opaque, stable, of one type."))]
pub enum Node {
    /// An organization.
    Organization(Organization),
    /// A cadre.
    Cadre(Cadre),
    /// A reserve pool.
    ReservePool(ReservePool),
    /// A membership of a pool.
    PoolMembership(PoolMembership),
    /// A mentoring pair.
    MentoringPair(MentoringPair),
    /// An account, for those who administer it.
    Account(Account),
    /// A request for correction.
    CorrectionRequest(CorrectionRequest),
}

/// Everything that can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    AccountQuery,
    StatusQuery,
    OrganizationQuery,
    CadreQuery,
    PoolQuery,
    MentoringQuery,
    LimitQuery,
    SummaryQuery,
    ProgrammeSummaryQuery,
    AuditQuery,
    AccessQuery,
    OwnRecordQuery,
    CodeSetQuery,
    IdentityQuery,
);

/// Everything that can be changed. Each field is one command in one transaction.
#[derive(MergedObject, Default)]
pub struct Mutation(
    CadreMutation,
    CareerMutation,
    PoolMutation,
    MembershipMutation,
    MentoringMutation,
    PairStepMutation,
    LimitMutation,
    AccountMutation,
    OwnRecordMutation,
);

/// The schema over which every transport executes.
pub type Schema = Inner<Query, Mutation, EmptySubscription>;

/// Builds the schema. No extension is registered: any would put every field on a slower path.
pub fn build() -> Schema {
    Inner::build(Query::default(), Mutation::default(), EmptySubscription)
        .register_output_type::<Problem>()
        .disable_suggestions()
        .finish()
}

/// The schema as text: sorted, described, with the access of each root field.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .prefer_single_line_descriptions();
    let text = build().sdl_with_options(options);
    // The library leaves blanks at some line ends, which editors remove.
    let mut out: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    for action in Action::ALL {
        let plain = format!("@access(action: {})", action.text());
        let listed = format!("@access(action: {}, roles: [{}])", action.text(), relay::roles(*action).join(", "));
        out = out.replace(&plain, &listed);
    }
    out = out.replace("directive @access(action: Action!)", "directive @access(action: Action!, roles: [Role!]!)");
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    format!("{}\n", out.trim())
}

/// Looks things up by their global id.
#[derive(Default)]
pub struct NodeQuery;

/// Whether the caller may look things up at all.
struct MayLookUp;

impl crate::db::session::Query for MayLookUp {
    const ACTION: Action = Action::NodeRead;
    type Answer = ();
    async fn load(&self, _: &crate::db::reader::Reader<'_>) -> Result<()> {
        Ok(())
    }
}

/// Looks things up by their global id.
#[Object]
impl NodeQuery {
    /// The thing of a global id; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::NodeRead))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Global id.")] id: ID) -> Result<Option<Node>> {
        ctx.session()?.ask(&MayLookUp).await?;
        look_up(ctx, &id).await
    }

    /// The things of some global ids, in their order, null for each that the caller may not see; at most 100.
    #[graphql(directive = access::apply(Action::NodeRead))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids.")] ids: Vec<ID>,
    ) -> Result<Option<Vec<Option<Node>>>> {
        ctx.session()?.ask(&MayLookUp).await?;
        if ids.len() > MOST_NODES {
            return Err(Error::invalid("ids", format!("names {}; at most {MOST_NODES}", ids.len())));
        }
        Ok(Some(futures_util::future::try_join_all(ids.iter().map(|id| look_up(ctx, id))).await?))
    }
}

async fn look_up(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let Some((noun, key)) = read_id(id) else { return Ok(None) };
    let session = ctx.session()?;
    macro_rules! one_of {
        ($($key:ident => $type:ident by $rows:ident,)+) => {
            match noun.as_str() {
                // Who may not read the noun at all is told nothing, not even that.
                $($key::NOUN if session.may($rows::ACTION) => {
                    Ok(ctx.load(One::<$rows>::of($key::from_uuid(key))).await?.map(|row| Node::from($type(row))))
                })+
                _ => Ok(None),
            }
        };
    }
    one_of! {
        OrganizationId => Organization by Organizations,
        CadreId => Cadre by Cadres,
        PoolId => ReservePool by Pools,
        PoolMembershipId => PoolMembership by Memberships,
        PairId => MentoringPair by Pairs,
        AccountId => Account by Accounts,
        CorrectionId => CorrectionRequest by Corrections,
    }
}
