using IGptMl.Caching;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Caching;

[TestClass]
public sealed class CacheFolderTests : IDisposable
{
    private static readonly CacheKey Key = CacheKey.Of("layer3", new { Model = "abc", Layer = 3 });
    private static readonly CacheKey OtherKey = CacheKey.Of("layer3", new { Model = "xyz", Layer = 3 });

    /// <summary>Three rows of two features.</summary>
    private static readonly float[] Features = [0, 0.5f, 1, -0.5f, 2, -1.5f];

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    [TestMethod]
    public void Features_Written_AreReadBack()
    {
        var cache = Open();
        Assert.IsNull(FeatureCache.TryRead(cache, Key, 3, 2));
        FeatureCache.TryWrite(cache, Key, Features, 2);
        CollectionAssert.AreEqual(Features, FeatureCache.TryRead(cache, Key, 3, 2));
        Assert.IsNull(FeatureCache.TryRead(cache, OtherKey, 3, 2));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void Features_OfAnotherModel_AreNoticed()
    {
        var cache = Open();
        FeatureCache.TryWrite(cache, OtherKey, Features, 2);
        File.Move(OnlyFile(), _folder.Combine(Key.FileName + ".features"));
        Assert.IsNull(FeatureCache.TryRead(cache, Key, 3, 2));
        StringAssert.Contains(_warnings.Single(), "It contains the features of another model, layer or data.");
    }

    [TestMethod]
    public void Features_OfAnotherSize_AreNoticed()
    {
        FeatureCache.TryWrite(Open(), Key, Features, 2);
        Assert.IsNull(FeatureCache.TryRead(Open(), Key, 3, 4));
        StringAssert.Contains(_warnings.Single(), "It does not contain 3 rows of 4 features.");
    }

    [TestMethod]
    public void Features_AnyByteChanged_AreNoticed()
    {
        FeatureCache.TryWrite(Open(), Key, Features, 2);
        var bytes = File.ReadAllBytes(OnlyFile());
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 1;
            File.WriteAllBytes(OnlyFile(), damaged);
            Assert.IsNull(FeatureCache.TryRead(Open(), Key, 3, 2), $"byte {i}");
        }

        Assert.HasCount(bytes.Length, _warnings);
    }

    [TestMethod]
    public void Features_BrokenOff_AreNoticed()
    {
        FeatureCache.TryWrite(Open(), Key, Features, 2);
        var bytes = File.ReadAllBytes(OnlyFile());
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(OnlyFile(), bytes[..length]);
            Assert.IsNull(FeatureCache.TryRead(Open(), Key, 3, 2), $"{length} bytes");
        }
    }

    [TestMethod]
    public void Write_DiskFull_LeavesNothingAndIsToldOnce()
    {
        var cache = new CacheFolder(_folder.Path, _warnings.Add, path => new FullDisk(path, room: 40));
        FeatureCache.TryWrite(cache, Key, Features, 2);
        FeatureCache.TryWrite(cache, OtherKey, Features, 2);
        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder.Path));
        StringAssert.Contains(_warnings.Single(), "Caching stops; the results are not affected");
        StringAssert.Contains(_warnings.Single(), "No space left");
    }

    [TestMethod]
    public void Write_DiskFull_KeepsTheFileThatIsThere()
    {
        FeatureCache.TryWrite(Open(), Key, Features, 2);
        FeatureCache.TryWrite(new CacheFolder(_folder.Path, _warnings.Add, path => new FullDisk(path, room: 40)), Key, new float[6], 2);
        CollectionAssert.AreEqual(Features, FeatureCache.TryRead(Open(), Key, 3, 2));
    }

    [TestMethod]
    public void Result_Kept_IsNotComputedAgain()
    {
        var computed = 0;
        for (var i = 0; i < 2; i++)
        {
            Assert.AreEqual("value", ResultCache.GetOrCompute(Open(), Key, Compute));
        }

        Assert.AreEqual(1, computed);
        File.WriteAllText(OnlyFile(), File.ReadAllText(OnlyFile())[..^9]);
        Assert.AreEqual("value", ResultCache.GetOrCompute(Open(), Key, Compute));
        Assert.AreEqual(2, computed);
        StringAssert.Contains(_warnings.Single(), "It is damaged.");

        string Compute()
        {
            computed++;
            return "value";
        }
    }

    [TestMethod]
    public void Folder_None_KeepsNothing()
    {
        var cache = new CacheFolder(null, _warnings.Add);
        FeatureCache.TryWrite(cache, Key, Features, 2);
        Assert.IsNull(FeatureCache.TryRead(cache, Key, 3, 2));
        Assert.IsEmpty(_warnings);
    }

    public void Dispose() => _folder.Dispose();

    private CacheFolder Open() => new(_folder.Path, _warnings.Add);

    private string OnlyFile() => Directory.GetFiles(_folder.Path).Single();

    /// <summary>A file on a disk with only this many free bytes.</summary>
    private sealed class FullDisk(string path, int room) : FileStream(path, FileMode.CreateNew)
    {
        private int _room = room;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _room -= buffer.Length;
            if (_room < 0)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
