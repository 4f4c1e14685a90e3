using System.Collections.Concurrent;
using IGptMl.Data;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class ReadAheadTests
{
    [TestMethod]
    public void Rows_FinishedInAnyOrder_ComeInTheirs()
    {
        var delays = new Random(1);
        var milliseconds = Enumerable.Range(0, 60).Select(_ => delays.Next(4)).ToArray();
        var view = new SourceDataView(new SlowSource(60, row => Thread.Sleep(milliseconds[row])));

        CollectionAssert.AreEqual(Enumerable.Range(0, 60).ToArray(), Rows.Read(view).Select(r => (int)r.Rgb![0]).ToArray());
        var shuffled = Rows.Read(view, new Random(3));
        CollectionAssert.AreEqual(shuffled.Select(r => int.Parse(r.Name)).ToArray(), shuffled.Select(r => (int)r.Rgb![0]).ToArray());
    }

    [TestMethod]
    public void Rows_OneAfterTheOther_AreMadeSideBySide()
    {
        using var meeting = new Barrier(2);
        var met = new ConcurrentBag<bool>();
        var view = new SourceDataView(new SlowSource(10, row =>
        {
            if (row is 3 or 4)
            {
                met.Add(meeting.SignalAndWait(TimeSpan.FromSeconds(20)));
            }
        }));

        Assert.HasCount(10, Rows.Read(view));
        CollectionAssert.AreEqual(new[] { true, true }, met.ToArray());
    }

    [TestMethod]
    public void Row_ThatCannotBeRead_ThrowsWhenItIsItsTurn()
    {
        var view = new SourceDataView(new SlowSource(10, row => _ = row == 6 ? throw new InvalidDataException("row 6") : 0));
        using var cursor = view.GetRowCursor(view.Schema);
        var get = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        for (var row = 0; row < 6; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            get(ref image);
        }

        Assert.IsTrue(cursor.MoveNext());
        Assert.AreEqual("row 6", Assert.ThrowsExactly<InvalidDataException>(() => get(ref image)).Message);
        Assert.IsTrue(cursor.MoveNext());
        get(ref image);
        Assert.AreEqual(7, Rows.Rgb(image)[0]);
    }

    [TestMethod]
    public void Cursor_LeftEarly_DisposesWhatItMadeAhead()
    {
        var source = new SlowSource(50, _ => { });
        var view = new SourceDataView(source);
        var kept = new List<MLImage>();
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            var get = cursor.GetGetter<MLImage>(view.Schema["Image"]);
            for (var row = 0; row < 10; row++)
            {
                cursor.MoveNext();
                MLImage image = null!;
                get(ref image);
                kept.Add(image);
            }

            Assert.IsTrue(SpinWait.SpinUntil(() => source.Made.Count > 10, TimeSpan.FromSeconds(20)));
        }

        var made = source.Made.ToList();
        foreach (var image in made.Except(kept))
        {
            Assert.ThrowsExactly<InvalidOperationException>(() => image.Width);
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), kept.Select(image => (int)Rows.Rgb(image)[0]).ToArray());
        kept.ForEach(image => image.Dispose());
    }

    [TestMethod]
    public void Rows_PickedHereAndThere_AreTheOnlyOnesMade()
    {
        var source = new SlowSource(30, _ => { });
        var view = new SourceDataView(source);
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            var get = cursor.GetGetter<MLImage>(view.Schema["Image"]);
            MLImage image = null!;
            while (cursor.MoveNext())
            {
                if (cursor.Position % 3 == 0)
                {
                    get(ref image);
                    Assert.AreEqual((byte)cursor.Position, Rows.Rgb(image)[0]);
                }
            }
        }

        Assert.HasCount(10, source.Made);
    }

    /// <summary>Images of one pixel that encodes the row. Creating one calls a delegate that waits.</summary>
    private sealed class SlowSource(int count, Action<int> wait) : ImageSource
    {
        public ConcurrentBag<MLImage> Made { get; } = [];

        public override int Count => count;

        public override IReadOnlyList<string> ClassNames => ["only"];

        public override (int Height, int Width)? ImageSize => (1, 1);

        public override bool ReadsAhead => true;

        public override MLImage ReadImage(int index)
        {
            wait(index);
            var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [(byte)index, 0, 0, 255]);
            Made.Add(image);
            return image;
        }

        public override int ReadLabel(int index) => 0;

        public override string ReadName(int index) => $"{index}";
    }
}
