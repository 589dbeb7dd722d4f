/** Headers that speak of one connection only (RFC 9110, 7.6.1), and `expect`, which the wire has answered itself. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/**
 * The headers that go on to the next hop, in order and case as they came.
 * @param raw names and values in turn, as Node gives them
 */
export function endToEnd(raw: readonly string[]): string[] {
  const dropped = new Set(HOP_BY_HOP);
  for (const [name, value] of pairs(raw)) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const option of value.split(',')) dropped.add(option.trim().toLowerCase());
  }
  return pairs(raw)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .flat();
}

/** The same headers with one of them set. */
export function withHeader(headers: readonly string[], name: string, value: string): string[] {
  const others = pairs(headers).filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return [name, value, ...others.flat()];
}

export function hasHeader(headers: readonly string[], name: string): boolean {
  return pairs(headers).some(([other]) => other.toLowerCase() === name);
}

function pairs(raw: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) list.push([raw[index]!, raw[index + 1]!]);
  return list;
}
