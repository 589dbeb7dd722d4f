import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE_CODES, type Socket } from './connection.ts';

/** A frame may have at most this many bytes. */
const MAX_FRAME_BYTES = 64 * 1024;
/** So many frames of one client are worked on at once; then nothing more is read from it. */
const MAX_FRAMES_AT_WORK = 100;
/** How long a client may take to answer a goodbye, ms. */
const GOODBYE_MS = 5000;
/** The same, when the server is about to end, ms. */
const LAST_GOODBYE_MS = 500;

/** What is done with a client's frames. */
export interface Listener {
  /** A frame has come. Never rejects. */
  onFrame(data: Uint8Array, isBinary: boolean): Promise<void>;
  /** The connection is over. */
  onClose(): void;
}

/** Turns HTTP connections into WebSockets (RFC 6455), and serves these. */
export class ClientSockets {
  readonly #accept: (userId: string, socket: Socket) => Listener | undefined;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

  /** @param accept told of each new client; it may close the socket at once and listen to nothing */
  constructor(accept: (userId: string, socket: Socket) => Listener | undefined) {
    this.#accept = accept;
  }

  /** A client wants to speak another protocol than HTTP from now on: only `/ws` does. */
  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const [path, search] = (request.url ?? '').split('?', 2);
    if (path !== '/ws') {
      stream.on('error', () => stream.destroy());
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const userId = new URLSearchParams(search).get('userId') ?? '';
    this.#server.handleUpgrade(request, stream, head, (webSocket) => this.#serve(userId, webSocket));
  };

  /** Says goodbye to all clients, and resolves when the last one is gone. */
  async close(): Promise<void> {
    for (const webSocket of this.#server.clients) {
      webSocket.close(CLOSE_CODES.serverStopping, 'the server is stopping');
    }
    const cutOff = setTimeout(() => {
      for (const webSocket of this.#server.clients) webSocket.terminate();
    }, LAST_GOODBYE_MS);
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cutOff);
  }

  #serve(userId: string, webSocket: WebSocket): void {
    // What breaks a rule of the protocol, or is too large, is answered with a close code by the library itself.
    webSocket.on('error', () => {});
    const listener = this.#accept(userId, new ClientSocket(webSocket));
    if (listener === undefined) return;
    let atWork = 0;
    webSocket.on('message', async (data: Buffer, isBinary) => {
      if (++atWork === MAX_FRAMES_AT_WORK) webSocket.pause();
      await listener.onFrame(data, isBinary);
      if (atWork-- === MAX_FRAMES_AT_WORK) webSocket.resume();
    });
    webSocket.on('close', () => listener.onClose());
  }
}

class ClientSocket implements Socket {
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(text: string): void {
    this.#webSocket.send(text, () => {});
  }

  sendAndWait(text: string): Promise<void> {
    return new Promise((resolve) => this.#webSocket.send(text, () => resolve()));
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
    setTimeout(() => this.#webSocket.terminate(), GOODBYE_MS).unref();
  }
}
