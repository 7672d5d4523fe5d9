//! What the probes ask of a type, wherever they meet it.

/// Names of fragments, each with its text.
pub(super) const FRAGMENTS: &[(&str, &str)] = &[
    (
        "duty",
        "fragment duty on Duty { dutyName: id code title subjectKind subject dueOn dutyStatus: status by to content needs proposals owner { ...card } organization { id name } edition { id title } entry { id entryState: state content documentNumber doneOn reason version } }",
    ),
    (
        "declared",
        "fragment declared on DeclaredFact { id code holds number validFrom validTo documentNumber source recordedAt factState: state version cadre { ...card } organization { id name } edition { id title } }",
    ),
    (
        "policy",
        "fragment policy on PolicyEdition { id code number: edition title course: state beginsOn: validFrom endsOn: validTo issuedBy: source document version criteria { code title sentenceZh sentenceEn severity mode waivedBy citation } organization { ...organization } }",
    ),
    (
        "talk",
        "fragment talk on Talk { id talkKind: kind trigger conductor topic talkState: state requestedOn answerBy fixedFor heldOn followUpOn overdue version organization { id name } unit { id name } member { ...card } edition { id title } issues { ...issue } }",
    ),
    (
        "issue",
        "fragment issue on TalkIssue { id topic issueState: state raisedOn closedOn documentNumber version talk { id } }",
    ),
    (
        "transfer",
        "fragment transfer on CadreTransfer { id transferState: state person { ...card } cadre { id name } fromName toName reason answer documentNumber effectiveOn version fromOrganization { id name } toOrganization { id name } advice { code message membership { id pool { id name } } } }",
    ),
    (
        "run",
        "fragment run on ImportRun { id importKind: kind fileName sha256 mode dryRun runState: state failure rowsRead rowsDone rowsTotal added changed unchanged skipped errors warnings hints requestedAt endedAt organization { ...organization } imported { id } findings(first: 20) { totalCount edges { node { id severity findingCode: code form row column message remedy candidates { id name } } } } }",
    ),
    (
        "organization",
        "fragment organization on Organization { id code name kind level divisionCode unifiedSocialCreditCode affiliationLevel organizationState: state validFrom validTo nameAsOf version posts { id title filled vacant overstaffed } headcount { approved filled vacant overstaffed } parent { id name } managingOrganization { id name } successor { id name } predecessors { id name } splitFrom { id name } offshoots { id name } history { kind effectiveOn documentNumber reason nameBefore nameAfter parentBefore { id name } parentAfter { id name } other { id name } } }",
    ),
    ("card", "fragment card on CadreCard { cadreId name postTitle organization { id name } }"),
    (
        "pool",
        "fragment pool on ReservePool { id policyCode headroom { members total headroom tiers { tierCode target members headroom } } structureGaps { code actual missing unknown met } grid { tierCode count } code name poolKind: kind targetSize disclosure tracks { code } categories { code } maturities { code } log(first: 5) { totalCount edges { node { kind membership { id } } } } organization { id name } tiers { code name targetCount ordinal } members: memberships(first: 10) { totalCount edges { node { ...membership } } } }",
    ),
    (
        "membership",
        "fragment membership on PoolMembership { id findings { rule severity outcome messageZh citation edition waivedBy asksReason } edition { id title } membershipState: state membershipThen: stateAsOf reason source entryRoute track { code } steps { kind reason decidedBy } proposedOn decidedOn pool { id name } tier { code } member { ...card } cadre { id name } }",
    ),
    (
        "pair",
        "fragment pair on MentoringPair { id plan { code text } pairFindings: findings { rule severity messageZh } checks { rule severity messageEn } proposedMentors { name } pairEdition: edition { id title } pairState: state pairThen: stateAsOf form planGoal reasonCode successor { id } predecessor { id } parts { role person { name } } pairSteps: steps { kind reason } evaluations { side summary } startedOn nextContactDue overdue organization { id name } mentors { ...card } mentees { ...card } contacts(first: 10) { totalCount edges { node { heldOn topic agreed } } } }",
    ),
    (
        "grant",
        "fragment grant on AccountGrant { id role validFrom validTo managingTier secrecyCeiling organization { ...organization } }",
    ),
    (
        "account",
        "fragment account on Account { id login name state isLinked version organization { ...organization } grants { ...grant } }",
    ),
    (
        "correction",
        "fragment correction on CorrectionRequest { id field proposed reason state requestedAt decidedAt answer version cadre { ...card } }",
    ),
    (
        "cadre",
        "fragment cadre on Cadre { id name sex birthDate partyJoinedOn ageYears postTitle positionLevel status secrecyLevel organization { ...organization } posts { title post { id title organization { id name } } } levels { level } ranks { id source } educations { school } titles { title } assessments { year } experiences { place } grassrootsMonths monthsAtLevel monthsInPost trainings { title } awards { name } resume { rawText } sanctions { id documentNumber decidingBody inEffect } findings { message } memberships { ...membership } pairs { ...pair } }",
    ),
];
