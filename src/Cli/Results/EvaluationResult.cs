using IGptMl.Cli.Sources;
using Microsoft.ML;

namespace IGptMl.Cli.Results;

/// <summary>The result of igpt evaluate.</summary>
/// <param name="MeanNatsPerToken">The mean over all images.</param>
/// <param name="BitsPerDimension">The same in bits per color channel of a pixel.</param>
/// <param name="Images">The likelihood of each image, in row order.</param>
internal sealed record EvaluationResult(double MeanNatsPerToken, double BitsPerDimension, IReadOnlyList<ImageLikelihood> Images)
{
    private const string NatsColumn = "NatsPerToken", BitsColumn = "BitsPerDimension";

    internal EvaluationSummary Summary => new(Images.Count, MeanNatsPerToken, BitsPerDimension);

    /// <summary>Reads the output of CalculateImageLikelihood or of a pretrained model, in one pass.</summary>
    /// <exception cref="InvalidDataException">The likelihood of an image is NaN.</exception>
    internal static EvaluationResult Measure(IDataView scored)
    {
        var images = new List<ImageLikelihood>();
        var name = scored.Schema[OpenedData.NameColumn];
        var nats = scored.Schema[NatsColumn];
        var bits = scored.Schema[BitsColumn];
        using var cursor = scored.GetRowCursor([name, nats, bits]);
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(name);
        var getNats = cursor.GetGetter<float>(nats);
        var getBits = cursor.GetGetter<float>(bits);
        ReadOnlyMemory<char> nameOfRow = default;
        float natsOfRow = 0, bitsOfRow = 0;
        while (cursor.MoveNext())
        {
            getName(ref nameOfRow);
            getNats(ref natsOfRow);
            getBits(ref bitsOfRow);
            if (!float.IsFinite(natsOfRow))
            {
                throw new InvalidDataException($"Image '{nameOfRow}' has {natsOfRow} nats per token: the model's weights are so large that it overflows.");
            }

            images.Add(new ImageLikelihood(nameOfRow.ToString(), natsOfRow, bitsOfRow));
        }

        return new EvaluationResult(images.Average(image => (double)image.NatsPerToken), images.Average(image => (double)image.BitsPerDimension), images);
    }
}
