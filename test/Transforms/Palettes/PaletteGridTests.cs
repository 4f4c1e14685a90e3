using IGptMl.Palettes;
using IGptMl.Tests.Images;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class PaletteGridTests
{
    [TestMethod]
    public void Candidates_OpenAiPalette_AreFew()
    {
        var mean = new PaletteGrid(ProcessorReference.OpenAiPalette).MeanLength;
        Assert.IsTrue(mean is >= 1 and < 8, $"mean length {mean}");
    }

    [TestMethod]
    public void Candidates_Cell_AreAscendingAndDistinct()
    {
        var grid = new PaletteGrid(ProcessorReference.OpenAiPalette);
        for (var value = 0; value < 256; value += 8)
        {
            var candidates = grid.Candidates(value, value, 255 - value).ToArray();
            CollectionAssert.AreEqual(candidates.Order().Distinct().ToArray(), candidates);
            Assert.AreNotEqual(0, candidates.Length);
        }
    }

    [TestMethod]
    public void Candidates_TwoGrays_AreBothWhereTheirHalvesMeet()
    {
        // The cell of 100, half-way, is 96 to 103.
        var grid = new PaletteGrid(Palette.FromColors([0, 0, 0, 200, 200, 200]));
        CollectionAssert.AreEqual(new ushort[] { 0 }, grid.Candidates(95, 95, 95).ToArray());
        CollectionAssert.AreEqual(new ushort[] { 0, 1 }, grid.Candidates(96, 100, 103).ToArray());
        CollectionAssert.AreEqual(new ushort[] { 1 }, grid.Candidates(104, 104, 104).ToArray());
    }
}
