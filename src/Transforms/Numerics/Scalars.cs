using TorchSharp;

namespace IGptMl.Numerics;

/// <summary>Constants for operations of libtorch.</summary>
/// <remarks>
/// TorchSharp makes a scalar for every number in an expression, and for the factor 1 of a plain sum. Nothing references it once the native call has begun, so
/// that the garbage collector may free it while libtorch still reads it. Scalars with a name of their own live long enough. The test ScalarTests keeps all
/// others out of the libraries.
/// </remarks>
internal static class Scalars
{
    internal static Scalar Zero { get; } = 0;

    internal static Scalar One { get; } = 1;

    internal static Scalar MinusTwo { get; } = -2;
}
