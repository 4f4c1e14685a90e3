using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Models;
using IGptMl.Optimization;

namespace IGptMl.Batches;

/// <summary>What the tokens of a training were made with, as its checkpoints keep it.</summary>
/// <param name="Palette">The colors of the tokens; null where they are not known.</param>
/// <param name="Cropping">How images became squares.</param>
internal sealed record TokenOrigin(Palette? Palette, ImageCropping Cropping)
{
    /// <summary>The palette as an array of a checkpoint.</summary>
    internal IReadOnlyDictionary<string, float[]> Attachments
        => Palette is null ? new Dictionary<string, float[]>() : new() { [TrainingCheckpoint.PaletteName] = Palette.Centers.ToArray() };

    /// <summary>Adds both to the settings of a run.</summary>
    internal void Describe(RunSettings settings)
    {
        settings.Add("Palette", Palette is null ? null : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(Palette.Centers.Span))));
        if (Cropping != ImageCropping.Squash)
        {
            settings.Add(TrainingCheckpoint.CroppingSetting, Cropping); // left out where nothing is cropped, as it was before checkpoints told it
        }
    }
}
