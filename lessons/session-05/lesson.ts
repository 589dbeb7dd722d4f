import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 5,
  title: 'What may a read return?',
  goals: [
    'Say what eventual, session, quorum and strong promise, and what each costs.',
    'Keep a promise to one client with a token that it carries along.',
    'Find out whether a leader still leads, before it answers.',
  ],
  system: 'store',
  stack: '02-store',
  chapters: ['data-store/07-consistency.md'],
  steps: {
    review: 'Quiz of session 4',
    concept: 'A stale read; four promises, from cheap to dear; what "as if there were one copy" means',
    diagram: 'A stale read, a token on its way, a history with its bars',
    demo: 'One client hops over three nodes, one of them slow',
    exercise: 'isAcknowledged, eventual, session, strong',
    run: 'dsc verify, and the bill: how long each level takes',
    summary: 'So far clients ask. Now the server wants to talk first',
  },
  exercises: [
    {
      id: 'acknowledge',
      title: 'Acknowledged by whom?',
      file: 'store/replicated/acknowledge',
      symbol: 'isAcknowledged',
    },
    {
      id: 'weak-reads',
      title: 'What this node has, and what this client has seen',
      file: 'store/replicated/reads',
      symbol: 'session',
    },
    {
      id: 'strong-read',
      title: 'As if there were one copy',
      file: 'store/replicated/reads',
      symbol: 'strong',
    },
  ],
  routine: ['GET /health', 'type=Heartbeat', 'timeout type=POST /_rpc'],
  tryNext: [
    {
      command: 'dsc chaos isolate node3',
      watch:
        'PUT at node1, then GET at node3 with ?consistency=eventual and ?consistency=strong: the old value, or none.',
    },
    {
      command: 'dsc chaos kill-leader',
      watch:
        'At once GET with ?consistency=eventual and ?consistency=strong: one answers, the other needs a leader.',
    },
    {
      command: 'dsc chaos delay 300ms node2',
      watch: 'Ask node2 at each level, and look how long each answer takes.',
    },
  ],
};
