import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { endToEnd, hasHeader, withHeader } from './headers.ts';
import { lookup } from './resolve.ts';

/** Larger bodies are refused. Nodes' own limits are smaller, so that theirs are what a caller meets. */
export const MOST_BODY_BYTES = 8 * 1024 * 1024;

/** Room for anything that a node's own server would take. */
export const MOST_HEADER_BYTES = 64 * 1024;

/** A request or an answer, whole. */
export interface Whole {
  /** Names and values in turn. */
  headers: string[];
  body: Buffer;
}

export interface WholeRequest extends Whole {
  method: string;
  path: string;
}

export interface WholeAnswer extends Whole {
  status: number;
  statusText: string;
}

const METHODS_WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

// A connection for each message: a broken one never costs a second message, and nothing is ever sent twice unasked.
const agent = new Agent({ keepAlive: false, lookup });

/**
 * Hands a request to the callee and waits for the whole answer, however long that takes.
 * @param target the callee's origin
 * @param options.onConnected called when the callee has accepted the connection and before anything is sent; false: nothing is
 * @param options.signal gives up waiting
 * @throws Error when the callee refused or broke the connection, or when it was given up
 */
export function deliver(
  target: URL,
  request: WholeRequest,
  options: { onConnected: () => boolean; signal: AbortSignal },
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: target.port || 80,
      method: request.method,
      path: request.path,
      headers: forwardedHeaders(target, request),
      agent,
      signal: options.signal,
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    outgoing.on('error', reject);
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        if (!options.onConnected()) outgoing.destroy(new Error('cut'));
      });
    });
    outgoing.on('response', (incoming) => {
      readBody(incoming)
        .then((body) => resolve(wholeAnswer(incoming, body, request.method)))
        .catch((error) => {
          outgoing.destroy();
          reject(error);
        });
    });
    outgoing.end(request.body);
  });
}

/**
 * The whole body of a request or an answer.
 * @throws Error when the connection broke, or `too large` past 8 MiB
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BODY_BYTES) chunks.push(chunk);
      else reject(new Error('too large'));
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('connection broken')));
  });
}

function forwardedHeaders(target: URL, { headers, method, body }: WholeRequest): string[] {
  const forwarded = withHeader(endToEnd(headers), 'Host', target.host);
  const framed = hasHeader(forwarded, 'content-length');
  if (framed || (body.length === 0 && METHODS_WITHOUT_BODY.has(method))) return forwarded;
  return [...forwarded, 'Content-Length', String(body.length)];
}

function wholeAnswer(incoming: IncomingMessage, body: Buffer, method: string): WholeAnswer {
  const headers = endToEnd(incoming.rawHeaders);
  const status = incoming.statusCode ?? 0;
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  // What came in chunks goes on in one piece.
  if (!bodiless && !hasHeader(headers, 'content-length')) {
    headers.push('Content-Length', String(body.length));
  }
  return { status, statusText: incoming.statusMessage ?? '', headers, body };
}
