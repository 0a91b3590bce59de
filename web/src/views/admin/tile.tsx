export interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly help: string;
  readonly tone?: 'good' | 'wait' | 'bad' | undefined;
}

export function Tile({ label, value, help, tone }: TileProps) {
  return (
    <li class={tone ? `tile tone-${tone}` : 'tile'} data-testid="tile" data-label={label}>
      <span class="tile-label">{label}</span>
      <strong class="tile-value">{value}</strong>
      <span class="muted">{help}</span>
    </li>
  );
}
