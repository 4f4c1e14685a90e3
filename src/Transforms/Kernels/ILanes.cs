namespace IGptMl.Kernels;

/// <summary>A vector register of floats, so that one kernel serves every width.</summary>
/// <typeparam name="TVector">The register.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>The floats of a register.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* destination);

    static abstract TVector Broadcast(float value);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The lesser; the second where one is not a number, as <see cref="Max(TVector, TVector)"/>.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>2ⁿ of the whole number n that stands in the lowest bits, from -126 to 127.</summary>
    static abstract TVector PowerOfTwo(TVector shifted);

    static abstract float Sum(TVector a);

    static abstract float Max(TVector a);
}
