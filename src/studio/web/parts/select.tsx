interface SelectProps {
  readonly label: string;
  readonly value: string;
  /** An empty one is shown as a dash. */
  readonly choices: readonly string[];
  readonly change: (value: string) => void;
}

/** A choice with its name above. */
export function Select({ label, value, choices, change }: SelectProps) {
  return (
    <label>
      <span class="label">{label}</span>
      <select value={value} onChange={(event) => change(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice === "" ? "–" : choice}
          </option>
        ))}
      </select>
    </label>
  );
}
