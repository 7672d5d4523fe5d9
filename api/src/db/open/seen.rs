//! That somebody was shown the findings on people: what is no sealed value, and is put on record where much of a person comes
//! together. Nobody is asked what for; what was asked for is kept instead. Oneself is on nobody's record.

use std::collections::BTreeSet;

use entity::{
    access_log, audit_event,
    id::{AccessLogId, CadreId},
    kind::{AccessPurpose, AuditOutcome, SeenField},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, TransactionTrait};

use crate::{
    auth::scope::Actor,
    db::{
        open::LONGEST_REASON,
        run,
        session::{Session, Terms},
    },
    error::{Action, Result},
};

impl Session {
    /// Puts on record that an act shows the caller the findings on these people, before it does: one act, and one entry of the
    /// access log for each of them.
    ///
    /// # Errors
    /// `Invalid` for a request by a safe method; `Internal` when it can't be recorded: then nothing is to be shown.
    pub async fn shows(&self, action: Action, mut people: BTreeSet<CadreId>, asked: &str) -> Result<()> {
        if let Actor::Account(identity) = self.actor() {
            people.retain(|it| Some(*it) != identity.person);
        }
        if people.is_empty() {
            return Ok(());
        }
        self.unsafe_act()?;
        Box::pin(self.record(action, people, asked)).await
    }

    #[expect(clippy::disallowed_methods, reason = "the access log is written with its event")]
    async fn record(&self, action: Action, people: BTreeSet<CadreId>, asked: &str) -> Result<()> {
        let (scope, door) = (self.narrowed(action).await?, self.door());
        let Some(account_id) = scope.account() else { return Ok(()) };
        let event = run::event(self, door, &scope, AuditOutcome::Done, &Terms::default(), &BTreeSet::new());
        let (event_id, recorded_at) = (event.id, event.recorded_at);
        let reason: String = asked.chars().take(LONGEST_REASON).collect();
        let rows = people.into_iter().map(|cadre_id| {
            let row = access_log::Model {
                id: AccessLogId::fresh(),
                event_id,
                cadre_id,
                field: SeenField::Findings,
                purpose: AccessPurpose::NotStated,
                reason: reason.clone(),
                account_id,
                recorded_at,
            };
            row.into_active_model().reset_all()
        });
        let tx = door.database.begin_with_options(door.options()).await?;
        self.sent();
        audit_event::Entity::insert(event.into_active_model().reset_all()).exec_without_returning(&tx).await?;
        self.sent();
        access_log::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
