// OpenAI's quick start. Only the base URL is Paddock's.
//   npm install openai && npx tsx openai.ts
import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: (process.env.PADDOCK_URL ?? 'http://127.0.0.1:4096') + '/v1',
  apiKey: process.env.PADDOCK_API_KEY,
});
const model = process.env.MODEL ?? 'gpt-5.4';

const response = await client.responses.create({
  model,
  input: process.argv[2] ?? 'Write a one-sentence bedtime story about a unicorn.',
});
console.log(response.output_text);

const stream = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: process.argv[2] ?? 'Say it in French.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
console.log();
