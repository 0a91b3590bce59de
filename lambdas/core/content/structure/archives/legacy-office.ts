import type { ByteSource, Finding, StructureContext } from '../structure.ts';
import { viewOf } from './bytes.ts';
import { type CfbEntry, type CompoundFile, readCompoundFile } from './cfb.ts';
import { refuse } from './judged.ts';

/** The stream that a document of a type must have. */
const mainStreams: readonly (readonly [type: string, stream: RegExp])[] = [
  ['application/msword', /^WordDocument$/],
  ['application/vnd.ms-excel', /^(?:Workbook|Book)$/i],
  ['application/vnd.ms-powerpoint', /^(?:PowerPoint Document|PP40)$/],
];
const openXmlTypes = /^application\/vnd\.openxmlformats-officedocument\./;

/** Windows Installer: a package, a transform, a patch ({000C1084-0000-0000-C000-000000000046} and its like). */
const installers = /^(?:84|82|86)100c0000000000c000000000000046$/;
const macroEntries = /^(?:_VBA_PROJECT(?:_CUR)?|Macros|VBA)$/i;
/** Objects of Excel lie in folders of their own, those of Word in one that may be empty. */
const embeddedEntries = /^(?:.Ole10Native|Equation Native|MBD[\dA-F]{8})$/is;

/** What a document of Office before 2007 holds; and of a later one that is encrypted, which is wrapped the same way. */
export async function inspectLegacyOffice(
  source: ByteSource,
  context: StructureContext,
  findings: Set<Finding>,
): Promise<void> {
  const file = await readCompoundFile(source);
  const { entries } = file;
  const has = (name: RegExp) => entries.some((entry) => name.test(entry.name));
  const isEncryptedPackage = has(/^EncryptedPackage$/i);
  checkType(context.mimeType, entries, isEncryptedPackage);
  const records = await excelRecords(file);
  if (isEncryptedPackage || (await opensWithPassword(file, records))) findings.add('encrypted');
  if (has(macroEntries) || records.some(isMacroSheet)) findings.add('macros');
  if (has(embeddedEntries) || entries.some(({ name, isEmpty }) => name === 'ObjectPool' && !isEmpty)) {
    findings.add('embedded_files');
  }
}

function checkType(mimeType: string, entries: readonly CfbEntry[], isEncryptedPackage: boolean): void {
  const expected = mainStreams.find(([type]) => type === mimeType)?.[1];
  if (!expected && !openXmlTypes.test(mimeType)) return;
  if (installers.test(entries[0]?.classId ?? '')) {
    refuse('type_mismatch', `declared ${mimeType}, found a Windows Installer package`);
  }
  if (isEncryptedPackage) return;
  if (!expected || !entries.some(({ name, kind }) => kind === 'stream' && expected.test(name))) {
    refuse('type_mismatch', `what the document holds is not ${mimeType}`);
  }
}

/** Where each of the three says that it is encrypted: [MS-DOC] 2.5.2, [MS-XLS] 2.4.117, [MS-PPT] 2.3.2. */
async function opensWithPassword(file: CompoundFile, records: readonly ExcelRecord[]): Promise<boolean> {
  const word = await startOf(file, /^WordDocument$/, 16);
  const fEncrypted = 0x0100;
  if (word && word.byteLength >= 12 && (word.getUint16(10, true) & fEncrypted) !== 0) return true;
  const powerPoint = await startOf(file, /^Current User$/, 16);
  const encryptedToken = 0xf3d1c4df;
  if (powerPoint && powerPoint.byteLength >= 16 && powerPoint.getUint32(12, true) === encryptedToken)
    return true;
  return records.some(({ type }) => type === filePass);
}

async function startOf(file: CompoundFile, name: RegExp, length: number): Promise<DataView | undefined> {
  const entry = file.entries.find((each) => each.kind === 'stream' && name.test(each.name));
  return entry && viewOf(await file.readStart(entry, length));
}

const filePass = 0x002f;
const boundSheet = 0x0085;
const endOfGlobals = 0x000a;
/** The records about the whole workbook come first; those that matter lie within the first 64 KiB of them. */
const globalsBytes = 64 * 1024;

interface ExcelRecord {
  readonly type: number;
  readonly data: DataView;
}

async function excelRecords(file: CompoundFile): Promise<readonly ExcelRecord[]> {
  const stream = await startOf(file, /^(?:Workbook|Book)$/i, globalsBytes);
  const records: ExcelRecord[] = [];
  for (let at = 0; stream && at + 4 <= stream.byteLength; ) {
    const type = stream.getUint16(at, true);
    const length = Math.min(stream.getUint16(at + 2, true), stream.byteLength - at - 4);
    records.push({ type, data: new DataView(stream.buffer, stream.byteOffset + at + 4, length) });
    // What follows a password is encrypted as well.
    if (type === endOfGlobals || type === filePass) break;
    at += 4 + length;
  }
  return records;
}

/** Macros of Excel 4 are sheets, without any folder of Visual Basic. */
const isMacroSheet = ({ type, data }: ExcelRecord): boolean =>
  type === boundSheet && data.byteLength > 5 && data.getUint8(5) === 1;
