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

/// What is to be read back of few rows, and how many there must be.
pub(in crate::db) struct Settling {
    /// The keys of those that are seen; none where all are.
    pub survivors: Option<SelectStatement>,
    /// How many were written.
    pub written: i64,
}

impl Writer<'_> {
    /// What is to be read back, where that is few rows.
    pub(in crate::db) fn settling(&self) -> Option<Settling> {
        if self.gate.scope().reach(&[]) == Reach::Everything {
            return Some(Settling { survivors: None, written: 0 });
        }
        let count: usize = self.written.values().map(|it| it.rows.len()).sum();
        if count > BATCH {
            return None;
        }
        let parts = self.written.values().map(|it| (it.surviving)(&self.gate, &keys(it)));
        let survivors = parts.reduce(|mut whole, part| {
            whole.union(UnionType::All, part);
            whole
        });
        Some(Settling { survivors, written: i64::try_from(count).ok()? })
    }

    /// Reads every written row back, few by one statement, many by one a table and batch.
    pub(in crate::db) async fn settle(&self) -> Result<()> {
        if let Some(Settling { survivors, written }) = self.settling() {
            let found = match &survivors {
                Some(survivors) => self.found(survivors).await?,
                None => 0,
            };
            if i64::try_from(found) == Ok(written) {
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

fn keys(written: &Written) -> Vec<Uuid> {
    written.rows.iter().copied().collect()
}
