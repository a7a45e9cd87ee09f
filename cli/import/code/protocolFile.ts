/** A protocol file in TypeScript, of its members. Pure. */
import { wrap } from '../../../report/text/wrap.ts';
import type { Notes } from './notes.ts';
import type { Member } from './steps.ts';

/** What stands around the members. */
export interface Frame {
  /** The comment at its beginning. */
  title: string;
  /** The way to Crescendo's folder, with a slash at its end. */
  up: string;
  /** Variables that last from one member to another. */
  state: readonly string[];
  /** Members that come ready-made, such as `...socketIo({…})`; empty: none do. */
  spread: string;
  /** Whether the settings of paths and names reach it. */
  takesSettings: boolean;
}

const COLUMNS = 105;
const FIELDS = ['idField', 'isRecord', 'jsonIn', 'numberField', 'textField', 'valueAt'];

/** The file, not laid out yet. */
export function protocolText(frame: Frame, members: readonly Member[], notes: Notes): string {
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
  const parameter = frame.takesSettings ? 'settings: ChatbotSettings' : '';
  const start = `export const protocol = (${parameter}): ChatProtocol => `;
  const object = `{\n${body.join('\n')}\n}`;
  const main =
    frame.state.length === 0
      ? `${start}(${object});`
      : `${start}{\n${frame.state.join('\n')}\n\nreturn ${object};\n};`;
  const own = main.includes("own('") ? OWN : '';
  return `${[...comments([frame.title]), ...importsOf(frame, main)].join('\n')}\n\n${own}${main}\n`;
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

/** A setting of this file's own that must be there. */
const OWN = `/** A setting of this back end; see .env. */
function own(name: string): string {
  const value = __ENV[name] ?? '';
  if (value === '') throw new Error(\`\${name} is not set: put it into .env, or into the environment.\`);
  return value;
}

`;

function comments(texts: readonly string[]): string[] {
  return texts.flatMap((text) => wrap(text, COLUMNS).map((line) => `// ${line}`));
}

function importsOf({ up, takesSettings, spread }: Frame, code: string): string[] {
  const fields = FIELDS.filter((name) => code.includes(`${name}(`));
  const systems = `${up}systems/chatbot`;
  return [
    ...(fields.length === 0 ? [] : [`import { ${fields.join(', ')} } from '${up}lib/words/jsonFields.ts';`]),
    `import type { ChatProtocol${code.includes('ServerMessage') ? ', ServerMessage' : ''} } from '${systems}/dialect.ts';`,
    ...(spread.startsWith('socketIo') ? [`import { socketIo } from '${systems}/dialects/socketIo.ts';`] : []),
    ...(takesSettings
      ? [
          `import { chatbot } from '${systems}/protocol.ts';`,
          `import type { ChatbotSettings } from '${systems}/protocolSettings.ts';`,
        ]
      : []),
  ];
}
