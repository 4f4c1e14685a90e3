// Pictures of tokens on canvases.

/** The channels of "#RRGGBB". */
export const channels = color => [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16));

/** A square of tokens on a canvas, one canvas pixel for each; a token of -1 is left transparent. */
export function drawTokens(canvas, tokens, colors, size) {
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const image = context.createImageData(size, size);
  tokens.forEach((token, i) => {
    if (token >= 0) {
      image.data.set([...colors[token], 255], 4 * i);
    }
  });
  context.putImageData(image, 0, 0);
}

/** Sets one pixel. */
export function drawToken(context, position, token, palette, size) {
  context.fillStyle = palette[token];
  context.fillRect(position % size, Math.floor(position / size), 1, 1);
}

/** A square of bytes R, G, B in base 64. */
export function drawRgb(canvas, base64, size) {
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const image = context.createImageData(size, size);
  const bytes = atob(base64);
  for (let i = 0; i < size * size; i++) {
    image.data.set([bytes.charCodeAt(3 * i), bytes.charCodeAt(3 * i + 1), bytes.charCodeAt(3 * i + 2), 255], 4 * i);
  }

  context.putImageData(image, 0, 0);
}

/** The picture with what is not kept faded, and a frame around what is kept. */
export function drawEditor(canvas, tokens, colors, size, keep, mark) {
  const small = document.createElement('canvas');
  drawTokens(small, tokens, colors, size);
  const scale = Math.max(1, Math.floor(416 / size));
  canvas.width = canvas.height = size * scale;
  const context = canvas.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.globalAlpha = 0.25;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  context.globalAlpha = 1;
  if (keep) {
    const [left, top, width, height] = keep;
    const place = [left * scale, top * scale, width * scale, height * scale];
    context.clearRect(...place);
    context.drawImage(small, left, top, width, height, ...place);
    context.strokeStyle = mark;
    context.lineWidth = 3;
    context.strokeRect(place[0] + 1.5, place[1] + 1.5, place[2] - 3, place[3] - 3);
  }
}

/** The colors of the palette in rows of cells; the cell of a token is marked. Returns the number of columns. */
export function drawPalette(canvas, palette, marked, mark) {
  const columns = Math.min(palette.length, 32);
  const side = 12;
  canvas.width = columns * side;
  canvas.height = Math.ceil(palette.length / columns) * side;
  const context = canvas.getContext('2d');
  palette.forEach((color, i) => {
    context.fillStyle = color;
    context.fillRect((i % columns) * side, Math.floor(i / columns) * side, side, side);
  });
  if (marked >= 0) {
    context.strokeStyle = mark;
    context.lineWidth = 3;
    context.strokeRect((marked % columns) * side + 1.5, Math.floor(marked / columns) * side + 1.5, side - 3, side - 3);
  }
}
