using IGptMl.Completion;
using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Numerics;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Pretraining;

/// <summary>
/// Samples images from a model during training, with the same random numbers each time, so that successive sheets show the progress of training.
/// </summary>
/// <param name="network">The network, on its device.</param>
/// <param name="palette">The colors of its tokens.</param>
/// <param name="seed">The seed of the run.</param>
/// <param name="device">The device.</param>
/// <param name="warn">Receives a warning if a sheet could not be written.</param>
internal sealed class SamplePictures(ImageGptNetwork network, Palette palette, int seed, torch.Device device, Action<string> warn)
{
    /// <summary>The number of images per row and per column.</summary>
    private const int Side = 4;

    /// <summary>The gap between images in pixels.</summary>
    private const int Gap = 2;

    private const string Extension = ".png";

    /// <summary>Samples a sheet, writes it to a temporary file and renames it. Training continues if this fails.</summary>
    internal void Write(string path, CancellationToken cancellation)
    {
        var partial = path[..^Extension.Length] + ".partial" + Extension; // the extension determines the image format
        try
        {
            using (var sheet = Draw(cancellation))
            {
                sheet.Save(partial);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (OperationCanceledException)
        {
            // The run was canceled; the sheet is dropped.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"Sample images could not be written: {e.Message}");
        }
    }

    /// <summary>Draws the images, with each pixel enlarged to a square of at least 2x2 pixels.</summary>
    private MLImage Draw(CancellationToken cancellation)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var config = network.Config;
        var tokens = new ushort[Side * Side * config.ContextLength];
        var seeds = Enumerable.Range(0, Side * Side).Select(i => new RandomStreams(seed).StateOf(RandomStream.TrainingPictures, i)).ToArray();
        new Sampler(ImageGptExecutor.Create(network, device), new SamplingOptions { CancellationToken = cancellation }).Fill(tokens, seeds,
            new bool[config.ContextLength]);

        var scale = Math.Max(2, 64 / config.ImageSize);
        var (picture, pitch) = (config.ImageSize * scale, (config.ImageSize * scale) + Gap);
        var width = (Side * pitch) - Gap;
        var pixels = new byte[4 * width * width];
        pixels.AsSpan().Fill(byte.MaxValue);
        for (var i = 0; i < Side * Side; i++)
        {
            var image = tokens.AsSpan(i * config.ContextLength, config.ContextLength);
            var (left, top) = (i % Side * pitch, i / Side * pitch);
            for (var y = 0; y < picture; y++)
            {
                for (var x = 0; x < picture; x++)
                {
                    var at = 4 * (((top + y) * width) + left + x);
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = palette.GetColor(image[(y / scale * config.ImageSize) + (x / scale)]);
                }
            }
        }

        return MLImage.CreateFromPixels(width, width, MLPixelFormat.Rgba32, pixels);
    }
}
