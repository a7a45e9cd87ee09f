/** Everything that an import makes of a recording: the files' texts, and what is to be said about them. */
import { plural } from '../../lib/words/plural.ts';
import { chainBefore } from './chain/chainBefore.ts';
import { OwnSettings } from './chain/ownSettings.ts';
import { Notes } from './code/notes.ts';
import { partsOf, type Parts } from './code/parts.ts';
import { protocolText } from './code/protocolFile.ts';
import type { Known } from './code/steps.ts';
import { derivedLines, type Line } from './derivedLines.ts';
import { envText } from './envFile.ts';
import type { ChosenSocket } from './recording/chosenSocket.ts';
import { valueIn, type Recording } from './recording/recording.ts';
import { secretsIn } from './recording/recordedSecrets.ts';
import { foundIn, questionsOf, thinkOf, type Found } from './talk/found.ts';
import { talkOf, type Talk } from './talk/messages.ts';

/** What it made. */
export interface Imported {
  /** Not laid out yet. */
  protocol: string;
  /** Whether it has settings of its own. */
  hasSettings: boolean;
  /** Empty: questions can't be known. */
  questions: string;
  env: string;
  /** What was found, line by line. */
  derived: readonly Line[];
  /** What somebody must look at. */
  open: readonly string[];
}

/** What the files are called by. */
export interface Names {
  /** Of the script, such as `my-chat`. */
  name: string;
  /** The way from the new folder to Crescendo's, with a slash at its end. */
  up: string;
}

/** Makes it of a recording and the socket that is the chat. */
export function imported(recording: Recording, chosen: ChosenSocket, names: Names): Imported {
  const secrets = secretsIn(recording);
  const hide = (text: string) => secrets.hide(text);
  const talk = talkOf(chosen.socket);
  const found = foundIn(talk);
  const chain = chainBefore(recording, chosen.socket, found);
  const known: Known = { chain, secrets, settings: new OwnSettings(), notes: new Notes(hide) };
  const parts = partsOf(talk, found, chosen.socket, recording, known);
  const texts = questionsOf(talk, found);
  const questions = texts.map(hide);
  if (questions.some((text, index) => text !== texts[index]))
    known.notes.tell('A question held a secret of the recording: in questions.json … stands for it.');
  return {
    protocol: protocolOf(parts, names, questions.length, known),
    hasSettings: known.settings.all().length > 0,
    questions: questions.length === 0 ? '' : `${JSON.stringify({ recorded: questions }, null, 2)}\n`,
    env: envOf(talk, found, chosen, questions.length, known),
    derived: derivedLines(recording, chosen, { parts, talk, found, questions: questions.length, known }),
    open: [...known.notes.all(), ...emptyText(known.settings.all().map(({ name }) => name))],
  };
}

function protocolOf(
  { members, frame }: Parts,
  { name, ...names }: Names,
  questions: number,
  { settings, notes }: Known,
): string {
  const count = questions === 0 ? '' : ` of ${plural(questions, 'question')}`;
  const title = `What ${name} says on the wire, as "crescendo import" found it in a recording${count}. Look it through: what is not certain is said where it stands.`;
  return protocolText(frame, { ...names, title, own: settings.all() }, members, notes);
}

function envOf(
  talk: Talk,
  found: Found | undefined,
  { socket }: ChosenSocket,
  questions: number,
  { chain, settings }: Known,
): string {
  const websocketBaseUrl = `${socket.url.protocol}//${socket.url.host}`;
  const apiBaseUrl =
    (chain.session ?? chain.token)?.call.url.origin ?? websocketBaseUrl.replace(/^ws/, 'http');
  const origin = valueIn(socket.headers, 'origin');
  const isOther = origin !== apiBaseUrl && /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@]+$/i.test(origin);
  return envText({
    ...{ apiBaseUrl, websocketBaseUrl, questions },
    origin: isOther ? origin : '',
    encryption: talk.form === 'sealed' ? talk.mode : 'none',
    thinkSeconds: thinkOf(talk, found),
    own: settings.all(),
  });
}

function emptyText(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const are = names.length === 1 ? 'is empty in .env: fill it in' : 'are empty in .env: fill them in';
  return [`${names.join(', ')} ${are}. What was recorded there is copied nowhere.`];
}
