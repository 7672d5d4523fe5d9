//! Questions about cadres, and who may see their rows.
//!
//! A record is visible to those whose grant reaches the organization that keeps the person, and to the person. The
//! short card (name, organization, post) goes further: to the others of a pair while it runs, and to those who keep a
//! pool or pair that the person is in, because a nominee may come from outside. A pair runs while it is active or
//! suspended: who is only proposed as a mentor learns nothing of the mentee, and who was one learns nothing more. Who is
//! offered a person sees the card while the offer is open, and the record for the one act of taking the person. A record
//! above the secrecy ceiling of the act exists for nobody but the person.

mod dated;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{
    cadre, cadre_sealed, cadre_transfer,
    id::{CadreId, Key, OrganizationId, PoolId},
    kind::{
        AccessPurpose, CadreStatus, CivilServantRank, Education, ManagementAuthority, PairSide, PairState,
        PositionLevel, Role, SealedField, SecrecyLevel, Sex, TransferState,
    },
    level_period, mentoring_pair, pair_part,
    partial_date::PartialDate,
    pool_membership, post_assignment, reserve_pool,
};
use sea_orm::{
    Condition, IdenStatic,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    auth::scope::Reach,
    belonging,
    db::{
        connect::Plans,
        gate::{Alias, Countable, Gate, Visible},
        session::Session,
    },
    error::{Action, Error, Result},
    follows,
    loaders::Batched,
    organization::read::begins,
    page::Order,
    questions::{self, swap},
};

pub use dated::{Between, begun_by, full_months, holds};

/// Roles whose grant reaches the rows of a subtree.
pub const ROWS: &[Role] = &[Role::OrganizationOfficer, Role::OrganizationLeader, Role::UnitOfficer];

/// Roles that are told of a person who is offered to their organization.
pub const DECIDING: &[Role] = &[Role::OrganizationOfficer, Role::OrganizationLeader];

impl Visible for cadre::Entity {
    /// Within reach, or oneself; for the short card also those met in a pool or pair. Up to the secrecy ceiling.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(cadre::Column::Id);
        let mut some = Condition::any().add(kept(at, gate, ROWS));
        if let Some(person) = gate.scope().person(&[Role::Cadre]) {
            some = some.add(id.clone().eq(person));
        }
        if gate.scope().action() == Action::CadreCardRead {
            if gate.scope().person(&[Role::Mentor, Role::Cadre]).is_some() {
                some = some.add(known_to_person(at, gate));
            }
            some = some.add(met_by_keepers(id, gate));
        }
        if matches!(gate.scope().action(), Action::CadreCardRead | Action::CadreTransferDecide) {
            some = some.add(offered(at, gate));
        }
        Condition::all().add(some).add(cleared(at, gate))
    }

    /// Within reach, where nobody is visible for another reason.
    fn stands(column: &str, gate: &Gate) -> Option<Reach> {
        if column != cadre::Column::OrganizationId.as_str() {
            return None;
        }
        // Of a gate of its own: what is only compared is not read.
        let (at, gate) = (Alias::own::<Self>(), Gate::new(gate.scope().clone()));
        let alone = Self::visible(&at, &gate) == within(&at, &gate);
        alone.then(|| gate.scope().reach(ROWS))
    }

    const NEAR: &'static [Action] = &[Action::CadreCardRead];

    /// For the short card: within reach, for those whose grants reach anybody. Who is met elsewhere is rarely asked for.
    fn near(at: &Alias, gate: &Gate) -> Condition {
        if kept(at, gate, ROWS) == Gate::nothing() {
            return Self::visible(at, gate);
        }
        within(at, gate)
    }
}

/// Within reach, up to the secrecy ceiling of the act.
fn within(at: &Alias, gate: &Gate) -> Condition {
    Condition::all().add(Condition::any().add(kept(at, gate, ROWS))).add(cleared(at, gate))
}

/// Kept by an organization that these roles reach, and managed within their tier.
pub fn kept(at: &Alias, gate: &Gate, roles: &[Role]) -> Condition {
    gate.managed(at.col(cadre::Column::OrganizationId), at.col(cadre::Column::ManagementAuthority), roles)
}

/// Up to the secrecy ceiling of the act, or oneself.
pub fn cleared(at: &Alias, gate: &Gate) -> Condition {
    let ceiling = gate.scope().ceiling();
    if ceiling == SecrecyLevel::TopSecret {
        return Condition::all();
    }
    let levels = SecrecyLevel::ALL.iter().filter(|it| **it <= ceiling).copied();
    let own = gate.scope().person(&[Role::Mentor, Role::Cadre]);
    Condition::any()
        .add(at.col(cadre::Column::SecrecyLevel).is_in(levels))
        .add_option(own.map(|person| at.col(cadre::Column::Id).eq(person)))
}

/// That a column names nobody above the secrecy ceiling of the act.
pub fn names_cleared(cadre: Expr, gate: &Gate) -> Condition {
    let at = Alias::named("uncleared");
    let cleared = cleared(&at, gate);
    if cleared.is_empty() {
        return cleared;
    }
    Condition::all().add(gate.some::<cadre::Entity>(cadre::Column::Id, &at, cadre, cleared.not()).not())
}

impl Countable for cadre::Entity {
    /// Within reach; for a reader of counts too, who sees no row. Up to the secrecy ceiling.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let roles = [ROWS, &[Role::SummaryReader]].concat();
        Condition::all().add(kept(at, gate, &roles)).add(cleared(at, gate))
    }
}

/// The person behind the scope, and those in a running pair with them, up to the secrecy ceiling.
pub fn known_to_person(at: &Alias, gate: &Gate) -> Condition {
    let Some(person) = gate.scope().person(&[Role::Mentor, Role::Cadre]) else { return Gate::nothing() };
    let (mine, theirs, running) = (Alias::named("mine"), Alias::named("theirs"), Alias::named("running"));
    let mut run = gate.raw::<mentoring_pair::Entity>(mentoring_pair::Column::Id, &running);
    run.and_where(running.col(mentoring_pair::Column::State).is_in([PairState::Active, PairState::Suspended]));
    let mut pairs = gate.raw::<pair_part::Entity>(pair_part::Column::PairId, &mine);
    pairs.and_where(mine.col(pair_part::Column::CadreId).eq(person));
    pairs.and_where(mine.col(pair_part::Column::LeftOn).is_null());
    pairs.and_where(mine.col(pair_part::Column::PairId).in_subquery(run));
    let mut people = gate.raw::<pair_part::Entity>(pair_part::Column::CadreId, &theirs);
    people.and_where(theirs.col(pair_part::Column::LeftOn).is_null());
    people.and_where(theirs.col(pair_part::Column::PairId).in_subquery(pairs));
    let id = at.col(cadre::Column::Id);
    let some = Condition::any().add(id.clone().eq(person)).add(id.in_subquery(people));
    Condition::all().add(some).add(cleared(at, gate))
}

/// Offered, while that is open, to an organization that officers and leaders reach, within their tier.
fn offered(at: &Alias, gate: &Gate) -> Condition {
    let offer = Alias::named("offer");
    let (taking, authority) = (offer.col(cadre_transfer::Column::ToId), at.col(cadre::Column::ManagementAuthority));
    let reached = gate.managed(taking, authority, DECIDING);
    let open = offer.col(cadre_transfer::Column::State).eq(TransferState::Offered);
    let open = Condition::all().add(open).add(reached);
    let (whom, id) = (cadre_transfer::Column::CadreId, at.col(cadre::Column::Id));
    Condition::all().add(gate.some::<cadre_transfer::Entity>(whom, &offer, id, open))
}

/// In a pool or pair that is kept within reach.
fn met_by_keepers(id: Expr, gate: &Gate) -> Condition {
    let (pool, pair) = (Alias::own::<reserve_pool::Entity>(), Alias::own::<mentoring_pair::Entity>());
    let (member, part) = (Alias::named("met_member"), Alias::named("met_part"));
    // A pool that a unit keeps itself is its officer's too, as its memberships are.
    let kept = gate.under(pool.col(reserve_pool::Column::OrganizationId), ROWS);
    let its = member.col(pool_membership::Column::PoolId);
    let kept = Condition::all().add(gate.some::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool, its, kept));
    let whom = pool_membership::Column::CadreId;
    let in_pool = gate.some::<pool_membership::Entity>(whom, &member, id.clone(), kept);
    let kept = gate.under(pair.col(mentoring_pair::Column::OrganizationId), ROWS);
    let its = part.col(pair_part::Column::PairId);
    let kept = Condition::all().add(gate.some::<mentoring_pair::Entity>(mentoring_pair::Column::Id, &pair, its, kept));
    let in_pair = gate.some::<pair_part::Entity>(pair_part::Column::CadreId, &part, id, kept);
    Condition::any().add(in_pool).add(in_pair)
}

follows!(post_assignment.CadreId => cadre, level_period.CadreId => cadre, cadre_sealed.CadreId => cadre);

/// Which cadres to list; several conditions must all hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Among {
    /// Kept by this organization or one below it.
    pub under: Option<OrganizationId>,
    /// Names that begin so.
    pub name_prefix: Option<String>,
    /// Of these position levels.
    pub position_levels: Option<Vec<PositionLevel>>,
    /// Of this sex.
    pub sex: Option<Sex>,
    /// Of these statuses.
    pub statuses: Option<Vec<CadreStatus>>,
    /// Managed at one of these levels.
    pub management_authorities: Option<Vec<ManagementAuthority>>,
    /// Of this name, or whose initials begin so.
    pub name: Option<String>,
    /// Of these highest educations.
    pub educations: Option<Vec<Education>>,
    /// Born from this date on.
    pub born_from: Option<PartialDate>,
    /// Born until the end of this date.
    pub born_to: Option<PartialDate>,
    /// Holding one of these ranks on a day.
    pub ranks: Option<(Vec<CivilServantRank>, NaiveDate)>,
    /// So many full months at the level held on a day.
    pub months_at_level: Option<(Between, NaiveDate)>,
    /// So many months of grassroots experience by a day.
    pub grassroots_months: Option<(Between, NaiveDate)>,
    /// With an open membership of this pool.
    pub pool: Option<PoolId>,
    /// With an open membership of a tier of this code.
    pub tier: Option<String>,
    /// Whether in an active pair as its mentee.
    pub has_mentor: Option<bool>,
    /// Whether in an active pair with a contact due before a day.
    pub contact_overdue: Option<(bool, NaiveDate)>,
}

impl Among {
    /// The conditions on facts and programmes.
    fn further(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<cadre::Entity>();
        let id = at.col(cadre::Column::Id);
        let member =
            |yes: bool, people| if yes { id.clone().in_subquery(people) } else { id.clone().not_in_subquery(people) };
        let named = |text: &str| {
            let initials = Some(text).filter(|it| it.chars().all(|it| it.is_ascii_alphabetic()));
            let initials = initials.map(|it| begins(at.col(cadre::Column::NameInitials), &it.to_ascii_lowercase()));
            Condition::any().add(at.col(cadre::Column::Name).eq(text)).add_option(initials)
        };
        let pooled = (self.pool.is_some() || self.tier.is_some())
            .then(|| gate.among(id.clone(), dated::pooled(gate, self.pool, self.tier.as_deref())));
        let overdue = self.contact_overdue.map(|(yes, on)| member(yes, dated::paired(gate, None, Some(on))));
        Condition::all()
            .add_option(self.name.as_deref().map(named))
            .add_option(self.educations.clone().map(|all| at.col(cadre::Column::Education).is_in(all)))
            .add(dated::born(&at, self.born_from, self.born_to))
            .add_option(self.ranks.as_ref().map(|(all, on)| id.clone().in_subquery(dated::ranked(gate, all, *on))))
            .add_option(self.months_at_level.map(|(months, on)| dated::months_at_level(&id, gate, months, on)))
            .add_option(self.grassroots_months.map(|(months, on)| dated::grassroots(&id, gate, months, on)))
            .add_option(pooled)
            .add_option(self.has_mentor.map(|yes| member(yes, dated::paired(gate, Some(PairSide::Mentee), None))))
            .add_option(overdue)
    }
}

impl questions::Among for Among {
    type Entity = cadre::Entity;
    const ACTION: Action = Action::CadreRead;
    const LIST: &'static str = "cadre.list";
    const COUNT: &'static str = "cadre.count";
    fn by_name() -> cadre::Column {
        cadre::Column::NameSort
    }
    /// By an index in its order, whatever the keys: who stands under an organization, or in a pool.
    fn plans(&self, order: Order) -> Plans {
        let Self { under, position_levels, pool, .. } = self;
        let bare = Self { under: *under, position_levels: position_levels.clone(), pool: *pool, ..Self::default() };
        let one_level = position_levels.as_ref().is_none_or(|it| it.len() == 1);
        let led = (under.is_some() && pool.is_none() && one_level)
            || (under.is_none() && pool.is_some() && position_levels.is_none());
        if order != Order::Name && led && *self == bare { Plans::Once } else { Plans::Shared }
    }

    fn each_key(&mut self, of: &mut dyn FnMut(Uuid) -> Uuid) -> bool {
        swap(&mut self.under, of);
        swap(&mut self.pool, of);
        // What clients write themselves has too many forms.
        let Self { name_prefix, name, tier, born_from, born_to, months_at_level, grassroots_months, .. } = self;
        name_prefix.is_none()
            && (name.is_none() && tier.is_none())
            && (born_from.is_none() && born_to.is_none())
            && (months_at_level.is_none() && grassroots_months.is_none())
    }

    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<cadre::Entity>();
        let levels = self.position_levels.as_deref();
        let under = self.under.map(|top| at.col(cadre::Column::Id).in_subquery(gate.people_under(top, levels)));
        let levels = levels.filter(|_| self.under.is_none()).map(<[_]>::to_vec);
        Condition::all()
            .add_option(under)
            .add_option(self.name_prefix.as_deref().map(|text| begins(at.col(cadre::Column::Name), text)))
            .add_option(levels.map(|all| at.col(cadre::Column::PositionLevel).is_in(all)))
            .add_option(self.sex.map(|sex| at.col(cadre::Column::Sex).eq(sex)))
            .add_option(self.statuses.clone().map(|all| at.col(cadre::Column::Status).is_in(all)))
            .add_option(
                self.management_authorities.clone().map(|all| at.col(cadre::Column::ManagementAuthority).is_in(all)),
            )
            .add(self.further(gate))
    }
}

belonging! {
    /// Records by their own keys.
    Cadres = cadre by Id(id: CadreId), ordered Id, CadreRead, "cadre.by_id";
    /// Records by their own keys, for their short cards alone.
    Cards = cadre by Id(id: CadreId), ordered Id, CadreCardRead, "cadre.card";
    /// Dated posts, oldest first.
    Posts = post_assignment by CadreId(cadre_id: CadreId), ordered ValidFrom, CadreRead, "cadre.posts";
    /// Dated position levels, oldest first.
    Levels = level_period by CadreId(cadre_id: CadreId), ordered ValidFrom, CadreRead, "cadre.levels";
}

/// Some sealed values of one person, to be opened together with those of others.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Opening {
    /// Whose.
    pub cadre: CadreId,
    /// Which.
    pub fields: Vec<SealedField>,
    /// What for.
    pub purpose: AccessPurpose,
    /// What for, in words.
    pub reason: String,
}

impl Batched for Opening {
    /// What is recorded of the asked values; each purpose and reason succeeds or fails by itself.
    type Value = Result<HashMap<SealedField, String>>;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
        let mut acts: BTreeMap<(AccessPurpose, &str), Vec<&Self>> = BTreeMap::new();
        for key in keys {
            acts.entry((key.purpose, key.reason.as_str())).or_default().push(key);
        }
        let mut out = HashMap::new();
        for ((purpose, reason), keys) in acts {
            let values = keys.iter().flat_map(|key| key.fields.iter().map(|field| (key.cadre, *field))).collect();
            let opened = session.open(&values, purpose, reason).await;
            for key in keys {
                let value = match &opened {
                    Ok(opened) if opened.knows(key.cadre) => {
                        let value = |field: &SealedField| Some((*field, opened.value(key.cadre, *field)?.to_owned()));
                        Ok(key.fields.iter().filter_map(value).collect())
                    }
                    Ok(_) => Err(Error::NotFound(CadreId::NOUN)),
                    Err(error) => Err(error.clone()),
                };
                out.insert(key.clone(), value);
            }
        }
        Ok(out)
    }
}
