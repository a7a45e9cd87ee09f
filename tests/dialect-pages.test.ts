// Has each dialect that ships a page, and does the page say what its file, its script and the probe say?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readDialectPage } from '../cli/new/dialectPage.ts';
import { shippedDialects } from '../cli/new/shippedDialects.ts';
import { DIALECTS } from '../cli/probe/dialects/recognise.ts';
import { ROOT } from './support/bundle.ts';
import { shippedFiles } from './support/dialects/shipped.ts';
import { readPage } from './support/markdownPage.ts';

const MOST_LINES = 60;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const FILES = shippedFiles();
const PAGES = shippedDialects();

/** `signalr` is the page of `signalR`, `socket-io` that of `socketIo`. */
const isPageOf = (page: string, file: string): boolean => page.replaceAll('-', '') === file.toLowerCase();
const pageOf = (file: string): string => PAGES.find((page) => isPageOf(page, file)) ?? '';

test('each dialect has a page, each page a dialect, and a helper none', () => {
  assert.ok(FILES.length >= 4, String(FILES.length));
  assert.ok(!FILES.some(({ name }) => name === 'partOf'));
  assert.deepEqual(
    FILES.filter(({ name }) => pageOf(name) === '').map(({ name }) => name),
    [],
    'these files of systems/chatbot/dialects/ have no page in docs/dialects/',
  );
  assert.deepEqual(
    PAGES.filter((page) => !FILES.some(({ name }) => isPageOf(page, name))),
    [],
    'these pages of docs/dialects/ have no file in systems/chatbot/dialects/',
  );
});

test('your-own-back-end.md leads to each page', () => {
  const { links } = readPage(read('docs/your-own-back-end.md'));
  for (const page of PAGES) assert.ok(links.includes(`dialects/${page}.md`), page);
});

test('the probe names each file that ships for sockets, and no other', () => {
  const named = DIALECTS.flatMap(({ file }) => (file === undefined ? [] : [file]));
  for (const { code, page } of named) {
    assert.ok(existsSync(join(ROOT, 'systems/chatbot/dialects', code)), code);
    assert.equal(page, pageOf(code.replace(/\.ts$/, '')), code);
  }
  for (const { name } of FILES.filter(({ protocol }) => protocol === 'ChatProtocol'))
    assert.ok(
      named.some(({ code }) => code === `${name}.ts`),
      `no dialect of cli/probe/dialects/ has the file ${name}.ts`,
    );
});

for (const { name, words } of FILES)
  describe(`the page of ${name}.ts`, () => {
    const path = `docs/dialects/${pageOf(name)}.md`;
    const text = pageOf(name) === '' ? '' : read(path);
    const page = readDialectPage(text);

    test('is short', () => {
      const lines = text.split('\n').length - 1;
      assert.ok(lines <= MOST_LINES, `${path} has ${lines} lines`);
    });

    test('has an example that its script has, too', () => {
      const script = read(`tests/k6/${name}.ts`);
      const { imports, code } = page;
      assert.match(code, /^const protocol = /m, `the example of ${path} must make "const protocol"`);
      assert.ok(
        imports.some((line) => line.includes(`/dialects/${name}.ts'`)),
        `the example of ${path} must import what it uses`,
      );
      assert.ok(script.includes(`\n${code}\n`), `tests/k6/${name}.ts lacks the example of ${path}`);
    });

    test('has a table of its words, and of no others', () =>
      assert.deepEqual([...page.words.keys()].sort(), [...words].sort(), path));
  });

test('a page is read as it was meant', () => {
  const page = readDialectPage(
    [
      '# A title\n\n| other | a |\n| ----- | - |\n| `no`  | b |\n\n```sh\nls\n```\n\n',
      "```ts\nimport { a } from './a.ts';\n\nconst one = 1;\n\nconst protocol = () => a();\n```\n\n",
      '| word   | what | left out |\n| ------ | ---- | --- |\n| `path` | a `b` \\| [c](d.md) | `/` |\n| `auth` | e    | none |\n\n',
      '| word | what |\n| ---- | ---- |\n| `no` | f    |\n',
    ].join(''),
  );
  assert.deepEqual(page, {
    title: 'A title',
    imports: ["import { a } from './a.ts';"],
    code: 'const one = 1;\n\nconst protocol = () => a();',
    words: new Map([
      ['path', 'a `b` | c; left out: `/`'],
      ['auth', 'e; left out: none'],
    ]),
  });
});
