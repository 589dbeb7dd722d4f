import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 8,
  title: 'Agreeing without a boss',
  goals: [
    'Say what consensus is, what must never happen (safety) and what shall happen some day (liveness).',
    'Elect a leader with terms and votes, so that never two lead in one term, whatever fails.',
    'Say what must be on disk before an answer leaves, and what goes wrong otherwise.',
  ],
  system: 'consensus',
  stack: '04-consensus',
  chapters: [
    'consensus/11-what-is-consensus.md',
    'consensus/12-raft-algorithm.md',
    'consensus/13-raft-leader-election.md',
  ],
  steps: {
    review: 'Quiz of session 7',
    concept: 'Three friends and one film; majorities; terms; who may vote, and for whom',
    diagram: 'Figure 2 as a map; an election, a split vote, an old leader that comes back',
    demo: 'All timers alike: nobody ever leads. Then random ones',
    exercise: 'onElectionTimeout, onRequestVote, onRequestVoteResponse, becomeFollower',
    run: 'dsc verify, and dsc chaos kill-leader',
    summary: 'A leader with nothing to say',
  },
  exercises: [
    {
      id: 'become-follower',
      title: 'My term is over',
      file: 'consensus/election',
      symbol: 'becomeFollower',
    },
    {
      id: 'election-timeout',
      title: 'Nobody is heard',
      file: 'consensus/election',
      symbol: 'onElectionTimeout',
    },
    {
      id: 'request-vote',
      title: 'Who may be the next leader?',
      file: 'consensus/election',
      symbol: 'onRequestVote',
    },
    {
      id: 'count-votes',
      title: 'Elected or not?',
      file: 'consensus/election',
      symbol: 'onRequestVoteResponse',
    },
  ],
  routine: ['GET /health', 'GET /status', 'type=AppendEntries', 'timeout type=POST /raft'],
  tryNext: [
    {
      command: 'dsc chaos kill-leader',
      watch: 'dsc status: for about a second nobody leads, then another node does, in a later term.',
    },
    {
      command: 'dsc chaos pause node1',
      watch:
        'If node1 led: another node is elected. dsc chaos resume node1, and for a moment two say that they lead, in different terms.',
    },
    {
      command: 'dsc chaos isolate node3',
      watch:
        'Wait for ten seconds: its term grows. dsc chaos heal: the higher term ends the leader of the others, and a new election follows.',
    },
  ],
};
