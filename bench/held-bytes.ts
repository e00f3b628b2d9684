import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';

/** Bytes held by typed arrays and objects, after full collections. */
export async function heldBytes(): Promise<number> {
  v8.setFlagsFromString('--expose-gc');
  const collect: () => void = vm.runInNewContext('gc');
  for (let i = 0; i < 3; i += 1) {
    collect();
    // Array buffers are given back by another thread, a moment later.
    await setTimeout(50);
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}
