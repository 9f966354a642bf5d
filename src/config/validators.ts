import { isIP } from 'node:net';
import { resolve } from 'node:path';

/**
 * Readers of one setting each: text to value, or an Error that says what is wrong with the text. They never see an empty
 * text of a setting that has a default.
 */
export type Parser<T> = (text: string) => T;

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

export const count =
  (min: number, max: number): Parser<number> =>
  (text) => {
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < min || value > max) throw new Error('not such a number');
    return value;
  };

/** Seconds as text, milliseconds as value. Node's timers fire at once beyond 2^31 ms, so there is a limit. */
export const MAX_SECONDS = 604_800;
export const seconds: Parser<number> = (text) => {
  const value = Number(text);
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text) || value < 0.1 || value > MAX_SECONDS) throw new Error('not such a duration');
  return value * 1000;
};

/** As `seconds`; 0 means not at all. */
export const secondsOrNone: Parser<number> = (text) => (/^0(\.0*)?$/.test(text) ? 0 : seconds(text));

export const choice =
  <T extends string>(...choices: readonly T[]): Parser<T> =>
  (text) => {
    const found = choices.find((each) => each === text.toLowerCase());
    if (found === undefined) throw new Error('not one of them');
    return found;
  };

export const addresses: Parser<readonly string[]> = (text) =>
  list(text).map((entry) => {
    const unspecified = /^[0:.]+$/.test(entry);
    if (isIP(entry) === 0 || unspecified) throw new Error(`${JSON.stringify(entry)} is not an address to listen on`);
    return entry;
  });

/** Serialised origins (RFC 6454), as a browser sends them in `Origin`. */
export const origins: Parser<readonly string[]> = (text) =>
  list(text).map((entry) => {
    const match = /^([a-z][a-z\d+.-]*):\/\/[^\s/?#@\\]+\/?$/i.exec(entry);
    if (match === null || !URL.canParse(entry)) throw new Error(`${JSON.stringify(entry)} is not an origin`);
    const { origin } = new URL(entry);
    // Apps in a shell have schemes of their own (tauri://localhost), for which URL knows no origin.
    return origin === 'null' ? entry.toLowerCase().replace(/\/$/, '') : origin;
  });

/** Without a query, a fragment or credentials; a path is kept, without its last slash. '' where nothing is set. */
export const httpUrl: Parser<string> = (text) => {
  if (text === '') return '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error('not an http or https URL');
  if (url.username !== '' || url.password !== '') throw new Error('credentials do not belong here');
  if (/[?#]/.test(text)) throw new Error('a query or fragment does not belong here');
  return url.href.replace(/\/+$/, '');
};

/** An absolute path; '' where nothing is set. */
export const file: Parser<string> = (text) => (text === '' ? '' : folder(text));

/** A path of a folder that may not be there yet. */
export const folder: Parser<string> = (text) => {
  if (text.includes('\0')) throw new Error('a path has no NUL in it');
  return resolve(text);
};

export const MIN_SECRET = 16;
/** '' where nothing is set. */
export const secret: Parser<string> = (text) => {
  if (text === '') return '';
  if (text.length < MIN_SECRET) throw new Error('too short');
  // What a header cannot carry could never be matched.
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error('not only visible ASCII characters');
  return text;
};
