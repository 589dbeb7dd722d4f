import {
  parseAppended,
  parseClient,
  parseKey,
  parseLocal,
  parseValue,
} from '../../../solutions/consensus/kv-request.ts';
import type { HttpAnswer, HttpRequest, Route } from '../../../solutions/shared/http-server.ts';
import { anyField, objectBody } from '../../../solutions/shared/json-body.ts';
import type { Gateway, RaftStatus } from './gateway.ts';
import type { Store } from './store.ts';

/** /health has 50 ms. */
const STATUS_WITHIN_MS = 40;

export function routes(nodeId: string, store: Store, gateway: Gateway): Route[] {
  const keyOf = ({ params }: HttpRequest) => parseKey(params.key ?? '');

  const put = (request: HttpRequest): Promise<HttpAnswer> => {
    const key = keyOf(request);
    const body = objectBody(request.body);
    const value = parseValue(body, 'value');
    const by = parseClient(request.headers);
    if (!Object.hasOwn(body, 'expected')) return store.put(key, value, by);
    return store.compareAndSet(key, anyField(body, 'expected'), value, by);
  };

  const append = (request: HttpRequest): Promise<HttpAnswer> =>
    store.append(keyOf(request), parseAppended(request.body), parseClient(request.headers));

  const status = statusOf(nodeId, gateway);
  return [
    {
      method: 'GET',
      path: '/kv/:key',
      handle: (request) => store.get(keyOf(request), parseLocal(request.query)),
    },
    { method: 'PUT', path: '/kv/:key', handle: put },
    { method: 'POST', path: '/kv/:key', handle: append },
    {
      method: 'DELETE',
      path: '/kv/:key',
      handle: (request) => store.remove(keyOf(request), parseClient(request.headers)),
    },
    {
      method: 'GET',
      path: '/health',
      handle: async () => {
        const { state, currentTerm, leader } = await status();
        return { status: 200, body: { id: nodeId, status: 'ok', role: state, term: currentTerm, leader } };
      },
    },
    {
      method: 'GET',
      path: '/status',
      handle: async () => ({ status: 200, body: { id: nodeId, ...(await status()) } }),
    },
  ];
}

/** What a member says of its state; a follower that knows of nobody while etcd is not there yet. */
function statusOf(nodeId: string, gateway: Gateway) {
  let names = new Map<bigint, string>();
  const nothingYet: RaftStatus = { state: 'follower', term: 0, leaderId: 0n, applied: 0 };

  return async () => {
    const { state, term, leaderId, applied } = await gateway
      .raftStatus(STATUS_WITHIN_MS)
      .catch(() => nothingYet);
    if (leaderId !== 0n && !names.has(leaderId)) names = await gateway.members().catch(() => names);
    const leader = state === 'leader' ? nodeId : (names.get(leaderId) ?? null);
    return { state, currentTerm: term, leader, lastApplied: applied };
  };
}
