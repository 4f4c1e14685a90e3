using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

/// <summary>Compares each backward pass with numerical derivatives of its formula in float64.</summary>
[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed unsafe class GradientKernelTests
{
    private const float Epsilon = 1e-5f, Factor = 1.702f;
    private const double Tolerance = 2e-5, Step = 1e-4;

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Norm_ForwardAndBackward_FollowTheFormula(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, Check<Lanes256, Vector256<float>>, Check<Lanes512, Vector512<float>>);

        void Check<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            var size = 3 * TLanes.Count;
            var random = new Random(1);
            using var x = Numbers.Draw(random, size, edge);
            using var gain = Numbers.Draw(random, size, edge);
            using var given = Numbers.Draw(random, size, edge);
            using var above = Numbers.Draw(random, size, edge);
            using var y = new GuardedFloats(size, edge);
            using var below = new GuardedFloats(size, edge);
            using var gainGradient = new GuardedFloats(size, edge);
            gainGradient.Span.Fill(1);
            GradientKernel<TLanes, TVector>.Norm(x.Pointer, gain.Pointer, y.Pointer, size, Epsilon);
            GradientKernel<TLanes, TVector>.NormBackward(
                x.Pointer, gain.Pointer, given.Pointer, above.Pointer, below.Pointer, gainGradient.Pointer, size, Epsilon);
            foreach (var buffer in (GuardedFloats[])[y, below, gainGradient])
            {
                buffer.AssertIntact();
            }

            var (inputs, gains, factors) = (Wide(x), Wide(gain), Wide(given));
            for (var i = 0; i < size; i++)
            {
                Assert.AreEqual(Norm(inputs, gains)[i], y.Span[i], Tolerance);
                Assert.AreEqual(above.Span[i] + Derivative(inputs, i, v => Dot(Norm(v, gains), factors)), below.Span[i], Tolerance, $"x {i}");
                Assert.AreEqual(1 + Derivative(gains, i, v => Dot(Norm(inputs, v), factors)), gainGradient.Span[i], Tolerance, $"gain {i}");
            }

            GradientKernel<TLanes, TVector>.NormBackward(x.Pointer, null, given.Pointer, null, below.Pointer, null, size, Epsilon);
            var ones = Enumerable.Repeat(1.0, size).ToArray();
            for (var i = 0; i < size; i++)
            {
                Assert.AreEqual(Derivative(inputs, i, v => Dot(Norm(v, ones), factors)), below.Span[i], Tolerance, $"x {i}, no gain");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Gelu_ForwardAndBackward_FollowTheFormula(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, Check<Lanes256, Vector256<float>>, Check<Lanes512, Vector512<float>>);

        void Check<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            var size = 4 * TLanes.Count;
            var values = Enumerable.Range(0, size).Select(i => (i - (size / 2)) * 0.7f).ToArray();
            using var input = new GuardedFloats(values, edge);
            using var output = new GuardedFloats(size, edge);
            GradientKernel<TLanes, TVector>.Gelu(input.Pointer, output.Pointer, size, Factor);
            using var both = new GuardedFloats(size, edge);
            using var gradient = new GuardedFloats(size, edge);
            values.CopyTo(both.Span);
            gradient.Span.Fill(2);
            GradientKernel<TLanes, TVector>.GeluBackward(both.Pointer, gradient.Pointer, size, Factor);
            foreach (var buffer in (GuardedFloats[])[output, both, gradient])
            {
                buffer.AssertIntact();
            }

            for (var i = 0; i < size; i++)
            {
                var tolerance = Tolerance * Math.Max(1, Math.Abs(values[i]));
                Assert.AreEqual(Gelu(values[i]), output.Span[i], tolerance);
                Assert.AreEqual(Gelu(values[i]), both.Span[i], tolerance);
                Assert.AreEqual(2 * Derivative([values[i]], 0, v => Gelu(v[0])), gradient.Span[i], tolerance, $"{values[i]}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void CrossEntropy_OfAnyNumberOfClasses_FollowsTheFormula(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, Check<Lanes256, Vector256<float>>, Check<Lanes512, Vector512<float>>);

        void Check<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var classes in (int[])[2, TLanes.Count - 1, TLanes.Count, (2 * TLanes.Count) + 3])
            {
                var padded = VectorKernel<TLanes, TVector>.Rounded(classes);
                using var logits = new GuardedFloats(padded, edge);
                Numbers.Fill(new Random(classes), logits.Span);
                var values = Wide(logits)[..classes];
                var loss = GradientKernel<TLanes, TVector>.CrossEntropy(logits.Pointer, classes, classes - 1, 0.5f);
                logits.AssertIntact();
                Assert.AreEqual(CrossEntropy(values), loss, Tolerance);
                for (var i = 0; i < padded; i++)
                {
                    Assert.AreEqual(i < classes ? 0.5 * Derivative(values, i, CrossEntropy) : 0, logits.Span[i], Tolerance, $"{i} of {classes}");
                }
            }
        }

        static double CrossEntropy(double[] values) => Math.Log(values.Sum(Math.Exp)) - values[^1];
    }

    private static double[] Wide(GuardedFloats values) => [.. values.Span.ToArray().Select(value => (double)value)];

    private static double[] Norm(double[] x, double[] gain)
    {
        var scale = 1 / Math.Sqrt(x.Average(value => value * value) + Epsilon);
        return [.. x.Zip(gain, (value, g) => value * scale * g)];
    }

    private static double Gelu(double x) => x / (1 + Math.Exp(-Factor * x));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    /// <summary>The central difference quotient of a function in one variable.</summary>
    private static double Derivative(double[] values, int index, Func<double[], double> function)
    {
        return (At(Step) - At(-Step)) / (2 * Step);

        double At(double shift) => function([.. values.Select((value, i) => i == index ? value + shift : value)]);
    }
}
