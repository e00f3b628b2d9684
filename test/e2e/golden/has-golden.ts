/** Whether pictures can be compared with golden ones on this machine. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { GOLDEN_DIR } from '../page-files.ts';

/** That of Debian's fonts-liberation; in another font every letter would differ. */
const FONT = '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf';

/** Without them nothing is compared, with a notice; under CI=true that is a failure. */
export function hasGolden(): boolean {
  const message = absence();
  if (message === null) return true;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`golden pictures are not compared: ${message}`);
  return false;
}

function absence(): string | null {
  if (!existsSync(FONT)) {
    return `${FONT} is missing (on Debian: sudo apt-get install -y fonts-liberation)`;
  }
  if (process.env.UPDATE_GOLDEN === '1' || existsSync(GOLDEN_DIR)) return null;
  return `there are none in ${GOLDEN_DIR} (UPDATE_GOLDEN=1 writes them)`;
}
