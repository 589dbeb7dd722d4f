/** Where one link listens and where it leads. */
export interface LinkConfig {
  from: string;
  to: string;
  /** Origin of the callee as the wire sees it, e.g. `http://node2:8080`. */
  target: string;
  listenHost: string;
  listenPort: number;
}

/** What the wire's program is given, as JSON in the environment variable WIRE_CONFIG. */
export interface WireConfig {
  control: { host: string; port: number; token: string };
  links: LinkConfig[];
  /** Of the wire's random numbers: the same seed loses the same messages. */
  seed: number;
}

/** Where a stack's wire listens and leads to, as its placement says it. */
export function wireConfig(
  control: { listenHost: string; listenPort: number; token: string },
  links: readonly LinkConfig[],
): WireConfig {
  return {
    control: { host: control.listenHost, port: control.listenPort, token: control.token },
    links: links.map(({ from, to, target, listenHost, listenPort }) => ({
      from,
      to,
      target,
      listenHost,
      listenPort,
    })),
    seed: 1,
  };
}

/**
 * @param text value of WIRE_CONFIG
 * @throws Error whose message names what is wrong with it
 */
export function parseConfig(text: string | undefined): WireConfig {
  if (!text) throw new Error('WIRE_CONFIG is not set');
  let config: WireConfig;
  try {
    config = JSON.parse(text);
  } catch {
    throw new Error('WIRE_CONFIG is not JSON');
  }
  const { control, links, seed } = Object(config) as WireConfig;
  requireText(control?.host, 'control.host');
  requireText(control?.token, 'control.token');
  requirePort(control?.port, 'control.port');
  require(Array.isArray(links), 'links', 'a list');
  for (const [index, link] of links.entries()) {
    for (const field of ['from', 'to', 'listenHost'] as const) {
      requireText(link?.[field], `links[${index}].${field}`);
    }
    requirePort(link.listenPort, `links[${index}].listenPort`);
    const isOrigin = URL.canParse(link.target) && new URL(link.target).protocol === 'http:';
    require(isOrigin, `links[${index}].target`, 'an http URL');
  }
  require(Number.isSafeInteger(seed), 'seed', 'a whole number');
  return config;
}

function requireText(value: unknown, field: string): void {
  require(typeof value === 'string' && value !== '', field, 'a text');
}

function requirePort(value: unknown, field: string): void {
  require(Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536, field, 'a port');
}

function require(condition: boolean, field: string, what: string): void {
  if (!condition) throw new Error(`WIRE_CONFIG: ${field} must be ${what}`);
}
