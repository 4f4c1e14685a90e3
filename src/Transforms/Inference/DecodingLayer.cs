using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>The four matrices of a block.</summary>
/// <param name="QueriesKeysValues">(d, 3d), with the gain of the first norm.</param>
/// <param name="Output">(d, d).</param>
/// <param name="Expand">(d, 4d), with the gain of the second norm.</param>
/// <param name="Contract">(4d, d).</param>
internal sealed record DecodingLayer<TLanes, TVector>(
    PackedMatrix<TLanes, TVector> QueriesKeysValues,
    PackedMatrix<TLanes, TVector> Output,
    PackedMatrix<TLanes, TVector> Expand,
    PackedMatrix<TLanes, TVector> Contract)
    where TLanes : ILanes<TVector>
    where TVector : struct;
