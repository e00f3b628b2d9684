import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['packages/{protocol,onchain,liquidations,client,server}/src/**/*.ts'],
      reporter: ['text-summary'],
      thresholds: {
        lines: 85,
        'packages/protocol/src/**': { lines: 95 },
        'packages/client/src/**': { lines: 95 },
        'packages/onchain/src/**': { lines: 95 },
        'packages/liquidations/src/**': { lines: 95 },
      },
    },
  },
});
