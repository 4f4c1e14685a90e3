using TorchSharp;

namespace IGptMl.Numerics;

/// <summary>Constants for operations of libtorch.</summary>
/// <remarks>
/// TorchSharp creates a scalar for every number in an expression, and for the factor 1 of a plain sum. Nothing references such a temporary once the native call
/// has begun, so the garbage collector may free it while libtorch still reads it. Named scalars live long enough. The test ScalarTests ensures that the
/// libraries use no others.
/// </remarks>
internal static class Scalars
{
    internal static Scalar Zero { get; } = 0;

    internal static Scalar One { get; } = 1;

    internal static Scalar MinusTwo { get; } = -2;
}
