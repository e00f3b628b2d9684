const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** The two largest units of a stretch of time: `2 h 14 min`, `48 s`. Seconds only under 10 min. */
export function duration(totalSec: number): string {
  const whole = Math.max(0, Math.floor(totalSec));
  const first = UNITS.findIndex(([size]) => whole >= size);
  if (first === -1) return '0 s';
  const [size, name] = UNITS[first]!;
  const parts = [`${Math.floor(whole / size)} ${name}`];
  const second = UNITS[first + 1];
  if (second && !(second[1] === 's' && whole >= 600)) {
    const rest = Math.floor((whole % size) / second[0]);
    if (rest > 0) parts.push(`${rest} ${second[1]}`);
  }
  return parts.join(' ');
}
