import { describe, expect, it } from 'vitest';
import { otherVersion } from '../src/model/server-version.ts';

describe('the version of the server', () => {
  it.each([
    ['0.1.0', '0.2.0', true],
    ['0.9.0', '0.10.0', true],
    ['1.0.0', '1.0.1', true],
    ['0.9.9', '1.0.0', true],
    ['0.2.0', '0.1.9', false],
    ['2.0.0', '1.9.9', false],
  ])('of a page %s: %s is newer: %s', (page, server, isNewer) => {
    expect(otherVersion(page, server)).toEqual({ page, server, isNewer });
  });

  it.each([
    ['0.1.0', '0.1.0'],
    ['0.1.0', '0.1.0-rc.1'],
    ['0.1.0', ''],
    ['0.1.0', 'two'],
    ['', '0.1.0'],
  ])('of a page %s: nothing can be said of %s', (page, server) => {
    expect(otherVersion(page, server)).toBeNull();
  });
});
