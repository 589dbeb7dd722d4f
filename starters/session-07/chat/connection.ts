import type { ChatMessage } from './message.ts';

/** Why a server closes a connection. Source: RFC 6455, section 7.4; from 4000 on the numbers are ours. */
export const CLOSE_CODES = {
  serverStopping: 1001,
  noUserId: 1008,
  tooLarge: 1009,
  heartbeatTimeout: 4001,
  slowReader: 4002,
};

/** The line to a client: what the WebSocket library gives us. */
export interface Socket {
  /** What was sent and has not left this process, bytes. */
  bufferedBytes(): number;
  /** Hands a text frame to the operating system, sooner or later. Never waits, never throws. */
  send(text: string): void;
  /** The same, and resolves when it has left this process, or never will. */
  sendAndWait(text: string): Promise<void>;
  /** Says goodbye. A client that does not answer is cut off after a moment. */
  close(code: number, reason: string): void;
}

/** What goes to everybody in a room. It is made into text once, not once for each of them. */
export interface Broadcast {
  text: string;
  /** The message in it, if there is one. */
  message: ChatMessage | undefined;
}

/** A user's connection. One user may have several. */
export class Connection {
  readonly userId: string;
  /** The rooms it has joined. */
  readonly roomIds = new Set<string>();
  readonly #socket: Socket;
  #lastHeard = performance.now();
  #lastTurn: Promise<void> = Promise.resolve();
  /** How many rooms' histories are on their way. */
  #catchingUp = 0;
  #isSendingHistory = false;
  /** How many of those held came before the history was read. */
  #heldBefore = 0;
  #held: Broadcast[] = [];

  constructor(userId: string, socket: Socket) {
    this.userId = userId;
    this.#socket = socket;
  }

  /** A sign of life has come. */
  heard(): void {
    this.#lastHeard = performance.now();
  }

  /** How long nothing was heard, ms. */
  silentMs(): number {
    return performance.now() - this.#lastHeard;
  }

  /** What waits to be sent, bytes. */
  bufferedBytes(): number {
    // A long history is not the reader's fault: only what has come since it was read counts.
    if (this.#isSendingHistory) {
      return this.#held.slice(this.#heldBefore).reduce((sum, { text }) => sum + text.length, 0);
    }
    if (this.#catchingUp > 0) return 0;
    return this.#socket.bufferedBytes();
  }

  /** Sends a frame to this client alone. */
  send(frame: unknown): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Sends what goes to everybody in a room. It is held while a history is on its way. */
  sendLive(broadcast: Broadcast): void {
    if (this.#catchingUp > 0) this.#held.push(broadcast);
    else this.#socket.send(broadcast.text);
  }

  /** From now on what goes to everybody in a room is held. */
  hold(): void {
    this.#catchingUp++;
  }

  /** Sends a history, and resolves when it is out. */
  async sendHistory(frame: unknown): Promise<void> {
    this.#heldBefore = this.#held.length;
    this.#isSendingHistory = true;
    await this.#socket.sendAndWait(JSON.stringify(frame));
    this.#isSendingHistory = false;
  }

  /**
   * A history is out, or will not come: sends what was held, but for the messages that were in the history.
   *
   * @param sequenceNumber of the last message in the history
   */
  release(roomId: string, sequenceNumber: number): void {
    this.#catchingUp--;
    this.#held = this.#held.filter(
      ({ message }) => message?.roomId !== roomId || message.sequenceNumber > sequenceNumber,
    );
    if (this.#catchingUp > 0) return;
    for (const { text } of this.#held) this.#socket.send(text);
    this.#held = [];
  }

  /** Does one thing after the other, in the order in which the client asked. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}
