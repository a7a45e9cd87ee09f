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
  const here = folder(t);
  const [keyFile, file] = [join(here, 'key.pem'), join(here, 'certificate.pem')];
  const made = '-x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost'.split(' ');
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  openssl(['req', ...made, ...names, '-keyout', keyFile, '-out', file]);
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
}
