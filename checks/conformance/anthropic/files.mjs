// Files: what goes in comes out.
import assert from 'node:assert/strict';
import { toFile } from '@anthropic-ai/sdk';
import { all, beta, check, has, ids, refuses } from './harness.mjs';

export async function files() {
  const file = await check('files.upload', async () => {
    const made = await beta.files.upload({
      file: await toFile(Buffer.from('a,b\n1,2\n'), '../etc/data.csv', { type: 'text/csv' }),
    });
    has(made, 'id', 'created_at', 'filename', 'mime_type', 'size_bytes', 'type');
    assert.equal(made.type, 'file');
    assert.equal(made.filename, 'data.csv');
    assert.equal(made.mime_type, 'text/csv');
    assert.equal(made.size_bytes, 8);
    const short = await beta.files.upload({
      file: await toFile(Buffer.from('x'), 'x.txt'),
      expires_in_seconds: 3600,
    });
    assert.ok(Date.parse(short.expires_at) > Date.now());
    await refuses(400, async () =>
      beta.files.upload({ file: await toFile(Buffer.from('x'), 'x'), expires_in_seconds: 5 }));
    return made;
  });
  await check('files.retrieveMetadata', async () => {
    assert.deepEqual(await beta.files.retrieveMetadata(file.id), file);
    await refuses(404, () => beta.files.retrieveMetadata('file_unknown'));
  });
  await check('files.list', async () => {
    assert.ok(ids(await all(beta.files.list({ limit: 1 }))).includes(file.id));
    const named = await beta.files.list({ ids: [file.id, 'file_unknown'] });
    assert.deepEqual(ids(named.data), [file.id]);
    assert.equal((await beta.files.list({ scope_id: 'sesn_unknown' })).data.length, 0);
  });
  await check('files.download', async () => {
    const answer = await beta.files.download(file.id);
    assert.equal(await answer.text(), 'a,b\n1,2\n');
  });
  await check('files.delete', async () => {
    assert.deepEqual(await beta.files.delete(file.id), { id: file.id, type: 'file_deleted' });
    await refuses(404, () => beta.files.download(file.id));
  });
}
