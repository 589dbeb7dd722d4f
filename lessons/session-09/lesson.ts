import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 9,
  title: 'One log',
  goals: [
    'Find out with one question whether two logs are the same up to an entry, and repair the one that is wrong.',
    'Say when an entry is committed, and why to be on a majority is not enough.',
    'Take messages that come late, twice or from another term, and lose nothing by them.',
  ],
  system: 'consensus',
  stack: '04-consensus',
  chapters: ['consensus/14-log-replication.md'],
  steps: {
    review: 'Quiz of session 8',
    concept: 'Two diaries compared; going back until they agree; when an entry can no longer vanish',
    diagram: 'Logs in rows; refused, one back, taken, committed; figure 8 with three nodes',
    demo: 'A leader that is cut off goes on writing; what becomes of it when the network is whole',
    exercise: 'onAppendEntries, onAppendEntriesResponse, advanceCommitIndex',
    run: 'dsc verify, which plays follower and leader to your node',
    summary: 'Clients still see ghosts: reads and retries',
  },
  exercises: [
    {
      id: 'append-entries',
      title: 'Do we agree up to here?',
      file: 'consensus/replication',
      symbol: 'onAppendEntries',
    },
    {
      id: 'append-entries-response',
      title: 'What does the follower have?',
      file: 'consensus/replication',
      symbol: 'onAppendEntriesResponse',
    },
    {
      id: 'advance-commit-index',
      title: 'When may I say "done"?',
      file: 'consensus/commit',
      symbol: 'advanceCommitIndex',
    },
  ],
  routine: ['GET /health', 'GET /status', 'GET /log', 'timeout type=POST /raft'],
  tryNext: [
    {
      command: 'dsc chaos kill-leader',
      watch:
        'GET /log at the others: all that was acknowledged is there, and an entry without a command begins the new term.',
    },
    {
      command: 'dsc chaos isolate node1',
      watch:
        'If node1 leads: POST /command there is answered with 504. dsc chaos heal, and look for the entry in GET /log.',
    },
    {
      command: 'dsc chaos pause node3',
      watch: 'Commands go on. dsc chaos resume node3, and its log catches up.',
    },
  ],
};
