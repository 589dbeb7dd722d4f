import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 3,
  title: 'Whose key is it, and what if we are cut in two?',
  goals: [
    'Spread keys over nodes with a ring, so that a newcomer moves only the keys that it takes.',
    'Say what a network that is cut leaves to choose: to refuse, or to risk.',
    'Merge two writes of one key the same way on every node, and say which promise that breaks.',
  ],
  system: 'store',
  stack: '02-store',
  chapters: ['data-store/04-data-partitioning.md', 'data-store/05-cap-theorem.md'],
  steps: {
    review: 'Quiz of session 2',
    concept: 'Who owns a key: the ring; what a cut network forces you to give up',
    diagram: 'A key on the ring, a node that joins, a cut with two answers',
    demo: 'Coats that must move, and then the cut',
    exercise: 'buildRing, canServe, merge',
    run: 'dsc verify; dsc chaos partition "node1|node2,node3"',
    summary: 'Who decides, if two sides may both write? One leader',
  },
  exercises: [
    {
      id: 'build-ring',
      title: 'Who owns a key',
      file: 'store/partitioned/ring',
      symbol: 'buildRing',
    },
    {
      id: 'can-serve',
      title: 'Refuse or risk',
      file: 'store/partitioned/coordinator',
      symbol: 'canServe',
    },
    {
      id: 'merge',
      title: 'Which of two writes stays',
      file: 'store/partitioned/merge',
      symbol: 'merge',
    },
  ],
  tryNext: [
    {
      command: 'dsc chaos partition "node1|node2,node3"',
      watch: 'PUT the same key at node1 and at node2, then look at the four answers.',
    },
    {
      command: 'dsc chaos isolate node3',
      watch:
        'Write at node1, then heal: GET at node3 gives the new value at once, though node3 missed the write.',
    },
    {
      command: 'dsc chaos kill node2',
      watch: 'Two of three owners are a majority: reads and writes go on. Kill one more, and they stop.',
    },
  ],
};
