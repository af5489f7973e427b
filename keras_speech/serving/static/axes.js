// A canvas with axes: room for labels on the left and below, sharp on every screen.

const LEFT = 54;
const RIGHT = 8;
const TOP = 6;
const BOTTOM = 36;
const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
const SMALL = "10px ui-monospace, 'Liberation Mono', Menlo, Consolas, monospace";

export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Clears the canvas; returns its pen and the box in which the picture goes, in CSS pixels.
export function prepare(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, x: LEFT, y: TOP, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
}

// Where the seconds from 0 to `end` lie, for pointers and the playhead.
export function timeScale(canvas, end) {
  const width = canvas.getBoundingClientRect().width - LEFT - RIGHT;
  return {
    x: (seconds) => LEFT + (width * seconds) / end,
    seconds: (x) => ((x - LEFT) / width) * end,
  };
}

// Draws the frame, seconds below and `ticks` on the left: [height from 0 to 1, text] each.
export function drawAxes(box, { end, label, ticks, small = false }) {
  const { pen, x, y, width, height } = box;
  const soft = color("--soft");
  pen.strokeStyle = color("--edge");
  pen.lineWidth = 1;
  pen.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
  pen.fillStyle = soft;
  pen.font = FONT;
  pen.textBaseline = "top";
  pen.textAlign = "center";
  const step = niceStep(end, width / 70);
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  for (let tick = 0; tick <= end * 1.0001; tick += step) {
    const at = x + (width * tick) / end;
    pen.fillRect(at - 0.5, y + height, 1, 4);
    if (at < x + width - 4 || width > 400) pen.fillText(tick.toFixed(digits), at, y + height + 7);
  }
  pen.fillText("Time (s)", x + width / 2, y + height + 21);

  pen.textBaseline = "middle";
  pen.save();
  pen.translate(8, y + height / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(label, 0, 0);
  pen.restore();
  pen.textAlign = "right";
  if (small) pen.font = SMALL;
  let before = Infinity;
  for (const [part, text] of ticks) {
    const at = y + height * (1 - part);
    if (!small && before - at < 14) continue;
    before = at;
    if (!small) pen.fillRect(x - 5, at - 0.5, 4, 1);
    pen.fillText(text, x - 8, Math.min(Math.max(at, y + 4), y + height - 3));
  }
}

// 1, 2 or 5 times a power of ten, so that at most so many fit into `end`.
export function niceStep(end, most) {
  const least = end / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999);
}

// A function from 0 to 1 to [red, green, blue], along the colors of the style sheet.
export function ramp() {
  const stops = [0, 1, 2, 3, 4].map((index) => {
    const hex = color(`--ramp-${index}`);
    return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
  });
  return (value) => {
    const at = Math.min(Math.max(value, 0), 1) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    return stops[low].map((start, i) => start + (stops[low + 1][i] - start) * (at - low));
  };
}
