import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 6,
  title: 'The line stays open',
  goals: [
    'Keep a connection for each client, and notice when its other end is gone without a goodbye.',
    'Send what is said in a room to everybody in it, without waiting for the slowest.',
    'Say who is there, for users with several connections, and know how late that always is.',
  ],
  system: 'chat',
  stack: '03-chat',
  chapters: ['real-time/08-websockets.md', 'real-time/09-pub-sub.md'],
  steps: {
    review: 'Quiz of session 5',
    concept: 'One line, both may speak; how does it die? Senders who do not know receivers',
    diagram: 'An upgrade and the frames after it; a connection and its states; a topic and its subscribers',
    demo: 'The telephone and the megaphone',
    exercise: 'join and leave, publish, onPing and sweep, onClose',
    run: 'dsc verify; pause a client',
    summary: 'Two servers, and silence between them',
  },
  exercises: [
    { id: 'join-leave', title: 'Who is in which room', file: 'chat/rooms', symbol: 'join' },
    { id: 'publish', title: 'To everybody, waiting for nobody', file: 'chat/publish', symbol: 'publish' },
    { id: 'heartbeat', title: 'Is anybody still there?', file: 'chat/heartbeat', symbol: 'sweep' },
    { id: 'on-close', title: 'The line is gone', file: 'chat/on-close', symbol: 'onClose' },
  ],
  routine: ['GET /health', 'ping', 'pong'],
  tryNext: [
    {
      command: 'dsc chaos kill chat1',
      watch: 'Start it again: the page comes back by itself. What was said before, nobody has kept.',
    },
    {
      command: 'dsc chat --user alice --room general --node chat2',
      watch: 'You are at the other server: whatever you say, those at chat1 hear nothing.',
    },
  ],
};
