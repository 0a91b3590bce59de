import type { ComponentChildren } from 'preact';
import type { FileKind } from '../words/files.ts';

/** Line icons, 24 units square, in the colour of their text. Decoration only: names are given in words beside them. */
const icon = (children: ComponentChildren) => () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {children}
  </svg>
);

export const UploadIcon = icon(
  <path d="M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 19v-3" />,
);
export const FolderIcon = icon(
  <path d="M3 7a2 2 0 0 1 2-2h4l2 2.5h8a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z" />,
);
export const PauseIcon = icon(<path d="M9 5.5v13M15 5.5v13" />);
export const PlayIcon = icon(<path d="M7.5 5.2v13.6L18.5 12z" />);
export const SoundIcon = icon(
  <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />,
);
export const MutedIcon = icon(<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9.5l5 5M20.5 9.5l-5 5" />);
export const FullscreenIcon = icon(
  <path d="M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9M15 4h3.5A1.5 1.5 0 0 1 20 5.5V9M20 15v3.5a1.5 1.5 0 0 1-1.5 1.5H15M9 20H5.5A1.5 1.5 0 0 1 4 18.5V15" />,
);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const RetryIcon = icon(<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5" />);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const AlertIcon = icon(
  <>
    <path d="M12 3.8 2.8 19.5h18.4zM12 10v4.5" />
    <path d="M12 17.2v.1" />
  </>,
);
export const SearchIcon = icon(
  <>
    <circle cx="10.5" cy="10.5" r="6" />
    <path d="m15 15 5 5" />
  </>,
);
export const DownloadIcon = icon(<path d="M12 4v12m0 0 5-5m-5 5-5-5M4 20h16" />);
export const TrashIcon = icon(<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.5 11v5M13.5 11v5" />);
export const ReceiptIcon = icon(
  <path d="M6 3.5v17l2-1.4 2 1.4 2-1.4 2 1.4 2-1.4 2 1.4v-17l-2 1.4-2-1.4-2 1.4-2-1.4-2 1.4zM9 9.5h6M9 13.5h6" />,
);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
  </>,
);
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />);
export const SystemThemeIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path class="icon-solid" d="M12 3.5a8.5 8.5 0 0 1 0 17z" />
  </>,
);
export const SignOutIcon = icon(
  <path d="M14 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H14M10 12h10m0 0-3.5-3.5M20 12l-3.5 3.5" />,
);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7v5.3l3.5 2" />
  </>,
);

const page = <path d="M6.5 3.5h7l4.5 4.5v12.5h-11.5zM13.5 3.5V8H18" />;
const KIND_ICONS: Readonly<Record<FileKind, () => preact.JSX.Element>> = {
  image: icon(
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
      <circle cx="9" cy="10" r="1.7" />
      <path d="m4 17.5 5-4.5 3.5 3 3-2.5 4.5 4" />
    </>,
  ),
  video: icon(
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2" />
      <path d="M10.5 9v6l5-3z" />
    </>,
  ),
  audio: icon(
    <>
      <path d="M9 17.5V6l10-2v11.5" />
      <circle cx="6.5" cy="17.5" r="2.5" />
      <circle cx="16.5" cy="15.5" r="2.5" />
    </>,
  ),
  pdf: icon(
    <>
      {page}
      <rect x="9" y="11" width="6" height="3.6" rx="0.8" />
      <path d="M9 17.5h6" />
    </>,
  ),
  text: icon(
    <>
      {page}
      <path d="M9 12h6M9 15h6M9 18h3.5" />
    </>,
  ),
  archive: icon(
    <>
      {page}
      <path d="M10 4v1.5M11.5 6.5V8M10 9v1.5M11.5 11.5V13M9.7 15h2.1v2.5H9.7z" />
    </>,
  ),
  other: icon(page),
};

export function KindIcon({ kind }: { kind: FileKind }) {
  const Icon = KIND_ICONS[kind];
  return <Icon />;
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="logo-ground" width="32" height="32" rx="8" />
      <path class="logo-gate" d="M7 8v10M16 6v9M25 8v10" />
      <path class="logo-water" d="M6 23c2.5-2.6 5-2.6 7.5 0s5 2.6 7.5 0 3.5-2.4 5-1.6" />
    </svg>
  );
}
