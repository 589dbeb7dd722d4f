const STATES: Record<string, RaftStatus['state']> = { StateLeader: 'leader', StateFollower: 'follower' };

/** etcd did not answer, or could not: what was asked for may have been done, unless `refused`. */
export class NoOutcome extends Error {
  readonly refused: boolean;

  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

export interface Found {
  /** The text that was put. */
  text: string;
  modRevision: number;
}

/** What etcd's member says of its Raft node: all of one moment. */
export interface RaftStatus {
  state: 'leader' | 'follower' | 'candidate';
  term: number;
  /** 0: nobody is known to lead. */
  leaderId: bigint;
  applied: number;
}

/** etcd's HTTP gateway: JSON in which keys and values are base64 and numbers are text. */
export class Gateway {
  readonly #url: string;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws NoOutcome */
  async call(path: string, body: unknown, timeoutMs = this.#timeoutMs): Promise<any> {
    try {
      const answer = await fetch(`${this.#url}/v3/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const result: any = await answer.json();
      if (answer.ok) return result;
      throw new NoOutcome(`etcd: ${result.error ?? answer.status}`, false);
    } catch (error) {
      if (error instanceof NoOutcome) throw error;
      const cause = (error as { cause?: { code?: string } }).cause?.code;
      throw new NoOutcome(`etcd: ${cause ?? (error as Error).message}`, cause === 'ECONNREFUSED');
    }
  }

  /** @param serializable from this member's own copy, stale or not */
  async get(key: string, serializable = false): Promise<Found | undefined> {
    return found(await this.call('kv/range', { key: encode(key), serializable }));
  }

  /**
   * From the variables that etcd shows for debugging. (`maintenance/status` would give the term of the last entry that was
   * applied, which is not yet that of a new leader.)
   */
  async raftStatus(timeoutMs: number): Promise<RaftStatus> {
    const answer = await fetch(`${this.#url}/debug/vars`, { signal: AbortSignal.timeout(timeoutMs) });
    const variables: any = await answer.json();
    const { raftState, term, lead, applied } = variables['raft.status'];
    return { state: STATES[raftState] ?? 'candidate', term, leaderId: BigInt(`0x${lead}`), applied };
  }

  /** Names of the members, by their ids. */
  async members(): Promise<Map<bigint, string>> {
    const { members = [] } = await this.call('cluster/member/list', {});
    return new Map(
      members.map((member: { ID: string; name?: string }) => [BigInt(member.ID), member.name ?? '']),
    );
  }
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The one key of a range. */
export function found({ kvs }: { kvs?: { value?: string; mod_revision: string }[] }): Found | undefined {
  const [first] = kvs ?? [];
  if (first === undefined) return undefined;
  const text = Buffer.from(first.value ?? '', 'base64').toString();
  return { text, modRevision: Number(first.mod_revision) };
}
