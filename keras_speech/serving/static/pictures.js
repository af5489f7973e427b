// Waveform, mel spectrogram and alignment, drawn from numbers.

import { color, drawAxes, niceStep, prepare, ramp } from "./axes.js";

const DECIBELS = 20 / Math.LN10;
const RANGE = 80;
const HERTZ = [250, 500, 1000, 2000, 4000, 8000, 16000];

// A row of letters needs so many pixels; more tokens than fit into the tallest have numbers.
const ROW = 12;
const TALLEST = 540;

export function drawWaveform(canvas, sentences, end) {
  const box = prepare(canvas);
  const { pen, x, y, width, height } = box;
  let loudest = 0;
  for (const { samples } of sentences) {
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  }
  const limit = [0.1, 0.2, 0.5, 1].find((each) => loudest <= each * 32768) ?? 1;
  const middle = y + height / 2;
  const scale = height / 2 / (limit * 32768);
  pen.fillStyle = color("--wave");
  for (const { samples, rate, start } of sentences) {
    // Whole pixels, or else edges are blurred.
    const left = Math.round(x + (width * start) / end);
    const columns = Math.ceil((width * samples.length) / rate / end);
    for (let column = 0; column < columns; column += 1) {
      const from = Math.floor((samples.length * column) / columns);
      const to = Math.max(from + 1, Math.floor((samples.length * (column + 1)) / columns));
      let low = 0;
      let high = 0;
      for (let i = from; i < to; i += 1) {
        low = Math.min(low, samples[i]);
        high = Math.max(high, samples[i]);
      }
      pen.fillRect(left + column, middle - high * scale, 1, Math.max(1, (high - low) * scale));
    }
  }
  const ticks = [[0, `−${limit}`], [0.5, "0"], [1, `${limit}`]];
  drawAxes(box, { end, label: "Amplitude", ticks });
  canvas.setAttribute("aria-label", `Waveform of ${end.toFixed(1)} seconds.`);
}

export function drawMel(canvas, sentences, end, hertz) {
  const box = prepare(canvas);
  let loudest = -Infinity;
  for (const { mel } of sentences) {
    for (const value of mel.values) loudest = Math.max(loudest, value);
  }
  const level = (value) => 1 + ((value - loudest) * DECIBELS) / RANGE;
  const palette = ramp();
  const bands = sentences[0].mel.columns;
  for (const { mel, start, seconds } of sentences) {
    drawMatrix(box, mel, level, palette, [start / end, (start + seconds) / end], [0, 1]);
  }
  const ticks = hertz ? frequencies(hertz) : numbers(bands);
  drawAxes(box, { end, label: hertz ? "Frequency (kHz)" : "Mel band", ticks });
  const what = `${bands} bands, ${end.toFixed(1)} seconds`;
  canvas.setAttribute("aria-label", `Mel spectrogram: ${what}.`);
}

export function drawAlignment(canvas, sentences, end) {
  const tokens = sentences.reduce((sum, { alignment }) => sum + alignment.columns, 0);
  const symbols = sentences.flatMap((each) => each.symbols ?? []);
  const named = symbols.length === tokens && tokens * ROW <= TALLEST;
  canvas.style.height = `${named ? Math.max(180, tokens * ROW + 42) : 320}px`;
  const box = prepare(canvas);
  const palette = ramp();
  let below = 0;
  for (const { alignment, start, seconds } of sentences) {
    const rows = [below / tokens, (below + alignment.columns) / tokens];
    const times = [start / end, (start + seconds) / end];
    drawMatrix(box, alignment, (value) => value, palette, times, rows);
    below += alignment.columns;
  }
  const ticks = named
    ? symbols.map((symbol, i) => [(i + 0.5) / tokens, visible(symbol)])
    : numbers(tokens);
  drawAxes(box, { end, label: "Token", ticks, small: named });
  const what = `${tokens} tokens over ${end.toFixed(1)} seconds`;
  canvas.setAttribute("aria-label", `Alignment: which token is spoken when, ${what}.`);
}

// Draws rows of numbers as columns of colors, the first number at the bottom.
function drawMatrix({ pen, x, y, width, height }, matrix, level, palette, times, parts) {
  const { rows, columns, values } = matrix;
  if (!rows || !columns) return;
  const image = new ImageData(rows, columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [red, green, blue] = palette(level(values[row * columns + column]));
      image.data.set([red, green, blue, 255], 4 * ((columns - 1 - column) * rows + row));
    }
  }
  const small = new OffscreenCanvas(rows, columns);
  small.getContext("2d").putImageData(image, 0, 0);
  const left = x + width * times[0];
  const top = y + height * (1 - parts[1]);
  const wide = width * (times[1] - times[0]);
  pen.imageSmoothingEnabled = wide < rows;
  pen.drawImage(small, left, top, wide, height * (parts[1] - parts[0]));
}

// Heights of round frequencies among the centers of the bands.
function frequencies(hertz) {
  const ticks = [];
  for (const each of HERTZ) {
    const above = hertz.findIndex((center) => center >= each);
    if (above < 1) continue;
    const part = (each - hertz[above - 1]) / (hertz[above] - hertz[above - 1]);
    ticks.push([(above - 0.5 + part) / hertz.length, `${each / 1000}`]);
  }
  return ticks;
}

function numbers(count) {
  const step = Math.max(1, niceStep(count, 6));
  const ticks = [];
  for (let i = 0; i < count; i += step) ticks.push([(i + 0.5) / count, `${i}`]);
  return ticks;
}

function visible(symbol) {
  return symbol === " " ? "␣" : symbol === "\n" ? "⏎" : symbol.slice(0, 6);
}
