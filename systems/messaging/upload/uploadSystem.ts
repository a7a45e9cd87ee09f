/** Uploads of files as the system of a script. */
import type { System } from '../../../lib/system.ts';
import before from './uploadBefore.ts?text';
import type { UploadVuConfig } from './uploadSettings.ts';
import { uploadUser } from './uploadUser.ts';

export const upload: System<null, UploadVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: true }),
    visits: () => uploadUser(config, words),
    probes: () => uploadUser(config, words),
  }),
};
