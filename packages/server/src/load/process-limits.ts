import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { LoadPlan } from './load-plan.ts';

/** What a process has open beside its clients. */
const DESCRIPTORS_KEPT = 64;
const PORT_RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range';

/** What this machine allows; null: it does not say. */
export interface ProcessLimits {
  /** Files and connections that this process may have open. */
  readonly descriptors: number | null;
  /** Ports that connections from one address to one address may use. */
  readonly ports: number | null;
}

export function processLimits(): ProcessLimits {
  return { descriptors: descriptorLimit(), ports: portLimit() };
}

/** Says why a run would fail half-way; null: nothing stands against it. */
export function limitProblem(
  { clients, localAddresses }: Pick<LoadPlan, 'clients' | 'localAddresses'>,
  { descriptors, ports }: ProcessLimits,
): string | null {
  if (descriptors !== null && clients > descriptors - DESCRIPTORS_KEPT) {
    const most = Math.max(0, descriptors - DESCRIPTORS_KEPT);
    const has = `this process may open ${descriptors} files and connections (ulimit -n)`;
    return `--clients: ${clients}, but ${has}; allowed: up to ${most}`;
  }
  const addresses = Math.max(1, localAddresses.length);
  if (ports !== null && clients > ports * addresses) {
    const has = `${ports * addresses} ports from ${addresses} local addresses`;
    return `--clients: ${clients}, but there are ${has}; allowed: fewer, or more --local-addresses`;
  }
  return null;
}

function descriptorLimit(): number | null {
  // Without this the names of hosts would be asked for, which may take seconds.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | string } };
  };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isNaN(soft) ? null : soft;
}

function portLimit(): number | null {
  let text: string;
  try {
    text = readFileSync(PORT_RANGE_FILE, 'utf8');
  } catch {
    return null; // Only Linux says it there.
  }
  const [first = Number.NaN, last = Number.NaN] = text.trim().split(/\s+/).map(Number);
  return Number.isNaN(last - first) ? null : last - first + 1;
}
