/** The price in the terminal: node price.mjs [ws://localhost:8000] */
const server = process.argv[2] ?? 'ws://localhost:8000';
let failures = 0;

function connect() {
  const socket = new WebSocket(`${server}/ws/mempool`);
  const startMs = performance.now();
  let silence = setTimeout(end, 15_000);
  socket.onopen = () => socket.send('{"subscribe":"price"}');
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
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    console.log(`stale: ${code} ${reason}`);
    if (code >= 4500) return;
    failures += 1;
    const hintMs = /reconnect after (\d+) ms/.exec(reason)?.[1];
    setTimeout(connect, Number(hintMs ?? Math.random() * 2000 * 2 ** Math.min(failures, 5)));
  }
}

function show({ type, data, demo }) {
  if (type !== 'price_update') return;
  const price = data.price === null ? '' : `$${data.price} (${data.low} to ${data.high}), `;
  console.log(`${price}${data.status}${demo ? ', DEMO' : ''}`);
}
connect();
