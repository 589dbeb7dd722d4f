import type { Forwarder } from '../../shared/forwarder.ts';
import type { HttpAnswer, HttpRequest, Route } from '../../shared/http-server.ts';
import { parseKey, parseValue } from '../key-value.ts';
// @since 5
import { isAcknowledged } from './acknowledge.ts';
// @end
import type { Change } from './entry.ts';
import type { Held, KeyValues } from './key-values.ts';
import type { Leadership } from './leadership.ts';
// @since 5
import { parseAck, parseLevel, parseToken, SESSION_TOKEN } from './levels.ts';
// @end
import type { NodeState } from './node-state.ts';
// @since 5
import type { Reads } from './reads.ts';
import { noLeader } from './unavailable.ts';
// @end
// @until 5
// ~ import { noLeader, noQuorum } from './unavailable.ts';
// @end
import { write } from './write.ts';

/** What the clients' API needs of its node. */
export interface Store {
  state: NodeState;
  keyValues: KeyValues;
  forwarder: Forwarder;
  // @since 5
  reads: Reads;
  // @end
  /** undefined while the node does not lead. */
  leadership(): Leadership | undefined;
}

/** What clients may ask for at any node: `PUT`, `GET` and `DELETE` of a key. */
export function clientRoutes(store: Store): Route[] {
  const { nodeId } = store.state;

  // ANCHOR: to-the-leader
  /** Has the leader answer: once, so that a request cannot go round in circles. */
  const forward = (request: HttpRequest): Promise<HttpAnswer> => {
    const { leader } = store.state;
    const by = request.headers['x-forwarded-by'];
    if (by !== undefined) throw noLeader(`${by} takes ${nodeId} for the leader, and it cannot answer.`);
    if (leader === null || leader === nodeId)
      throw noLeader(`${nodeId} knows of no leader that could answer now.`);
    return store.forwarder.forward(leader, request);
  };
  // ANCHOR_END: to-the-leader

  const change = async (request: HttpRequest, key: string, change: Change): Promise<HttpAnswer> => {
    // @since 5
    const ack = parseAck(request.query);
    // @end
    const leadership = store.leadership();
    if (leadership === undefined) return forward(request);
    // @since 5
    const isSafe = (index: number) => isAcknowledged(leadership, index, ack);
    // @end
    // @until 5
    // ~ const isSafe = (index: number) => leadership.isOnMajority(index);
    // @end
    const { index: version } = await write(leadership, key, change, isSafe);
    // @since 5
    const headers = { [SESSION_TOKEN]: String(version) };
    // @end
    const { value, deleted } = change;
    const body = deleted ? { key, version, servedBy: nodeId } : { key, value, version, servedBy: nodeId };
    // @since 5
    return { status: 200, body, headers };
    // @end
    // @until 5
    // ~ return { status: 200, body };
    // @end
  };

  const get = async (request: HttpRequest): Promise<HttpAnswer> => {
    const key = parseKey(request.params.key ?? '');
    // @since 5
    const level = parseLevel(request.query);
    const token = parseToken(request.headers[SESSION_TOKEN.toLowerCase()]);
    const held = await store.reads.read(key, level, token);
    if (held === undefined) return forward(request);
    // What was read is no newer than what is applied now: the client must never see less again.
    const headers = { [SESSION_TOKEN]: String(Math.max(token, store.keyValues.commitIndex)) };
    return { ...found(key, held), headers };
    // @end
    // @until 5
    // ~ const leadership = store.leadership();
    // ~ if (leadership === undefined) return forward(request);
    // ~ if (!(await leadership.isReady())) throw noQuorum('This leader does not know yet what earlier ones promised.');
    // ~ return found(key, store.keyValues.get(key));
    // @end
  };

  const found = (key: string, { value, exists, version }: Held): HttpAnswer => {
    if (exists) return { status: 200, body: { key, value, version, servedBy: nodeId } };
    const message = `There is no key "${key}".`;
    return { status: 404, body: { error: 'no_such_key', message, key, version, servedBy: nodeId } };
  };

  const put = async (request: HttpRequest) => {
    const key = parseKey(request.params.key ?? '');
    return change(request, key, { value: parseValue(request.body), deleted: false });
  };

  const remove = async (request: HttpRequest) => {
    const key = parseKey(request.params.key ?? '');
    return change(request, key, { value: null, deleted: true });
  };

  return [
    { method: 'GET', path: '/:key', handle: get },
    { method: 'PUT', path: '/:key', handle: put },
    { method: 'DELETE', path: '/:key', handle: remove },
  ];
}
