/** The code that reads what the server says: a case for each kind of message. Pure. */
import { plural } from '../../../lib/words/plural.ts';
import type { Group } from '../talk/groups.ts';
import type { Heard, Kind } from '../talk/kinds.ts';
import type { Access } from './access.ts';
import { quoted, termCode } from './term.ts';

/** What else a case needs: the code of an answer to a ping, by the kind that asks for it. */
export type ReplyCode = (kind: Kind) => string;

/** The statements of `read`, in lines. `type`: the code of the field that tells the type; `undefined`: there is none. */
export function readLines(
  heard: Heard,
  access: Access,
  type: string | undefined,
  reply: ReplyCode,
): string[] {
  const id = mainId(heard, access);
  const rules = type === undefined ? ifLines(heard, access, reply) : caseLines(heard, access, type, reply);
  return [...(id === undefined ? [] : [`const id = ${id} ?? null;`]), ...rules];
}

/** The code of the id that most answers have; `undefined`: none has one. */
function mainId(heard: Heard, access: Access): string | undefined {
  const path = mainIdPath(heard);
  return path === undefined ? undefined : idCode(path, heard, access);
}

function mainIdPath({ kinds, id }: Heard): string | undefined {
  const paths = kinds.filter(({ role }) => isOfQuestion(role)).flatMap(({ idPath }) => idPath ?? []);
  return paths.find((path) => path === id?.theirs) ?? paths[0];
}

const isOfQuestion = (role: Kind['role']) => role === 'part' || role === 'end' || role === 'error';

function idCode(path: string, heard: Heard, access: Access): string {
  const isNumber = heard.kinds.some(({ group }) =>
    group.messages.some(({ leaves }) => typeof leaves.get(path) === 'number'),
  );
  return isNumber ? access.id(path) : access.text(path);
}

function caseLines(heard: Heard, access: Access, type: string, reply: ReplyCode): string[] {
  const order: readonly Kind['role'][] = [
    'part',
    'end',
    'error',
    'ready',
    'reply',
    'pong',
    'push',
    'ignored',
  ];
  const kinds = [...heard.kinds]
    .filter(({ group }) => group.type !== '')
    .sort((one, other) => order.indexOf(one.role) - order.indexOf(other.role));
  const cases = kinds.flatMap((kind, index) => {
    const code = messageCode(kind, heard, access, reply);
    const next = kinds[index + 1];
    const isShared = next !== undefined && messageCode(next, heard, access, reply) === code;
    const start = [...commentsOf(kind), `case ${labelOf(kind.group, heard)}:`];
    return isShared ? start : [...start, `return ${code};`];
  });
  return [
    `switch (${type}) {`,
    ...cases,
    ...withoutError(heard),
    'default:',
    "return { type: 'unknown' };",
    '}',
  ];
}

function labelOf({ messages }: Group, { typePath = '' }: Heard): string {
  return termCode(messages[0]?.leaves.get(typePath) ?? '');
}

function commentsOf({ role, group: { messages } }: Kind): string[] {
  if (role === 'push')
    return [`// Came by itself, ${messages.length === 1 ? 'once' : plural(messages.length, 'time')}.`];
  return [];
}

function withoutError({ kinds }: Heard): string[] {
  return kinds.some(({ role }) => role === 'error')
    ? []
    : [
        "// No refusal was recorded. What the back end says then is { type: 'error', id }; id null: of whatever is open.",
      ];
}

/** Kinds are told apart by a field that only one has; what is left is the last kind. */
function ifLines(heard: Heard, access: Access, reply: ReplyCode): string[] {
  const answers = heard.kinds.filter(({ role }) => role === 'part');
  const others = heard.kinds.filter(({ role }) => role !== 'part');
  const tests = [...others, ...answers].flatMap((kind) => {
    const field = ownField(kind, heard.kinds);
    return field === undefined
      ? []
      : [`if (${quoted(field)} in message) return ${messageCode(kind, heard, access, reply)};`];
  });
  const rest = [...answers, ...others].find((kind) => ownField(kind, heard.kinds) === undefined);
  const last = rest === undefined ? "{ type: 'unknown' }" : messageCode(rest, heard, access, reply);
  return [...tests, ...withoutError(heard), `return ${last};`];
}

function ownField({ group }: Kind, kinds: readonly Kind[]): string | undefined {
  const names = (one: Group) => one.messages.map(({ value }) => Object.keys(value as object));
  const [first = []] = names(group);
  return first.find(
    (name) =>
      names(group).every((list) => list.includes(name)) &&
      kinds.every((kind) => kind.group === group || names(kind.group).every((list) => !list.includes(name))),
  );
}

/** The code of the message that a kind is. */
function messageCode(kind: Kind, heard: Heard, access: Access, reply: ReplyCode): string {
  switch (kind.role) {
    case 'part':
      return partCode(kind, heard, access);
    case 'end':
      return `{ type: 'chunk', ${idField(kind, heard, access)}, seq: null, text: '', complete: true }`;
    case 'error':
      return `{ type: 'error', ${idField(kind, heard, access)} }`;
    case 'reply':
      return `{ type: 'reply', text: ${reply(kind)} }`;
    default:
      return `{ type: '${kind.role}' }`;
  }
}

function idField({ idPath }: Kind, heard: Heard, access: Access): string {
  if (idPath === undefined) return 'id: null';
  return idPath === mainIdPath(heard) ? 'id' : `id: ${idCode(idPath, heard, access)} ?? null`;
}

function partCode(kind: Kind, heard: Heard, access: Access): string {
  const { textPath = '', seqPath, end } = heard.fields;
  const fields = [
    "type: 'chunk'",
    idField(kind, heard, access),
    `seq: ${seqPath === undefined ? 'null' : `${access.number(seqPath)} ?? null`}`,
    `text: ${access.text(textPath)} ?? ''`,
    `complete: ${completeCode(end, textPath, access)}`,
  ];
  return `{ ${fields.join(', ')} }`;
}

function completeCode(end: Heard['fields']['end'], textPath: string, access: Access): string {
  if (end.is === 'kind') return 'false';
  if (end.is !== 'field') return 'true';
  if (end.value === true) return `${access.value(end.path)} === true`;
  return end.path === textPath
    ? `${access.value(end.path)} === ${termCode(end.value)}`
    : `${access.text(end.path)} !== undefined`;
}
