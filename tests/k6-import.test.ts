// Does what `crescendo import` makes of a recording replay it, with equal counts on both sides?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Target } from '../target/server.ts';
import { DESK_PAGE, REFERENCE_PAGE } from './support/chatPages.ts';
import { Browser, findChromium } from './support/chromium.ts';
import { supportDesk } from './support/dialectServer.ts';
import { recordVisit } from './support/harRecorder.ts';
import { referenceHar } from './support/harFile.ts';
import { pageServer } from './support/pageServer.ts';
import { cookieServer } from './support/cookieServer.ts';
import { socketIoServer } from './support/dialects/socketIoServer.ts';
import { cookieRecording, sealedRecording, socketIoRecording } from './support/recordings.ts';
import { importHar, replay, runImported } from './support/replay.ts';
import { quickTarget } from './support/target.ts';

type Replayed = Awaited<ReturnType<typeof replay>>;

/** Questions, answers, sessions and upgrades are the same on both sides, and all is well. */
function assertSameAsTarget({ run, summary }: Replayed, target: Target): void {
  assert.deepEqual([run.exitCode, /^PASS /m.test(run.stdout)], [0, true], run.stdout + run.stderr);
  const stats = target.stats();
  const { sessions, sockets, questions } = summary;
  assert.ok(questions.sent >= 12 && questions.sent >= 3 * sessions.completed, String(questions.sent));
  assert.deepEqual(
    [sessions.started, sessions.started, sessions.started, sockets.attempted, sockets.opened],
    [stats.tokens, stats.sessions, stats.deleted, stats.attempts.upgrade, stats.upgrades],
  );
  assert.deepEqual([questions.sent, questions.answered], [stats.questions, stats.answers]);
  assert.deepEqual([stats.badQuestions, stats.badFrames, stats.closes], [0, 0, { 1000: stats.upgrades }]);
  assert.equal(summary.metrics['messages_unknown']?.['count'] ?? 0, 0);
}

const addresses = ({ url, websocketUrl }: { url: string; websocketUrl: string }) => ({
  API_BASE_URL: url,
  WEBSOCKET_BASE_URL: websocketUrl,
});

test('a recording written by hand replays against the reference target', async (t) => {
  const imported = await importHar(t, referenceHar(), 'by-hand');
  assert.match(imported.files['.env'] ?? '', /^THINK_SECONDS=2\.6$/m);
  const target = await quickTarget(t, { encryption: 'none' });
  const replayed = await replay(t, imported, { ...addresses(target), THINK_SECONDS: '0.05' });
  assertSameAsTarget(replayed, target);
});

describe('a recording of another back end replays', () => {
  const assertPassed = ({ run, summary }: Replayed, counts: { questions: number; answers: number }): void => {
    assert.deepEqual([run.exitCode, /^PASS /m.test(run.stdout)], [0, true], run.stdout + run.stderr);
    const { questions } = summary;
    assert.deepEqual([questions.sent, questions.answered], [counts.questions, counts.answers]);
    assert.ok(questions.sent >= 8, String(questions.sent));
    assert.equal(summary.metrics['messages_unknown']?.['count'] ?? 0, 0);
  };

  test('whose cookie is what tells who asks: k6 keeps it', async (t) => {
    const imported = await importHar(t, cookieRecording().har, 'by-cookie');
    const server = await cookieServer(t);
    const env = { ...addresses(server), THINK_SECONDS: '0.05' };
    const replayed = await replay(t, imported, env, ['MY_USER=anna', 'MY_PASSWORD=open']);
    assertPassed(replayed, server.counts);
    const { sessions, sockets } = replayed.summary;
    const { logins, sockets: opened, strange } = server.counts;
    assert.deepEqual([logins, opened, strange], [sessions.started, sockets.opened, 0]);
  });

  test('is not begun without what was copied nowhere', async (t) => {
    const imported = await importHar(t, cookieRecording().har, 'without-password');
    const server = await cookieServer(t);
    const run = await runImported(t, imported, addresses(server));
    assert.deepEqual([run.exitCode, server.counts.logins], [2, 0]);
    assert.match(
      run.stderr,
      /^MY_PASSWORD is not set: this script needs it \(password of POST \/login\)\. MY_PASSWORD is from \.env line \d+\.$/m,
    );
    assert.doesNotMatch(run.stderr, /^\s+at /m);
  });

  for (const by of ['ack', 'events'] as const)
    test(`over Socket.IO, with answers by ${by}`, async (t) => {
      const imported = await importHar(t, socketIoRecording(by).har, `by-${by}`);
      assert.match(imported.files['protocol.ts'] ?? '', /\.\.\.socketIo\(\{\n/);
      const server = await socketIoServer(t);
      const own = { MY_USER: 'anna', MY_PASSWORD: 'open', THINK_SECONDS: '0.05' };
      const replayed = await replay(t, imported, { ...addresses(server), ...own });
      assertPassed(replayed, server.counts);
      assert.equal(replayed.summary.sockets.opened, server.counts.sockets);
    });

  for (const mode of ['aes-256-gcm', 'openssl'] as const)
    test(`whose frames are ${mode}: once the key is there, in the chatbot's own words`, async (t) => {
      const key = mode === 'openssl' ? 'a phrase' : 'ab'.repeat(32);
      const imported = await importHar(t, sealedRecording(mode, key).har, `by-${mode}`);
      assert.match(
        imported.files['.env'] ?? '',
        new RegExp(`^ENCRYPTION=${mode}\n.*\nENCRYPTION_KEY=$`, 'm'),
      );
      assert.equal('questions.json' in imported.files, false);
      const target = await quickTarget(t, { encryption: mode, key });
      const settings = { ENCRYPTION_KEY: key, QUESTIONS: 'MED1060:3' };
      const replayed = await replay(t, imported, { ...addresses(target), ...settings });
      assertSameAsTarget(replayed, target);
    });
});

describe('what a browser recorded', { skip: findChromium() === undefined && 'there is no Chromium' }, () => {
  let browser: Browser;
  before(async () => {
    browser = await Browser.start(findChromium() ?? '');
  });
  after(() => browser.close());

  const recorded = async (t: TestContext, backEnd: string, page: string) => {
    const site = await pageServer(t, backEnd, page);
    return recordVisit(browser, `${site.url}/`);
  };

  test('at the reference target replays against a fresh one', async (t) => {
    const har = await recorded(t, (await quickTarget(t, { encryption: 'none' })).url, REFERENCE_PAGE);
    const imported = await importHar(t, har, 'by-browser');
    const target = await quickTarget(t, { encryption: 'none' });
    const site = await pageServer(t, target.url);
    assertSameAsTarget(await replay(t, imported, addresses(site)), target);
  });

  test('at a support desk replays against a fresh one', async (t) => {
    const har = await recorded(t, (await supportDesk(t)).url, DESK_PAGE);
    const imported = await importHar(t, har, 'desk-by-browser');
    const desk = await supportDesk(t);
    const { run, summary } = await replay(t, imported, addresses(desk));
    assert.deepEqual([run.exitCode, /^PASS /m.test(run.stdout)], [0, true], run.stdout + run.stderr);
    const { counts } = desk;
    const { sessions, sockets, questions, messages } = summary;
    assert.ok(questions.sent >= 12 && questions.sent >= 3 * sessions.completed, String(questions.sent));
    assert.deepEqual(
      [sessions.started, sockets.opened, sockets.opened, questions.sent, questions.answered],
      [counts.logins, counts.sockets, counts.welcomed, counts.questions, counts.answers],
    );
    assert.deepEqual([messages.sent, messages.received], [counts.received, counts.sent]);
    assert.deepEqual([counts.strange, counts.pongs], [0, counts.questions]);
  });
});
