//! Questions about organizations, and who may see their rows.
//!
//! An organization is visible within what a grant reaches. A mentor or cadre, whose grant reaches no rows, sees the
//! organizations of the persons that they may see, so that a card can say where somebody works.

use entity::{
    id::{Key, OrganizationId},
    kind::{OrganizationKind, OrganizationState, Role},
    organization, organization_closure, organization_event,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, LikeExpr},
};
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    belonging, cadre,
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Remember},
    },
    error::{Action, Result},
    follows, questions,
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

    fn shows(reach: &Reach, gate: &Gate) -> bool {
        match (gate.scope().reach(REACHING), reach) {
            (Reach::Everything, _) => true,
            (Reach::Under(some), Reach::Under(these)) => these.iter().all(|it| some.contains(it)),
            (Reach::Under(_), Reach::Everything) => false,
        }
    }
}

follows!(organization_event.OrganizationId => organization);

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
    /// The states.
    pub states: Option<Vec<OrganizationState>>,
    /// The codes.
    pub codes: Option<Vec<String>>,
    /// The credit code.
    pub credit_code: Option<String>,
}

impl questions::Among for Among {
    type Entity = organization::Entity;
    const ACTION: Action = Action::OrganizationRead;
    const LIST: &'static str = "organization.list";
    const COUNT: &'static str = "organization.count";
    fn by_name() -> organization::Column {
        organization::Column::NameSort
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<organization::Entity>();
        Condition::all()
            .add_option(self.under.map(|top| at.col(organization::Column::Id).in_subquery(below(gate, top))))
            .add_option(self.parent.map(|top| at.col(organization::Column::ParentId).eq(top)))
            .add_option(self.kinds.clone().map(|kinds| at.col(organization::Column::Kind).is_in(kinds)))
            .add_option(self.states.clone().map(|all| at.col(organization::Column::State).is_in(all)))
            .add_option(self.codes.clone().map(|all| at.col(organization::Column::Code).is_in(all)))
            .add_option(
                self.credit_code.as_deref().map(|it| at.col(organization::Column::UnifiedSocialCreditCode).eq(it)),
            )
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
    // No name is longer; SQLite refuses patterns that are much longer.
    if text.chars().count() > 120 {
        return Expr::cust("1 = 0");
    }
    let escaped: String =
        text.chars().flat_map(|it| matches!(it, '%' | '_' | '\\').then_some('\\').into_iter().chain([it])).collect();
    column.like(LikeExpr::new(format!("{escaped}%")).escape('\\'))
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

belonging! {
    /// Organizations by their own keys.
    Organizations = organization by Id(id: OrganizationId), ordered Id, OrganizationRead, "organization.by_id";
    /// What happened to organizations, in the order of effect.
    Events = organization_event by OrganizationId(organization_id: OrganizationId), ordered EffectiveOn, OrganizationRead, "organization.events";
}

macro_rules! come_of {
    ($($(#[$doc:meta])* $name:ident by $column:ident($field:ident), $key:literal;)+) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl questions::Belonging for $name {
            type Entity = organization::Entity;
            type By = OrganizationId;
            const ACTION: Action = Action::OrganizationRead;
            const NAME: &'static str = $key;
            fn column() -> organization::Column {
                organization::Column::$column
            }
            fn order() -> organization::Column {
                organization::Column::Id
            }
            fn key(row: &organization::Model) -> OrganizationId {
                // The statement finds only rows that name one.
                row.$field.unwrap_or(row.id)
            }
        }
    )+};
}

come_of! {
    /// Organizations by what they were merged into.
    Predecessors by SuccessorId(successor_id), "organization.predecessors";
    /// Organizations by what they were split from.
    Offshoots by SplitFromId(split_from_id), "organization.offshoots";
}
