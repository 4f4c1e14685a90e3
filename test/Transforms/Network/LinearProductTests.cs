using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using static TorchSharp.torch;

namespace IGptMl.Tests.Network;

[TestClass]
[EveryRegisterWidth]
public sealed class LinearProductTests
{
    [TestMethod]
    [DataRow(2, 9, 8, 24)]
    [DataRow(1, 1, 16, 4)]
    [DataRow(1, 36, 1, 5)]
    [DataRow(5, 49, 12, 1)]
    public void Convolve_OfAnyShape_IsTheMatrixProduct(int images, int positions, int inputs, int outputs)
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            var input = randn([images, positions, inputs], generator: generator).requires_grad_(true);
            var weight = randn([inputs, outputs], generator: generator).requires_grad_(true);
            var above = randn([images, positions, outputs], generator: generator);

            var product = LinearProduct.Convolve(input, weight);
            Assert.IsTrue(product.is_contiguous());
            product.backward([above]);
            var (inputGradient, weightGradient) = (input.grad!, weight.grad!);
            (input.grad, weight.grad) = (null, null);
            var expected = matmul(input, weight);
            expected.backward([above]);

            AssertClose(expected, product);
            AssertClose(input.grad!, inputGradient);
            AssertClose(weight.grad!, weightGradient);
        });
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        CollectionAssert.AreEqual(expected.shape, actual.shape);
        Assert.IsTrue(expected.allclose(actual, 1e-5, 1e-5));
    }
}
