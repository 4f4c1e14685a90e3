// The training that goes on in a folder: its numbers, its curve and its sample sheets.

const $ = id => document.getElementById(id);
const interval = 2000;
let shown = '';

/** Asks for the run again and again, while the page can be seen. */
export function watchRun() {
  $('run-section').hidden = false;
  const look = async () => {
    if (!document.hidden) {
      try {
        const response = await fetch('api/run');
        show(await response.json());
      } catch {
        say('The tool does not answer; is it still running?');
      }
    }

    setTimeout(look, interval);
  };
  look();
}

const states = {
  waiting: 'The run has not written any numbers yet.',
  running: 'Running.',
  quiet: 'Nothing was written for more than a minute: the run has ended, or its steps are slow.',
  finished: 'Finished.',
  gone: 'The folder of the run is gone.',
};

function say(text) {
  if ($('run-state').textContent !== text) {
    $('run-state').textContent = text;
  }
}

function show(run) {
  const text = JSON.stringify(run);
  if (text === shown) {
    return;
  }

  shown = text;
  $('run-name').textContent = run.name;
  say(states[run.state]);
  const number = (value, digits) => value === null ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  const facts = [
    ['Step', run.steps === null ? number(run.step, 0) : `${number(run.step, 0)} of ${number(run.steps, 0)}`],
    ['Loss', number(run.loss, 4)],
    ['Images a second', number(run.imagesPerSecond, 1)],
    ['Time left', run.secondsLeft === null ? '–' : duration(run.secondsLeft)],
  ];
  $('run-facts').replaceChildren(...facts.map(([name, value]) => {
    const pair = document.createElement('div');
    pair.append(Object.assign(document.createElement('dt'), { textContent: name }), Object.assign(document.createElement('dd'), { textContent: value }));
    return pair;
  }));
  drawCurve(run);
  $('sheets').replaceChildren(...run.sheets.toReversed().map(step => {
    const figure = document.createElement('figure');
    const title = `Samples after ${step.toLocaleString('en')} steps`;
    figure.append(Object.assign(document.createElement('img'), { src: `api/run/sheet?step=${step}`, alt: title, loading: 'lazy' }),
      Object.assign(document.createElement('figcaption'), { textContent: title }));
    return figure;
  }));
}

function duration(seconds) {
  const whole = Math.round(seconds);
  const two = value => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function drawCurve(run) {
  const [left, right, top, bottom] = [52, 590, 10, 210];
  const points = [...run.curve, ...run.validation];
  $('curve-legend').hidden = run.validation.length === 0;
  $('curve').toggleAttribute('hidden', points.length === 0);
  if (points.length === 0) {
    return;
  }

  const last = Math.max(...points.map(point => point[0]));
  const [low, high] = [Math.min(...points.map(point => point[1])), Math.max(...points.map(point => point[1]))];
  const x = step => left + (right - left) * step / last;
  const y = loss => high === low ? (top + bottom) / 2 : bottom - (bottom - top) * (loss - low) / (high - low);
  const place = point => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`;
  const element = (name, values, text) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.entries(values).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text ?? '';
    return made;
  };
  $('curve').replaceChildren(
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, class: 'axis' }),
    element('line', { x1: left, x2: left, y1: top, y2: bottom, class: 'axis' }),
    element('text', { x: left - 6, y: top + 8, 'text-anchor': 'end' }, high.toFixed(2)),
    element('text', { x: left - 6, y: bottom, 'text-anchor': 'end' }, low.toFixed(2)),
    element('text', { x: left, y: bottom + 20 }, '0'),
    element('text', { x: right, y: bottom + 20, 'text-anchor': 'end' }, `step ${Math.round(last).toLocaleString('en')}`),
    element('polyline', { points: run.curve.map(place).join(' '), class: 'loss' }),
    ...run.validation.map(point => element('circle', { cx: x(point[0]), cy: y(point[1]), r: 4, class: 'validation' })));
  $('curve').setAttribute('aria-label', `Loss by step, from ${points[0][1].toFixed(2)} to ${(run.loss ?? points.at(-1)[1]).toFixed(2)}`);
}
