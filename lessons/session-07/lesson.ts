import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 7,
  title: 'One order, nothing missed',
  goals: [
    'Give the messages of a room one order for everybody, at whatever server they are.',
    'Bring a client that was away up to date, without a gap and without a double, while others go on talking.',
    'Make a message that is sent again one message, also after a crash.',
  ],
  system: 'chat',
  stack: '03-chat',
  chapters: ['real-time/10-chat-system.md'],
  steps: {
    review: 'Quiz of session 6',
    concept: 'Somebody must number; what did I miss since 17? Did my message count?',
    diagram: 'A message by way of the wrong server; a client that comes back; a buffer that waits for 18',
    demo: 'Clocks lie: an answer before its question',
    exercise: 'sequence, catchUp, OrderingBuffer.accept',
    run: 'dsc verify; dsc chaos partition "chat1|chat2"',
    summary: 'The number machine broke: who may be the next one?',
  },
  exercises: [
    { id: 'sequence', title: 'A number for each message', file: 'chat/sequence', symbol: 'sequence' },
    { id: 'catch-up', title: 'What did I miss?', file: 'chat/catch-up', symbol: 'catchUp' },
    {
      id: 'ordering-buffer',
      title: 'In order, each once',
      file: 'chat/ordering-buffer',
      symbol: 'accept',
    },
  ],
  routine: ['GET /health', 'ping', 'pong', 'POST /_presence', 'POST /_subscribe'],
  tryNext: [
    {
      command: 'dsc chaos partition "chat1|chat2"',
      watch:
        'A room that the other server numbers is closed: room_unavailable. Heal, and what waited goes out once.',
    },
    {
      command: 'dsc chaos kill chat1',
      watch: 'Its rooms wait for it. Start it again: the numbers go on where they were.',
    },
    {
      command: 'dsc chaos delay 500ms chat1',
      watch: 'Messages are late, and still in one order for everybody.',
    },
  ],
};
