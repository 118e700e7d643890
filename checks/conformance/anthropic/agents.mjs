// Agents with their versions, and environments.
import assert from 'node:assert/strict';
import { MODEL, all, beta, check, has, ids, refuses } from './harness.mjs';

const AGENT_KEYS = [
  'id', 'archived_at', 'created_at', 'description', 'execution_identity', 'mcp_servers', 'metadata',
  'model', 'multiagent', 'name', 'skills', 'system', 'tools', 'type', 'updated_at', 'version',
];

export async function agents() {
  const agent = await check('agents.create', async () => {
    const made = await beta.agents.create({
      name: 'conformance',
      model: { id: MODEL, effort: 'high' },
      system: 'You are brief.',
      description: 'does what it is told',
      metadata: { team: 'checks' },
      tools: [
        {
          type: 'agent_toolset_20260401',
          default_config: { permission_policy: { type: 'always_allow' } },
          configs: [
            { name: 'bash', permission_policy: { type: 'always_ask' } },
            { name: 'web_fetch', enabled: false },
          ],
        },
        {
          type: 'custom',
          name: 'weather',
          description: 'the weather',
          input_schema: { type: 'object', properties: { city: { type: 'string' } } },
        },
      ],
    });
    has(made, ...AGENT_KEYS);
    assert.equal(made.version, 1);
    assert.equal(made.multiagent, null);
    assert.equal(made.archived_at, null);
    assert.deepEqual(made.execution_identity, { type: 'service_account' });
    assert.equal(made.model.id, MODEL);
    assert.deepEqual(made.model.effort, { type: 'high' });
    const [toolset, custom] = made.tools;
    assert.equal(toolset.default_config.enabled, true);
    assert.equal(toolset.configs[0].permission_policy.type, 'always_ask');
    assert.equal(toolset.configs[1].url_sources, null);
    assert.equal(custom.input_schema.type, 'object');
    await refuses(400, () => beta.agents.create({ name: 'x', model: MODEL, tolls: [] }), {
      type: 'invalid_request_error',
      says: /tolls/,
    });
    await refuses(
      400,
      () =>
        beta.agents.create({
          name: 'x',
          model: MODEL,
          tools: [{ type: 'agent_toolset_20260401', configs: [{ name: 'rm' }] }],
        }),
      { says: /tools\[0\]\.configs\[0\]\.name/ },
    );
    await refuses(404, () => beta.agents.create({ name: 'x', model: 'nobody/knows' }), {
      type: 'not_found_error',
    });
    return made;
  });

  await check('agents.retrieve', async () => {
    assert.deepEqual(await beta.agents.retrieve(agent.id), agent);
    assert.equal((await beta.agents.retrieve(agent.id, { version: 1 })).version, 1);
    await refuses(404, () => beta.agents.retrieve('agent_unknown'), { type: 'not_found_error' });
    await refuses(404, () => beta.agents.retrieve(agent.id, { version: 9 }));
  });

  await check('agents.update', async () => {
    const changed = await beta.agents.update(agent.id, {
      system: 'You are long-winded.',
      metadata: { team: null, color: 'blue' },
      version: 1,
    });
    assert.equal(changed.version, 2);
    assert.deepEqual(changed.metadata, { color: 'blue' });
    assert.equal((await beta.agents.retrieve(agent.id, { version: 1 })).system, 'You are brief.');
    await refuses(409, () => beta.agents.update(agent.id, { system: 'x', version: 1 }));
    assert.equal((await beta.agents.update(agent.id, { system: changed.system })).version, 2);
  });

  await check('agents.list', async () => {
    const more = await Promise.all(
      [1, 2, 3].map((n) => beta.agents.create({ name: `agent ${n}`, model: MODEL })),
    );
    const found = await all(beta.agents.list({ limit: 2 }));
    assert.equal(new Set(ids(found)).size, found.length);
    for (const one of more) assert.ok(ids(found).includes(one.id));
    const none = await all(beta.agents.list({ 'created_at[lte]': '2001-01-01T00:00:00Z' }));
    assert.equal(none.length, 0);
    await refuses(400, () => beta.agents.list({ limit: 0 }), { says: /limit/ });
    await refuses(400, () => beta.agents.list({ page: 'nonsense' }), { says: /page/ });
  });

  await check('agents.versions.list', async () => {
    const versions = await all(beta.agents.versions.list(agent.id));
    assert.deepEqual(versions.map((version) => version.version), [2, 1]);
  });

  await check('agents.archive', async () => {
    const archived = await beta.agents.archive(agent.id);
    assert.ok(archived.archived_at);
    assert.equal((await beta.agents.archive(agent.id)).archived_at, archived.archived_at);
    await refuses(400, () => beta.agents.update(agent.id, { name: 'again' }));
    assert.ok(!ids(await all(beta.agents.list())).includes(agent.id));
    assert.ok(ids(await all(beta.agents.list({ include_archived: true }))).includes(agent.id));
  });

  await environments();
}

async function environments() {
  const environment = await check('environments.create', async () => {
    const plain = await beta.environments.create({ name: 'plain' });
    assert.equal(plain.config.networking.type, 'limited');
    assert.deepEqual(plain.config.networking.allowed_hosts, []);
    const made = await beta.environments.create({
      name: 'data',
      config: {
        type: 'cloud',
        networking: {
          type: 'limited',
          allowed_hosts: ['api.example.com', '*.example.org'],
          allow_package_managers: true,
        },
        packages: { pip: ['pandas==2.2.0'] },
      },
      metadata: { a: 'b' },
    });
    has(made, 'id', 'archived_at', 'config', 'created_at', 'description', 'metadata', 'name', 'type',
      'updated_at');
    assert.equal(made.config.networking.allow_mcp_servers, false);
    assert.deepEqual(made.config.packages.npm, []);
    await refuses(400, () =>
      beta.environments.create({
        name: 'x',
        config: { type: 'cloud', networking: { type: 'limited', allowed_hosts: ['http://a'] } },
      }), { says: /config\.networking\.allowed_hosts\[0\]/ });
    return made;
  });
  await check('environments.retrieve', async () => {
    assert.deepEqual(await beta.environments.retrieve(environment.id), environment);
    await refuses(404, () => beta.environments.retrieve('env_unknown'));
  });
  await check('environments.update', async () => {
    const changed = await beta.environments.update(environment.id, {
      description: 'for data',
      metadata: { a: '', c: 'd' },
      config: { type: 'cloud', networking: { type: 'limited', allow_mcp_servers: true } },
    });
    assert.equal(changed.description, 'for data');
    assert.deepEqual(changed.metadata, { c: 'd' });
    assert.equal(changed.config.networking.allowed_hosts.length, 2);
    assert.deepEqual(changed.config.packages.pip, ['pandas==2.2.0']);
    await refuses(400,
      () => beta.environments.update(environment.id, { config: { type: 'self_hosted' } }),
      { code: 'invalid_config_type_change' });
  });
  await check('environments.list', async () => {
    assert.ok(ids(await all(beta.environments.list({ limit: 1 }))).includes(environment.id));
  });
  await check('environments.archive', async () => {
    assert.ok((await beta.environments.archive(environment.id)).archived_at);
    assert.ok(!ids(await all(beta.environments.list())).includes(environment.id));
    await refuses(400, () => beta.environments.update(environment.id, { name: 'x' }), {
      code: 'environment_archived',
    });
  });
  await check('environments.delete', async () => {
    const deleted = await beta.environments.delete(environment.id);
    assert.deepEqual(deleted, { id: environment.id, type: 'environment_deleted' });
    await refuses(404, () => beta.environments.retrieve(environment.id));
  });
}
