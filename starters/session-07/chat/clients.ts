import type { Config } from '../shared/config.ts';
import { catchUp } from './catch-up.ts';
import type { Listener } from './client-sockets.ts';
import { type Broadcast, CLOSE_CODES, Connection, type Socket } from './connection.ts';
import { type ClientFrame, FrameError, isName, parseFrame } from './frames.ts';
import { onPing, sweep } from './heartbeat.ts';
import type { ChatMessage, Presence } from './message.ts';
import { onClose } from './on-close.ts';
import { PresenceBoard } from './presence.ts';
import { publish } from './publish.ts';
import { Rooms } from './rooms.ts';
import type { Servers } from './servers.ts';
import type { ChatSettings } from './settings.ts';
import type { Topics } from './topics.ts';

type Joining = Extract<ClientFrame, { type: 'join' }>;
type Saying = Extract<ClientFrame, { type: 'message' }>;

/** The clients of this server: what they say is done here, and what they are to hear goes out here. */
export class Clients {
  readonly presence: PresenceBoard;
  readonly rooms = new Rooms();
  /** Comes when the journal has been read. */
  topics!: Topics;
  readonly #settings: ChatSettings;
  readonly #connections = new Set<Connection>();

  constructor(config: Config, settings: ChatSettings, servers: Servers) {
    this.#settings = settings;
    this.presence = new PresenceBoard(
      config,
      this.rooms,
      (presence) => this.#tellPresence(presence),
      servers,
    );
  }

  get count(): number {
    return this.#connections.size;
  }

  /** Takes in a new client. */
  accept(userId: string, socket: Socket): Listener | undefined {
    if (!isName(userId)) {
      socket.close(CLOSE_CODES.noUserId, 'say who you are: /ws?userId=...');
      return undefined;
    }
    const connection = new Connection(userId, socket);
    this.#connections.add(connection);
    return {
      onFrame: (data, isBinary) => this.#onFrame(connection, data, isBinary),
      onClose: () => this.#end(connection),
    };
  }

  /** Whether somebody is in the room. */
  isIn(roomId: string): boolean {
    return this.rooms.membersOf(roomId).length > 0;
  }

  /** Tells everybody in the room of a message. */
  tell(message: ChatMessage): void {
    const text = JSON.stringify({ type: 'message', message });
    this.#publish(message.roomId, { text, message });
  }

  /** Gives up clients that were silent for too long. */
  sweep(): void {
    sweep([...this.#connections], this.#settings.presenceTimeoutMs, (silent) => {
      this.#giveUp(silent, CLOSE_CODES.heartbeatTimeout, 'no heartbeat');
    });
  }

  async #onFrame(connection: Connection, data: Uint8Array, isBinary: boolean): Promise<void> {
    let frame: ClientFrame | undefined;
    try {
      if (isBinary) throw new FrameError('bad_frame', 'A frame is text, not binary.');
      const parsed = parseFrame(data);
      frame = parsed;
      if (parsed.type === 'ping') onPing(connection);
      else await connection.inTurn(() => this.#receive(connection, parsed));
    } catch (error) {
      connection.send(errorFrame(error, frame));
    }
  }

  async #receive(connection: Connection, frame: ClientFrame): Promise<void> {
    // It may have been given up meanwhile.
    if (!this.#connections.has(connection)) return;
    if (frame.type === 'join') return this.#join(connection, frame);
    if (frame.type === 'ping') return;
    if (!connection.roomIds.has(frame.roomId)) {
      throw new FrameError('not_joined', `You are not in the room "${frame.roomId}".`);
    }
    if (frame.type === 'leave') this.#leave(connection, frame.roomId);
    else await this.#say(connection, frame);
  }

  async #join(connection: Connection, { roomId, after }: Joining): Promise<void> {
    const wasMember = connection.roomIds.has(roomId);
    const register = () => {
      if (this.#connections.has(connection)) this.#enter(connection, roomId);
    };
    try {
      await catchUp(
        connection,
        roomId,
        register,
        () => this.topics.read(roomId, after),
        (history) => {
          const presence = this.presence.everybodyIn(roomId);
          return connection.sendHistory({ type: 'joined', roomId, ...history, presence });
        },
      );
    } catch (error) {
      if (!wasMember) this.#exit(connection, roomId);
      throw error;
    }
  }

  #leave(connection: Connection, roomId: string): void {
    this.#exit(connection, roomId);
    connection.send({ type: 'left', roomId });
  }

  async #say(connection: Connection, { roomId, content, clientMessageId }: Saying): Promise<void> {
    const draft = { roomId, userId: connection.userId, content, clientMessageId };
    const message = await this.topics.publish(draft);
    connection.send({ type: 'ack', clientMessageId, message });
  }

  #enter(connection: Connection, roomId: string): void {
    if (this.rooms.join(connection, roomId)) this.presence.announce(connection.userId, roomId);
  }

  #exit(connection: Connection, roomId: string): void {
    if (this.rooms.leave(connection, roomId)) this.presence.announce(connection.userId, roomId);
  }

  #tellPresence(presence: Presence): void {
    const text = JSON.stringify({ type: 'presence', ...presence });
    this.#publish(presence.roomId, { text, message: undefined });
  }

  #publish(roomId: string, broadcast: Broadcast): void {
    publish(this.rooms.membersOf(roomId), broadcast, this.#settings.maxBufferBytes, (slow) => {
      this.#giveUp(slow, CLOSE_CODES.slowReader, 'too much waits to be read');
    });
  }

  #giveUp(connection: Connection, code: number, reason: string): void {
    connection.close(code, reason);
    this.#end(connection);
  }

  /** A connection is over: closed by its client, broken off, or given up. */
  #end(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    try {
      onClose(connection, this.rooms, (userId, roomId) => {
        this.presence.announce(userId, roomId, connection.silentMs());
      });
    } catch (error) {
      // There is no client left to be told.
      console.error(error);
    }
  }
}

/** @param frame what the client has sent, if it could be read */
function errorFrame(error: unknown, frame: ClientFrame | undefined): Record<string, unknown> {
  const { roomId, clientMessageId } = (frame ?? {}) as Partial<Saying>;
  if (error instanceof FrameError) {
    const { code, message, details } = error;
    return { type: 'error', code, message, roomId, clientMessageId, ...details };
  }
  // A mistake in the server's own code.
  console.error(error);
  return { type: 'error', code: 'internal', message: (error as Error).message, roomId, clientMessageId };
}
