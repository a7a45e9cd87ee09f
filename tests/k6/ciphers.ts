// Seals and opens what the file CIPHER_JOBS asks for, with lib/k6/encryption.ts, and writes the results to results.json.
import type { EncryptionMode } from '../../lib/words/encryptionModes.ts';
import { hmac } from 'k6/crypto';
import { createCipher } from '../../lib/k6/encryption.ts';
import { textOf } from '../../lib/words/utf8.ts';
import type { CipherJob, CipherResult } from '../support/cipherJobs.ts';

const jobs = JSON.parse(open(__ENV['CIPHER_JOBS'] ?? '')) as CipherJob[];

export const options = { setupTimeout: '120s', vus: 1, iterations: 1 };

/** k6 hands what setup returns to handleSummary. */
export async function setup(): Promise<CipherResult[]> {
  const results = [];
  for (const job of jobs) results.push(await done(job));
  return results;
}

export default function (): void {
  // All work is done in setup.
}

export function handleSummary({
  setup_data: results,
}: {
  setup_data: CipherResult[];
}): Record<string, string> {
  return { 'results.json': JSON.stringify(results) };
}

async function done(job: CipherJob): Promise<CipherResult> {
  try {
    if (job.do === 'hmac') return { hex: hex(hmac('sha256', unhex(job.key), unhex(job.message), 'binary')) };
    if (job.do === 'decrypt-cbc') return { hex: hex(await decryptCbc(job)) };
    return await sealedOrOpened(job);
  } catch {
    return { refused: 'rejected' };
  }
}

async function sealedOrOpened(job: CipherJob & { do: 'seal' | 'open' }): Promise<CipherResult> {
  const cipher = await createCipher(job.mode as EncryptionMode, job.key);
  if (cipher === null) return { frame: 'no cipher' };
  if (job.do === 'seal')
    return { frame: await new Promise((sealed, failed) => cipher.seal(job.text, sealed, failed)) };
  const bytes = await cipher.open(job.frame);
  if (typeof bytes === 'string') return { refused: bytes };
  return { hex: hex(bytes), text: textOf(bytes) };
}

async function decryptCbc({
  key,
  iv,
  sealed,
}: {
  key: string;
  iv: string;
  sealed: string;
}): Promise<ArrayBuffer> {
  const name = 'AES-CBC';
  const imported = await crypto.subtle.importKey('raw', unhex(key), { name }, false, ['decrypt']);
  return crypto.subtle.decrypt({ name, iv: unhex(iv) }, imported, unhex(sealed));
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function unhex(digits: string): ArrayBuffer {
  return new Uint8Array((digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16))).buffer;
}
