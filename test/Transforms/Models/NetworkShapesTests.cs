using IGptMl.Models;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class NetworkShapesTests
{
    [TestMethod]
    public void Of_TinyPreset_IsTheApprovedStateDictionary() =>
        CollectionAssert.AreEqual(
            File.ReadAllLines(TestData.PathOf("state-dicts", "tiny.txt")).Where(line => line.Length > 0).ToArray(),
            NetworkShapes.Of(ImageGptConfig.Tiny).Select(shape => $"{shape.Key} [{string.Join(", ", shape.Value)}]").Order(StringComparer.Ordinal).ToArray());

    [TestMethod]
    public void Of_EveryPreset_HasTheParameters()
    {
        foreach (var config in (ImageGptConfig[])[ImageGptConfig.Small, ImageGptConfig.Medium, ImageGptConfig.Large, ImageGptConfig.ExtraLarge])
        {
            Assert.AreEqual(config.ParameterCount, NetworkShapes.Of(config).Values.Sum(shape => shape.Aggregate(1L, (product, size) => product * size)));
        }
    }
}
