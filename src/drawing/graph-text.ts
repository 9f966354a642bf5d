/** Names in GStreamer's graphs are made of addresses in memory, which are nobody's business: numbers tell them apart, too. */
export function withoutAddresses(graph: string): string {
  const numbers = new Map<string, number>();
  return graph.replace(/0x[0-9a-f]+/gi, (address) => {
    const number = numbers.get(address) ?? numbers.size + 1;
    numbers.set(address, number);
    return String(number);
  });
}
