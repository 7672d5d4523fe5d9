// The public clients of both streams: a question, a change, a subscription, and going on after the last event.
import { createClient as eventsClient } from 'graphql-sse';
import { createClient as socketClient } from 'graphql-ws';
import WebSocket from 'ws';

const FOLLOW = 'subscription($ids: [ID!], $after: ID) { mentoringPairChanged(ids: $ids, after: $after) { news eventId act pair { id version planGoal } } }';
const SAVE = 'mutation($input: PairPlanSaveInput!) { pairPlanSave(input: $input) { problems { code } pair { version } } }';
const PAIR = '{ mentoringPairs(first: 1, filter: { states: [ACTIVE] }) { edges { node { id version } } } }';

/** The only answer to a question or change. */
const once = (client, query, variables = {}) =>
  new Promise((resolve, reject) => {
    let answer;
    client.subscribe({ query, variables }, { next: (it) => (answer = it), error: reject, complete: () => resolve(answer) });
  });

/** Follows until so many messages have come, and stops. */
function follow(client, variables, count) {
  const told = [];
  let stop = () => {};
  const all = new Promise((resolve, reject) => {
    const next = ({ data, errors }) => {
      if (errors) reject(new Error(JSON.stringify(errors)));
      told.push(data.mentoringPairChanged);
      if (told.length === count) {
        stop();
        resolve(told);
      }
    };
    stop = client.subscribe({ query: FOLLOW, variables }, { next, error: reject, complete: () => {} });
  });
  return { all, stop: () => stop() };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What both clients must be able to do. */
async function checks(client, resume) {
  const passed = [];
  const { data } = await once(client, PAIR);
  const pair = data.mentoringPairs.edges[0].node;
  passed.push(typeof pair.id === 'string');
  let version = pair.version;
  const save = async (planGoal) => {
    const answer = await once(client, SAVE, { input: { id: pair.id, expectedVersion: version, planGoal } });
    version = answer.data.pairPlanSave.pair.version;
    return answer.data.pairPlanSave.problems.length === 0;
  };
  const first = follow(client, { ids: [pair.id] }, 1);
  await pause(500);
  passed.push(await save('First'));
  const [told] = await first.all;
  passed.push(told.news === 'CHANGED' && told.act === 'PAIR_PLAN_SAVE' && told.pair.planGoal === 'First');
  await save('Second');
  await save('Third');
  for (const again of [follow(client, { ids: [pair.id], after: told.eventId }, 2), resume?.(told.eventId, pair.id)]) {
    if (!again) continue;
    const missed = await again.all;
    passed.push(missed.length === 2 && missed[0].pair.version === version && missed[1].eventId !== missed[0].eventId);
  }
  const wrong = await once(client, '{ nothing }').then((it) => it.errors, (errors) => errors);
  passed.push(/nothing/.test(JSON.stringify(wrong)));
  const lost = await once(client, FOLLOW, { after: 'x' }).then((it) => it.errors, (errors) => errors);
  passed.push(/RESUME_LOST/.test(JSON.stringify(lost)));
  return passed;
}

/** graphql-ws over graphql-transport-ws: lazily, so that each operation may open a socket of its own. */
export async function overSockets(url, authorization) {
  const open = (connectionParams, more = {}) =>
    socketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams, retryAttempts: 0, ...more });
  const client = open({ authorization });
  const passed = await checks(client);
  await client.dispose();
  const kept = open({ authorization }, { lazy: false, keepAlive: 50, onNonLazyError: () => {} });
  let pongs = 0;
  kept.on('pong', () => (pongs += 1));
  await pause(300);
  passed.push(pongs > 2);
  await kept.dispose();
  const stranger = open({ authorization: 'Bearer x' });
  passed.push(await once(stranger, PAIR).then(() => false, (closed) => closed.code === 4403));
  return passed;
}

/** graphql-sse in distinct connections mode. */
export async function overEvents(url, authorization) {
  const open = (headers) => eventsClient({ url, headers, retryAttempts: 0 });
  const client = open({ authorization });
  const resume = (eventId, id) => follow(open({ authorization, 'last-event-id': eventId }), { ids: [id] }, 2);
  const passed = await checks(client, resume);
  client.dispose();
  passed.push(await once(open({ authorization: 'Bearer x' }), PAIR).then(() => false, (cause) => cause.response?.status === 401));
  return passed;
}
