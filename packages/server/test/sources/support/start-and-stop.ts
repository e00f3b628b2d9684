/** Process: starts a source on a node that is there and one that is not, stops it, and must end. */
import process from 'node:process';
import { ZmqSource } from '../../../src/sources/zmq-source.ts';

const [present, absent] = process.argv.slice(2);
const source = new ZmqSource({ txEndpoint: absent!, blockEndpoint: present! });
const lost = new Promise<void>((resolve) => {
  void source.start({
    onFrame: () => {},
    onStatus: (status) => {
      if (status.state === 'lost') resolve();
    },
  });
});
await lost;
await source.stop();
console.log('stopped');
