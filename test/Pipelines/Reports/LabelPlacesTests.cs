using IGptMl.Reports;
using OxyPlot;

namespace IGptMl.Tests.Reports;

[TestClass]
public sealed class LabelPlacesTests
{
    [TestMethod]
    public void Find_PointsFarApart_AllAreNamed()
    {
        DataPoint[] points = [new(4, 10), new(3, 20), new(2, 30), new(1, 40)];
        var places = new LabelPlaces(points, letter: 8, line: 13);
        string[] names = ["a", "b", "c", "d"];
        CollectionAssert.AreEqual(names, points.Zip(names).Select(pair => places.Find(pair.First, [pair.Second])?.Text).ToArray());
    }

    [TestMethod]
    public void Find_NoRoomForTheLongName_TakesTheShortOne()
    {
        var places = new LabelPlaces([new(2, 10), new(1, 10)], letter: 8, line: 13);
        Assert.AreEqual("short", places.Find(new DataPoint(2, 10), [new string('x', 60), "short"])?.Text);
    }

    [TestMethod]
    public void Find_ManyPointsInOnePlace_LeavesTheOthersWithoutAName()
    {
        var points = Enumerable.Range(0, 30).Select(i => new DataPoint(2 + (i * 1e-6), 10)).Append(new DataPoint(1, 20)).ToArray();
        var places = new LabelPlaces(points, letter: 8, line: 13);
        var named = points.Count(point => places.Find(point, ["10,000 steps"]) is not null);
        Assert.IsGreaterThan(0, named);
        Assert.IsLessThan(9, named, "There are eight places around a point.");
    }
}
