/** The texts of requests in which values of earlier replies may stand. Pure. */
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import { isForm, pairsOfForm } from '../recording/forms.ts';
import type { Call, RecordedSocket } from '../recording/recording.ts';
import { cookiesOf, neededHeaders } from './headers.ts';
import { placesIn } from './places.ts';
import type { Need } from './sources.ts';

/** Those of a call. */
export function needsOfCall(call: Call): Need[] {
  const { at, url, headers, body } = call;
  const form = isForm(body) ? pairsOfForm(body) : [];
  return [
    ...needsOfUrl(url, at),
    ...needsOfHeaders(headers, at),
    ...form.map(([name, text]) => ({ name, text, at })),
    ...needsOfJson(jsonIn(body), at),
  ];
}

/** Those of a handshake. */
export function needsOfSocket({ at, url, headers, subprotocols }: RecordedSocket): Need[] {
  return [
    ...needsOfUrl(url, at),
    ...needsOfHeaders(headers, at),
    ...subprotocols.map((text) => ({ name: 'subprotocol', text, at })),
  ];
}

/** Those of a message. */
export function needsOfJson(value: unknown, at: number): Need[] {
  return placesIn(value).map(({ path, value: text }) => ({ name: path, text, at }));
}

function needsOfUrl(url: URL, at: number): Need[] {
  return [
    ...segmentsOf(url).map((text) => ({ name: 'path', text, at })),
    ...pairsOfForm(url.search).map(([name, text]) => ({ name, text, at })),
  ];
}

function needsOfHeaders(headers: RecordedSocket['headers'], at: number): Need[] {
  return [...neededHeaders(headers), ...cookiesOf(headers)].map(([name, text]) => ({ name, text, at }));
}

/** The parts of a path, decoded. */
export function segmentsOf({ pathname }: URL): string[] {
  return pathname.split('/').slice(1).map(decoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
