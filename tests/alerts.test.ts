// Do alerts tell of the first break and of the end, without ever showing their address or changing a run?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { Alerts } from '../cli/live/alerts.ts';
import { k6Environment, takeWebhook } from '../cli/setup/environment.ts';
import { readConfig } from '../lib/before/config.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import type { Verdict } from '../report/derive/verdict.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { listenFor } from './support/listen.ts';
import { problems } from './support/problems.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const SESSION = { one: 'session', many: 'sessions' };
const SECRET = 'T0SECRET/B0SECRET';

/** A receiver; `texts` grows as alerts come. */
async function receiver(
  t: TestContext,
  reply: RequestListener = (_, response) => response.end('ok'),
): Promise<{ url: string; texts: string[] }> {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (request.method === 'POST') texts.push((JSON.parse(body) as { text: string }).text);
      reply(request, response);
    });
  });
  const port = await listenFor(t, server);
  return { url: `http://127.0.0.1:${port}/services/${SECRET}?token=${SECRET}`, texts };
}

const verdict = (sentence: string): Verdict => ({
  result: 'FAIL',
  sentence,
  reasons: [],
  holds: null,
  breaks: null,
});

/** Sends the alert of a run's end. */
const send = async (url: string, sentence = 'holds no stage') => {
  const told: string[] = [];
  const alerts = new Alerts(url, 'ramp', SESSION, (line) => told.push(line));
  const start = performance.now();
  await alerts.ended(verdict(sentence));
  return { told, seconds: (performance.now() - start) / 1000 };
};

describe('an alert', { concurrency: true }, () => {
  test('is escaped as Slack wants it', async (t) => {
    const { url, texts } = await receiver(t);
    assert.deepEqual((await send(url, 'a <b> & c')).told, []);
    assert.deepEqual(texts, ['Crescendo ramp: FAIL, a &lt;b&gt; &amp; c']);
  });
  test('holds no words of a log', async (t) => {
    const { url, texts } = await receiver(t);
    await send(url, 'k6 wrote no summary and ended with exit code 1: dial https://user:pw@chat\nmore');
    assert.deepEqual(texts, ['Crescendo ramp: FAIL, k6 wrote no summary and ended with exit code 1']);
  });
  test('that fails is one line without the address', async (t) => {
    const refusing = await receiver(t, (_, response) => response.writeHead(403).end());
    const dropping = await receiver(t, (request) => request.socket.destroy());
    const cases = [
      [refusing.url, /: the receiver answered with status 403 \(/],
      [dropping.url, /: the receiver can't be reached \(/],
      [`http://127.0.0.1:9/${SECRET}`, /: the receiver can't be reached \(/],
    ] as const;
    for (const [url, expected] of cases) {
      const { told } = await send(url);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', expected);
      assert.ok(!told.join().includes('SECRET'), told.join());
    }
  });
  test('does not follow a redirect', async (t) => {
    const elsewhere = await receiver(t);
    const { url } = await receiver(t, (_, response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    assert.match((await send(url)).told.join(), /status 307/);
    assert.deepEqual(elsewhere.texts, []);
  });
});

describe('ALERT_WEBHOOK', { concurrency: true }, () => {
  test('an alert is given up after 5 s', async (t) => {
    const { url } = await receiver(t, () => undefined);
    const { told, seconds } = await send(url);
    assert.deepEqual(told, ['The alert was not delivered: no reply within 5 s (ALERT_WEBHOOK).']);
    assert.ok(seconds > 4 && seconds < 10, `${seconds} s`);
  });

  test('is taken out of the settings', () => {
    assert.deepEqual(takeWebhook({ ALERT_WEBHOOK: ' http://a/b ', SEED: '1' }), {
      webhook: 'http://a/b',
      rest: { SEED: '1' },
    });
    assert.equal(takeWebhook({ ALERT_WEBHOOK: ' ' }).webhook, undefined);
    assert.equal('ALERT_WEBHOOK' in k6Environment({ ALERT_WEBHOOK: 'http://a/b' }), false);
    const config = readConfig(
      { ENCRYPTION: 'none', ALERT_WEBHOOK: `https://hooks.example.com/${SECRET}` },
      CHATBOT_SECTIONS,
    );
    assert.ok(!JSON.stringify(config).includes('SECRET'));
  });
  test('that is no address is refused without being shown', () => {
    for (const wrong of [SECRET, `ftp://a/${SECRET}`, `https://user:SECRET@a/`, `https://a b/${SECRET}`]) {
      const texts = problems(() =>
        readConfig({ ENCRYPTION: 'none', ALERT_WEBHOOK: wrong }, CHATBOT_SECTIONS),
      );
      assert.equal(texts.length, 1, wrong);
      assert.match(texts[0] ?? '', /^ALERT_WEBHOOK is wrong: it must be an http:\/\/ or https:\/\/ address/);
      assert.ok(!texts.join().includes('SECRET'));
    }
  });

  test('a run tells of the first break and of its end; k6 and the files never see the address', async (t) => {
    const here = folder(t);
    const target = await quickTarget(t, { firstChunkMs: 100 });
    const { url, texts } = await receiver(t);
    writeFileSync(join(here, 'limits.json'), '{"target": {"answer_latency": ["p(95)<50"]}}');
    writeFileSync(join(here, '.env'), `ALERT_WEBHOOK=${url}\n`);
    const settings = [
      'RAMP_START_SESSIONS=2',
      'RAMP_INCREMENT=2',
      'RAMP_MAX_SESSIONS=4',
      'RAMP_INTERVAL_SECONDS=5',
    ];
    const more = [...settings, 'QUESTIONS=MED1060:2', 'THRESHOLDS_FILE=limits.json'].flatMap((text) => [
      '-e',
      text,
    ]);
    const env = { ...settingsFor(target), K6: k6Path() };
    const { exitCode, stdout, stderr } = await crescendo(['run', 'ramp', ...more], { folder: here, env });
    assert.equal(exitCode, 99, stdout + stderr);
    assert.equal(texts.length, 2, texts.join('\n'));
    assert.match(
      texts[0] ?? '',
      /^Crescendo ramp: first break in stage 1, 2 sessions: answer p95 [\d.]+ m?s, limit 50 ms\. The run goes on\.$/,
    );
    assert.match(
      texts[1] ?? '',
      /^Crescendo ramp: FAIL, holds no stage, breaks at 2 \(stage 1\): answer p95/,
    );
    const [name = ''] = readdirSync(join(here, 'reports'));
    for (const file of readdirSync(join(here, 'reports', name)))
      assert.ok(!readFileSync(join(here, 'reports', name, file), 'utf8').includes('SECRET'), file);
    assert.ok(!`${stdout}${stderr}`.includes('SECRET'));
  });

  test('a receiver that fails changes neither verdict nor exit code', async (t) => {
    const here = folder(t);
    const target = await quickTarget(t);
    const env = { ...settingsFor(target), K6: k6Path(), ALERT_WEBHOOK: `http://127.0.0.1:9/${SECRET}` };
    const args = ['run', 'burst', '-e', 'NUM_SESSIONS=2', '-e', 'QUESTIONS=MED1060:2'];
    const { exitCode, stdout, stderr } = await crescendo(args, { folder: here, env });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.equal(stderr, "The alert was not delivered: the receiver can't be reached (ALERT_WEBHOOK).\n");
  });
});
