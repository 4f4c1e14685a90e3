using IGptMl.Batches;

namespace IGptMl.Tests.Batches;

[TestClass]
public sealed class TrainingMasksTests
{
    private readonly TrainingMasks _masks = new(64, 0.15, 3);

    [TestMethod]
    public void Draw_SameStep_GivesTheSameWhateverWasDrawnBefore()
    {
        var expected = Hidden(_masks, 7, 8);
        _masks.Draw(8, 8);
        CollectionAssert.AreEqual(expected, Hidden(_masks with { }, 7, 8));
        CollectionAssert.AreNotEqual(expected, Hidden(_masks, 8, 8));
        CollectionAssert.AreNotEqual(expected, Hidden(_masks with { Seed = 4 }, 7, 8));
    }

    [TestMethod]
    public void Draw_InParts_GivesTheSameAsTogether()
        => CollectionAssert.AreEqual(Hidden(_masks, 7, 8), (bool[])[.. Hidden(_masks, 7, 3), .. Hidden(_masks, 7, 5, firstRow: 3)]);

    private static bool[] Hidden(TrainingMasks masks, long step, int rows, int firstRow = 0)
    {
        var mask = masks.Draw(step, rows, firstRow);
        return [.. Enumerable.Range(0, rows).SelectMany(row => mask[row].ToArray())];
    }
}
