/** Liquidations near the price: node heatmap.mjs [ws://localhost:8000 [BTCUSDT]] */
const [server = 'ws://localhost:8000', symbol = 'BTCUSDT'] = process.argv.slice(2);
let failures = 0;
let lostSec = 0; // since when the server itself hears nothing, unix

function connect() {
  const socket = new WebSocket(`${server}/ws/heatmap`);
  const startMs = performance.now();
  let silence = setTimeout(end, 15_000);
  let heartbeat;
  socket.onopen = () => {
    const wanted = { action: 'subscribe', symbols: [symbol], update_interval: 5 };
    socket.send(JSON.stringify(wanted));
    // A map that stands still is not sent again: the answers tell that from a dead line.
    heartbeat = setInterval(() => socket.send('{"action":"ping"}'), 5_000);
  };
  socket.onclose = end;
  socket.onmessage = ({ data: text }) => {
    clearTimeout(silence);
    silence = setTimeout(end, 15_000);
    if (performance.now() - startMs > 10_000) failures = 0;
    try {
      show(JSON.parse(text));
    } catch (error) {
      console.log(`left out: ${error.message}`);
    }
  };
  function end({ code = 1006, reason = 'nothing came for 15 s' } = {}) {
    clearTimeout(silence);
    clearInterval(heartbeat);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    console.log(`stale: ${code} ${reason}`);
    if (code >= 4500) return;
    failures += 1;
    const hintMs = /reconnect after (\d+) ms/.exec(reason)?.[1];
    setTimeout(connect, Number(hintMs ?? Math.random() * 2000 * 2 ** Math.min(failures, 5)));
  }
}

function show({ type, code, message, since, timestamp, demo, data }) {
  if (type === 'error' || type === 'warning') console.log(message);
  if (code === 'SOURCE_STALE') lostSec = since;
  if (type !== 'snapshot') return;
  const near = data.levels.filter(({ price }) => Math.abs(price / data.current_price - 1) < 0.02);
  const usd = (side) => near.reduce((sum, level) => sum + level[side], 0);
  const status = Date.parse(timestamp) / 1000 > lostSec ? 'live' : 'stale';
  console.log(`${symbol} $${data.current_price} at ${timestamp}, ${status}${demo ? ', DEMO' : ''}`);
  console.log(`  within 2 %: longs $${usd('long_density')}, shorts $${usd('short_density')}`);
}
connect();
