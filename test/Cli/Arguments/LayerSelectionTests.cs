using IGptMl.Cli.Arguments;

namespace IGptMl.Tests.Cli.Arguments;

[TestClass]
public sealed class LayerSelectionTests
{
    [TestMethod]
    [DataRow("all", new[] { 0, 1, 2, 3, 4, 5, 6 })]
    [DataRow("3", new[] { 3 })]
    [DataRow("5,0,2", new[] { 5, 0, 2 })]
    public void Parse_Layers_KeepTheirOrder(string text, int[] expected)
        => CollectionAssert.AreEqual(expected, LayerSelection.Parse(text, out _)!.Of(ImageGptConfig.Tiny).ToArray());

    [TestMethod]
    [DataRow("")]
    [DataRow("x")]
    [DataRow("1,")]
    [DataRow("-1")]
    [DataRow("2,2")]
    [DataRow("0-3")]
    public void Parse_Nonsense_SaysWhatIsExpected(string text)
    {
        Assert.IsNull(LayerSelection.Parse(text, out var problem));
        StringAssert.Contains(problem, "expected 'all'");
    }

    [TestMethod]
    public void Of_LayerAboveTheLast_IsWrongUsage()
        => StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => LayerSelection.Parse("7", out _)!.Of(ImageGptConfig.Tiny)).Message, "0 to 6");
}
