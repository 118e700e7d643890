// The Interactions API's quick start, on Paddock: only the base URL and the key are Paddock's.
import { GoogleGenAI } from '@google/genai';

const ai = new GoogleGenAI({
  apiKey: process.env.PADDOCK_API_KEY,
  httpOptions: { baseUrl: process.env.PADDOCK_URL ?? 'http://127.0.0.1:4096' },
});

const first = await ai.interactions.create({
  agent: 'antigravity-preview-05-2026',
  input: process.argv[2] ?? 'Write the first ten square numbers to squares.txt, one a line.',
  environment: 'remote',
});
console.log(first.status, first.output_text);

const stream = await ai.interactions.create({
  agent: 'antigravity-preview-05-2026',
  previous_interaction_id: first.id,
  input: process.argv[3] ?? 'How many lines does squares.txt have?',
  stream: true,
});
for await (const event of stream) {
  if (event.event_type === 'step.delta' && event.delta.type === 'text') {
    process.stdout.write(event.delta.text);
  }
}
console.log();

const files = await ai.environments.files.list({
  environment: first.environment_id ?? '',
  path: '',
  recursive: true,
});
for (const file of files.files ?? []) {
  console.log(file.path, file.size_bytes);
}
