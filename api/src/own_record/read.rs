//! Questions about one's own record and about requests for correction; both follow the record's own row policy.

use entity::{
    cadre, correction_request,
    id::{CadreId, CorrectionId},
    kind::CorrectionState,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    belonging,
    db::gate::{Alias, Gate},
    error::Action,
    follows, questions,
};

follows!(correction_request.CadreId => cadre);

/// Which requests to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CorrectionsAmong {
    /// In these states.
    pub states: Option<Vec<CorrectionState>>,
    /// About this person's record.
    pub cadre: Option<CadreId>,
}

impl questions::Among for CorrectionsAmong {
    type Entity = correction_request::Entity;
    const ACTION: Action = Action::CorrectionRead;
    const LIST: &'static str = "correction.list";
    const COUNT: &'static str = "correction.count";
    fn by_name() -> correction_request::Column {
        correction_request::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        let at = Alias::own::<correction_request::Entity>();
        Condition::all()
            .add_option(self.states.clone().map(|all| at.col(correction_request::Column::State).is_in(all)))
            .add_option(self.cadre.map(|person| at.col(correction_request::Column::CadreId).eq(person)))
    }
}

belonging! {
    /// The own record.
    OwnRecords = cadre by Id(id: CadreId), ordered Id, OwnRecordRead, "own.record";
    /// Requests by their own keys.
    Corrections = correction_request by Id(id: CorrectionId), ordered Id, CorrectionRead, "correction.by_id";
    /// The requests about persons' records, oldest first.
    CorrectionsOf = correction_request by CadreId(cadre_id: CadreId), ordered Id, CorrectionRead, "correction.of";
}
