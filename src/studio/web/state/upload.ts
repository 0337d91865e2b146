import type { ApiError, UploadedFile } from "../../api.ts";
import { RequestError, token } from "./api-client.ts";

/** How far an upload is, and what stops it. */
export interface UploadOptions {
  /** Told the bytes that have been sent. */
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** One file; `fetch` would not tell how far it is. */
function send(file: File, into: string | undefined, { onProgress, signal }: UploadOptions): Promise<UploadedFile> {
  const query = new URLSearchParams({ name: file.name, ...(into === undefined ? {} : { into }) });
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const gone = { error: "the file could not be sent", hint: "It may be too large, or the studio may have ended." };
    request.open("POST", `/api/uploads?${query}`);
    request.setRequestHeader("x-orrery-token", token());
    request.responseType = "json";
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status === 201) done(request.response as UploadedFile);
      else fail(new RequestError(request.status, (request.response as ApiError | null) ?? gone));
    };
    request.onerror = () => fail(new RequestError(0, gone));
    request.onabort = () => fail(new RequestError(0, { error: "the upload was stopped" }));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/**
 * Sends files to the studio's machine. @returns the path of the one file, or the folder in which several lie
 * @throws RequestError where one is too large, has a name that cannot be, or was stopped
 */
export async function upload(files: readonly File[], { onProgress, signal }: UploadOptions): Promise<string> {
  let [before, batch]: [number, string | undefined] = [0, undefined];
  let last: UploadedFile | undefined;
  for (const file of files) {
    const earlier = before;
    last = await send(file, batch, { signal, onProgress: (bytes) => onProgress(earlier + bytes) });
    batch = last.batch;
    before += file.size;
  }
  if (last === undefined) throw new RequestError(0, { error: "no file was chosen" });
  return files.length === 1 ? last.path : last.folder;
}
