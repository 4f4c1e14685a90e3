using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Models;
using IGptMl.Optimization;

namespace IGptMl.Batches;

/// <summary>How the tokens of a training run were produced, as stored in its checkpoints.</summary>
/// <param name="Palette">The colors of the tokens; null if unknown.</param>
/// <param name="Cropping">How images were cropped to squares.</param>
internal sealed record TokenOrigin(Palette? Palette, ImageCropping Cropping)
{
    /// <summary>The palette as an array for a checkpoint.</summary>
    internal IReadOnlyDictionary<string, float[]> Attachments
        => Palette is null ? new Dictionary<string, float[]>() : new() { [TrainingCheckpoint.PaletteName] = Palette.Centers.ToArray() };

    /// <summary>Adds both to the settings of a run.</summary>
    internal void Describe(RunSettings settings)
    {
        settings.Add("Palette", Palette is null ? null : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(Palette.Centers.Span))));
        if (Cropping != ImageCropping.Squash)
        {
            settings.Add(TrainingCheckpoint.CroppingSetting, Cropping); // omitted without cropping, for compatibility with older checkpoints
        }
    }
}
