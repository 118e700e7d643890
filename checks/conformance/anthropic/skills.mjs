// Skills and their versions.
import assert from 'node:assert/strict';
import { toFile } from '@anthropic-ai/sdk';
import { MODEL, all, beta, check, has, ids, place, refuses, texts, turn, message } from './harness.mjs';

function skillFile(text, name = 'greeter') {
  return toFile(
    Buffer.from(`---\nname: ${name}\ndescription: Greets people.\n---\n\n${text}\n`),
    `${name}/SKILL.md`,
  );
}

export async function skills() {
  const skill = await check('skills.create', async () => {
    const made = await beta.skills.create({
      display_name: 'Greeter',
      files: [
        await skillFile('Say hello.'),
        await toFile(Buffer.from('hello'), 'greeter/words/en.txt'),
      ],
    });
    has(made, 'id', 'created_at', 'display_name', 'latest_version_id', 'source', 'type', 'updated_at');
    assert.equal(made.display_name, 'Greeter');
    assert.equal(made.source.type, 'custom');
    await refuses(400, async () =>
      beta.skills.create({ files: [await toFile(Buffer.from('x'), 'greeter/README.md')] }),
      { says: /SKILL\.md/ });
    await refuses(400, async () =>
      beta.skills.create({
        files: [await toFile(Buffer.from('---\nname: other\ndescription: d\n---\n'), 'greeter/SKILL.md')],
      }));
    await refuses(400, async () =>
      beta.skills.create({ files: [await skillFile('x'), await toFile(Buffer.from('x'), 'greeter/../../x')] }));
    return made;
  });
  await check('skills.retrieve', async () => {
    assert.deepEqual(await beta.skills.retrieve(skill.id), skill);
  });
  await check('skills.list', async () => {
    assert.ok(ids(await all(beta.skills.list({ source: 'custom' }))).includes(skill.id));
    assert.equal((await beta.skills.list({ source: 'anthropic' })).data.length, 0);
  });
  const version = await check('skills.versions.create', async () => {
    const made = await beta.skills.versions.create(skill.id, { files: [await skillFile('Say hi.')] });
    has(made, 'id', 'created_at', 'description', 'name', 'skill_id', 'type');
    assert.equal(made.name, 'greeter');
    assert.equal((await beta.skills.retrieve(skill.id)).latest_version_id, made.id);
    await refuses(400, async () =>
      beta.skills.versions.create(skill.id, { files: [await skillFile('x', 'stranger')] }));
    return made;
  });
  await check('skills.versions.retrieve', async () => {
    const found = await beta.skills.versions.retrieve(version.id, { skill_id: skill.id });
    assert.deepEqual(found, version);
  });
  await check('skills.versions.list', async () => {
    assert.deepEqual(ids(await all(beta.skills.versions.list(skill.id))), [
      version.id,
      skill.latest_version_id,
    ]);
  });
  await check('skills.versions.download', async () => {
    const answer = await beta.skills.versions.download(version.id, { skill_id: skill.id });
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(bytes.subarray(0, 2).toString(), 'PK');
    assert.ok(bytes.includes('greeter/SKILL.md'));
    const again = await beta.skills.create({
      files: [await toFile(bytes, 'greeter.zip', { type: 'application/zip' })],
    });
    assert.equal(again.display_name, 'greeter');
    await beta.skills.delete(again.id);
  });
  await check('skills (in a session)', async () => {
    const { agent, environment_id } = await place({
      skills: [{ type: 'custom', skill_id: skill.id, version: skill.latest_version_id }],
    });
    const session = await beta.sessions.create({ agent, environment_id });
    assert.equal(session.agent.skills[0].version, skill.latest_version_id);
    const events = await turn(session.id, [
      message('call bash {"command": "cat /workspace/skills/greeter/words/en.txt"}'),
    ]);
    assert.match(texts(events).join(), /done: [^]*hello/);
    await refuses(400, () =>
      beta.agents.create({ name: 'x', model: MODEL, skills: [{ type: 'anthropic', skill_id: 'xlsx' }] }));
  });
  await check('skills.versions.delete', async () => {
    const deleted = await beta.skills.versions.delete(version.id, { skill_id: skill.id });
    assert.deepEqual(deleted, { id: version.id, type: 'skill_version_deleted' });
    assert.equal((await beta.skills.retrieve(skill.id)).latest_version_id, skill.latest_version_id);
    await refuses(400, () =>
      beta.skills.versions.delete(skill.latest_version_id, { skill_id: skill.id }));
  });
  await check('skills.delete', async () => {
    assert.deepEqual(await beta.skills.delete(skill.id), { id: skill.id, type: 'skill_deleted' });
    await refuses(404, () => beta.skills.retrieve(skill.id));
  });
}
