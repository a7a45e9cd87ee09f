/**
 * Seals and opens frames. Symmetric encryption is WebCrypto's; hashes, HMAC, random bytes and base64 are k6's own,
 * which are synchronous and several times cheaper there.
 *
 * Three traps of k6 2.2 shape this file: a ciphertext of an impossible length or a wrong iv length makes
 * `crypto.subtle.decrypt` end the whole process, so lengths are checked first; typed arrays are read as their whole
 * buffer, so parts are made with `slice`; AES-CBC refuses empty plaintext.
 * (https://github.com/grafana/k6/issues/4258, https://github.com/grafana/k6/issues/4259)
 */
import type { EncryptionMode } from '../words/encryptionModes.ts';
import { hmac, md5, randomBytes } from 'k6/crypto';
import { b64decode, b64encode } from 'k6/encoding';
import type { Reason } from '../words/failures.ts';
import { bytesOf, textOf } from '../words/utf8.ts';

/** Both directions of one mode and key. */
export interface Cipher {
  /** Encrypts a text and calls `sealed`, which must not throw, with the text frame; `failed` with why there is none. */
  seal: (text: string, sealed: (frame: string) => void, failed: (error: unknown) => void) => void;
  /** Decrypts a frame to the bytes of its text; a Reason: it can't be one. Rejects when it is not authentic. */
  open: (frame: string) => Promise<ArrayBuffer> | Reason;
}

/** The cipher of a mode; `null` for `none`, whose frames are the texts themselves. */
export async function createCipher(mode: EncryptionMode, key: string): Promise<Cipher | null> {
  switch (mode) {
    case 'none':
      return null;
    case 'aes-256-gcm':
      return gcm(await importKey('AES-GCM', unhex(key)));
    case 'aes-256-cbc-hmac':
      return cbcHmac(
        await importKey('AES-CBC', hkdf(unhex(key), 'crescendo enc')),
        hkdf(unhex(key), 'crescendo mac'),
      );
    case 'openssl':
      return openssl(bytesOf(key));
  }
}

// What a module of k6 exports is looked up by name at each use; these are used for every frame.
const [decodeBase64, encodeBase64, random, subtle] = [b64decode, b64encode, randomBytes, crypto.subtle];

/** base64(iv 12 | ciphertext | tag 16). */
function gcm(key: CryptoKey): Cipher {
  // Found here, not above: a VU that only waits has none of them yet. k6's methods need no `this`.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { encrypt, decrypt } = subtle;
  const View = Int8Array; // as in `viewOf`, one call less for each frame
  return {
    seal: (text, sealed, failed) => {
      const iv = random(12);
      const sealing = encrypt({ name: 'AES-GCM', iv }, key, bytesOf(text));
      sealing.then((bytes) => sealed(encodeBase64(iv) + encodeBase64(bytes)), failed); // 12 bytes need no padding
    },
    open: (frame) => {
      let bytes: ArrayBuffer;
      try {
        bytes = decodeBase64(frame, 'std'); // not by `decode`: one call less for each frame
      } catch {
        return 'bad_encoding';
      }
      if (bytes.byteLength < 28) return 'frame_too_short';
      return decrypt({ name: 'AES-GCM', iv: bytes.slice(0, 12) }, key, new View(bytes.slice(12)));
    },
  };
}

/** base64(iv 16 | ciphertext | HMAC-SHA-256 over iv and ciphertext, 32): encrypt, then MAC; verify, then decrypt. */
function cbcHmac(key: CryptoKey, macKey: ArrayBuffer): Cipher {
  const mac = (bytes: ArrayBuffer) => hmac('sha256', macKey, bytes, 'binary');
  return {
    seal: (text, sealed, failed) => {
      const iv = random(16);
      encryptCbc(key, iv, bytesOf(text)).then((bytes) => {
        const authenticated = concat(iv, bytes);
        sealed(encodeBase64(concat(authenticated, mac(authenticated))));
      }, failed);
    },
    open: (frame) => {
      const bytes = decode(frame);
      if (bytes === undefined) return 'bad_encoding';
      if (bytes.byteLength < 64) return 'frame_too_short';
      const authenticated = bytes.slice(0, -32);
      if (!sameBytes(mac(authenticated), bytes.slice(-32))) return 'decrypt_failed';
      const sealed = authenticated.slice(16);
      return isBlocks(sealed) ? decryptCbc(key, authenticated.slice(0, 16), sealed) : 'bad_length';
    },
  };
}

/**
 * base64("Salted__" | salt 8 | AES-256-CBC), key and iv by EVP_BytesToKey with MD5 and one round: what
 * `openssl enc -aes-256-cbc -md md5` and CryptoJS write. Legacy: not authenticated, weak key derivation.
 */
function openssl(passphrase: Uint8Array<ArrayBuffer>): Cipher {
  const derived = (salt: ArrayBuffer) => {
    const bytes = evpBytesToKey(passphrase, salt);
    return importKey('AES-CBC', bytes.slice(0, 32)).then((key) => ({ key, iv: bytes.slice(32, 48) }));
  };
  return {
    seal: (text, sealed, failed) => {
      const salt = random(8);
      const salted = concat(bytesOf('Salted__').buffer, salt);
      derived(salt)
        .then(({ key, iv }) => encryptCbc(key, iv, bytesOf(text)))
        .then((bytes) => sealed(encodeBase64(concat(salted, bytes))), failed);
    },
    open: (frame) => {
      const bytes = decode(frame);
      if (bytes === undefined) return 'bad_encoding';
      if (bytes.byteLength < 32) return 'frame_too_short';
      if (textOf(bytes.slice(0, 8)) !== 'Salted__') return 'decrypt_failed';
      const sealed = bytes.slice(16);
      if (!isBlocks(sealed)) return 'bad_length';
      return derived(bytes.slice(8, 16)).then(({ key, iv }) => decryptCbc(key, iv, sealed));
    },
  };
}

function decode(frame: string): ArrayBuffer | undefined {
  try {
    return decodeBase64(frame, 'std');
  } catch {
    return undefined;
  }
}

/**
 * What WebCrypto is to read. k6 compares it with every kind of typed array, Int8Array first; an ArrayBuffer is none of
 * them, and each kind that was compared takes 1.5 KB of the VU.
 */
function viewOf(bytes: ArrayBuffer): Int8Array<ArrayBuffer> {
  return new Int8Array(bytes);
}

function importKey(name: 'AES-GCM' | 'AES-CBC', bytes: ArrayBuffer): Promise<CryptoKey> {
  return subtle.importKey('raw', viewOf(bytes), { name }, false, ['encrypt', 'decrypt']);
}

/** Empty plaintext is one block of padding: encrypted as text, it is the first block of what comes out. */
function encryptCbc(key: CryptoKey, iv: ArrayBuffer, text: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  if (text.byteLength > 0) return subtle.encrypt({ name: 'AES-CBC', iv }, key, text);
  const padding = new Uint8Array(16).fill(16);
  return subtle.encrypt({ name: 'AES-CBC', iv }, key, padding).then((sealed) => sealed.slice(0, 16));
}

function isBlocks({ byteLength }: ArrayBuffer): boolean {
  return byteLength > 0 && byteLength % 16 === 0;
}

/** `sealed` must be whole blocks. */
function decryptCbc(key: CryptoKey, iv: ArrayBuffer, sealed: ArrayBuffer): Promise<ArrayBuffer> {
  return subtle.decrypt({ name: 'AES-CBC', iv }, key, viewOf(sealed));
}

/** HKDF-SHA-256 (RFC 5869) with an empty salt, for 32 bytes: one block. k6's WebCrypto has no HKDF. */
function hkdf(secret: ArrayBuffer, info: string): ArrayBuffer {
  const pseudorandomKey = hmac('sha256', new Uint8Array(32).buffer, secret, 'binary');
  return hmac('sha256', pseudorandomKey, concat(bytesOf(info).buffer, new Uint8Array([1]).buffer), 'binary');
}

/** OpenSSL's EVP_BytesToKey, MD5, one round, 48 bytes: Dᵢ = MD5(Dᵢ₋₁ | passphrase | salt). */
function evpBytesToKey(passphrase: Uint8Array<ArrayBuffer>, salt: ArrayBuffer): ArrayBuffer {
  const input = concat(passphrase.buffer, salt);
  const first = md5(input, 'binary');
  const second = md5(concat(first, input), 'binary');
  return concat(concat(first, second), md5(concat(second, input), 'binary'));
}

function unhex(digits: string): ArrayBuffer {
  return new Uint8Array((digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16))).buffer;
}

function concat(first: ArrayBuffer, second: ArrayBuffer): ArrayBuffer {
  const whole = new Uint8Array(first.byteLength + second.byteLength);
  whole.set(new Uint8Array(first));
  whole.set(new Uint8Array(second), first.byteLength);
  return whole.buffer;
}

/** Compares in a time that depends on the length only. */
function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)];
  return left.reduce((difference, byte, index) => difference | (byte ^ (right[index] ?? 0)), 0) === 0;
}
