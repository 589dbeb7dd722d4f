import type { Lesson } from '../../course/lesson.ts';
import { ChatProbe } from './chat.ts';
import { MessagesProbe } from './messages.ts';
import type { Probe } from './probe.ts';
import { QueueProbe } from './queue.ts';
import { RaftProbe } from './raft.ts';
import { ReplicasProbe } from './replicas.ts';
import { RingProbe } from './ring.ts';

/** From this session on the store has one leader and copies. */
const REPLICATED_SINCE = 4;

/** From this session on the store's nodes answer `GET /_lag`. */
const LAG_SINCE = 5;

/** The probe of a session's system; undefined for a system that has no view of its own. */
export function probeFor({ system, number }: Lesson): Probe | undefined {
  switch (system) {
    case 'messaging':
      return new MessagesProbe();
    case 'workqueue':
      return new QueueProbe();
    case 'store':
      return number < REPLICATED_SINCE ? new RingProbe() : new ReplicasProbe(number >= LAG_SINCE);
    case 'chat':
      return new ChatProbe();
    case 'consensus':
      return new RaftProbe();
    default:
      return undefined;
  }
}
