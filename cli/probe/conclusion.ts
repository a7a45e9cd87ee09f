/** What a protocol file for a probed back end needs, as far as it was seen. Pure. */
import { isPlainObject } from '../../lib/words/jsonFields.ts';
import { plural } from '../../lib/words/plural.ts';
import { duration } from '../../report/text/words.ts';
import { WIDTH, wrap } from '../../report/text/wrap.ts';
import { closeWords } from './closeCodes.ts';
import type { Dialect, DialectFile, Seen } from './dialects/dialect.ts';
import { endMarksOf, idFieldsOf, sequenceFieldsOf, textFieldsOf } from './fields/fieldRoles.ts';
import { saidByServer, textsOfOurs, type Conversation, type Said } from './frames.ts';
import { leavesOf, type Leaves } from './fields/leaves.ts';
import { payloadOf, type Form } from './dialects/payload.ts';
import { formsOf, messagesOf, recognise } from './dialects/recognise.ts';
import { rhythmOf } from './rhythm.ts';
import { typeFieldOf, type TypeField } from './fields/typeField.ts';
import { mqttRefusal } from './dialects/wireDialects.ts';

/** Columns before what is said. */
const INDENT = 12;
const MOST_TYPES = 15;
const PING_TYPE = /(^|[._:/-])(ping|heartbeat|keep-?alive|ka)$/i;

type Line = readonly [name: string, text: string];

/** The conclusion in lines; `hide` takes secrets out of them. */
export function conclusionOf(conversation: Conversation, hide: (text: string) => string): string[] {
  const said = saidByServer(conversation.frames);
  const lines = [...linesOf(conversation, said), closeLine(conversation)];
  return [headOf(conversation, said), ...lines.flatMap((line) => laidOut(line, hide))];
}

function headOf({ openedAt, endedAt, notKept }: Conversation, said: readonly Said[]): string {
  const kept = notKept === 0 ? '' : ` (${notKept} more were not looked at)`;
  return `what a protocol file needs, as ${duration(endedAt - openedAt)} and ${plural(said.length, 'message')} of the server show it${kept}:`;
}

function laidOut([name, text]: Line, hide: (text: string) => string): string[] {
  return wrap(hide(text), WIDTH - INDENT).map((line, index) => {
    const start = index === 0 ? ` ${name}` : '';
    return start.padEnd(INDENT) + line;
  });
}

function linesOf(conversation: Conversation, said: readonly Said[]): Line[] {
  const seen = seenOf(conversation, said);
  const dialects = recognise(seen);
  const basics: Line[] = [
    ['frames', framesText(said, seen)],
    ...dialectLines(said, seen, dialects),
    ['first word', firstWordText(conversation, said)],
  ];
  const messages = messagesOf(seen, dialects).filter(isPlainObject).map(leavesOf);
  const type = typeFieldOf(messages);
  const pings: Line = ['pings', pingsText(conversation, said, dialects, type)];
  if (messages.length === 0) return [...basics, pings];
  const ours = messagesOf({ ...seen, texts: seen.ours }, dialects).map(leavesOf);
  return [...basics, pings, ...fieldLines(messages, ours, type)];
}

function seenOf({ frames, subprotocol }: Conversation, said: readonly Said[]): Seen {
  return {
    texts: said.flatMap(({ text }) => (text === undefined ? [] : [text])),
    binaries: said.filter(({ text }) => text === undefined).map(({ bytes }) => bytes),
    ours: textsOfOurs(frames),
    subprotocol,
  };
}

const FORMS: Readonly<Record<Form, string>> = {
  one: 'of JSON, one value each (read)',
  several: 'of JSON, several values or with a separator (readFrame)',
  list: 'a list of JSON objects (readFrame)',
  prefixed: 'of JSON behind other characters (readFrame)',
  none: 'of text that is no JSON (readFrame)',
};

function framesText(said: readonly Said[], seen: Seen): string {
  if (said.length === 0) return 'none came, so nothing can be said of them';
  const forms = [...formsOf(seen)].map(([form, count]) => `${count} ${FORMS[form]}`);
  const inBinary = said.filter(({ isBinary, text }) => isBinary && text !== undefined).length;
  const [first] = seen.binaries;
  return [
    ...forms,
    ...(inBinary > 0 ? [`${plural(inBinary, 'text')} came in a binary frame (readFrame)`] : []),
    ...(first === undefined ? [] : [`${seen.binaries.length} binary without text (readFrame)`]),
  ].join('; ');
}

function dialectLines(said: readonly Said[], seen: Seen, dialects: readonly Dialect[]): Line[] {
  const [firstBinary] = seen.binaries;
  const refusal = firstBinary === undefined ? undefined : mqttRefusal(firstBinary);
  const lines = dialects.flatMap(({ name, advice, file }): Line[] => [
    ['dialect', `seems ${name}: ${advice}`],
    ...(file === undefined ? [] : fileLines(file)),
  ]);
  if (refusal !== undefined) lines.push(['', refusal]);
  return lines.length > 0 || said.length === 0 ? lines : [['dialect', unknownText(seen)]];
}

function fileLines({ code, page }: DialectFile): Line[] {
  const ships = `a file for it ships: systems/chatbot/dialects/${code}, see docs/dialects/${page}.md; to begin with it:`;
  return [
    ['', ships],
    ['', `crescendo new my-chat --dialect ${page}`],
  ];
}

function unknownText({ texts, binaries }: Seen): string {
  const forms = new Set(texts.map((text) => payloadOf(text).form));
  if (binaries.length > 0 && texts.length === 0)
    return `binary of no kind that is known here${compressed(binaries)}`;
  if (forms.size === 1 && forms.has('none')) return 'plain text of no kind that is known here';
  return 'none that is known here: messages of its own';
}

/** The first bytes tell gzip and zlib. */
function compressed(binaries: readonly Buffer[]): string {
  const isZip = ([first, second = 0]: Buffer) =>
    (first === 0x1f && second === 0x8b) || (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second));
  return binaries.every(isZip) ? ', seems compressed (gzip or zlib)' : '';
}

function firstWordText({ frames, openedAt }: Conversation, said: readonly Said[]): string {
  const ours = frames.find(({ by, kind }) => by === 'us' && (kind === 'text' || kind === 'binary'));
  const [first] = said;
  if (first === undefined && ours === undefined)
    return 'nobody spoke: it seems to wait for a first message, which --send says';
  if (first === undefined) return 'ours, and the server said nothing to it';
  const after = duration(first.at - openedAt);
  if (ours === undefined || first.at < ours.at)
    return `the server's, ${after} after opening: awaitsReady, if it means that questions may be asked`;
  return `ours; the server's first came ${after} after opening (whether it speaks by itself shows when nothing is sent)`;
}

function pingsText(
  { frames }: Conversation,
  said: readonly Said[],
  dialects: readonly Dialect[],
  type: TypeField | undefined,
): string {
  const pings = frames.filter(({ by, kind }) => by === 'server' && kind === 'ping').map(({ at }) => at);
  const isPing = dialects.find((dialect) => dialect.isPing !== undefined)?.isPing ?? isPingOfType(type);
  const messages = said.filter(({ text }) => text !== undefined && isPing(text)).map(({ at }) => at);
  const texts = [
    ...(pings.length > 0 ? [`of WebSocket ${rhythmOf(pings)}, which k6 answers by itself`] : []),
    ...(messages.length > 0 ? [`as a message ${rhythmOf(messages)}: ignored, or a reply`] : []),
  ];
  return texts.length > 0 ? texts.join('; ') : 'none came in this time';
}

function isPingOfType(type: TypeField | undefined): (text: string) => boolean {
  const path = type?.path;
  return (text) =>
    path !== undefined &&
    payloadOf(text).values.some((value) => PING_TYPE.test(String(leavesOf(value).get(path) ?? '')));
}

function fieldLines(
  messages: readonly Leaves[],
  ours: readonly Leaves[],
  type: TypeField | undefined,
): Line[] {
  const withTypes = (path: string) => path + typesWith(messages, path, type);
  const ids = idFieldsOf(messages, ours).map(({ path, ofOurs }) =>
    ofOurs === undefined ? withTypes(path) : `${withTypes(path)}, which gives back ${ofOurs} of ours`,
  );
  const ends = endMarksOf(messages, type).map(({ path, value }) => `${path} = ${value}`);
  return [
    ['type', typeText(type)],
    ['id', seems(ids, 'no field looks like one: withoutIds, if answers carry none')],
    ['number', seems(sequenceFieldsOf(messages).map(withTypes), 'no field counts messages: seq is null')],
    ['text', seems(textFieldsOf(messages, type).map(withTypes), 'no field looks like text for people')],
    ['end', seems(ends, 'no mark of an end was seen')],
  ];
}

/** ` (of part, end)`: the types of the messages that have a field. */
function typesWith(messages: readonly Leaves[], path: string, type: TypeField | undefined): string {
  if (type === undefined) return '';
  const types = messages
    .filter((leaves) => leaves.has(path))
    .map((leaves) => String(leaves.get(type.path) ?? 'none'));
  const different = [...new Set(types)];
  if (different.length === type.counts.size) return '';
  const most = 3;
  return ` (of ${different.slice(0, most).join(', ')}${different.length > most ? ' …' : ''})`;
}

function seems(what: readonly string[], otherwise: string): string {
  return what.length > 0 ? `seems ${what.join(', ')}` : otherwise;
}

function typeText(type: TypeField | undefined): string {
  if (type === undefined) return 'no field seems to tell it, in so many messages';
  const counts = [...type.counts].map(([value, count]) => `${value} ${count}×`);
  const more = counts.length > MOST_TYPES ? `, and ${counts.length - MOST_TYPES} more values` : '';
  return `seems ${type.path}: ${counts.slice(0, MOST_TYPES).join(', ')}${more}`;
}

function closeLine({ ending }: Conversation): Line {
  if (ending.how !== 'closed') return ['close', 'the server did not answer our close within 2 s'];
  if (ending.code === 1006) return ['close', 'the connection was lost without a close frame'];
  if (ending.by === 'us') return ['close', `none of the server's; it answered ours with ${ending.code}`];
  return ['close', `by the server: ${closeWords(ending.code, ending.reason)}`];
}
