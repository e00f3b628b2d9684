import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../src/bytes.ts';
import { OpenInterestTrack, samplingPeriodSec } from '../src/open-interest-track.ts';

const PERIOD_SEC = 100;

function trackOf(...samples: [timeSec: number, usd: number][]): OpenInterestTrack {
  const track = new OpenInterestTrack(PERIOD_SEC);
  for (const [timeSec, usd] of samples) track.take({ timeSec, usd });
  return track;
}

describe('open interest between samples', () => {
  test('is interpolated, whatever the order of arrival; the later one of a time counts', () => {
    const track = trackOf([300, 30], [100, 10], [200, 99], [200, 40]);
    expect([100, 125, 200, 250, 300].map((timeSec) => track.at(timeSec))).toEqual([
      10, 17.5, 40, 35, 30,
    ]);
  });

  test('is interpolated across three periods, not across more', () => {
    expect(trackOf([100, 10], [400, 40]).at(399)).toBeCloseTo(39.9, 9);
    const apart = trackOf([100, 10], [401, 40]);
    expect(apart.at(400)).toBe(10);
    expect(apart.at(400.5)).toBeNull();
    expect(apart.at(401)).toBe(40);
  });

  test('holds for three periods after the newest sample, and not at all before the first', () => {
    const track = trackOf([100, 10]);
    expect(track.at(99)).toBeNull();
    expect(track.at(400)).toBe(10);
    expect(track.at(401)).toBeNull();
    expect(trackOf().at(100)).toBeNull();
  });

  test('does not depend on what was forgotten', () => {
    const track = trackOf([100, 10], [200, 20], [300, 30], [400, 40]);
    track.forgetBefore(250);
    expect(track.samples).toHaveLength(3);
    expect(track.at(250)).toBe(25);
    track.forgetBefore(50);
    expect(track.samples).toHaveLength(3);
  });

  test('comes back from bytes as it was', () => {
    const out = new ByteWriter();
    trackOf([100, 0.1], [200, 1 / 3]).save(out);
    const track = new OpenInterestTrack(PERIOD_SEC);
    track.restore(new ByteReader(out.bytes()));
    expect(track.samples).toEqual([
      { timeSec: 100, usd: 0.1 },
      { timeSec: 200, usd: 1 / 3 },
    ]);
  });

  test('a period has to be above 0', () => {
    expect(() => new OpenInterestTrack(0)).toThrow('the period has to be above 0');
  });
});

describe('sampling period', () => {
  test('is the median distance', () => {
    const samples = [0, 10, 20, 500, 510, 521].map((timeSec) => ({ timeSec, usd: 1 }));
    expect(samplingPeriodSec(samples)).toBe(10);
    expect(samplingPeriodSec(samples.slice(0, 1))).toBeNull();
  });
});
