// Vaults and credentials: written, never read.
import assert from 'node:assert/strict';
import { all, beta, check, has, ids, message, place, refuses, texts, turn } from './harness.mjs';

const SECRET = 'hunter2-hunter2-hunter2';

export async function vaults() {
  const vault = await check('vaults.create', async () => {
    const made = await beta.vaults.create({ display_name: 'Alice', metadata: { user: 'u1' } });
    has(made, 'id', 'archived_at', 'created_at', 'display_name', 'metadata', 'type', 'updated_at');
    return made;
  });
  await check('vaults.retrieve', async () => {
    assert.deepEqual(await beta.vaults.retrieve(vault.id), vault);
  });
  await check('vaults.update', async () => {
    const changed = await beta.vaults.update(vault.id, { display_name: 'Alice B' });
    assert.equal(changed.display_name, 'Alice B');
    assert.deepEqual(changed.metadata, { user: 'u1' });
  });
  await check('vaults.list', async () => {
    assert.ok(ids(await all(beta.vaults.list())).includes(vault.id));
  });
  await credentials(vault);
  await check('vaults.archive', async () => {
    assert.ok((await beta.vaults.archive(vault.id)).archived_at);
    await refuses(400, () => beta.vaults.update(vault.id, { display_name: 'x' }));
  });
  await check('vaults.delete', async () => {
    assert.deepEqual(await beta.vaults.delete(vault.id), { id: vault.id, type: 'vault_deleted' });
    await refuses(404, () => beta.vaults.retrieve(vault.id));
  });
}

async function credentials(vault) {
  const vault_id = vault.id;
  const variable = await check('vaults.credentials.create', async () => {
    const made = await beta.vaults.credentials.create(vault_id, {
      display_name: 'api token',
      auth: {
        type: 'environment_variable',
        secret_name: 'API_TOKEN',
        secret_value: SECRET,
        networking: { type: 'limited', allowed_hosts: ['api.example.com'] },
      },
    });
    has(made, 'id', 'archived_at', 'auth', 'created_at', 'metadata', 'type', 'updated_at', 'vault_id');
    assert.ok(!JSON.stringify(made).includes(SECRET));
    assert.equal(typeof made.auth.injection_location.header, 'boolean');
    await refuses(409, () =>
      beta.vaults.credentials.create(vault_id, {
        auth: {
          type: 'environment_variable',
          secret_name: 'API_TOKEN',
          secret_value: SECRET,
          networking: { type: 'unrestricted' },
        },
      }));
    const wrong = await refuses(400, () =>
      beta.vaults.credentials.create(vault_id, {
        auth: { type: 'static_bearer', token: SECRET, mcp_server_url: 'not a url' },
      }));
    assert.ok(!wrong.message.includes(SECRET));
    return made;
  });
  const oauth = await beta.vaults.credentials.create(vault_id, {
    auth: {
      type: 'mcp_oauth',
      access_token: SECRET,
      mcp_server_url: 'https://mcp.example.com/mcp',
      refresh: {
        client_id: 'me',
        refresh_token: SECRET,
        token_endpoint: 'https://auth.example.com/token',
        token_endpoint_auth: { type: 'client_secret_post', client_secret: SECRET },
      },
    },
  });
  await check('vaults.credentials.retrieve', async () => {
    const found = await beta.vaults.credentials.retrieve(variable.id, { vault_id });
    assert.deepEqual(found, variable);
    const other = await beta.vaults.credentials.retrieve(oauth.id, { vault_id });
    assert.ok(!JSON.stringify(other).includes(SECRET));
    assert.equal(other.auth.refresh.token_endpoint_auth.type, 'client_secret_post');
  });
  await check('vaults.credentials.update', async () => {
    const changed = await beta.vaults.credentials.update(variable.id, {
      vault_id,
      display_name: 'token',
      auth: { type: 'environment_variable', secret_value: `${SECRET}2`, injection_location: { body: true } },
    });
    assert.equal(changed.display_name, 'token');
    assert.deepEqual(changed.auth.injection_location, { header: true, body: true });
    assert.ok(!JSON.stringify(changed).includes(SECRET));
    await refuses(400, () =>
      beta.vaults.credentials.update(variable.id, { vault_id, auth: { type: 'static_bearer', token: 'x' } }));
  });
  await check('vaults.credentials.list', async () => {
    const found = await all(beta.vaults.credentials.list(vault_id, { limit: 1 }));
    assert.deepEqual(ids(found).sort(), [variable.id, oauth.id].sort());
    assert.ok(!JSON.stringify(found).includes(SECRET));
  });
  await check('vaults.credentials.mcpOAuthValidate', async () => {
    const verdict = await beta.vaults.credentials.mcpOAuthValidate(oauth.id, { vault_id });
    has(verdict, 'credential_id', 'has_refresh_token', 'mcp_probe', 'refresh', 'status', 'validated_at',
      'vault_id');
    assert.equal(verdict.has_refresh_token, true);
    assert.equal(verdict.status, 'unknown');
  });
  await check('vaults.credentials (in a session)', async () => {
    const session = await beta.sessions.create({ ...(await place()), vault_ids: [vault_id] });
    assert.deepEqual(session.vault_ids, [vault_id]);
    const events = await turn(session.id, [message('call bash {"command": "echo token=$API_TOKEN"}')]);
    const said = texts(events).join();
    assert.match(said, /token=\S+/);
    assert.ok(!said.includes(SECRET));
  });
  await check('vaults.credentials.archive', async () => {
    assert.ok((await beta.vaults.credentials.archive(oauth.id, { vault_id })).archived_at);
    assert.equal((await all(beta.vaults.credentials.list(vault_id))).length, 1);
    assert.equal((await all(beta.vaults.credentials.list(vault_id, { include_archived: true }))).length, 2);
  });
  await check('vaults.credentials.delete', async () => {
    const deleted = await beta.vaults.credentials.delete(variable.id, { vault_id });
    assert.deepEqual(deleted, { id: variable.id, type: 'vault_credential_deleted' });
    await refuses(404, () => beta.vaults.credentials.retrieve(variable.id, { vault_id }));
  });
}
