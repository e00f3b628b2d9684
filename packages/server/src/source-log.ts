import type { Log } from './log.ts';
import type { SourceStatus } from './sources/source.ts';

/** Logs each loss of a source and each return, and what is wrong with it while it is up. */
export function sourceLogger(log: Log): (status: SourceStatus) => void {
  let lost = false;
  let wasUp = false;
  let partly = false;
  return ({ name, state, detail, frames, missed, dropped }) => {
    const up = state === 'connected';
    if (state === 'lost') {
      log.warn({ event: 'source_lost', source: name, detail }, `source ${name} is lost`);
    } else if (up && !wasUp) {
      const event = lost ? 'source_back' : 'source_connected';
      log.info({ event, source: name, frames, missed, dropped }, `source ${name} is connected`);
    }
    if (up && detail !== null) {
      const event = 'source_degraded';
      log.warn({ event, source: name, detail }, `source ${name} is connected in part`);
    } else if (up && wasUp && partly) {
      log.info({ event: 'source_whole', source: name }, `source ${name} is whole again`);
    }
    lost = state === 'lost' || (lost && !up);
    wasUp = up;
    partly = up && detail !== null;
  };
}
