// Anthropic's messages and models through the official client. The model does what the last message
// says: see README.md.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { all, check, end, errorOf, notOffered } from './report/report.mjs';

const model = process.env.PADDOCK_TEST_MODEL;
const client = new Anthropic({
  baseURL: process.env.PADDOCK_URL,
  apiKey: process.env.PADDOCK_API_KEY,
  maxRetries: 0,
});

async function refused(status, run, type) {
  const error = await errorOf(run);
  assert.equal(error.status, status, String(error));
  assert.equal(error.error.type, 'error');
  if (type) assert.equal(error.error.error.type, type);
  return error;
}

const messages = [{ role: 'user', content: 'say hello there' }];
const askWeather = [{ role: 'user', content: 'call get_weather {"city": "Paris"}' }];
const tools = [
  {
    name: 'get_weather',
    description: 'The weather of a city',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];

// models

await check('models.list', async () => {
  const found = (await all(client.models.list({ limit: 1 }))).map((one) => one.id);
  assert.ok(found.includes(model));
  const page = await client.models.list({ limit: 1, after_id: found[0] });
  assert.equal(page.data[0]?.id, found[1]);
});
await check('models.retrieve', async () => {
  const found = await client.models.retrieve(model);
  assert.equal(found.type, 'model');
  assert.equal(found.id, model);
  assert.equal(typeof found.capabilities.image_input.supported, 'boolean');
  await refused(404, () => client.models.retrieve('nobody/nothing'), 'not_found_error');
});

// messages

await check('messages.create', async () => {
  const { data, request_id } = await client.messages
    .create({
      model,
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages,
      stop_sequences: ['STOP'],
      metadata: { user_id: 'a' },
    })
    .withResponse();
  assert.ok(request_id);
  assert.equal(data.type, 'message');
  assert.equal(data.role, 'assistant');
  assert.equal(data.model, model);
  assert.equal(data.stop_reason, 'end_turn');
  assert.equal(data.content[0].text, 'hello there');
  assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
  await refused(404, () => client.messages.create({ model: 'gone', max_tokens: 9, messages }), 'not_found_error');
  await refused(400, () => client.messages.create({ model, messages }), 'invalid_request_error');
  await refused(400, () => client.messages.create({ model, max_tokens: 9, messages, colour: 'red' }), 'invalid_request_error');
});
await check('messages.create (streaming)', async () => {
  const types = [];
  let text = '';
  for await (const event of await client.messages.create({ model, max_tokens: 100, messages, stream: true })) {
    types.push(event.type);
    if (event.type === 'content_block_delta') text += event.delta.text;
  }
  assert.equal(text, 'hello there');
  assert.equal(types[0], 'message_start');
  assert.equal(types[1], 'content_block_start');
  assert.deepEqual(types.slice(-3), ['content_block_stop', 'message_delta', 'message_stop']);
});
await check('messages.create (tools)', async () => {
  const asked = await client.messages.create({ model, max_tokens: 100, messages: askWeather, tools });
  assert.equal(asked.stop_reason, 'tool_use');
  const call = asked.content.find((block) => block.type === 'tool_use');
  assert.deepEqual(call.input, { city: 'Paris' });
  const more = [...askWeather, { role: 'assistant', content: asked.content }];
  await refused(400, () => client.messages.create({ model, max_tokens: 9, messages: [...more, ...messages], tools }));
  more.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] });
  const said = await client.messages.create({ model, max_tokens: 100, messages: more, tools });
  assert.equal(said.stop_reason, 'end_turn');
  assert.match(said.content[0].text, /sunny/);
  const streamed = await client.messages.stream({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: askWeather[0].content + '\ncall get_weather {"city": "Rome"}' }],
    tools,
  }).finalMessage();
  assert.deepEqual(
    streamed.content.filter((block) => block.type === 'tool_use').map((block) => block.input.city),
    ['Paris', 'Rome'],
  );
});
await check('messages.create (structured output)', async () => {
  const answer = await client.messages.create({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'say {"answer": "42"}' }],
    output_config: {
      format: {
        type: 'json_schema',
        schema: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'], additionalProperties: false },
      },
    },
  });
  assert.equal(JSON.parse(answer.content[0].text).answer, '42');
});
await check('messages.create (thinking, images, documents)', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const answer = await client.messages.create({
    model,
    max_tokens: 4000,
    thinking: { type: 'adaptive' },
    output_config: { effort: 'low' },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A note.' }, citations: { enabled: false } },
          { type: 'text', text: 'say seen', cache_control: { type: 'ephemeral' } },
        ],
      },
    ],
  });
  assert.equal(answer.content.at(-1).text, 'seen');
});
await check('messages.create (upstream failures keep their class)', async () => {
  for (const status of [429, 503, 400]) {
    const failing = [{ role: 'user', content: 'fail ' + status }];
    await refused(status, () => client.messages.create({ model, max_tokens: 9, messages: failing }));
    await refused(status, () => client.messages.create({ model, max_tokens: 9, messages: failing, stream: true }));
  }
});
await check('messages.stream', async () => {
  const stream = client.messages.stream({ model, max_tokens: 100, messages });
  let text = '';
  stream.on('text', (delta) => (text += delta));
  const answer = await stream.finalMessage();
  assert.equal(answer.content[0].text, text);
  assert.ok(answer.usage.input_tokens > 0);
});
await check('messages.parse', async () => {
  const answer = await client.messages.parse({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'say {"answer": "42"}' }],
    output_config: {
      format: {
        type: 'json_schema',
        schema: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'], additionalProperties: false },
      },
    },
  });
  assert.equal(JSON.parse(answer.content[0].text).answer, '42');
});
await check('messages.countTokens', async () => {
  const count = await client.messages.countTokens({ model, messages, tools, system: 'Be brief.' });
  assert.ok(count.input_tokens > 0);
});
await check('beta.messages.create', async () => {
  const answer = await client.beta.messages.create({ model, max_tokens: 100, messages, betas: ['files-api-2025-04-14'] });
  assert.equal(answer.content[0].text, 'hello there');
});
await check('beta.messages.stream', async () => {
  const answer = await client.beta.messages.stream({ model, max_tokens: 100, messages }).finalMessage();
  assert.equal(answer.content[0].text, 'hello there');
});
await check('beta.messages.toolRunner', async () => {
  const cities = [];
  const tool = { ...tools[0], type: 'custom', run: (input) => (cities.push(input.city), 'sunny'), parse: (input) => input };
  const answer = await client.beta.messages.toolRunner({ model, max_tokens: 100, messages: askWeather, tools: [tool] });
  assert.deepEqual(cities, ['Paris']);
  assert.match(answer.content[0].text, /sunny/);
});
await check('beta.messages.countTokens', async () => {
  assert.ok((await client.beta.messages.countTokens({ model, messages })).input_tokens > 0);
});
for (const [method, run] of [
  ['messages.batches.create', () => client.messages.batches.create({ requests: [] })],
  ['messages.batches.retrieve', () => client.messages.batches.retrieve('a')],
  ['messages.batches.list', () => client.messages.batches.list()],
  ['messages.batches.cancel', () => client.messages.batches.cancel('a')],
  ['messages.batches.delete', () => client.messages.batches.delete('a')],
]) {
  await notOffered(method, async () => {
    const error = await refused(404, run, 'not_found_error');
    assert.equal(error.headers.get('x-should-retry'), 'false');
    return error.error.error.message;
  });
}

end();
