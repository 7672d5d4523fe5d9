// Verdicts of this server and of graphql-js on the same documents: written by hand, and mutated from documents that were
// made of the schema. Each comes with a trivial operation beside it that is the one to run, so that nothing is changed.
import { buildSchema, getNamedType, getVariableValues, isInputObjectType, isListType, isNonNullType, isObjectType, isInterfaceType, isEnumType, parse, validate } from 'graphql';

/** A small generator of numbers: the same documents in every run. */
function dice(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Documents written by hand: the ones on which servers are known to differ. */
const HAND = [
  ['query($a: String) { cadres(first: $a) { totalCount } }', {}],
  ['query($a: [Int!]) { cadres(first: $a) { totalCount } }', {}],
  ['query($a: Int) { cadres(first: $a) { totalCount } }', {}],
  ['query($a: Int!) { cadres(first: $a) { totalCount } }', { a: 1 }],
  ['query($a: Int = 3) { cadres(first: $a) { totalCount } }', {}],
  ['query($a: Int = null) { cadres(first: $a) { totalCount } }', {}],
  ['query($id: ID) { cadre(id: $id) { name } }', { id: 'x' }],
  ['query($id: ID = null) { cadre(id: $id) { name } }', {}],
  ['query($id: ID = "x") { cadre(id: $id) { name } }', {}],
  ['query($id: String!) { cadre(id: $id) { name } }', { id: 'x' }],
  ['query($v: Boolean) { me @skip(if: $v) { login } }', { v: true }],
  ['query($v: Boolean!) { me @skip(if: $v) { login } }', { v: true }],
  ['query($v: Boolean = true) { me @include(if: $v) { login } }', {}],
  ['query($v: Int!) { me @include(if: $v) { login } }', { v: 1 }],
  ['{ me { login } me { login name } }', {}],
  ['{ a: me { login } a: me { name } }', {}],
  ['{ me { x: login } me { x: name } }', {}],
  ['{ a: cadre(id: "1") { name } a: cadre(id: "2") { name } }', {}],
  ['{ ...A a: cadre(id: "1") { name } } fragment A on Query { a: cadre(id: "2") { name } }', {}],
  ['{ cadres(first: 1) { edges { node { x: name } } } ...A } fragment A on Query { cadres(first: 1) { edges { node { x: postTitle } } } }', {}],
  ['{ node(id: "x") { ... on Cadre { x: name } ... on Organization { x: name } } }', {}],
  ['{ node(id: "x") { ... on Cadre { x: name } ... on Organization { x: version } } }', {}],
  ['{ node(id: "x") { ... on Cadre { x: name } ... on Organization { x: code } } }', {}],
  ['{ node(id: "x") { name } }', {}],
  ['{ node(id: "x") { ... on Me { login } } }', {}],
  ['{ node(id: "x") { ... on Sex { login } } }', {}],
  ['{ me { ... on Node { id } } }', {}],
  ['{ cadres(filter: { sex: MALE, sex: FEMALE }) { totalCount } }', {}],
  ['{ cadres(filter: "x") { totalCount } }', {}],
  ['{ cadres(filter: [1]) { totalCount } }', {}],
  ['{ cadres(filter: [{ sex: MALE }]) { totalCount } }', {}],
  ['{ cadres(filter: { sex: "MALE" }) { totalCount } }', {}],
  ['{ cadres(filter: { sex: NEITHER }) { totalCount } }', {}],
  ['{ cadres(filter: { nothing: 1 }) { totalCount } }', {}],
  ['{ cadres(filter: { positionLevels: CLERK }) { totalCount } }', {}],
  ['{ cadres(filter: { positionLevels: [CLERK, null] }) { totalCount } }', {}],
  ['{ cadres(filter: null) { totalCount } }', {}],
  ['{ cadres(first: null) { totalCount } }', {}],
  ['{ cadres(first: -0) { totalCount } }', {}],
  ['{ cadres(first: 1.0) { totalCount } }', {}],
  ['{ cadres(first: 2147483648) { totalCount } }', {}],
  ['{ cadres(first: "1") { totalCount } }', {}],
  ['{ cadres(first: 1, first: 2) { totalCount } }', {}],
  ['{ cadres(last: 1) { totalCount } }', {}],
  ['{ cadre(id: 1) { name } }', {}],
  ['{ cadre(id: true) { name } }', {}],
  ['{ cadre(id: null) { name } }', {}],
  ['{ cadre { name } }', {}],
  ['{ cadres(filter: { namePrefix: "\\u{1F600}" }) { totalCount } }', {}],
  ['{ cadres(filter: { namePrefix: "\\uD842\\uDFB7" }) { totalCount } }', {}],
  ['{ cadres(filter: { namePrefix: "\\uD842" }) { totalCount } }', {}],
  ['{ cadres(filter: { namePrefix: "𠮷" }) { totalCount } }', {}],
  ['{ cadres(filter: { namePrefix: """a\n  b""" }) { totalCount } }', {}],
  ['"What it asks." query A { me { login } }', {}],
  ['query A("How many." $n: Int! = 1) { cadres(first: $n) { totalCount } }', {}],
  ['query($n: Int! @deprecated) { cadres(first: $n) { totalCount } }', { n: 1 }],
  ['query($n: Int! @skip(if: true)) { cadres(first: $n) { totalCount } }', { n: 1 }],
  ['query @skip(if: true) { me { login } }', {}],
  ['query { me { login @skip(if: true) @skip(if: false) } }', {}],
  ['query { me { login @nothing } }', {}],
  ['query { me { login @skip } }', {}],
  ['query { me @access(action: ME_READ, roles: []) { login } }', {}],
  ['query($unused: Int) { me { login } }', {}],
  ['query { cadres(first: $missing) { totalCount } }', {}],
  ['query($n: Int!, $n: Int!) { cadres(first: $n) { totalCount } }', { n: 1 }],
  ['query($n: Cadre) { me { login } }', {}],
  ['query($n: Nothing) { me { login } }', {}],
  ['query($f: CadreFilter) { cadres(filter: $f) { totalCount } }', { f: { sex: 'MALE' } }],
  ['query($f: CadreFilter!) { cadres(filter: $f) { totalCount } }', {}],
  ['query($f: CadreFilter) { cadres(filter: $f) { totalCount } }', { f: { sex: 'X' } }],
  ['query($f: CadreFilter) { cadres(filter: $f) { totalCount } }', { f: { nothing: 1 } }],
  ['query($f: CadreFilter) { cadres(filter: $f) { totalCount } }', { f: 'x' }],
  ['query($f: CadreFilter) { cadres(filter: $f) { totalCount } }', { f: [] }],
  ['query($s: Sex) { cadres(filter: { sex: $s }) { totalCount } }', { s: 'MALE' }],
  ['query($s: Sex) { cadres(filter: { sex: $s }) { totalCount } }', { s: 1 }],
  ['query($s: String) { cadres(filter: { sex: $s }) { totalCount } }', { s: 'MALE' }],
  ['query($n: Int!) { cadres(first: $n) { totalCount } }', {}],
  ['query($n: Int!) { cadres(first: $n) { totalCount } }', { n: null }],
  ['query($n: Int!) { cadres(first: $n) { totalCount } }', { n: 1.5 }],
  ['query($n: Int!) { cadres(first: $n) { totalCount } }', { n: 1.0 }],
  ['query($n: Int!) { cadres(first: $n) { totalCount } }', { n: '1' }],
  ['query($n: Int!) { cadres(first: $n) { totalCount } }', { n: 4294967296 }],
  ['query($n: [PositionLevel!]) { cadres(filter: { positionLevels: $n }) { totalCount } }', { n: 'CLERK' }],
  ['query($n: [PositionLevel!]) { cadres(filter: { positionLevels: $n }) { totalCount } }', { n: [null] }],
  ['query($n: [PositionLevel]) { cadres(filter: { positionLevels: $n }) { totalCount } }', { n: [] }],
  ['query($n: PositionLevel!) { cadres(filter: { positionLevels: [$n] }) { totalCount } }', { n: 'CLERK' }],
  ['query($n: PositionLevel) { cadres(filter: { positionLevels: [$n] }) { totalCount } }', { n: 'CLERK' }],
  ['{ me }', {}],
  ['{ me { login { x } } }', {}],
  ['{ me { } }', {}],
  ['{ }', {}],
  ['{ me { login } } { me { name } }', {}],
  ['query A { me { login } } query A { me { name } }', {}],
  ['query A { me { login } } { me { name } }', {}],
  ['{ ...A } fragment A on Query { ...A }', {}],
  ['{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', {}],
  ['{ ...Missing }', {}],
  ['{ me { login } } fragment Unused on Me { login }', {}],
  ['{ ...A } fragment A on Query { me { login } } fragment A on Query { me { login } }', {}],
  ['{ ...A } fragment A on Sex { x }', {}],
  ['{ ...A } fragment A on Nothing { x }', {}],
  ['{ ...A } fragment A on CadreFilter { x }', {}],
  ['{ ... { me { login } } }', {}],
  ['{ ... @include(if: true) { me { login } } }', {}],
  ['{ ... on Query { me { login } } }', {}],
  ['{ ... on Mutation { cadreCreate { problems { code } } } }', {}],
  ['{ __typename }', {}],
  ['{ me { __typename } }', {}],
  ['{ __schema { types { name } } }', {}],
  ['{ me { __schema { types { name } } } }', {}],
  ['{ __nothing }', {}],
  ['mutation { me { login } }', {}],
  ['type Query { x: Int }', {}],
  ['{ me { login } } type X { y: Int }', {}],
  ['fragment on on Me { login }', {}],
  ['{ me { login ... on Me { login } } }', {}],
  ['mutation($i: CadreFactRecordInput!) { cadreFactRecord(input: $i) { problems { code } } }', { i: {} }],
  ['mutation { cadreFactRecord(input: { cadreId: "x", expectedVersion: 1, fact: {} }) { problems { code } } }', {}],
  ['mutation { cadreFactRecord(input: { cadreId: "x", expectedVersion: 1, fact: { award: null } }) { problems { code } } }', {}],
  ['mutation($a: AwardFactInput) { cadreFactRecord(input: { cadreId: "x", fact: { award: $a } }) { problems { code } } }', {}],
  ['mutation($a: AwardFactInput!) { cadreFactRecord(input: { cadreId: "x", fact: { award: $a } }) { problems { code } } }', {}],
];

/** Subscriptions, which are never the operation that runs here. */
const STREAMS = [
  'subscription S { mentoringPairChanged { news } }',
  'subscription S { a: mentoringPairChanged { news pair { id } } }',
  'subscription S { mentoringPairChanged { news } mentoringPairChanged { act } }',
  'subscription S { mentoringPairChanged { news } poolMembershipChanged { news } }',
  'subscription S { a: mentoringPairChanged { news } b: mentoringPairChanged { news } }',
  'subscription S { mentoringPairChanged { news } ...F } fragment F on Subscription { poolMembershipChanged { news } }',
  'subscription S { ...F } fragment F on Subscription { poolMembershipChanged { news } }',
  'subscription S { ... on Subscription { mentoringPairChanged { news } ... { poolMembershipChanged { news } } } }',
  'subscription S { __typename }',
  'subscription S { ...F } fragment F on Subscription { __typename }',
  'subscription S { mentoringPairChanged { __typename } }',
  'subscription S { mentoringPairChanged }',
  'subscription S { mentoringPairChanged { nothing } }',
  'subscription S { nothing { news } }',
  'subscription S { mentoringPairChanged(ids: "x") { news } }',
  'subscription S { mentoringPairChanged(ids: [null]) { news } }',
  'subscription S($ids: [ID]) { mentoringPairChanged(ids: $ids) { news } }',
  'subscription S($ids: [ID!]) { mentoringPairChanged(ids: $ids) { news } }',
  'subscription S($after: String) { mentoringPairChanged(after: $after) { news } }',
];

/** A document of the schema: random fields, arguments by value, some depth. */
function made(schema, roll) {
  const value = (type, depth) => {
    if (isNonNullType(type)) return value(type.ofType, depth);
    if (isListType(type)) return `[${value(type.ofType, depth)}]`;
    if (isEnumType(type)) return type.getValues()[roll(type.getValues().length)].name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((it) => isNonNullType(it.type) || (depth < 2 && roll(5) === 0));
      const chosen = type.isOneOf ? [Object.values(type.getFields())[roll(Object.keys(type.getFields()).length)]] : fields;
      return `{ ${chosen.map((it) => `${it.name}: ${value(it.type, depth + 1)}`).join(', ')} }`;
    }
    const samples = { Int: '3', Float: '1.5', Boolean: 'true', ID: '"x"', String: '"x"', Date: '"2026-01-02"', PartialDate: '"1988-05"', DateTime: '"2026-01-02T00:00:00Z"' };
    return samples[type.name] ?? '"x"';
  };
  const selection = (type, depth) => {
    const fields = Object.values(type.getFields());
    const chosen = Array.from({ length: 1 + roll(4) }, () => fields[roll(fields.length)]);
    const unique = [...new Set(chosen)];
    const text = unique.map((field) => {
      const args = field.args.filter((it) => (isNonNullType(it.type) && it.defaultValue === undefined) || roll(3) === 0);
      const given = args.length ? `(${args.map((it) => `${it.name}: ${value(it.type, 0)}`).join(', ')})` : '';
      const inner = getNamedType(field.type);
      if (!(isObjectType(inner) || isInterfaceType(inner))) return `${field.name}${given}`;
      if (depth >= 4) return `${field.name}${given} { __typename }`;
      return `${field.name}${given} ${selection(inner, depth + 1)}`;
    });
    return `{ ${text.join(' ')} }`;
  };
  const mutation = roll(4) === 0;
  return mutation ? `mutation ${selection(schema.getMutationType(), 0)}` : `query ${selection(schema.getQueryType(), 0)}`;
}

/** The document with one token changed: dropped, doubled, swapped or replaced. */
function mutated(text, roll) {
  const tokens = text.match(/"[^"]*"|[A-Za-z_]\w*|-?\d+(\.\d+)?|[^\s]/g);
  const at = roll(tokens.length);
  const other = tokens[roll(tokens.length)];
  switch (roll(5)) {
    case 0: tokens.splice(at, 1); break;
    case 1: tokens.splice(at, 0, tokens[at]); break;
    case 2: tokens[at] = other; break;
    case 3: tokens[at] = ['null', '1', '"x"', 'true', 'nothing', '{', '}', '@skip(if: true)', '$v', '[]', '1.5', 'MALE'][roll(12)]; break;
    default: tokens.splice(at, 0, other);
  }
  return tokens.join(' ');
}

/** The verdict of graphql-js: whether the document, with its variables, may be executed. */
function theirs(schema, text, variables, name) {
  let document;
  try {
    document = parse(text);
  } catch {
    return false;
  }
  if (validate(schema, document).length > 0) return false;
  const operation = document.definitions.find((it) => it.kind === 'OperationDefinition' && (!name || it.name?.value === name));
  if (!operation) return false;
  return !getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors;
}

/** Asks both about every document; gives back how many agree, and where they do not. */
export async function differential(sdl, post, count = 900) {
  const schema = buildSchema(sdl);
  const roll = dice(20261121);
  const cases = HAND.map(([text, variables]) => [text, variables, undefined]);
  cases.push(...STREAMS.map((text) => [`query Z_ { __typename } ${text}`, {}, 'Z_']));
  while (cases.length < count) {
    const text = made(schema, roll);
    cases.push([`query Z_ { __typename } ${text.replace(/^(query|mutation) /, '$1 Made ')}`, {}, 'Z_']);
    for (let times = 0; times < 3; times += 1) {
      cases.push([`query Z_ { __typename } ${mutated(text.replace(/^(query|mutation) /, '$1 Made '), roll)}`, {}, 'Z_']);
    }
  }
  const different = [];
  for (const [query, variables, operationName] of cases) {
    const expected = theirs(schema, query, variables, operationName);
    const { body } = await post({ query, variables, operationName });
    const limited = /limit|more than|at most|nodes|too |nests/.test(body.errors?.[0]?.message ?? '') && !('data' in body);
    const ours = 'data' in body;
    if (ours !== expected && !(limited && expected)) {
      different.push(`${expected ? 'refused' : 'accepted'}: ${query} ${JSON.stringify(variables)}: ${body.errors?.[0]?.message ?? ''}`);
    }
  }
  return { total: cases.length, different };
}
