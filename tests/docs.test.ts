// Do the pages say what vocabularies, settings and limits say, do their links lead somewhere, and is nothing left out?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { format, resolveConfig } from 'prettier';
import { COMMON } from '../lib/before/settings/common.ts';
import { PHASES } from '../lib/before/settings/phases.ts';
import { HOUSE_METRICS } from '../lib/vocabulary/houseMetrics.ts';
import type { Section } from '../lib/words/sections.ts';
import type { Vocabulary } from '../lib/vocabulary/vocabulary.ts';
import { AGENTS_SECTIONS } from '../systems/agents/settings.ts';
import { AGENTS_WORDS } from '../systems/agents/words.ts';
import { CHAT_SECTIONS } from '../systems/assistant/chat/chatSettings.ts';
import { CHAT_WORDS } from '../systems/assistant/chat/chatWords.ts';
import { HOSTS_SECTIONS } from '../systems/assistant/hosts/hostsSettings.ts';
import { HOSTS_WORDS } from '../systems/assistant/hosts/hostsWords.ts';
import { MIXED_SECTIONS } from '../systems/assistant/mixed/mixedSettings.ts';
import { MIXED_WORDS } from '../systems/assistant/mixed/mixedWords.ts';
import { REDIS_SECTIONS } from '../systems/assistant/redis/redisSettings.ts';
import { REDIS_WORDS } from '../systems/assistant/redis/redisWords.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { TURN_SECTIONS } from '../systems/chatbot/turns/turnSettings.ts';
import { TURN_WORDS } from '../systems/chatbot/turns/turnWords.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { API_SECTIONS } from '../systems/graph/api/apiSettings.ts';
import { API_WORDS } from '../systems/graph/api/apiWords.ts';
import { BROADCAST_SECTIONS } from '../systems/graph/broadcast/broadcastSettings.ts';
import { BROADCAST_WORDS } from '../systems/graph/broadcast/broadcastWords.ts';
import { CONNECTIONS_SECTIONS } from '../systems/graph/connections/connectionsSettings.ts';
import { CONNECTIONS_WORDS } from '../systems/graph/connections/connectionsWords.ts';
import { RECONNECT_SECTIONS } from '../systems/graph/reconnect/reconnectSettings.ts';
import { RECONNECT_WORDS } from '../systems/graph/reconnect/reconnectWords.ts';
import { MESSAGES_SECTIONS } from '../systems/messaging/api/messagesSettings.ts';
import { MESSAGES_WORDS } from '../systems/messaging/api/messagesWords.ts';
import { UPLOAD_SECTIONS } from '../systems/messaging/upload/uploadSettings.ts';
import { UPLOAD_WORDS } from '../systems/messaging/upload/uploadWords.ts';
import { NOTIFICATIONS_SECTIONS } from '../systems/messaging/notifications/notificationsSettings.ts';
import { NOTIFICATIONS_WORDS } from '../systems/messaging/notifications/notificationsWords.ts';
import { ROOT } from './support/bundle.ts';
import { readPage } from './support/markdownPage.ts';
import { settingsTable } from './support/settingsTable.ts';
import {
  classesTable,
  columnsTable,
  familiesTable,
  limitsTable,
  metricsTable,
  operationsTable,
  phasesTable,
  reasonsTable,
} from './support/vocabularyTables.ts';

/** A line a vocabulary; `script`: the one that it is of, where a system has several. */
const SYSTEMS: readonly [page: string, words: Vocabulary, sections: readonly Section[], script?: string][] = [
  ['docs/chatbot.md', CHATBOT_WORDS, CHATBOT_SECTIONS],
  ['docs/turns.md', TURN_WORDS, TURN_SECTIONS],
  ['docs/agents.md', AGENTS_WORDS, AGENTS_SECTIONS],
  ['docs/graph.md', CONNECTIONS_WORDS, CONNECTIONS_SECTIONS, 'connections'],
  ['docs/graph.md', BROADCAST_WORDS, BROADCAST_SECTIONS, 'broadcast'],
  ['docs/graph.md', RECONNECT_WORDS, RECONNECT_SECTIONS, 'reconnect'],
  ['docs/graph.md', API_WORDS, API_SECTIONS, 'graph-api'],
  ['docs/messaging.md', MESSAGES_WORDS, MESSAGES_SECTIONS, 'messages-api'],
  ['docs/messaging.md', UPLOAD_WORDS, UPLOAD_SECTIONS, 'upload'],
  ['docs/messaging.md', NOTIFICATIONS_WORDS, NOTIFICATIONS_SECTIONS, 'notifications'],
  ['docs/assistant.md', CHAT_WORDS, CHAT_SECTIONS, 'chat-http'],
  ['docs/assistant.md', REDIS_WORDS, REDIS_SECTIONS, 'redis'],
  ['docs/assistant.md', MIXED_WORDS, MIXED_SECTIONS, 'mixed-io'],
  ['docs/assistant.md', HOSTS_WORDS, HOSTS_SECTIONS, 'hosts'],
];

/** The sections of settings that are no system's own. */
const OF_HOUSE: readonly Section[] = [...COMMON, PHASES];

const pagesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

const MAIN_PAGES = pagesIn('docs');
const PAGES = ['README.md', ...MAIN_PAGES, ...pagesIn('docs/dialects')];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The page must have the table under this heading, as Prettier writes it. */
async function assertTable(page: string, heading: string, table: string): Promise<void> {
  const style = await resolveConfig(join(ROOT, page));
  const written = await format(table, { ...style, parser: 'markdown' });
  const [, text = ''] = read(page).split(`\n## ${heading}\n`);
  const [part = ''] = text.split('\n## ');
  assert.ok(
    `\n${part}\n`.includes(`\n\n${written}`),
    `${page} must have this table under "${heading}":\n${written}`,
  );
}

for (const [page, words, sections, script] of SYSTEMS) {
  const of = script === undefined ? '' : ` of ${script}`;
  const tables: [heading: string, table: string][] = [
    [`Settings${of}`, settingsTable(sections.filter((own) => !OF_HOUSE.includes(own)))],
    ['Limits', limitsTable(words)],
    [`Operations${of}`, operationsTable(words)],
    [`Table of stages${of}`, columnsTable(words)],
    [`Metrics${of}`, metricsTable(words.metrics)],
    [`Failures${of}`, phasesTable(words)],
    ...(words.reasons === undefined ? [] : [[`Failures${of}`, reasonsTable(words)] as [string, string]]),
  ];
  describe(`${page}${of}`, () => {
    for (const [index, [heading, table]] of tables.entries())
      test(`table ${index + 1}: ${heading}`, () => assertTable(page, heading, table));
  });
}

describe('what every system has', () => {
  for (const section of OF_HOUSE)
    test(`settings: ${section.title}`, () =>
      assertTable('docs/settings.md', section.title, settingsTable([section])));

  test('metrics', () =>
    assertTable('docs/metrics.md', 'Metrics of every script', metricsTable(HOUSE_METRICS)));
  test('families of failures', () => assertTable('docs/failures.md', 'Families', familiesTable()));
  test('classes of failures', () => assertTable('docs/failures.md', 'Classes', classesTable()));

  test('metrics of an outage', () => {
    const names = [...read('lib/vu/metrics.ts').matchAll(/(?:trend|rate|counter)\('(\w+)'/g)].map(
      ([, name = '']) => name,
    );
    assert.ok(names.length > 4, names.join());
    const page = read('docs/plans.md');
    for (const name of names) assert.ok(page.includes(`\`${name}\``), `docs/plans.md lacks ${name}`);
  });
});

test('each system has a page of its name', () => {
  // Chats over HTTP are the chatbot's, with words of their own.
  const systems = [...readdirSync(join(ROOT, 'systems')), 'turns'];
  const pages = [...new Set(SYSTEMS.map(([page]) => page))];
  assert.deepEqual(pages.sort(), systems.map((name) => `docs/${name}.md`).sort());
  for (const [page, { system }] of SYSTEMS) assert.equal(page, `docs/${system}.md`);
});

describe('links and paths', () => {
  for (const path of [...PAGES, 'CHANGELOG.md']) {
    test(`${path}: links lead to a file, and to a heading of it`, () => {
      for (const link of readPage(read(path)).links) {
        if (/^[a-z]+:/.test(link)) continue;
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        assert.ok(existsSync(join(ROOT, target)), `${link}: there is no ${target}`);
        if (anchor === undefined) continue;
        assert.ok(readPage(read(target)).anchors.includes(anchor), `${link}: ${target} has no such heading`);
      }
    });

    test(`${path}: what looks like a file of ours is one`, () => {
      const isOurs =
        /^(bench|build|cli|data|deploy|docs|examples|lib|report|schema|scripts|systems|target|tests|thresholds)\//;
      for (const code of readPage(read(path)).codes)
        if (isOurs.test(code) && !/[\s<…*]/.test(code))
          assert.ok(existsSync(join(ROOT, code)), `there is no ${code}`);
    });
  }

  test('the README leads to every page but those of dialects, to which another leads', () => {
    const { links } = readPage(read('README.md'));
    assert.deepEqual(
      MAIN_PAGES.filter((path) => !links.includes(path)),
      [],
    );
  });

  test('the README stays short', () => {
    const lines = read('README.md').split('\n').length;
    assert.ok(lines < 250, `${lines} lines`);
  });

  test('scripts of npm that pages name are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const path of PAGES)
      for (const [, name = ''] of read(path).matchAll(/\bnpm run ([\w:-]+)/g))
        assert.ok(Object.hasOwn(scripts, name), `${path}: npm run ${name}`);
  });

  test('this test sees them', () => {
    const page = readPage(
      '# A `b` (c): d\n\n[x](y.md#z) ![p](q.png) `lib/a.ts`\n\n```sh\n[no](n)\n```\n\n# A b c d\n',
    );
    assert.deepEqual(page, {
      anchors: ['a-b-c-d', 'a-b-c-d-1'],
      links: ['y.md#z', 'q.png'],
      codes: ['b', 'lib/a.ts'],
    });
  });
});
