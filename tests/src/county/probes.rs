//! A probe of each root field.

/// One document for each root field, asking for as much as the field can show.
pub const PROBES: &[(&str, &str)] = &[
    ("me", "query { me { id login name cadre { ...cadre } grants { role validFrom organization { ...organization } } } }"),
    ("node", "query($cadre: ID!, $organization: ID!, $pool: ID!, $membership: ID!, $pair: ID!, $account: ID!, $correction: ID!, $transfer: ID!, $talk: ID!, $issue: ID!) {
        a: node(id: $cadre) { id ...cadre } b: node(id: $organization) { id ...organization }
        c: node(id: $pool) { id ...pool } d: node(id: $membership) { id ...membership } e: node(id: $pair) { id ...pair }
        f: node(id: $account) { id ...account } g: node(id: $correction) { id ...correction }
        h: node(id: $transfer) { id ...transfer } i: node(id: $talk) { id ...talk } j: node(id: $issue) { id ...issue } }"),
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
    ("pairPartAdd", "mutation($pair: ID!, $mentor: ID!) { pairPartAdd(input: { id: $pair, expectedVersion: 77, reason: \"Probe\", cadreId: $mentor, role: LEAD }) {
        problems { code message } pair { ...pair } } }"),
    ("menteesWithoutMentor", "query($organization: ID!) { menteesWithoutMentor(policy: \"none\", organization: $organization, first: 20) { totalCount edges { cursor node { ...cadre } } } }"),
    ("pairMatches", "query($organization: ID!) { pairMatches(policy: \"none\", organization: $organization) { factors { code } unfit { cadre { ...card } }
        matches { mentee { ...card } mentor { ...card } unmatched suggestions { mentor { ...card } weight } } } }"),
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
    ("policyLibrary", "query { policyLibrary(primitive: \"POOL\") { mechanism libraryCode: code titleZh titleEn region primitives note criteria { title } document } }"),
    ("targetProgress", "query($organization: ID!) { targetProgress(policy: \"none\", organization: $organization) { programme asOf edition { id title }
        goals { goalCode: code title counts base needed actual missing over percent unknown from to expectedByNow status subsetOf } total { needed persons missing } proposals milestones { code } } }"),
    ("quotaStatus", "query($organization: ID!) { quotaStatus(policy: \"none\", organization: $organization) { asOf edition { id title }
        quotas { code approved held room } reserved { code from to forecast setAside filled missing status } forecasts { code vacancies people { ...card } } } }"),
    ("duties", "query($organization: ID!) { duties(policy: \"none\", organization: $organization) { today totalCount overdueCount end nodes { ...duty } } }"),
    ("myDuties", "query { myDuties { today totalCount overdueCount end nodes { ...duty } } }"),
    ("dutyEscalations", "query($organization: ID!) { dutyEscalations(organization: $organization) { totalCount end nodes {
        id dutyId code proposal step dueOn reachedOn subjectKind subject open entry { id } owner { ...card } organization { id name } edition { id title } } } }"),
    ("dutySubmit", "mutation { dutySubmit(input: { dutyId: \"none\", content: \"Probe\" }) { problems { code message } entry { id dutyId content } } }"),
    ("dutyExcuse", "mutation { dutyExcuse(input: { dutyId: \"none\", reason: \"Probe\" }) { problems { code message } entry { id dutyId reason } } }"),
    ("dutyDecide", "mutation($organization: ID!) { dutyDecide(input: { id: $organization, expectedVersion: 77, accept: true }) { problems { code message } entry { id documentNumber doneOn } } }"),
    ("declaredFacts", "query { declaredFacts(first: 20) { totalCount edges { cursor node { ...declared } } } }"),
    ("declaredFactRecord", "mutation($cadre: ID!) { declaredFactRecord(input: { policy: \"none\", code: \"X\", cadreId: $cadre, source: \"Probe\" }) {
        problems { code message } fact { ...declared } } }"),
    ("declaredFactVoid", "mutation($organization: ID!) { declaredFactVoid(input: { id: $organization, expectedVersion: 77, reason: \"Probe\" }) {
        problems { code message } fact { ...declared } } }"),
    ("criterionWaive", "mutation($policy: ID!, $cadre: ID!) { criterionWaive(input: { editionId: $policy, criterion: \"none\", cadreId: $cadre, reason: \"\" }) {
        problems { code message } waiver { id criterion reason waivedOn validTo edition { id } } } }"),
    ("eligibility", "query($cadre: ID!, $policy: ID!) { eligibility(subject: $cadre, edition: $policy) { asOf eligible: outcome subject { ...cadre }
        edition { ...policy } results: criteria { eligible: outcome criterion { code } inputs { fact labelZh sentenceEn parameter eligible: outcome value valueAtMost missing source since } } } }"),
    ("policyDiff", "query($policy: ID!) { policyDiff(from: $policy, to: $policy) { from { id title } to { id title } changes { changeKind: kind path before after }
        lost { totalCount edges { cursor node { ...cadre } } } gained { totalCount edges { node { id name } } } } }"),
    ("policyDryRun", "query($policy: ID!, $organization: ID!) { policyDryRun(edition: $policy, organization: $organization) { asOf edition { id title } people
        together { met notMet unknown } criteria { met notMet unknown criterion { code title } } } }"),
    ("candidates", "query($policy: ID!) { candidates(filter: { edition: $policy }, first: 20) { totalCount edges { cursor node { ...cadre } } } }"),
    ("talks", "query { talks(first: 20) { totalCount edges { cursor node { ...talk } } } }"),
    ("talkCoverage", "query($organization: ID!) { talkCoverage(policy: \"TALKS\", organization: $organization) {
        code per by beginsOn: from endsOn: to due held percent missing { ...card } edition { ...policy } } }"),
    ("talkTriggersDue", "query($organization: ID!) { talkTriggersDue(policy: \"TALKS\", organization: $organization) {
        trigger topic member { ...card } unit { id name } happenedOn dueOn overdue } }"),
    ("talkIssueSummary", "query($organization: ID!) { talkIssueSummary(policy: \"TALKS\", organization: $organization) {
        raised open solved explained declined solvedPercent } }"),
    ("talkRequest", "mutation($organization: ID!, $cadre: ID!) { talkRequest(input: { policy: \"none\", organizationId: $organization, conductor: \"X\", cadreId: $cadre }) {
        problems { code message } talk { ...talk } } }"),
    ("talkFix", "mutation($talk: ID!, $today: Date!) { talkFix(input: { id: $talk, expectedVersion: 77, fixedFor: $today }) {
        problems { code message } talk { ...talk } } }"),
    ("talkRecord", "mutation($talk: ID!, $today: Date!) { talkRecord(input: { id: $talk, expectedVersion: 77, heldOn: $today }) {
        problems { code message } talk { ...talk } } }"),
    ("talkFollowUp", "mutation($organization: ID!) { talkFollowUp(input: { id: $organization }) {
        problems { code message } talk { ...talk } } }"),
    ("talkIssueRaise", "mutation($talk: ID!) { talkIssueRaise(input: { talkId: $talk, topic: \"Probe\" }) {
        problems { code message } issue { ...issue } } }"),
    ("talkIssueClose", "mutation($issue: ID!) { talkIssueClose(input: { id: $issue, expectedVersion: 77, state: SOLVED }) {
        problems { code message } issue { ...issue } } }"),
    ("portrait", "query($cadre: ID!) { portrait(cadre: $cadre) { asOf cadre { ...card } sections { part: code titleZh titleEn cells { code labelZh labelEn value valueAtMost missing source since until recordedAt } } } }"),
    ("comparisonSheet", "query($cadre: ID!, $mentor: ID!, $free: ID!, $policyCode: String!) { comparisonSheet(cadres: [$mentor, $cadre, $free], policy: $policyCode) {
        asOf people { cadre { ...card } edition { ...policy } } facts { code labelZh labelEn cells { code labelZh labelEn value valueAtMost missing source since until recordedAt } } criteria { code title results { eligible: outcome about criterion { code title } inputs { fact value missing source since } } } } }"),
    ("shortlist", "query($organization: ID!, $policyCode: String!) { shortlist(policy: $policyCode, list: \"LIST\", organization: $organization, first: 20) {
        code title totalCount edition { ...policy } factors { code sentenceEn } edges { cursor node { ...cadre } factors { eligible: outcome about criterion { code title } inputs { fact value missing source since } } } } }"),
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
