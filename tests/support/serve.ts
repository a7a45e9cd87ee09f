// The reference target as a process of its own, so that a test can stop it as a machine would.
import { startTarget } from '../../target/server.ts';
import type { TargetSettings } from '../../target/settings.ts';

const { url, websocketUrl } = await startTarget(
  JSON.parse(process.argv[2] ?? '{}') as Partial<TargetSettings>,
);
console.log(JSON.stringify({ url, websocketUrl }));
