/** The ways to seal a frame of the chatbot, written apart from the target. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { TargetSettings } from '../../target/settings.ts';

/** What the target and the client of a test share; the passphrase is for openssl. */
export const KEY = 'a1'.repeat(32);
export const PASSPHRASE = 'correct horse battery staple';

/** How frames are sealed and opened. */
export interface Codec {
  seal(text: string): string;
  open(frame: string): string;
}

/** Nothing is sealed. */
export const plain: Codec = { seal: (text) => text, open: (frame) => frame };

/** AES-256-GCM. */
export const gcm: Codec = {
  seal(text) {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(KEY, 'hex'), iv);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64');
  },
  open(frame) {
    const bytes = Buffer.from(frame, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(KEY, 'hex'), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(bytes.length - 16));
    const body = bytes.subarray(12, bytes.length - 16);
    return decipher.update(body, undefined, 'utf8') + decipher.final('utf8');
  },
};

function cbcHmacKeys(): { enc: Buffer; mac: Buffer } {
  const derive = (info: string): Buffer =>
    Buffer.from(hkdfSync('sha256', Buffer.from(KEY, 'hex'), new Uint8Array(), info, 32));
  return { enc: derive('crescendo enc'), mac: derive('crescendo mac') };
}

/** AES-256-CBC with an HMAC. */
export const cbcHmac: Codec = {
  seal(text) {
    const { enc, mac } = cbcHmacKeys();
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', enc, iv);
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([sealed, createHmac('sha256', mac).update(sealed).digest()]).toString('base64');
  },
  open(frame) {
    const { enc, mac } = cbcHmacKeys();
    const bytes = Buffer.from(frame, 'base64');
    const sealed = bytes.subarray(0, bytes.length - 32);
    const expected = createHmac('sha256', mac).update(sealed).digest('hex');
    assert.equal(bytes.subarray(bytes.length - 32).toString('hex'), expected);
    const decipher = createDecipheriv('aes-256-cbc', enc, sealed.subarray(0, 16));
    return decipher.update(sealed.subarray(16), undefined, 'utf8') + decipher.final('utf8');
  },
};

function evpBytesToKey(salt: Buffer): Buffer {
  let out = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  while (out.length < 48) {
    last = createHash('md5')
      .update(Buffer.concat([last, Buffer.from(PASSPHRASE), salt]))
      .digest();
    out = Buffer.concat([out, last]);
  }
  return out;
}

const openssl: Codec = {
  seal(text) {
    const salt = randomBytes(8);
    const keys = evpBytesToKey(salt);
    const cipher = createCipheriv('aes-256-cbc', keys.subarray(0, 32), keys.subarray(32));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from('Salted__'), salt, body]).toString('base64');
  },
  open(frame) {
    const bytes = Buffer.from(frame, 'base64');
    assert.equal(bytes.subarray(0, 8).toString('latin1'), 'Salted__');
    const keys = evpBytesToKey(bytes.subarray(8, 16));
    const decipher = createDecipheriv('aes-256-cbc', keys.subarray(0, 32), keys.subarray(32));
    return decipher.update(bytes.subarray(16), undefined, 'utf8') + decipher.final('utf8');
  },
};

function opensslCommand(args: string[], input: string): string {
  const fixed = ['enc', '-aes-256-cbc', '-md', 'md5', '-pass', `pass:${PASSPHRASE}`, '-a', '-A'];
  const { status, stdout, stderr } = spawnSync('openssl', [...fixed, ...args], { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

const opensslProgram: Codec = {
  seal: (text) => opensslCommand(['-e', '-salt'], text),
  open: (frame) => opensslCommand(['-d'], frame),
};

/** Every way, with the settings of a target that has it. */
export const codecs: [string, Partial<TargetSettings>, Codec][] = [
  ['aes-256-gcm', { encryption: 'aes-256-gcm' }, gcm],
  ['aes-256-cbc-hmac', { encryption: 'aes-256-cbc-hmac' }, cbcHmac],
  ['openssl', { encryption: 'openssl', key: PASSPHRASE }, openssl],
  ['openssl, the program itself', { encryption: 'openssl', key: PASSPHRASE }, opensslProgram],
  ['none', { encryption: 'none' }, plain],
];

/** Seals with AES-256-GCM what may be no text. */
export function sealBytes(bytes: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(KEY, 'hex'), iv);
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64');
}
