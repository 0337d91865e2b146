import type { SweepRow } from "../../api.ts";
import { LoadError } from "../parts/load-error.tsx";
import { ScrollBox } from "../parts/scroll-box.tsx";
import { SweepProgress } from "../parts/sweep-progress.tsx";
import { formatAge } from "../state/format.ts";
import { useLoad } from "../state/use-load.ts";

/** All sweeps: what each varies, and how far it is. */
export function SweepsPage() {
  const { value: sweeps, error } = useLoad<readonly SweepRow[]>("/sweeps", 2000);
  return (
    <main id="main" class="wide">
      <h1>Sweeps</h1>
      <LoadError error={error} isWaiting={sweeps === undefined} />
      {sweeps?.length === 0 && (
        <p>
          No sweeps yet. One is started by <em>Sweep…</em> on a job's page, or on the command line:{" "}
          <code>orrery sweep labels train --vary method=elr,gce --vary seed=0,1,2</code>
        </p>
      )}
      {sweeps !== undefined && sweeps.length > 0 && (
        <ScrollBox label="Table of sweeps">
          <table>
            <thead>
              <tr>
                <th scope="col">Sweep</th>
                <th scope="col">Job</th>
                <th scope="col">Varied</th>
                <th scope="col">Trials</th>
                <th scope="col">Begun</th>
              </tr>
            </thead>
            <tbody>
              {sweeps.map((sweep) => (
                <tr key={sweep.id}>
                  <th scope="row">
                    <a href={`/sweeps/${sweep.id}`}>{sweep.id}</a>
                  </th>
                  <td>{sweep.job}</td>
                  <td>{sweep.varied.join(", ")}</td>
                  <td>
                    <SweepProgress sweep={sweep} />
                  </td>
                  <td>{formatAge(sweep.created)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </main>
  );
}
