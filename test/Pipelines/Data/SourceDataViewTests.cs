using IGptMl.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class SourceDataViewTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Schema_ImageLabelName_WithClassNames()
    {
        var view = Ml.Data.LoadShapes(24);

        Assert.AreEqual("Image Label Name", string.Join(' ', view.Schema.Select(c => c.Name)));
        Assert.AreEqual(new ImageDataViewType(32, 32), view.Schema["Image"].Type);
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 12), view.Schema["Label"].Type);
        Assert.AreEqual(TextDataViewType.Instance, view.Schema["Name"].Type);
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual(12, names.Length);
        Assert.AreEqual("horizontal stripes", names.GetItemOrDefault(0).ToString());
        Assert.AreEqual("cross", names.GetItemOrDefault(11).ToString());
        Assert.AreEqual(24L, view.GetRowCount());
        Assert.IsTrue(view.CanShuffle);
    }

    [TestMethod]
    public void Read_Twice_GivesTheSameRows()
    {
        var view = Ml.Data.LoadShapes(30);

        var rows = Rows.Read(view);

        Assert.HasCount(30, rows);
        Rows.AssertEqual(rows, Rows.Read(view));
    }

    [TestMethod]
    public void TwoCursors_InLockStep_GiveTheSameRows()
    {
        var view = Ml.Data.LoadShapes(30);
        using var first = view.GetRowCursor(view.Schema, new Random(5));
        using var second = view.GetRowCursor([view.Schema["Label"]], new Random(5));
        var (firstLabel, secondLabel) = (first.GetGetter<uint>(view.Schema["Label"]), second.GetGetter<uint>(view.Schema["Label"]));
        var (firstId, secondId) = (first.GetIdGetter(), second.GetIdGetter());
        var rows = 0;
        while (first.MoveNext())
        {
            Assert.IsTrue(second.MoveNext());
            uint a = 0, b = 0;
            firstLabel(ref a);
            secondLabel(ref b);
            Assert.AreEqual(a, b);
            DataViewRowId c = default, d = default;
            firstId(ref c);
            secondId(ref d);
            Assert.AreEqual(c, d);
            rows++;
        }

        Assert.AreEqual(30, rows);
        Assert.IsFalse(second.MoveNext());
    }

    [TestMethod]
    public void Shuffle_IsASeededPermutation()
    {
        var view = Ml.Data.LoadShapes(50);
        var plain = Rows.Read(view);

        var shuffled = Rows.Read(view, new Random(3));

        CollectionAssert.AreNotEqual(plain.Select(r => r.Name).ToList(), shuffled.Select(r => r.Name).ToList());
        Rows.AssertEqual(plain, [.. shuffled.OrderBy(r => int.Parse(r.Name.Split('#')[1]))]);
        Rows.AssertEqual(shuffled, Rows.Read(view, new Random(3)));
        CollectionAssert.AreNotEqual(shuffled.Select(r => r.Name).ToList(), Rows.Read(view, new Random(4)).Select(r => r.Name).ToList());
    }

    [TestMethod]
    public void ShuffleSeed_IsAPermutationOfItsOwn()
    {
        var plain = Rows.Read(Ml.Data.LoadShapes(50));
        var source = new ShapesSource(50, 1);

        var shuffled = Rows.Read(new SourceDataView(source, shuffleSeed: 3));

        CollectionAssert.AreNotEqual(plain.Select(r => r.Name).ToList(), shuffled.Select(r => r.Name).ToList());
        Rows.AssertEqual(plain, [.. shuffled.OrderBy(r => int.Parse(r.Name.Split('#')[1]))]);
        Rows.AssertEqual(shuffled, Rows.Read(new SourceDataView(source, shuffleSeed: 3)));
        CollectionAssert.AreNotEqual(shuffled.Select(r => r.Name).ToList(), Rows.Read(new SourceDataView(source, shuffleSeed: 4)).Select(r => r.Name).ToList());
        var again = Rows.Read(new SourceDataView(source, shuffleSeed: 3), new Random(5));
        CollectionAssert.AreNotEqual(shuffled.Select(r => r.Name).ToList(), again.Select(r => r.Name).ToList());
        Rows.AssertEqual(plain, [.. again.OrderBy(r => int.Parse(r.Name.Split('#')[1]))]);
    }

    [TestMethod]
    public void Id_IsTheRowAlsoWhenShuffled()
    {
        var view = Ml.Data.LoadShapes(20);
        using var cursor = view.GetRowCursor([view.Schema["Name"]], new Random(3));
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
        var getId = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> name = default;
            DataViewRowId id = default;
            getName(ref name);
            getId(ref id);
            Assert.AreEqual($"shapes-1#{id.Low}", name.ToString());
        }
    }

    [TestMethod]
    [DataRow(1, 4, 1)]
    [DataRow(32, 4, 1)]
    [DataRow(33, 4, 2)]
    [DataRow(200, 1, 1)]
    [DataRow(200, 3, 3)]
    [DataRow(193, 2, 2)]
    public void GetRowCursorSet_TheBatchesInOrder_AreTheRows(int count, int asked, int given)
    {
        var view = Ml.Data.LoadShapes(count);

        var cursors = view.GetRowCursorSet(view.Schema, asked, new Random(3));

        Assert.HasCount(given, cursors);
        var batches = new SortedDictionary<long, List<string>>();
        foreach (var cursor in cursors)
        {
            var getName = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
            ReadOnlyMemory<char> name = default;
            for (long row = 0, last = -1; cursor.MoveNext(); row++)
            {
                Assert.AreEqual(row, cursor.Position);
                Assert.IsGreaterThanOrEqualTo(last, cursor.Batch);
                last = cursor.Batch;
                getName(ref name);
                batches.TryAdd(last, []);
                batches[last].Add(name.ToString());
            }

            cursor.Dispose();
        }

        CollectionAssert.AreEqual(Rows.Read(view, new Random(3)).Select(r => r.Name).ToArray(), batches.Values.SelectMany(names => names).ToArray());
    }

    [TestMethod]
    public void Transformed_OnSeveralThreads_KeepsTheOrder()
    {
        var view = Ml.Data.LoadShapes(300);

        var transformed = Ml.Transforms.ExtractPixels("Pixels", "Image", interleavePixelColors: true).Fit(view).Transform(view);

        var expected = Rows.Read(view);
        var pixels = transformed.GetColumn<float[]>("Pixels").ToArray();
        Assert.HasCount(300, pixels);
        for (var i = 0; i < pixels.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i].Rgb!.Select(b => (float)b).ToArray(), pixels[i]);
        }
    }

    [TestMethod]
    public void Getter_WrongTypeOrInactiveColumn_Throws()
    {
        var view = Ml.Data.LoadShapes(3);
        using var cursor = view.GetRowCursor([view.Schema["Label"]]);

        Assert.IsTrue(cursor.IsColumnActive(view.Schema["Label"]));
        Assert.IsFalse(cursor.IsColumnActive(view.Schema["Image"]));
        var wrongType = Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Label"]));
        Assert.AreEqual("Column 'Label' has values of type System.UInt32, not System.Single.", wrongType.Message);
        var inactive = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => cursor.GetGetter<MLImage>(view.Schema["Image"]));
        StringAssert.Contains(inactive.Message, "Column 'Image' is not active in this cursor.");
    }

    [TestMethod]
    public void GetRowCursor_ForeignColumn_Throws()
    {
        var view = Ml.Data.LoadShapes(3);
        var foreign = Ml.Data.LoadFromEnumerable([new { Other = 1f }]);

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => view.GetRowCursor(foreign.Schema));
        StringAssert.Contains(error.Message, "Column 'Other' does not belong to this view");
    }

    [TestMethod]
    public void Getter_BeforeTheFirstAndAfterTheLastRow_Throws()
    {
        var view = Ml.Data.LoadShapes(2);
        using var cursor = view.GetRowCursor(view.Schema);
        var getLabel = cursor.GetGetter<uint>(view.Schema["Label"]);
        uint label = 0;

        Assert.AreEqual(-1L, cursor.Position);
        Assert.ThrowsExactly<InvalidOperationException>(() => getLabel(ref label));
        Assert.IsTrue(cursor.MoveNext() && cursor.MoveNext());
        Assert.AreEqual(1L, cursor.Position);
        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1L, cursor.Position);
        Assert.ThrowsExactly<InvalidOperationException>(() => getLabel(ref label));
    }

    [TestMethod]
    public void Cursor_ColumnNotAskedFor_IsNotMade()
    {
        var source = new CountingSource();
        var view = new SourceDataView(source);
        using (var cursor = view.GetRowCursor([view.Schema["Name"], view.Schema["Label"]]))
        {
            var getLabel = cursor.GetGetter<uint>(view.Schema["Label"]);
            uint label = 0;
            while (cursor.MoveNext())
            {
                getLabel(ref label);
            }
        }

        Assert.AreEqual(0, source.Images);
        Assert.AreEqual(3, source.Labels);
        Assert.AreEqual(3, Rows.Read(view).Count);
        Assert.AreEqual(3, source.Images);
    }

    [TestMethod]
    public void ImageGetter_SameVariable_DisposesWhatItPutThere()
    {
        var view = Ml.Data.LoadShapes(3);
        var cursor = view.GetRowCursor(view.Schema);
        var getImage = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        cursor.MoveNext();
        getImage(ref image);
        var first = image;
        cursor.MoveNext();
        getImage(ref image);

        Assert.AreNotSame(first, image);
        Assert.ThrowsExactly<InvalidOperationException>(() => first.Width);
        Assert.AreEqual(32, image.Width);
        cursor.Dispose();
        Assert.ThrowsExactly<InvalidOperationException>(() => image.Width);
    }

    [TestMethod]
    public void ImageGetter_ImagesOfTheCaller_StayAlive()
    {
        var view = Ml.Data.LoadShapes(3);
        using var mine = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [1, 2, 3, 4]);
        var kept = new List<MLImage>();
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            var getImage = cursor.GetGetter<MLImage>(view.Schema["Image"]);
            while (cursor.MoveNext())
            {
                var image = mine;
                getImage(ref image);
                kept.Add(image);
            }
        }

        Assert.AreEqual(1, mine.Width);
        Assert.HasCount(3, kept);
        foreach (var image in kept)
        {
            Assert.AreEqual(32, image.Width);
            image.Dispose();
        }
    }

    /// <summary>Three tiny images, with counts of how often each kind of value was created.</summary>
    private sealed class CountingSource : ImageSource
    {
        public int Images { get; private set; }

        public int Labels { get; private set; }

        public override int Count => 3;

        public override IReadOnlyList<string> ClassNames => ["only"];

        public override (int Height, int Width)? ImageSize => null;

        public override MLImage ReadImage(int index)
        {
            Images++;
            return MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [(byte)index, 0, 0, 255]);
        }

        public override int ReadLabel(int index)
        {
            Labels++;
            return 0;
        }

        public override string ReadName(int index) => $"{index}";
    }
}
