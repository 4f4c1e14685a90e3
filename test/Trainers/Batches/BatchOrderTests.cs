using IGptMl.Batches;

namespace IGptMl.Tests.Batches;

[TestClass]
public sealed class BatchOrderTests
{
    [TestMethod]
    [DataRow(10, 5)]
    [DataRow(10, 3)]
    [DataRow(10, 10)]
    [DataRow(1, 1)]
    [DataRow(7, 20)]
    public void Next_EveryEpoch_VisitsEveryRowOnce(int count, int batch)
    {
        var visited = Visit(new BatchOrder(count, seed: 1), batch, 12 * count);
        foreach (var epoch in visited.Chunk(count).Take(12))
        {
            CollectionAssert.AreEquivalent(Enumerable.Range(0, count).ToArray(), epoch);
        }
    }

    [TestMethod]
    public void Next_EpochAfterEpoch_TakesAnotherOrder()
    {
        var epochs = Visit(new BatchOrder(20, seed: 1), 20, 60).Chunk(20).ToList();
        CollectionAssert.AreNotEqual(Enumerable.Range(0, 20).ToArray(), epochs[0]);
        CollectionAssert.AreNotEqual(epochs[0], epochs[1]);
        CollectionAssert.AreNotEqual(epochs[1], epochs[2]);
    }

    [TestMethod]
    public void Next_SameSeed_TakesTheSameOrderWhateverTheBatch()
    {
        CollectionAssert.AreEqual(Visit(new BatchOrder(9, seed: 4), 9, 90), Visit(new BatchOrder(9, seed: 4), 2, 90));
        CollectionAssert.AreNotEqual(Visit(new BatchOrder(9, seed: 4), 9, 90), Visit(new BatchOrder(9, seed: 5), 9, 90));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(9)]
    [DataRow(40)]
    public void Position_AnyPlace_GoesOnAsIfAllBeforeHadBeenVisited(int position)
        => CollectionAssert.AreEqual(Visit(new BatchOrder(9, seed: 4), 1, 90)[position..],
            Visit(new BatchOrder(9, seed: 4) { Position = position }, 4, 90 - position));

    [TestMethod]
    public void Construct_NoRows_IsRefused() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchOrder(0, seed: 1));

    private static int[] Visit(BatchOrder order, int batch, int count)
    {
        var visited = new List<int>();
        var rows = new int[batch];
        while (visited.Count < count)
        {
            order.Next(rows);
            visited.AddRange(rows);
        }

        return [.. visited.Take(count)];
    }
}
