namespace IGptMl.Cli.Serving;

/// <summary>What the page needs to know of the model.</summary>
/// <param name="Name">The name of the file, folder or published model.</param>
/// <param name="Size">The side of the model's images in pixels.</param>
/// <param name="Palette">The colors of the tokens, "#RRGGBB".</param>
/// <param name="Layers">The number of blocks.</param>
/// <param name="Parameters">The number of weights.</param>
/// <param name="HasClassifier">Whether pictures are classified.</param>
/// <param name="HasRun">Whether a run is shown.</param>
/// <param name="UploadBytes">The most bytes of a picture's file.</param>
/// <param name="UploadPixels">The most pixels of a picture.</param>
/// <param name="Completions">The most completions at once.</param>
internal sealed record ModelFacts(string Name, int Size, IReadOnlyList<string> Palette, int Layers, long Parameters, bool HasClassifier, bool HasRun,
    int UploadBytes, int UploadPixels, int Completions);
