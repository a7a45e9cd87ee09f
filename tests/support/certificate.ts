/** A certificate for loopback that nobody has signed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from './files.ts';
import { openssl } from './openssl.ts';

/** `file` holds the certificate, for who shall trust it. */
export interface Certificate {
  key: Buffer;
  cert: Buffer;
  file: string;
}

/** Makes one that is valid for a day, with the openssl command; its files go with the test. */
export function loopbackCertificate(t: TestContext): Certificate {
  const [keyFile, file] = ['key.pem', 'certificate.pem'].map((name) => join(folder(t), name)) as [
    string,
    string,
  ];
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const made = [
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=localhost',
    '-addext',
    names,
  ];
  openssl(['req', ...made, '-keyout', keyFile, '-out', file]);
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
}
