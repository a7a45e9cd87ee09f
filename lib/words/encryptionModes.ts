/** How frames are encrypted on the wire; `lib/k6/encryption.ts` has their layouts. Pure. */
export const ENCRYPTION_MODES = ['aes-256-gcm', 'aes-256-cbc-hmac', 'openssl', 'none'] as const;
export type EncryptionMode = (typeof ENCRYPTION_MODES)[number];
