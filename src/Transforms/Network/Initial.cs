using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Initialization of weights.</summary>
internal static class Initial
{
    /// <summary>Creates the random generator for a new network's weights. The caller disposes it.</summary>
    internal static Generator CreateGenerator(int seed)
    {
#pragma warning disable RS0030 // weights are the only values drawn by torch
        return new Generator(new RandomStreams(seed).WeightSeed);
#pragma warning restore RS0030
    }

    /// <summary>
    /// Normally distributed float32 values with mean 0, drawn on the CPU so that a seed gives the same values on every device. Without a generator the values
    /// are zero, to be read from a file.
    /// </summary>
    internal static Tensor Normal(long[] shape, double standardDeviation, Generator? generator)
    {
        var values = zeros(shape);
        if (generator is not null && standardDeviation > 0)
        {
            using var noGradients = no_grad();
            values.normal_(0, standardDeviation, generator);
        }

        return values;
    }
}
