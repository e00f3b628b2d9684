/**
 * Follows the price and the liquidations near it, and acts only on what holds now:
 * node bot.mjs [ws://localhost:8000]
 */
import { connect } from '@tidegauge/client';

const tide = connect(process.argv[2] ?? 'ws://localhost:8000', {
  // A function, so that a token which ends is followed by the one that is there then.
  token: () => process.env.TIDEGAUGE_TOKEN ?? null,
});

let shown = '';
tide.on('status', ({ state }) => {
  if (state !== shown) console.log(`line: ${state}`);
  shown = state;
});
tide.on('error', ({ code, message }) => console.log(`error: ${code}: ${message}`));
process.once('SIGINT', () => tide.close());
process.once('SIGTERM', () => tide.close());

async function followPrice() {
  for await (const { isLive, priceUsd, lowUsd, highUsd, ageMs, demo } of tide.price()) {
    // Warming up, from a source that is lost, or already followed by another one.
    if (!isLive || priceUsd === null) continue;
    console.log(
      `price: $${priceUsd} ($${lowUsd} to $${highUsd}), ${Math.round(ageMs)} ms old${mark(demo)}`,
    );
  }
}

async function followMap() {
  for await (const { isLive, symbol, levels, currentPriceUsd, gaps, demo } of tide.heatmap([
    'BTCUSDT',
  ])) {
    if (!isLive || gaps.length > 0) continue;
    const near = levels.filter(({ priceUsd }) => Math.abs(priceUsd / currentPriceUsd - 1) < 0.02);
    const longUsd = near.reduce((sum, level) => sum + level.longUsd, 0);
    const shortUsd = near.reduce((sum, level) => sum + level.shortUsd, 0);
    console.log(`${symbol}: within 2 % longs of $${longUsd}, shorts of $${shortUsd}${mark(demo)}`);
  }
}

function mark(demo) {
  return demo ? ', DEMO' : '';
}

// Both end when the line is closed, and throw when the server has refused for good.
await Promise.all([followPrice(), followMap()]);
