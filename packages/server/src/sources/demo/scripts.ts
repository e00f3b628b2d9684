import type { Random } from './random.ts';
import { Weighted } from './random.ts';

/** The kinds of address in use; `nested` is P2WPKH inside P2SH. */
export type ScriptKind = 'p2pkh' | 'nested' | 'p2wpkh' | 'p2wsh' | 'p2tr';

/** About how often each is paid to. */
export const SCRIPT_KINDS: Weighted<ScriptKind> = new Weighted<ScriptKind>([
  ['p2wpkh', 47],
  ['p2tr', 20],
  ['p2pkh', 16],
  ['nested', 13],
  ['p2wsh', 4],
]);

const NOTHING = new Uint8Array(0);
const OP_0 = 0x00;
const OP_1 = 0x51;
const OP_IF = 0x63;
const OP_ENDIF = 0x68;
const OP_RETURN = 0x6a;
const OP_CHECKSIG = 0xac;

/** An output script paying to some address of that kind. */
export function payingScript(random: Random, kind: ScriptKind): Uint8Array {
  switch (kind) {
    case 'p2pkh':
      return concat([0x76, 0xa9, 20], random.bytes(20), [0x88, OP_CHECKSIG]);
    case 'nested':
      return concat([0xa9, 20], random.bytes(20), [0x87]);
    case 'p2wpkh':
      return concat([OP_0, 20], random.bytes(20));
    case 'p2wsh':
      return concat([OP_0, 32], random.bytes(32));
    case 'p2tr':
      return concat([OP_1, 32], random.bytes(32));
  }
}

/** What spends such an output: sizes and outer form are right, signatures are noise. */
export function spendingScripts(
  random: Random,
  kind: ScriptKind,
): { readonly scriptSig: Uint8Array; readonly witness: readonly Uint8Array[] } {
  switch (kind) {
    case 'p2pkh': {
      const signature = derSignature(random);
      const key = publicKey(random);
      const scriptSig = concat([signature.length], signature, [key.length], key);
      return { scriptSig, witness: [] };
    }
    case 'nested': {
      const scriptSig = concat([22, OP_0, 20], random.bytes(20));
      return { scriptSig, witness: [derSignature(random), publicKey(random)] };
    }
    case 'p2wpkh':
      return { scriptSig: NOTHING, witness: [derSignature(random), publicKey(random)] };
    case 'p2wsh':
      return { scriptSig: NOTHING, witness: multisigWitness(random) };
    case 'p2tr':
      return { scriptSig: NOTHING, witness: [random.bytes(64)] };
  }
}

/** A taproot script path that carries data in a branch never run, as inscriptions do. */
export function inscriptionWitness(random: Random, dataBytes: number): Uint8Array[] {
  const parts: (Uint8Array | number[])[] = [
    [32],
    random.bytes(32),
    [OP_CHECKSIG, OP_0, OP_IF, 3, 0x6f, 0x72, 0x64],
  ];
  for (let left = dataBytes; left > 0; left -= 520) {
    const size = Math.min(520, left);
    parts.push([0x4d, size & 0xff, size >>> 8], random.bytes(size));
  }
  parts.push([OP_ENDIF]);
  const controlBlock = concat([0xc0], random.bytes(32));
  return [random.bytes(64), concat(...parts), controlBlock];
}

export function opReturnScript(data: Uint8Array): Uint8Array {
  return data.length < 0x4c
    ? concat([OP_RETURN, data.length], data)
    : concat([OP_RETURN, 0x4c, data.length], data);
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** DER with a low S; R needs a leading zero every other time. 71 or 72 bytes with its hash type. */
function derSignature(random: Random): Uint8Array {
  const padded = random.chance(0.5);
  const r = random.bytes(32);
  r[0] = padded ? r[0]! | 0x80 : r[0]! & 0x7f;
  const s = random.bytes(32);
  s[0]! &= 0x7f;
  const head = padded ? [0x30, 69, 0x02, 33, 0] : [0x30, 68, 0x02, 32];
  return concat(head, r, [0x02, 32], s, [0x01]);
}

function publicKey(random: Random): Uint8Array {
  return concat([random.chance(0.5) ? 2 : 3], random.bytes(32));
}

/** Two signatures of three keys. */
function multisigWitness(random: Random): Uint8Array[] {
  const keys = [publicKey(random), publicKey(random), publicKey(random)];
  const script = concat([0x52], ...keys.flatMap((key) => [[33], key]), [0x53, 0xae]);
  return [NOTHING, derSignature(random), derSignature(random), script];
}
