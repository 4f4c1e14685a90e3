using IGptMl.Kernels;

namespace IGptMl.Tests.Kernels;

[TestClass]
public sealed unsafe class FloatBufferTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(1000)]
    public void Memory_OfEitherKind_BeginsOnACacheLineAndHasItsLength(int length)
    {
        for (var i = 0; i < 20; i++)
        {
            using FloatBuffer own = FloatBuffer.Allocate(length), rented = FloatBuffer.Rent(length);
            foreach (var buffer in (FloatBuffer[])[own, rented])
            {
                Assert.AreEqual(0u, (nuint)buffer.Pointer % 64);
                Assert.AreEqual(length, buffer.Length);
            }

            Assert.IsFalse(new Span<float>(own.Pointer, length).ContainsAnyExcept(0));
            new Span<float>(rented.Pointer, length).Fill(i); // the next buffer may reuse the memory
        }
    }

    [TestMethod]
    public void Rented_GivenBackTwice_IsRentedOutOnceOnly()
    {
        var first = FloatBuffer.Rent(5000);
        first.Dispose();
        first.Dispose();
        using FloatBuffer second = FloatBuffer.Rent(5000), third = FloatBuffer.Rent(5000);
        Assert.IsTrue(second.Pointer != third.Pointer);
    }

    [TestMethod]
    public void Length_BeyondAnArray_IsRefused() => Assert.ThrowsExactly<OverflowException>(() => FloatBuffer.Rent(1L << 31));
}
