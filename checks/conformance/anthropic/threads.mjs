// Threads: the session's own, and those of agents it gives work to.
import assert from 'node:assert/strict';
import { all, beta, check, has, ids, idle, message, place, refuses, texts, turn, until } from './harness.mjs';

export async function threads() {
  const helper = await place({ name: 'helper', description: 'helps' });
  const { agent } = await place({
    name: 'lead',
    multiagent: { type: 'coordinator', agents: [helper.agent, { type: 'self' }] },
  });
  const session = await beta.sessions.create({ agent, environment_id: helper.environment_id });
  const session_id = session.id;
  const primary = await check('sessions.threads.list', async () => {
    assert.equal(session.agent.multiagent.type, 'coordinator');
    assert.deepEqual(session.agent.multiagent.agents.map((one) => one.name), ['helper', 'lead']);
    const found = await all(beta.sessions.threads.list(session_id));
    assert.equal(found.length, 1);
    const [thread] = found;
    has(thread, 'id', 'agent', 'archived_at', 'created_at', 'parent_thread_id', 'session_id', 'stats',
      'status', 'type', 'updated_at', 'usage', 'workflow_run_id');
    assert.equal(thread.parent_thread_id, null);
    assert.ok(!('multiagent' in thread.agent));
    const running = await beta.sessions.threads.list(session_id, { statuses: ['running'] });
    assert.equal(running.data.length, 0);
    return thread;
  });
  await check('sessions.threads.retrieve', async () => {
    const found = await beta.sessions.threads.retrieve(primary.id, { session_id });
    assert.equal(found.id, primary.id);
    await refuses(404, () => beta.sessions.threads.retrieve('sthr_unknown', { session_id }));
  });
  const seen = await check('sessions.threads.events.stream', async () => {
    const stream = await beta.sessions.threads.events.stream(primary.id, { session_id });
    await beta.sessions.events.send(session_id, { events: [message('say hello')] });
    return until(stream, idle);
  });
  await check('sessions.threads.events.list', async () => {
    const found = await all(beta.sessions.threads.events.list(primary.id, { session_id, limit: 2 }));
    assert.deepEqual(ids(found), ids(seen));
  });
  const child = await check('sessions.threads (a sub-agent)', () => delegate(session_id, primary));
  await check('sessions.threads.archive', async () => {
    const archived = await beta.sessions.threads.archive(child.id, { session_id });
    assert.ok(archived.archived_at);
    await refuses(400, () => beta.sessions.threads.archive(primary.id, { session_id }));
    await refuses(404, () => beta.sessions.threads.archive('sthr_unknown', { session_id }));
  });
}

async function delegate(session_id, primary) {
  const events = await turn(session_id, [
    message('call delegate {"agent": "helper", "message": "say from below"}'),
  ]);
  assert.match(texts(events).join(), /done: [^]*from below/);
  const created = events.find((event) => event.type === 'session.thread_created');
  has(created, 'agent_name', 'session_thread_id', 'workflow_run_id');
  assert.equal(created.agent_name, 'helper');
  const quiet = events.find((event) => event.type === 'session.thread_status_idle');
  has(quiet, 'agent_name', 'session_thread_id', 'stop_details', 'stop_reason');
  const found = await all(beta.sessions.threads.list(session_id, { limit: 1 }));
  assert.equal(found.length, 2);
  const [, child] = found;
  assert.equal(child.id, created.session_thread_id);
  assert.equal(child.parent_thread_id, primary.id);
  assert.equal(child.agent.name, 'helper');
  assert.equal(child.status, 'idle');
  const said = await all(beta.sessions.threads.events.list(child.id, { session_id }));
  assert.match(texts(said).join(), /from below/);
  await refuses(404, () => beta.sessions.retrieve(child.id.replace('sthr_', 'sesn_')));
  return child;
}
