/** Files and a Redis server as the system of a script: does either slow the other down? */
import http from 'k6/http';
import type { System } from '../../../lib/system.ts';
import { noRedis, removeKeys } from '../redis/cleanUp.ts';
import { fileName } from './fileNames.ts';
import { filePath } from './fileProtocol.ts';
import before from './mixedBefore.ts?text';
import type { MixedVuConfig } from './mixedSettings.ts';
import { mixedUser } from './mixedUser.ts';

export const assistantMixed: System<string, MixedVuConfig> = {
  before,
  inVu: ({ config, words, facts: prefix }) => ({
    uses: () => ({ calls: true, missing: () => noRedis(config) }),
    visits: () => mixedUser(config, words, prefix),
    probes: () => mixedUser(config, words, prefix),
    after: async (most) => {
      await removeKeys(config, prefix, most);
      removeFiles(config.apiBaseUrl, prefix, most);
    },
  }),
};

/** Some back ends have nothing that removes files, so whatever they answer is all right. */
function removeFiles(apiBaseUrl: string, prefix: string, clients: number): void {
  const params = {
    tags: { name: 'file removal' },
    timeout: '5s',
    responseCallback: http.expectedStatuses({ min: 200, max: 499 }),
    responseType: 'none',
  } as const;
  http.batch(
    Array.from({ length: clients }, (_, index) => ({
      method: 'DELETE',
      url: apiBaseUrl + filePath(fileName(prefix, index + 1)),
      params,
    })),
  );
}
