using TorchSharp;

namespace IGptMl.Network;

/// <summary>Fixed constants of the released architecture.</summary>
internal static class ArchitectureConstants
{
    /// <summary>ε in the norm x / sqrt(mean(x²) + ε).</summary>
    internal const double NormEpsilon = 1e-5;

    /// <summary>The factor of quick-GELU, x · sigmoid(1.702 x).</summary>
    internal const double GeluFactor = 1.702;

    /// <inheritdoc cref="NormEpsilon"/>
    internal static Scalar NormEpsilonScalar { get; } = NormEpsilon;

    /// <inheritdoc cref="GeluFactor"/>
    internal static Scalar GeluScalar { get; } = GeluFactor;

    /// <summary>1 / 1.702.</summary>
    internal static Scalar InverseGeluScalar { get; } = 1 / GeluFactor;
}
