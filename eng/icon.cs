// Draws the icon of the packages, eng/icon.png: dotnet run eng/icon.cs
// A picture in palette colors, of which the model has drawn the upper part; the next token has a frame.
#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
using System.Runtime.CompilerServices;
using SkiaSharp;

const int Side = 128, Columns = 8, Cell = Side / Columns, Drawn = 44;

string[] picture =
[
    "bbbbbbbb",
    "bbbbbyyb",
    "bbbbyyyy",
    "bbbbbyyb",
    "bbggbbbb",
    "bgGGgbgg",
    "gGGGGgGG",
    "GGGGGGGG",
];
var colors = new Dictionary<char, SKColor> { ['b'] = new(0xFF4A90D9), ['y'] = new(0xFFF5C542), ['g'] = new(0xFF6BBF59), ['G'] = new(0xFF2F7D4F) };

using var bitmap = new SKBitmap(Side, Side);
using var canvas = new SKCanvas(bitmap);
canvas.Clear(SKColors.Transparent);
for (var i = 0; i < Columns * Columns; i++)
{
    var (row, column) = Math.DivRem(i, Columns);
    using var paint = new SKPaint { Color = colors[picture[row][column]].WithAlpha((byte)(i < Drawn ? 255 : 70)) };
    canvas.DrawRect((column * Cell) + 1, (row * Cell) + 1, Cell - 2, Cell - 2, paint);
}

var (nextRow, nextColumn) = Math.DivRem(Drawn, Columns);
using var frame = new SKPaint { Color = new(0xFFD83B5E), Style = SKPaintStyle.Stroke, StrokeWidth = 3 };
canvas.DrawRect((nextColumn * Cell) + 1.5f, (nextRow * Cell) + 1.5f, Cell - 3, Cell - 3, frame);

using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(ThisFile())!, "icon.png"), png.ToArray());

static string ThisFile([CallerFilePath] string path = "") => path;
