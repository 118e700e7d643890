// What is not offered yet must say so.
import { beta, notOffered } from './harness.mjs';

export async function later() {
  const environment_id = 'env_x';
  const work = 'work queues';
  await notOffered('environments.work.list', work, () => beta.environments.work.list(environment_id));
  await notOffered('environments.work.poll', work, () => beta.environments.work.poll(environment_id));
  await notOffered('environments.work.stats', work, () => beta.environments.work.stats(environment_id));
  const item = { environment_id };
  await notOffered('environments.work.retrieve', work, () => beta.environments.work.retrieve('w', item));
  await notOffered('environments.work.update', work, () =>
    beta.environments.work.update('w', { ...item, metadata: {} }));
  await notOffered('environments.work.ack', work, () => beta.environments.work.ack('w', item));
  await notOffered('environments.work.heartbeat', work, () => beta.environments.work.heartbeat('w', item));
  await notOffered('environments.work.stop', work, () => beta.environments.work.stop('w', item));
  await notOffered('tunnels.list', 'tunnels', () => beta.tunnels.list());
  await notOffered('deployments.list', 'deployments', () => beta.deployments.list());
  await notOffered('deploymentRuns.list', 'deployment runs', () => beta.deploymentRuns.list());
  await notOffered('userProfiles.list', 'user profiles', () => beta.userProfiles.list());
  await notOffered('dreams.list', 'dreams', () => beta.dreams.list());
}
