/** Address, port and type of each candidate of an answer. */
export const candidatesOf = (answer: string): [string, number, string][] =>
  [...answer.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+) (\d+) typ (\S+)/gm)].map(
    ([, address = '', port, type = '']) => [address, Number(port), type],
  );
