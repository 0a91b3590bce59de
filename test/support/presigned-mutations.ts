import type { RawRequest } from './raw-http.ts';

/** A valid presigned request with one thing changed, which S3 must refuse. */
export interface Mutation {
  readonly name: string;
  readonly request: RawRequest;
}

/** Of whom the mutations borrow: another tenant's valid request of the same kind, and what else there is. */
export interface Surroundings {
  readonly foreign: RawRequest;
  readonly otherBuckets: readonly string[];
}

type Change = readonly [name: string, change: (from: RawRequest) => RawRequest];

const headers =
  (over: Readonly<Record<string, string | undefined>>): Change[1] =>
  (from) => ({
    ...from,
    headers: Object.fromEntries(
      Object.entries({ ...from.headers, ...over }).filter(
        (header): header is [string, string] => header[1] !== undefined,
      ),
    ),
  });

const path =
  (change: (path: string) => string): Change[1] =>
  (from) => ({ ...from, path: change(from.path) });

const parameter =
  (name: string, change: (value: string) => string | undefined): Change[1] =>
  (from) => ({
    ...from,
    query: from.query.flatMap(([key, value]) => {
      const changed = key === name ? change(value) : value;
      return changed === undefined ? [] : [[key, changed] as const];
    }),
  });

const more =
  (name: string, value = ''): Change[1] =>
  (from) => ({
    ...from,
    query: [...from.query, [name, value]],
  });

const body =
  (change: (bytes: Buffer) => Buffer): Change[1] =>
  (from) => {
    const changed = change(from.body);
    return { ...from, body: changed, headers: { ...from.headers, 'content-length': String(changed.length) } };
  };

const flipped = (text: string, at: number): string => {
  const was = text.at(at) as string;
  return text.slice(0, at) + (was === '0' ? '1' : '0') + text.slice(at + 1);
};

const shifted = (date: string, seconds: number): string => {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return new Date(Date.parse(iso) + seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
};

const methods: readonly Change[] = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'].map((method) => [
  `method ${method}`,
  (from) => ({ ...from, method }),
]);

const keys = ({ foreign, otherBuckets }: Surroundings): readonly Change[] => [
  ['key longer', path((key) => `${key}x`)],
  ['key shorter', path((key) => key.slice(0, -1))],
  ['key with a slash behind', path((key) => `${key}/`)],
  ['key with a character changed', path((key) => flipped(key, -3))],
  ['key in capitals', path((key) => key.replace('/tenants/', '/TENANTS/'))],
  ['key in small letters', path((key) => key.toLowerCase())],
  ['key of the folder', path((key) => key.slice(0, key.lastIndexOf('/')))],
  ['key outside of the tenants', path((key) => key.replace('/tenants/', '/'))],
  ['a slash doubled', path((key) => key.replace('/tenants/', '//tenants/'))],
  ['a slash doubled inside', path((key) => key.replace(/\/([^/]*)$/, '//$1'))],
  ['a dot segment', path((key) => key.replace('/tenants/', '/./tenants/'))],
  ['a dot segment, encoded', path((key) => key.replace('/tenants/', '/%2e/tenants/'))],
  ['up and down again', path((key) => key.replace('/tenants/', '/x/../tenants/'))],
  ['up and down again, encoded', path((key) => key.replace('/tenants/', '/x/%2e%2e/tenants/'))],
  ['encoded twice', path((key) => key.replace('/tenants/', '%252Ftenants/'))],
  ['a space behind', path((key) => `${key}%20`)],
  ['a null behind', path((key) => `${key}%00`)],
  ["another tenant's key", (from) => ({ ...from, path: foreign.path })],
  ["another tenant's prefix", path((key) => key.replace(/t-[0-9a-f]{8}/, 'globex'))],
  ["another tenant's prefix by going up", path((key) => key.replace(/(t-[0-9a-f]{8})/, '$1/../globex'))],
  ...otherBuckets.map(
    (bucket): Change => [`the bucket ${bucket}`, path((key) => key.replace(/^\/[^/]+/, `/${bucket}`))],
  ),
  ['no key', path((key) => key.replace(/^(\/[^/]+).*$/, '$1'))],
];

const signing = ({ foreign }: Surroundings): readonly Change[] => {
  const names = [
    'Algorithm',
    'Credential',
    'Date',
    'Expires',
    'SignedHeaders',
    'Signature',
    'Security-Token',
  ];
  const ofForeign = (name: string): string => foreign.query.find(([key]) => key === name)?.[1] ?? '';
  return [
    ...names.map((name): Change => [`no ${name}`, parameter(`X-Amz-${name}`, () => undefined)]),
    ...names.map((name): Change => [`an empty ${name}`, parameter(`X-Amz-${name}`, () => '')]),
    // A second signature is outside of what the first one covers.
    ...names
      .filter((name) => name !== 'Signature')
      .map((name): Change => [`two of ${name}`, more(`X-Amz-${name}`, 'x')]),
    ...['AWS4-HMAC-SHA1', 'AWS4-ECDSA-P256-SHA256', 'none'].map(
      (algorithm): Change => [`algorithm ${algorithm}`, parameter('X-Amz-Algorithm', () => algorithm)],
    ),
    ...[0, 1, 2, 3, 4].map(
      (part): Change => [
        `credential, part ${part}`,
        parameter('X-Amz-Credential', (value) =>
          value
            .split('/')
            .map((each, at) => (at === part ? flipped(each, -1) : each))
            .join('/'),
        ),
      ],
    ),
    ...[-86_400, -1, 1, 3_600, 86_400].map(
      (seconds): Change => [`date ${seconds} s`, parameter('X-Amz-Date', (value) => shifted(value, seconds))],
    ),
    ...['1', '3599', '3601', '86400', '604800', '604801', '-1', '0', 'x', '1e9', ' 3600'].map(
      (seconds): Change => [`expires ${seconds}`, parameter('X-Amz-Expires', () => seconds)],
    ),
    ...['host', 'content-length', 'host;content-length', 'content-length;host;x-amz-acl', '*'].map(
      (list): Change => [
        `signed headers ${list}`,
        parameter('X-Amz-SignedHeaders', (value) => (value === list ? 'range' : list)),
      ],
    ),
    ...[0, 7, 20, 33, 46, 63].map(
      (at): Change => [`signature, digit ${at}`, parameter('X-Amz-Signature', (value) => flipped(value, at))],
    ),
    ['signature of zeros', parameter('X-Amz-Signature', () => '0'.repeat(64))],
    ['signature in capitals', parameter('X-Amz-Signature', (value) => value.toUpperCase())],
    ['signature too short', parameter('X-Amz-Signature', (value) => value.slice(0, -1))],
    ['signature too long', parameter('X-Amz-Signature', (value) => `${value}0`)],
    ["another tenant's signature", parameter('X-Amz-Signature', () => ofForeign('X-Amz-Signature'))],
    ["another tenant's query", (from) => ({ ...from, query: foreign.query })],
    ['token with a character changed', parameter('X-Amz-Security-Token', (value) => flipped(value, 20))],
    ['no query', (from) => ({ ...from, query: [] })],
  ];
};

/** What makes another operation of it, or another object, were it believed. */
const extras: readonly Change[] = [
  ...['acl', 'tagging', 'uploads', 'versions', 'policy', 'delete', 'restore', 'retention', 'legal-hold'].map(
    (name): Change => [`?${name}`, more(name)],
  ),
  ['?versionId', more('versionId', 'null')],
  ['?uploadId', more('uploadId', 'other')],
  ['?partNumber', more('partNumber', '7')],
  ['?list-type', more('list-type', '2')],
  ['?response-content-type', more('response-content-type', 'text/html')],
  ['?x-amz-acl', more('x-amz-acl', 'public-read')],
  ['?x-amz-copy-source', more('x-amz-copy-source', 'other/key')],
  ['?x-amz-tagging', more('x-amz-tagging', 'TenantId=globex')],
  ['?x-amz-meta-a', more('x-amz-meta-a', 'b')],
  ['?x-amz-storage-class', more('x-amz-storage-class', 'GLACIER')],
  ['?x-amz-website-redirect-location', more('x-amz-website-redirect-location', 'https://example.com/')],
  ['?x-amz-object-lock-mode', more('x-amz-object-lock-mode', 'COMPLIANCE')],
  ['?x', more('x', 'y')],
];

/** S3 takes no x-amz header with a presigned URL that its signature does not cover. */
const unsignedHeaders: readonly Change[] = Object.entries({
  'x-amz-acl': 'public-read',
  'x-amz-grant-read': 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
  'x-amz-copy-source': 'other/key',
  'x-amz-tagging': 'TenantId=globex',
  'x-amz-meta-a': 'b',
  'x-amz-storage-class': 'GLACIER',
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-website-redirect-location': 'https://example.com/',
  'x-amz-object-lock-mode': 'COMPLIANCE',
}).map(([name, value]) => [`header ${name}`, headers({ [name]: value })]);

const wire: readonly Change[] = [
  ['another host', headers({ host: 'example.com' })],
  [
    'a second authorization',
    headers({ authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=x' }),
  ],
];

const lengths: readonly Change[] = [
  ['one byte more', body((bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
  ['twice the bytes', body((bytes) => Buffer.concat([bytes, bytes]))],
  ['one byte less', body((bytes) => bytes.subarray(1))],
  ['one byte', body((bytes) => bytes.subarray(0, 1))],
  ['no bytes', body(() => Buffer.alloc(0))],
  ['no length', headers({ 'content-length': undefined, 'transfer-encoding': 'chunked' })],
];

const inQuery =
  (name: string): Change[1] =>
  (from) => ({
    ...headers({ [name]: undefined })(from),
    query: [...from.query, [name, from.headers[name] ?? '']],
  });

/** Where a checksum is signed. */
const checksums = (name: string): readonly Change[] => [
  ['no checksum', headers({ [name]: undefined })],
  ['an empty checksum', headers({ [name]: '' })],
  ['the checksum of other bytes', headers({ [name]: Buffer.alloc(32).toString('base64') })],
  ['the checksum in the query', inQuery(name)],
  ['a checksum of another kind instead', headers({ [name]: undefined, 'x-amz-checksum-crc32': 'AAAAAA==' })],
  ['a bit of the first byte', body((bytes) => bytes.fill((bytes.at(0) ?? 0) ^ 1, 0, 1))],
  ['a bit of the last byte', body((bytes) => bytes.fill((bytes.at(-1) ?? 0) ^ 0x80, bytes.length - 1))],
  [
    'other bytes and their checksum',
    (from) =>
      headers({ [name]: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=' })({
        ...from,
        body: Buffer.alloc(from.body.length, 't'),
      }),
  ],
];

const parts = ({ foreign }: Surroundings): readonly Change[] => [
  ...['0', '1', '3', '02', '10001', '-2', '2.0', 'x', ''].map(
    (number): Change => [`part ${number}`, parameter('partNumber', () => number)],
  ),
  ['no part number', parameter('partNumber', () => undefined)],
  ['no upload id', parameter('uploadId', () => undefined)],
  ['upload id changed', parameter('uploadId', (value) => flipped(value, 3))],
  [
    "another tenant's upload id",
    parameter('uploadId', () => foreign.query.find(([name]) => name === 'uploadId')?.[1] ?? 'none'),
  ],
  [
    'neither',
    (from) => parameter('uploadId', () => undefined)(parameter('partNumber', () => undefined)(from)),
  ],
];

/** Every way in which this request can be another than the signed one, each once. */
export function mutationsOf(valid: RawRequest, around: Surroundings): readonly Mutation[] {
  const checksum = Object.keys(valid.headers).find((name) => name.startsWith('x-amz-checksum-'));
  const changes = [
    ...methods,
    ...keys(around),
    ...signing(around),
    ...extras,
    ...unsignedHeaders,
    ...wire,
    ...(valid.method === 'PUT' ? lengths : []),
    ...(checksum ? checksums(checksum) : []),
    ...(valid.query.some(([name]) => name === 'partNumber') ? parts(around) : []),
  ];
  const byIdentity = new Map<string, Mutation>();
  for (const [name, change] of changes) {
    const request = change({ ...valid, body: Buffer.from(valid.body) });
    if (!byIdentity.has(identity(request))) byIdentity.set(identity(request), { name, request });
  }
  byIdentity.delete(identity(valid));
  return [...byIdentity.values()];
}

/** Two requests with the same are the same. */
const identity = ({ method, path: at, query, headers: sent, body: bytes }: RawRequest): string =>
  JSON.stringify([method, at, query, Object.entries(sent).sort(), bytes.toString('base64')]);
