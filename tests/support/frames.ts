/**
 * Frames of the chatbot protocol made and opened by others than us: by Node's crypto, and by the openssl command.
 * Written from the protocol's text; shares nothing with lib/ and target/.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { openssl } from './openssl.ts';

/** The modes that encrypt. */
export type Mode = 'aes-256-gcm' | 'aes-256-cbc-hmac' | 'openssl';

/** Bytes that a frame starts with and that must never repeat: the iv, or the salt of `openssl`. */
export const NONCE_BYTES: Record<Mode, number> = { 'aes-256-gcm': 12, 'aes-256-cbc-hmac': 16, openssl: 8 };

/** One who seals and opens frames. */
export interface Sealer {
  seal: (mode: Mode, key: string, text: string, nonce: Buffer) => string;
  open: (mode: Mode, key: string, frame: string) => string;
}

/** Node's crypto. */
export const node: Sealer = {
  seal(mode, key, text, nonce) {
    const plain = Buffer.from(text, 'utf8');
    if (mode === 'aes-256-gcm') {
      const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce);
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
    }
    if (mode === 'openssl') {
      const derived = bytesToKey(key, nonce);
      const sealed = encryptCbc(derived.key, derived.iv, plain);
      return Buffer.concat([Buffer.from('Salted__'), nonce, sealed]).toString('base64');
    }
    const authenticated = Buffer.concat([nonce, encryptCbc(derive(key, 'crescendo enc'), nonce, plain)]);
    return Buffer.concat([authenticated, hmac(derive(key, 'crescendo mac'), authenticated)]).toString(
      'base64',
    );
  },
  open(mode, key, frame) {
    const bytes = Buffer.from(frame, 'base64');
    if (mode === 'aes-256-gcm') {
      const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
    }
    if (mode === 'openssl') {
      const derived = bytesToKey(key, bytes.subarray(8, 16));
      return decryptCbc(derived.key, derived.iv, bytes.subarray(16));
    }
    const authenticated = bytes.subarray(0, -32);
    if (!hmac(derive(key, 'crescendo mac'), authenticated).equals(bytes.subarray(-32)))
      throw new Error('The MAC is wrong.');
    return decryptCbc(derive(key, 'crescendo enc'), bytes.subarray(0, 16), bytes.subarray(16, -32));
  },
};

/** The openssl command; it has no GCM. */
export const command: Sealer = {
  seal(mode, key, text, nonce) {
    const plain = Buffer.from(text, 'utf8');
    if (mode === 'openssl') {
      const sealed = openssl([...passphrase(key), '-S', nonce.toString('hex')], plain);
      const salted = Buffer.concat([Buffer.from('Salted__'), nonce]);
      // OpenSSL before 3.0 writes the salt although it was given.
      return Buffer.concat([
        ...(sealed.subarray(0, 8).equals(salted.subarray(0, 8)) ? [] : [salted]),
        sealed,
      ]).toString('base64');
    }
    const encrypted = openssl(rawCbc(commandKey(key, 'crescendo enc'), nonce), plain);
    const authenticated = Buffer.concat([nonce, encrypted]);
    return Buffer.concat([authenticated, commandMac(key, authenticated)]).toString('base64');
  },
  open(mode, key, frame) {
    const bytes = Buffer.from(frame, 'base64');
    if (mode === 'openssl') return openssl([...passphrase(key), '-d'], bytes).toString('utf8');
    const authenticated = bytes.subarray(0, -32);
    if (!commandMac(key, authenticated).equals(bytes.subarray(-32))) throw new Error('The MAC is wrong.');
    const encKey = commandKey(key, 'crescendo enc');
    return openssl([...rawCbc(encKey, bytes.subarray(0, 16)), '-d'], bytes.subarray(16, -32)).toString(
      'utf8',
    );
  },
};

const passphrase = (key: string): string[] => ['enc', '-aes-256-cbc', '-md', 'md5', '-pass', `pass:${key}`];
const rawCbc = (key: string, iv: Buffer): string[] => [
  'enc',
  '-aes-256-cbc',
  '-K',
  key,
  '-iv',
  iv.toString('hex'),
];

function commandKey(key: string, info: string): string {
  const options = ['digest:SHA2-256', `hexkey:${key}`, `info:${info}`].flatMap((option) => [
    '-kdfopt',
    option,
  ]);
  return openssl(['kdf', '-keylen', '32', '-binary', ...options, 'HKDF']).toString('hex');
}

function commandMac(key: string, bytes: Buffer): Buffer {
  const macKey = `hexkey:${commandKey(key, 'crescendo mac')}`;
  return openssl(['dgst', '-sha256', '-mac', 'HMAC', '-macopt', macKey, '-binary'], bytes);
}

function derive(key: string, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), Buffer.alloc(0), info, 32));
}

function hmac(key: Buffer, bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

/** EVP_BytesToKey with MD5 and one round. */
function bytesToKey(text: string, salt: Buffer): { key: Buffer; iv: Buffer } {
  const blocks: Buffer[] = [];
  for (let last = Buffer.alloc(0); blocks.length < 3; blocks.push(last))
    last = createHash('md5').update(last).update(text, 'utf8').update(salt).digest();
  const bytes = Buffer.concat(blocks);
  return { key: bytes.subarray(0, 32), iv: bytes.subarray(32) };
}

function encryptCbc(key: Buffer, iv: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

function decryptCbc(key: Buffer, iv: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
}
