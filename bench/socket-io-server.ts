/** Socket.IO's server doing what a chat server of session 6 does: rooms, acknowledgements, a message to everybody in one. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer((_, response) => response.end('{}'));
const io = new Server(http, { transports: ['websocket'] });
/** The number of each room's last message. */
const numbers = new Map<string, number>();
io.on('connection', (socket) => {
  const { userId } = socket.handshake.query;
  socket.on('join', (roomId: string, done: () => void) => {
    void socket.join(roomId);
    done();
  });
  socket.on('message', (roomId: string, content: string, done: (message: unknown) => void) => {
    const sequenceNumber = (numbers.get(roomId) ?? 0) + 1;
    numbers.set(roomId, sequenceNumber);
    const id = crypto.randomUUID();
    const message = { id, roomId, userId, content, timestamp: Date.now(), sequenceNumber };
    io.to(roomId).emit('message', message);
    done(message);
  });
});
http.listen(Number(process.env.PORT), process.env.HOST);
