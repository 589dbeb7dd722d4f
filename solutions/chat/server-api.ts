import type { Config } from '../shared/config.ts';
import { HttpError } from '../shared/http-error.ts';
import type { HttpRequest, Route } from '../shared/http-server.ts';
import { anyField, numberField, objectBody, stringField } from '../shared/json-body.ts';
import { isName } from './frames.ts';
import type { ChatMessage, Draft, Presence } from './message.ts';
import type { PresenceBoard } from './presence.ts';
import type { Topics } from './topics.ts';

/** Between servers many messages travel together. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** What the servers ask each other for. */
export function serverRoutes(config: Config, topics: Topics, presence: PresenceBoard): Route[] {
  const post = (
    path: string,
    handle: (body: Record<string, unknown>) => Promise<unknown> | unknown,
  ): Route => ({
    method: 'POST',
    path,
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async ({ body }: HttpRequest) => ({ status: 200, body: await handle(objectBody(body)) }),
  });
  return [
    post('/_publish', async (body) => {
      const draft = parseDraft(body);
      topics.checkNumbered(draft.roomId);
      return { message: await topics.onPublish(draft) };
    }),
    post('/_subscribe', (body) => {
      const roomId = nameField(body, 'roomId');
      const server = peerField(body, config);
      topics.checkNumbered(roomId);
      return topics.onSubscribe(roomId, server, wholeField(body, 'after'));
    }),
    post('/_deliver', (body) => {
      const messages = listField(body, 'messages').map(parseMessage);
      if (topics.onDeliver(messages)) return {};
      throw new HttpError(404, 'not_subscribed', 'Nobody here is in this room any more.');
    }),
    post('/_presence', (body) => {
      const present = listField(body, 'presence').map(parsePresence);
      presence.onPresence(peerField(body, config), wholeField(body, 'version'), present);
      return {};
    }),
  ];
}

function parseDraft(body: Record<string, unknown>): Draft {
  return {
    roomId: nameField(body, 'roomId'),
    userId: nameField(body, 'userId'),
    content: stringField(body, 'content'),
    clientMessageId: stringField(body, 'clientMessageId'),
  };
}

function parseMessage(value: unknown): ChatMessage {
  const body = objectBody(value);
  const message = {
    id: stringField(body, 'id'),
    roomId: nameField(body, 'roomId'),
    userId: nameField(body, 'userId'),
    content: stringField(body, 'content'),
    timestamp: wholeField(body, 'timestamp'),
    sequenceNumber: wholeField(body, 'sequenceNumber'),
  };
  if (message.sequenceNumber > 0) return message;
  throw new HttpError(400, 'bad_request', '"sequenceNumber" begins at 1.');
}

function parsePresence(value: unknown): Presence {
  const body = objectBody(value);
  return {
    userId: nameField(body, 'userId'),
    roomId: nameField(body, 'roomId'),
    status: 'online',
    lastSeen: wholeField(body, 'lastSeen'),
  };
}

function nameField(body: Record<string, unknown>, name: string): string {
  const value = anyField(body, name);
  if (isName(value)) return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be a name.`);
}

function peerField(body: Record<string, unknown>, config: Config): string {
  const server = stringField(body, 'server');
  if (config.peers.has(server)) return server;
  throw new HttpError(400, 'bad_request', `"server" is "${server}", which is not in PEERS.`);
}

function wholeField(body: Record<string, unknown>, name: string): number {
  const value = numberField(body, name);
  if (Number.isInteger(value)) return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be a whole number.`);
}

function listField(body: Record<string, unknown>, name: string): unknown[] {
  const value = anyField(body, name);
  if (Array.isArray(value)) return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be a list.`);
}
