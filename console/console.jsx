// The console: GraphiQL, and above it who asks and what could be asked.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { createClient } from 'graphql-ws';

import 'graphiql/style.css';
import './console.css';
import examples from './examples.json';
import { pasted, signIn, standIn } from './identity.js';

/** What GraphiQL would keep on the disk, variables with personal data among it, is kept as long as the page is open. */
function memory() {
  const all = new Map();
  return {
    get length() { return all.size; },
    key: (at) => [...all.keys()][at] ?? null,
    getItem: (name) => all.get(name) ?? null,
    setItem: (name, value) => all.set(name, String(value)),
    removeItem: (name) => all.delete(name),
    clear: () => all.clear(),
  };
}

const address = new URL('graphql', document.baseURI);

async function post(identity, body) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await identity.token()}` },
    body: JSON.stringify(body),
    credentials: 'omit',
  });
  return response.json();
}

/** Questions by POST, subscriptions by graphql-transport-ws; each with a token that is still good. */
function fetcherOf(identity) {
  const socket = new URL(address);
  socket.protocol = address.protocol.replace('http', 'ws');
  const token = async () => {
    if (!identity) throw new Error('Nobody is signed in: sign in above, or paste a token.');
    return `Bearer ${await identity.token()}`;
  };
  return createGraphiQLFetcher({
    url: address.href,
    wsClient: createClient({ url: socket.href, lazy: true, connectionParams: async () => ({ authorization: await token() }) }),
    fetch: async (url, options) =>
      fetch(url, { ...options, credentials: 'omit', headers: { ...options.headers, authorization: await token() } }),
  });
}

/** What the identity may see of the schema. */
async function schemaFor(identity) {
  const query = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true, directiveIsRepeatable: true });
  const { data, errors } = await post(identity, { query });
  if (!data) throw new Error(errors?.[0]?.message ?? 'The schema did not come.');
  return buildClientSchema(data);
}

/** An example's variables, the ids of organizations looked up by their codes. */
async function filled(example, identity) {
  const out = { ...example.variables };
  for (const [name, code] of Object.entries(example.organizations ?? {})) {
    const { data } = await post(identity, { query: 'query Organization($code: String!) { organization(code: $code) { id } }', variables: { code } });
    out[name] = data?.organization?.id ?? null;
  }
  return Object.keys(out).length === 0 ? '' : JSON.stringify(out, null, 2);
}

function SignIn({ onIdentity, onProblem }) {
  const [form, setForm] = useState({ username: '', password: '', otp: '', token: '' });
  const [wantsCode, setWantsCode] = useState(false);
  const field = (name, more) => (
    <input aria-label={more.placeholder} value={form[name]} onChange={(event) => setForm({ ...form, [name]: event.target.value })} {...more} />
  );
  const submit = async (event) => {
    event.preventDefault();
    onProblem(null);
    try {
      if (form.token) onIdentity(pasted(form.token));
      else onIdentity(await signIn(form.username, form.password, form.otp));
    } catch (cause) {
      if (cause.error === 'mfa_required') setWantsCode(true);
      onProblem(cause.message);
    }
  };
  return (
    <form className="tidui-sign-in" onSubmit={submit} autoComplete="off">
      {field('username', { placeholder: 'Login', autoComplete: 'off' })}
      {field('password', { placeholder: 'Password', type: 'password', autoComplete: 'off' })}
      {wantsCode && field('otp', { placeholder: 'Code of six digits', inputMode: 'numeric', maxLength: 6 })}
      <span className="tidui-or">or</span>
      {field('token', { placeholder: 'Access token', type: 'password', autoComplete: 'off' })}
      <button type="submit">Sign in</button>
    </form>
  );
}

function Switcher({ people, person, onPerson }) {
  return (
    <label>
      <span>As</span>
      <select aria-label="Role" value={person?.login ?? ''} onChange={(event) => onPerson(people.find((it) => it.login === event.target.value))}>
        {people.map((it) => <option key={it.login} value={it.login}>{`${it.login} · ${it.role} · ${it.name}`}</option>)}
      </select>
    </label>
  );
}

function Examples({ role, onExample }) {
  const fitting = role ? examples.filter((it) => it.role === role) : examples;
  return (
    <label>
      <span>Example</span>
      <select aria-label="Example" value="" onChange={(event) => onExample(examples[Number(event.target.value)])}>
        <option value="" disabled>Choose one …</option>
        {fitting.map((it) => (
          <option key={examples.indexOf(it)} value={examples.indexOf(it)}>{role ? it.title : `${it.role}: ${it.title}`}</option>
        ))}
      </select>
    </label>
  );
}

function Console({ people }) {
  const [person, setPerson] = useState(people[0] ?? null);
  const [identity, setIdentity] = useState(() => (people[0] ? standIn(people[0]) : null));
  const [schema, setSchema] = useState(null);
  const [problem, setProblem] = useState(null);
  const [asked, setAsked] = useState({ query: '# Sign in, choose an example,\n# and run it: Ctrl-Enter.\n', variables: '' });
  const storage = useMemo(memory, []);
  const fetcher = useMemo(() => fetcherOf(identity), [identity]);
  const began = useRef(false);

  useEffect(() => {
    let current = true;
    setSchema(null);
    if (identity) {
      schemaFor(identity).then(
        (it) => { if (current) { setSchema(it); setProblem(null); } },
        (cause) => { if (current) setProblem(cause.message); },
      );
    }
    return () => { current = false; };
  }, [identity]);

  const show = useCallback(async (example) => {
    const variables = identity ? await filled(example, identity).catch(() => '') : '';
    setAsked({ query: example.query, variables });
  }, [identity]);

  // A demo begins with the first question of whoever is chosen.
  useEffect(() => {
    if (!person || began.current === person.login) return;
    began.current = person.login;
    const first = examples.find((it) => it.role === person.role);
    if (first) show(first);
  }, [person, show]);

  const become = (next) => {
    setPerson(next);
    setIdentity(standIn(next));
  };
  const leave = async () => {
    await identity.leave();
    setIdentity(null);
  };

  return (
    <>
      <header className="tidui-bar">
        <strong><img src="console/icon.svg" alt="" width="22" height="22" /> Tidui <span lang="zh">梯队</span></strong>
        {people.length > 0 && <Switcher people={people} person={person} onPerson={become} />}
        {people.length === 0 && !identity && <SignIn onIdentity={setIdentity} onProblem={setProblem} />}
        {people.length === 0 && identity && <span>{identity.name} <button type="button" onClick={leave}>Sign out</button></span>}
        <Examples role={person?.role} onExample={show} />
        <p className={problem ? 'tidui-problem' : 'tidui-said'} role="status">{problem ?? person?.sentence ?? ''}</p>
      </header>
      <main className="tidui-main">
        <GraphiQL
          fetcher={fetcher}
          schema={schema}
          storage={storage}
          query={asked.query}
          variables={asked.variables}
          onEditQuery={(query) => setAsked((it) => ({ ...it, query }))}
          onEditVariables={(variables) => setAsked((it) => ({ ...it, variables }))}
          defaultEditorToolsVisibility="variables"
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
        >
          <GraphiQL.Logo><span /></GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

fetch('console/people', { credentials: 'omit' })
  .then((it) => it.json())
  .catch(() => [])
  .then((people) => createRoot(document.getElementById('console')).render(<Console people={people} />));
