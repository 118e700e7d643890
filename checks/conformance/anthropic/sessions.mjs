// Sessions, their events and their resources.
import assert from 'node:assert/strict';
import { toFile } from '@anthropic-ai/sdk';
import {
  MODEL, all, beta, check, eventually, has, idle, ids, message, place, refuses, texts, turn, until,
} from './harness.mjs';

const SESSION_KEYS = [
  'id', 'agent', 'archived_at', 'budget', 'created_at', 'environment_id', 'metadata',
  'outcome_evaluations', 'resources', 'stats', 'status', 'title', 'type', 'updated_at', 'usage',
  'vault_ids',
];

export async function sessions() {
  const here = await place({ system: 'You are brief.' });
  const session = await check('sessions.create', () => create(here));
  await check('sessions.retrieve', async () => {
    const found = await beta.sessions.retrieve(session.id);
    has(found, ...SESSION_KEYS);
    assert.equal(found.title, 'First');
    await refuses(404, () => beta.sessions.retrieve('sesn_unknown'), { type: 'not_found_error' });
    await refuses(404, () => beta.sessions.retrieve('agent_x'));
  });
  await events(session, here);
  await check('sessions.list', () => list(here));
  await check('sessions.update', () => update(here));
  await resources(here);
  await check('sessions.archive', async () => {
    const running = await beta.sessions.create({ ...here, initial_events: [message('go on')] });
    await until(await beta.sessions.events.stream(running.id, { event_deltas: ['agent.message'] }),
      (event) => event.type === 'event_delta');
    const archived = await beta.sessions.archive(running.id);
    assert.ok(archived.archived_at);
    assert.equal(archived.status, 'idle');
    await refuses(400, () => beta.sessions.events.send(running.id, { events: [message('x')] }));
    assert.ok(!ids(await all(beta.sessions.list())).includes(running.id));
    assert.ok(ids(await all(beta.sessions.list({ include_archived: true }))).includes(running.id));
  });
  await check('sessions.delete', async () => {
    const stream = await beta.sessions.events.stream(session.id);
    const deleted = await beta.sessions.delete(session.id);
    assert.deepEqual(deleted, { id: session.id, type: 'session_deleted' });
    const last = await until(stream, (event) => event.type === 'session.deleted');
    assert.equal(last.at(-1).type, 'session.deleted');
    await refuses(404, () => beta.sessions.retrieve(session.id));
    await refuses(404, () => beta.sessions.delete(session.id));
  });
}

async function create(here) {
  const made = await beta.sessions.create({ ...here, title: 'First', metadata: { a: 'b' } });
  has(made, ...SESSION_KEYS);
  has(made.agent, 'id', 'description', 'execution_identity', 'mcp_servers', 'model', 'multiagent',
    'name', 'skills', 'system', 'tools', 'type', 'version');
  assert.equal(made.status, 'idle');
  assert.deepEqual(made.resources, []);
  assert.deepEqual(made.outcome_evaluations, []);
  assert.equal((await beta.sessions.events.list(made.id)).data.length, 0);
  const other = await beta.sessions.create({
    agent: { type: 'agent_with_overrides', id: here.agent, version: 1, system: 'Other.', tools: [] },
    environment_id: here.environment_id,
  });
  assert.equal(other.agent.system, 'Other.');
  assert.deepEqual(other.agent.tools, []);
  await refuses(404, () => beta.sessions.create({ ...here, agent: 'agent_unknown' }));
  await refuses(404, () => beta.sessions.create({ ...here, environment_id: 'env_unknown' }), {
    code: 'environment_not_found',
  });
  await refuses(400, () =>
    beta.sessions.create({ ...here, initial_events: Array(51).fill(message('x')) }),
    { says: /initial_events/ });
  await refuses(400, () =>
    beta.sessions.create({
      ...here,
      budget: { type: 'limit', max_list_cost: { amount: '100', currency: 'USD' } },
    }), { code: 'model_not_budgetable' });
  const archived = await beta.agents.create({ name: 'gone', model: MODEL });
  await beta.agents.archive(archived.id);
  await refuses(400, () => beta.sessions.create({ ...here, agent: archived.id }));
  return made;
}

async function events(session, here) {
  await check('sessions.events.send', async () => {
    const stream = await beta.sessions.events.stream(session.id);
    const sent = await beta.sessions.events.send(session.id, {
      events: [message('call bash {"command": "echo $((6 * 7)) | tee outputs.txt"}')],
    });
    assert.equal(sent.data[0].type, 'user.message');
    assert.ok(sent.data[0].id);
    const seen = await until(stream, idle);
    assert.match(texts(seen).join(), /done: [^]*42/);
    const types = seen.map((event) => event.type);
    for (const type of ['session.status_running', 'span.model_request_start', 'agent.tool_use',
      'agent.tool_result', 'agent.message', 'span.model_request_end', 'session.status_idle']) {
      assert.ok(types.includes(type), `${type} in ${types}`);
    }
    const use = seen.find((event) => event.type === 'agent.tool_use');
    assert.equal(use.evaluated_permission, 'allow');
    const result = seen.find((event) => event.type === 'agent.tool_result');
    assert.equal(result.tool_use_id, use.id);
    const end = seen.at(-1);
    assert.deepEqual(end.stop_reason, { type: 'end_turn' });
    assert.equal(end.stop_details, null);
    for (const event of seen) assert.ok(event.processed_at, event.type);
    const after = await beta.sessions.retrieve(session.id);
    assert.equal(after.status, 'idle');
    assert.ok(after.usage.input_tokens > 0 && after.usage.output_tokens > 0);
    await refuses(400, () => beta.sessions.events.send(session.id, { events: [] }));
    await refuses(400, () => beta.sessions.events.send(session.id, { events: [{ type: 'user.shout' }] }),
      { says: /events\[0\]\.type/ });
  });
  await check('sessions.events.send (outputs become files)', async () => {
    await turn(session.id, [message('call bash {"command": "mkdir -p outputs && echo kept > outputs/kept.txt"}')]);
    const kept = await eventually('the file', async () => {
      const files = await all(beta.files.list({ scope_id: session.id }));
      return files.length === 1 && files;
    });
    assert.equal(await (await beta.files.download(kept[0].id)).text(), 'kept\n');
    assert.deepEqual(kept[0].scope, { type: 'session', id: session.id });
  });
  await check('sessions.events.send (approval)', () => approval(here));
  await check('sessions.events.send (custom tool)', () => customTool(here));
  await check('sessions.events.send (interrupt)', () => interrupt(here));
  await check('sessions.events.send (system message)', async () => {
    await refuses(400, () =>
      beta.sessions.events.send(session.id, {
        events: [{ type: 'system.message', content: [{ type: 'text', text: 'be kind' }] }],
      }));
    const seen = await turn(session.id, [
      message('hello'),
      { type: 'system.message', content: [{ type: 'text', text: 'say noted' }] },
    ]);
    assert.ok(texts(seen).length > 0);
  });
  await check('sessions.events.send (outcome)', async () => {
    const made = await beta.sessions.create({
      ...here,
      initial_events: [
        { type: 'user.define_outcome', description: 'say hi', rubric: { type: 'text', content: 'says hi' } },
      ],
    });
    const [outcome] = (await beta.sessions.retrieve(made.id)).outcome_evaluations;
    has(outcome, 'completed_at', 'description', 'explanation', 'iteration', 'outcome_id', 'result', 'type');
    assert.match(outcome.outcome_id, /^outc_/);
    await beta.sessions.delete(made.id);
  });
  await check('sessions.events.list', async () => {
    const every = await all(beta.sessions.events.list(session.id, { limit: 3 }));
    assert.equal(new Set(ids(every)).size, every.length);
    const newest = await all(beta.sessions.events.list(session.id, { order: 'desc', limit: 1000 }));
    assert.deepEqual(ids(newest).reverse(), ids(every));
    const messages = await all(beta.sessions.events.list(session.id, { types: ['user.message', 'agent.message'] }));
    assert.ok(messages.every((event) => /message$/.test(event.type)) && messages.length > 1);
    const at = every[2].processed_at;
    const later = await all(beta.sessions.events.list(session.id, { 'created_at[gt]': at }));
    assert.ok(later.length < every.length && later.length > 0);
  });
  await check('sessions.events.stream', () => streams(session));
}

async function approval(here) {
  const asking = await place({
    tools: [{ type: 'agent_toolset_20260401', default_config: { permission_policy: { type: 'always_ask' } } }],
  });
  const { id } = await beta.sessions.create({ ...here, agent: asking.agent });
  const seen = await turn(id, [message('call bash {"command": "echo yes"}')]);
  const use = seen.find((event) => event.type === 'agent.tool_use');
  assert.equal(use.evaluated_permission, 'ask');
  assert.deepEqual(seen.at(-1).stop_reason, { type: 'requires_action', event_ids: [use.id] });
  const answer = { type: 'user.tool_confirmation', tool_use_id: use.id, result: 'allow' };
  await refuses(400, () =>
    beta.sessions.events.send(id, { events: [{ ...answer, tool_use_id: 'sevt_unknown' }] }));
  await refuses(400, () =>
    beta.sessions.events.send(id, { events: [{ ...answer, deny_message: 'no' }] }));
  assert.match(texts(await turn(id, [answer])).join(), /done: [^]*yes/);
  await refuses(409, () => beta.sessions.events.send(id, { events: [answer] }));
  const again = await turn(id, [message('call bash {"command": "echo no"}')]);
  const second = again.find((event) => event.type === 'agent.tool_use');
  const denied = await turn(id, [
    { type: 'user.tool_confirmation', tool_use_id: second.id, result: 'deny', deny_message: 'not now' },
  ]);
  assert.match(texts(denied).join(), /not now/);
}

async function customTool(here) {
  const { agent } = await place({
    tools: [
      { type: 'custom', name: 'weather', description: 'w', input_schema: { type: 'object' } },
    ],
  });
  const { id } = await beta.sessions.create({ ...here, agent });
  const seen = await turn(id, [message('call weather {"city": "Oslo"}')]);
  const use = seen.find((event) => event.type === 'agent.custom_tool_use');
  assert.deepEqual(use.input, { city: 'Oslo' });
  const result = {
    type: 'user.custom_tool_result',
    custom_tool_use_id: use.id,
    content: [{ type: 'text', text: 'snow' }],
  };
  assert.match(texts(await turn(id, [result])).join(), /done: [^]*snow/);
  await refuses(409, () => beta.sessions.events.send(id, { events: [result] }));
}

async function interrupt(here) {
  const { id } = await beta.sessions.create(here);
  const stream = await beta.sessions.events.stream(id, { event_deltas: ['agent.message'] });
  await beta.sessions.events.send(id, { events: [message('go on')] });
  const previews = await until(stream, (event) => event.type === 'event_delta');
  const begun = previews.find((event) => event.type === 'event_start');
  assert.equal(begun.event.type, 'agent.message');
  assert.equal(previews.at(-1).event_id, begun.event.id);
  assert.equal(previews.at(-1).delta.content.type, 'text');
  const seen = await turn(id, [{ type: 'user.interrupt' }]);
  assert.deepEqual(seen.at(-1).stop_reason, { type: 'end_turn' });
  const stored = await all(beta.sessions.events.list(id));
  assert.ok(!stored.some((event) => event.type.startsWith('event_')));
  const next = await turn(id, [message('say still here')]);
  assert.match(texts(next).join(), /still here/);
}

async function streams(session) {
  const stream = await beta.sessions.events.stream(session.id, {
    event_deltas: ['agent.message', 'agent.thinking'],
  });
  await beta.sessions.events.send(session.id, { events: [message('say one two three')] });
  const seen = await until(stream, idle);
  const start = seen.find((event) => event.type === 'event_start');
  const deltas = seen.filter((event) => event.type === 'event_delta');
  const whole = seen.find((event) => event.type === 'agent.message');
  assert.equal(whole.id, start.event.id);
  assert.equal(deltas.map((event) => event.delta.content.text).join(''), whole.content[0].text);
  const logged = seen.filter((event) => !event.type.startsWith('event_'));
  assert.equal(logged[0].type, 'user.message', 'no replay');
  const resumed = await beta.sessions.events.stream(session.id, {}, {
    headers: { 'Last-Event-ID': logged[1].id },
  });
  assert.deepEqual(ids(await until(resumed, idle)), ids(logged.slice(2)));
}

async function list(here) {
  const mine = await place();
  const made = [];
  for (let i = 0; i < 5; i++) made.push((await beta.sessions.create(mine)).id);
  assert.deepEqual(ids(await all(beta.sessions.list({ agent_id: mine.agent, limit: 2 }))), made.toReversed());
  assert.deepEqual(ids(await all(beta.sessions.list({ agent_id: mine.agent, order: 'asc' }))), made);
  const first = await beta.sessions.list({ agent_id: mine.agent, limit: 2 });
  const second = await beta.sessions.list({ agent_id: mine.agent, limit: 2, page: first.next_page });
  assert.equal(first.prev_page, null);
  const back = await beta.sessions.list({ agent_id: mine.agent, limit: 2, page: second.prev_page });
  assert.deepEqual(ids(back.data), ids(first.data));
  assert.equal((await beta.sessions.list({ agent_id: mine.agent, agent_version: 2 })).data.length, 0);
  assert.equal((await beta.sessions.list({ agent_id: mine.agent, statuses: ['running'] })).data.length, 0);
  assert.equal((await beta.sessions.list({ agent_id: mine.agent, statuses: ['idle', 'running'] })).data.length, 5);
  assert.equal((await beta.sessions.list({ 'created_at[lt]': '2001-01-01T00:00:00Z' })).data.length, 0);
  assert.equal((await beta.sessions.list({ deployment_id: 'depl_x' })).data.length, 0);
  await refuses(400, () => beta.sessions.list({ statuses: ['asleep'] }));
}

async function update(here) {
  const { agent } = await place({ tools: [] });
  const { id } = await beta.sessions.create({ ...here, agent, metadata: { a: 'b', c: 'd' } });
  const stream = await beta.sessions.events.stream(id);
  const changed = await beta.sessions.update(id, { title: 'Renamed', metadata: { a: null } });
  assert.equal(changed.title, 'Renamed');
  assert.deepEqual(changed.metadata, { c: 'd' });
  const [event] = await until(stream, (one) => one.type === 'session.updated');
  assert.equal(event.title, 'Renamed');
  assert.ok(!('agent' in event));
  await beta.sessions.update(id, { agent: { tools: [{ type: 'agent_toolset_20260401' }] } });
  const seen = await turn(id, [message('call bash {"command": "echo armed"}')]);
  assert.match(texts(seen).join(), /done: [^]*armed/);
  await refuses(400, () => beta.sessions.update(id, { vault_ids: [] }));
  await refuses(400, () =>
    beta.sessions.update(id, { budget: { type: 'limit', max_list_cost: { amount: '1', currency: 'USD' } } }),
    { code: 'budget_create_only' });
}

async function resources(here) {
  const file = await beta.files.upload({ file: await toFile(Buffer.from('seven'), 'n.txt') });
  const session = await beta.sessions.create({
    ...here,
    resources: [
      { type: 'file', file_id: file.id },
      {
        type: 'github_repository',
        url: 'https://github.com/octocat/hello-world',
        authorization_token: 'ghp_secret',
        checkout: { type: 'branch', name: 'main' },
      },
    ],
  });
  assert.ok(!JSON.stringify(session).includes('ghp_secret'));
  const session_id = session.id;
  const [mounted, repository] = session.resources;
  assert.equal(mounted.mount_path, `/mnt/session/uploads/${file.id}`);
  assert.equal(repository.mount_path, '/workspace/hello-world');
  const added = await check('sessions.resources.add', async () => {
    const made = await beta.sessions.resources.add(session_id, {
      type: 'file', file_id: file.id, mount_path: '/mnt/more/n.txt',
    });
    has(made, 'id', 'created_at', 'file_id', 'mount_path', 'type', 'updated_at');
    await refuses(400, () =>
      beta.sessions.resources.add(session_id, { type: 'file', file_id: file.id, mount_path: '/etc/passwd' }));
    await refuses(400, () =>
      beta.sessions.resources.add(session_id, { type: 'file', file_id: file.id, mount_path: '/mnt/more/n.txt' }));
    await refuses(400, () => beta.sessions.resources.add(session_id, { type: 'file', file_id: 'file_x' }));
    return made;
  });
  await check('sessions.resources.list', async () => {
    const found = await all(beta.sessions.resources.list(session_id, { limit: 1 }));
    assert.deepEqual(ids(found), [mounted.id, repository.id, added.id]);
  });
  await check('sessions.resources.retrieve', async () => {
    assert.deepEqual(await beta.sessions.resources.retrieve(added.id, { session_id }), added);
    await refuses(404, () => beta.sessions.resources.retrieve('sesrsc_x', { session_id }));
  });
  await check('sessions.resources.update', async () => {
    const changed = await beta.sessions.resources.update(repository.id, {
      session_id, authorization_token: 'ghp_other',
    });
    assert.equal(changed.id, repository.id);
    assert.ok(!JSON.stringify(changed).includes('ghp_other'));
    await refuses(400, () =>
      beta.sessions.resources.update(added.id, { session_id, authorization_token: 'x' }));
  });
  await check('sessions.resources.delete', async () => {
    const deleted = await beta.sessions.resources.delete(added.id, { session_id });
    assert.deepEqual(deleted, { id: added.id, type: 'session_resource_deleted' });
    assert.equal((await all(beta.sessions.resources.list(session_id))).length, 2);
  });
  await check('sessions.resources (in the sandbox)', async () => {
    const { id } = await beta.sessions.create({ ...here, resources: [{ type: 'file', file_id: file.id }] });
    const seen = await turn(id, [message(`call bash {"command": "cat /mnt/session/uploads/${file.id}"}`)]);
    assert.match(texts(seen).join(), /done: [^]*seven/);
  });
}
