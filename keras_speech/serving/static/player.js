// Plays pieces of sound one after another, the first while the next are still made.

export class Player {
  constructor() {
    this.context = null;
    this.clear();
  }

  clear() {
    if (this.playing) this.pause();
    this.pieces = []; // {samples, buffer, start}
    this.rate = this.duration = this.at = 0;
    this.playing = false;
    this.open = false; // Whether more may come.
    this.sources = [];
  }

  // To be called while a key or button is pressed: browsers play nothing before.
  wake() {
    this.context ??= new AudioContext();
    // Else a phone's mute switch silences it.
    if (navigator.audioSession) navigator.audioSession.type = "playback";
    if (this.context.state !== "running") this.context.resume().catch(() => {});
  }

  add(samples, rate) {
    const buffer = this.context.createBuffer(1, Math.max(1, samples.length), rate);
    buffer.getChannelData(0).set(Float32Array.from(samples, (sample) => sample / 32768));
    const piece = { samples, buffer, start: this.duration };
    // Where the sound had come to its end, and waits, it goes on from here.
    if (this.playing && this._elapsed() > this.duration) this._from(this.duration);
    this.rate = rate;
    this.pieces.push(piece);
    this.duration += samples.length / rate;
    if (this.playing) this._schedule(piece);
  }

  play() {
    this.wake();
    this._from(this.at);
    this.playing = true;
    for (const piece of this.pieces) this._schedule(piece);
  }

  pause() {
    this.at = this.position;
    this.playing = false;
    this._silence();
  }

  seek(seconds) {
    const playing = this.playing;
    if (playing) this.pause();
    this.at = Math.min(Math.max(seconds, 0), this.duration);
    if (playing) this.play();
  }

  get position() {
    return this.playing ? Math.min(Math.max(this._elapsed(), 0), this.duration) : this.at;
  }

  // Notices the end, from which the next press of Play begins anew.
  tick() {
    if (!this.playing || this.open || this._elapsed() < this.duration) return;
    this.pause();
    this.at = 0;
  }

  wav() {
    const length = this.pieces.reduce((sum, { samples }) => sum + samples.length, 0);
    const header = new DataView(new ArrayBuffer(44));
    const write = (at, text) => [...text].forEach((c, i) => header.setUint8(at + i, c.charCodeAt()));
    write(0, "RIFF");
    header.setUint32(4, 36 + 2 * length, true);
    write(8, "WAVEfmt ");
    header.setUint32(16, 16, true);
    header.setUint16(20, 1, true); // PCM
    header.setUint16(22, 1, true); // mono
    header.setUint32(24, this.rate, true);
    header.setUint32(28, 2 * this.rate, true);
    header.setUint16(32, 2, true);
    header.setUint16(34, 16, true);
    write(36, "data");
    header.setUint32(40, 2 * length, true);
    return new Blob([header, ...this.pieces.map(({ samples }) => samples)], { type: "audio/wav" });
  }

  _from(seconds) {
    this.origin = this.context.currentTime - seconds;
  }

  _elapsed() {
    return this.context.currentTime - this.origin;
  }

  _schedule({ buffer, start }) {
    const now = this._elapsed();
    if (start + buffer.duration <= now) return;
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    source.start(this.origin + Math.max(start, now), Math.max(0, now - start));
    this.sources.push(source);
  }

  _silence() {
    for (const source of this.sources) source.stop();
    this.sources = [];
  }
}
