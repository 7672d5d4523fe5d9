//! Every written row is read back under its policy: nobody writes what they could not see.

use sea_orm::{
    ConnectionTrait,
    sea_query::{SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{BATCH, Writer, Written};
use crate::{
    auth::scope::Reach,
    error::{Error, Result},
};

impl Writer<'_> {
    /// Reads every written row back, few by one statement, many by one a table and batch.
    pub(in crate::db) async fn settle(&self) -> Result<()> {
        if self.gate.scope().reach(&[]) == Reach::Everything {
            return Ok(());
        }
        let keys = |it: &Written| it.rows.iter().copied().collect::<Vec<Uuid>>();
        let count: usize = self.written.values().map(|it| it.rows.len()).sum();
        if count <= BATCH {
            let mut parts = self.written.values().map(|it| (it.surviving)(&self.gate, &keys(it)));
            let Some(first) = parts.next() else { return Ok(()) };
            let whole = parts.fold(first, |mut whole, part| {
                whole.union(UnionType::All, part);
                whole
            });
            if self.found(&whole).await? == count {
                return Ok(());
            }
        }
        for (table, written) in &self.written {
            for batch in keys(written).chunks(BATCH) {
                if self.found(&(written.surviving)(&self.gate, batch)).await? < batch.len() {
                    // The row would be written where its writer could not see it.
                    return Err(Error::NotFound(table.name()));
                }
            }
        }
        Ok(())
    }

    async fn found(&self, select: &SelectStatement) -> Result<usize> {
        self.sent();
        Ok(self.tx.query_all_raw(self.tx.get_database_backend().build(select)).await?.len())
    }
}
