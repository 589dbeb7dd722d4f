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
  /** Says goodbye. A client that does not answer is cut off after a moment. */
  close(code: number, reason: string): void;
}

/** What goes to everybody in a room. It is made into text once, not once for each of them. */
export interface Broadcast {
  text: string;
}

/** A user's connection. One user may have several. */
export class Connection {
  readonly userId: string;
  /** The rooms it has joined. */
  readonly roomIds = new Set<string>();
  readonly #socket: Socket;
  #lastHeard = performance.now();
  #lastTurn: Promise<void> = Promise.resolve();

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
    return this.#socket.bufferedBytes();
  }

  /** Sends a frame to this client alone. */
  send(frame: unknown): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Sends what goes to everybody in a room. */
  sendLive(broadcast: Broadcast): void {
    this.#socket.send(broadcast.text);
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
