/** Sealing and opening of the frames on the chat socket. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** The ways to seal a frame. */
export const ENCRYPTIONS = ['aes-256-gcm', 'aes-256-cbc-hmac', 'openssl', 'none'] as const;

/** The name of a way to seal a frame. */
export type Encryption = (typeof ENCRYPTIONS)[number];

/** Turns a text into the frame that travels, and back. */
export interface Codec {
  /** Returns the frame that holds `text`. */
  seal(text: string): string;
  /** Returns the text in `frame`; throws if the frame is not one that the peer sealed with the same key. */
  open(frame: string): string;
}

const IV = 16;
const GCM_IV = 12;
const GCM_TAG = 16;
const MAC = 32;
const SALT = 8;
const OPENSSL_MAGIC = Buffer.from('Salted__', 'latin1');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws an Error that says what is wrong with `key`, without repeating it. */
export function checkKey(encryption: Encryption, key: string): void {
  if (encryption === 'none') return;
  if (encryption === 'openssl') {
    if (key !== '') return;
    throw new Error("The target's key is empty; give the passphrase that the client uses too.");
  }
  if (/^[0-9a-f]{64}$/i.test(key)) return;
  throw new Error(
    `The target's key has ${key.length} characters that are not the 64 hex digits ${encryption} needs; ` +
      'make one with "openssl rand -hex 32" and give it to the client too.',
  );
}

/** Returns the codec of `encryption`; throws if the key does not fit it. */
export function createCodec(encryption: Encryption, key: string): Codec {
  checkKey(encryption, key);
  switch (encryption) {
    case 'aes-256-gcm':
      return gcm(Buffer.from(key, 'hex'));
    case 'aes-256-cbc-hmac':
      return cbcHmac(Buffer.from(key, 'hex'));
    case 'openssl':
      return openssl(Buffer.from(key, 'utf8'));
    case 'none':
      return { seal: (text) => text, open: (frame) => frame };
  }
}

function gcm(secret: Buffer): Codec {
  const key = createSecretKey(secret);
  return {
    seal(text) {
      const iv = randomBytes(GCM_IV);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: GCM_TAG });
      const body = [cipher.update(text, 'utf8'), cipher.final()];
      return Buffer.concat([iv, ...body, cipher.getAuthTag()]).toString('base64');
    },
    open(frame) {
      const bytes = decode(frame, GCM_IV + GCM_TAG);
      const options = { authTagLength: GCM_TAG };
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, GCM_IV), options);
      decipher.setAuthTag(bytes.subarray(-GCM_TAG));
      const body = decipher.update(bytes.subarray(GCM_IV, -GCM_TAG));
      return utf8.decode(Buffer.concat([body, decipher.final()]));
    },
  };
}

function cbcHmac(secret: Buffer): Codec {
  const encKey = deriveKey(secret, 'crescendo enc');
  const macKey = deriveKey(secret, 'crescendo mac');
  const mac = (bytes: Buffer): Buffer => createHmac('sha256', macKey).update(bytes).digest();
  return {
    seal(text) {
      const iv = randomBytes(IV);
      const sealed = Buffer.concat([iv, encryptCbc(encKey, iv, text)]);
      return Buffer.concat([sealed, mac(sealed)]).toString('base64');
    },
    open(frame) {
      const bytes = decode(frame, IV + IV + MAC);
      const sealed = bytes.subarray(0, -MAC);
      if (!timingSafeEqual(mac(sealed), bytes.subarray(-MAC))) throw new Error('The MAC is wrong.');
      return decryptCbc(encKey, sealed.subarray(0, IV), sealed.subarray(IV));
    },
  };
}

function openssl(passphrase: Buffer): Codec {
  return {
    seal(text) {
      const salt = randomBytes(SALT);
      const { key, iv } = bytesToKey(passphrase, salt);
      return Buffer.concat([OPENSSL_MAGIC, salt, encryptCbc(key, iv, text)]).toString('base64');
    },
    open(frame) {
      const bytes = decode(frame, OPENSSL_MAGIC.length + SALT + IV);
      const [magic, salt] = [
        bytes.subarray(0, OPENSSL_MAGIC.length),
        bytes.subarray(OPENSSL_MAGIC.length, IV),
      ];
      if (!magic.equals(OPENSSL_MAGIC)) throw new Error('The frame does not begin with "Salted__".');
      const { key, iv } = bytesToKey(passphrase, salt);
      return decryptCbc(key, iv, bytes.subarray(IV));
    },
  };
}

/** OpenSSL's EVP_BytesToKey with MD5 and one round: 48 bytes of MD5(previous | passphrase | salt) after each other. */
function bytesToKey(passphrase: Buffer, salt: Buffer): { key: Buffer; iv: Buffer } {
  const first = md5(passphrase, salt);
  const second = md5(first, passphrase, salt);
  return { key: Buffer.concat([first, second]), iv: md5(second, passphrase, salt) };
}

function md5(...parts: Buffer[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function deriveKey(secret: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32));
}

function encryptCbc(key: Buffer, iv: Buffer, text: string): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
}

function decryptCbc(key: Buffer, iv: Buffer, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return utf8.decode(Buffer.concat([decipher.update(bytes), decipher.final()]));
}

/** Node skips what is not base64; the comparison refuses it. */
function decode(frame: string, least: number): Buffer {
  const bytes = Buffer.from(frame, 'base64');
  if (bytes.toString('base64') !== frame) throw new Error('The frame is not base64.');
  if (bytes.length < least) throw new Error(`The frame has ${bytes.length} bytes, fewer than ${least}.`);
  return bytes;
}
