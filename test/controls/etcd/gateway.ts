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

/** What etcd's member says of itself. */
export interface MemberStatus {
  memberId: string;
  leaderId: string;
  term: number;
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

  async status(timeoutMs?: number): Promise<MemberStatus> {
    const { header, leader, raftTerm, raftAppliedIndex } = await this.call(
      'maintenance/status',
      {},
      timeoutMs,
    );
    return {
      memberId: header.member_id,
      leaderId: leader ?? '0',
      term: Number(raftTerm ?? 0),
      applied: Number(raftAppliedIndex ?? 0),
    };
  }

  /** Names of the members, by their ids. */
  async members(): Promise<Map<string, string>> {
    const { members = [] } = await this.call('cluster/member/list', {});
    return new Map(members.map((member: { ID: string; name?: string }) => [member.ID, member.name ?? '']));
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
