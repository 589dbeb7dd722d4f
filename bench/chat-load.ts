/**
 * The clients of a chat server under load, in a process of their own: `node chat-load.ts <protocol> <port> <clients>
 * <room size> <messages>`. Prints one line of JSON when all clients have joined, and one when every message has come.
 */
import { WebSocket } from 'ws';

const [protocol = '', port, clientCount, roomSize, messageCount] = process.argv.slice(2);
const [clients, members, messages] = [Number(clientCount), Number(roomSize), Number(messageCount)];
/** So many messages of a writer are on their way at once. */
const WINDOW = 8;
/** So many clients connect at once. */
const CONNECTING = 50;
const CONTENT = 'x'.repeat(64);

/** What is told of a frame that has come. */
type Came = 'joined' | 'acknowledged' | 'message' | undefined;

/** How a client speaks; both count in the same way. */
interface Protocol {
  url(user: string): string;
  /** Called when the line is open, and with each frame. May answer what the protocol itself asks for. */
  open(socket: WebSocket, roomId: string): void;
  read(text: string, socket: WebSocket, roomId: string): Came;
  say(roomId: string, id: number): string;
}

const ours: Protocol = {
  url: (user) => `ws://127.0.0.1:${port}/ws?userId=${user}`,
  open: (socket, roomId) => socket.send(JSON.stringify({ type: 'join', roomId })),
  read: (text) => {
    if (text.startsWith('{"type":"message"')) return 'message';
    if (text.startsWith('{"type":"ack"')) return 'acknowledged';
    return text.startsWith('{"type":"joined"') ? 'joined' : undefined;
  },
  say: (roomId, id) =>
    JSON.stringify({ type: 'message', roomId, content: CONTENT, clientMessageId: String(id) }),
};

/** Source: Engine.IO protocol 4 and Socket.IO protocol 5, over WebSocket from the beginning. */
const socketIo: Protocol = {
  url: (user) => `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket&userId=${user}`,
  open: () => {},
  read: (text, socket, roomId) => {
    if (text.startsWith('42["message"')) return 'message';
    if (text === '2') socket.send('3');
    else if (text.startsWith('0{')) socket.send('40');
    else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['join', roomId])}`);
    else if (text.startsWith('430[')) return 'joined';
    else if (text.startsWith('43')) return 'acknowledged';
    return undefined;
  },
  say: (roomId, id) => `42${id}${JSON.stringify(['message', roomId, CONTENT])}`,
};

const speak = protocol === 'socket.io' ? socketIo : ours;
const writers: { socket: WebSocket; roomId: string; said: number }[] = [];
const expected = messages * clients;
let [joined, received] = [0, 0];
let allJoined = () => {};
let allReceived = () => {};

function connect(index: number): Promise<void> {
  const roomId = `room-${Math.floor(index / members)}`;
  const socket = new WebSocket(speak.url(`user-${index}`), { perMessageDeflate: false });
  const writer = { socket, roomId, said: 0 };
  if (index % members === 0) writers.push(writer);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`client ${index} was closed with ${code}`)));
    socket.on('open', () => speak.open(socket, roomId));
    socket.on('message', (data) => {
      const came = speak.read(String(data), socket, roomId);
      if (came === 'message' && ++received === expected) allReceived();
      if (came === 'acknowledged') sayNext(writer);
      if (came === 'joined') {
        resolve();
        if (++joined === clients) allJoined();
      }
    });
  });
}

function sayNext(writer: (typeof writers)[number]): void {
  if (writer.said === messages) return;
  writer.socket.send(speak.say(writer.roomId, ++writer.said));
}

const everybody = new Promise<void>((resolve) => {
  allJoined = resolve;
});
const everything = new Promise<void>((resolve) => {
  allReceived = resolve;
});

const began = performance.now();
for (let first = 0; first < clients; first += CONNECTING) {
  const some = Array.from({ length: Math.min(CONNECTING, clients - first) }, (_, n) => connect(first + n));
  await Promise.all(some);
}
await everybody;
console.log(JSON.stringify({ joinedMs: performance.now() - began }));
if (messages > 0) {
  const saying = performance.now();
  for (const writer of writers) for (let n = 0; n < WINDOW; n++) sayNext(writer);
  await everything;
  console.log(JSON.stringify({ deliveries: received, ms: performance.now() - saying }));
}
process.stdin.once('data', () => process.exit(0));
