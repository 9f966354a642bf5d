import { ServiceError } from '../base/errors.ts';

export interface ListenAddress {
  /** null: every interface, IPv6 and IPv4. */
  readonly host: string | null;
  /** 0: the system chooses. */
  readonly port: number;
}

/** What an operator can do about a listener that cannot be opened, in one line. */
export const listenError = (
  error: NodeJS.ErrnoException,
  setting: string,
  { host, port }: ListenAddress,
): ServiceError => {
  const where = `${setting}=${host === null ? '' : host.includes(':') ? `[${host}]` : host}:${port}`;
  return new ServiceError('listen', { detail: `${where}: ${advice(error.code, port)}`, cause: error });
};

const advice = (code: string | undefined, port: number): string => {
  switch (code) {
    case 'EACCES':
      return `port ${port} needs privileges: run with CAP_NET_BIND_SERVICE, or choose a port above 1023`;
    case 'EADDRINUSE':
      return 'something else listens there: stop it, or choose another port';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address: choose one of its own, or leave the host out';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name cannot be resolved: use an address';
    default:
      return code ?? 'unknown error';
  }
};
