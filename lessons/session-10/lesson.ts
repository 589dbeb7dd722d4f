import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 10,
  title: 'A store you can trust',
  goals: [
    'Make a store of a log: the same entries in the same order give the same state on every node.',
    'Answer a read only when it is certain that nothing newer was acknowledged.',
    'Let a client repeat a request whose answer was lost, and have it take effect once.',
  ],
  system: 'consensus',
  stack: '04-consensus',
  chapters: ['consensus/15-consensus-system.md'],
  steps: {
    review: 'Quiz of session 9',
    concept: 'One ledger, several tellers: is this the newest, and did it count?',
    diagram: 'HTTP, Raft, log, apply; a read that is confirmed first; a retry over two leaders',
    demo: 'A stale read at a leader that was replaced',
    exercise: 'execute, apply, linearizableRead, confirmReads',
    run: 'dsc verify: five clients, and all the faults there are',
    summary: 'What you can read now, and what this course has left out',
  },
  exercises: [
    {
      id: 'execute',
      title: 'Carry a command out',
      file: 'consensus/state-machine',
      symbol: 'execute',
    },
    {
      id: 'apply-once',
      title: 'Once, and the same answer again',
      file: 'consensus/state-machine',
      symbol: 'apply',
    },
    {
      id: 'linearizable-read',
      title: 'Do I still lead?',
      file: 'consensus/reads',
      symbol: 'linearizableRead',
    },
    {
      id: 'confirm-reads',
      title: 'Now it is certain',
      file: 'consensus/reads',
      symbol: 'confirmReads',
    },
  ],
  routine: ['GET /health', 'GET /status', 'timeout type=POST /raft'],
  tryNext: [
    {
      command: 'dsc chaos kill-leader',
      watch:
        'Write in a loop with X-Client-Id and X-Request-Id, and repeat what gets no answer: nothing counts twice.',
    },
    {
      command: 'dsc chaos isolate node1',
      watch: 'GET /kv/<key> at node1 and GET /kv/<key>?local=true: no answer, or an old one that says so.',
    },
    {
      command: 'dsc chaos loss 20% node2',
      watch: 'Reads and writes take longer now and then, and are as right as before.',
    },
  ],
};
