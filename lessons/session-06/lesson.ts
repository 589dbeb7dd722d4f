import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 6,
  title: 'The line stays open',
  goals: [
    'Keep a line open in both directions, and notice when it is dead though nobody has hung up.',
    'Send a message to all in a room without knowing who they are, and without waiting for the slowest.',
    'Say of every user whether they are there, and how sure of that anybody can be.',
  ],
  system: 'chat',
  stack: '03-chat',
  chapters: ['real-time/08-websockets.md', 'real-time/09-pub-sub.md'],
  steps: {
    review: 'Quiz of session 5',
    concept: 'A line that stays open, and how it dies; who is in the room; the megaphone and the board',
    diagram: 'The upgrade, the states of a connection, a room with its members',
    demo: 'The telephone off the hook, and the megaphone',
    exercise: 'join and leave, publish, onPing and sweep, onClose',
    run: 'dsc verify; pause a client and watch who misses it',
    summary: 'Two servers, two users, silence: why?',
  },
  exercises: [
    { id: 'join-leave', title: 'Who is in the room', file: 'chat/rooms', symbol: 'join' },
    {
      id: 'publish',
      title: 'To everybody in the room, waiting for nobody',
      file: 'chat/publish',
      symbol: 'publish',
    },
    { id: 'heartbeat', title: 'Are you still there?', file: 'chat/heartbeat', symbol: 'onPing' },
    { id: 'on-close', title: 'However a line ends', file: 'chat/on-close', symbol: 'onClose' },
  ],
  routine: ['GET /health', 'ping', 'pong'],
  tryNext: [
    {
      command: 'dsc chaos pause chat1',
      watch:
        'Two windows at http://localhost:4001/: no error anywhere, only silence. dsc chaos resume chat1.',
    },
    {
      command: 'dsc chaos kill chat1',
      watch: 'Every window notices at once. After dsc chaos restart chat1: what of the talk is left?',
    },
    {
      command: 'dsc call chat2 GET /health',
      watch:
        'The second server runs, too. Open http://localhost:4002/ and write to somebody at the first one.',
    },
  ],
};
