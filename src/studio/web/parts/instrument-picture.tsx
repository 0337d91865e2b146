/** A small drawing of what each instrument is about; uses the page's colours. */
const pictures: Readonly<Record<string, preact.JSX.Element>> = {
  labels: (
    <g>
      {Array.from({ length: 15 }, (_, i) => {
        const isWrong = i === 6 || i === 13;
        return (
          <g key={i} transform={`translate(${8 + (i % 5) * 29} ${8 + Math.floor(i / 5) * 27})`}>
            <rect width="23" height="21" rx="2" class={isWrong ? "orange" : "faint"} />
            {isWrong && <path d="M6 5 17 16M17 5 6 16" class="ink-line" />}
          </g>
        );
      })}
    </g>
  ),
  mapping: (
    <g>
      {[72, 48, 30, 16].map((width, i) => (
        <rect
          key={width}
          x={20}
          y={10 + i * 19}
          width={width * 1.6}
          height="13"
          rx="2"
          class={i === 1 ? "orange" : "blue"}
          opacity={1 - i * 0.15}
        />
      ))}
    </g>
  ),
  ising: (
    <g>
      {Array.from({ length: 32 }, (_, i) => {
        const isUp = (i * 7 + Math.floor(i / 8) * 3) % 5 < 3;
        const [x, y] = [14 + (i % 8) * 18, 14 + Math.floor(i / 8) * 20];
        return (
          <path
            key={i}
            class={isUp ? "blue-line" : "orange-line"}
            d={isUp ? `M${x} ${y + 7}V${y - 7}m-4 4 4-4 4 4` : `M${x} ${y - 7}V${y + 7}m-4-4 4 4 4-4`}
          />
        );
      })}
    </g>
  ),
  control: (
    <g>
      <ellipse cx="112" cy="30" rx="24" ry="16" class="blue" opacity="0.35" />
      <ellipse cx="112" cy="30" rx="14" ry="9" class="blue" />
      <rect x="60" y="46" width="30" height="18" rx="3" class="orange" />
      <path d="M14 74C40 78 44 34 70 32S96 30 110 30" class="ink-line" />
    </g>
  ),
};

/** An instrument's picture, for looks only. */
export function InstrumentPicture({ name }: { readonly name: string }) {
  return (
    <svg viewBox="0 0 160 92" class="picture" aria-hidden="true">
      {pictures[name] ?? <circle cx="80" cy="46" r="26" class="blue" />}
    </svg>
  );
}
