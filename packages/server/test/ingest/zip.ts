/** Writes zips, since nothing that is installed does. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFileContent {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What the directory says, where that is not the truth. */
  readonly says?: { readonly crc32?: number; readonly bytes?: number; readonly flags?: number };
}

const DEFLATE = 8;
const UTF8_NAME = 0x0800;

/** A zip of these files, as APPNOTE.TXT of PKWARE has it: local headers, directory, end record. */
export function zipOf(files: readonly ZipFileContent[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content, says = {} } of files) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(says.flags ?? UTF8_NAME, 2);
    common.writeUInt16LE(DEFLATE, 4);
    common.writeUInt32LE(says.crc32 ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(says.bytes ?? bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    const version = Buffer.from([20, 0]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), version, common, rest, nameBytes]),
    );
    parts.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
