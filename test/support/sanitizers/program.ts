import { writeFileSync } from 'node:fs';

/**
 * Writes a program that becomes another one, and keeps its process id.
 *
 * @param file where it is written, which is also what is returned
 * @param words of the shell, before the arguments that it is given; `unlessGiven` are the arguments where there are none
 */
export function writeProgram(file: string, { words, unlessGiven }: { words: string[]; unlessGiven: string }): string {
  const lines = ['#!/bin/sh', `[ $# -gt 0 ] || set -- ${unlessGiven}`, `exec ${words.join(' ')} "$@"`, ''];
  writeFileSync(file, lines.join('\n'), { mode: 0o755 });
  return file;
}
