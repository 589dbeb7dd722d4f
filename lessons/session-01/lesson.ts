import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 1,
  title: 'Nobody answers',
  goals: [
    'Explain why silence does not tell a dead node from a slow one, or a lost request from a lost answer.',
    'Send a message with a timeout for each attempt, growing pauses, one id and one deadline.',
    'Receive a message any number of times and handle it once.',
  ],
  system: 'messaging',
  stack: '00-messages',
  chapters: ['fundamentals/01-what-is-ds.md', 'fundamentals/02-message-passing.md'],
  steps: {
    review: 'Welcome; dsc doctor',
    concept: 'What a distributed system is; message passing',
    diagram: 'Four kinds of silence, a retry with and without an id',
    demo: 'A paused node, and the pizza that is ordered twice',
    exercise: 'Backoff, send, receive',
    run: 'dsc verify; losing messages with dsc chaos loss',
    summary: 'What if the work takes a minute?',
  },
  exercises: [
    {
      id: 'backoff',
      title: 'How long to wait before the next attempt',
      file: 'messaging/retry',
      symbol: 'backoffMs',
    },
    {
      id: 'send',
      title: 'Send until answered or too late',
      file: 'messaging/retry',
      symbol: 'sendWithRetry',
    },
    { id: 'receive', title: 'Handle each message once', file: 'messaging/inbox', symbol: 'receive' },
  ],
  tryNext: [
    {
      command: 'dsc chaos pause node2',
      watch:
        'Send an "add" to node2 with a deadline of 800 ms: 504. After dsc chaos resume node2, look at its /inbox.',
    },
    {
      command: 'dsc chaos loss 30% node2',
      watch: 'Most sends still succeed; the attempts in the answers show what that costs.',
    },
    {
      command: 'dsc chaos delay 5000ms node2',
      watch: 'To node1 a slow node looks exactly like a dead one.',
    },
  ],
};
