//! Changes of talks in the schema. No input has a place for what was said.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::{TalkId, TalkIssueId};

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    payload,
    relay::{Date, access, key},
    talk::{
        graphql::{Talk, TalkIssue, TalkIssueState},
        write::{CloseIssue, FixTalk, FollowUpTalk, Note, RaiseIssue, RecordTalk, RequestTalk},
    },
};

/// A talk to ask for.
#[derive(InputObject)]
pub struct TalkRequestInput {
    /// Code of the policy.
    policy: String,
    /// The organization whose people are asked: where the person is kept, or above.
    organization_id: ID,
    /// Code of who is to hold it.
    conductor: String,
    /// Code of its kind; REQUESTED for oneself and SUMMONED otherwise, where it is left out.
    kind: Option<String>,
    /// With whom; oneself where neither a person nor a unit is named.
    cadre_id: Option<ID>,
    /// With which unit.
    unit_id: Option<ID>,
    /// Class of its topic, a code of the policy.
    topic: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// The day of a talk.
#[derive(InputObject)]
pub struct TalkFixInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// The day, today or later.
    fixed_for: Date,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A talk that was held: either one that was asked for, by its id, or another, by its policy, organization and conductor. Its
/// day, the class of its topic and the day of its follow-up are all that is kept of it.
#[derive(InputObject)]
pub struct TalkRecordInput {
    /// Global id of the talk, where it was asked for.
    id: Option<ID>,
    /// The version that you read, with the id.
    expected_version: Option<i32>,
    /// Code of the policy, where there is no id.
    policy: Option<String>,
    /// The organization whose people held it, where there is no id: where the person is kept, or above.
    organization_id: Option<ID>,
    /// Code of who held it, where there is no id.
    conductor: Option<String>,
    /// Code of its kind, where there is no id; SUMMONED where it is left out.
    kind: Option<String>,
    /// With whom, where there is no id.
    cadre_id: Option<ID>,
    /// With which unit, where there is no id.
    unit_id: Option<ID>,
    /// The day on which it was held.
    held_on: Date,
    /// Class of its topic, a code of the policy; that of the trigger where it is left out.
    topic: Option<String>,
    /// By when it is followed up.
    follow_up_on: Option<Date>,
    /// Code of the event after which it was due.
    trigger: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A talk that was followed up.
#[derive(InputObject)]
pub struct TalkFollowUpInput {
    /// Global id.
    id: ID,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A matter that was raised.
#[derive(InputObject)]
pub struct TalkIssueRaiseInput {
    /// Global id of the talk.
    talk_id: ID,
    /// Its class, a code of the policy; GENERAL where the policy tells none apart.
    topic: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// How a matter ended.
#[derive(InputObject)]
pub struct TalkIssueCloseInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// SOLVED, EXPLAINED or DECLINED.
    state: TalkIssueState,
    /// The number of the document of its result, at most 60 characters.
    document_number: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `talkRequest`.
    TalkRequestPayload {
        /// The talk.
        talk: Talk by TalkId
    }
);
payload!(
    /// What came of `talkFix`.
    TalkFixPayload {
        /// The talk as it is now.
        talk: Talk by TalkId
    }
);
payload!(
    /// What came of `talkRecord`.
    TalkRecordPayload {
        /// The talk as it is now.
        talk: Talk by TalkId
    }
);
payload!(
    /// What came of `talkFollowUp`.
    TalkFollowUpPayload {
        /// The talk as it is now.
        talk: Talk by TalkId
    }
);
payload!(
    /// What came of `talkIssueRaise`.
    TalkIssueRaisePayload {
        /// The matter.
        issue: TalkIssue by TalkIssueId
    }
);
payload!(
    /// What came of `talkIssueClose`.
    TalkIssueClosePayload {
        /// The matter as it is now.
        issue: TalkIssue by TalkIssueId
    }
);

/// Changes of talks.
#[derive(Default)]
pub struct TalkMutation;

/// Changes of talks.
#[Object]
impl TalkMutation {
    /// Asks for a talk: for oneself with those who may be asked by the policy, or as an organization with anybody who holds
    /// talks by it. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::TalkRequest))]
    async fn talk_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With whom, and who is asked.")] input: TalkRequestInput,
    ) -> Result<Option<TalkRequestPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = RequestTalk {
            policy: input.policy,
            organization: key(&input.organization_id),
            conductor: input.conductor,
            kind: input.kind,
            cadre: input.cadre_id.as_ref().map(key),
            unit: input.unit_id.as_ref().map(key),
            topic: input.topic,
        };
        TalkRequestPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Fixes the day of a talk that is asked for, or another day. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::TalkRecord))]
    async fn talk_fix(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which talk, and its day.")] input: TalkFixInput,
    ) -> Result<Option<TalkFixPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = FixTalk { id, expected_version, fixed_for: input.fixed_for.0 };
        TalkFixPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Records that a talk was held: its day, the class of its topic and the day of its follow-up, and nothing else. Problems:
    /// INVALID, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::TalkRecord))]
    async fn talk_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which talk.")] input: TalkRecordInput,
    ) -> Result<Option<TalkRecordPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let note = Note {
            held_on: input.held_on.0,
            topic: input.topic,
            follow_up_on: input.follow_up_on.map(|it| it.0),
            trigger: input.trigger,
        };
        let command = RecordTalk {
            asked: input.id.as_ref().map(key),
            expected_version: input.expected_version,
            policy: input.policy,
            organization: input.organization_id.as_ref().map(key),
            conductor: input.conductor,
            kind: input.kind,
            cadre: input.cadre_id.as_ref().map(key),
            unit: input.unit_id.as_ref().map(key),
            note,
        };
        TalkRecordPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Says that a talk was followed up (回访). Problems: TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::TalkRecord))]
    async fn talk_follow_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which talk.")] input: TalkFollowUpInput,
    ) -> Result<Option<TalkFollowUpPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = FollowUpTalk { id: key(&input.id) };
        TalkFollowUpPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Raises a matter in a talk that was held: its class alone. Problems: INVALID, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::TalkRecord))]
    async fn talk_issue_raise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was raised.")] input: TalkIssueRaiseInput,
    ) -> Result<Option<TalkIssueRaisePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = RaiseIssue { talk: key(&input.talk_id), topic: input.topic };
        TalkIssueRaisePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Closes a matter with its result. Problems: INVALID, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::TalkRecord))]
    async fn talk_issue_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which matter, and how it ended.")] input: TalkIssueCloseInput,
    ) -> Result<Option<TalkIssueClosePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = CloseIssue {
            id: key(&input.id),
            expected_version: input.expected_version,
            state: input.state.into(),
            document_number: input.document_number,
        };
        TalkIssueClosePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
