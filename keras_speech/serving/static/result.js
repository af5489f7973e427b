// What was spoken: player, facts and pictures, which follow the sound while it is made.

import { timeScale } from "./axes.js";
import { drawAlignment, drawMel, drawWaveform } from "./pictures.js";
import { Player } from "./player.js";

const get = (id) => document.getElementById(id);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Result {
  // `changed` is called whenever it may have begun to play, or ended.
  constructor(changed) {
    this.changed = changed;
    this.player = new Player();
    this.sentences = [];
    this.next = null; // The voice of which nothing has come yet.
    this.drawing = null;
    this.moving = false;
    this.url = null;
    get("play").addEventListener("click", () => this.toggle());
    get("position").addEventListener("input", ({ target }) => {
      this.player.seek(target.valueAsNumber);
      this.follow();
    });
    for (const name of ["waveform", "mel", "alignment"]) {
      get(name).addEventListener("pointerdown", ({ offsetX }) => {
        this.player.seek(timeScale(get(name), this.end(name)).seconds(offsetX));
        this.follow();
      });
    }
    new ResizeObserver(() => this.redraw()).observe(get("spoken"));
    const night = window.matchMedia("(prefers-color-scheme: dark)");
    night.addEventListener("change", () => this.redraw());
  }

  // To be called while a key or button is pressed. What was spoken before stays until `voice` has
  // spoken something else.
  begin(voice) {
    if (this.player.playing) this.player.pause();
    this.player.wake();
    this.next = voice;
    get("spoken").classList.add("stale");
  }

  add(sentence) {
    const first = this.next;
    if (first) {
      this.player.clear();
      this.player.open = true;
      this.voice = this.next;
      this.sentences = [];
      this.settle();
      get("download").hidden = true;
    }
    const start = this.player.duration;
    this.player.add(sentence.samples, sentence.rate);
    const seconds = this.player.duration - start;
    this.sentences.push({ ...sentence, start, seconds });
    get("empty").hidden = true;
    get("spoken").hidden = false;
    if (first) {
      this.play();
      this.show();
    }
    this.redraw();
  }

  settle() {
    this.next = null;
    get("spoken").classList.remove("stale");
  }

  // On a phone the player is below the form.
  show() {
    const { top, bottom } = get("play").getBoundingClientRect();
    if (top >= 0 && bottom <= window.innerHeight) return;
    get("result").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  }

  // No more is coming: what there is can be downloaded.
  finish() {
    const nothing = this.next;
    this.settle();
    if (nothing) return;
    this.player.open = false;
    this.draw();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(this.player.wav());
    get("download").href = this.url;
    get("download").download = `${this.voice.name}.wav`;
    get("download").hidden = false;
  }

  play() {
    this.player.play();
    if (this.moving) return;
    this.moving = true;
    // In steps where the system asks for less motion.
    const next = (step) => (calm.matches ? setTimeout(step, 250) : requestAnimationFrame(step));
    const step = () => {
      this.follow();
      this.moving = this.player.playing;
      if (this.moving) next(step);
    };
    step();
  }

  toggle() {
    if (!this.player.playing) return this.play();
    this.player.pause();
    this.follow();
  }

  get pictured() {
    return this.sentences.filter(({ mel, alignment }) => mel && alignment);
  }

  // Seconds that a picture shows.
  end(name) {
    if (name === "waveform") return this.player.duration;
    const last = this.pictured.at(-1);
    return last ? last.start + last.seconds : 0;
  }

  // Draws soon: sentences may come faster than they can be drawn one by one.
  redraw() {
    this.drawing ??= setTimeout(() => {
      this.drawing = null;
      this.draw();
    }, 50);
  }

  draw() {
    if (!this.sentences.length || !this.player.duration) return;
    const { pictured } = this;
    drawWaveform(get("waveform"), this.sentences, this.end("waveform"));
    for (const name of ["mel", "alignment"]) get(name).closest("figure").hidden = !pictured.length;
    if (pictured.length) {
      drawMel(get("mel"), pictured, this.end("mel"), this.voice.mel_hz);
      drawAlignment(get("alignment"), pictured, this.end("alignment"));
    }
    this.note(pictured);
    this.followed = null;
    this.follow();
  }

  note(pictured) {
    const all = this.sentences.length;
    const note = get("note");
    note.hidden = pictured.length === all;
    if (!pictured.length) {
      note.textContent = "This model gives its sound alone: no spectrogram and no alignment.";
    } else {
      const [shown, whole] = [this.end("mel"), this.player.duration].map((each) => each.toFixed(1));
      note.textContent =
        `Spectrogram and alignment show the first ${pictured.length} of ${all} sentences, ` +
        `${shown} of ${whole} seconds.`;
    }
  }

  // Brings button, slider, clock and the lines in the pictures to where the sound is.
  follow() {
    const { player } = this;
    player.tick();
    this.changed();
    if (!player.duration) return;
    const { position, duration, playing } = player;
    const now = `${position} ${duration} ${playing}`;
    if (now === this.followed) return;
    this.followed = now;
    const text = playing ? "Pause" : "Play";
    if (get("play").textContent !== text) get("play").textContent = text;
    get("position").max = duration;
    get("position").value = position;
    get("position").setAttribute("aria-valuetext", `${position.toFixed(1)} seconds`);
    get("clock").textContent = `${position.toFixed(1)} / ${duration.toFixed(1)} s`;
    for (const name of ["waveform", "mel", "alignment"]) {
      const canvas = get(name);
      const line = canvas.nextElementSibling;
      const shown = !canvas.closest("figure").hidden && position <= this.end(name);
      line.style.visibility = shown && position > 0 ? "visible" : "hidden";
      if (!shown) continue;
      line.style.height = `${canvas.clientHeight - 42}px`;
      line.style.transform = `translateX(${timeScale(canvas, this.end(name)).x(position)}px)`;
    }
  }
}
