// Each suite prints one line with its total; the first that falls short ends the run with 1.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { DiffRule, CriticalityLevel, diff } from '@graphql-inspector/core';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { buildClientSchema, buildSchema, getIntrospectionQuery, isSpecifiedScalarType, parse, validateSchema } from 'graphql';
import { auditServer } from 'graphql-http';

import { browser } from './browser.js';
import { differential } from './differential.js';
import { overEvents, overSockets } from './realtime.js';

const url = process.env.TIDUI_URL;
const authorization = `Bearer ${process.env.TIDUI_TOKEN}`;
const documents = readFileSync('documents.graphql', 'utf8');

/** Says what a suite came to, and throws when it is less than it must be. */
function report(name, passed, total, failed = []) {
  console.log(`${name}: ${passed} of ${total}`);
  for (const it of failed) console.log(`  ${it}`);
  if (passed !== total) throw new Error(`${name} fell short`);
}

async function tool(...command) {
  return (await promisify(execFile)('npx', ['--no-install', ...command], { encoding: 'utf8' })).stdout;
}

async function post(body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function graphqlHttp() {
  const fetchFn = (address, options = {}) =>
    fetch(address, { ...options, headers: { ...options.headers, authorization, 'x-graphql-require-preflight': '1' } });
  const results = await auditServer({ url, fetchFn });
  const failed = results.filter((it) => it.status !== 'ok').map((it) => `${it.id} ${it.status} ${it.name}: ${it.reason}`);
  report('graphql-http', results.length - failed.length, results.length, failed);
}

async function introspection() {
  const query = getIntrospectionQuery({ oneOf: true, specifiedByUrl: true, inputValueDeprecation: true, directiveIsRepeatable: true, schemaDescription: true });
  const { body } = await post({ query });
  const live = buildClientSchema(body.data);
  const file = buildSchema(readFileSync('build/schema.graphql', 'utf8'));
  // An officer is shown what officers may use: a schema that is whole, and a part of the one in the file.
  const shown = Object.keys(live.getTypeMap()).filter((it) => !it.startsWith('__'));
  const own = (type) => Object.keys(type?.getFields?.() ?? {});
  const known = shown.filter((it) => isSpecifiedScalarType(live.getType(it)) || file.getType(it)).filter((it) => own(live.getType(it)).every((name) => own(file.getType(it)).includes(name)));
  const lacking = ['Cadre', 'MentoringPair', 'ImportRun'].filter((it) => !live.getType(it));
  const wrong = [...validateSchema(live).map((it) => it.message), ...lacking.map((it) => `${it} is hidden from an officer`)];
  const strange = shown.filter((it) => !known.includes(it));
  report('introspection', known.length - wrong.length, shown.length, [...strange, ...wrong]);
}

async function eslint() {
  let problems = [];
  try {
    await tool('eslint', '--format', 'json', 'build/schema.graphql');
  } catch (cause) {
    problems = JSON.parse(cause.stdout)[0].messages.map((it) => `${it.line}: ${it.message} (${it.ruleId})`);
  }
  report('graphql-eslint', problems.length === 0 ? 1 : 0, 1, problems);
}

async function inspector() {
  const released = buildSchema(readFileSync('../it/released.graphql', 'utf8'));
  const current = buildSchema(readFileSync('build/schema.graphql', 'utf8'));
  const changes = await diff(released, current, [DiffRule.ignoreDescriptionChanges]);
  const breaking = changes.filter((it) => it.criticality.level === CriticalityLevel.Breaking).map((it) => it.message);
  report('graphql-inspector', changes.length - breaking.length, changes.length, breaking);
}

async function relay() {
  // Relay wants the directives that the specification defines left out, and so they are.
  const said = await tool('relay-compiler', 'relay.config.json');
  const units = /compiled documents: (\d+) reader, (\d+) normalization, (\d+) operation text/.exec(said);
  report('relay-compiler', units ? 1 : 0, 1, units ? [units[0]] : [said]);
}

async function codegen() {
  await tool('graphql-codegen', '--config', 'codegen.js');
  const manifest = JSON.parse(readFileSync('build/generated/persisted-documents.json', 'utf8'));
  const texts = Object.values(manifest);
  let run = 0;
  for (const query of texts) {
    const name = parse(query).definitions[0].name.value;
    const { body } = await post({ query, variables: { first: 2, id: 'x' }, operationName: name });
    if (body.data) run += 1;
  }
  report('graphql-codegen', run, texts.length);
}

async function apollo() {
  const cache = new InMemoryCache();
  const link = ApolloLink.from([new HttpLink({ uri: url, headers: { authorization } })]);
  const client = new ApolloClient({ link, cache });
  const query = gql(documents);
  const only = (name) => ({ ...query, definitions: query.definitions.filter((it) => it.name.value === name) });
  const checks = [];
  const page = await client.query({ query: only('Cadres'), variables: { first: 2 } });
  checks.push(page.data.cadres.edges.length === 2);
  const node = await client.query({ query: only('Reread'), variables: { id: page.data.cadres.edges[0].node.id } });
  checks.push(node.data.node.name === page.data.cadres.edges[0].node.name);
  const wrong = await client.query({ query: gql('{ nothing }'), errorPolicy: 'all' }).catch((cause) => ({ error: cause }));
  checks.push(/nothing/.test(JSON.stringify(wrong.error?.errors ?? wrong.error?.message ?? '')));
  report('Apollo Client', checks.filter(Boolean).length, checks.length);
}

async function urql() {
  const headers = { authorization, 'x-graphql-require-preflight': '1' };
  const checks = [];
  for (const preferGetMethod of [false, 'force']) {
    const client = new Client({ url, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers }, preferGetMethod });
    const me = await client.query('query Me { me { login } }', {}).toPromise();
    checks.push(me.data?.me?.login === 'officer');
    const wrong = await client.query('{ nothing }', {}).toPromise();
    checks.push(Boolean(wrong.error));
  }
  report('urql', checks.filter(Boolean).length, checks.length);
}

async function verdicts() {
  const modern = (body) => post(body, { accept: 'application/graphql-response+json' });
  const { total, different } = await differential(readFileSync('build/schema.graphql', 'utf8'), modern);
  report('verdicts of graphql-js', total - different.length, total, different);
}

async function realtime() {
  for (const [name, over] of [['graphql-ws', overSockets], ['graphql-sse', overEvents]]) {
    const passed = await over(url, authorization);
    report(name, passed.filter(Boolean).length, passed.length, passed.flatMap((it, at) => (it ? [] : [`check ${at + 1}`])));
  }
}

async function chromium() {
  const checks = await browser(new URL(url).origin, fileURLToPath(new URL('../../target/console.png', import.meta.url)));
  const failed = checks.filter((it) => !it.holds).map((it) => `${it.name}: ${it.why}`);
  report('Chromium', checks.length - failed.length, checks.length, failed);
}

for (const suite of [graphqlHttp, verdicts, introspection, eslint, inspector, relay, codegen, apollo, urql, realtime, chromium]) await suite();
