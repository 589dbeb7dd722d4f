import type { Lesson } from '../../src/course/lesson.ts';

export const lesson: Lesson = {
  number: 2,
  title: 'The work queue',
  goals: [
    'Explain how a queue lets producer and workers never meet.',
    'Give tasks out under a lease, so that a worker may die in the middle of one.',
    'Write a task to disk before promising it, so that a broker may die at any moment.',
    'Retry failed tasks with growing pauses, and put aside those that never succeed.',
  ],
  system: 'workqueue',
  stack: '01-queue',
  chapters: ['fundamentals/03-queue-system.md'],
  steps: {
    review: 'Quiz of session 1',
    concept: 'Producer and consumer; the lease; write before you promise',
    diagram: 'The states of a task, a worker that crashes',
    demo: "The cook's timer, with a paused worker",
    exercise: 'Enqueue, lease, complete and fail, expire',
    run: 'dsc verify; dsc chaos kill broker',
    summary: 'One broker, and what if its disk burns?',
  },
  exercises: [
    {
      id: 'enqueue',
      title: 'Take a task and promise to keep it',
      file: 'workqueue/broker',
      symbol: 'enqueue',
    },
    {
      id: 'lease',
      title: 'Give a task to one worker for a while',
      file: 'workqueue/broker',
      symbol: 'lease',
    },
    {
      id: 'settle',
      title: 'Complete a task, or retry it later',
      file: 'workqueue/broker',
      symbol: 'complete',
    },
    {
      id: 'expire-leases',
      title: 'Take tasks back from silent workers',
      file: 'workqueue/broker',
      symbol: 'expireLeases',
    },
  ],
  tryNext: [
    {
      command: 'dsc chaos pause worker1',
      watch:
        'Post {"op":"sleep","ms":3000} a few times: when the lease runs out, another worker does the task again.',
    },
    {
      command: 'dsc chaos kill broker',
      watch: 'After dsc chaos restart broker every task that was answered with 201 is still there.',
    },
    {
      command: 'dsc chaos kill worker1',
      watch: '/stats shows its task as processing until the lease runs out; then another worker has it.',
    },
  ],
};
