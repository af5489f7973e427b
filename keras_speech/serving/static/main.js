// The form: what is asked of the server, and what it says.

import { Slider, fill, list } from "./controls.js";
import { Result } from "./result.js";
import { SpeechError, listVoices, speak } from "./speech.js";

const get = (id) => document.getElementById(id);
const sliders = ["speed", "pitch", "energy"].map((name) => new Slider(name));
let voices = [];
let running = null; // The AbortController of what is being spoken.

const result = new Result(() => {
  const idle = !running && !result.player.playing;
  if (get("stop").getAttribute("aria-disabled") !== `${idle}`) {
    get("stop").setAttribute("aria-disabled", idle);
  }
});

const voice = () => voices[get("voice").selectedIndex];

function say(status, error = "") {
  get("status").textContent = status;
  get("error").textContent = error;
}

function showVoice() {
  const { name, speakers, controls, language, sample_rate: rate, ...about } = voice();
  get("speakers").hidden = speakers.length < 2;
  fill(get("speaker"), speakers);
  for (const slider of sliders) slider.become(controls[slider.name]);
  get("description").textContent = about.description ?? "";
  const facts = { License: about.license, Credits: about.credits, Language: language };
  facts["Sample rate"] = `${rate.toLocaleString("en")} Hz`;
  list(get("about"), Object.entries(facts).filter(([, value]) => value));
  get("text").lang = language ?? "";
  document.title = `${name} · keras_speech`;
  count();
}

function count() {
  const length = [...get("text").value].length;
  const most = voice()?.max_text;
  get("count").textContent = most
    ? `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters`
    : "";
  get("count").classList.toggle("over", length > most);
}

function request() {
  const asked = { model: voice().name, input: get("text").value };
  if (voice().speakers.length) asked.voice = get("speaker").value;
  for (const slider of sliders) {
    if (slider.value !== null) asked[slider.name] = slider.value;
  }
  const seed = get("seed").valueAsNumber;
  return { ...asked, seed: Number.isNaN(seed) ? 0 : seed };
}

const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

async function start() {
  if (!voice()) return;
  if (!get("text").value.trim()) {
    say("", "Write something to speak first.");
    get("text").focus();
    return;
  }
  running?.abort();
  const mine = new AbortController();
  running = mine;
  result.begin(voice());
  busy(true);
  say("Speaking…");
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  let first = null;
  let failure = "";
  try {
    for await (const sentence of speak(request(), mine.signal)) {
      if (running !== mine) return; // A later one took its place.
      if (first === null) {
        first = since();
        showFacts(first);
      }
      result.add(sentence);
      const number = result.sentences.length;
      if (number > 1) get("status").textContent = `Speaking… ${number} sentences so far.`;
    }
  } catch (error) {
    if (running !== mine) return;
    failure = mine.signal.aborted ? "" : wordsOf(error);
  }
  if (running !== mine) return;
  running = null;
  busy(false);
  const taken = since();
  result.finish();
  if (first === null) {
    say(mine.signal.aborted ? "Stopped." : "", failure);
    return;
  }
  const { duration } = result.player;
  const sentences = plural(result.sentences.length, "sentence");
  const made = `${sentences}, ${duration.toFixed(1)} seconds of sound.`;
  if (mine.signal.aborted) say(`Stopped after ${made}`);
  else say(failure ? "" : `Done: ${made}`, failure);
  showFacts(first, taken, duration);
}

function showFacts(first, taken, duration) {
  const seconds = (value) => (value === undefined ? "…" : `${value.toFixed(2)} s`);
  list(get("facts"), [
    ["Sound", seconds(duration)],
    ["Made in", seconds(taken)],
    ["First sound after", seconds(first)],
    ["Real-time factor", duration ? (taken / duration).toFixed(2) : "…"],
  ]);
}

function wordsOf(error) {
  if (error instanceof SpeechError) return error.message;
  console.error(error);
  return "The page could not read the answer.";
}

function stop() {
  running?.abort();
  if (result.player.playing) result.player.pause();
  result.follow();
}

function busy(yes) {
  get("form").setAttribute("aria-busy", yes);
  result.changed();
}

get("form").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
get("stop").addEventListener("click", stop);
get("voice").addEventListener("change", showVoice);
get("text").addEventListener("input", count);
get("reset").addEventListener("click", () => {
  for (const slider of sliders) slider.reset();
  get("seed").value = 0;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") stop();
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  start();
});
if (/Mac|iPhone|iPad/.test(navigator.platform)) get("keys").textContent = "⌘ + Enter speaks";

try {
  voices = await listVoices();
  if (!voices.length) throw new SpeechError("There is no voice on this server.");
  fill(get("voice"), voices.map(({ name }) => name));
  showVoice();
  if (!get("text").value && voice().language?.startsWith("en")) {
    get("text").value = "The quick brown fox jumps over the lazy dog.";
    count();
  }
} catch (error) {
  say("", wordsOf(error));
}
