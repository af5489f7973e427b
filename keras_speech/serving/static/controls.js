// Sliders of what a voice lets one change, each with its value and unit.

const STEPS = { times: 0.05, semitones: 0.5, dB: 0.5 };

// A slider of factors counts octaves, so that half and double are equally far from 1.
const toSlider = (unit, value) => (unit === "times" ? Math.log2(value) : value);
const fromSlider = (unit, at) => (unit === "times" ? Number((2 ** at).toFixed(2)) : at);

export class Slider {
  constructor(name) {
    this.name = name;
    this.input = document.getElementById(name);
    this.output = document.getElementById(`${name}-value`);
    this.control = null;
    this.input.addEventListener("input", () => this.show());
  }

  // Takes on the range of a control, or none; the value stays where it is possible.
  become(control) {
    const before = this.value;
    this.control = control ?? null;
    this.input.parentElement.hidden = !control;
    if (!control) return;
    this.input.min = toSlider(control.unit, control.low);
    this.input.max = toSlider(control.unit, control.high);
    this.input.step = STEPS[control.unit] ?? "any";
    this.input.value = toSlider(control.unit, before ?? control.default);
    this.show();
  }

  get value() {
    if (!this.control) return null;
    const { unit, low, high } = this.control;
    return Math.min(high, Math.max(low, fromSlider(unit, this.input.valueAsNumber)));
  }

  reset() {
    if (!this.control) return;
    this.input.value = toSlider(this.control.unit, this.control.default);
    this.show();
  }

  show() {
    const { unit } = this.control;
    const size = Math.abs(this.value).toFixed(unit === "times" ? 2 : 1);
    const sign = unit === "times" ? "" : this.value < 0 ? "−" : this.value > 0 ? "+" : "";
    this.output.textContent = unit === "times" ? `${size}×` : `${sign}${size} ${unit}`;
    this.input.setAttribute("aria-valuetext", `${sign}${size} ${unit}`);
  }
}

// Shows pairs of a name and a value in a <dl>, as text.
export function list(element, pairs) {
  const made = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const groups = pairs.map(([name, value]) => {
    const group = document.createElement("div");
    group.append(made("dt", name), made("dd", value));
    return group;
  });
  element.replaceChildren(...groups);
}

// Fills a select with names, as text; the chosen one stays where it is there again.
export function fill(select, names) {
  const before = select.value;
  select.replaceChildren(...names.map((name) => new Option(name, name)));
  if (names.includes(before)) select.value = before;
}
