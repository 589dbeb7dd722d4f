import type { Frame } from '../../src/verify/check.ts';
import type { ChatMessage } from './message.ts';

export interface Presence {
  userId: string;
  roomId: string;
  status: 'online' | 'offline';
  /** Epoch ms. */
  lastSeen: number;
}

/** What one client was shown of one room, in the order in which it came: the history it got with `joined`, then what followed. */
export class RoomView {
  readonly messages: ChatMessage[] = [];
  /** Of other users and itself, from `joined` and from `presence`. */
  readonly presence: Presence[] = [];
  /** The number before the first message that it should be shown. */
  before: number | undefined;

  /** @param after what the client asked for when it joined */
  joined(body: any, after: number | undefined): void {
    const history: ChatMessage[] = Array.isArray(body.messages) ? body.messages : [];
    this.before ??= after ?? (history[0]?.sequenceNumber ?? body.sequenceNumber + 1) - 1;
    this.messages.push(...history);
    if (Array.isArray(body.presence)) this.presence.push(...body.presence);
  }

  /** How often each change of a user was seen, in order. */
  statusesOf(userId: string): string[] {
    return this.presence.filter((each) => each?.userId === userId).map(({ status }) => status);
  }
}

/** Everything a client was shown, by room. Reads on where it stopped. */
export class Views {
  readonly #rooms = new Map<string, RoomView>();
  readonly #frames: readonly Frame[];
  /** Of joins that were sent and not answered yet, in order. */
  readonly #asked = new Map<string, (number | undefined)[]>();
  #read = 0;

  constructor(frames: readonly Frame[]) {
    this.#frames = frames;
  }

  asked(roomId: string, after: number | undefined): void {
    this.#asked.set(roomId, [...(this.#asked.get(roomId) ?? []), after]);
  }

  of(roomId: string): RoomView {
    for (; this.#read < this.#frames.length; this.#read++) this.#take(this.#frames[this.#read]!.body);
    return this.#room(roomId);
  }

  #take(body: any): void {
    if (body?.type === 'joined') this.#room(body.roomId).joined(body, this.#asked.get(body.roomId)?.shift());
    if (body?.type === 'message') this.#room(body.message?.roomId).messages.push(body.message);
    if (body?.type === 'presence') this.#room(body.roomId).presence.push(body);
  }

  #room(roomId: string): RoomView {
    const view = this.#rooms.get(roomId) ?? new RoomView();
    this.#rooms.set(roomId, view);
    return view;
  }
}
