// Who asks. Tokens live in this page's memory and nowhere else: closing it signs out.

/** Tokens are good for 15 minutes; they are renewed when this much of that is over. */
const RENEW_MS = 10 * 60 * 1000;

async function send(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.error_description ?? `HTTP ${response.status}`), answer);
  return answer;
}

/** Somebody whose token `renew` fetches; it is given the last answer. */
function renewing(name, renew, first) {
  let last = first;
  let at = Date.now();
  let coming = null;
  const token = async () => {
    if (last && (!last.renewable || Date.now() - at < RENEW_MS)) return last.access_token;
    coming ??= renew(last).finally(() => (coming = null));
    last = { ...(await coming), renewable: true };
    at = Date.now();
    return last.access_token;
  };
  return { name, token, leave: async () => {
    if (last?.refresh_token) await send('auth/revoke', { token: last.refresh_token }).catch(() => {});
  } };
}

/** One of the demo's people. */
export function standIn(person) {
  return renewing(person.login, () => send('console/token', { login: person.login }), null);
}

/** Whoever pastes a token; it is not renewed. */
export function pasted(token) {
  return renewing('a pasted token', null, { access_token: token.replace(/^bearer\s+/i, '').trim(), renewable: false });
}

/** Signs in with a password, and a code where one is asked for. */
export async function signIn(username, password, otp) {
  const wanted = { grant_type: 'password', username, password, ...(otp ? { otp } : {}) };
  const first = { ...(await send('auth/token', wanted)), renewable: true };
  const renew = (last) => send('auth/token', { grant_type: 'refresh_token', refresh_token: last.refresh_token });
  return renewing(username, renew, first);
}
