import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 4,
  title: 'Copies that agree',
  goals: [
    'Replicate every write to a majority before promising it, and say why a majority is enough.',
    'Elect a leader with terms and votes, so that never two lead in one term.',
    'Compare two logs, so that no acknowledged write is lost when the leader dies.',
  ],
  system: 'store',
  stack: '02-store',
  chapters: ['data-store/06-replication.md'],
  steps: {
    review: 'Quiz of session 3',
    concept: 'One writer, one list; when may I say "done"; who next, and who may not',
    diagram: 'A write on its way to three logs; an election; three roles and the terms between them',
    demo: 'dsc chaos kill-leader while a client writes',
    exercise: 'write, takeOver, shouldGrantVote, observeTerm',
    run: 'dsc verify, and the long wrong log',
    summary: "The follower answered with yesterday's value: is that a bug?",
  },
  exercises: [
    {
      id: 'write',
      title: 'When may I say "done"?',
      file: 'store/replicated/write',
      symbol: 'write',
    },
    {
      id: 'take-over',
      title: "Take over a part of the leader's log",
      file: 'store/replicated/take-over',
      symbol: 'takeOver',
    },
    {
      id: 'grant-vote',
      title: 'Who may be the next leader?',
      file: 'store/replicated/vote',
      symbol: 'shouldGrantVote',
    },
    {
      id: 'step-down',
      title: 'My term is over',
      file: 'store/replicated/election',
      symbol: 'observeTerm',
    },
  ],
  routine: ['GET /health', 'type=Heartbeat', 'timeout type=POST /_rpc'],
  tryNext: [
    {
      command: 'dsc chaos kill-leader',
      watch: 'dsc status: for about a second nobody leads, then another node does, in a later term.',
    },
    {
      command: 'dsc chaos pause node1',
      watch:
        'If node1 led: another node is elected. dsc chaos resume node1, and for a moment two say that they lead.',
    },
    {
      command: 'dsc chaos delay 300ms node2',
      watch: 'Writes go on as fast as before: two of three are enough.',
    },
  ],
};
