/** Tells each change of the line and each price, a line of JSON each; for a test that stops it. */
import process from 'node:process';
import { connect } from '../../packages/client/src/node.ts';

const tide = connect(process.argv[2] ?? '');
tide.on('status', ({ state }) => console.log(JSON.stringify({ state })));
tide.price(({ seq, epoch, missed }) => console.log(JSON.stringify({ seq, epoch, missed })));
