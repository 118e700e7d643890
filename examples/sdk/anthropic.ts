// The quick start of Claude Managed Agents. Only the base URL is Paddock's.
//   npm install @anthropic-ai/sdk && npx tsx anthropic.ts
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  baseURL: process.env.PADDOCK_URL ?? 'http://127.0.0.1:4096',
  apiKey: process.env.PADDOCK_API_KEY,
});

const agent = await client.beta.agents.create({
  name: 'Coding Assistant',
  model: process.env.MODEL ?? 'claude-opus-5-5',
  system: 'You are a helpful coding assistant. Write clean, well-documented code.',
  tools: [{ type: 'agent_toolset_20260401' }],
});

const environment = await client.beta.environments.create({
  name: 'quickstart-env',
  config: { type: 'cloud', networking: { type: 'unrestricted' } },
});

const session = await client.beta.sessions.create({
  agent: agent.id,
  environment_id: environment.id,
  title: 'Quickstart session',
});

const stream = await client.beta.sessions.events.stream(session.id);
await client.beta.sessions.events.send(session.id, {
  events: [
    {
      type: 'user.message',
      content: [
        {
          type: 'text',
          text:
            process.argv[2] ??
            'Create a script that prints the first 20 Fibonacci numbers and saves them to fibonacci.txt',
        },
      ],
    },
  ],
});

for await (const event of stream) {
  if (event.type === 'agent.message') {
    for (const block of event.content) if (block.type === 'text') process.stdout.write(block.text);
  } else if (event.type === 'agent.tool_use') {
    console.log(`\n[${event.name}]`);
  } else if (event.type === 'session.error') {
    console.error(`\n${event.error.message}`);
  } else if (event.type === 'session.status_idle') {
    console.log(`\nidle: ${event.stop_reason.type}`);
    break;
  }
}
