// Calls every method of the official OpenAI client that Paddock offers, and prints one line for
// each. The model does what the last message says: see README.md.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { absent, all, check, end, errorOf, eventually, notOffered } from './report/report.mjs';

const model = process.env.PADDOCK_TEST_MODEL;
const embeddingModel = process.env.PADDOCK_TEST_EMBEDDING_MODEL ?? model;
const client = new OpenAI({
  baseURL: process.env.PADDOCK_URL + '/v1',
  apiKey: process.env.PADDOCK_API_KEY,
  maxRetries: 0,
});

async function refused(status, run, code) {
  const error = await errorOf(run);
  assert.equal(error.status, status, String(error));
  assert.equal(typeof error.error.message, 'string');
  assert.equal(typeof error.error.type, 'string');
  assert.ok('param' in error.error && 'code' in error.error);
  if (code) assert.equal(error.code, code);
  return error;
}

const question = [{ role: 'user', content: 'say hello there' }];
const askWeather = [{ role: 'user', content: 'call get_weather {"city": "Paris"}' }];
const askJson = 'say {"answer": "42"}';
const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const schema = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
};

// models

await check('models.list', async () => {
  const models = await all(client.models.list());
  const found = models.find((m) => m.id === model);
  assert.ok(found, 'the test model is not listed');
  assert.equal(found.object, 'model');
  assert.equal(typeof found.created, 'number');
  assert.equal(found.owned_by, model.split('/')[0]);
});
await check('models.retrieve', async () => {
  const found = await client.models.retrieve(model);
  assert.equal(found.id, model);
  await refused(404, () => client.models.retrieve('nobody/nothing'), 'model_not_found');
});
await refused(403, () => client.models.delete(model));
absent('models.delete', 'nothing is fine-tuned here; answered with 403');

// chat completions

await check('chat.completions.create', async () => {
  const { data, request_id } = await client.chat.completions
    .create({ model, messages: question, temperature: 0.2, max_completion_tokens: 50, seed: 7 })
    .withResponse();
  assert.ok(request_id);
  assert.equal(data.object, 'chat.completion');
  assert.equal(data.model, model);
  assert.equal(data.choices.length, 1);
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.equal(data.choices[0].message.role, 'assistant');
  assert.ok(data.choices[0].message.content.length > 0);
  assert.equal(data.choices[0].message.refusal, null);
  assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
  assert.equal(typeof data.usage.prompt_tokens_details.cached_tokens, 'number');
  await refused(404, () => client.chat.completions.create({ model: 'gone', messages: question }), 'model_not_found');
  await refused(400, () => client.chat.completions.create({ model, messages: question, colour: 'red' }), 'unknown_parameter');
  await refused(400, () => client.chat.completions.create({ model }), 'missing_required_parameter');
});
await check('chat.completions.create (streaming)', async () => {
  const stream = await client.chat.completions.create({
    model,
    messages: question,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let finish;
  let usage;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    assert.equal(chunk.model, model);
    text += chunk.choices[0]?.delta.content ?? '';
    finish ??= chunk.choices[0]?.finish_reason;
    usage = chunk.usage ?? usage;
  }
  assert.ok(text.length > 0);
  assert.equal(finish, 'stop');
  assert.ok(usage.total_tokens > 0);
});
await check('chat.completions.create (upstream failures keep their class)', async () => {
  for (const status of [429, 503, 400]) {
    const messages = [{ role: 'user', content: 'fail ' + status }];
    const error = await client.chat.completions.create({ model, messages }).then(() => null, (e) => e);
    assert.equal(error.status, status);
    const streamed = await client.responses
      .create({ model, input: 'fail ' + status, stream: true })
      .then(() => null, (e) => e);
    assert.equal(streamed.status, status);
  }
});
await check('chat.completions.create (hanging up)', async () => {
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'go on' }],
    stream: true,
  });
  let chunks = 0;
  for await (const _ of stream) if (++chunks > 3) break;
  assert.ok(stream.controller.signal.aborted);
});
await check('chat.completions.create (n, logprobs)', async () => {
  const answer = await client.chat.completions.create({ model, messages: question, n: 2 });
  assert.deepEqual(answer.choices.map((c) => c.index), [0, 1]);
  const told = await client.chat.completions.create({
    model,
    messages: question,
    logprobs: true,
    top_logprobs: 2,
  });
  assert.ok(told.choices[0].logprobs !== null);
});
await check('chat.completions.create (tools)', async () => {
  const tools = [{ type: 'function', function: weather }];
  const asked = await client.chat.completions.create({
    model,
    messages: askWeather,
    tools,
    tool_choice: 'required',
  });
  assert.equal(asked.choices[0].finish_reason, 'tool_calls');
  const message = asked.choices[0].message;
  assert.equal(message.tool_calls[0].function.name, 'get_weather');
  assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: 'Paris' });
  const messages = [...askWeather, message];
  await refused(400, () => client.chat.completions.create({ model, messages, tools }));
  for (const call of message.tool_calls)
    messages.push({ role: 'tool', tool_call_id: call.id, content: 'sunny' });
  const said = await client.chat.completions.create({ model, messages, tools });
  assert.equal(said.choices[0].finish_reason, 'stop');
  const both = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: askWeather[0].content + '\ncall get_weather {"city": "Rome"}' }],
    tools,
  });
  assert.equal(both.choices[0].message.tool_calls.length, 2);
  assert.notEqual(both.choices[0].message.tool_calls[0].id, both.choices[0].message.tool_calls[1].id);
});
await check('chat.completions.parse', async () => {
  const answer = await client.chat.completions.parse({
    model,
    messages: [{ role: 'user', content: askJson }],
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema },
    },
  });
  assert.equal(typeof JSON.parse(answer.choices[0].message.content).answer, 'string');
});
await check('chat.completions.stream', async () => {
  const stream = client.chat.completions.stream({ model, messages: question });
  let deltas = '';
  stream.on('content', (delta) => (deltas += delta));
  const answer = await stream.finalChatCompletion();
  assert.equal(answer.choices[0].message.content, deltas);
});
await check('chat.completions.runTools', async () => {
  const asked = [];
  const tool = {
    type: 'function',
    function: { ...weather, function: (args) => (asked.push(args), 'sunny'), parse: JSON.parse },
  };
  const runner = client.chat.completions.runTools({ model, messages: askWeather, tools: [tool] });
  assert.ok((await runner.finalContent()).length > 0);
  assert.equal(asked.length, 1);
  const streamed = client.chat.completions.runTools({
    model,
    messages: askWeather,
    tools: [tool],
    stream: true,
  });
  assert.ok((await streamed.finalContent()).length > 0);
  assert.equal(asked.length, 2);
});

const metadata = { run: 'conformance-' + Date.now() };
const kept = [];
await check('chat.completions.create (store)', async () => {
  for (let i = 0; i < 3; i++)
    kept.push(await client.chat.completions.create({ model, messages: question, store: true, metadata }));
});
await check('chat.completions.retrieve', async () => {
  const found = await client.chat.completions.retrieve(kept[0].id);
  assert.deepEqual(found.choices, kept[0].choices);
  assert.deepEqual(found.metadata, metadata);
  await refused(404, () => client.chat.completions.retrieve('chatcmpl_nothing'));
});
await check('chat.completions.update', async () => {
  const found = await client.chat.completions.update(kept[0].id, { metadata: { ...metadata, a: 'b' } });
  assert.equal(found.metadata.a, 'b');
  assert.equal((await client.chat.completions.retrieve(kept[0].id)).metadata.a, 'b');
});
await check('chat.completions.list', async () => {
  const found = await all(client.chat.completions.list({ metadata, limit: 2 }));
  assert.deepEqual(found.map((c) => c.id), kept.map((c) => c.id));
  const last = await client.chat.completions.list({ metadata, limit: 1, order: 'desc' });
  assert.equal(last.data[0].id, kept[2].id);
  assert.equal(last.has_more, true);
});
await check('chat.completions.messages.list', async () => {
  const found = await all(client.chat.completions.messages.list(kept[0].id));
  assert.equal(found[0].content, question[0].content);
  assert.ok(found[0].id);
});
await check('chat.completions.delete', async () => {
  for (const one of kept) {
    const gone = await client.chat.completions.delete(one.id);
    assert.equal(gone.deleted, true);
  }
  await refused(404, () => client.chat.completions.retrieve(kept[0].id));
});

// responses

let first;
await check('responses.create', async () => {
  first = await client.responses.create({
    model,
    input: 'say hello there',
    instructions: 'Be brief.',
    metadata: { a: 'b' },
  });
  assert.equal(first.object, 'response');
  assert.equal(first.status, 'completed');
  assert.equal(first.model, model);
  assert.ok(first.output_text.length > 0);
  assert.equal(first.usage.total_tokens, first.usage.input_tokens + first.usage.output_tokens);
  await refused(400, () => client.responses.create({ model, input: 'a', colour: 'red' }), 'unknown_parameter');
  await refused(400, () => client.responses.create({ model, input: 'a', previous_response_id: 'resp_no' }), 'previous_response_not_found');
});
await check('responses.create (previous_response_id)', async () => {
  const next = await client.responses.create({
    model,
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'And again.' }] }],
    previous_response_id: first.id,
  });
  assert.equal(next.previous_response_id, first.id);
  assert.equal(next.status, 'completed');
  await client.responses.delete(next.id);
});
await check('responses.create (streaming)', async () => {
  const types = [];
  let text = '';
  let sequence = -1;
  for await (const event of await client.responses.create({ model, input: 'say hello there', stream: true })) {
    assert.equal(event.sequence_number, ++sequence);
    types.push(event.type);
    if (event.type === 'response.output_text.delta') text += event.delta;
    if (event.type === 'response.completed') assert.equal(event.response.output[0].content[0].text, text);
  }
  for (const type of [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
    assert.ok(types.includes(type), type);
});
await check('responses.create (tools)', async () => {
  const tools = [{ type: 'function', strict: true, ...weather }];
  const input = [...askWeather];
  const asked = await client.responses.create({ model, input, tools, store: false });
  const call = asked.output.find((item) => item.type === 'function_call');
  assert.equal(call.name, 'get_weather');
  input.push(...asked.output, { type: 'function_call_output', call_id: call.call_id, output: 'sunny' });
  const said = await client.responses.create({ model, input, tools, store: false });
  assert.ok(said.output_text.length > 0);
  await refused(404, () => client.responses.retrieve(said.id));
});
await check('responses.parse', async () => {
  const answer = await client.responses.parse({
    model,
    input: askJson,
    text: { format: { type: 'json_schema', name: 'answer', strict: true, schema } },
  });
  assert.equal(typeof answer.output_parsed.answer, 'string');
});
await check('responses.stream', async () => {
  const stream = client.responses.stream({ model, input: 'say hello there' });
  let text = '';
  stream.on('response.output_text.delta', (event) => (text = event.snapshot));
  const answer = await stream.finalResponse();
  assert.equal(answer.output_text, text);
});
await check('responses.retrieve', async () => {
  const found = await client.responses.retrieve(first.id);
  assert.equal(found.output_text, first.output_text);
  assert.deepEqual(found.metadata, { a: 'b' });
  await refused(404, () => client.responses.retrieve('resp_nothing'));
  await refused(400, () => client.responses.retrieve(first.id, { stream: true }));
});
await check('responses.create (background), responses.retrieve (stream)', async () => {
  const started = await client.responses.create({ model, input: 'say hello there', background: true, stream: true });
  const events = [];
  for await (const event of started) events.push(event);
  assert.equal(events[0].response.status, 'queued');
  assert.equal(events.at(-1).type, 'response.completed');
  const id = events[0].response.id;
  const again = [];
  for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 2 })) again.push(event);
  assert.deepEqual(again, events.slice(3));
  const whole = await client.responses.stream({ response_id: id }).finalResponse();
  assert.equal(whole.id, id);
  const quiet = await client.responses.create({ model, input: 'say hello there', background: true });
  assert.equal(quiet.status, 'queued');
  await eventually('completed', async () => (await client.responses.retrieve(quiet.id)).status === 'completed');
});
await check('responses.cancel', async () => {
  const started = await client.responses.create({ model, input: 'go on', background: true });
  await eventually('in progress', async () => (await client.responses.retrieve(started.id)).status === 'in_progress');
  const ended = await client.responses.cancel(started.id);
  assert.equal(ended.status, 'cancelled');
  assert.equal((await client.responses.retrieve(started.id)).status, 'cancelled');
  await refused(400, () => client.responses.cancel(first.id));
});
await check('responses.inputItems.list', async () => {
  const items = await all(client.responses.inputItems.list(first.id));
  assert.equal(items.length, 1);
  assert.equal(items[0].type, 'message');
  assert.equal(items[0].content[0].text, 'say hello there');
});
await check('responses.inputTokens.count', async () => {
  const count = await client.responses.inputTokens.count({ model, input: 'say hello there' });
  assert.equal(count.object, 'response.input_tokens');
  assert.ok(count.input_tokens > 0);
});
await check('responses.compact', async () => {
  const compacted = await client.responses.compact({ model, previous_response_id: first.id, input: 'Go on.' });
  assert.equal(compacted.object, 'response.compaction');
  assert.ok(compacted.output.some((item) => item.type === 'compaction'));
  const next = await client.responses.create({ model, input: [...compacted.output, { role: 'user', content: 'And?' }] });
  assert.equal(next.status, 'completed');
});
await check('responses.delete', async () => {
  await client.responses.delete(first.id);
  await refused(404, () => client.responses.retrieve(first.id));
});
absent('responses (WebSocket)', 'only HTTP and server-sent events are spoken');

// embeddings

await check('embeddings.create', async () => {
  const answer = await client.embeddings.create({ model: embeddingModel, input: ['one', 'two'] });
  assert.equal(answer.object, 'list');
  assert.equal(answer.model, embeddingModel);
  assert.deepEqual(answer.data.map((d) => d.index), [0, 1]);
  assert.ok(answer.data[0].embedding.length > 0);
  assert.equal(typeof answer.data[0].embedding[0], 'number');
  const plain = await client.embeddings.create({ model: embeddingModel, input: 'one', encoding_format: 'float' });
  assert.deepEqual(plain.data[0].embedding.map(Math.fround), Array.from(answer.data[0].embedding));
  await refused(400, () => client.embeddings.create({ model: embeddingModel, input: [] }));
});

// files

let file;
await check('files.create', async () => {
  file = await client.files.create({
    file: await toFile(Buffer.from('a,b\n1,2\n'), 'table.csv'),
    purpose: 'user_data',
    expires_after: { anchor: 'created_at', seconds: 3600 },
  });
  assert.equal(file.object, 'file');
  assert.equal(file.bytes, 8);
  assert.equal(file.filename, 'table.csv');
  assert.equal(file.purpose, 'user_data');
  assert.equal(file.expires_at, file.created_at + 3600);
  await refused(400, async () =>
    client.files.create({ file: await toFile(Buffer.from('a'), 'a.txt'), purpose: 'nonsense' }),
  );
});
await check('files.retrieve', async () => {
  assert.deepEqual(await client.files.retrieve(file.id), file);
  await refused(404, () => client.files.retrieve('file_nothing'));
});
await check('files.waitForProcessing', async () => {
  assert.equal((await client.files.waitForProcessing(file.id)).status, 'processed');
});
await check('files.list', async () => {
  const more = await client.files.create({ file: await toFile(Buffer.from('b'), 'b.txt'), purpose: 'vision' });
  const ids = (await all(client.files.list({ limit: 1 }))).map((f) => f.id);
  assert.ok(ids.indexOf(more.id) < ids.indexOf(file.id));
  const vision = await all(client.files.list({ purpose: 'vision', order: 'asc' }));
  assert.ok(vision.every((f) => f.purpose === 'vision'));
  await client.files.delete(more.id);
});
await check('files.content', async () => {
  assert.equal(await (await client.files.content(file.id)).text(), 'a,b\n1,2\n');
});
await check('chat.completions.create (file part)', async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'file', file: { file_id: file.id } },
          { type: 'text', text: 'What is in it?' },
        ],
      },
    ],
  });
  assert.equal(answer.choices[0].finish_reason, 'stop');
});
await check('files.delete', async () => {
  assert.equal((await client.files.delete(file.id)).deleted, true);
  await refused(404, () => client.files.content(file.id));
});

// what is not offered

for (const [method, run] of [
  ['batches', () => client.batches.list()],
  ['beta.assistants', () => client.beta.assistants.list()],
  ['beta.threads', () => client.beta.threads.create()],
  ['fineTuning.jobs', () => client.fineTuning.jobs.list()],
  ['images', () => client.images.generate({ prompt: 'a' })],
  ['audio', () => client.audio.speech.create({ input: 'a', model, voice: 'alloy' })],
  ['moderations', () => client.moderations.create({ input: 'a' })],
  ['realtime', () => client.realtime.clientSecrets.create({})],
  ['vectorStores', () => client.vectorStores.list()],
  ['uploads', () => client.uploads.create({ bytes: 1, filename: 'a', mime_type: 'a/b', purpose: 'batch' })],
  ['evals', () => client.evals.list()],
  ['containers', () => client.containers.list()],
  ['videos', () => client.videos.list()],
  ['conversations', () => client.conversations.create({})],
  ['completions', () => client.completions.create({ model, prompt: 'a' })],
]) {
  await notOffered(method, async () => {
    const error = await refused(404, run);
    assert.equal(error.headers.get('x-should-retry'), 'false');
    return error.error.message;
  });
}

end();
