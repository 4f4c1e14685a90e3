using IGptMl.Network;
using IGptMl.Numerics;

namespace IGptMl.Batches;

/// <summary>
/// The masks of a training run, drawn anew for every step and image. They are a pure function of the seed, the step and the image's index in the batch, so that
/// a resumed run draws the same masks as an uninterrupted one.
/// </summary>
/// <param name="ContextLength">The number of tokens per image.</param>
/// <param name="Probability">The probability with which a token is hidden.</param>
/// <param name="Seed">The seed of the run.</param>
internal sealed record TrainingMasks(int ContextLength, double Probability, int Seed)
{
    /// <summary>The masks of <paramref name="rows"/> images of a step, from <paramref name="firstRow"/> on.</summary>
    internal TokenMask Draw(long step, int rows, int firstRow = 0)
        => TokenMask.Draw(rows, ContextLength, Probability, row => new RandomStreams(Seed).StateOf(RandomStream.TrainingMasks, step, firstRow + row));
}
