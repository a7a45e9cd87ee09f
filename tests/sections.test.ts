// Does each setting have one home, from which follows what scripts read, VUs get, and files show?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig, sessionConfig, shapingSettings, shownSettings } from '../lib/before/config.ts';
import { COMMON } from '../lib/before/settings/common.ts';
import { OUTPUT } from '../lib/before/settings/output.ts';
import { namesIn, refuseUnknownSettings } from '../lib/before/settings/unknownNames.ts';
import { ownSections, section, setting, settingsIn } from '../lib/words/sections.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { problems } from './support/problems.ts';

const channels = setting({
  kind: 'whole',
  env: 'CHANNELS',
  default: 3,
  unit: 'channels',
  min: 1,
  meaning: 'that a listener hears',
  shapes: 'load',
  vu: true,
});

/** What a system of somebody else's has. */
const RADIO = section({
  title: 'Radio',
  settings: {
    radio: {
      channels,
      password: {
        kind: 'text',
        env: 'RADIO_PASSWORD',
        meaning: 'of all listeners',
        shapes: 'nothing',
        vu: true,
        inFiles: 'masked',
      },
    },
    band: {
      kind: 'choice',
      env: 'BAND',
      default: 'fm',
      choices: ['am', 'fm'],
      meaning: 'that is listened to',
      shapes: 'nothing',
    },
  },
  check: ({ band, radio }, refusal) => {
    if (band === 'am' && radio.channels > 9) refusal.reject(channels, 'AM has nine');
  },
});
const SECTIONS = [OUTPUT, RADIO] as const;

describe('a system with sections of its own', () => {
  const config = readConfig({ CHANNELS: '5', RADIO_PASSWORD: 'secret' }, SECTIONS);

  test('has the values of its settings, with their types', () => {
    const { radio, band }: { radio: { channels: number; password: string | undefined }; band: 'am' | 'fm' } =
      config;
    assert.deepEqual([radio, band], [{ channels: 5, password: 'secret' }, 'fm']);
    assert.deepEqual(Object.keys(config), ['sessionLog', 'summaryFile', 'reportFile', 'radio', 'band']);
  });
  test('neither reads nor refuses the settings of others, nor slips of them', () => {
    const theirs = { ENCRYPTION: 'x', NUM_SESSIONS: '0', ENCRYPTON_KEY: '1', RAMP_MAX_SESSION: '1' };
    assert.deepEqual(readConfig({ CHANNELS: '5', RADIO_PASSWORD: 'secret', ...theirs }, SECTIONS), config);
    assert.deepEqual(
      problems(() => refuseUnknownSettings({ ...theirs, CHANELS: '1' }, SECTIONS)),
      ['CHANELS is not a setting of Crescendo. Did you mean CHANNELS?'],
    );
  });
  test('refuses what is wrong with its own, alone and together', () => {
    assert.deepEqual(
      problems(() => readConfig({ CHANNELS: '0', BAND: 'x' }, SECTIONS)),
      [
        'CHANNELS is "0": it must be a whole number of channels, for example CHANNELS=3.',
        'BAND is "x": it must be one of am, fm.',
      ],
    );
    assert.deepEqual(
      problems(() => readConfig({ CHANNELS: '10', BAND: 'am' }, SECTIONS)),
      ['CHANNELS is wrong: AM has nine.'],
    );
  });
  test('gives VUs what is for VUs, files no secret, and comparisons what shapes its load', () => {
    assert.deepEqual(sessionConfig(config, SECTIONS), { sessionLog: 0, radio: config.radio });
    const { radio, band } = shownSettings(config, SECTIONS);
    assert.deepEqual([radio, band], [{ channels: 5, password: '…' }, 'fm']);
    assert.deepEqual(shapingSettings(SECTIONS), ['radio']);
  });
});

describe('all settings', () => {
  test('each variable and each name in a configuration is one setting', () => {
    const names = namesIn(CHATBOT_SECTIONS);
    assert.deepEqual(names, [...new Set(names)]);
    const tops = CHATBOT_SECTIONS.flatMap(({ settings }) => Object.keys(settings));
    assert.deepEqual(tops, [...new Set(tops)]);
  });
  test('what makes the plan is for some kinds of load, or is a plan', () => {
    const all = settingsIn(COMMON).filter(({ shapes, loads }) => shapes === 'plan' && loads === undefined);
    assert.deepEqual(
      all.map(({ env }) => env),
      ['PROFILE', 'PLAN_FILE'],
    );
  });
  test('one that is needed has no value without being set, and every such one is told', () => {
    const text = { kind: 'text', needed: true, shapes: 'nothing' } as const;
    const own = {
      one: { ...text, env: 'ONE', meaning: 'the first' },
      two: { ...text, kind: 'file', env: 'TWO', meaning: 'b' },
    } as const;
    assert.deepEqual(readConfig({ ONE: 'a', TWO: 'b' }, ownSections(own)), { own: { one: 'a', two: 'b' } });
    assert.deepEqual(
      problems(() => readConfig({ ONE: ' ' }, ownSections(own))),
      ['ONE is not set: this script needs it (the first).', 'TWO is not set: this script needs it (b).'],
    );
  });
  test('VUs get these, and no others', () => {
    const config = readConfig({ ENCRYPTION: 'none' }, CHATBOT_SECTIONS);
    const { outage, chatbot, ...others } = sessionConfig(config, CHATBOT_SECTIONS);
    assert.deepEqual(Object.keys(outage), ['seconds', 'url', 'body']);
    assert.deepEqual(chatbot, config.chatbot);
    assert.deepEqual(Object.keys(others).sort(), [
      'answerTimeoutSeconds',
      'apiBaseUrl',
      'basicAuth',
      'connectTimeoutSeconds',
      'encryption',
      'encryptionKey',
      'generatorLagLimitMs',
      'heartbeatSeconds',
      'httpHeaders',
      'httpTimeoutSeconds',
      'onFailure',
      'origin',
      'questionOrder',
      'restartDelaySeconds',
      'retries',
      'retryBaseSeconds',
      'retryBudget',
      'retryCapSeconds',
      'seed',
      'sessionLog',
      'socketHosts',
      'think',
      'websocketBaseUrl',
    ]);
  });
  test('files hold no key, no query, and nothing that the summary has elsewhere', () => {
    const env = { ENCRYPTION: 'openssl', ENCRYPTION_KEY: 'secret', SOCKET_PATH: '/ws?key=secret' };
    const shown = shownSettings(readConfig(env, CHATBOT_SECTIONS), CHATBOT_SECTIONS);
    assert.ok(!JSON.stringify(shown).includes('secret'), JSON.stringify(shown));
    assert.equal(shown['encryptionKey'], '…');
    for (const name of ['limits', 'requiredSessions', 'generatorLagLimitMs', 'alertWebhook'])
      assert.ok(!(name in shown), name);
  });
  test('runs that differ in one of these measure different things', () =>
    assert.deepEqual(shapingSettings(CHATBOT_SECTIONS).sort(), [
      'answerTimeoutSeconds',
      'chatbot',
      'connectTimeoutSeconds',
      'encryption',
      'heartbeatSeconds',
      'httpTimeoutSeconds',
      'onFailure',
      'questionOrder',
      'questions',
      'questionsFile',
      'restartDelaySeconds',
      'retries',
      'retryBaseSeconds',
      'retryBudget',
      'retryCapSeconds',
      'seed',
      'think',
    ]));
});
