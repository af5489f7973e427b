// What the server says: voices, and speech sentence by sentence. Errors become sentences.

export class SpeechError extends Error {}

export async function listVoices() {
  const response = await ask("v1/voices");
  return (await response.json()).voices;
}

// Yields {text, rate, samples, mel, alignment, symbols}; the pictures may be null.
export async function* speak(request, signal) {
  const body = JSON.stringify({ ...request, response_format: "jsonl" });
  const headers = { "content-type": "application/json" };
  const response = await ask("v1/audio/speech", { method: "POST", body, headers, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new SpeechError("The server broke off before the end. What has come is kept.");
    }
    if (part.done) return;
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    for (const line of lines) yield decoded(JSON.parse(line));
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new SpeechError("The server cannot be reached. Is it still running?");
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => null);
  const said = answer?.error?.message ?? answer?.error;
  const silent = `The server answered ${response.status} and did not say why.`;
  throw new SpeechError(typeof said === "string" ? said : silent);
}

function decoded(line) {
  return {
    text: line.text,
    rate: line.sample_rate,
    samples: new Int16Array(bytes(line.audio)),
    mel: matrix(line.mel),
    alignment: matrix(line.alignment),
    symbols: line.symbols,
  };
}

function matrix(value) {
  if (!value) return null;
  const [rows, columns] = value.shape;
  return { rows, columns, values: new Float32Array(bytes(value)) };
}

function bytes({ b64 }) {
  return Uint8Array.from(atob(b64), (character) => character.charCodeAt(0)).buffer;
}
