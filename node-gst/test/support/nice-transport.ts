import { join } from 'node:path';
import { compile, SRC } from './programs.ts';

const SOURCES = ['media/direct/nice_transport.cc', 'media/direct/udp_path.cc', 'media/session_rtcp.cc'];

/** What it says of a transport that is as it should be. */
export const SECOND = 'the second\n';

/** Compiles `nice-transport.cc` with the transport that it tries, and more sources where they are given. */
export function compileNiceTransport(
  program: string,
  more: readonly string[] = [],
  flags: readonly string[] = [],
): void {
  const sources = [join(import.meta.dirname, 'nice-transport.cc'), ...SOURCES.map((file) => join(SRC, file)), ...more];
  compile(sources, program, ['nice', 'gstreamer-1.0'], flags);
}
