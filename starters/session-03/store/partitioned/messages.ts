/** What one node of the store asks of another: `POST /_replica/<type>` with the data as its body. */
export interface Message {
  type: string;
  data: Record<string, unknown>;
}

/**
 * Sends a message and waits for the reply. A message to this node itself is received at once.
 *
 * @throws NoAnswer if no reply came within `timeoutMs`, or the other node refused
 */
export type Send = (to: string, message: Message, timeoutMs: number) => Promise<any>;

/** A node's place among the others. */
export interface Network {
  nodeId: string;
  /** The other nodes. */
  peers: readonly string[];
  send: Send;
}

/** Does what a message asks for. Throws HttpError if it is malformed or cannot be done now. */
export type Receive = (data: Record<string, unknown>) => Promise<Record<string, unknown>>;
