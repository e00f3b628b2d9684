import { networkInterfaces } from 'node:os';

/** Why the server could not listen, and what to do about it, for a person. */
export function listenProblem(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE': {
      const other = port < 65_535 ? port + 1 : port - 1;
      return (
        `port ${port} on ${host} is in use by another program, perhaps another Tidegauge. ` +
        `Stop that one, or choose another port: --port ${other} (or PORT=${other})`
      );
    }
    case 'EACCES':
      return (
        `this user may not listen on port ${port} of ${host}: ports under 1024 are privileged. ` +
        'Choose one from 1024 up, such as --port 8000 (or PORT=8000)'
      );
    case 'EADDRNOTAVAIL':
      return (
        `${host} is no address of this machine. Allowed: 127.0.0.1 (this machine only), ` +
        `0.0.0.0 (all its networks), or one of its own: ${ownAddresses()} (--host or HOST)`
      );
    case 'ENOTSUP':
      return (
        'on this system processes cannot share a port, which workers do (Linux and FreeBSD can). ' +
        'Serve all from one process: --workers 0 (or WORKERS=0)'
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return (
        `the host name ${host} could not be resolved. ` +
        'Allowed: an address of this machine such as 127.0.0.1, or a name of it (--host or HOST)'
      );
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return `could not listen on port ${port} of ${host}: ${reason}`;
    }
  }
}

function ownAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .join(', ');
}
