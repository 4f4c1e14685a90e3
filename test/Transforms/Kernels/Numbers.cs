namespace IGptMl.Tests.Kernels;

/// <summary>Random values between -2 and 2 for kernels.</summary>
internal static class Numbers
{
    /// <summary>An input, which a kernel must neither exceed nor change.</summary>
    public static GuardedFloats Draw(Random random, int length, MemoryEdge edge)
    {
        var values = new float[length];
        Fill(random, values);
        return new GuardedFloats(values, edge);
    }

    public static void Fill(Random random, Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (float)((random.NextDouble() - 0.5) * 4);
        }
    }
}
