// The page: a picture, what the model sees in it, and its completions.

import { channels, drawEditor, drawPalette, drawRgb, drawToken, drawTokens } from './pictures.js';
import { watchRun } from './run.js';

const $ = id => document.getElementById(id);
const shortestDrawing = 1200; // milliseconds, so that the eye can follow a fast model
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let model;
let colors;
let picture = null; // what the server says of the picture
let keep = null; // left, top, width, height; null for nothing
let drawing = null; // stops the completions that are being drawn
let looking = 0; // the number of pictures that were given, so that a late answer about an earlier one is ignored
let pixel = 0; // the pixel whose token is shown

const mark = () => getComputedStyle(document.documentElement).getPropertyValue('--mark');
const whole = value => value.toLocaleString('en');

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The tool answers ${response.status}.`);
  }

  return answer;
}

function explain(error) {
  return error instanceof TypeError ? 'The tool does not answer; is it still running?' : error.message;
}

// The picture.

async function look(file) {
  const number = ++looking;
  stop();
  $('problem').textContent = '';
  if (file.size > model.uploadBytes) {
    $('problem').textContent = `${file.name}: the file has ${whole(Math.ceil(file.size / 1048576))} MiB; expected at most ${model.uploadBytes / 1048576}.`;
    return;
  }

  $('status').textContent = `Reading ${file.name} …`;
  try {
    const answer = await answerOf(await fetch('api/pictures', { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } }));
    if (number === looking) {
      picture = answer;
      showPicture(file.name);
    }
  } catch (error) {
    if (number === looking) {
      $('problem').textContent = `${file.name}: ${explain(error)}`;
      $('status').textContent = picture ? 'The picture before is still there.' : 'Choose a picture first.';
    }
  }
}

function showPicture(name) {
  const size = model.size;
  $('workplace').hidden = $('seen').hidden = false;
  $('complete').disabled = $('next').disabled = false;
  $('results').replaceChildren();
  $('editor').setAttribute('aria-label', `${name}, ${size} by ${size} pixels`);
  $('tokens').setAttribute('aria-label', `${name} in the model's colors`);
  drawTokens($('tokens'), picture.tokens, colors, size);
  drawRgb($('surprise'), picture.surprise, size);
  const most = picture.nats.indexOf(Math.max(...picture.nats));
  $('surprise').setAttribute('aria-label', `Map of surprise; the most surprising pixel is in row ${Math.floor(most / size) + 1}, column ${most % size + 1}`);
  $('likelihood').textContent = `${picture.natsPerToken.toFixed(3)} nats per token, ${picture.bitsPerDimension.toFixed(3)} bits per dimension.`;
  const width = String(model.palette.length - 1).length;
  $('token-table').textContent = Array.from({ length: size }, (_, row) => picture.tokens.slice(row * size, (row + 1) * size)
    .map(token => String(token).padStart(width)).join(' ')).join('\n');
  const used = new Set(picture.tokens).size;
  $('palette-text').textContent = `The palette: ${whole(model.palette.length)} colors, of which this picture has ${whole(used)}`;
  $('palette').setAttribute('aria-label', $('palette-text').textContent);
  drawPalette($('palette'), model.palette, -1, mark());
  showClasses();
  setKeep([0, 0, size, Math.floor(size / 2)]);
  $('status').textContent = `${name} is ready. Choose the part to keep, then Complete.`;
}

function showClasses() {
  $('classes-section').hidden = !picture.classes;
  $('classes').replaceChildren(...(picture.classes ?? []).map(({ name, probability }) => {
    const row = document.createElement('tr');
    row.append(Object.assign(document.createElement('th'), { textContent: name, scope: 'row' }),
      Object.assign(document.createElement('td'), { textContent: `${(100 * probability).toFixed(1)} %` }));
    const cell = row.insertCell();
    cell.append(Object.assign(document.createElement('meter'), { min: 0, max: 1, value: probability, ariaLabel: name }));
    return row;
  }));
}

function showPixel(position) {
  if (!picture) {
    return;
  }

  pixel = Math.max(0, Math.min(picture.tokens.length - 1, position));
  const token = picture.tokens[pixel];
  $('pixel').textContent = `Row ${Math.floor(pixel / model.size) + 1}, column ${pixel % model.size + 1}: token ${token}, ${model.palette[token]}, `
    + `surprise ${picture.nats[pixel].toFixed(2)} nats.`;
  drawPalette($('palette'), model.palette, token, mark());
}

// The part to keep.

const fields = ['keep-left', 'keep-top', 'keep-width', 'keep-height'];

function setKeep(part) {
  keep = part && part[2] > 0 && part[3] > 0 ? part : null;
  fields.forEach((id, i) => $(id).value = part ? part[i] : 0);
  drawEditor($('editor'), picture.tokens, colors, model.size, keep, mark());
}

/** A part that lies inside the picture. */
function inside([left, top, width, height]) {
  const within = (value, low, high) => Math.max(low, Math.min(high, Math.round(value) || 0));
  const [x, y] = [within(left, 0, model.size - 1), within(top, 0, model.size - 1)];
  return [x, y, within(width, 0, model.size - x), within(height, 0, model.size - y)];
}

function pixelAt(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const place = (at, start, length) => Math.max(0, Math.min(model.size - 1, Math.floor((at - start) / length * model.size)));
  return [place(event.clientX, box.left, box.width), place(event.clientY, box.top, box.height)];
}

function dragFrom(event) {
  const editor = $('editor');
  const [x, y] = pixelAt(editor, event);
  editor.setPointerCapture(event.pointerId);
  const move = next => {
    const [u, v] = pixelAt(editor, next);
    setKeep([Math.min(x, u), Math.min(y, v), Math.abs(u - x) + 1, Math.abs(v - y) + 1]);
  };
  editor.addEventListener('pointermove', move);
  editor.addEventListener('lostpointercapture', () => editor.removeEventListener('pointermove', move), { once: true });
  move(event);
}

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function moveKeep(event) {
  const [x, y] = arrows[event.key] ?? [];
  if (x !== undefined) {
    event.preventDefault();
    const [left, top, width, height] = keep ?? [0, 0, 1, 1];
    const room = (value, length) => Math.max(0, Math.min(model.size - length, value));
    setKeep(event.shiftKey
      ? inside([left, top, Math.max(1, width + x), Math.max(1, height + y)])
      : [room(left + x, width), room(top + y, height), width, height]);
  }
}

// Completions.

function stop() {
  drawing?.abort();
  drawing = null;
  $('cancel').disabled = true;
  $('progress').hidden = true;
}

/** The server-sent events of a response. */
async function* eventsOf(response) {
  let text = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const complete = (text + part.value).split('\n\n');
    text = complete.pop();
    for (const event of complete) {
      const [name, data] = event.split('\n').map(line => line.slice(line.indexOf(': ') + 2));
      yield { name, data: JSON.parse(data) };
    }
  }
}

/** Draws tokens as they come, a very fast model's over at least a second. Drawn is told the number of tokens drawn. */
function createPainter(contexts, total, signal, drawn) {
  const waiting = [];
  let [done, next] = [0, 0];
  let finish;
  let ended = false;
  const perMillisecond = total / shortestDrawing;
  let before = performance.now();
  const paint = now => {
    if (signal.aborted) {
      finish?.();
      return;
    }

    const most = calm.matches ? Infinity : Math.max(1, Math.ceil(perMillisecond * (now - before)));
    before = now;
    for (let count = 0; count < most && next < waiting.length; count++) {
      const [image, position, token] = waiting[next++];
      drawToken(contexts[image], position, token, model.palette, model.size);
      done++;
    }

    drawn(done);
    if (ended && next === waiting.length) {
      finish?.();
    } else {
      requestAnimationFrame(paint);
    }
  };
  requestAnimationFrame(paint);
  return {
    add(data) {
      for (let i = 0; i < data.length; i += 3) {
        waiting.push(data.slice(i, i + 3));
      }
    },
    end: () => new Promise(resolve => {
      finish = resolve;
      ended = true;
    }),
  };
}

function createResults(count) {
  const kept = picture.tokens.map((token, i) => {
    const [x, y] = [i % model.size, Math.floor(i / model.size)];
    return keep && x >= keep[0] && x < keep[0] + keep[2] && y >= keep[1] && y < keep[1] + keep[3] ? token : -1;
  });
  const canvases = Array.from({ length: count }, (_, i) => {
    const canvas = Object.assign(document.createElement('canvas'), { className: 'pixels', role: 'img', ariaLabel: `Completion ${i + 1}` });
    drawTokens(canvas, kept, colors, model.size);
    return canvas;
  });
  $('results').replaceChildren(...canvases.map(canvas => {
    const item = document.createElement('li');
    item.append(canvas);
    return item;
  }));
  return { contexts: canvases.map(canvas => canvas.getContext('2d')), free: kept.filter(token => token < 0).length };
}

async function complete() {
  stop();
  const controller = drawing = new AbortController();
  const { signal } = controller;
  const count = $('completions').valueAsNumber;
  const { contexts, free } = createResults(count);
  const total = Math.max(1, free * count);
  const began = performance.now();
  $('problem').textContent = '';
  $('cancel').disabled = false;
  $('progress').hidden = false;
  $('progress').value = 0;
  $('status').textContent = 'Drawing …';
  const painter = createPainter(contexts, total, signal, done => $('progress').value = done / total);
  try {
    const response = await fetch('api/completions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      signal,
      body: JSON.stringify({
        tokens: picture.tokens,
        keep,
        completions: count,
        temperature: $('temperature').valueAsNumber,
        topK: $('top-k').value === '' ? null : $('top-k').valueAsNumber,
        seed: $('seed').valueAsNumber,
      }),
    });
    if (!response.ok) {
      await answerOf(response);
    }

    let sampled = 0;
    for await (const { name, data } of eventsOf(response)) {
      if (name === 'queued') {
        $('status').textContent = 'Waiting: the model is drawing for another page.';
      } else if (name === 'started') {
        $('status').textContent = 'Drawing …';
      } else if (name === 'tokens') {
        sampled += data.length / 3;
        painter.add(data);
      } else if (name === 'failed') {
        throw new Error(data);
      } else if (name === 'done') {
        const seconds = (performance.now() - began) / 1000;
        await painter.end();
        if (!signal.aborted) {
          $('status').textContent = `Done: ${whole(sampled)} pixels in ${seconds.toFixed(1)} s. The same settings and seed give the same pictures.`;
          stop();
        }
      }
    }

    if (drawing === controller) {
      throw new Error('The tool has ended before the pictures were complete.');
    }
  } catch (error) {
    if (!signal.aborted) {
      stop();
      $('problem').textContent = explain(error);
      $('status').textContent = 'The completions could not be drawn.';
    }
  }
}

// What a person does.

function listen() {
  const drop = $('drop');
  $('file').addEventListener('change', event => event.target.files[0] && look(event.target.files[0]));
  addEventListener('dragover', event => {
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', event => event.relatedTarget ?? drop.classList.remove('over'));
  addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files[0]) {
      look(event.dataTransfer.files[0]);
    }
  });
  $('editor').addEventListener('pointerdown', dragFrom);
  $('editor').addEventListener('keydown', moveKeep);
  fields.forEach(id => $(id).addEventListener('change', () => setKeep(inside(fields.map(field => $(field).valueAsNumber)))));
  document.querySelectorAll('[data-keep]').forEach(button => button.addEventListener('click', () => {
    const half = Math.floor(model.size / 2);
    setKeep({ top: [0, 0, model.size, half], left: [0, 0, half, model.size], none: null }[button.dataset.keep]);
  }));
  $('settings').addEventListener('submit', event => {
    event.preventDefault();
    complete();
  });
  $('next').addEventListener('click', () => {
    $('seed').value = ($('seed').valueAsNumber || 0) + 1;
    $('settings').requestSubmit();
  });
  $('cancel').addEventListener('click', () => {
    stop();
    $('status').textContent = 'Canceled.';
    $('complete').focus();
  });
  for (const id of ['tokens', 'surprise']) {
    $(id).addEventListener('pointermove', event => {
      const [x, y] = pixelAt($(id), event);
      showPixel(y * model.size + x);
    });
  }

  $('tokens').addEventListener('keydown', event => {
    const [x, y] = arrows[event.key] ?? [];
    if (x !== undefined) {
      event.preventDefault();
      showPixel(pixel + x + y * model.size);
    }
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => picture && setKeep(keep));
}

async function start() {
  try {
    model = await answerOf(await fetch('api/model'));
  } catch (error) {
    $('model-facts').textContent = '';
    $('problem').textContent = explain(error);
    return;
  }

  colors = model.palette.map(channels);
  document.title = `igpt ${model.name}`;
  $('model-name').textContent = model.name;
  $('model-facts').textContent = `${model.size} by ${model.size} pixels, ${whole(model.palette.length)} colors, ${whole(model.layers)} layers, `
    + `${whole(model.parameters)} parameters`;
  $('completions').max = model.completions;
  $('top-k').max = model.palette.length;
  fields.forEach(id => $(id).max = model.size);
  listen();
  if (model.hasRun) {
    watchRun();
  }
}

start();
