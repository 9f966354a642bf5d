import { X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Files in PEM: the certificate with its chain, and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When it ends, as the certificate has it. */
  readonly validTo: string;
}

/** Throws where a file cannot be read, is no certificate or no key, or the two do not belong together. */
export const readCertificate = (files: CertificateFiles): Certificate => {
  const [cert, key] = [readFileSync(files.cert), readFileSync(files.key)];
  createSecureContext({ cert, key });
  return { cert, key, validTo: new X509Certificate(cert).validTo };
};

/** Looks by path, so that it does not matter how files are exchanged: in place, by renaming, by a symbolic link. */
const LOOK_MS = 2_000;

/** Calls `onChange` when a file is another. Returns the function that ends it. Does not keep the process alive. */
export const watchCertificate = (files: CertificateFiles, onChange: () => void, interval = LOOK_MS): (() => void) => {
  const paths = [files.cert, files.key];
  for (const path of paths) watchFile(path, { interval, persistent: false }, onChange);
  return () => {
    for (const path of paths) unwatchFile(path, onChange);
  };
};
