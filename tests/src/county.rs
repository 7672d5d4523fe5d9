//! A county with one of everything, and somebody in each role: what the laws are tried on.

use entity::{
    cadre,
    id::{
        AccountId, CadreId, CorrectionId, GrantId, OrganizationId, PairId, PolicyEditionId, PoolId, PoolMembershipId,
        SanctionId, TransferId,
    },
    kind::{Disclosure, MembershipState, Role},
};
use serde_json::{Value, json};

use crate::{
    client::Client,
    world::{World, global},
};

/// A county with one of everything.
pub struct County {
    /// The county.
    pub top: OrganizationId,
    /// Its department.
    pub department: OrganizationId,
    /// Of the county itself, in no pool or pair.
    pub free: CadreId,
    /// Of the department; the mentor of the pair.
    pub mentor: CadreId,
    /// Of the department; the mentee of the pair, and in all three pools.
    pub mentee: CadreId,
    /// Pools by disclosure: CONFIDENTIAL, UNIT, PERSON.
    pub pools: [PoolId; 3],
    /// The mentee's membership of each.
    pub memberships: [PoolMembershipId; 3],
    /// The pair.
    pub pair: PairId,
    /// A proposed membership of the free cadre in the confidential pool.
    pub proposed: PoolMembershipId,
    /// An account that holds one grant, on the department.
    pub account: AccountId,
    /// Its grant.
    pub grant: GrantId,
    /// A request to correct the mentee's record.
    pub correction: CorrectionId,
    /// A sanction of the mentee.
    pub sanction: SanctionId,
    /// An offer of the free cadre to the department.
    pub transfer: TransferId,
    /// A published policy of the county.
    pub policy: PolicyEditionId,
    /// Its code.
    pub policy_code: String,
    /// Somebody in each role, in the order of `Role::ALL`.
    pub people: Vec<(Role, Client)>,
}

impl County {
    /// Builds a county whose every name begins with `name`, followed by a blank.
    pub async fn build(world: &World, name: &str) -> Self {
        let top = world.organization(&format!("{name} County")).await;
        let department = world.department(top, &format!("{name} Department")).await;
        let nobody = |_: &mut cadre::Model| {};
        let free = world.cadre(top, &format!("{name} Free"), nobody).await;
        let mentor = world.cadre(department, &format!("{name} Mentor"), nobody).await;
        let mentee = world.cadre(department, &format!("{name} Mentee"), nobody).await;
        let mut pools = Vec::new();
        let mut memberships = Vec::new();
        for (code, disclosure) in
            [("secret", Disclosure::Confidential), ("unit", Disclosure::Unit), ("person", Disclosure::Person)]
        {
            let pool = world.pool(top, &format!("{name} {code}"), disclosure).await;
            memberships.push(world.membership(pool, mentee, MembershipState::Confirmed).await);
            pools.push(pool);
        }
        let proposed = world.membership(pools[0], free, MembershipState::Proposed).await;
        let pair = world.pair(top, mentor, mentee).await;
        let account = world.account(Some(mentee)).await;
        let grant = world.grant(account, Role::UnitOfficer, department, None).await;
        let correction = world.correction(mentee, account).await;
        let sanction = world.sanction(mentee, &format!("{name} 1")).await;
        let transfer =
            world.offer(free, (top, &format!("{name} County")), (department, &format!("{name} Department"))).await;
        world.import(top, &format!("{name} people.csv")).await;
        let policy_code = format!("{name}-policy");
        let policy = world.youth_policy(top, name, &policy_code).await;
        let mut people = Vec::new();
        for role in Role::ALL {
            let client = match role {
                Role::UnitOfficer => world.sign_in(*role, department).await,
                Role::Mentor => world.sign_in_as(*role, department, mentor).await,
                Role::Cadre => world.sign_in_as(*role, department, mentee).await,
                _ => world.sign_in(*role, top).await,
            };
            people.push((*role, client));
        }
        let pools = pools.try_into().expect("three pools");
        let memberships = memberships.try_into().expect("three memberships");
        Self {
            top,
            department,
            free,
            mentor,
            mentee,
            pools,
            memberships,
            pair,
            proposed,
            account,
            grant,
            correction,
            sanction,
            transfer,
            policy,
            policy_code,
            people,
        }
    }

    /// Somebody in a role.
    pub fn person(&self, role: Role) -> &Client {
        &self.people.iter().find(|(it, _)| *it == role).expect("somebody in each role").1
    }

    /// Variables that every probe may use, with this county's ids.
    pub fn variables(&self) -> Value {
        json!({
            "organization": global(self.top),
            "department": global(self.department),
            "cadre": global(self.mentee),
            "free": global(self.free),
            "mentor": global(self.mentor),
            "pool": global(self.pools[1]),
            "membership": global(self.memberships[1]),
            "proposed": global(self.proposed),
            "pair": global(self.pair),
            "account": global(self.account),
            "grant": global(self.grant),
            "correction": global(self.correction),
            "fact": global(self.sanction),
            "transfer": global(self.transfer),
            "policy": global(self.policy),
            "policyCode": self.policy_code,
            "today": "2020-01-01",
        })
    }
}

/// One document for each root field, asking for as much as the field can show.
pub const PROBES: &[(&str, &str)] = &[
    ("me", "query { me { id login name cadre { ...cadre } grants { role validFrom organization { ...organization } } } }"),
    ("node", "query($cadre: ID!, $organization: ID!, $pool: ID!, $membership: ID!, $pair: ID!, $account: ID!, $correction: ID!, $transfer: ID!) {
        a: node(id: $cadre) { id ...cadre } b: node(id: $organization) { id ...organization }
        c: node(id: $pool) { id ...pool } d: node(id: $membership) { id ...membership } e: node(id: $pair) { id ...pair }
        f: node(id: $account) { id ...account } g: node(id: $correction) { id ...correction }
        h: node(id: $transfer) { id ...transfer } }"),
    ("nodes", "query($cadre: ID!, $organization: ID!, $pool: ID!, $membership: ID!, $pair: ID!) {
        nodes(ids: [$cadre, $organization, $pool, $membership, $pair]) {
            id ...cadre ...organization ...pool ...membership ...pair } }"),
    ("codeSets", "query { codeSets { code edition nameZh nameEn standing note values { code codeSet edition labelZh labelEn parent validFrom validTo } } }"),
    ("codeCrosswalk", "query { codeCrosswalk(codeSet: \"ZB09\", edition: \"1A\", code: \"1A31\") { exactness from { code } to { code codeSet edition labelZh labelEn } } }"),
    ("organization", "query($organization: ID!) { organization(id: $organization) { ...organization children { totalCount edges { node { ...organization } } } } }"),
    ("organizations", "query { organizations(first: 100, orderBy: ID) { totalCount pageInfo { endCursor } edges { cursor node { ...organization } } } }"),
    ("organizationCreate", "mutation($organization: ID!) { organizationCreate(input: { parentId: $organization, code: \"two words\", name: \"Probe\", kind: DEPARTMENT }) {
        problems { code message } organization { ...organization } } }"),
    ("organizationUpdate", "mutation($department: ID!) { organizationUpdate(input: { id: $department, expectedVersion: 77, level: CLERK }) {
        problems { code message } organization { ...organization } } }"),
    ("organizationRename", "mutation($department: ID!) { organizationRename(input: { id: $department, expectedVersion: 77, name: \"Probe\" }) {
        problems { code message } organization { ...organization } } }"),
    ("organizationMove", "mutation($department: ID!, $organization: ID!) { organizationMove(input: { id: $department, expectedVersion: 77, parentId: $organization }) {
        problems { code message } organization { ...organization } } }"),
    ("organizationMerge", "mutation($department: ID!, $organization: ID!) { organizationMerge(input: { sourceId: $department, expectedVersion: 77, targetId: $organization }) {
        problems { code message } organization { ...organization } } }"),
    ("organizationSplit", "mutation($department: ID!) { organizationSplit(input: { id: $department, expectedVersion: 77, units: [] }) {
        problems { code message } organization { ...organization } } }"),
    ("organizationClose", "mutation($department: ID!) { organizationClose(input: { id: $department, expectedVersion: 77 }) {
        problems { code message } organization { ...organization } } }"),
    ("postCreate", "mutation($organization: ID!) { postCreate(input: { organizationId: $organization, code: \"two words\", title: \"Probe\", role: OTHER, approvedHeadcount: 1 }) {
        problems { code message } post { id code title role level approvedHeadcount validFrom validTo version filled vacant overstaffed organization { ...organization } } } }"),
    ("postUpdate", "mutation($organization: ID!) { postUpdate(input: { id: $organization, expectedVersion: 77 }) {
        problems { code message } post { id title } } }"),
    ("cadre", "query($cadre: ID!) { cadre(id: $cadre) { ...cadre } }"),
    ("cadres", "query { cadres(first: 20) { totalCount pageInfo { endCursor } edges { cursor node { ...cadre } } } }"),
    ("cadreByIdentityNumber", "query { cadreByIdentityNumber(number: \"990000199003070013\", purpose: FILE_REVIEW, reason: \"Probe\") { ...cadre } }"),
    ("cadreFactRecord", "mutation($cadre: ID!) { cadreFactRecord(input: { cadreId: $cadre, source: \"Probe\", fact: { assessment: { year: 2199, kind: ANNUAL, grade: COMPETENT } } }) {
        factId problems { code message } warnings { message } cadre { ...cadre } } }"),
    ("cadreFactVoid", "mutation($fact: ID!) { cadreFactVoid(input: { factId: $fact, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } cadre { ...cadre } } }"),
    ("reservePool", "query($pool: ID!) { reservePool(id: $pool) { ...pool } }"),
    ("reservePools", "query { reservePools(first: 20) { totalCount edges { node { ...pool } } } }"),
    ("mentoringPair", "query($pair: ID!) { mentoringPair(id: $pair) { ...pair } }"),
    ("mentoringPairs", "query { mentoringPairs(first: 20) { totalCount edges { node { ...pair } } } }"),
    ("rateLimit", "query { rateLimit { plan concurrent requested requests { limit remaining resetAt windowSeconds } points { limit remaining } } }"),
    ("myStatus", "query { myStatus { today nextContactDue overdueCount pairs { ...pair } memberships { ...membership } } }"),
    ("cadreSummary", "query($organization: ID!) { cadreSummary(organization: $organization, groupBy: [LEVEL, SEX, AGE_BAND]) {
        organization { ...organization } total suppressedBelow cells { level sex ageBand count status } } }"),
    ("poolSummary", "query($organization: ID!) { poolSummary(organization: $organization, groupBy: [POOL, TIER, TRACK, STATE, SEX]) {
        persons suppressedBelow cells { poolCode tierCode trackCode state sex count status target headroom } } }"),
    ("pairSummary", "query($organization: ID!) { pairSummary(organization: $organization, groupBy: [STATE, FORM, OVERDUE]) {
        total suppressedBelow cells { state form overdue count status } } }"),
    ("accessLog", "query($cadre: ID!) { accessLog(cadre: $cadre, first: 20) { totalCount edges { cursor node {
        who { login name } field purpose reason at } } } }"),
    ("auditEvents", "query { auditEvents(first: 20) { totalCount edges { cursor node {
        id who { login name } roles action outcome at requestId purpose changes { table rowId kind before after } } } } }"),
    ("cadreCreate", "mutation($organization: ID!) { cadreCreate(input: { organizationId: $organization, name: \"Probe\", sex: MALE }) {
        problems { code message } cadre { ...cadre } } }"),
    ("cadreUpdate", "mutation($cadre: ID!) { cadreUpdate(input: { id: $cadre, expectedVersion: 77, name: \"Probe\" }) {
        problems { code message } cadre { ...cadre } } }"),
    ("poolMembershipPropose", "mutation($pool: ID!, $cadre: ID!) { poolMembershipPropose(input: { poolId: $pool, cadreId: $cadre, tierCode: \"none\", reason: \"Probe\" }) {
        problems { code message } membership { ...membership } } }"),
    ("poolMembershipConfirm", "mutation($membership: ID!) { poolMembershipConfirm(input: { id: $membership, expectedVersion: 77 }) {
        problems { code message } membership { ...membership } } }"),
    ("poolMembershipWarn", "mutation($membership: ID!) { poolMembershipWarn(input: { id: $membership, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } membership { ...membership } } }"),
    ("poolMembershipLiftWarning", "mutation($membership: ID!) { poolMembershipLiftWarning(input: { id: $membership, expectedVersion: 77 }) {
        problems { code message } membership { ...membership } } }"),
    ("poolMembershipMove", "mutation($membership: ID!) { poolMembershipMove(input: { id: $membership, expectedVersion: 77, reason: \"Probe\", tierCode: \"none\" }) {
        problems { code message } membership { ...membership } } }"),
    ("poolMembershipExit", "mutation($membership: ID!) { poolMembershipExit(input: { id: $membership, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } membership { ...membership } } }"),
    ("poolMembershipDeploy", "mutation($membership: ID!) { poolMembershipDeploy(input: { id: $membership, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } membership { ...membership } } }"),
    ("poolCreate", "mutation($organization: ID!) { poolCreate(input: { organizationId: $organization, code: \"probe\", name: \"Probe\", tiers: [] }) {
        problems { code message } pool { ...pool } } }"),
    ("poolUpdate", "mutation($pool: ID!) { poolUpdate(input: { id: $pool, expectedVersion: 77, name: \"Probe\" }) {
        problems { code message } pool { ...pool } } }"),
    ("pairPropose", "mutation($organization: ID!, $mentor: ID!, $cadre: ID!) { pairPropose(input: { organizationId: $organization, mentorIds: [$mentor], menteeIds: [$cadre], contactEveryDays: 0 }) {
        problems { code message } pair { ...pair } } }"),
    ("pairActivate", "mutation($pair: ID!) { pairActivate(input: { id: $pair, expectedVersion: 77 }) {
        problems { code message } pair { ...pair } } }"),
    ("pairSuspend", "mutation($pair: ID!) { pairSuspend(input: { id: $pair, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } pair { ...pair } } }"),
    ("pairResume", "mutation($pair: ID!) { pairResume(input: { id: $pair, expectedVersion: 77 }) {
        problems { code message } pair { ...pair } } }"),
    ("pairComplete", "mutation($pair: ID!) { pairComplete(input: { id: $pair, expectedVersion: 77 }) {
        problems { code message } pair { ...pair } } }"),
    ("pairEnd", "mutation($pair: ID!) { pairEnd(input: { id: $pair, expectedVersion: 77, reason: \"Probe\", reasonCode: \"PROBE\" }) {
        problems { code message } pair { ...pair } } }"),
    ("pairReplace", "mutation($pair: ID!, $mentor: ID!) { pairReplace(input: { id: $pair, expectedVersion: 77, reason: \"Probe\", reasonCode: \"PROBE\", mentorIds: [$mentor] }) {
        problems { code message } pair { ...pair } } }"),
    ("pairPartEnd", "mutation($pair: ID!, $mentor: ID!) { pairPartEnd(input: { id: $pair, expectedVersion: 77, reason: \"Probe\", cadreId: $mentor }) {
        problems { code message } pair { ...pair } } }"),
    ("pairPlanSave", "mutation($pair: ID!) { pairPlanSave(input: { id: $pair, expectedVersion: 77, planGoal: \"Probe\" }) {
        problems { code message } pair { ...pair } } }"),
    ("pairEvaluate", "mutation($pair: ID!) { pairEvaluate(input: { pairId: $pair, side: ORGANIZATION, grade: \"A\", summary: \"\" }) {
        problems { code message } pair { ...pair } } }"),
    ("pairCapacities", "query($organization: ID!) { pairCapacities(organization: $organization) {
        organization { ...organization } menteesPerMentor mentorsPerMentee validFrom validTo setBy } }"),
    ("pairCapacitySet", "mutation($organization: ID!) { pairCapacitySet(input: { organizationId: $organization, menteesPerMentor: 0 }) {
        problems { code message } capacity { menteesPerMentor organization { ...organization } } } }"),
    ("kinDeclare", "mutation($cadre: ID!, $mentor: ID!) { kinDeclare(input: { cadreId: $cadre, otherCadreId: $mentor, kinship: \"\" }) {
        problems { code message } } }"),
    ("kinEnd", "mutation($cadre: ID!) { kinEnd(input: { cadreId: $cadre, otherCadreId: $cadre }) {
        problems { code message } } }"),
    ("pairContactRecord", "mutation($pair: ID!, $today: Date!) { pairContactRecord(input: { pairId: $pair, heldOn: $today, topic: WORK }) {
        problems { code message } pair { ...pair } } }"),
    ("accounts", "query { accounts(first: 20) { totalCount pageInfo { endCursor } edges { cursor node { ...account } } } }"),
    ("explainAccess", "query($account: ID!, $cadre: ID!) { explainAccess(account: $account, act: CADRE_READ, id: $cadre) {
        decision message roles grants { decision grant { ...grant } } } }"),
    ("myRecord", "query { myRecord { ...cadre } }"),
    ("correctionRequests", "query { correctionRequests(first: 20) { totalCount edges { cursor node { ...correction } } } }"),
    ("imports", "query { imports(first: 20) { totalCount edges { cursor node {
        id importKind: kind fileName sha256 mode rowsRead added changed unchanged skipped errors warnings hints recordedAt organization { ...organization } } } } }"),
    ("rosterUploadStart", "mutation($organization: ID!) { rosterUploadStart(input: { organizationId: $organization, fileName: \"probe.csv\", bytes: 0 }) {
        problems { code message } upload { id address expiresAt bytes maximumBytes uploadName: fileName } } }"),
    ("rosterImport", "mutation($organization: ID!) { rosterImport(input: { uploadId: $organization }) {
        problems { code message } run { ...run } } }"),
    ("appointmentFormUploadStart", "mutation($organization: ID!) { appointmentFormUploadStart(input: { organizationId: $organization, fileName: \"probe.lrmx\", bytes: 0 }) {
        problems { code message } upload { id address expiresAt bytes maximumBytes uploadName: fileName } } }"),
    ("appointmentFormImport", "mutation($organization: ID!) { appointmentFormImport(input: { uploadId: $organization }) {
        problems { code message } run { ...run } } }"),
    ("appointmentFormExport", "mutation($organization: ID!) { appointmentFormExport(input: { organizationId: $organization, purpose: INSPECTION, reason: \"\" }) {
        problems { code message } export { id downloadPath } } }"),
    ("accountCreate", "mutation($organization: ID!) { accountCreate(input: { organizationId: $organization, login: \"x\", name: \"Probe\" }) {
        problems { code message } account { ...account } } }"),
    ("accountUpdate", "mutation($account: ID!) { accountUpdate(input: { id: $account, expectedVersion: 77, name: \"Probe\" }) {
        problems { code message } account { ...account } } }"),
    ("accountLink", "mutation($cadre: ID!) { accountLink(input: { login: \"nobody at all\", cadreId: $cadre }) {
        problems { code message } account { ...account } } }"),
    ("grantCreate", "mutation($account: ID!, $organization: ID!) { grantCreate(input: { accountId: $account, organizationId: $organization, role: AUDIT_ADMIN }) {
        problems { code message } grant { ...grant } } }"),
    ("grantRevoke", "mutation($organization: ID!) { grantRevoke(input: { id: $organization }) {
        problems { code message } grant { ...grant } } }"),
    ("myRecordExport", "mutation { myRecordExport { fileName content } }"),
    ("rosterExport", "mutation($organization: ID!) { rosterExport(input: { organizationId: $organization, purpose: INSPECTION, reason: \"\" }) {
        problems { code message } export { id downloadPath } } }"),
    ("poolExport", "mutation($organization: ID!) { poolExport(input: { poolId: $organization, purpose: INSPECTION, reason: \"\" }) {
        problems { code message } export { id downloadPath } } }"),
    ("requestCorrection", "mutation { requestCorrection(input: { field: NAME, reason: \"\" }) {
        problems { code message } request { ...correction } } }"),
    ("correctionWithdraw", "mutation($organization: ID!) { correctionWithdraw(input: { id: $organization }) {
        problems { code message } request { ...correction } } }"),
    ("correctionDecide", "mutation($correction: ID!) { correctionDecide(input: { id: $correction, expectedVersion: 77, accept: true, answer: \"Probe\" }) {
        problems { code message } request { ...correction } } }"),
    ("policies", "query { policies(first: 20) { totalCount edges { cursor node { ...policy } } } }"),
    ("policyEdition", "query($policy: ID!) { policyEdition(id: $policy) { ...policy } }"),
    ("policyDraft", "mutation { policyDraft(input: { document: \"{}\" }) { problems { code field message } edition { ...policy } } }"),
    ("policyPublish", "mutation($policy: ID!) { policyPublish(input: { id: $policy, expectedVersion: 77 }) {
        problems { code message } edition { ...policy } } }"),
    ("declaredFacts", "query { declaredFacts(first: 20) { totalCount edges { cursor node { ...declared } } } }"),
    ("declaredFactRecord", "mutation($cadre: ID!) { declaredFactRecord(input: { policy: \"none\", code: \"X\", cadreId: $cadre, source: \"Probe\" }) {
        problems { code message } fact { ...declared } } }"),
    ("declaredFactVoid", "mutation($organization: ID!) { declaredFactVoid(input: { id: $organization, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } fact { ...declared } } }"),
    ("criterionWaive", "mutation($policy: ID!, $cadre: ID!) { criterionWaive(input: { editionId: $policy, criterion: \"none\", cadreId: $cadre, reason: \"\" }) {
        problems { code message } waiver { id criterion reason waivedOn validTo edition { id } } } }"),
    ("eligibility", "query($cadre: ID!, $policy: ID!) { eligibility(subject: $cadre, edition: $policy) { asOf eligible: outcome subject { ...cadre }
        edition { ...policy } results: criteria { eligible: outcome criterion { code } inputs { fact labelZh sentenceEn parameter eligible: outcome value valueAtMost missing source since } } } }"),
    ("candidates", "query($policy: ID!) { candidates(filter: { edition: $policy }, first: 20) { totalCount edges { cursor node { ...cadre } } } }"),
    ("portrait", "query($cadre: ID!) { portrait(cadre: $cadre) { asOf cadre { ...card } sections { part: code titleZh titleEn cells { code labelZh labelEn value valueAtMost missing source since until recordedAt } } } }"),
    ("comparisonSheet", "query($cadre: ID!, $mentor: ID!, $free: ID!, $policyCode: String!) { comparisonSheet(cadres: [$mentor, $cadre, $free], policy: $policyCode) {
        asOf people { cadre { ...card } edition { ...policy } } facts { code labelZh labelEn cells { code labelZh labelEn value valueAtMost missing source since until recordedAt } } criteria { code title results { eligible: outcome about criterion { code title } inputs { fact value missing source since } } } } }"),
    ("shortlist", "query($organization: ID!, $policyCode: String!) { shortlist(policy: $policyCode, list: \"LIST\", organization: $organization, first: 20) {
        code title totalCount edition { ...policy } factors { code sentenceEn } edges { cursor node { cadre { ...card } factors { eligible: outcome about criterion { code title } inputs { fact value missing source since } } } } } }"),
    ("moveSimulation", "query($cadre: ID!, $organization: ID!) { moveSimulation(cadre: $cadre, organization: $organization) {
        asOf cadre { ...card } from { organization { ...organization } counts { by code before after } } to { organization { ...organization } counts { by code before after } } } }"),
    ("cadreTransfers", "query { cadreTransfers(first: 20) { totalCount edges { cursor node { ...transfer } } } }"),
    ("cadreTransfer", "mutation($cadre: ID!, $organization: ID!) { cadreTransfer(input: { cadreId: $cadre, expectedVersion: 77, organizationId: $organization }) {
        problems { code message } transfer { ...transfer } } }"),
    ("cadreTransferOffer", "mutation($cadre: ID!) { cadreTransferOffer(input: { cadreId: $cadre, expectedVersion: 77, toOrganizationCode: \"x\" }) {
        problems { code message } transfer { ...transfer } } }"),
    ("cadreTransferAccept", "mutation($transfer: ID!) { cadreTransferAccept(input: { id: $transfer, expectedVersion: 77 }) {
        problems { code message } transfer { ...transfer } } }"),
    ("cadreTransferRefuse", "mutation($transfer: ID!) { cadreTransferRefuse(input: { id: $transfer, expectedVersion: 77, answer: \"Probe\" }) {
        problems { code message } transfer { ...transfer } } }"),
    ("cadreTransferWithdraw", "mutation($transfer: ID!) { cadreTransferWithdraw(input: { id: $transfer, expectedVersion: 77 }) {
        problems { code message } transfer { ...transfer } } }"),
];

const FRAGMENTS: &[(&str, &str)] = &[
    (
        "declared",
        "fragment declared on DeclaredFact { id code holds number validFrom validTo documentNumber source recordedAt factState: state version cadre { ...card } organization { id name } edition { id title } }",
    ),
    (
        "policy",
        "fragment policy on PolicyEdition { id code number: edition title course: state beginsOn: validFrom endsOn: validTo issuedBy: source document version criteria { code title sentenceZh sentenceEn severity mode waivedBy citation } organization { ...organization } }",
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
        "fragment membership on PoolMembership { id findings { rule severity outcome messageZh citation edition waivedBy asksReason } edition { id title } membershipState: state membershipThen: stateAsOf reason source entryRoute track { code } steps { kind reason decidedBy } proposedOn decidedOn pool { id name } tier { code } member { ...card } }",
    ),
    (
        "pair",
        "fragment pair on MentoringPair { id pairState: state pairThen: stateAsOf form planGoal reasonCode successor { id } predecessor { id } parts { role person { name } } pairSteps: steps { kind reason } evaluations { side summary } startedOn nextContactDue overdue organization { id name } mentors { ...card } mentees { ...card } contacts(first: 10) { totalCount edges { node { heldOn topic agreed } } } }",
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

/// The probe of a root field with the fragments that it uses.
pub fn probe(field: &str) -> String {
    let (_, body) = PROBES.iter().find(|(name, _)| *name == field).unwrap_or_else(|| {
        panic!("`{field}` has no probe: add one to tests/src/county.rs, asking for as much as the field can show")
    });
    let mut text = (*body).to_owned();
    loop {
        let missing = FRAGMENTS
            .iter()
            .find(|(name, _)| text.contains(&format!("...{name} ")) && !text.contains(&format!("fragment {name} ")));
        match missing {
            Some((_, fragment)) => text = format!("{text}\n{fragment}"),
            None => return text,
        }
    }
}
