// Memory stores, memories and their versions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { all, beta, check, has, ids, place, refuses } from './harness.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export async function memory() {
  const store = await check('memoryStores.create', async () => {
    const made = await beta.memoryStores.create({ name: 'User Preferences', description: 'likes' });
    has(made, 'id', 'archived_at', 'created_at', 'description', 'metadata', 'name', 'type', 'updated_at');
    return made;
  });
  const memory_store_id = store.id;
  await check('memoryStores.retrieve', async () => {
    assert.deepEqual(await beta.memoryStores.retrieve(store.id), store);
  });
  await check('memoryStores.update', async () => {
    const changed = await beta.memoryStores.update(store.id, { description: '', metadata: { a: 'b' } });
    assert.equal(changed.description, '');
    assert.deepEqual(changed.metadata, { a: 'b' });
  });
  await check('memoryStores.list', async () => {
    assert.ok(ids(await all(beta.memoryStores.list({ limit: 1 }))).includes(store.id));
  });
  await memories(memory_store_id);
  await check('memoryStores (in a session)', async () => {
    const session = await beta.sessions.create({
      ...(await place()),
      resources: [{ type: 'memory_store', memory_store_id, access: 'read_only', instructions: 'look' }],
    });
    const [resource] = session.resources;
    assert.equal(resource.memory_store_id, memory_store_id);
    assert.match(resource.mount_path, /\/user-preferences$/);
    assert.deepEqual(ids(await all(beta.sessions.list({ memory_store_id }))), [session.id]);
    await beta.sessions.delete(session.id);
  });
  await check('memoryStores.archive', async () => {
    assert.ok((await beta.memoryStores.archive(store.id)).archived_at);
    await refuses(400, () =>
      beta.memoryStores.memories.create(store.id, { path: '/late.md', content: 'x' }));
  });
  await check('memoryStores.delete', async () => {
    const deleted = await beta.memoryStores.delete(store.id);
    assert.deepEqual(deleted, { id: store.id, type: 'memory_store_deleted' });
    await refuses(404, () => beta.memoryStores.retrieve(store.id));
  });
}

async function memories(memory_store_id) {
  const api = beta.memoryStores.memories;
  const memory = await check('memoryStores.memories.create', async () => {
    const made = await api.create(memory_store_id, { path: '/notes/tea.md', content: 'likes tea' });
    has(made, 'id', 'content_sha256', 'content_size_bytes', 'created_at', 'memory_store_id',
      'memory_version_id', 'path', 'type', 'updated_at');
    assert.equal(made.content_sha256, sha256('likes tea'));
    assert.equal(made.content, null);
    const taken = await refuses(409, () =>
      api.create(memory_store_id, { path: '/notes', content: 'x' }), {
      type: 'memory_path_conflict_error',
    });
    assert.equal(taken.error.error.conflicting_memory_id, made.id);
    for (const path of ['notes', '/a//b', '/a/../b', `/${'x'.repeat(1100)}`]) {
      await refuses(400, () => api.create(memory_store_id, { path, content: 'x' }), { says: /path/ });
    }
    await refuses(400, () => api.create(memory_store_id, { path: '/big', content: 'x'.repeat(102_401) }));
    return made;
  });
  await check('memoryStores.memories.retrieve', async () => {
    const found = await api.retrieve(memory.id, { memory_store_id });
    assert.equal(found.content, 'likes tea');
    assert.equal((await api.retrieve(memory.id, { memory_store_id, view: 'basic' })).content, null);
  });
  await check('memoryStores.memories.update', async () => {
    const changed = await api.update(memory.id, {
      memory_store_id,
      content: 'likes coffee',
      precondition: { type: 'content_sha256', content_sha256: memory.content_sha256 },
      view: 'full',
    });
    assert.equal(changed.content, 'likes coffee');
    await refuses(409, () =>
      api.update(memory.id, {
        memory_store_id,
        content: 'likes milk',
        precondition: { type: 'content_sha256', content_sha256: memory.content_sha256 },
      }), { type: 'memory_precondition_failed_error' });
    assert.equal((await api.update(memory.id, { memory_store_id, path: '/notes/drinks.md' })).id, memory.id);
  });
  await check('memoryStores.memories.list', async () => {
    await api.create(memory_store_id, { path: '/projects/a/plan.md', content: 'a' });
    await api.create(memory_store_id, { path: '/top.md', content: 't' });
    const every = await all(api.list(memory_store_id, { limit: 1 }));
    assert.deepEqual(every.map((item) => item.path), ['/notes/drinks.md', '/projects/a/plan.md', '/top.md']);
    const direct = await all(api.list(memory_store_id, { depth: 1 }));
    assert.deepEqual(direct.map((item) => [item.type, item.path]), [
      ['memory_prefix', '/notes/'],
      ['memory_prefix', '/projects/'],
      ['memory', '/top.md'],
    ]);
    const below = await all(api.list(memory_store_id, { path_prefix: '/notes/', view: 'full' }));
    assert.deepEqual(below.map((item) => item.content), ['likes coffee']);
  });
  await check('memoryStores.memories.delete', async () => {
    await refuses(409, () =>
      api.delete(memory.id, { memory_store_id, expected_content_sha256: sha256('other') }));
    const deleted = await api.delete(memory.id, { memory_store_id });
    assert.deepEqual(deleted, { id: memory.id, type: 'memory_deleted' });
    await refuses(404, () => api.retrieve(memory.id, { memory_store_id }));
  });
  const versions = beta.memoryStores.memoryVersions;
  const history = await check('memoryStores.memoryVersions.list', async () => {
    const found = await all(versions.list(memory_store_id, { memory_id: memory.id, limit: 2 }));
    assert.deepEqual(found.map((version) => version.operation), [
      'deleted', 'modified', 'modified', 'created',
    ]);
    has(found[0], 'id', 'created_at', 'created_by', 'memory_id', 'memory_store_id', 'operation', 'type');
    assert.equal((await all(versions.list(memory_store_id, { operation: 'deleted' }))).length, 1);
    return found;
  });
  await check('memoryStores.memoryVersions.retrieve', async () => {
    const first = await versions.retrieve(history[3].id, { memory_store_id });
    assert.equal(first.content, 'likes tea');
  });
  await check('memoryStores.memoryVersions.redact', async () => {
    const redacted = await versions.redact(history[3].id, { memory_store_id });
    assert.ok(redacted.redacted_at);
    for (const key of ['content', 'path', 'content_sha256', 'content_size_bytes']) {
      assert.equal(redacted[key], null);
    }
    assert.equal((await versions.retrieve(history[3].id, { memory_store_id })).content, null);
  });
}
