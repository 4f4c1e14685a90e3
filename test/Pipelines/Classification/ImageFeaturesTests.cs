using IGptMl.Caching;
using IGptMl.Classification;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.LinearProbe;
using Microsoft.ML;

namespace IGptMl.Tests.Classification;

/// <summary>Features are computed in parts, each of which is cached when it is finished.</summary>
[TestClass]
public sealed class ImageFeaturesTests : IDisposable
{
    private const int Rows = 50;
    private const int PartRows = 20;

    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
    private readonly TemporaryFolder _folder = new();

    [TestMethod]
    public void Layer_InParts_IsThatOfOnePass()
    {
        var (parts, whole) = (Open(PartRows), Open(Rows));
        CollectionAssert.AreEqual(whole.Layer(1).Values.ToArray(), parts.Layer(1).Values.ToArray());
    }

    [TestMethod]
    public void Layer_AfterAnInterruption_GoesOnAtTheUnfinishedPart()
    {
        using var interruption = new CancellationTokenSource();
        var first = Open(PartRows, keep: true);
        first.Cancellation = interruption.Token;
        first.Progress = (done, _) => Stop(done);
        Assert.ThrowsExactly<OperationCanceledException>(() => first.Layer(2));

        var done = new List<int>();
        var second = Open(PartRows, keep: true);
        second.Progress = (rows, all) => done.Add(rows);
        var features = second.Layer(2);
        CollectionAssert.AreEqual(Enumerable.Range(41, 10).ToArray(), done);
        CollectionAssert.AreEqual(Open(Rows).Layer(2).Values.ToArray(), features.Values.ToArray());

        void Stop(int rows)
        {
            if (rows == 45)
            {
                interruption.Cancel();
            }
        }
    }

    [TestMethod]
    public void Layer_MoreImagesThanBefore_ComputesTheNewOnes()
    {
        Open(PartRows, keep: true, rows: 40).Layer(0);
        var done = new List<int>();
        var more = Open(PartRows, keep: true);
        more.Progress = (rows, _) => done.Add(rows);
        more.Layer(0);
        CollectionAssert.AreEqual(Enumerable.Range(41, 10).ToArray(), done);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private ImageFeatures Open(int partRows, bool keep = false, int rows = Rows)
    {
        var images = LabeledImages.Read(_context, _model, _context.Data.TakeRows(ColoredImages.Create(Rows, 1), rows), "Image", "Label", "training", default);
        {
            var cache = new CacheFolder(keep ? _folder.Path : null, Assert.Fail);
            return new ImageFeatures(_context, _model, Digest.Of(_model), images, cache, batchSize: 8, maskProbability: 0.15) { PartRows = partRows };
        }
    }
}
