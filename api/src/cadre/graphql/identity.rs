//! The lookup by identity number in the schema. It is a question to the client and a command to the trail.

use std::collections::BTreeSet;

use async_graphql::{Context, Object};
use entity::kind::{self, SealedField};

use crate::{
    cadre::{
        graphql::{AccessPurpose, Cadre},
        write::FindByNumber,
    },
    db::session::Terms,
    error::{Action, Error, Result},
    loaders::Caller,
    relay::access,
};

/// The question by identity number.
#[derive(Default)]
pub struct IdentityQuery;

/// The question by identity number.
#[Object]
impl IdentityQuery {
    /// The cadre of an identity number, if your grant to look up reaches them; null otherwise, which says nothing of
    /// other places. Every try stands in the audit trail, and one that finds somebody in their access log too.
    /// Too many tries in vain within an hour are BUSY.
    #[graphql(directive = access::apply(Action::IdentityLookUp))]
    async fn cadre_by_identity_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "公民身份号码, 18 characters. Send it as a variable, so that no log of documents holds it.")]
        number: String,
        #[graphql(desc = "What for.")] purpose: AccessPurpose,
        #[graphql(desc = "What for, in your words: 1 to 200 characters.")] reason: String,
    ) -> Result<Option<Cadre>> {
        let (session, purpose) = (ctx.session()?, kind::AccessPurpose::from(purpose));
        if purpose == kind::AccessPurpose::NotStated {
            return Err(Error::invalid("purpose", "is none: say what you look somebody up for"));
        }
        if purpose == kind::AccessPurpose::OwnCopy {
            return Err(Error::invalid("purpose", "is for one's own record: say what you look somebody up for"));
        }
        let terms = Terms { idempotency_key: None, purpose: Some(purpose.text().to_owned()) };
        match session.run(FindByNumber { number, reason: reason.clone() }, &terms).await {
            Ok(cadre) => {
                let number = BTreeSet::from([(cadre, SealedField::IdentityNumber)]);
                // Who is not on record as found is not shown.
                match session.open(&number, purpose, &reason).await?.knows(cadre) {
                    true => Cadre::by_key(ctx, cadre).await,
                    false => Ok(None),
                }
            }
            // An hour's worth of guesses, and no more: an answer to each would tell who is kept here.
            Err(Error::NotFound(_)) if session.missed().await => Err(Error::Busy { retry_after_s: 3600 }),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
