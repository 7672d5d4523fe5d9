//! The whole schema: the slices' roots merged, and `node`, which looks into all of them.

mod direct;
mod documents;
mod roots;

use async_graphql::{
    Context, ID, Interface, MergedSubscription, Object, SDLExportOptions, Schema as Inner, SchemaBuilder,
    ValidationMode,
};
use entity::id::{
    AccessLogId, AccountId, AuditEventId, CadreId, CorrectionId, DeclaredFactId, ImportFindingId, ImportId,
    ImportRunId, Key, MembershipStepId, OrganizationId, PairContactId, PairId, PolicyEditionId, PoolId,
    PoolMembershipId, PostId, TalkId, TalkIssueId, TransferId,
};

use crate::{
    access::graphql::AccessQuery,
    account::{
        graphql::{Account, AccountMutation, AccountQuery},
        read::Accounts,
    },
    audit::{
        graphql::{AccessLogEntry, AuditEvent, AuditQuery},
        read::{ActsById, ReadingsById},
    },
    cadre::{
        graphql::{Cadre, CadreMutation, CadreQuery, IdentityQuery},
        read::Cadres,
    },
    career::graphql::CareerMutation,
    codeset::graphql::CodeSetQuery,
    declared::{
        graphql::{DeclaredFact, DeclaredMutation, DeclaredQuery},
        read::DeclaredFacts,
    },
    duty::graphql::{DutyMutation, DutyQuery, DutySubscription, EscalationQuery},
    edition::{
        graphql::{LibraryQuery, PolicyEdition, PolicyMutation, PolicyQuery},
        read::Editions,
    },
    eligibility::graphql::{EligibilityQuery, TryingQuery},
    error::{Action, Error, Result},
    export::graphql::ExportMutation,
    forms::graphql::FormMutation,
    introspection::{Shown, Things},
    loaders::Caller,
    mentoring::{
        graphql::{
            LimitMutation, LimitQuery, MentoringMutation, MentoringPair, MentoringQuery, MentoringSubscription,
            PairContact, PairMatchQuery, PairPartMutation, PairPolicyQuery, PairStepMutation,
        },
        read::{Contacts, Pairs},
    },
    organization::{
        graphql::{Organization, OrganizationMutation, OrganizationQuery, ReformMutation},
        read::Organizations,
    },
    own_record::{
        graphql::{CorrectionRequest, OwnRecordMutation, OwnRecordQuery},
        read::Corrections,
    },
    pool::{
        graphql::{
            MembershipMutation, MembershipStep, PoolMembership, PoolMutation, PoolQuery, PoolSubscription, ReservePool,
        },
        read::{Memberships, Pools, StepsById},
    },
    portrait::graphql::PortraitQuery,
    post::{
        graphql::{Post, PostMutation},
        read::Posts,
    },
    questions::{Belonging as _, FreshOne, One},
    quota::graphql::RateLimitQuery,
    relay::{self, Date, FromRow, Problem, access, read_id},
    roster::{
        graphql::{Import, ImportFinding, ImportRun, RosterMutation, RosterQuery},
        stored::{Findings, Imports, Runs},
    },
    status::graphql::StatusQuery,
    summary::graphql::{ProgrammeSummaryQuery, SummaryQuery},
    talk::{
        graphql::{Talk, TalkIssue, TalkMutation, TalkQuery},
        read::{Issues, Talks},
    },
    target::graphql::TargetQuery,
    transfer::{
        graphql::{CadreTransfer, TransferMutation, TransferQuery},
        read::Transfers,
    },
};
pub use direct::Direct;
pub use documents::{narrowed, rules};

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
    /// A post of an organization.
    Post(Post),
    /// A membership of a pool.
    PoolMembership(PoolMembership),
    /// A mentoring pair.
    MentoringPair(MentoringPair),
    /// An account, for those who administer it.
    Account(Account),
    /// A request for correction.
    CorrectionRequest(CorrectionRequest),
    /// One edition of a policy.
    PolicyEdition(PolicyEdition),
    /// A fact that a policy declares.
    DeclaredFact(DeclaredFact),
    /// A talk.
    Talk(Talk),
    /// A matter that was raised in a talk.
    TalkIssue(TalkIssue),
    /// A move of a person to another organization.
    CadreTransfer(CadreTransfer),
    /// A step of a membership.
    MembershipStep(MembershipStep),
    /// A contact of a pair.
    PairContact(PairContact),
    /// An import of a file.
    Import(Import),
    /// A run of an import.
    ImportRun(ImportRun),
    /// A finding of a run.
    ImportFinding(ImportFinding),
    /// An act in the audit trail.
    AuditEvent(AuditEvent),
    /// A reading of a sensitive value.
    AccessLogEntry(AccessLogEntry),
}

roots::root! {
    /// Everything that can be asked.
    Query named "Query" as Questions of
    NodeQuery,
    AccountQuery,
    StatusQuery,
    OrganizationQuery,
    CadreQuery,
    PoolQuery,
    MentoringQuery,
    LimitQuery,
    PairMatchQuery,
    PairPolicyQuery,
    SummaryQuery,
    ProgrammeSummaryQuery,
    AuditQuery,
    AccessQuery,
    OwnRecordQuery,
    CodeSetQuery,
    IdentityQuery,
    RosterQuery,
    RateLimitQuery,
    TransferQuery,
    PolicyQuery,
    LibraryQuery,
    TargetQuery,
    DutyQuery,
    EscalationQuery,
    DeclaredQuery,
    EligibilityQuery,
    TryingQuery,
    TalkQuery,
    PortraitQuery,
}

roots::root! {
    /// Everything that can be changed. Each field is one command in one transaction.
    Mutation named "Mutation" as Changes of
    CadreMutation,
    CareerMutation,
    PoolMutation,
    MembershipMutation,
    MentoringMutation,
    PairStepMutation,
    LimitMutation,
    PairPartMutation,
    AccountMutation,
    OwnRecordMutation,
    ExportMutation,
    FormMutation,
    OrganizationMutation,
    ReformMutation,
    RosterMutation,
    PostMutation,
    TransferMutation,
    PolicyMutation,
    DeclaredMutation,
    DutyMutation,
    TalkMutation,
}

/// Everything that can be followed, as a stream of events or over a WebSocket. Each change is told with the rights that
/// the follower has at that moment.
#[derive(MergedSubscription, Default)]
pub struct Subscription(MentoringSubscription, PoolSubscription, DutySubscription);

/// The schema over which every transport executes.
pub type Schema = Inner<direct::Root, Mutation, Subscription>;

/// Builds the schema. No extension is registered: any would put every field on a slower path. It executes what
/// [`rules`] found nothing against, and does not look again.
pub fn build() -> Schema {
    builder().validation_mode(ValidationMode::Fast).finish()
}

fn builder() -> SchemaBuilder<direct::Root, Mutation, Subscription> {
    Inner::build(direct::Root::default(), Mutation, Subscription::default())
        .register_output_type::<Problem>()
        .register_output_type::<Shown<Nouns>>()
        .disable_suggestions()
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
    out = without_standard_directives(&out);
    // The library prints no description of a directive's argument.
    out = out.replace(
        "directive @access(action: Action!)",
        "directive @access(\n\t\"The act.\"\n\taction: Action!,\n\t\"The roles that may perform it.\"\n\troles: [Role!]!\n)",
    );
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    format!("{}\n", out.trim())
}

/// The text without the directives that the specification itself defines: every tool knows them.
fn without_standard_directives(text: &str) -> String {
    let standard = ["@include(", "@skip(", "@specifiedBy(", "@oneOf ", "@deprecated("];
    let mut out: Vec<&str> = Vec::new();
    for line in text.lines() {
        if standard.iter().any(|it| line.strip_prefix("directive ").is_some_and(|rest| rest.starts_with(it))) {
            out.pop();
        } else {
            out.push(line);
        }
    }
    out.join("\n")
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
    /// The thing of a global id; null where there is none that the caller may see. To ask about a day, use `nodes`: clients
    /// that fetch anew by id know this field with its id alone.
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
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Vec<Option<Node>>>> {
        ctx.session()?.ask(&MayLookUp).await?;
        ctx.session()?.agree(as_of.map(|it| it.0))?;
        if ids.len() > MOST_NODES {
            return Err(Error::invalid("ids", format!("names {}; at most {MOST_NODES}", ids.len())));
        }
        Ok(Some(futures_util::future::try_join_all(ids.iter().map(|id| look_up(ctx, id))).await?))
    }
}

macro_rules! nouns {
    ($($key:ident => $type:ident by $rows:ident through $one:ident,)+) => {
        async fn look_up(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
            let Some((noun, key)) = read_id(id) else { return Ok(None) };
            let session = ctx.session()?;
            match noun.as_str() {
                // Who may not read the noun at all is told nothing, not even that.
                $($key::NOUN if session.may($rows::ACTION) => {
                    let found = ctx.load($one::<$rows>::of($key::from_uuid(key))).await?;
                    Ok(found.map(|row| Node::from(<$type as FromRow>::from_row(row))))
                })+
                _ => Ok(None),
            }
        }

        /// What has a global id, and the act by which it is read.
        struct Nouns;

        impl Things for Nouns {
            const ALL: &'static [(&'static str, Action)] = &[$((stringify!($type), $rows::ACTION),)+];
        }
    };
}

nouns! {
    OrganizationId => Organization by Organizations through One,
    CadreId => Cadre by Cadres through One,
    PostId => Post by Posts through One,
    PoolId => ReservePool by Pools through One,
    PoolMembershipId => PoolMembership by Memberships through One,
    MembershipStepId => MembershipStep by StepsById through One,
    PairId => MentoringPair by Pairs through One,
    PairContactId => PairContact by Contacts through One,
    AccountId => Account by Accounts through One,
    CorrectionId => CorrectionRequest by Corrections through One,
    PolicyEditionId => PolicyEdition by Editions through One,
    DeclaredFactId => DeclaredFact by DeclaredFacts through One,
    TalkId => Talk by Talks through One,
    TalkIssueId => TalkIssue by Issues through One,
    TransferId => CadreTransfer by Transfers through One,
    ImportId => Import by Imports through One,
    ImportRunId => ImportRun by Runs through One,
    ImportFindingId => ImportFinding by Findings through One,
    AuditEventId => AuditEvent by ActsById through FreshOne,
    AccessLogId => AccessLogEntry by ReadingsById through FreshOne,
}

#[cfg(test)]
mod tests {
    use async_graphql::{Context, resolver_utils::ContainerType};

    use super::*;

    /// Bytes of a resolver of a row's field, of which there are thousands in an answer.
    const MOST: usize = 2 * 1024;
    /// Bytes of a resolver of a root field, which grow with each room that the chain of roots goes through.
    const MOST_AT_THE_ROOT: usize = 8 * 1024;

    /// The library makes room for the largest resolver of a type at every field of every row. One that holds what waits for
    /// a database makes all its neighbours slow: `Session` boxes it.
    #[test]
    fn no_resolver_is_large() {
        fn size<'a, T: 'a, F>(_: impl FnOnce(&'a T, &'a Context<'a>) -> F) -> usize {
            size_of::<F>()
        }
        let sizes = [
            ("Cadre", size(<Cadre as ContainerType>::resolve_field), MOST),
            ("MentoringPair", size(<MentoringPair as ContainerType>::resolve_field), MOST),
            ("PoolMembership", size(<PoolMembership as ContainerType>::resolve_field), MOST),
            ("Query", size(<Query as ContainerType>::resolve_field), MOST_AT_THE_ROOT),
        ];
        let large: Vec<_> = sizes.iter().filter(|(_, size, most)| size > most).collect();
        assert!(large.is_empty(), "{large:?}");
    }
}
