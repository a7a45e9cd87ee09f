/** A protocol file in TypeScript, of its members. Pure. */
import { wrap } from '../../../report/text/wrap.ts';
import { plain } from '../../../lib/words/plain.ts';
import type { OwnSetting } from '../chain/ownSettings.ts';
import type { Notes } from './notes.ts';
import type { Member } from './steps.ts';
import { quoted } from './term.ts';

/** What stands around the members. */
export interface Frame {
  /** Variables that last from one member to another. */
  state: readonly string[];
  /** Members that come ready-made, such as `...socketIo({…})`; empty: none do. */
  spread: string;
  /** Whether the settings of paths and names reach it. */
  takesSettings: boolean;
}

/** What stands around them in every import. */
export interface Surroundings {
  /** The comment at its beginning. */
  title: string;
  /** The way to Crescendo's folder, with a slash at its end. */
  up: string;
  own: readonly OwnSetting[];
}

const COLUMNS = 105;
const FIELDS = ['idField', 'isRecord', 'jsonIn', 'numberField', 'textField', 'valueAt'];

/** The file, not laid out yet. */
export function protocolText(
  frame: Frame,
  { own, ...around }: Surroundings,
  members: readonly Member[],
  notes: Notes,
): string {
  const parts = [
    ...members.map(({ name, code }) => ({ name, text: `${name}: ${code},` })),
    ...(frame.spread === '' ? [] : [{ name: 'spread', text: `...${frame.spread},` }]),
  ].sort((one, other) => order(one.name) - order(other.name));
  const body = parts.map(({ name, text }, index) =>
    [
      ...(index > 0 && BEGINS_GROUP.includes(name) ? [''] : []),
      ...comments([name, ...(name === 'readFrame' ? ['read'] : [])].flatMap((one) => notes.commentsOf(one))),
      text,
    ].join('\n'),
  );
  const start = `export const protocol = (${parametersOf(frame, own)}): ChatProtocol => `;
  const object = `{\n${body.join('\n')}\n}`;
  const main =
    frame.state.length === 0
      ? `${start}(${object});`
      : `${start}{\n${frame.state.join('\n')}\n\nreturn ${object};\n};`;
  const head = [...comments([around.title]), ...importsOf(frame, around.up, own, main)];
  return `${head.join('\n')}\n\n${settingsText(own)}${main}\n`;
}

function parametersOf({ takesSettings }: Frame, own: readonly OwnSetting[]): string {
  const settings = takesSettings ? 'settings: ChatbotSettings' : '';
  if (own.length === 0) return settings;
  const names = own.map(({ variable }) => variable).join(', ');
  return `${settings || '_settings: ChatbotSettings'}, { ${names} }: Values<typeof SETTINGS>`;
}

/** What the script hands on as its own settings. */
function settingsText(own: readonly OwnSetting[]): string {
  if (own.length === 0) return '';
  const entries = own.map(
    ({ name, variable, is }) =>
      `${variable}: { kind: 'text', env: ${quoted(name)}, needed: true, meaning: ${quoted(plain(is))}, shapes: 'nothing', inFiles: 'masked' },`,
  );
  return `/** Settings of its own; see .env. */\nexport const SETTINGS = {\n${entries.join('\n')}\n} as const satisfies ScriptSettings;\n\n`;
}

/** Before these stands an empty line, as the examples have it. */
const BEGINS_GROUP = ['createSession', 'deleteSession', 'socket', 'question'];

const ORDER = [
  ...['requestToken', 'readToken', 'createSession', 'readSession', 'deleteSession'],
  ...['spread', 'socket', 'begin', 'hello', 'awaitsReady', 'heartbeat'],
  ...['countedIds', 'withoutIds', 'question', 'read', 'readFrame', 'goodbye'],
];

function order(name: string): number {
  return ORDER.indexOf(name);
}

function comments(texts: readonly string[]): string[] {
  return texts.flatMap((text) => wrap(text, COLUMNS).map((line) => `// ${line}`));
}

function importsOf(
  { takesSettings, spread }: Frame,
  up: string,
  own: readonly OwnSetting[],
  code: string,
): string[] {
  const fields = FIELDS.filter((name) => code.includes(`${name}(`));
  const systems = `${up}systems/chatbot`;
  return [
    ...(fields.length === 0 ? [] : [`import { ${fields.join(', ')} } from '${up}lib/words/jsonFields.ts';`]),
    ...(own.length === 0
      ? []
      : [`import type { ScriptSettings, Values } from '${up}lib/words/sections.ts';`]),
    `import type { ChatProtocol${code.includes('ServerMessage') ? ', ServerMessage' : ''} } from '${systems}/dialect.ts';`,
    ...(spread.startsWith('socketIo') ? [`import { socketIo } from '${systems}/dialects/socketIo.ts';`] : []),
    ...(takesSettings ? [`import { chatbot } from '${systems}/protocol.ts';`] : []),
    ...(takesSettings || own.length > 0
      ? [`import type { ChatbotSettings } from '${systems}/protocolSettings.ts';`]
      : []),
  ];
}
