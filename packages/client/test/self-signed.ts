/** A certificate for 127.0.0.1, made where it is needed (RFC 5280, in DER). */
import { generateKeyPairSync, sign } from 'node:crypto';

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x17 } as const;
const SEQUENCE = 0x30;
const SET = 0x31;

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
/** An iPAddress within a GeneralName. */
const IP_ADDRESS = 0x87;

export interface SelfSigned {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export function selfSigned(): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256));
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, oid(COMMON_NAME), der(TAG.text, Buffer.from('test')))),
  );
  const addresses = der(SEQUENCE, der(IP_ADDRESS, Buffer.of(127, 0, 0, 1)));
  const extension = der(SEQUENCE, oid(SUBJECT_ALT_NAME), der(TAG.octets, addresses));
  const toBeSigned = der(
    SEQUENCE,
    der(0xa0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, Buffer.of(1)),
    algorithm,
    name,
    der(SEQUENCE, der(TAG.time, '200101000000Z'), der(TAG.time, '491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signature = der(TAG.bits, Buffer.of(0), sign('sha256', toBeSigned, privateKey));
  return {
    cert: pem(der(SEQUENCE, toBeSigned, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  );
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.of(tag, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, 'hex'));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
