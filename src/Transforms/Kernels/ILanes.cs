namespace IGptMl.Kernels;

/// <summary>The operations of a vector register of floats. Kernels are written once against it, for all register widths.</summary>
/// <typeparam name="TVector">The register type.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>The register width, in floats.</summary>
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

    /// <summary>The smaller operand. If either is NaN, the second operand, as in <see cref="Max(TVector, TVector)"/>.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>2ⁿ for the integer n in the lowest bits of the argument, -126 to 127.</summary>
    static abstract TVector PowerOfTwo(TVector shifted);

    static abstract float Sum(TVector a);

    static abstract float Max(TVector a);
}
