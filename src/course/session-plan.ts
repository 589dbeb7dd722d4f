/** What the ninety minutes of every session go into (course design, appendix D), in order. */
export const SESSION_PLAN = [
  { activity: 'review', title: 'Review of the previous session', minutes: 5 },
  { activity: 'concept', title: 'New concept', minutes: 20 },
  { activity: 'diagram', title: 'Diagram walkthrough', minutes: 10 },
  { activity: 'demo', title: 'Live demonstration', minutes: 15 },
  { activity: 'exercise', title: 'Hands-on exercise', minutes: 25 },
  { activity: 'run', title: 'Run and test', minutes: 10 },
  { activity: 'summary', title: 'Summary and preview', minutes: 5 },
] as const;

export type Activity = (typeof SESSION_PLAN)[number]['activity'];
