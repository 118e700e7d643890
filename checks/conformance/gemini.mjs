// Calls every method of the official Google Gen AI client's interactions, environments with files
// and agents, and prints one line for each. The model does what the last message says: see
// README.md.
import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai';
import { all, check, end, errorOf, eventually, notOffered } from './report/report.mjs';

const model = process.env.PADDOCK_TEST_MODEL;
const ai = new GoogleGenAI({
  apiKey: process.env.PADDOCK_API_KEY,
  httpOptions: { baseUrl: process.env.PADDOCK_URL },
});

async function refused(status, name, run) {
  const error = await errorOf(run);
  assert.equal(error.status, status, String(error));
  const body = error.error?.error ?? JSON.parse(error.message).error;
  assert.equal(body.code, status);
  assert.equal(body.status, name);
  assert.equal(typeof body.message, 'string');
  return body;
}
async function lacking(method, run) {
  await notOffered(method, async () => {
    const error = await errorOf(run);
    assert.equal(error.status, 404, String(error));
    return error.error.error.message;
  });
}
const bash = (command) => 'call bash ' + JSON.stringify({ command });
const utf8 = (bytes) => new TextDecoder().decode(bytes);
/** The steps that a stream's events amount to. */
function accumulate(events) {
  const steps = [];
  for (const e of events) {
    if (e.event_type === 'step.start') {
      steps[e.index] = structuredClone(e.step);
      if (e.step.type === 'model_output') steps[e.index].content = [{ type: 'text', text: '' }];
    } else if (e.event_type === 'step.delta') {
      const step = steps[e.index];
      const { type, ...rest } = e.delta;
      if (type === 'text') step.content[0].text += e.delta.text;
      else if (type === 'arguments_delta') step.arguments = JSON.parse(e.delta.arguments);
      else Object.assign(step, rest);
    }
  }
  return steps;
}

const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
let environment;
let written;

await check('interactions.create', async () => {
  const said = await ai.interactions.create({
    model,
    input: 'say hello there',
    system_instruction: 'Be brief.',
    labels: { team: 'blue' },
    generation_config: { temperature: 0, max_output_tokens: 100, seed: 7, thinking_level: 'low' },
  });
  assert.match(said.id, /^int_/);
  assert.equal(said.object, 'interaction');
  assert.equal(said.status, 'completed');
  assert.equal(said.model, model);
  assert.equal(said.output_text, 'hello there');
  assert.deepEqual(said.labels, { team: 'blue' });
  assert.equal(said.system_instruction, 'Be brief.');
  assert.ok(said.created instanceof Date ? true : !Number.isNaN(Date.parse(said.created)));
  assert.ok(said.usage.total_input_tokens > 0 && said.usage.total_output_tokens > 0);
  assert.equal(
    said.usage.total_tokens,
    said.usage.total_input_tokens + said.usage.total_output_tokens,
  );

  const turns = await ai.interactions.create({
    model,
    input: [
      { type: 'user_input', content: [{ type: 'text', text: 'my name is Ada' }] },
      { type: 'model_output', content: [{ type: 'text', text: 'Hello Ada.' }] },
      { type: 'user_input', content: [{ type: 'text', text: 'say who I am' }] },
    ],
  });
  assert.equal(turns.output_text, 'who I am');
});

await check('interactions.create (previous_interaction_id)', async () => {
  const first = await ai.interactions.create({ model, input: 'say one' });
  const next = { model, previous_interaction_id: first.id };
  const second = await ai.interactions.create({ ...next, input: 'say two' });
  const branch = await ai.interactions.create({ ...next, input: 'say three' });
  assert.equal(second.output_text, 'two');
  assert.equal(second.previous_interaction_id, first.id);
  assert.equal(second.steps.length, 1);
  assert.equal(branch.output_text, 'three');
  await refused(404, 'NOT_FOUND', () =>
    ai.interactions.create({ model, input: 'x', previous_interaction_id: 'int_none' }),
  );
});

await check('interactions.create (agent, environment)', async () => {
  const monday = await ai.interactions.create({
    agent: 'antigravity-preview-05-2026',
    input: bash('echo monday > notes.txt && cat notes.txt given.txt'),
    environment: {
      type: 'remote',
      sources: [{ type: 'inline', target: '/workspace/given.txt', content: 'given\n' }],
      env: { COLOUR: 'green' },
    },
    agent_config: { type: 'antigravity', model, max_total_tokens: '100000' },
  });
  assert.equal(monday.status, 'completed');
  environment = monday.environment_id;
  assert.match(environment, /^env_/);
  const [call, result, output] = monday.steps;
  assert.equal(call.type, 'code_execution_call');
  assert.equal(call.arguments.language, 'bash');
  assert.equal(result.type, 'code_execution_result');
  assert.equal(result.call_id, call.id);
  assert.match(result.result, /monday\s+given/);
  assert.equal(result.is_error, false);
  assert.equal(output.type, 'model_output');

  const tuesday = await ai.interactions.create({
    model,
    tools: [{ type: 'code_execution' }],
    input: bash('cat notes.txt; echo $COLOUR; echo tuesday >> notes.txt'),
    environment,
  });
  assert.match(tuesday.steps[1].result, /monday\s+green/);
  written = tuesday.id;
});

await check('interactions.create (functions)', async () => {
  const asked = await ai.interactions.create({
    model,
    tools: [weather],
    input: 'call get_weather {"city": "Paris"}',
  });
  assert.equal(asked.status, 'requires_action');
  const call = asked.steps.at(-1);
  assert.equal(call.type, 'function_call');
  assert.equal(call.name, 'get_weather');
  assert.deepEqual(call.arguments, { city: 'Paris' });

  const body = await refused(400, 'INVALID_ARGUMENT', () =>
    ai.interactions.create({ model, input: 'and now?', previous_interaction_id: asked.id }),
  );
  assert.ok(body.message.includes(call.id));
  const answered = await ai.interactions.create({
    model,
    tools: [weather],
    previous_interaction_id: asked.id,
    input: [
      {
        type: 'function_result',
        call_id: call.id,
        name: call.name,
        result: [{ type: 'text', text: 'sunny' }],
      },
    ],
  });
  assert.equal(answered.status, 'completed');
  assert.equal(answered.output_text, 'done: sunny');

  const stateless = await ai.interactions.create({
    model,
    tools: [weather],
    store: false,
    input: [
      { type: 'user_input', content: [{ type: 'text', text: 'How is it in Paris?' }] },
      ...asked.steps,
      { type: 'function_result', call_id: call.id, name: call.name, result: { sky: 'clear' } },
    ],
  });
  assert.equal(stateless.output_text, 'done: {"sky":"clear"}');
  await refused(404, 'NOT_FOUND', () => ai.interactions.get(stateless.id));
});

await check('interactions.create (response_format)', async () => {
  const schema = {
    type: 'object',
    properties: { answer: { type: 'integer' } },
    required: ['answer'],
  };
  const format = { type: 'text', mime_type: 'application/json', schema };
  const ask = { model, input: 'say {"answer": 42}' };
  const said = await ai.interactions.create({ ...ask, response_format: format });
  assert.deepEqual(JSON.parse(said.output_text), { answer: 42 });
  const old = await ai.interactions.create({
    ...ask,
    response_mime_type: 'application/json',
    response_format: schema,
  });
  assert.deepEqual(JSON.parse(old.output_text), { answer: 42 });
  const wrong = await ai.interactions.create({
    model,
    input: 'say no JSON',
    response_format: format,
  });
  assert.equal(wrong.status, 'failed');
  assert.equal(wrong.errors.at(-1).code, 'output_invalid');
});

await check('interactions.create (stream)', async () => {
  const ask = { agent: 'assistant', environment, stream: true };
  const events = await all(
    await ai.interactions.create({
      ...ask,
      agent_config: { type: 'antigravity', model },
      input: bash('cat notes.txt'),
    }),
  );
  const types = events.map((e) => e.event_type);
  assert.equal(types[0], 'interaction.created');
  assert.equal(types.at(-1), 'interaction.completed');
  assert.ok(types.includes('interaction.status_update'));
  assert.equal(events.at(-1).interaction.status, 'completed');
  assert.ok(events.at(-1).interaction.usage.total_tokens > 0);
  assert.equal(new Set(events.map((e) => e.event_id)).size, events.length);
  const got = await ai.interactions.get(events[0].interaction.id);
  assert.deepEqual(accumulate(events), got.steps);
  assert.match(got.steps[1].result, /monday\s+tuesday/);

  const functions = await all(
    await ai.interactions.create({
      model,
      tools: [weather],
      stream: true,
      input: 'call get_weather {"city": "Oslo"}',
    }),
  );
  assert.equal(functions.at(-1).interaction.status, 'requires_action');
  assert.deepEqual(accumulate(functions).at(-1).arguments, { city: 'Oslo' });
});

await check('interactions.create (background)', async () => {
  const begun = await ai.interactions.create({
    model,
    input: 'say in a while',
    background: true,
  });
  assert.equal(begun.status, 'in_progress');
  const done = await eventually('the end', async () => {
    const now = await ai.interactions.get(begun.id);
    return now.status === 'in_progress' ? undefined : now;
  }, 20);
  assert.equal(done.output_text, 'in a while');
});

await check('interactions.get', async () => {
  const got = await ai.interactions.get(written, { include_input: true });
  assert.equal(got.status, 'completed');
  assert.match(got.input, /tuesday/);
  assert.equal(got.environment_id, environment);
  await refused(404, 'NOT_FOUND', () => ai.interactions.get('int_none'));
});

await check('interactions.get (stream, last_event_id)', async () => {
  const whole = await all(await ai.interactions.get(written, { stream: true }));
  const again = await all(await ai.interactions.get(written, { stream: true }));
  assert.deepEqual(again, whole);
  for (let i = 0; i < whole.length; i++) {
    const rest = await all(
      await ai.interactions.get(written, { stream: true, last_event_id: whole[i].event_id }),
    );
    assert.deepEqual(rest, whole.slice(i + 1), 'after ' + whole[i].event_id);
  }
  await refused(400, 'INVALID_ARGUMENT', () =>
    ai.interactions.get(written, { stream: true, last_event_id: 'nonsense' }),
  );
});

await check('interactions.cancel', async () => {
  const begun = await ai.interactions.create({ model, input: 'go on', background: true });
  await eventually('its words', async () => {
    for await (const event of await ai.interactions.get(begun.id, { stream: true })) {
      if (event.event_type === 'step.delta') return true;
    }
    return false;
  }, 20);
  const cancelled = await ai.interactions.cancel(begun.id);
  assert.equal(cancelled.id, begun.id);
  assert.equal(cancelled.status, 'cancelled');
  assert.equal((await ai.interactions.get(begun.id)).status, 'cancelled');
  await refused(400, 'FAILED_PRECONDITION', () => ai.interactions.cancel(begun.id));
});

await check('interactions.delete', async () => {
  const said = await ai.interactions.create({ model, input: 'say bye' });
  await ai.interactions.delete(said.id);
  await refused(404, 'NOT_FOUND', () => ai.interactions.get(said.id));
  await refused(404, 'NOT_FOUND', () => ai.interactions.delete(said.id));
});

await check('environments.create', async () => {
  const made = await ai.environments.create({
    sources: [
      { type: 'inline', target: 'a/one.txt', content: 'one' },
      { type: 'inline', target: 'two.bin', content: 'AAEC', encoding: 'base64' },
    ],
    network: { allowlist: [{ domain: 'example.com' }, { domain: '*.example.org' }] },
  });
  assert.match(made.id, /^env_/);
  assert.equal(made.status, 'active');
  assert.equal(made.file_count, '2');
  assert.equal(made.size_bytes, '6');
  assert.equal(made.sources.length, 2);
  assert.equal(made.sources[0].content, undefined);
  assert.equal(made.network.allowlist[0].domain, 'example.com');
  const copy = await ai.environments.create({ from_environment: made.id });
  assert.notEqual(copy.id, made.id);
  assert.equal(copy.size_bytes, '6');
  await refused(400, 'INVALID_ARGUMENT', () =>
    ai.environments.create({
      sources: [{ type: 'inline', target: '../out.txt', content: 'x' }],
    }),
  );
});

await check('environments.list', async () => {
  const first = await ai.environments.list({ page_size: 1 });
  assert.equal(first.environments.length, 1);
  const found = new Set([first.environments[0].id]);
  for (let token = first.next_page_token; token; ) {
    const page = await ai.environments.list({ page_size: 1, page_token: token });
    page.environments.forEach((e) => assert.ok(!found.has(e.id)) ?? found.add(e.id));
    token = page.next_page_token;
  }
  assert.ok(found.has(environment));
});

await check('environments.get', async () => {
  const got = await ai.environments.get(environment);
  assert.equal(got.id, environment);
  assert.equal(got.status, 'active');
  assert.equal(got.file_count, '2');
  assert.ok(Number(got.size_bytes) > 0);
  assert.ok(Date.parse(got.last_accessed) >= Date.parse(got.created));
  await refused(404, 'NOT_FOUND', () => ai.environments.get('env_none'));
});

await check('environments.files.list', async () => {
  const top = await ai.environments.files.list({ environment, path: '' }).catch(() => null);
  const listed = top ?? (await ai.environments.files.list({ environment, path: 'notes.txt' }));
  const notes = listed.files.find((f) => f.name === 'notes.txt');
  assert.equal(notes.path, 'notes.txt');
  assert.equal(notes.type, 'file');
  assert.equal(notes.mime_type, 'text/plain');
  assert.equal(notes.size_bytes, String('monday\ntuesday\n'.length));
  await refused(404, 'NOT_FOUND', () =>
    ai.environments.files.list({ environment, path: 'none' }),
  );
});

await check('environments.files.download', async () => {
  const bytes = await ai.environments.files.download({ environment, path: '/notes.txt' });
  assert.equal(utf8(bytes), 'monday\ntuesday\n');
});

await check('environments.files.upload', async () => {
  const big = new Uint8Array(9 << 20).map((_, i) => i % 251);
  const done = await ai.environments.files.upload({
    environment,
    path: 'data/big file.bin',
    file: big,
  });
  assert.equal(done.files[0].path, 'data/big file.bin');
  assert.equal(done.files[0].size_bytes, String(big.length));
  const back = await ai.environments.files.download({ environment, path: 'data/big file.bin' });
  assert.deepEqual(Buffer.from(back), Buffer.from(big));

  const text = new Blob(['x,y\n1,2\n'], { type: 'text/csv' });
  await ai.environments.files.upload({ environment, path: 'data/table.csv', file: text });
  const seen = await ai.interactions.create({
    model,
    tools: [{ type: 'code_execution' }],
    environment,
    input: bash('cat data/table.csv'),
  });
  assert.match(seen.steps[1].result, /1,2/);
  const empty = await ai.environments.files.upload({
    environment,
    path: 'empty',
    file: new Uint8Array(0),
  });
  assert.equal(empty.files[0].size_bytes, '0');
  const deep = await ai.environments.files.list({ environment, path: 'data', recursive: true });
  assert.deepEqual(
    deep.files.map((f) => f.path),
    ['data/big file.bin', 'data/table.csv'],
  );
});

await check('environments.delete', async () => {
  const made = await ai.environments.create({
    sources: [{ type: 'inline', target: 'x', content: 'x' }],
  });
  await ai.environments.delete(made.id);
  await refused(404, 'NOT_FOUND', () => ai.environments.get(made.id));
  await refused(404, 'NOT_FOUND', () =>
    ai.environments.files.list({ environment: made.id, path: 'x' }),
  );
});

const sentinel = {
  id: 'customer-sentinel',
  description: 'Looks after customers',
  base_agent: 'antigravity-preview-05-2026',
  system_instruction: 'You look after customers.',
  agent_config: { type: 'antigravity', model },
  base_environment: {
    type: 'remote',
    sources: [{ type: 'inline', target: '.agents/AGENTS.md', content: 'Be kind.' }],
  },
  tools: [{ type: 'code_execution' }, weather],
};

await check('agents.create', async () => {
  const made = await ai.agents.create(sentinel);
  assert.equal(made.id, 'customer-sentinel');
  assert.equal(made.system_instruction, sentinel.system_instruction);
  const ran = await ai.interactions.create({
    agent: 'customer-sentinel',
    input: bash('cat .agents/AGENTS.md'),
  });
  assert.equal(ran.agent, 'customer-sentinel');
  assert.equal(ran.steps[1].result.trim(), 'Be kind.');
  assert.match(ran.environment_id, /^env_/);
  const next = await ai.interactions.create({
    agent: 'customer-sentinel',
    previous_interaction_id: ran.id,
    input: 'call get_weather {"city": "Rome"}',
  });
  assert.equal(next.status, 'requires_action');
  assert.equal(next.environment_id, ran.environment_id);
});

await check('agents.get', async () => {
  const { sdkHttpResponse, ...got } = await ai.agents.get('customer-sentinel');
  assert.deepEqual(got, sentinel);
});

await check('agents.list', async () => {
  await ai.agents.create({ id: 'second-agent' });
  const page = await ai.agents.list({ page_size: 1 });
  assert.equal(page.agents[0].id, 'second-agent');
  const rest = await ai.agents.list({ page_token: page.next_page_token });
  assert.deepEqual(
    rest.agents.map((a) => a.id),
    ['customer-sentinel'],
  );
});

await check('agents.delete', async () => {
  await ai.agents.delete('customer-sentinel');
  await refused(404, 'NOT_FOUND', () => ai.agents.get('customer-sentinel'));
  await refused(404, 'NOT_FOUND', () =>
    ai.interactions.create({ agent: 'customer-sentinel', input: 'hello' }),
  );
});

for (const name of ['triggers', 'webhooks', 'credentials', 'voices']) {
  await lacking(name + '.create', () => ai[name].create({ name: 'x' }));
  await lacking(name + '.list', () => ai[name].list());
  await lacking(name + '.get', () => ai[name].get('x'));
  if (ai[name].update) await lacking(name + '.update', () => ai[name].update('x', {}));
  await lacking(name + '.delete', () => ai[name].delete('x'));
}
await lacking('triggers.run', () => ai.triggers.run('x'));
await lacking('triggers.listExecutions', () => ai.triggers.listExecutions('x'));
await lacking('webhooks.ping', () => ai.webhooks.ping('x'));
await lacking('webhooks.rotateSigningSecret', () => ai.webhooks.rotateSigningSecret('x', {}));

end();
