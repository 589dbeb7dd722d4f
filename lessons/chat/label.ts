const LONGEST_CONTENT = 24;

/** A frame in a few words, as a person would note it: `message #3 "hello" of alice in den`. */
export function label(frame: any): string {
  if (typeof frame !== 'object' || frame === null) return `${JSON.stringify(frame)}`.slice(0, 60);
  const { type, roomId, clientMessageId, message } = frame;
  switch (type) {
    case 'join':
      return `join ${roomId}${frame.after === undefined ? '' : ` after ${frame.after}`}`;
    case 'joined':
      return `joined ${roomId} at #${frame.sequenceNumber}, history ${span(frame.messages)}`;
    case 'message':
      return message
        ? `message ${said(message)}`
        : `message ${quoted(frame.content)} (${clientMessageId}) to ${roomId}`;
    case 'ack':
      return `ack ${clientMessageId} as #${message?.sequenceNumber}`;
    case 'presence':
      return `presence ${frame.userId} ${frame.status} in ${roomId}`;
    case 'error':
      return `error ${frame.code}: ${message}`;
    default:
      return [type, roomId].filter((part) => part !== undefined).join(' ');
  }
}

/** Sequence numbers in few words: `1-4 6 5`. */
export function runs(numbers: readonly unknown[]): string {
  const parts: string[] = [];
  for (let n = 0; n < numbers.length; n++) {
    const first = numbers[n];
    while (n + 1 < numbers.length && numbers[n + 1] === (numbers[n] as number) + 1) n++;
    parts.push(first === numbers[n] ? `${first}` : `${first}-${numbers[n]}`);
  }
  if (parts.length === 0) return 'nothing';
  return parts.length > 12 ? `... ${parts.slice(-12).join(' ')}` : parts.join(' ');
}

function span(messages: unknown): string {
  return Array.isArray(messages) ? runs(messages.map((each) => each?.sequenceNumber)) : 'none';
}

function said({ sequenceNumber, content, userId, roomId }: any): string {
  return `#${sequenceNumber} ${quoted(content)} of ${userId} in ${roomId}`;
}

function quoted(content: unknown): string {
  const text = String(content);
  return JSON.stringify(text.length > LONGEST_CONTENT ? `${text.slice(0, LONGEST_CONTENT - 3)}...` : text);
}
