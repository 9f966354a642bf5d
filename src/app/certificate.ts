import { ServiceError } from '../base/errors.ts';
import { errorText } from '../events/error-text.ts';
import { readCertificate, watchCertificate, type Certificate, type CertificateFiles } from '../http/certificate.ts';
import type { HttpServer } from '../http/server.ts';
import type { Context } from './context.ts';

/** Throws a ServiceError `config` where the files of a first start cannot be used. Null: no TLS. */
export const firstCertificate = ({ config }: Context): Certificate | null => {
  const { tls } = config;
  if (tls === null) return null;
  try {
    return readCertificate(tls);
  } catch (cause) {
    const detail = `TLS_CERT=${tls.cert} and TLS_KEY=${tls.key} cannot be used: ${errorText(cause)}`;
    throw new ServiceError('config', { detail, cause });
  }
};

/** A new certificate serves whoever connects from then on; one that cannot be used is told of, and the old one stays. */
export const followCertificate = (context: Context, server: HttpServer): (() => void) => {
  const { tls } = context.config;
  return tls === null ? () => undefined : watchCertificate(tls, () => reload(context, tls, server));
};

const reload = ({ reporter }: Context, files: CertificateFiles, server: HttpServer): void => {
  try {
    const certificate = readCertificate(files);
    server.setCertificate(certificate);
    reporter.certificateLoaded(certificate.validTo);
  } catch (error) {
    reporter.certificateRefused(error);
  }
};
