namespace IGptMl.Network;

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

    /// <summary>The exponential, to a unit in the last place; from 1e-38 to 2e38 where it is beyond them.</summary>
    static abstract TVector Exp(TVector a);

    static abstract float Sum(TVector a);

    static abstract float Max(TVector a);
}
