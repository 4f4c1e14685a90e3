using IGptMl.Samples.OnnxSampling;

if (args is not [var graph, var picture, .. var rest] || rest.Length > 1)
{
    Console.Error.WriteLine("Expected: GRAPH.onnx PICTURE.bmp [SEED], where igpt export --format onnx --what step wrote the graph.");
    return 2;
}

using var artist = new StepGraph(graph);
var tokens = artist.Draw(new Random(rest is [var seed] ? int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture) : 1));
Bitmap.Write(picture, artist.Side, tokens.Select(token => artist.Palette[token]).ToArray());
Console.WriteLine($"{picture}: {artist.Side}x{artist.Side} pixels, {tokens.Distinct().Count()} colors");
return 0;
