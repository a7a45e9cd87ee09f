/** A log-in at a messaging platform on the wire. Pure. */
import { textField, valueAt } from '../../../lib/words/jsonFields.ts';

export const LOGIN_PATH = '/v1/auth/login';

/** A token, and how many seconds it lives. */
export interface Token {
  token: string;
  lifeSeconds: number;
}

/** The body of the request. */
export function loginBody(username: string, password: string): string {
  return JSON.stringify({ username, password });
}

/** Reads the JSON of the answer; a text: the field that it lacks. */
export function readToken(reply: unknown): Token | string {
  const token = textField(reply, 'token');
  if (token === undefined) return 'token';
  const lifeSeconds = valueAt(reply, 'expires_in');
  return typeof lifeSeconds === 'number' && lifeSeconds > 0 ? { token, lifeSeconds } : 'expires_in';
}

/** The header with which a request says whose it is. */
export function bearer({ token }: Token): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}
