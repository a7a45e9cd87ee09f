/** Which known dialect a back end seems to speak. Pure. */
import type { Dialect, Seen } from './dialect.ts';
import { FRAMED, insideSockJs, isSockJs } from './framedDialects.ts';
import { OF_JSON } from './jsonDialects.ts';
import { payloadOf, type Form } from './payload.ts';
import { OF_WIRES } from './wireDialects.ts';

/** All of them; what comes first is looked for first. */
export const DIALECTS: readonly Dialect[] = [...FRAMED, ...OF_JSON, ...OF_WIRES];

/** What was recognised: none, one, or SockJS and the one within it. */
export function recognise(seen: Seen): Dialect[] {
  const outer = DIALECTS.find(({ isSpoken }) => isSpoken(seen));
  if (outer === undefined) return [];
  const inner = isSockJs(seen.texts) ? recognise({ ...seen, texts: seen.texts.flatMap(insideSockJs) }) : [];
  return [outer, ...inner];
}

/** What the server's messages hold, one behind the other, as parsed JSON or as the dialect names it. */
export function messagesOf({ texts }: Seen, dialects: readonly Dialect[]): unknown[] {
  if (dialects.length > 1 && isSockJs(texts))
    return messagesOf(
      { texts: texts.flatMap(insideSockJs), binaries: [], ours: [], subprotocol: '' },
      dialects.slice(1),
    );
  const read = dialects[0]?.messages ?? ((text: string) => payloadOf(text).values);
  return texts.flatMap((text) => read(text));
}

/** How many of the server's texts have each form. */
export function formsOf({ texts }: Seen): Map<Form, number> {
  const forms = new Map<Form, number>();
  for (const text of texts) {
    const { form } = payloadOf(text);
    forms.set(form, (forms.get(form) ?? 0) + 1);
  }
  return forms;
}
