import type { Forwarder } from '../../shared/forwarder.ts';
import { HttpError } from '../../shared/http-error.ts';
import type { HttpAnswer, HttpRequest, Route } from '../../shared/http-server.ts';
import { parseKey, parseValue } from '../key-value.ts';
import type { Change, Entry } from './entry.ts';
import { unavailable } from './unavailable.ts';

/** What decides where keys are and which values they have. The API for clients needs to know no more of it. */
export interface Core {
  /** Whether this node serves requests for the key itself. */
  serves(key: string): boolean;
  /** The node that serves them otherwise. Throws HttpError 503 if there is none. */
  serverOf(key: string): Promise<string>;
  /** undefined if the key was never written. Throws HttpError 503. */
  read(key: string): Promise<Entry | undefined>;
  /** Returns what was written. Throws HttpError 503 if nothing has happened, 504 if it may have. */
  write(key: string, change: Change): Promise<Entry>;
}

/** What clients may ask for at any node: `PUT`, `GET` and `DELETE` of a key. */
export function clientRoutes(nodeId: string, core: Core, forwarder: Forwarder): Route[] {
  /** Serves a request here, or has another node serve it: once, so that it cannot go round in circles. */
  const serve = async (
    request: HttpRequest,
    key: string,
    answer: () => Promise<HttpAnswer>,
  ): Promise<HttpAnswer> => {
    if (core.serves(key)) return answer();
    const by = request.headers['x-forwarded-by'];
    if (by !== undefined) {
      throw unavailable(`${by} has forwarded "${key}" to ${nodeId}, which does not serve it either.`);
    }
    return forwarder.forward(await core.serverOf(key), request);
  };

  const get = (request: HttpRequest) => {
    const key = parseKey(request.params.key ?? '');
    return serve(request, key, async () => {
      const entry = await core.read(key);
      if (entry === undefined || entry.deleted) {
        const details = { key, version: entry?.version ?? 0, servedBy: nodeId };
        throw new HttpError(404, 'no_such_key', `There is no key "${key}".`, details);
      }
      return { status: 200, body: { key, value: entry.value, version: entry.version, servedBy: nodeId } };
    });
  };

  const put = (request: HttpRequest) => {
    const key = parseKey(request.params.key ?? '');
    const value = parseValue(request.body);
    return serve(request, key, async () => {
      const { version } = await core.write(key, { value, deleted: false });
      return { status: 200, body: { key, value, version, servedBy: nodeId } };
    });
  };

  const remove = (request: HttpRequest) => {
    const key = parseKey(request.params.key ?? '');
    return serve(request, key, async () => {
      const { version } = await core.write(key, { value: null, deleted: true });
      return { status: 200, body: { key, version, servedBy: nodeId } };
    });
  };

  return [
    { method: 'GET', path: '/:key', handle: get },
    { method: 'PUT', path: '/:key', handle: put },
    { method: 'DELETE', path: '/:key', handle: remove },
  ];
}
