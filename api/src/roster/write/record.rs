//! What a row makes or changes of a person's record.

use entity::{
    cadre,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, SecrecyLevel, Sex},
    level_period, post_assignment,
};

use crate::{
    cadre::write::{CadreChanges, CreateCadre, change},
    career::write::Stamp,
    db::writer::Writer,
    error::Result,
    mentoring::write::leaving::Standing,
    roster::{
        row::RosterRow,
        write::{
            Watch,
            facts::{self, Held, says_no_more},
            people::Known,
            sheaf::Sheaf,
        },
    },
};

/// The rows of a new person.
pub(super) async fn create(
    tx: &mut Writer<'_>,
    row: RosterRow,
    organization: OrganizationId,
    source: String,
    sheaf: &mut Sheaf,
    watch: &Watch,
) -> Result<CadreId> {
    let joined = facts::joined(tx, &row, row.birth_date, watch);
    let new = CreateCadre {
        organization,
        name: row.name.clone(),
        sex: row.sex.unwrap_or(Sex::Unknown),
        birth_date: row.birth_date,
        party_joined_on: joined,
        post_title: row.post_title.clone(),
        post_start: row.post_start,
        position_level: row.position_level,
        level_start: row.level_start,
        education: row.education,
        management_authority: row.management_authority,
        status: row.status.unwrap_or(CadreStatus::InPost),
        secrecy_level: row.secrecy_level.unwrap_or(SecrecyLevel::Internal),
        identity_number: row.identity_number.clone(),
        phone: row.phone.clone(),
    };
    let new = new.rows(tx)?;
    let stamp = Stamp { cadre: new.cadre.id, source, at: tx.now(), by: tx.account() };
    let mut own = Sheaf::default();
    facts::take(tx, &stamp, &row, Held::default(), &mut own, watch).await?;
    let source = stamp.source;
    own.posts.extend(new.post.map(|it| post_assignment::Model { source: source.clone(), ..it }));
    own.levels.extend(new.level.map(|it| level_period::Model { source, ..it }));
    own.sealed.extend(new.sealed);
    own.cadres.push(new.cadre);
    sheaf.take(own);
    Ok(stamp.cadre)
}

/// Changes a person's record and facts; says whether anything was another than before.
pub(super) async fn change_known(
    tx: &mut Writer<'_>,
    known: Known,
    row: RosterRow,
    unit: OrganizationId,
    source: String,
    sheaf: &mut Sheaf,
    watch: &Watch,
) -> Result<bool> {
    let changes = changes(tx, &known, &row, unit, watch)?;
    let Known { record, mut open, held, .. } = known;
    open.source.clone_from(&source);
    let stamp = Stamp { cadre: record.id, source, at: tx.now(), by: tx.account() };
    let same = Held {
        // Where the row gives another post or level, the record ends the old one by itself.
        posts: open.posts.iter().filter(|it| row.post_title.as_ref() == Some(&it.title)).cloned().collect(),
        levels: open.levels.iter().filter(|it| row.position_level == Some(it.level)).cloned().collect(),
        ..held
    };
    // The record first: what it refuses, it refuses before anything of the row is written.
    let moved = match changes {
        Some(changes) => change(tx, record.clone(), open, changes).await?,
        None => false,
    };
    let mut own = Sheaf::default();
    let stated = facts::take(tx, &stamp, &row, same, &mut own, watch).await?;
    if stated && !moved {
        // The record moves on with each of its facts, so that two writers can't contradict each other.
        tx.update::<cadre::Entity>(&record, record.clone()).await?;
    }
    sheaf.take(own);
    Ok(stated || moved)
}

/// What a row changes of a record; none where it says the same.
fn changes(
    tx: &Writer<'_>,
    known: &Known,
    row: &RosterRow,
    unit: OrganizationId,
    watch: &Watch,
) -> Result<Option<CadreChanges>> {
    let same_phone = match (&known.phone, &row.phone) {
        (_, None) => true,
        (Some(held), Some(phone)) => tx.seals(held, phone)?,
        (None, Some(_)) => false,
    };
    let it = &known.record;
    let joined = facts::joined(tx, row, row.birth_date.or(it.birth_date), watch);
    // A roster states the highest education that it knows; a higher one that is on record stays.
    let education = row.education.map(|stated| known.held.highest().map_or(stated, |held| held.min(stated)));
    let out = CadreChanges {
        // A roster without a unit column says nothing of where inside the organization somebody is.
        organization: (row.unit.is_some() && it.organization_id != unit).then_some(unit),
        name: (it.name != row.name).then(|| row.name.clone()),
        sex: row.sex.filter(|sex| it.sex != *sex),
        birth_date: row.birth_date.filter(|date| !says_no_more(*date, it.birth_date)).map(Some),
        party_joined_on: joined.filter(|date| !says_no_more(*date, it.party_joined_on)).map(Some),
        post_title: row.post_title.clone().filter(|title| it.post_title.as_ref() != Some(title)).map(Some),
        post_start: row.post_start,
        position_level: row.position_level.filter(|level| it.position_level != Some(*level)).map(Some),
        level_start: row.level_start,
        education: education.filter(|education| it.education != Some(*education)).map(Some),
        management_authority: row.management_authority.filter(|by| it.management_authority != Some(*by)).map(Some),
        status: row.status.filter(|status| it.status != *status),
        secrecy_level: row.secrecy_level.filter(|level| it.secrecy_level != *level),
        // Whoever was known by another sign than the number gets it by a decision.
        identity_number: row.identity_number.clone().filter(|_| !known.by_number),
        phone: row.phone.clone().filter(|_| !same_phone),
    };
    let starts = CadreChanges { post_start: out.post_start, level_start: out.level_start, ..CadreChanges::default() };
    Ok((out != starts).then_some(out))
}

/// How a person stood before, and stands after a row.
pub(super) fn stands(before: &cadre::Model, row: &RosterRow, unit: OrganizationId) -> (Standing, Standing) {
    let was = Standing::from(before);
    let home = if row.unit.is_some() { unit } else { was.home };
    let status = row.status.unwrap_or(was.status);
    (was, Standing { status, home, ..was })
}
