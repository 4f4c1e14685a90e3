using IGptMl.Network;
using IGptMl.Numerics;

namespace IGptMl.Batches;

/// <summary>
/// The masks of a training run: drawn anew for every step and every image of its batch, and a pure function of the seed and these two, so that a
/// resumed run draws what an uninterrupted one does.
/// </summary>
/// <param name="ContextLength">The tokens of an image.</param>
/// <param name="Probability">The probability with which a token is hidden.</param>
/// <param name="Seed">The seed of the run.</param>
internal sealed record TrainingMasks(int ContextLength, double Probability, int Seed)
{
    /// <summary>The masks of a step's images, or of <paramref name="rows"/> of them from <paramref name="firstRow"/> on.</summary>
    internal TokenMask Draw(long step, int rows, int firstRow = 0)
        => TokenMask.Draw(rows, ContextLength, Probability, row => new RandomStreams(Seed).StateOf(RandomStream.TrainingMasks, step, firstRow + row));
}
