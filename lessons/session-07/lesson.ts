import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 7,
  title: 'One order, nothing missed',
  goals: [
    'Give the messages of a room one order that everybody sees, at however many servers.',
    'Bring somebody who was away up to date, without a gap and without a double.',
    'Let a client say something again until it is acknowledged, and make it one message.',
  ],
  system: 'chat',
  stack: '03-chat',
  chapters: ['real-time/10-chat-system.md'],
  steps: {
    review: 'Quiz of session 6',
    concept: 'Who gives the numbers; "what was said since 17?"; did my message count?',
    diagram: 'A message by way of the wrong server; coming back while others speak; the ordering buffer',
    demo: 'Two clocks that disagree: answers before questions',
    exercise: 'sequence, catchUp, OrderingBuffer.accept',
    run: 'dsc verify; dsc chaos isolate chat2',
    summary: 'The number machine broke: who may be the next one?',
  },
  exercises: [
    {
      id: 'sequence',
      title: 'The next number, and nobody else has it',
      file: 'chat/sequence',
      symbol: 'sequence',
    },
    {
      id: 'catch-up',
      title: 'First what was missed, then what is said',
      file: 'chat/catch-up',
      symbol: 'catchUp',
    },
    {
      id: 'ordering-buffer',
      title: 'Twice, too early, too late',
      file: 'chat/ordering-buffer',
      symbol: 'accept',
    },
  ],
  routine: ['GET /health', 'ping', 'pong', 'POST /_presence'],
  tryNext: [
    {
      command: 'dsc chaos isolate chat2',
      watch:
        'Two windows, one at each server: in each room one of them is refused. dsc chaos heal: what comes then?',
    },
    {
      command: 'dsc chaos kill chat1',
      watch:
        'Go on writing at http://localhost:4002/. dsc chaos restart chat1: what was unsent goes out, once.',
    },
    {
      command: 'dsc chaos delay 500ms chat1',
      watch: 'Everything is late, and in the same order for all.',
    },
  ],
};
