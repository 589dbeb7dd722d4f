import type { Forwarder } from '../shared/forwarder.ts';
import { HttpError } from '../shared/http-error.ts';
import type { HttpAnswer, HttpRequest, Route } from '../shared/http-server.ts';
import { anyField, objectBody } from '../shared/json-body.ts';
import { parseAppended, parseClient, parseKey, parseLocal, parseValue } from './kv-request.ts';
import type { Command } from './messages.ts';
import type { Shell } from './shell.ts';
import type { Held, Outcome } from './state-machine.ts';

/** What clients may ask of the key-value store, at any node. */
export function kvRoutes(shell: Shell, forwarder: Forwarder): Route[] {
  const { node, stateMachine } = shell;

  /** Has the leader answer: once, so that a request cannot go round in circles. */
  const forward = (request: HttpRequest): Promise<HttpAnswer> => {
    const by = request.headers['x-forwarded-by'];
    if (by !== undefined) throw noLeader(`${by} takes ${node.id} for the leader, and it is not.`);
    const { leader } = node;
    if (leader === null || leader === node.id) throw noLeader(`${node.id} knows of no leader at present.`);
    return forwarder.forward(leader, request);
  };

  const change = async (request: HttpRequest, command: Command): Promise<HttpAnswer> => {
    const committed = await shell.propose({ ...command, ...parseClient(request.headers) });
    if (committed === null) return forward(request);
    return outcomeAnswer(command.key, committed.outcome);
  };

  const outcomeAnswer = (key: string, { result, held }: Outcome): HttpAnswer => {
    if (result === 'done') return found(key, held);
    const messages = {
      mismatch: `"${key}" holds something else.`,
      stale_request: 'This client has made a later request already.',
    };
    const current = result === 'mismatch' ? held : {};
    return { status: 409, body: { error: result, message: messages[result], key, ...current } };
  };

  const found = (key: string, { value, exists, version }: Held): HttpAnswer => {
    const body = exists ? { key, value, version } : { key, version };
    return { status: 200, body: { ...body, servedBy: node.id } };
  };

  const get = async (request: HttpRequest): Promise<HttpAnswer> => {
    const key = parseKey(request.params.key ?? '');
    if (!parseLocal(request.query)) {
      const led = node.state === 'leader';
      if (!(await shell.confirmRead())) {
        if (!led) return forward(request);
        throw noQuorum(`No majority confirms in time that ${node.id} leads.`);
      }
    }
    const held = stateMachine.get(key);
    if (held.exists) return found(key, held);
    const message = `There is no key "${key}".`;
    return { status: 404, body: { error: 'no_such_key', message, key, version: 0, servedBy: node.id } };
  };

  const put = async (request: HttpRequest): Promise<HttpAnswer> => {
    const key = parseKey(request.params.key ?? '');
    const body = objectBody(request.body);
    const value = parseValue(body, 'value');
    if (!Object.hasOwn(body, 'expected')) return change(request, { op: 'put', key, value });
    return change(request, { op: 'cas', key, value, expected: anyField(body, 'expected') });
  };

  const remove = async (request: HttpRequest): Promise<HttpAnswer> => {
    return change(request, { op: 'delete', key: parseKey(request.params.key ?? '') });
  };

  const append = async (request: HttpRequest): Promise<HttpAnswer> => {
    const key = parseKey(request.params.key ?? '');
    return change(request, { op: 'append', key, value: parseAppended(request.body) });
  };

  return [
    { method: 'GET', path: '/kv/:key', handle: get },
    { method: 'PUT', path: '/kv/:key', handle: put },
    { method: 'DELETE', path: '/kv/:key', handle: remove },
    { method: 'POST', path: '/kv/:key', handle: append },
  ];
}

/** 503 `no_leader`: nobody is known to lead at present. It promises that nothing has happened. */
function noLeader(message: string): HttpError {
  return new HttpError(503, 'no_leader', message);
}

/** 503 `no_quorum`: too few nodes can be reached. It promises that nothing has happened. */
function noQuorum(message: string): HttpError {
  return new HttpError(503, 'no_quorum', message);
}
