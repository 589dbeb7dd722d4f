/**
 * A client of the chat for browsers and for Node: it connects again when the line breaks, catches up with what it has
 * missed, shows every message once and in order, and says again what was not acknowledged.
 */

/** The longest pause before the next try to connect is this, doubled with each failure, up to the other, ms. */
const BACKOFF_BASE_MS = 250;
const BACKOFF_MAX_MS = 5000;
/** When a server says nothing for so many heartbeats, the line is taken for dead. */
const SILENT_HEARTBEATS = 3;

/** Close codes after which the same would happen again. */
const FINAL_CODES = new Map([[1008, 'The server does not take this name.']]);

/**
 * Events, each with what it is about in `detail`:
 * - `status`: `{ state: 'connecting' | 'joined' | 'waiting' | 'ended', reason, retryMs }`
 * - `message`: a ChatMessage, in order, each once
 * - `outbox`: what is not acknowledged yet: `[{ clientMessageId, content }]`
 * - `presence`: everybody in the room: `[{ userId, status, lastSeen }]`
 * - `missed`: how many messages the server does not have any more
 * - `refused`: `{ content, message }`: something that the server will not take
 */
export class ChatClient extends EventTarget {
  #url;
  #roomId;
  #heartbeatMs;
  #socket;
  #timers = new Set();
  #failures = 0;
  #ended = false;
  #joined = false;
  /** Whether the server was asked to fill a gap, and has not answered. */
  #asking = false;
  /** The number of the last message shown; undefined before the first `joined`. */
  #last;
  #held = new Map();
  #outbox = new Map();
  #people = new Map();
  #heardAt = 0;

  /**
   * @param {{ server: string, userId: string, roomId: string, heartbeatMs?: number }} options server: `host:port`
   */
  constructor({ server, userId, roomId, heartbeatMs = 3000 }) {
    super();
    this.#url = `ws://${server}/ws?userId=${encodeURIComponent(userId)}`;
    this.#roomId = roomId;
    this.#heartbeatMs = heartbeatMs;
  }

  /** Connects, again and again, until `stop`. */
  start() {
    this.#connect();
  }

  /** Hangs up for good. */
  stop() {
    this.#end('you have left');
    this.#socket?.close(1000);
  }

  /** Whether everything that was said was acknowledged and shown. */
  get isSettled() {
    return this.#joined && this.#outbox.size === 0 && this.#held.size === 0;
  }

  /** Says something. It is kept until the server acknowledges it, and said again with the same id if need be. */
  send(content) {
    const clientMessageId = randomId();
    this.#outbox.set(clientMessageId, content);
    this.#tellOutbox();
    if (this.#joined) this.#say(clientMessageId, content);
  }

  #connect() {
    this.#cancelTimers();
    this.#tell('status', { state: 'connecting' });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    // What an old line still says is not listened to.
    const current = (work) => (event) => {
      if (this.#socket === socket) work(event);
    };
    socket.addEventListener(
      'open',
      current(() => this.#join()),
    );
    socket.addEventListener(
      'message',
      current(({ data }) => this.#receive(JSON.parse(data))),
    );
    socket.addEventListener(
      'close',
      current(({ code, reason }) => this.#onClose(code, reason)),
    );
    socket.addEventListener('error', () => {});
    this.#every(this.#heartbeatMs, () => this.#beat());
  }

  /** A line that is dead looks like one on which nothing is said: only the heartbeat tells. */
  #beat() {
    if (Date.now() - this.#heardAt > SILENT_HEARTBEATS * this.#heartbeatMs) {
      this.#onClose(undefined, 'the server is silent');
    } else if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: 'ping' }));
    }
  }

  #onClose(code, reason) {
    this.#drop(reason);
    if (this.#ended) return;
    if (FINAL_CODES.has(code)) return this.#end(FINAL_CODES.get(code));
    const ceiling = Math.min(BACKOFF_BASE_MS * 2 ** this.#failures++, BACKOFF_MAX_MS);
    // With jitter: when a server restarts, its clients must not all come at the same moment.
    const retryMs = ceiling / 2 + (Math.random() * ceiling) / 2;
    this.#tell('status', { state: 'waiting', reason: reason || 'the line is broken', retryMs });
    this.#after(retryMs, () => this.#connect());
  }

  /** Gives the line up. */
  #drop(reason) {
    this.#cancelTimers();
    this.#joined = false;
    this.#asking = false;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(1000, String(reason ?? '').slice(0, 100));
  }

  #end(reason) {
    this.#ended = true;
    this.#cancelTimers();
    this.#joined = false;
    this.#tell('status', { state: 'ended', reason });
  }

  #join() {
    this.#asking = true;
    this.#write({ type: 'join', roomId: this.#roomId, after: this.#last });
  }

  #receive(frame) {
    this.#heardAt = Date.now();
    if (frame.type === 'joined') this.#onJoined(frame);
    else if (frame.type === 'message') this.#onMessage(frame.message);
    else if (frame.type === 'ack') this.#onAck(frame);
    else if (frame.type === 'presence') this.#onPresence(frame);
    else if (frame.type === 'error') this.#onError(frame);
  }

  #onJoined({ messages, sequenceNumber, presence }) {
    this.#failures = 0;
    this.#asking = false;
    // Smaller than what was seen: the server has begun anew.
    if (this.#last === undefined || sequenceNumber < this.#last) {
      this.#last = messages.length > 0 ? messages[0].sequenceNumber - 1 : sequenceNumber;
      this.#held.clear();
    }
    for (const message of messages) this.#accept(message);
    if (this.#last < sequenceNumber) {
      this.#tell('missed', sequenceNumber - this.#last);
      this.#last = sequenceNumber;
    }
    this.#accept();
    this.#people = new Map(presence.map((each) => [each.userId, each]));
    this.#tellPeople();
    if (this.#joined) return;
    this.#joined = true;
    this.#tell('status', { state: 'joined' });
    for (const [clientMessageId, content] of this.#outbox) this.#say(clientMessageId, content);
  }

  #onMessage(message) {
    if (message.roomId !== this.#roomId) return;
    this.#accept(message);
    if (this.#held.size > 0 && !this.#asking) this.#join();
  }

  /** The ordering buffer: drops what was shown, holds what is too early, shows what is due. */
  #accept(message) {
    if (message && message.sequenceNumber > this.#last) this.#held.set(message.sequenceNumber, message);
    for (let next = this.#held.get(this.#last + 1); next; next = this.#held.get(this.#last + 1)) {
      this.#held.delete(next.sequenceNumber);
      this.#last = next.sequenceNumber;
      this.#tell('message', next);
    }
  }

  #onAck({ clientMessageId, message }) {
    this.#accept(message);
    if (this.#outbox.delete(clientMessageId)) this.#tellOutbox();
  }

  #onPresence({ roomId, userId, status, lastSeen }) {
    if (roomId !== this.#roomId) return;
    this.#people.set(userId, { userId, status, lastSeen });
    this.#tellPeople();
  }

  #onError({ code, message, clientMessageId, retryAfterMs }) {
    const content = this.#outbox.get(clientMessageId);
    if (code === 'room_unavailable') {
      // It may have been said, or not: the id makes it one message in any case.
      const again = () => (content === undefined ? this.#join() : this.#sayAgain(clientMessageId));
      if (content === undefined)
        this.#tell('status', { state: 'waiting', reason: message, retryMs: retryAfterMs });
      this.#after(retryAfterMs, again);
    } else if (content !== undefined) {
      this.#outbox.delete(clientMessageId);
      this.#tellOutbox();
      this.#tell('refused', { content, message });
    } else {
      this.#tell('refused', { content: undefined, message });
    }
  }

  #sayAgain(clientMessageId) {
    const content = this.#outbox.get(clientMessageId);
    if (content !== undefined && this.#joined) this.#say(clientMessageId, content);
  }

  #say(clientMessageId, content) {
    this.#write({ type: 'message', roomId: this.#roomId, content, clientMessageId });
  }

  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #tellOutbox() {
    const outbox = [...this.#outbox].map(([clientMessageId, content]) => ({ clientMessageId, content }));
    this.#tell('outbox', outbox);
  }

  #tellPeople() {
    this.#tell('presence', [...this.#people.values()]);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #after(ms, work) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #every(ms, work) {
    this.#timers.add(setInterval(work, ms));
  }

  #cancelTimers() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** Not `crypto.randomUUID`: browsers have that only on pages that came encrypted, or from this machine. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
