// The unmodified @anthropic-ai/sdk: every method of Managed Agents, with its effect.
import { agents } from './anthropic/agents.mjs';
import { files } from './anthropic/files.mjs';
import { later } from './anthropic/later.mjs';
import { memory } from './anthropic/memory.mjs';
import { sessions } from './anthropic/sessions.mjs';
import { skills } from './anthropic/skills.mjs';
import { threads } from './anthropic/threads.mjs';
import { vaults } from './anthropic/vaults.mjs';
import { end } from './report/report.mjs';

await agents();
await files();
await skills();
await vaults();
await memory();
await sessions();
await threads();
await later();
end();
