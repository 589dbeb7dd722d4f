import { type Config, wallClock } from '../shared/config.ts';
import { HttpError } from '../shared/http-error.ts';
import { NoAnswer } from '../shared/rpc-client.ts';
import { FrameError } from './frames.ts';
import type { Journal, JournalRecord } from './journal.ts';
import type { ChatMessage, Draft } from './message.ts';
import { NumberedRoom } from './numbered-room.ts';
import { buildRing, sequencerOf } from './ring.ts';
import { RoomCopy } from './room-copy.ts';
import type { Excerpt } from './room-log.ts';
import { sequence } from './sequence.ts';
import type { Servers } from './servers.ts';
import { BATCH, Subscriber } from './subscriber.ts';

/** When a client may try again, ms. */
const RETRY_AFTER_MS = 1000;

/** What a server's own clients are to a topic. */
export interface Audience {
  /** Whether somebody is in the room. */
  isIn(roomId: string): boolean;
  /** Tells everybody in the room. */
  tell(message: ChatMessage): void;
}

/** The rooms as topics: whoever publishes does not know who has subscribed, nor at which server. */
export class Topics {
  readonly #config: Config;
  readonly #journal: Journal;
  readonly #servers: Servers;
  readonly #audience: Audience;
  readonly #ring;
  readonly #numbered = new Map<string, NumberedRoom>();
  readonly #copies = new Map<string, RoomCopy>();
  /** By room, then by server. */
  readonly #subscribers = new Map<string, Map<string, Subscriber>>();

  /** @param records what the journal says */
  constructor(
    config: Config,
    journal: Journal,
    records: readonly JournalRecord[],
    servers: Servers,
    audience: Audience,
  ) {
    this.#config = config;
    this.#journal = journal;
    this.#servers = servers;
    this.#audience = audience;
    this.#ring = buildRing([config.nodeId, ...servers.names]);
    for (const record of records) this.#numberedRoom(record.message.roomId).remember(record);
  }

  /** The server that numbers the room's messages. */
  sequencerOf(roomId: string): string {
    return sequencerOf(this.#ring, roomId);
  }

  /** The rooms that this server knows of: id to number of the last message here. */
  rooms(): Map<string, number> {
    const known = [...this.#numbered, ...this.#copies];
    return new Map(known.map(([roomId, { log }]) => [roomId, log.read().sequenceNumber]));
  }

  /** Says something in a room. Throws FrameError `room_unavailable`: it may have been said, or not. */
  async publish(draft: Draft): Promise<ChatMessage> {
    const sequencer = this.sequencerOf(draft.roomId);
    if (sequencer === this.#config.nodeId) return this.onPublish(draft);
    return orUnavailable(this.#servers.publish(sequencer, draft));
  }

  /** `POST /_publish`, and what this server's own clients say: here the room's messages are numbered. */
  async onPublish(draft: Draft): Promise<ChatMessage> {
    const room = this.#numberedRoom(draft.roomId);
    const message = await sequence(room, draft, wallClock(this.#config));
    for (const shown of room.log.show(message.sequenceNumber)) this.#audience.tell(shown);
    for (const subscriber of this.#subscribersOf(draft.roomId).values()) subscriber.push();
    return message;
  }

  /**
   * What was said in a room, up to now.
   *
   * @param after the number of the last message that the reader has; undefined: only the latest
   * @throws FrameError `room_unavailable` if the room's sequencer cannot be reached
   */
  async read(roomId: string, after?: number, limit?: number): Promise<Excerpt> {
    if (this.sequencerOf(roomId) === this.#config.nodeId) {
      return this.#numbered.get(roomId)?.log.read(after, limit) ?? { messages: [], sequenceNumber: 0 };
    }
    const copy = this.#copy(roomId);
    await orUnavailable(copy.refresh());
    return copy.log.read(after, limit);
  }

  /** `POST /_subscribe`: another server wants what follows a message, and what comes from now on. */
  onSubscribe(roomId: string, server: string, after: number): Excerpt {
    const { log } = this.#numberedRoom(roomId);
    const excerpt = log.read(after, BATCH);
    const subscribers = this.#subscribersOf(roomId);
    subscribers.get(server)?.end();
    const subscriber = new Subscriber(server, log, after + excerpt.messages.length, this.#servers);
    subscribers.set(server, subscriber);
    return excerpt;
  }

  /** `POST /_deliver`. @returns whether anybody here is in the rooms: if not, nothing more is wanted */
  onDeliver(messages: readonly ChatMessage[]): boolean {
    const byRoom = Map.groupBy(messages, ({ roomId }) => roomId);
    for (const [roomId, ofRoom] of byRoom) this.#copies.get(roomId)?.onDeliver(ofRoom);
    return [...byRoom.keys()].every((roomId) => this.#audience.isIn(roomId));
  }

  /** Subscribes again to what is wanted here: the sequencer may have restarted, or have given us up. */
  async renew(): Promise<void> {
    const wanted = [...this.#copies].filter(([roomId]) => this.#audience.isIn(roomId));
    await Promise.all(wanted.map(([, copy]) => orUnavailable(copy.refresh()).catch(ignoreUnavailable)));
  }

  /** Checks that this server numbers the room. Throws HttpError 400 `wrong_node`. */
  checkNumbered(roomId: string): void {
    const sequencer = this.sequencerOf(roomId);
    if (sequencer === this.#config.nodeId) return;
    throw new HttpError(400, 'wrong_node', `The messages of "${roomId}" are numbered by ${sequencer}.`);
  }

  #numberedRoom(roomId: string): NumberedRoom {
    const room = this.#numbered.get(roomId) ?? new NumberedRoom(this.#journal);
    this.#numbered.set(roomId, room);
    return room;
  }

  #copy(roomId: string): RoomCopy {
    const tell = (message: ChatMessage) => this.#audience.tell(message);
    const made = () => new RoomCopy(roomId, this.sequencerOf(roomId), this.#servers, tell);
    const copy = this.#copies.get(roomId) ?? made();
    this.#copies.set(roomId, copy);
    return copy;
  }

  /** Those that are still there. */
  #subscribersOf(roomId: string): Map<string, Subscriber> {
    const subscribers = this.#subscribers.get(roomId) ?? new Map<string, Subscriber>();
    this.#subscribers.set(roomId, subscribers);
    for (const [server, subscriber] of subscribers) if (subscriber.ended) subscribers.delete(server);
    return subscribers;
  }
}

async function orUnavailable<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const message = `The server that numbers this room cannot be reached: ${error.message}.`;
    throw new FrameError('room_unavailable', message, { retryAfterMs: RETRY_AFTER_MS });
  }
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof FrameError)) throw error;
}
