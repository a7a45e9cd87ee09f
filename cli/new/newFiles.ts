/** The files that somebody with another back end begins with: the example's, under another name, with what to fill in. Pure. */

/** A protocol and a script. */
export interface NewFiles {
  protocol: string;
  script: string;
}

/** What stands above the lines of the example that begin so. */
const COMMENTS: readonly (readonly [line: string, comment: string])[] = [
  ['  requestToken:', 'The log-in, made for each session; leave both out where there is none.'],
  [
    '  readToken:',
    'Where its reply has the token: a path in JSON. The reply is read by readToken, nothing else is.',
  ],
  ['  socket:', 'The socket: path, query and headers; ids has user and token, subprotocols go here, too.'],
  [
    '  hello:',
    'What is said first, and whether the server must say that it is ready (a message of type ready).',
  ],
  ['  question:', 'One question. Where ids must be numbers: countedIds: true. Several frames: an array.'],
  [
    '  read:',
    'What each JSON message is. Frames of another kind, or with several messages: readFrame instead.',
  ],
  [
    "      case 'part':",
    'A part of an answer; id null: the back end does not say of which (then withoutIds: true).',
  ],
  ["      case 'end':", 'Its end. Where the last part says so itself, that part has complete: true.'],
  ["      case 'failed':", 'A refusal; id null: of whatever is going on.'],
  ["      case 'ping':", 'What wants to be answered at once.'],
  ["      case 'typing':", "What does not matter. What others in a room caused: { type: 'push' }."],
];

/** Where the example's files import from, as seen from them. */
const UP = '../../';

/** The name in code: `myChat` of `my-chat`. */
export function identifierOf(name: string): string {
  return name.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Makes them of the example's; `up`: the way from the new folder to Crescendo's, with a slash at its end. */
export function newFiles(example: NewFiles, name: string, up: string): NewFiles {
  const identifier = identifierOf(name);
  const renamed = (text: string) =>
    text
      .replaceAll(`'${UP}`, `'${up}`)
      .replaceAll('supportDesk', identifier)
      .replaceAll('support-desk', name)
      .replaceAll('the support desk', name);
  return { protocol: commented(renamed(example.protocol), name), script: renamed(example.script) };
}

function commented(text: string, name: string): string {
  const [, ...lines] = text.split('\n');
  const all = lines.flatMap((line) => {
    const [, comment] = COMMENTS.find(([start]) => line.startsWith(start)) ?? [];
    const indent = /^ */.exec(line)?.[0] ?? '';
    return comment === undefined ? [line] : [`${indent}// ${comment}`, line];
  });
  return [
    `// What ${name} says on the wire, to begin with that of an example: change what differs.`,
    ...all,
  ].join('\n');
}
