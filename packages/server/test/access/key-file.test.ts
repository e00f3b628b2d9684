import { describe, expect, test } from 'vitest';
import { readKeyFile } from '../../src/access/key-file.ts';

const KEY = 'abcdefghijklmnop';
const OTHER = 'ABCDEFGHIJKLMNOP.~_-';

function problemsOf(text: string): readonly string[] {
  const file = readKeyFile(text);
  if (file.ok) throw new Error('was taken');
  return file.problems;
}

describe('the file of the keys', () => {
  test('has comments, blank lines, a byte order mark, line ends of Windows and spaces', () => {
    const text = `\uFEFF# ours\r\n\r\nalice:${KEY}\r\n  bob.b-1:${OTHER}  \n#carol:x`;
    expect(readKeyFile(text)).toEqual({
      ok: true,
      keys: [
        { name: 'alice', key: KEY },
        { name: 'bob.b-1', key: OTHER },
      ],
    });
  });

  test('all problems at once, each with its line, and never what could be a key', () => {
    const secret = 'hunter2hunter2hunter2';
    const text = [
      secret,
      `${secret}!:name`,
      `a:${secret}!`,
      'b:tooshort',
      `c:${'x'.repeat(257)}`,
      `d:${secret}`,
      `e:${secret}`,
      `d:${KEY}`,
      `:${OTHER}`,
    ].join('\n');
    const problems = problemsOf(text);
    expect(problems).toEqual([
      'line 1: has no colon; allowed is NAME:KEY',
      expect.stringMatching(/^line 2: the name has 22 characters, or one that is not allowed; /),
      expect.stringMatching(/^line 3: the key has a character that is not allowed; allowed are /),
      'line 4: the key has 8 characters; allowed are 16 to 256',
      'line 5: the key has 257 characters; allowed are 16 to 256',
      'line 7: has the key of line 6; each is allowed once',
      'line 8: has the name of line 6; each is allowed once',
      expect.stringMatching(/^line 9: the name has 0 characters/),
    ]);
    expect(problems.join()).not.toMatch(/hunter2|tooshort/);
  });

  test('without a key it is a mistake, not an open server', () => {
    expect(problemsOf('# nothing\n')).toEqual(['holds no key; allowed is NAME:KEY']);
  });

  test('holds a thousand keys and no more', () => {
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, i) => `n${i}:${KEY}${i}`).join('\n');
    expect(readKeyFile(lines(1000)).ok).toBe(true);
    expect(problemsOf(lines(1001))).toEqual(['holds 1001 keys; allowed are 1000']);
  });
});
