//! Who may see what policies declare, whom a criterion passes for, and what was done about due items.

use entity::{
    criterion_waiver, declared_fact, duty_entry,
    id::CadreId,
    kind::Role::{Cadre, Mentor},
};

use super::{DECIDING, Lens, ROWS};

impl Lens<'_> {
    /// Somebody about whom one decides, up to the ceiling, or oneself.
    fn decides_about(&self, person: CadreId) -> bool {
        let row = self.raw.cadre(person);
        self.keeps(DECIDING, row) && self.cleared(row) || self.is_me(&[Cadre], person)
    }

    /// A declared fact: of a person about whom one decides, or of an organization in which one does.
    pub fn declared(&self, row: &declared_fact::Model) -> bool {
        match row.cadre_id {
            Some(person) => self.decides_about(person),
            None => self.reaches(DECIDING, row.organization_id),
        }
    }

    /// That a criterion passes for somebody: where one decides about the person.
    pub fn waiver(&self, row: &criterion_waiver::Model) -> bool {
        self.decides_about(row.cadre_id)
    }

    /// What was done about a due item: under an organization within reach, or owed by oneself.
    pub fn entry(&self, row: &duty_entry::Model) -> bool {
        self.reaches(ROWS, row.organization_id) || row.cadre_id.is_some_and(|it| self.is_me(&[Mentor, Cadre], it))
    }
}
