/** The calls before a socket whose replies it needs, and what is read from each. Pure. */
import { isIdName, lastName } from '../../probe/fields/leaves.ts';
import { isSecretName } from '../../probe/secretNames.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import { isForm, pairsOfForm } from '../recording/forms.ts';
import type { Call } from '../recording/recording.ts';
import { isTaken } from './takenWords.ts';
import { needsOfCall } from './needs.ts';
import { placesIn } from './places.ts';
import { Sources, type Need, type Source } from './sources.ts';

/** A value that is read from a reply, and the name that it has in the code. */
export interface Read {
  name: string;
  path: string;
  isNumber: boolean;
  value: string;
}

/** A call, and what is read from its reply; nothing where its cookie alone is needed. */
export interface Step {
  call: Call;
  reads: readonly Read[];
}

/** At most a log-in and a session. */
export interface Chain {
  token?: Step;
  session?: Step;
  /** Calls that are needed, too, and can't be made, with the reason. */
  left: readonly { call: Call; why: string }[];
}

/** What one `ChatProtocol` can call before its socket. */
const MOST = 2;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** Finds the chain that gives what is needed. */
export function chainOf(calls: readonly Call[], needs: readonly Need[]): Chain {
  const left: { call: Call; why: string }[] = [];
  for (;;) {
    const usable = calls.filter((call) => left.every((one) => one.call !== call));
    const used = usedCalls(new Sources(usable), needs);
    const out = outOf([...used.keys()]);
    if (out === undefined) return { ...steps(used), left };
    left.push(out);
  }
}

type Used = Map<Call, Source[]>;

/** In the order of time. */
function usedCalls(sources: Sources, needs: readonly Need[]): Used {
  const used: Used = new Map();
  const open = [...needs];
  for (let need = open.pop(); need !== undefined; need = open.pop()) {
    const source = sources.of(need);
    if (source === undefined) continue;
    const known = used.get(source.call);
    if (known === undefined) open.push(...needsOfCall(source.call));
    if (known?.some(({ path, value }) => path === source.path && value === source.value)) continue;
    used.set(source.call, [...(known ?? []), source]);
  }
  return new Map([...used].sort(([one], [other]) => one.at - other.at));
}

/** The call that must be left out, if one must. */
function outOf(calls: readonly Call[]): { call: Call; why: string } | undefined {
  const last = calls.at(-1);
  const elsewhere = calls.find(({ url }) => url.origin !== last?.url.origin);
  if (elsewhere !== undefined) return { call: elsewhere, why: 'it goes to another host' };
  const odd = calls.find(({ method }) => !METHODS.includes(method));
  if (odd !== undefined) return { call: odd, why: `a protocol file makes no ${odd.method}` };
  const [first] = calls;
  return first === undefined || calls.length <= MOST
    ? undefined
    : { call: first, why: 'two calls are made before a socket' };
}

function steps(used: Used): Pick<Chain, 'token' | 'session'> {
  const [first, second] = [...used];
  if (first === undefined) return {};
  if (second === undefined)
    return isSession(...first) ? { session: sessionStep(...first) } : { token: tokenStep(...first) };
  return { token: tokenStep(...first), session: sessionStep(...second) };
}

/** No log-in: it says nothing of a user, and gives an id and no secret. */
function isSession(call: Call, sources: readonly Source[]): boolean {
  return (
    !saysWho(call) &&
    sources.every(({ path, isCookie }) => !isCookie && isIdName(path) && !isSecretName(path))
  );
}

/** What a user is called by. */
export const USER_NAME = /(^|_)(user|user_?name|login|e_?mail|name|account|nick_?name)$/;

function saysWho({ body }: Call): boolean {
  const names = isForm(body)
    ? pairsOfForm(body).map(([name]) => name)
    : placesIn(jsonIn(body)).map(({ path }) => path);
  return names.some((name) => isSecretName(name) || USER_NAME.test(lastName(name)));
}

function tokenStep(call: Call, sources: readonly Source[]): Step {
  const read = sources.filter(({ isCookie }) => !isCookie);
  const token = read.find(({ path }) => isSecretName(path)) ?? read[0];
  return stepOf(call, [token, ...read.filter((source) => source !== token)], ['token']);
}

function sessionStep(call: Call, sources: readonly Source[]): Step {
  const read = sources.filter(({ isCookie }) => !isCookie);
  const isConnection = ({ path }: Source) => /conn/i.test(path);
  const ordered = [...read.filter((source) => !isConnection(source)), ...read.filter(isConnection)];
  return stepOf(call, ordered, ['sessionId', 'connectionId']);
}

function stepOf(call: Call, sources: readonly (Source | undefined)[], names: readonly string[]): Step {
  const taken = new Set(['sessionId', 'connectionId']);
  const reads = sources.flatMap((source, index): Read[] => {
    if (source === undefined) return [];
    const name = names[index] ?? freeName(source.path, taken);
    taken.add(name);
    return [{ name, path: source.path, isNumber: source.isNumber, value: source.value }];
  });
  return { call, reads };
}

/** `userId` of `data.user.id`. */
function freeName(path: string, taken: ReadonlySet<string>): string {
  const words = path
    .split('.')
    .filter((part) => !/^\d+$/.test(part))
    .slice(-2)
    .join('_')
    .split(/[^A-Za-z\d]+/);
  const name = words
    .filter((word) => word !== '')
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  const isName = /^[A-Za-z]/.test(name) && !/^my/i.test(name);
  const safe = isName ? name.charAt(0).toLowerCase() + name.slice(1) : `value${name}`;
  return free(safe, (one) => taken.has(one) || isTaken(one));
}

function free(name: string, isUsed: (name: string) => boolean): string {
  for (let count = 0; ; count++) {
    const one = count === 0 ? name : `${name}OfReply${count === 1 ? '' : count}`;
    if (!isUsed(one)) return one;
  }
}
