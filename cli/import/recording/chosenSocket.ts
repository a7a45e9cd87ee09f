/** Which of the recorded sockets is the chat. Pure. */
import { plain } from '../../../lib/words/plain.ts';
import { plural } from '../../../lib/words/plural.ts';
import { InputError } from '../../../lib/words/settings.ts';
import { shownAddress } from '../../probe/secrets.ts';
import { secretsIn } from './recordedSecrets.ts';
import type { Recording, RecordedSocket } from './recording.ts';

/** A socket and its number among the recorded ones, from 1. */
interface NumberedSocket {
  number: number;
  socket: RecordedSocket;
}

/** The chosen one, and why it is that, in words. */
export interface ChosenSocket extends NumberedSocket {
  why: string;
}

/**
 * The socket that `wanted` names, by its number or a part of its address; without that, the one on which most messages were
 * sent and answered. Throws an InputError when there is none, or no messages; `file`: the recording in sentences.
 */
export function chosenSocket(recording: Recording, file: string, wanted?: string): ChosenSocket {
  const { sockets } = recording;
  if (sockets.length === 0)
    throw new InputError([
      `${file} has no WebSocket: record again with the log open before the page is loaded, and export all of it.`,
    ]);
  const numbered = sockets.map((socket, index) => ({ number: index + 1, socket }));
  const chosen = wanted === undefined ? busiest(numbered) : named(numbered, wanted, file, recording);
  if (chosen.socket.frames.length > 0)
    return { ...chosen, why: whyOf(chosen.number, sockets.length, wanted) };
  throw new InputError([
    `${file} has ${plural(sockets.length, 'socket')}, and no message of ${sockets.length === 1 ? 'it' : `socket ${chosen.number}`}: Chrome, Edge and other browsers of Chromium export them, so record with one of these.`,
  ]);
}

function whyOf(number: number, count: number, wanted: string | undefined): string {
  if (count === 1) return 'the only one';
  const how = wanted === undefined ? 'with the most questions and answers' : 'as --socket has it';
  return `number ${number} of ${count}, ${how}`;
}

function busiest(sockets: readonly NumberedSocket[]): NumberedSocket {
  const [first, ...more] = sockets;
  if (first === undefined) throw new Error('There is no socket to choose from.');
  return more.reduce((best, other) => (weight(other) > weight(best) ? other : best), first);
}

/** Messages that were answered count first; among sockets without any, all messages do. */
function weight({ socket: { frames } }: NumberedSocket): number {
  const answered = frames.filter(({ by }, index) => by === 'us' && frames[index + 1]?.by === 'server').length;
  return answered + frames.length / 1e6;
}

function named(
  sockets: readonly NumberedSocket[],
  wanted: string,
  file: string,
  recording: Recording,
): NumberedSocket {
  const found = /^\d+$/.test(wanted)
    ? sockets.filter(({ number }) => number === Number(wanted))
    : sockets.filter(({ socket }) => socket.url.href.includes(wanted));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const secrets = secretsIn(recording);
  const list = sockets
    .map(({ number, socket }) => `${number} ${secrets.hide(shownAddress(socket.url))}`)
    .join(', ');
  throw new InputError([
    `--socket is "${plain(wanted)}", which is ${found.length === 0 ? 'none' : 'several'} of the sockets of ${file}: ${list}. Give a number, or a part of one address.`,
  ]);
}
