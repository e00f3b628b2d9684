/** A socket's path in the kernel's `sun_path`, without its closing zero (Linux; others have less). */
const IPC_PATH_BYTES_MAX = 107;
const TCP = /^tcp:\/\/(\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|[^[\]:/\s]+):(\d{1,5})$/;
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/;

const ALLOWED =
  'allowed are tcp://host:port with a port from 1 to 65535, such as tcp://127.0.0.1:28332, ' +
  'and ipc://path, such as ipc:///run/bitcoind/rawtx.sock';

/**
 * What is wrong with the address of a node's ZMQ publisher, in words for a person, or null when
 * it can be connected to.
 */
export function zmqEndpointProblem(text: string): string | null {
  const why = flaw(text);
  return why === null ? null : `'${text}' is no ZMQ endpoint: ${why}; ${ALLOWED}`;
}

/** True for an address such as tcp://[::1]:28332, which needs the socket in its IPv6 mode. */
export function isIpv6Endpoint(endpoint: string): boolean {
  return endpoint.startsWith('tcp://[');
}

function flaw(text: string): string | null {
  if (text.trim() !== text || text === '') return 'it is empty or has spaces around it';
  if (text.startsWith('ipc://')) return ipcFlaw(text.slice('ipc://'.length));
  if (text.startsWith('tcp://')) return tcpFlaw(text);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1];
  if (scheme === 'unix') return "'unix:' is Bitcoin Core's own spelling, write ipc:// here";
  return scheme !== undefined && text.includes('://')
    ? `'${scheme}' cannot be read from`
    : 'tcp:// or ipc:// is missing';
}

function ipcFlaw(path: string): string | null {
  if (path === '') return 'the path is missing';
  if (path.includes('\0')) return 'the path holds a zero character';
  const bytes = Buffer.byteLength(path);
  return bytes > IPC_PATH_BYTES_MAX
    ? `the path has ${bytes} bytes, ${IPC_PATH_BYTES_MAX} is the most`
    : null;
}

function tcpFlaw(text: string): string | null {
  const parts = TCP.exec(text);
  if (parts === null) return 'it is not host:port after tcp:// (an IPv6 address stands in [ ])';
  const [, host, port] = parts;
  if (host === '*') return "'*' is an address to listen on, name the node's host";
  if (!host!.startsWith('[') && !HOST_NAME.test(host!)) return `'${host}' is no host name`;
  const number = Number(port);
  return number < 1 || number > 65_535 ? `port ${port} is out of range` : null;
}
