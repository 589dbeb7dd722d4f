import { describe, expect, test } from 'vitest';
import { type StampedLine, stampedLines } from '../../src/stack/docker/logs.ts';

function frame(channel: number, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = channel;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

async function read(chunks: Buffer[]): Promise<StampedLine[]> {
  const lines: StampedLine[] = [];
  for await (const line of stampedLines(chunks)) lines.push(line);
  return lines;
}

describe('the output of a container', () => {
  const whole = Buffer.concat([
    frame(1, 'T1 on stdout\n'),
    frame(2, 'T2 grün on stderr\r\n'),
    frame(1, 'T3 \n'),
  ]);
  const lines = [
    { stamp: 'T1', text: 'on stdout' },
    { stamp: 'T2', text: 'grün on stderr' },
    { stamp: 'T3', text: '' },
  ];

  test('is the same however the engine cuts it', async () => {
    expect(await read([whole])).toEqual(lines);
    for (let at = 1; at < whole.length; at++) {
      expect(await read([whole.subarray(0, at), whole.subarray(at)])).toEqual(lines);
    }
  });

  test('has long lines put together again, while the other stream goes on', async () => {
    const chunks = [frame(1, 'T1 a long '), frame(2, 'T2 other\n'), frame(1, 'T3 line\n')];
    expect(await read(chunks)).toEqual([
      { stamp: 'T2', text: 'other' },
      { stamp: 'T1', text: 'a long line' },
    ]);
  });

  test('includes a last line without an end', async () => {
    expect(await read([frame(1, 'T1 cut off')])).toEqual([{ stamp: 'T1', text: 'cut off' }]);
  });
});
