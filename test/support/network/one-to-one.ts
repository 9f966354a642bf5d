import { INSIDE, INSIDE6, OUTSIDE, OUTSIDE6 } from './lab.ts';

/** Of media, where a router hands them through. */
export const PORTS = '50000-50010';

/** Rules of a router that gives the service a public address of its own. */
export const oneToOne = (family: 'ip' | 'ip6'): string => {
  const [service, router] = family === 'ip' ? [INSIDE.service, OUTSIDE.router] : [INSIDE6.service, OUTSIDE6.router];
  return `
  chain datagrams { type nat hook prerouting priority dstnat; ${family} daddr ${router} udp dport ${PORTS} dnat to ${service}; }
  chain postrouting { type nat hook postrouting priority srcnat; ${family} saddr ${service} masquerade; }`;
};
