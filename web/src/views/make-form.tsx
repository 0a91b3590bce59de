import { useState } from 'preact/hooks';
import type { FileRecord, ImageOperation } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import { type Making, useMaking } from '../state/making.ts';
import { explain } from '../words/errors.ts';
import { jobWords, OPERATION_WORDS, type OperationKind } from '../words/operations.ts';
import { ErrorNotice } from './notice.tsx';

/** Pixels, the largest that is made. */
const MAX_SIDE = 8_192;
const MAX_WATERMARK_CHARACTERS = 200;
const DEFAULT_WIDTH = 1_200;
const DEFAULT_QUALITY = 85;
const FORMATS = ['webp', 'jpeg', 'png', 'avif'] as const;

type Format = (typeof FORMATS)[number];

/** What a form holds, by the names of its fields; an empty one is left to the server. */
function operationOf(kind: OperationKind, form: FormData): ImageOperation {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const number = (name: string) => (text(name) === '' ? {} : { [name]: Number(text(name)) });
  if (kind === 'compress') return { type: kind, params: number('quality') };
  if (kind === 'resize') return { type: kind, params: { ...number('width'), ...number('height') } };
  if (kind === 'convert') return { type: kind, params: { format: text('format') as Format } };
  if (kind === 'watermark') return { type: kind, params: { text: text('text') } };
  return { type: kind };
}

/** Other pictures of a picture, made while one looks on. */
export function MakeForm({ file, onChange }: { file: FileRecord; onChange: () => void }) {
  const { client } = useConsole();
  const { makings, make } = useMaking(client.api, file.id, onChange);
  const isDrawing = file.mimeType === 'image/svg+xml';
  const [kind, setKind] = useState<OperationKind>(isDrawing ? 'resize' : 'compress');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const kinds = (Object.keys(OPERATION_WORDS) as OperationKind[]).filter(
    // A drawing has no bytes of a picture that could become fewer.
    (other) => !(isDrawing && other === 'compress'),
  );

  const onSubmit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const operation = operationOf(kind, new FormData(event.currentTarget));
    setBusy(true);
    setError(undefined);
    try {
      await make(operation);
    } catch (cause) {
      setError(cause);
    }
    setBusy(false);
  };

  return (
    <section data-testid="make">
      <h3>Make</h3>
      <form class="make" onSubmit={(event) => void onSubmit(event)}>
        <label class="field">
          What
          <select
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as OperationKind)}
            data-testid="make-kind"
          >
            {kinds.map((option) => (
              <option key={option} value={option}>
                {OPERATION_WORDS[option][0]}
              </option>
            ))}
          </select>
        </label>
        <Fields key={kind} kind={kind} file={file} />
        <button type="submit" class="button" disabled={busy} data-testid="make-submit">
          {busy ? 'Asking…' : 'Make'}
        </button>
        <p class="muted make-help">{OPERATION_WORDS[kind][1]}</p>
      </form>
      {error !== undefined && <ErrorNotice error={error} />}
      <ul class="makings" role="status">
        {makings.map((making) => (
          <MakingRow key={making.jobId} making={making} />
        ))}
      </ul>
    </section>
  );
}

function Fields({ kind, file }: { kind: OperationKind; file: FileRecord }) {
  const { width } = file.media ?? {};
  if (kind === 'resize') {
    const side = { type: 'number', min: 1, max: MAX_SIDE, inputMode: 'numeric' } as const;
    return (
      <>
        <label class="field">
          Width
          <input
            {...side}
            name="width"
            required
            defaultValue={Math.min(DEFAULT_WIDTH, width ?? DEFAULT_WIDTH)}
          />
        </label>
        <label class="field">
          Height
          <input {...side} name="height" placeholder="any" />
        </label>
      </>
    );
  }
  if (kind === 'watermark') {
    return (
      <label class="field make-wide">
        Text
        <input name="text" required maxLength={MAX_WATERMARK_CHARACTERS} data-testid="make-text" />
      </label>
    );
  }
  if (kind === 'convert') {
    return (
      <label class="field">
        Format
        <select name="format">
          {FORMATS.filter((format) => file.mimeType !== `image/${format}`).map((format) => (
            <option key={format} value={format}>
              {format.toUpperCase()}
            </option>
          ))}
        </select>
      </label>
    );
  }
  // These two lose nothing, so there is nothing to choose.
  if (kind === 'thumbnails' || /png|gif/.test(file.mimeType)) return null;
  return (
    <label class="field">
      Quality
      <input type="number" name="quality" required min={1} max={100} defaultValue={DEFAULT_QUALITY} />
    </label>
  );
}

function MakingRow({ making: { job, type, error, estimatedSeconds } }: { making: Making }) {
  const isOver = error !== undefined || job?.status === 'done' || job?.status === 'failed';
  const { done = 0, failed = 0, total = 1 } = job?.progress ?? {};
  const [label] = OPERATION_WORDS[type];
  return (
    <li data-testid="making" data-status={job?.status ?? 'queued'}>
      <span>
        <strong>{label}</strong>{' '}
        <span class="muted">
          {error === undefined ? jobWords(job, estimatedSeconds) : explain(error).title}
        </span>
      </span>
      {!isOver && <progress aria-label={`${label}: progress`} max={total} value={done + failed} />}
    </li>
  );
}
