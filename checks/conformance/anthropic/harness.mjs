// What the parts of anthropic.mjs share: the client, the lines, a few assertions.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import * as report from '../report/report.mjs';

export const client = new Anthropic({
  baseURL: process.env.PADDOCK_URL,
  apiKey: process.env.PADDOCK_API_KEY,
  maxRetries: 0,
  timeout: 60_000,
});
export { all, eventually } from '../report/report.mjs';
export const beta = client.beta;
export const MODEL = process.env.PADDOCK_TEST_MODEL;

/** Runs one method's checks; what they return is handed on to later ones. */
export async function check(method, checks) {
  return report.check(`beta.${method}`, checks);
}

/** A method that is not offered must say so by its feature's name. */
export async function notOffered(method, feature, call) {
  await report.notOffered(`beta.${method}`, async () => {
    const error = await report.errorOf(call);
    assert.equal(error.status, 404, String(error.message));
    assert.ok(error.message.includes(feature), error.message);
    return error.error.error.message;
  });
}

/** Whether all keys are there, nullable ones too. */
export function has(object, ...keys) {
  for (const key of keys) {
    assert.ok(key in object, `"${key}" is missing in ${JSON.stringify(object).slice(0, 300)}`);
  }
}

/** The call must fail so. */
export async function refuses(status, call, { type, code, says } = {}) {
  try {
    await call();
  } catch (failure) {
    assert.equal(failure.status, status, String(failure.message));
    assert.equal(failure.error?.type, 'error');
    assert.ok(failure.error.request_id, 'request_id');
    if (type) assert.equal(failure.error.error.type, type);
    if (code) assert.equal(failure.error.error.details?.error_code, code);
    if (says) assert.match(failure.message, says);
    if (status === 409) assert.equal(failure.headers.get('x-should-retry'), 'false');
    return failure;
  }
  throw new Error(`was not refused with ${status}`);
}

export function ids(items) {
  return items.map((item) => item.id);
}

/** An agent and an environment for sessions. */
export async function place(agent = {}, environment = {}) {
  const made = await beta.agents.create({
    name: 'tester',
    model: MODEL,
    tools: [{ type: 'agent_toolset_20260401' }],
    ...agent,
  });
  const template = await beta.environments.create({ name: 'place', ...environment });
  return { agent: made.id, environment_id: template.id };
}

export function message(text) {
  return { type: 'user.message', content: [{ type: 'text', text }] };
}

/** Reads a stream up to an event that ends it; starts it before `act`, so that nothing is missed. */
export async function until(stream, done) {
  const events = [];
  for await (const event of stream) {
    events.push(event);
    if (done(event)) break;
  }
  return events;
}

export function idle(event) {
  return event.type === 'session.status_idle' || event.type === 'session.status_terminated';
}

/** Sends events and reads the session's stream until it is idle. */
export async function turn(session, events, done = idle) {
  const stream = await beta.sessions.events.stream(session);
  await beta.sessions.events.send(session, { events });
  return until(stream, done);
}

export function texts(events) {
  return events
    .filter((event) => event.type === 'agent.message')
    .flatMap((event) => event.content.map((block) => block.text));
}
