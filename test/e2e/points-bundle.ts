/** The stage for painters of points as one script for a blank page. */
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';

const ENTRY = fileURLToPath(new URL('points-stage.ts', import.meta.url));

export async function bundlePointsStage(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: ENTRY, formats: ['iife'], name: 'stageBundle' },
    },
  })) as Rolldown.RolldownOutput[];
  return built[0]!.output[0].code;
}
