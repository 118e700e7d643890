// Threads: the session's own, and those of agents it gives work to.
import assert from 'node:assert/strict';
import { all, beta, check, has, ids, idle, message, place, refuses, until } from './harness.mjs';

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
  await check('sessions.threads.archive', async () => {
    await refuses(400, () => beta.sessions.threads.archive(primary.id, { session_id }));
    await refuses(404, () => beta.sessions.threads.archive('sthr_unknown', { session_id }));
  });
}
