/** A REST call as a system describes it. Pure. */

/** One REST call. `name` stands for it in metrics: no id, no token. */
export interface RestCall {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: string;
  headers: Record<string, string>;
}
