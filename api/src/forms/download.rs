//! Appointment forms that are ordered through the schema and fetched once, as rosters are.

use entity::{cadre, export, id::ExportId, kind::ExportKind};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    export::{
        download::{FormMaking, claim, counted, order},
        write::{Entry, Making, Order, record, within_reach},
    },
    forms::write::{Whose, write},
    organization::read::below,
};

/// Forms of one archive at most: as many as one import takes.
const MOST: u64 = 2_000;

/// Orders forms. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Serialize)]
pub struct OrderForms {
    /// Whose.
    pub whose: Whose,
    /// What for.
    pub order: Order,
}

impl Command for OrderForms {
    const ACTION: Action = Action::FormExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let (organization, cadre) = match self.whose {
            Whose::Person(id) => {
                let person = tx.get::<cadre::Entity>(id).await?;
                (within_reach(tx, person.organization_id).await?.id, Some(id))
            }
            Whose::Organization(id) => {
                let top = within_reach(tx, id).await?;
                few(tx, top.id).await?;
                (top.id, None)
            }
        };
        let entry = Entry { kind: ExportKind::Form, organization, pool: None, cadre };
        record(tx, entry, &self.order, None).await
    }
}

/// Refuses an organization of more people than one archive takes.
async fn few(tx: &Writer<'_>, top: entity::id::OrganizationId) -> Result<()> {
    let at = Alias::own::<cadre::Entity>();
    let reader = tx.reader();
    let within = at.col(cadre::Column::OrganizationId).in_subquery(below(reader.gate(), top));
    let people = reader.find::<cadre::Entity>().filter(within).count().await?;
    if people <= MOST {
        return Ok(());
    }
    let why = format!("has {people} people, and a file takes {MOST} forms: order them unit by unit");
    Err(Error::invalid("organizationId", why))
}

/// Makes forms that were ordered.
#[derive(Serialize)]
pub struct MakeForms {
    export: ExportId,
    #[serde(skip)]
    making: Making,
}

impl FormMaking for MakeForms {
    fn of(export: ExportId, making: Making) -> Self {
        Self { export, making }
    }
}

impl Command for MakeForms {
    const ACTION: Action = Action::FormExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let claimed = claim(tx, self.export).await?;
        let whose = whose(&claimed);
        let made = write(tx, whose, &self.making, &order(&claimed).stated()?).await?;
        counted(tx, claimed, made.count).await
    }
}

fn whose(it: &export::Model) -> Whose {
    it.cadre_id.map_or(Whose::Organization(it.organization_id), Whose::Person)
}
