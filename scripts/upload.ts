// Does a messaging platform take this many uploads of large files at once, fast enough and without a wrong byte?
import { testScript } from '../lib/testScript.ts';
import { upload } from '../systems/messaging/upload/uploadSystem.ts';
import thresholds from '../thresholds/upload.json?text';

const script = await testScript({
  name: 'upload',
  load: 'burst',
  // A twentieth of what a chunk may take.
  defaults: { GENERATOR_LAG_LIMIT_MS: '250' },
  presets: {
    small: { defaults: { UPLOADS: '10', FILE_BYTES: '20MB' } },
    full: { defaults: { UPLOADS: '100', FILE_BYTES: '1GB' } },
  },
  thresholds,
  system: upload,
});

export const { options, setup, handleSummary } = script;
export default script.run;
