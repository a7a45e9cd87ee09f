/** The packets of Socket.IO that carry something, as objects with names. Pure. */
import { jsonIn } from '../../../lib/words/jsonFields.ts';

/** What stands for the name of an event in an acknowledgement, which has none. */
export const ACK = ':acknowledgement';

/** `{event, data, ack}` of an event, `{event: ACK, data, ack}` of an acknowledgement; `undefined`: another packet. */
export function packetOf(text: string): unknown {
  const [, kind, ack = '', body = ''] = /^4([23])(?:\/[^,[]*,)?(\d*)(\[[^]*)$/.exec(text) ?? [];
  const list = jsonIn(body);
  if (kind === undefined || !Array.isArray(list)) return undefined;
  const [first, second] = list as unknown[];
  const id = ack === '' ? {} : { ack };
  if (kind === '3') return { event: ACK, ...id, data: first };
  return { event: first, ...id, data: second };
}

/** The namespace that was joined, and what was said with that. */
export function joinedNamespace(texts: readonly string[]): { namespace: string; auth: unknown } {
  const [, namespace = '/', auth = ''] =
    texts.map((text) => /^40(?:(\/[^,{]*),?)?(\{[^]*)?$/.exec(text)).find((match) => match !== null) ?? [];
  return { namespace, auth: jsonIn(auth) };
}
