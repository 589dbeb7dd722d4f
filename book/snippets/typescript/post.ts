/**
 * Posts JSON to a peer and waits for its answer, whatever the status.
 *
 * @param to a peer named in PEERS
 * @param timeoutMs from now until the last byte of the answer
 * @throws NoAnswer if the connection fails or the time is over
 */
async post(to: string, path: string, body: unknown, timeoutMs: number): Promise<PeerAnswer> {
  const url = this.#config.peers.get(to);
  if (url === undefined) throw new Error(`${to} is not in PEERS`);
  const from = this.#config.nodeId;
  const id = randomUUID();
  const message = describeRequest(body, { id, from, to, method: 'POST', path });
  this.#trace.message('send', message);
  try {
    return await exchange(url + path, { 'x-message-id': id, 'x-message-from': from }, body, timeoutMs);
  } catch (error) {
    this.#trace.message('timeout', { ...message, summary: (error as Error).message });
    throw error;
  }
}
