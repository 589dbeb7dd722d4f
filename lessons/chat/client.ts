import type { Frame, Line, Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { label, runs } from './label.ts';
import { type ChatMessage, readMessage } from './message.ts';
import { type Presence, type RoomView, Views } from './room-view.ts';

/** How often a client says that it is there, ms. */
export const BEAT_MS = 200;

/** How soon a server that is not broken answers, shows and tells, on an idle machine, ms. */
const WITHIN_MS = 5_000;
/** The close code for who was silent for too long. */
const HEARTBEAT_TIMEOUT = 4001;
/** How long it waits before it asks again what was not available, ms. */
const RETRY_MS = 200;

/** How long it waits for the answer to a join that may fail, ms. */
const JOIN_WITHIN_MS = 3_000;

export interface Joined {
  roomId: string;
  sequenceNumber: number;
  messages: ChatMessage[];
  presence: Presence[];
}

export interface ConnectOptions {
  /** Sends no heartbeats. */
  silent?: boolean;
  /** For a user's second connection: how the timeline calls it. */
  name?: string;
  /** A busy machine may hold its heartbeats up, so that it is given up: that is nobody's fault. */
  mayBeMissed?: boolean;
}

/** A user's connection. It sends heartbeats, and holds what it is shown against the order that was promised. */
export class ChatClient {
  readonly user: string;
  readonly line: Line;
  readonly #trial: Trial;
  readonly #views: Views;
  readonly #mayBeMissed: boolean;
  #beat: NodeJS.Timeout | undefined;

  private constructor(trial: Trial, user: string, line: Line, mayBeMissed: boolean) {
    this.#trial = trial;
    this.#mayBeMissed = mayBeMissed;
    this.user = user;
    this.line = line;
    this.#views = new Views(line.frames);
  }

  static async connect(
    trial: Trial,
    node: string,
    user: string,
    options: ConnectOptions = {},
  ): Promise<ChatClient> {
    const { name = user } = options;
    return ChatClient.#begin(trial, user, options, await trial.connect(node, pathFor(user), { name, label }));
  }

  /** Like connect, but undefined when the line does not open. */
  static async tryConnect(
    trial: Trial,
    node: string,
    user: string,
    options: ConnectOptions = {},
  ): Promise<ChatClient | undefined> {
    const { name = user } = options;
    const line = await trial.tryConnect(node, pathFor(user), { name, label });
    return line && ChatClient.#begin(trial, user, options, line);
  }

  static #begin(trial: Trial, user: string, options: ConnectOptions, line: Line): ChatClient {
    const { silent = false, mayBeMissed = false } = options;
    const client = new ChatClient(trial, user, line, mayBeMissed);
    if (!silent) client.#startBeating();
    return client;
  }

  /** `bob at chat2`. */
  get who(): string {
    return `${this.line.name} at ${this.line.node}`;
  }

  /** Joins and waits for `joined`. */
  async join(roomId: string, after?: number): Promise<Joined> {
    const from = this.line.frames.length;
    this.#views.asked(roomId, after);
    const send = () => this.line.send({ type: 'join', roomId, ...(after !== undefined && { after }) });
    send();
    const isIt = (body: any) => body?.type === 'joined' && body.roomId === roomId;
    const joined = await this.reply(`joined ${roomId}`, isIt, from, send);
    const { sequenceNumber, messages, presence } = joined;
    this.#trial.expect(
      Number.isInteger(sequenceNumber) && Array.isArray(messages) && Array.isArray(presence),
      {
        expected: `joined of ${roomId} has a sequenceNumber, a list of messages and a list of presence`,
        seen: brief(joined),
      },
    );
    for (const message of messages) readMessage(this.#trial, message, `what ${this.who} gets as history`);
    this.expectInOrder(roomId);
    return joined;
  }

  /** Joins if that is possible at present: not while the server or the room cannot be reached. */
  async tryJoin(roomId: string, after: number): Promise<boolean> {
    const from = this.line.frames.length;
    this.#views.asked(roomId, after);
    this.line.send({ type: 'join', roomId, after });
    const until = performance.now() + this.#trial.patience(JOIN_WITHIN_MS);
    while (!this.line.ended && performance.now() < until) {
      const frames = this.line.frames.slice(from);
      if (frames.some(({ body }) => body?.type === 'joined' && body.roomId === roomId)) return true;
      if (frames.some(({ body }) => body?.type === 'error')) break;
      await this.#trial.elapse(5);
    }
    this.line.cut();
    return false;
  }

  /** Leaves and waits for `left`. */
  async leave(roomId: string): Promise<void> {
    const from = this.line.frames.length;
    this.line.send({ type: 'leave', roomId });
    const isIt = (body: any) => body?.type === 'left' && body.roomId === roomId;
    await this.reply(`left ${roomId}`, isIt, from);
  }

  /** Sends a message and does not wait. Returns its clientMessageId. */
  post(roomId: string, content: string, clientMessageId = this.#trial.unique('m')): string {
    this.line.send({ type: 'message', roomId, content, clientMessageId });
    return clientMessageId;
  }

  /** Sends a message and waits until it is acknowledged. */
  async say(roomId: string, content: string, clientMessageId?: string): Promise<ChatMessage> {
    const from = this.line.frames.length;
    const id = this.post(roomId, content, clientMessageId);
    const isIt = (body: any) => body?.type === 'ack' && body.clientMessageId === id;
    const again = () => this.post(roomId, content, id);
    const isOwn = (error: any) => (error.clientMessageId ?? id) === id;
    const { message } = await this.reply(`an ack of ${id}`, isIt, from, again, isOwn);
    readMessage(this.#trial, message, `the message in the ack of ${id}`);
    const { roomId: room, userId, content: text } = message;
    this.#trial.expect(room === roomId && userId === this.user && text === content, {
      expected: `the ack of ${id} brings the message of ${this.user} in ${roomId}: ${brief(content)}`,
      seen: brief(message),
    });
    return message;
  }

  /**
   * Waits for a frame of this kind; an `error` or the end of the connection breaks the promise at once.
   *
   * @param again asks once more, where the room was not available for the moment
   * @param isOwn whether an error is meant for what was asked, as far as it says so
   */
  async reply(
    what: string,
    isIt: (body: any) => boolean,
    from = this.line.frames.length,
    again?: () => void,
    isOwn: (error: any) => boolean = () => true,
  ): Promise<any> {
    return (await this.#replyFrame(what, isIt, from, again, isOwn)).body;
  }

  /** The answer to something wrong: an `error` with this code, on a connection that stays open. */
  async expectError(code: string | readonly string[], what: string, act: () => void): Promise<any> {
    const from = this.line.frames.length;
    act();
    const expected = `${what} is answered with an error frame, code ${[code].flat().join(' or ')}`;
    const error = await this.#trial.eventually(
      expected,
      () => {
        this.expectOpen(expected);
        return this.line.frames.slice(from).find(({ body }) => body?.type === 'error')?.body;
      },
      { withinMs: WITHIN_MS, seen: () => this.#seenSince(from) },
    );
    this.#trial.expect([code].flat().includes(error.code) && typeof error.message === 'string', {
      expected,
      seen: brief(error),
    });
    return error;
  }

  expectOpen(expected: string): void {
    const { ended } = this.line;
    if (!ended) return;
    const { code, reason } = ended;
    if (this.#mayBeMissed && code === HEARTBEAT_TIMEOUT) {
      this.#trial.inconclusive(
        `${this.who} was given up, although it pings every ${BEAT_MS} ms: this machine is too busy.`,
        'Run it again when less goes on here.',
      );
    }
    const how = code === 1006 ? 'was broken' : `was closed with ${code} ${reason}`.trimEnd();
    this.#trial.broken({ expected, seen: `the connection of ${this.who} ${how}` });
  }

  /** The answer to a ping: the server has handled everything that was sent before. */
  ping(): Promise<Frame> {
    const from = this.line.frames.length;
    this.line.send({ type: 'ping' });
    return this.#replyFrame('a pong for its ping', (body) => body?.type === 'pong', from);
  }

  view(roomId: string): RoomView {
    return this.#views.of(roomId);
  }

  /** The highest number that it was shown of a room. */
  lastOf(roomId: string): number {
    const view = this.view(roomId);
    return view.messages.at(-1)?.sequenceNumber ?? view.before ?? 0;
  }

  /** What it was shown of a room has no gap, no double, and the order of the numbers. */
  expectInOrder(roomId: string): void {
    const { messages, before = 0 } = this.view(roomId);
    const wrong = messages.findIndex(({ sequenceNumber }, index) => sequenceNumber !== before + 1 + index);
    if (wrong < 0) return;
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber);
    this.#trial.broken({
      expected: `${this.who} is shown the messages of ${roomId} by number, from ${before + 1} on, none missing, none twice: now comes ${before + 1 + wrong}`,
      seen: `${wrong > 0 ? `after ${numbers[wrong - 1]}` : 'first'} comes ${numbers[wrong]}`,
      evidence: [`${this.who} was shown ${runs(numbers)}`],
    });
  }

  /**
   * Waits until it was shown everything of a room up to this number, in order, each once.
   *
   * @param withinMs on an idle machine
   */
  async upTo(roomId: string, last: number, withinMs = WITHIN_MS): Promise<ChatMessage[]> {
    const expected = `${this.who} is shown the messages of ${roomId} up to ${last}`;
    return this.#trial.eventually(
      expected,
      () => {
        this.expectInOrder(roomId);
        if (this.lastOf(roomId) >= last) return this.view(roomId).messages;
        this.expectOpen(expected);
        return undefined;
      },
      {
        withinMs,
        seen: () =>
          `it was shown ${runs(this.view(roomId).messages.map(({ sequenceNumber }) => sequenceNumber))}`,
      },
    );
  }

  /** Waits until it is told that somebody is online or offline in a room. */
  async sees(userId: string, roomId: string, status: Presence['status'], why: string): Promise<Presence> {
    const expected = `${this.who} is told that ${userId} is ${status} in ${roomId}: ${why}`;
    return this.#trial.eventually(
      expected,
      () => {
        this.expectOpen(expected);
        const last = this.view(roomId).presence.findLast((each) => each?.userId === userId);
        return last?.status === status && last;
      },
      {
        withinMs: WITHIN_MS,
        seen: () => `it was told: ${this.view(roomId).statusesOf(userId).join(', ') || 'nothing'}`,
      },
    );
  }

  async #replyFrame(
    what: string,
    isIt: (body: any) => boolean,
    from: number,
    again?: () => void,
    isOwn: (error: any) => boolean = () => true,
  ): Promise<Frame> {
    const expected = `${this.who} gets ${what}`;
    let read = from;
    let unavailableAt: number | undefined;
    return this.#trial.eventually(
      expected,
      () => {
        for (; read < this.line.frames.length; read++) {
          const frame = this.line.frames[read]!;
          if (isIt(frame.body)) return frame;
          if (frame.body?.type !== 'error' || !isOwn(frame.body)) continue;
          if (again === undefined || frame.body.code !== 'room_unavailable')
            this.#trial.broken({ expected, seen: label(frame.body) });
          unavailableAt = performance.now();
        }
        this.expectOpen(expected);
        if (unavailableAt === undefined || performance.now() < unavailableAt + RETRY_MS) return undefined;
        unavailableAt = undefined;
        again?.();
        return undefined;
      },
      { withinMs: WITHIN_MS, seen: () => this.#seenSince(from) },
    );
  }

  #startBeating(): void {
    this.#beat = setInterval(() => {
      if (this.line.ended) clearInterval(this.#beat);
      else this.line.send({ type: 'ping' });
    }, BEAT_MS);
    this.#beat.unref();
  }

  /** Goes on without heartbeats. */
  fallSilent(): void {
    clearInterval(this.#beat);
  }

  #seenSince(from: number): string {
    const others = this.line.frames.slice(from).filter(({ body }) => body?.type !== 'pong');
    const last = others.at(-1);
    return last ? `${others.length} other frames came, the last: ${label(last.body)}` : 'nothing came';
  }
}

function pathFor(user: string): string {
  return `/ws?userId=${encodeURIComponent(user)}`;
}
